#!/usr/bin/env python3
"""A random data set in canonical form, to compare the program with `default_policy.py` on thousands of enterprises.

In: N enterprises, a directory, a seed (default 1). Out: enterprises, land, output, tax, energy, zones and adjustments for two
years. The same arguments give the same bytes.

    python3 make_panel.py N DIR [SEED]
"""
import csv
import random
import sys
from pathlib import Path

YEARS = (2024, 2025)
MADE = ["C1751", "C2669", "C2720", "2929", "C3311", "342", "C3484", "C3562", "36", "C3821", "C3973"]
INDUSTRIES = MADE * 3 + ["D4430", "D4511", "46"]
LEVELS = ["national", "provincial", "other", ""]
ROUND = [10, 20, 30, 40, 50]  # the few figures of enterprises that tie


def write(directory, table, headings, rows):
    with open(Path(directory) / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(headings)
        out.writerows(rows)


def hundredths(number, odd):
    """Rounded to an odd or even number of hundredths. A quotient by an odd number never ends in exactly half a millionth, where
    binary and decimal rounding may differ: such cases have their own tests."""
    return (int(number * 50) * 2 + odd) / 100


class Maker:
    def __init__(self, count, seed):
        self.random = random.Random(seed)
        self.zones = [f"Z{number:02}" for number in range(1, max(3, count // 250) + 1)]
        self.tables = {name: [] for name in ("enterprises", "land", "output", "tax", "energy", "adjustments")}
        for number in range(1, count + 1):
            self.enterprise(f"E{number:06}")

    def maybe(self, value, share=0.02):
        """The value, or in about 2 of 100 cases nothing."""
        return "" if self.random.random() < share else value

    def enterprise(self, key):
        draw = self.random
        above = draw.random() < 0.4
        since = draw.choice([2024, 2025]) if draw.random() < 0.04 else draw.randint(1995, 2023)
        scale = self.maybe("true" if above else "false", 0.01)
        born = self.maybe(f"{since}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}")
        industry = self.maybe(draw.choice(INDUSTRIES), 0.01)
        self.tables["enterprises"].append([key, "Plant " + key, draw.choice(self.zones), industry, scale, born])
        tied = draw.random() < 0.06
        area = self.land(key, above, tied)
        quality = draw.lognormvariate(0, 0.7)
        for year in YEARS:
            if draw.random() < 0.99:
                self.year(key, year, area, quality, tied)
        if draw.random() < 0.03:
            self.adjust(key)

    def land(self, key, above, tied):
        draw, rows = self.random, self.tables["land"]
        if draw.random() < 0.01:
            return 10.0
        area = 10.0 if tied else hundredths(draw.uniform(5, 220) if above else draw.uniform(1.5, 40), odd=1)
        rows.append([key + "-1", key, self.maybe(area, 0.005), draw.choice(["owned", "owned", "owned", ""])])
        if not tied and draw.random() < 0.12:
            more = hundredths(draw.uniform(1, 15), odd=0)
            rows.append([key + "-2", key, more, "leased_in"])
            area += more
        if not tied and draw.random() < 0.08:
            less = hundredths(area * draw.uniform(0.1, 0.6), odd=0) if draw.random() < 0.95 else round(area + 1, 2)
            rows.append([key + "-1", key, less, "leased_out"])
            area = max(area - less, 1.0)
        return area

    def year(self, key, year, area, quality, tied):
        draw = self.random
        if tied:
            step = draw.choice(ROUND)
            gross, tax, added, energy, people, research, revenue = 100 * step, 3 * step, 20 * step, 10 * step, step, 2 * step, 100 * step
        else:
            gross = round(area * quality * draw.uniform(150, 700), 1)
            tax = round(gross * draw.uniform(0.005, 0.06), 2)
            if draw.random() < 0.03:
                tax = -round(tax / 2, 2)
            added = round(gross * draw.uniform(0.15, 0.32) * (-0.2 if draw.random() < 0.01 else 1), 1)
            energy = hundredths(abs(added) / draw.uniform(0.5, 3.1), odd=1) if draw.random() < 0.99 else 0
            people = int(abs(added) / draw.uniform(10, 60)) | 1
            revenue = hundredths(gross * draw.uniform(0.9, 1.05), odd=1)
            research = round(revenue * draw.uniform(0, 0.05), 2)
        output = [self.maybe(value) for value in (gross, revenue, added, people, research)]
        self.tables["output"].append([key, year, *output])
        evaluated = round(tax * 1.1, 2) if not tied and draw.random() < 0.05 else ""
        self.tables["tax"].append([key, year, self.maybe(tax), evaluated])
        if draw.random() < 0.98:
            self.tables["energy"].append([key, year, self.maybe(energy)])

    def adjust(self, key):
        draw = self.random
        kind, value = draw.choice([("points", "2"), ("points", "-1.5"), ("raise", "1"), ("lower", "1"), ("ceiling", "B"), ("ceiling", "C"),
                                   ("floor", "B"), ("fix", "D"), ("exempt", "")])
        self.tables["adjustments"].append([key, draw.choice(YEARS), kind, value, "drawn at random"])


def main():
    count, directory = int(sys.argv[1]), sys.argv[2]
    made = Maker(count, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    Path(directory).mkdir(parents=True, exist_ok=True)
    headings = {
        "enterprises": ["enterprise_id", "name", "zone", "industry", "above_scale", "production_on"],
        "land": ["parcel_id", "enterprise_id", "area", "tenure"],
        "output": ["enterprise_id", "year", "gross_output", "revenue", "value_added", "employees", "rd_expense"],
        "tax": ["enterprise_id", "year", "tax_paid", "tax_evaluated"],
        "energy": ["enterprise_id", "year", "energy_tce"],
        "adjustments": ["enterprise_id", "year", "kind", "value", "reason"],
    }
    for table, columns in headings.items():
        write(directory, table, columns, made.tables[table])
    write(directory, "zones", ["zone", "level"], [[zone, LEVELS[place % len(LEVELS)]] for place, zone in enumerate(made.zones)])


if __name__ == "__main__":
    main()
