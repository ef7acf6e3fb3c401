#!/usr/bin/env python3
"""How long `flag` takes beyond loading: all national rules on made parcels, against a run that has nothing to judge.

    python3 benches/flag.py [--parcels 1000000] [--enterprises 400000] [--runs 3] [--as-of 2025-12-31] [--work DIR]

Needs `cargo build --release`. Every run reads and checks the same tables; the first asks for a rule on factories, of which there are
none. All write CSV. Prints medians, and the difference from loading; where other work shares the processors, go by their seconds. The
parcels are made once and kept.
"""
import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAND = ["approved_on", "expropriated_on", "accepted_on", "supplied_on", "delivered_on", "start_due_on", "complete_due_on", "permit_on",
        "started_on", "completed_on", "suspended_on", "foundation", "foundation_done", "developed_area", "due_area", "invested",
        "invest_total", "land_price", "term_years", "cause", "cause_verified", "determination_no", "determined_on", "disposal",
        "new_start_due_on", "was_cultivated", "unused_since", "floor_area", "counted_floor_area", "footprint", "structure_area",
        "yard_area", "admin_land", "admin_floor", "fixed_investment"]
TEMPLATES = 20_000  # different parcels


def parcel(draw):
    """What one parcel is, without id and holder: mostly complete and within the controls, some under way, a few idle."""
    row, day = {}, date(2008, 1, 1) + timedelta(draw.randint(0, 5800))
    area = round(draw.choice([draw.uniform(5, 99), draw.uniform(5, 99), draw.uniform(20, 220)]), 2)
    ground = area * 666  # m2
    for column, longest in [("approved_on", 0), ("expropriated_on", 300), ("accepted_on", 60), ("supplied_on", 200), ("delivered_on", 60),
                            ("start_due_on", 365)]:
        day += timedelta(draw.randint(0, longest))
        row[column] = day
    row["complete_due_on"] = day + timedelta(730)
    kind = draw.random()
    if kind < 0.96:
        row["permit_on"], row["started_on"] = day, day + timedelta(draw.randint(0, 90))
        row["foundation"], row["foundation_done"], row["due_area"], row["invest_total"] = "pile", 1, area, 8000
        row["developed_area"], row["invested"] = round(area * draw.uniform(0.2, 1), 2), draw.randint(1000, 8000)
    if kind < 0.85:
        row["completed_on"] = day + timedelta(draw.randint(200, 800))
    elif kind < 0.88:
        row["suspended_on"] = row["started_on"] + timedelta(draw.randint(0, 900))
    elif kind >= 0.96:
        row["cause"], row["cause_verified"] = draw.choice(["holder", "holder", "gov", "force_majeure", "prework", ""]), draw.choice(["true", "false"])
        if draw.random() < 0.2:
            row["determination_no"], row["determined_on"] = "D1", day + timedelta(500)
        if draw.random() < 0.2:
            row["disposal"], row["new_start_due_on"] = "extend", day + timedelta(365)
    row["land_price"], row["term_years"] = draw.randint(300, 9000), draw.choice([20, 30, 50, 50])
    row["was_cultivated"] = "false"
    row["floor_area"] = floor = int(ground * draw.uniform(0.7, 2.5))
    row["counted_floor_area"], row["footprint"] = floor + draw.randint(0, 5000), int(ground * draw.uniform(0.25, 0.7))
    row["structure_area"], row["yard_area"], row["admin_land"] = draw.randint(0, 900), draw.randint(0, 900), round(area * draw.uniform(0, 0.073), 2)
    row["admin_floor"], row["fixed_investment"] = int(floor * draw.uniform(0.02, 0.16)), int(area * draw.randint(100, 600))
    return f"{area},owned," + ",".join(str(row.get(column, "")) for column in LAND)


