#!/usr/bin/env python3
"""A random data set of parcels in canonical form, to compare the program with `land_rules.py`.

In: a directory, N parcels, a seed (default 1). Out: the five required tables, with the dates, areas and figures of the rules on
idle and unused land set on, just before and just after what these rules turn on at one of the days of `DAYS`. The same arguments
give the same bytes. Every third seed (3, 6, 9, …) leaves the column permit_on out of the land table.

    python3 make_parcels.py DIR N [SEED]
"""
import csv
import random
import sys
from datetime import date, timedelta
from pathlib import Path

DAYS = [date(2024, 2, 29), date(2025, 2, 28), date(2025, 6, 30), date(2025, 12, 31)]  # evaluate on these
BASES = [date(2020, 2, 29), date(2024, 2, 29), date(2022, 2, 28), date(2023, 2, 28)]
YEARS = (2024, 2025)
COLUMNS = ["parcel_id", "enterprise_id", "zone", "area", "tenure", "approved_on", "expropriated_on", "supplied_on", "delivered_on",
           "start_due_on", "complete_due_on", "permit_on", "started_on", "completed_on", "foundation", "foundation_done",
           "suspended_on", "developed_area", "due_area", "invested", "invest_total", "land_price", "cause", "cause_verified",
           "determination_no", "determined_on", "supplement_start_on", "extended_to", "disposal", "new_start_due_on"]


