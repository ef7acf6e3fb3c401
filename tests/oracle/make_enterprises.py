#!/usr/bin/env python3
"""A random data set with all that the published methods ask for, to compare the program with `methods.py` on thousands of enterprises.

In: a directory, N enterprises, a seed. Out: enterprises, land, output, tax, energy, adjustments and zones for 2023 and 2024, in canonical units.
Most figures have few digits, so that equal scores, thresholds met exactly, gaps, negative tax and land of nothing occur often. The same
arguments give the same bytes.

    python3 make_enterprises.py DIR N SEED
"""
import csv
import random
import sys
from pathlib import Path

YEARS = (2023, 2024)
COUNTIES = ["North", "South", "River"]
CHAINS = ["textiles", "metals", "pumps", "electronics", "others"]
# Stamping, pumps, valves, shoes, plastics (with and without letter, short and long), others, and the utilities.
INDUSTRIES = ["C2929", "C3441", "3443", "C1952", "29", "C3670", "C3311", "C2614", "C17", "C3562", "C3099", "C4190"]
RARE = ["D4411", "D4513", "46", "C1620", "C1610", "D4430"]
LABELS = ["listed", "high-tech", "accident", "missed-duty", "failed-standard", "utility", "data-only", "new", "newly-above-scale", "under-construction",
          "tax-support", "start-up", "major-project", "transition", "star-park", "overdue"]
AREAS = ["0.5", "1", "2", "2.5", "2.9", "3", "3", "4", "5", "5", "6", "8", "10", "10", "12", "15", "20", "25", "30", "40", "60"]
# Denominators: none leaves a quotient that ends in exactly half a millionth, where binary and decimal rounding could part.
ENERGY = ["4", "5", "8", "10", "12.5", "20", "25", "30", "40", "50", "75", "100", "150", "200", "300", "600"]
POWER = ["20000", "40000", "50000", "100000", "150000", "200000", "400000", "500000", "1000000", "3000000"]
PEOPLE = [2, 4, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 200]
DISCHARGE = ["0.2", "0.25", "0.4", "0.5", "0.8", "1", "1.5", "2", "2.5", "4", "5", "8"]
TOTALS = ["0.33", "1.11", "2.22", "4.44", "8.88"]  # never the plain sum of four of the above
FLOORS = ["1000", "2000", "2999.99", "3000", "3000.01", "5000", "12000"]
BIRTHS = ["1998-04-01", "2005-09-15", "2012-01-31", "2018-07-01", "2020-12-31", "2021-01-01", "2021-12-31", "2022-01-01", "2022-06-30", "2022-12-31",
          "2023-01-01", "2023-12-31", "2024-03-01"]
HEADINGS = {
    "enterprises": ["enterprise_id", "name", "zone", "county", "town", "park", "industry", "above_scale", "registered_on", "production_on", "labels",
                    "site_owner_id", "group_id", "chain", "tenants"],
    "land": ["parcel_id", "enterprise_id", "area", "tenure", "floor_area"],
    "output": ["enterprise_id", "year", "gross_output", "revenue", "main_revenue", "invoiced_sales", "value_added", "profit", "employees", "rd_expense",
               "technical_investment"],
    "tax": ["enterprise_id", "year", "tax_paid", "tax_evaluated", "tax_refund", "tax_relief"],
    "energy": ["enterprise_id", "year", "energy_tce", "electricity_kwh", "water_m3", "cod_t", "ammonia_t", "so2_t", "nox_t", "emission_t"],
    "adjustments": ["enterprise_id", "year", "kind", "value", "reason"],
    "zones": ["zone", "level"],
}


