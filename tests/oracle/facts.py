"""What `methods.py` rests on: the tables of a data set in canonical units as facts per enterprise, and the arithmetic that all methods share.

Written from docs/data.md and from the words of the methods, in decimals and as plainly as possible. Nothing here comes from the program.
"""
import csv
from collections import defaultdict
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, getcontext
from pathlib import Path

getcontext().prec = 50

MISSING = {"", "-", "/", "无", "N/A"}
AMOUNTS = ("gross_output revenue main_revenue invoiced_sales value_added profit employees rd_expense technical_investment "
           "tax_paid tax_evaluated tax_refund tax_relief energy_tce electricity_kwh water_m3 cod_t ammonia_t so2_t nox_t emission_t").split()
# tce per kWh at calorific value (GB/T 2589).
TCE_PER_KWH = Decimal("0.0001229")
# Kilograms that make one equivalent of the Environmental Protection Tax Law, annex 2.
EQUIVALENTS = {"cod_t": Decimal(1), "ammonia_t": Decimal("0.8"), "so2_t": Decimal("0.95"), "nox_t": Decimal("0.95")}
POLLUTANTS = ("cod_t", "ammonia_t", "so2_t", "nox_t")
# Shares where a document gives none.
FOUR = [("A", 20), ("B", 50), ("C", 25), ("D", 5)]
GRADES = ["A", "B", "C", "D"]
ROUNDINGS = {"half-up": ROUND_HALF_UP, "floor": ROUND_FLOOR, "ceiling": ROUND_CEILING}


def six(number):
    """Rounded half-up, away from zero, to six decimals. The thirty before take back what quotients without an end have lost: 40 times a fifteenth of
    something may be exactly a half."""
    return None if number is None else number.quantize(Decimal(10) ** -30).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def ratio(above, below):
    """A quotient, or nothing where a part is missing or the divisor is not positive."""
    return None if above is None or below is None or below <= 0 else above / below


def total(*parts):
    return None if None in parts else sum(parts)


def whole(number, rounding="half-up"):
    return int(number.quantize(Decimal(1), ROUNDINGS[rounding]))


