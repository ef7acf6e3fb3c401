#!/usr/bin/env python3
"""The memory of a run over a data set, against that of its typed columns.

    python3 benches/memory.py DIR [--program target/release/mujun] [--command check] [-- --top 1]

Needs polars for Python. The typed columns of a CSV file are counted as a column store holds them: 8 bytes for a number or a date, a bit
for yes and no, and for a text a view of 16 bytes and, beyond 12 bytes, the text itself. Prints both, and the ratio.
"""
import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parent.parent


def typed_bytes(path):
    """Bytes of the typed columns of a CSV file with its headings in the first row."""
    rows = pl.scan_csv(path, infer_schema_length=1000)
    sums = [pl.len().alias("rows")]
    texts, truths = 0, 0
    for name, kind in rows.collect_schema().items():
        if kind == pl.String:
            length = pl.col(name).str.len_bytes()
            sums.append(pl.when(length > 12).then(length).otherwise(0).sum().alias(f"text {name}"))
            texts += 1
        truths += kind == pl.Boolean
    found = rows.select(sums).collect(engine="streaming").row(0, named=True)
    count, columns = found.pop("rows"), len(rows.collect_schema())
    return count * (16 * texts + 8 * (columns - texts - truths)) + count * truths // 8 + sum(found.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--program", type=Path, default=ROOT / "target/release/mujun")
    parser.add_argument("--command", default="check")
    parser.add_argument("arguments", nargs="*")
    told = parser.parse_args()
    files = sorted(told.data.glob("*.csv"))
    size, typed = sum(file.stat().st_size for file in files), sum(map(typed_bytes, files))
    start = time.perf_counter()
    command = [told.program, told.command, told.data, *told.arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall, peak = time.perf_counter() - start, usage.ru_maxrss * 1024
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"failed: {' '.join(map(str, command))}")
    print(f"files {size / 1e9:.2f} GB, typed columns {typed / 1e9:.2f} GB")
    print(f"{told.command}: {wall:.1f} s, peak {peak / 1e9:.2f} GB, {peak / typed:.2f} x the typed columns")


main()