def write(path, heading, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.write(heading + "\n")
        file.writelines(lines)


def make(directory, parcels, enterprises):
    draw = random.Random(1)
    directory.mkdir(parents=True, exist_ok=True)
    industries, sizes, days = ["C3562", "C2641", "C1713", "C3973", "C3311"], ["large", "medium", "small", "micro"], ["", "", "", "2024-05-01"]
    write(directory / "zones.csv", "zone,name,level", (f"Z{at},Zone {at},{draw.choice(['national', 'provincial', 'other'])}\n" for at in range(50)))
    write(directory / "enterprises.csv", "enterprise_id,name,zone,above_scale,industry,production_on,size,stopped_on,half_stopped_on,on_support,in_arrears",
          (f"E{at:07},Plant {at},Z{at % 50},{at % 2},{industries[at % 5]},2012-01-01,{draw.choice(sizes)},{draw.choice(days)},,false,{'true' if at % 9 == 0 else 'false'}\n"
           for at in range(enterprises)))
    years = [(at, year) for at in range(enterprises) for year in (2024, 2025)]
    write(directory / "output.csv", "enterprise_id,year,gross_output,revenue,value_added,profit,employees,rd_expense,debt_ratio,loss_years",
          (f"E{at:07},{year},{500 + at % 9000},{400 + at % 9000},{100 + at % 2000},{at % 700 - 100},{20 + at % 300},{at % 50},0.{30 + at % 65},{at % 4}\n"
           for at, year in years))
    write(directory / "tax.csv", "enterprise_id,year,tax_paid", (f"E{at:07},{year},{10 + at % 900}\n" for at, year in years))
    write(directory / "energy.csv", "enterprise_id,year,energy_tce", (f"E{at:07},{year},{10 + at % 5000}\n" for at, year in years))
    templates = [parcel(draw) for _ in range(TEMPLATES)]
    write(directory / "land.csv", "parcel_id,enterprise_id,area,tenure," + ",".join(LAND),
          (f"P{at:07},E{at % enterprises:07},{templates[draw.randrange(TEMPLATES)]}\n" for at in range(parcels)))


def run(command):
    """Wall seconds, processor seconds and peak MiB of a whole process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{told.decode()}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parcels", type=int, default=1_000_000)
    parser.add_argument("--enterprises", type=int, default=400_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--as-of", default="2025-12-31")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "mujun-flag-benchmark")
    options = parser.parse_args()
    data = options.work / f"{options.parcels}-{options.enterprises}"
    if not (data / "land.csv").is_file():
        make(data, options.parcels, options.enterprises)
    program = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "mujun"
    flag = [program, "flag", data, "--as-of", options.as_of, "--year", "2025", "--format", "csv", "--lang", "en", "--quiet"]
    commands = {
        "loading": [*flag, "--rule", "FAC-01", "--output", options.work / "nothing.csv"],
        "parcels alone": [*flag, "--subject", "parcel", "--output", options.work / "parcels.csv"],
        "judging alone": [*flag, "--min-severity", "critical", "--output", options.work / "critical.csv"],
        "every rule": [*flag, "--output", options.work / "flags.csv"],
    }
    seen = {name: [] for name in commands}
    for _ in range(options.runs):
        for name, command in commands.items():
            seen[name].append(run(command))
    print(f"{options.parcels} parcels, {options.enterprises} enterprises x 2 years, medians of {options.runs} alternating runs, whole process")
    median = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in seen.items()}
    for name, (wall, cpu, memory) in median.items():
        low, high = min(run[0] for run in seen[name]), max(run[0] for run in seen[name])
        beyond = f"{wall - median['loading'][0]:+6.2f} s and {cpu - median['loading'][1]:+6.2f} s of processors beyond loading"
        print(f"{name:14} {wall:6.2f} s ({low:.2f}-{high:.2f}), processors {cpu:6.2f} s, {memory:5.0f} MiB; {beyond}")
    with open(options.work / "flags.csv", encoding="utf-8") as file:
        lines = Counter(tuple(line.split(",", 2)[:2]) for line in file)
    print("lines: " + ", ".join(f"{rule[1]} {count}" for rule, count in sorted(lines.items(), key=lambda each: each[0][1]) if rule[1] != "rule"))


if __name__ == "__main__":
    main()