class Maker:
    def __init__(self, count, seed):
        self.random = random.Random(seed)
        self.zones = [f"Z{number}" for number in range(1, 7)]
        self.tables = {name: [] for name in HEADINGS}
        self.owners, self.held, self.letting = [], set(), set()
        numbers = list(range(1, count - count // 100 + 1))
        self.random.shuffle(numbers)  # tenants come after owners, their ids need not
        for number in numbers:
            self.enterprise(f"E{number:05}")
        self.exact(count // 100)
        self.tables["zones"] = [[zone, level] for zone, level in zip(self.zones, ["national", "provincial", "provincial", "other", "", "other"])]

    def exact(self, count):
        """Some in an industry of their own whose tax per mu is exactly 20, at 10, 20 and 30; and some at exactly 5 in no known industry."""
        for number in range(count):
            known = number % 5 != 4
            key, tax = f"X{number:03}", ["100", "200", "300", "200"][number % 5] if known else "50"
            self.tables["enterprises"].append([key, "Plant " + key, "Z1", "North", "", "", "C4310" if known else "", "true", "2005-09-15", "2012-01-31",
                                               "", "", "", "others", ""])
            self.tables["land"].append([key + "-1", key, "10", "owned", ""])
            for year in YEARS:
                self.tables["output"].append([key, year, "1000", "1000", "1000", "1000", "300", "40", "20", "20", "10"])
                self.tables["tax"].append([key, year, tax, "", "", ""])
                self.tables["energy"].append([key, year, "40", "400000", "1000", "1", "0.4", "1.9", "0.95", ""])

    def chance(self, share):
        return self.random.random() < share

    def maybe(self, value, share=0.015):
        """The value, or in a few cases nothing."""
        return "" if self.chance(share) else value

    def pick(self, values):
        return self.random.choice(values)

    def enterprise(self, key):
        zone = self.pick(self.zones)
        above = self.chance(0.45)
        labels = self.random.sample(LABELS, self.pick([1, 1, 2])) if self.chance(0.25) else []
        if {"accident", "missed-duty", "failed-standard"} & set(labels) and self.chance(0.5):
            labels = [*{*labels, self.pick(["new", "under-construction"])}]
        labels = ";".join(sorted(labels + ["city-zone"] * self.chance(0.7)))
        plain = self.chance(0.2)  # one of a few that are all alike, for equal scores
        # Some sit on the land of another, a few of them on that of somebody unknown, of themselves, or of another tenant.
        owner = self.pick(self.owners + ["E99999"]) if self.owners and self.chance(0.15) else key if self.chance(0.02) else ""
        if not owner or self.chance(0.05):
            self.owners.append(key)
        self.tables["enterprises"].append([
            key, "Plant " + key, zone, self.maybe(self.pick(COUNTIES)), "", self.pick(["", "", "Park 1", "Park 2"]),
            self.maybe(self.pick(RARE if self.chance(0.06) else INDUSTRIES), 0.01), self.maybe("true" if above else "false", 0.01),
            self.maybe(self.pick(BIRTHS), 0.03), self.maybe(self.pick(BIRTHS[:8] if self.chance(0.8) else BIRTHS), 0.03), labels, owner,
            f"G{self.random.randint(1, 40)}" if self.chance(0.1) else "", self.maybe(self.pick(CHAINS)),
            self.pick(["", "", "0", "0", "0", "1", "2", "3", "4", "30"]),
        ])
        area = self.land(key, owner, plain)
        for year in YEARS:
            if self.chance(0.99):
                self.year(key, year, area, above, plain)
        if self.chance(0.05):
            self.adjust(key)

    def land(self, key, owner, plain):
        """Rows of land; the mu held, for figures that go with it."""
        rows = self.tables["land"]
        if self.chance(0.01) or owner and self.chance(0.2):
            return 5.0
        area = "10" if plain else self.pick(AREAS)
        floor = self.maybe(self.pick(FLOORS), 0.1)
        # Many tenants are on the first parcel of the owner, and some owners count what they let as let out.
        parcel, tenure = key + "-1", self.pick(["owned", "owned", ""])
        if owner and owner != key:
            tenure = "leased_in"
            if self.chance(0.6) and owner in self.held:
                parcel = owner + "-1"
                if owner not in self.letting and self.chance(0.3):
                    self.letting.add(owner)
                    rows.append([parcel, owner, area, "leased_out", ""])
        self.held.add(key)
        rows.append([parcel, key, self.maybe(area, 0.005), tenure, floor])
        held = float(area)
        others = sorted(self.held - {key, owner})
        if owner and others and self.chance(0.15):  # and on the parcel of a second
            other = self.pick(others)
            rows.append([other + "-1", key, "1", "leased_in", ""])
            held += 1
        if not plain and self.chance(0.1):
            more = self.pick(["0.1", "0.5", "1", "2", "5"])
            rows.append([key + "-2", key, more, "leased_in", self.maybe(self.pick(FLOORS), 0.3)])
            held += float(more)
        if not owner and not plain and self.chance(0.08):
            self.letting.add(key)
            less = area if self.chance(0.2) else self.pick(["0.5", "1", "2"])
            rows.append([key + "-1", key, less, "leased_out", ""])
            held -= float(less)
        return max(held, 1.0)

    def year(self, key, year, area, above, plain):
        draw = self.random
        if plain:
            step = self.pick([1, 2, 3, 4, 6, 8])
            tax, gross, added = 5 * step * area / 2, 100 * step * area, 30 * step * area
        else:
            tax = round(area * self.pick([1, 2, 4.5, 5, 7.5, 10, 12, 15, 20, 24, 30]) + self.pick([0, 0, -0.1, 0.1, 0.5]), 1)
            gross = round(area * draw.randint(20, 900), 0)
            added = round(gross * self.pick([0.1, 0.2, 0.25, 0.3]), 1)
        poor = not plain and self.chance(0.12)  # as many as there are places at the lower end, all alike there
        if poor:
            tax, gross = 5, 100
        if self.chance(0.03):
            tax = self.pick([0, -tax, -1])
        if self.chance(0.01):
            added = -added
        revenue = gross if plain else round(gross * self.pick([0.8, 0.9, 1, 1.1]), 0)
        main = revenue if plain or self.chance(0.5) else round(revenue * 0.9, 1)
        profit = round(revenue * (0.04 if plain else self.pick([-0.05, 0, 0.04, 0.1])), 1)
        research = round(revenue * (0.02 if plain else self.pick([0, 0.01, 0.02, 0.025, 0.03])), 2)
        invest = 10 if plain else self.pick([0, 0, 10, 50, 120.5])
        people = 20 if plain else 0 if self.chance(0.005) else self.pick(PEOPLE)
        output = [gross, revenue, main, revenue, added, profit, people, research, invest]
        self.tables["output"].append([key, year, *(self.maybe(decimal(value)) for value in output)])
        self.tables["tax"].append([key, year, self.maybe(decimal(tax)), decimal(round(tax + 2, 1)) if self.chance(0.05) else "",
                                   self.pick(["", "", "0", "2.5", "10"]), self.pick(["", "", "0", "1", "5"])])
        if self.chance(0.98):
            self.energy(key, year, above, plain, poor)

    def energy(self, key, year, above, plain, poor):
        if plain:
            self.tables["energy"].append([key, year, "40", "400000", "1000", "1", "0.4", "1.9", "0.95", ""])
            return
        tce = "100" if poor else "0" if self.chance(0.005) else self.maybe(self.pick(ENERGY), 0.02 if above else 0.1)
        parts = [self.maybe(self.pick(DISCHARGE), 0.02) for _ in range(4)]
        total = self.pick(TOTALS) if self.chance(0.3) else ""
        if self.chance(0.1):
            parts, total = [""] * 4, ""
        water = self.maybe(str(self.pick([200, 500, 800, 1000, 2500, 8000])), 0.02)
        self.tables["energy"].append([key, year, tce, self.maybe(self.pick(POWER), 0.02), water, *parts, total])

    def adjust(self, key):
        kind, value = self.pick([("points", "2"), ("points", "-1.5"), ("points", "30"), ("raise", "1"), ("raise", ""), ("lower", "1"), ("lower", "2"),
                                 ("ceiling", "C"), ("ceiling", "B"), ("floor", "B"), ("floor", "C"), ("fix", "C"), ("exempt", "")])
        year = self.pick(YEARS)
        self.tables["adjustments"].append([key, year, kind, value, "drawn at random"])
        if self.chance(0.3):
            self.tables["adjustments"].append([key, year, *self.pick([("points", "1.25"), ("floor", "C"), ("lower", "1")]), "drawn again"])


def decimal(number):
    """A number as text without trailing zeros."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def main():
    directory, made = Path(sys.argv[1]), Maker(int(sys.argv[2]), int(sys.argv[3]))
    directory.mkdir(parents=True, exist_ok=True)
    for table, headings in HEADINGS.items():
        with open(directory / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(headings)
            out.writerows(made.tables[table])


if __name__ == "__main__":
    main()
