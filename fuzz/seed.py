#!/usr/bin/env python3
"""Fills fuzz/corpus with the files of tests/parquet and tests/intake, the latter each behind the byte by which the targets of feed.rs tell its kind."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "..", "tests", "intake", "files")
KINDS = {
    "csv": {".csv": 1, ".tsv": 2, ".gz": 3, ".txt": 4, ".toml": 5},
    "heading": {".csv": None},
    "workbook": {".xlsx": 0, ".xls": 1, ".ods": 2},
}
COLUMNS = os.path.join(HERE, "..", "tests", "parquet")
LARGEST = 20_000

for target, kinds in KINDS.items():
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    for case in sorted(os.listdir(FILES)):
        for name in sorted(os.listdir(os.path.join(FILES, case))):
            path, ending = os.path.join(FILES, case, name), os.path.splitext(name)[1]
            if ending not in kinds or not os.path.isfile(path) or os.path.getsize(path) > LARGEST:
                continue
            with open(path, "rb") as file:
                data = file.read()
            kind = kinds[ending]
            with open(os.path.join(folder, f"{case}-{name}"), "wb") as out:
                out.write(data if kind is None else bytes([kind]) + data)
    print(target, len(os.listdir(folder)))

folder = os.path.join(HERE, "corpus", "parquet")
os.makedirs(folder, exist_ok=True)
for case in ("files", "sample"):
    for name in sorted(os.listdir(os.path.join(COLUMNS, case))):
        path = os.path.join(COLUMNS, case, name)
        if name.endswith(".parquet") and os.path.getsize(path) <= LARGEST:
            with open(path, "rb") as file, open(os.path.join(folder, f"{case}-{name}"), "wb") as out:
                out.write(file.read())
print("parquet", len(os.listdir(folder)))
