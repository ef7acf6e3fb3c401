#!/usr/bin/env python3
"""Runs SQL statements in DuckDB over typed CSV files, to compare another engine's answer with ours.

In: DIR with `<table>.csv` (empty = NULL) and `<table>.types` (lines `column TYPE`) per table; each SQLFILE holds one statement.
Out: an OUT in CSV per statement, doubles in full precision. Exit code 77 if the Python module duckdb is not there.

    python3 run_duckdb.py DIR SQLFILE OUT [SQLFILE OUT ...]
"""
import csv
import sys
from pathlib import Path

try:
    import duckdb
except ImportError:
    print("duckdb is not installed")
    sys.exit(77)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def load(connection, path):
    """One table: everything is read as text, then cast; columns are found by name."""
    lines = path.with_suffix(".types").read_text(encoding="utf-8").splitlines()
    types = [line.split(None, 1) for line in lines if line.strip()]
    columns = ", ".join(f"CAST({quoted(name)} AS {kind.strip()}) AS {quoted(name)}" for name, kind in types)
    file = "'" + str(path).replace("'", "''") + "'"
    source = f"read_csv({file}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', nullstr = '')"
    connection.execute(f"CREATE TABLE {quoted(path.stem)} AS SELECT {columns} FROM {source}")


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def main():
    directory, files = Path(sys.argv[1]), sys.argv[2:]
    connection = duckdb.connect()
    for path in sorted(directory.glob("*.csv")):
        if path.with_suffix(".types").exists():
            load(connection, path)
    for sql, out in zip(files[::2], files[1::2]):
        statement = Path(sql).read_text(encoding="utf-8")
        try:
            result = connection.execute(statement)
        except duckdb.Error as error:
            sys.exit(f"{error}\n{statement}")
        with open(out, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([column[0] for column in result.description])
            while rows := result.fetchmany(10_000):
                writer.writerows([text(value) for value in row] for row in rows)


if __name__ == "__main__":
    main()
