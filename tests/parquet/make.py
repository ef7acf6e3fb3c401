#!/usr/bin/env python3
"""Makes the files of tests/parquet/files and tests/parquet/sample: tables as data platforms hand them out.

Needs pyarrow and duckdb; the tests need neither, they read what was committed. Run: python3 tests/parquet/make.py
"""
import csv, datetime, decimal, os, struct
import duckdb, pyarrow as pa, pyarrow.parquet as pq

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "files")
SAMPLE = os.path.join(HERE, "sample")
TABLES = os.path.join(HERE, "..", "..", "sample_data")
for folder in (FILES, SAMPLE):
    os.makedirs(folder, exist_ok=True)


def rows(name):
    with open(os.path.join(TABLES, name + ".csv"), encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def typed(cells):
    """Whole numbers, numbers, days or texts: what the cells of a column are throughout."""
    filled = [cell for cell in cells if cell != ""]
    for convert, kind in (
        (lambda cell: int(cell) if str(int(cell)) == cell else 1 / 0, pa.int64()),
        (lambda cell: float(cell) if repr(float(cell)).removesuffix(".0") == cell else 1 / 0, pa.float64()),
        (lambda cell: datetime.date.fromisoformat(cell), pa.date32()),
        (str, pa.string()),
    ):
        try:
            [convert(cell) for cell in filled]
            return pa.array([None if cell == "" else convert(cell) for cell in cells], kind)
        except (ValueError, ZeroDivisionError):
            pass


def sample():
    options = [dict(compression="snappy"), dict(compression="zstd", data_page_version="2.0"), dict(compression="gzip", row_group_size=50),
               dict(compression="none", use_dictionary=False)]
    for at, name in enumerate(sorted(file[:-4] for file in os.listdir(TABLES) if file.endswith(".csv"))):
        heading, *records = rows(name)
        table = pa.table({head: typed([record[at] for record in records]) for at, head in enumerate(heading)})
        pq.write_table(table, os.path.join(SAMPLE, name + ".parquet"), **options[at % len(options)])


def put(name, columns, **options):
    pq.write_table(pa.table(columns), os.path.join(FILES, name), **options)


IDS = pa.array(["E1", "E2", "E3", "E4"])
YEARS = pa.array([2025] * 4, pa.int16())


def types():
    day = datetime.date
    utc = datetime.timezone.utc
    put("types.parquet", {
        "text": pa.array(["a", "=1+1", None, "丁"]),
        "large": pa.array(["甲", "乙", "丙", "丁"], pa.large_string()),
        "dictionary": pa.array(["x", "y", "x", None]).dictionary_encode(),
        "bool": pa.array([True, False, None, True]),
        "int8": pa.array([-1, 0, 1, None], pa.int8()),
        "uint32": pa.array([4294967295, 0, 1, None], pa.uint32()),
        "int64": pa.array([911330000000000001, -5, 0, None], pa.int64()),
        "float": pa.array([0.1, 1.5, -2.25, None], pa.float32()),
        "half": pa.array([struct.unpack("<e", bytes([0x66, 0x2E]))[0], 1.5, -2.25, None], pa.float16()),
        "double": pa.array([4225.4, 1e-7, 123456789.125, None], pa.float64()),
        "decimal": pa.array([decimal.Decimal("1234.50"), decimal.Decimal("-0.01"), decimal.Decimal("0"), None], pa.decimal128(30, 2)),
        "small": pa.array([decimal.Decimal("1.5"), decimal.Decimal("-0.5"), None, decimal.Decimal("0")], pa.decimal128(5, 1)),
        "date": pa.array([day(2025, 6, 30), day(1969, 12, 31), None, day(2000, 2, 29)]),
        # 2025-06-29 16:00 in Greenwich is midnight of the 30th in China.
        "moment": pa.array([datetime.datetime(2025, 6, 30), datetime.datetime(2025, 6, 30, 1, 2, 3), None, None], pa.timestamp("ms")),
        "instant": pa.array([datetime.datetime(2025, 6, 29, 16, tzinfo=utc), datetime.datetime(2025, 6, 30, tzinfo=utc), None, None], pa.timestamp("us", "UTC")),
        "time": pa.array([datetime.time(8, 30), None, None, None], pa.time64("us")),
        "null": pa.nulls(4),
    })
    put("int96.parquet", {"moment": pa.array([datetime.datetime(2025, 6, 29, 16), None], pa.timestamp("ns"))}, use_deprecated_int96_timestamps=True)
    put("delta.parquet", {"a": pa.array([1, 5, None, 7]), "b": pa.array(["甲", "乙", None, "丁"])}, use_dictionary=False,
        column_encoding={"a": "DELTA_BINARY_PACKED", "b": "DELTA_LENGTH_BYTE_ARRAY"})
    duckdb.execute("COPY (SELECT i AS a, 'x' || i AS b, i / 4 AS c FROM range(3) t(i)) TO '%s' (FORMAT parquet, PARQUET_VERSION v2)" % os.path.join(FILES, "duckdb.parquet"))


def refused():
    put("list.parquet", {"a": IDS, "b": pa.array([[1], [2, 3], [], None])})
    put("record.parquet", {"a": IDS, "b": pa.array([{"x": 1}] * 4)})
    put("brotli.parquet", {"a": IDS}, compression="brotli")
    put("prefixes.parquet", {"a": IDS, "b": IDS}, use_dictionary=False, column_encoding={"b": "DELTA_BYTE_ARRAY"})
    put("bytes.parquet", {"a": IDS, "b": pa.array([b"\xff\xfe", b"b", b"c", b"d"])})
    # Four texts of two hundred million letters, one in each group of rows.
    letters = pa.array(["x" * 200_000_000])
    with pq.ParquetWriter(os.path.join(FILES, "bomb.parquet"), pa.schema([("a", pa.string())]), compression="zstd", use_dictionary=False,
                          write_statistics=False) as out:
        for _ in range(4):
            out.write_table(pa.table({"a": letters}))


sample()
types()
refused()