def shifted(day, years):
    """The day so many years away, 29 February becoming 28 where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def text(value):
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


class Maker:
    def __init__(self, count, seed):
        self.random = random.Random(seed)
        self.columns = [column for column in COLUMNS if column != "permit_on" or seed % 3 != 0]
        self.holders = [f"E{number:05}" for number in range(1, max(1, count // 2) + 1)]
        self.parcels = [self.parcel(number) for number in range(count)]

    def maybe(self, value, share=0.85):
        return value if self.random.random() < share else None

    def near(self, years):
        """A day whose anniversary, so many years later, is a day of `DAYS`, the day before or the day after."""
        if self.random.random() < 0.12:
            return self.random.choice(BASES)
        return shifted(self.random.choice(DAYS), -years) + timedelta(self.random.choice([-1, 0, 0, 1]))

    def between(self, first, last):
        return first + timedelta(self.random.randint(0, max(0, (last - first).days)))

    def parcel(self, number):
        draw = self.random
        row = {"parcel_id": f"P{number + 1:06}", "enterprise_id": self.holders[number % len(self.holders)]}
        row["area"] = round(draw.uniform(20, 200), 2)
        row["tenure"] = draw.choice(["owned", "owned", "owned", None])
        if number >= len(self.holders) and draw.random() < 0.08:
            row["tenure"], row["area"] = draw.choice(["leased_in", "leased_out"]), round(draw.uniform(1, 9), 2)
        kind = draw.random()
        if kind < 0.08:
            self.not_supplied(row)
        else:
            self.supplied(row)
        return row

    def not_supplied(self, row):
        """Approved, perhaps expropriated, supplied not yet or after the day; mostly with no holder."""
        draw = self.random
        row["approved_on"] = self.between(date(2018, 1, 1), date(2023, 12, 31))
        done = self.near(0) if draw.random() < 0.5 else self.between(row["approved_on"], DAYS[-1])
        row["expropriated_on"] = self.maybe(max(row["approved_on"], done), 0.6)
        if draw.random() < 0.75:
            row["enterprise_id"], row["zone"], row["tenure"] = None, "Z1", None
        else:
            row["supplied_on"] = self.maybe(max(self.near(0), row["expropriated_on"] or row["approved_on"]), 0.5)
            row["completed_on"] = self.maybe(DAYS[-1] - timedelta(draw.randint(0, 900)), 0.3)
            if row["supplied_on"] and row["completed_on"]:
                row["completed_on"] = max(row["completed_on"], row["supplied_on"])

    def supplied(self, row):
        draw = self.random
        due = self.near(draw.choice([0, 1, 1, 1, 2, 2, 3]))
        silent = draw.random() < 0.2
        delivered = shifted(due, -1) if silent else due - timedelta(draw.randint(0, 400))
        supplied = delivered - timedelta(draw.choice([0, 0, 30, 200]))
        expropriated = supplied - timedelta(draw.randint(0, 300))
        row["approved_on"] = self.maybe(expropriated - timedelta(draw.randint(0, 600)))
        row["expropriated_on"], row["supplied_on"] = self.maybe(expropriated), self.maybe(supplied, 0.92)
        row["delivered_on"], row["start_due_on"] = self.maybe(delivered, 0.9), None if silent else due
        row["complete_due_on"] = self.maybe(due + timedelta(draw.randint(0, 900)), 0.7)
        self.disposal(row, due, supplied)
        stage = draw.random()
        if stage < 0.5:
            self.hardly_begun(row, due, supplied)
        elif stage < 0.85:
            self.under_way(row, supplied)
        else:
            self.finished(row, supplied)
        row["land_price"] = draw.choice([None, 0, 0.05, 1000, 1234.5, 860.25, round(draw.uniform(100, 9000), 2)])
        row["cause"] = draw.choice(["holder", "holder", "gov", "gov", "force_majeure", "prework", "unknown", None])
        row["cause_verified"] = draw.choice(["true", "true", "false", None])
        row["determination_no"] = self.maybe(f"D{draw.randint(1, 999)}", 0.25)
        row["determined_on"] = self.maybe(self.near(0), 0.7 if row["determination_no"] else 0.03)

    def disposal(self, row, due, supplied):
        draw = self.random
        if draw.random() < 0.25:
            row["disposal"] = draw.choice(["extend", "extend", "change_use", "interim", "recovery", "swap", "other"])
            row["new_start_due_on"] = self.maybe(max(due, self.near(draw.choice([0, 1, 2]))), 0.8)
        elif draw.random() < 0.03:
            row["new_start_due_on"] = max(due, self.near(1))  # a new date, but no disposal
        if draw.random() < 0.2:
            start = max(supplied, self.near(1))
            row["supplement_start_on"] = self.maybe(start, 0.85)
            row["extended_to"] = self.maybe(shifted(start, 1) + timedelta(draw.choice([-30, -1, 0, 0, 1, 90])), 0.85)

    def foundation(self, row, shares):
        row["foundation"] = self.random.choice(["pit", "pile", "other", None])
        row["foundation_done"] = self.random.choice(shares)

    def hardly_begun(self, row, due, supplied):
        """No start, or some of its signs and not others."""
        draw = self.random
        if draw.random() < 0.3:
            row["permit_on"] = max(supplied, self.near(0) if draw.random() < 0.5 else due)
        if draw.random() < 0.4:
            self.foundation(row, [None, "0", "0.2", "0.3333", "0.3334", "0.5", "0.9999", "1"])
        if draw.random() < 0.2:
            row["started_on"] = max(supplied, self.near(0))
        if draw.random() < 0.2:
            self.progress(row)

    def under_way(self, row, supplied):
        draw = self.random
        suspended = self.near(1) if draw.random() < 0.8 else None
        last = suspended or DAYS[0]
        row["started_on"] = self.maybe(max(supplied, last - timedelta(draw.randint(0, 500))), 0.85)
        row["permit_on"] = self.maybe(self.between(supplied, row["started_on"] or max(supplied, last)), 0.95)
        if suspended:
            row["suspended_on"] = max(suspended, supplied, row["started_on"] or suspended)
        if draw.random() < 0.5:
            self.foundation(row, [None, "0.3334", "1", "1", "1"])
        self.progress(row)
        if draw.random() < 0.1:  # completed since
            row["completed_on"] = max(self.near(0), row["permit_on"] or supplied, row["suspended_on"] if suspended else supplied,
                                      row["started_on"] or supplied)

    def finished(self, row, supplied):
        row["started_on"] = self.maybe(supplied + timedelta(self.random.randint(0, 200)), 0.8)
        row["permit_on"] = self.maybe(row["started_on"] or supplied, 0.8)
        row["completed_on"] = max(self.near(0), row["started_on"] or supplied, row["permit_on"] or supplied)
        if self.random.random() < 0.5:
            self.progress(row)

    def progress(self, row):
        """Areas at a third and investment at a quarter, a hair beside, nothing at all, or unknown."""
        draw = self.random
        hair = draw.choice([-0.01, 0.0, 0.0, 0.01, 10.0])
        third = float(draw.randint(20, 40))
        row["due_area"], row["developed_area"] = draw.choice([3 * third, 3 * third, 3 * third, 0.0, None]), self.maybe(third + hair, 0.9)
        hair = draw.choice([-0.01, 0.0, 0.0, 0.01, 500.0])
        fourth = float(draw.randint(500, 3000))
        row["invest_total"], row["invested"] = draw.choice([4 * fourth, 4 * fourth, 4 * fourth, 0.0, None]), self.maybe(fourth + hair, 0.9)
        if draw.random() < 0.08:
            row["developed_area"] = 0.0
        if draw.random() < 0.08:
            row["invested"] = 0.0


def write(directory, table, headings, rows):
    with open(Path(directory) / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(headings)
        out.writerows(rows)


def main():
    directory, count = sys.argv[1], int(sys.argv[2])
    made = Maker(count, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    Path(directory).mkdir(parents=True, exist_ok=True)
    write(directory, "land", made.columns, [[text(row.get(column)) for column in made.columns] for row in made.parcels])
    write(directory, "enterprises", ["enterprise_id", "name", "zone", "industry", "above_scale", "production_on"],
          [[key, "Plant " + key, "Z1", "C3562", "true", "2010-01-01"] for key in made.holders])
    yearly = [[key, year] for key in made.holders for year in YEARS]
    write(directory, "output", ["enterprise_id", "year", "gross_output"], [[*key, 1000] for key in yearly])
    write(directory, "tax", ["enterprise_id", "year", "tax_paid"], [[*key, 100] for key in yearly])
    write(directory, "energy", ["enterprise_id", "year", "energy_tce"], [[*key, 100] for key in yearly])


if __name__ == "__main__":
    main()