def plus_years(day, years):
    """The same day so many years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


# Reading

def read(directory, table):
    path = Path(directory) / f"{table}.csv"
    if not path.exists():
        return []
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [{key: None if text.strip() in MISSING else text.strip() for key, text in row.items()} for row in csv.DictReader(file)]


def number(text):
    return None if text is None else Decimal(text)


def day(text):
    return None if text is None else date.fromisoformat(text)


def facts(directory, year):
    """Per enterprise, by id: what is known of it in one year."""
    rows = {}
    for entry in read(directory, "enterprises"):
        digits = "".join(sign for sign in entry.get("industry") or "" if sign.isdigit())
        row = dict.fromkeys(AMOUNTS)
        row.update(entry, id=entry["enterprise_id"], year=year, industry=digits or None, division=digits[:2] or None, moves=[], parcels=set(), owns=set())
        row["above"] = {"true": True, "false": False, None: None}[entry["above_scale"]]
        row["labels"] = set((entry["labels"] or "").split(";")) - {""}
        row["tenants"] = number(entry.get("tenants"))
        for when in ("registered_on", "production_on"):
            row[when] = day(entry.get(when))
        rows[row["id"]] = row
    for table in ("output", "tax", "energy"):
        for entry in read(directory, table):
            if int(entry["year"]) == year and entry["enterprise_id"] in rows:
                rows[entry["enterprise_id"]].update({key: number(entry[key]) for key in AMOUNTS if key in entry})
    land(directory, rows)
    for row in rows.values():
        row["tax"] = row["tax_paid"] if row["tax_evaluated"] is None else row["tax_evaluated"]
        row["emission"] = total(*(row[name] for name in POLLUTANTS)) if row["emission_t"] is None else row["emission_t"]
        power = None if row["electricity_kwh"] is None else six(row["electricity_kwh"] * TCE_PER_KWH)
        row["energy_or_power"] = power if row["energy_tce"] is None else row["energy_tce"]
        known = [row[name] / kilograms for name, kilograms in EQUIVALENTS.items() if row[name] is not None]
        row["equivalents"] = row["emission_t"] if row["emission_t"] is not None or not known else six(sum(known))
        row["power"] = None if row["electricity_kwh"] is None else row["electricity_kwh"] / 10000  # 10k kWh
    for entry in read(directory, "adjustments"):
        if int(entry["year"]) == year and entry["enterprise_id"] in rows:
            rows[entry["enterprise_id"]]["moves"].append((entry["kind"], entry["value"]))
    return rows


def land(directory, rows):
    """Land held: owned + leased in - leased out; floor area over what is owned or leased in."""
    areas, owned, floors, leased = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list)  # by enterprise
    for entry in read(directory, "land"):
        sign, key = -1 if entry["tenure"] == "leased_out" else 1, entry["enterprise_id"]
        if key in rows:
            rows[key]["parcels"].add(entry["parcel_id"])
            if entry["tenure"] in ("owned", None):
                rows[key]["owns"].add(entry["parcel_id"])
        areas[key].append(None if entry["area"] is None else sign * Decimal(entry["area"]))
        if entry["tenure"] in ("owned", None):
            owned[key].append(number(entry["area"]))
        if sign > 0 and entry.get("floor_area"):
            floors[key].append(Decimal(entry["floor_area"]))
        if entry["tenure"] == "leased_in":
            leased[key].append(number(entry["area"]))
    for key, row in rows.items():
        row["land"] = total(*areas[key]) if areas[key] else None
        row["owned"] = total(*owned[key]) if areas[key] else None
        row["floor"] = sum(floors[key]) if floors[key] else None
        row["leased_in"] = total(*leased[key]) if areas[key] else None


# Admission

def admit(rows, cases, group, within=None):
    """Outcome and group of each enterprise. `cases`: pairs of a condition and an outcome, the first that is True decides. Who lacks the
    fact that tells the pools of a group apart (`within`) is in none."""
    for row in rows:
        exempt = any(kind == "exempt" for kind, _ in row["moves"])
        found = "exempt" if exempt else next((outcome for when, outcome in cases if when(row) is True), "graded")
        row["group"] = group(row)
        lost = row["group"] is None or within is not None and row[within] is None
        row["outcome"] = "no-group" if found in ("graded", "scored-only") and lost else found


def by_scale(row):
    return {True: "above-scale", False: "below-scale", None: None}[row["above"]]


# Points

class Ratio:
    """An indicator: a quotient of two facts, its weight, and a benchmark if the document prints one."""

    def __init__(self, name, above, below, weight, benchmark=None, missing="not-assessable"):
        self.name, self.above, self.below, self.missing = name, above, below, missing
        self.weight, self.benchmark = Decimal(weight), None if benchmark is None else Decimal(benchmark)


def measure(rows, indicators):
    """Values of the indicators; who has no land, or lacks one that may not be missing, cannot be assessed."""
    for row in rows:
        known = row["land"] is not None and row["land"] > 0
        for item in indicators:
            row[item.name] = six(ratio(row[item.above], row[item.below]))
            known = known and not (row[item.name] is None and item.missing == "not-assessable")
        if not known and row["outcome"] in ("graded", "scored-only"):
            row["outcome"] = "not-assessable"


def graded(rows):
    return [row for row in rows if row["outcome"] == "graded"]


def pools(rows, key):
    """The rows by what a pool is."""
    found = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return list(found.values())


def ratio_of_sums(rows, item):
    """The sum above over the sum below, over those whose value is known."""
    known = [row for row in graded(rows) if row[item.name] is not None]
    return ratio(sum(row[item.above] for row in known), sum((row[item.below] for row in known), Decimal(0)))


def ratio_points(rows, item, benchmark):
    """value / benchmark x weight; nothing where the benchmark is not positive."""
    for row in rows:
        if row[item.name] is not None:
            row[item.name, "points"] = row[item.name] / benchmark * item.weight if benchmark is not None and benchmark > 0 else Decimal(0)


def add_up(rows, indicators, bonus=lambda row: 0):
    """Score: points, measures that are points, and what the method adds."""
    for row in rows:
        if row["outcome"] in ("graded", "scored-only"):
            measures = sum(Decimal(value) for kind, value in row["moves"] if kind == "points")
            row["score"] = six(sum(row[item.name, "points"] for item in indicators) + measures + bonus(row))


# Places and grades

def place(pool, key):
    """Equals share a place, and the next is skipped."""
    pool = graded(pool)
    values = sorted((row[key] for row in pool), reverse=True)
    first = {}
    for at, value in enumerate(values, 1):
        first.setdefault(value, at)
    for row in pool:
        row["place"] = first[row[key]]


def cut(pool, shares, rounding="half-up", equals="better"):
    """Grades by cumulative shares in per cent; equals at a cut get the better grade, or the worse."""
    pool = graded(pool)
    cuts, sum_of = [], Decimal(0)
    for grade, share in shares:
        sum_of += Decimal(share)
        cuts.append((grade, whole(sum_of * len(pool) / 100, rounding)))
    for row in pool:
        at = row["place"] if equals == "better" else row["place"] + sum(other["place"] == row["place"] for other in pool) - 1
        row["grade"] = next(grade for grade, last in cuts if at <= last)


def halves(pool, first, last, top=15, bottom=10):
    """Two stages. The better half by score, equals at its edge included. A: the first `top` per cent of all by the key `first`, out of that half;
    C: the last `bottom` per cent of all by the key `last`, out of the other; the rest is B. Equals at a cut get the better grade."""
    pool = graded(pool)
    middle = whole(Decimal(len(pool)) / 2)
    better, worse = [row for row in pool if row["place"] <= middle], [row for row in pool if row["place"] > middle]
    for row in pool:
        row["grade"] = "B"
    best, least = [six(first(row)) for row in better], [six(last(row)) for row in worse]
    for row, key in zip(better, best):
        if sum(other > key for other in best) < whole(Decimal(top) * len(pool) / 100):
            row["grade"] = "A"
    for row, key in zip(worse, least):
        if sum(other <= key for other in least) <= whole(Decimal(bottom) * len(pool) / 100):
            row["grade"] = "C"


def move(rows, grades):
    """The measures of the table, in their order: fix, raise, lower, ceiling, floor. A value that is no grade here changes nothing."""
    for row in graded(rows):
        if row.get("grade") is None:
            continue
        at = grades.index(row["grade"])
        steps = {kind: [value for other, value in row["moves"] if other == kind] for kind in ("fix", "raise", "lower", "ceiling", "floor")}
        known = {kind: [grades.index(value) for value in values if value in grades] for kind, values in steps.items()}
        at = max(known["fix"], default=at)
        at -= sum(int(value or 1) for value in steps["raise"] if value not in grades)
        at = min([max(at, 0), *known["raise"]])
        at += sum(int(value or 1) for value in steps["lower"] if value not in grades)
        at = max([min(at, len(grades) - 1), *known["lower"]])
        at = max([at, *known["ceiling"]])
        at = min([at, *known["floor"]])
        row["grade"] = grades[at]


def not_better(row, limit, grades):
    row["grade"] = max(row["grade"], limit, key=grades.index)


def not_worse(row, limit, grades):
    row["grade"] = min(row["grade"], limit, key=grades.index)


# The commonest method

def equal(parts, weight=1):
    return [Ratio(*part, weight) for part in parts]


def score_pool(pool, items, bonus=lambda row: 0):
    """The commonest method: value / benchmark x weight, summed. A benchmark that is not printed is the ratio of sums of the pool."""
    measure(pool, items)
    for item in items:
        ratio_points(pool, item, ratio_of_sums(pool, item) if item.benchmark is None else item.benchmark)
    add_up(pool, items, bonus)
    place(pool, "score")
