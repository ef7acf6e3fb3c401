#!/usr/bin/env python3
"""The same work in mujun, DuckDB and Python polars, in turn: wall time, peak memory, and whether the results agree.

    python3 benches/compare.py [--enterprises 1000000] [--runs 5] [--scripts ../shared/bench] [--work DIR]

Needs `cargo build --release`, and numpy, polars and duckdb for Python. The scripts directory holds gen.py (makes the data) and the rivals
rival_duckdb.py and rival_polars.py. Prints medians and their ratios; quote the ratios.
"""
import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = "place,enterprise_id,name,zone,group,year,land_mu,output_per_mu,tax_per_mu,score,grade,review"


def run(command):
    """Wall seconds and peak MiB of a whole process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return wall, usage.ru_maxrss / 1024


def compare(ours, theirs):
    """Differences in place, grade and review, and the largest in score."""
    def rows(path):
        with open(path, newline="", encoding="utf-8") as file:
            return {row["enterprise_id"]: row for row in csv.DictReader(file)}

    mine, other = rows(ours), rows(theirs)
    mine = {key: row for key, row in mine.items() if row["place"]}
    different = {"place": 0, "grade": 0, "review": 0}
    score = 0.0
    for key, row in other.items():
        own = mine.get(key)
        if own is None:
            different["place"] += 1
            continue
        different["place"] += own["place"] != row["place"]
        different["grade"] += own["grade"] != row["grade"]
        different["review"] += own["review"].replace("watch", "pass") != row["review"]
        score = max(score, abs(float(own["score"]) - float(row["score"])))
    return f"{len(other)} enterprises; different: {different}; largest difference in score: {score:.4f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--enterprises", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scripts", type=Path, default=ROOT.parent / "shared" / "bench")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "mujun-benchmark")
    options = parser.parse_args()
    if not (options.scripts / "gen.py").is_file():
        sys.exit(f"skipped: no gen.py in {options.scripts}")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    data = options.work / str(options.enterprises)
    if not (data / "energy.csv").is_file():
        subprocess.run([sys.executable, options.scripts / "gen.py", str(options.enterprises), data], check=True)
    outputs = {name: options.work / f"{name}.csv" for name in ("mujun", "duckdb", "polars")}
    commands = {
        "mujun": [target / "release" / "mujun", "rank", data, "--policy", ROOT / "benches" / "benchmark.toml", "--year", "2025",
                  "--columns", COLUMNS, "--format", "csv", "--output", outputs["mujun"], "--quiet"],
        "duckdb": [sys.executable, options.scripts / "rival_duckdb.py", data, outputs["duckdb"]],
        "polars": [sys.executable, options.scripts / "rival_polars.py", data, outputs["polars"]],
    }
    for command in commands.values():
        run(command)
    seen = {name: [] for name in commands}
    for _ in range(options.runs):
        for name, command in commands.items():
            seen[name].append(run(command))
    base_wall = statistics.median(wall for wall, _ in seen["duckdb"])
    base_memory = statistics.median(memory for _, memory in seen["duckdb"])
    print(f"{options.enterprises} enterprises x 2 years, medians of {options.runs} alternating runs, whole process")
    for name, runs in seen.items():
        wall, memory = (statistics.median(column) for column in zip(*runs))
        low, high = min(wall for wall, _ in runs), max(wall for wall, _ in runs)
        print(f"{name:8} {wall:7.3f} s ({low:.3f}-{high:.3f})  {wall / base_wall:5.2f} x DuckDB   {memory:7.0f} MiB  {memory / base_memory:5.2f} x DuckDB")
    for rival in ("duckdb", "polars"):
        print(f"mujun against {rival}: {compare(outputs['mujun'], outputs[rival])}")


if __name__ == "__main__":
    main()
