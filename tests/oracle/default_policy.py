#!/usr/bin/env python3
"""The built-in policy `default`, worked out a second time and as plainly as possible.

In: a data directory with canonical units (English or Chinese headings) and a year. Out: CSV, one row per enterprise, by id.
Nothing here comes from the program: it is the arithmetic of the policy in decimals, to compare the program with.

    python3 default_policy.py DIR YEAR > expected.csv
"""
import csv
import re
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal, getcontext
from pathlib import Path

getcontext().prec = 50

HEADINGS = {
    "统一社会信用代码": "enterprise_id", "企业名称": "name", "开发区": "zone", "行业代码": "industry", "规模以上": "above_scale",
    "投产日期": "production_on", "宗地编号": "parcel_id", "用地面积": "area", "权属": "tenure", "年度": "year", "工业总产值": "gross_output",
    "营业收入": "revenue", "工业增加值": "value_added", "年平均职工人数": "employees", "研发经费": "rd_expense", "实缴税收": "tax_paid",
    "评价税收": "tax_evaluated", "综合能耗": "energy_tce", "调整类型": "kind", "调整值": "value", "原因": "reason", "级别": "level",
}
WORDS = {
    "above_scale": {"true": True, "1": True, "是": True, "规上": True, "false": False, "0": False, "否": False, "规下": False},
    "tenure": {"自有": "owned", "租入": "leased_in", "承租": "leased_in", "租出": "leased_out", "出租": "leased_out"},
    "level": {"国家级": "national", "省级": "provincial", "其他": "other", "市级": "other", "县级": "other"},
    "kind": {"加减分": "points", "定档": "fix", "提档": "raise", "降档": "lower", "上限": "ceiling", "下限": "floor", "免评": "exempt"},
}
NUMBERS = {"area", "gross_output", "revenue", "value_added", "employees", "rd_expense", "tax_paid", "tax_evaluated", "energy_tce"}
MISSING = {"", "-", "/", "无", "N/A"}

INDICATORS = [  # id, numerator, denominator, weight
    ("tax_per_mu", "tax_evaluated", "land_mu", 35),
    ("output_per_mu", "gross_output", "land_mu", 25),
    ("value_added_per_energy", "value_added", "energy_tce", 20),
    ("value_added_per_employee", "value_added", "employees", 10),
    ("rd_share", "rd_expense", "revenue", 10),
]
MAIN = ("tax_per_mu", "output_per_mu")
CUTS = [("A", Decimal("0.20")), ("B", Decimal("0.70")), ("C", Decimal("0.95")), ("D", Decimal(1))]
GRADES = "ABCD"
FLOORS = {"national": Decimal(500), "provincial": Decimal(300), "other": Decimal(200)}


def six(number):
    """Rounded half-up, away from zero, to six decimals."""
    return None if number is None else number.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def read(directory, table):
    path = Path(directory) / f"{table}.csv"
    if not path.exists():
        return []
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    headings = [re.sub(r"[（(].*", "", heading).strip() for heading in rows[0]]
    headings = [HEADINGS.get(heading, heading) for heading in headings]
    return [{heading: cell(heading, text.strip()) for heading, text in zip(headings, row)} for row in rows[1:] if row]


def cell(column, text):
    if text in MISSING:
        return None
    if column in NUMBERS:
        return Decimal(text.replace(",", ""))
    if column == "year":
        return int(text)
    return WORDS.get(column, {}).get(text.lower() if column == "above_scale" else text, text)


def latest(rows, year):
    """Of rows with or without a year, the one that holds in this year."""
    rows = [row for row in rows if (row.get("year") or 0) <= year]
    return max(rows, key=lambda row: row.get("year") or 0, default=None)


def panel(directory, enterprises, year):
    """Per enterprise: the amounts of one year, and its indicator values."""
    facts = {row["enterprise_id"]: dict.fromkeys(NUMBERS | {"land_mu"}) for row in enterprises}
    for table in ("output", "tax", "energy"):
        for row in read(directory, table):
            if row["year"] == year and row["enterprise_id"] in facts:
                facts[row["enterprise_id"]].update({key: row[key] for key in row if key in NUMBERS})
    parcels = defaultdict(list)
    for row in read(directory, "land"):
        parcels[row["enterprise_id"], row["parcel_id"], row.get("tenure") or "owned"].append(row)
    held = defaultdict(list)
    for (enterprise, _, tenure), rows in parcels.items():
        row = latest(rows, year)
        if row:
            sign = -1 if tenure == "leased_out" else 1
            held[enterprise].append(None if row["area"] is None else sign * row["area"])
    for enterprise, fact in facts.items():
        areas = held[enterprise]
        fact["land_mu"] = sum(areas) if areas and None not in areas else None
        if fact["tax_evaluated"] is None:
            fact["tax_evaluated"] = fact["tax_paid"]
        for indicator, above, below, _ in INDICATORS:
            fact[indicator] = six(ratio(fact[above], fact[below]))
    return facts


def ratio(above, below):
    return None if above is None or below is None or below <= 0 else above / below


def division(enterprise):
    digits = re.search(r"\d\d", enterprise.get("industry") or "")
    return digits and digits.group()


def outcome(enterprise, fact, moves, year):
    since = enterprise.get("production_on")
    if any(move["kind"] == "exempt" for move in moves) or division(enterprise) in ("44", "45", "46"):
        return "exempt"
    if since and year - int(since[:4]) < 2:
        return "deferred"
    if enterprise.get("above_scale") is None:
        return "no-group"
    return "not-assessable" if any(fact[main] is None for main in MAIN) else "graded"


def score_pool(pool, moves):
    """Points, score, place and grade of the assessed members of one pool."""
    for indicator, above, below, weight in INDICATORS:
        known = [row for row in pool if row[indicator] is not None]
        total = sum(row[below] for row in known)
        benchmark = sum(row[above] for row in known) / total if known else Decimal(0)
        for row in known:
            points = row[indicator] / benchmark * weight if benchmark > 0 else Decimal(0)
            row[indicator + "_points"] = min(max(points, Decimal(0)), weight * Decimal("1.5"))
        mean = sum(row[indicator + "_points"] for row in known) / len(known) if known else Decimal(0)
        for row in pool:
            row.setdefault(indicator + "_points", mean)
    for row in pool:
        bonus = sum(Decimal(move["value"]) for move in moves[row["id"]] if move["kind"] == "points")
        row["score"] = six(sum(row[indicator[0] + "_points"] for indicator in INDICATORS) + bonus)
    for row in pool:
        row["place"] = 1 + sum(other["score"] > row["score"] for other in pool)
        cuts = [(grade, (share * len(pool)).quantize(Decimal(1), ROUND_HALF_UP)) for grade, share in CUTS]
        row["grade"] = next(grade for grade, cut in cuts if row["place"] <= cut)
        row["grade"] = moved(row["grade"], moves[row["id"]])


def moved(grade, moves):
    at = GRADES.index(grade)
    for kind in ("fix", "raise", "lower", "ceiling", "floor"):
        for value in [move.get("value") for move in moves if move["kind"] == kind]:
            if kind in ("raise", "lower"):  # by so many grades; blank is one
                at += int(value or 1) * (-1 if kind == "raise" else 1)
            else:
                limit = GRADES.index(value)
                at = {"fix": limit, "ceiling": max(at, limit), "floor": min(at, limit)}[kind]
            at = min(max(at, 0), len(GRADES) - 1)
    return GRADES[at]


def lows(enterprises, facts, zones, year):
    """Per enterprise: was the year low? True, False or None for unknown."""
    tax, land = defaultdict(Decimal), defaultdict(Decimal)
    for enterprise in enterprises:
        fact = facts[enterprise["enterprise_id"]]
        if fact["tax_evaluated"] is not None and fact["land_mu"] is not None and fact["land_mu"] > 0:
            tax[division(enterprise)] += fact["tax_evaluated"]
            land[division(enterprise)] += fact["land_mu"]
    result = {}
    for enterprise in enterprises:
        fact, of = facts[enterprise["enterprise_id"]], division(enterprise)
        zone = latest([row for row in zones if row["zone"] == enterprise["zone"]], year)
        floor = FLOORS.get(zone and zone.get("level"))
        industry = six(tax[of] / land[of]) if of and land[of] > 0 else None
        limit = six(industry / 2) if industry is not None else None
        limbs = [less(fact["output_per_mu"], floor), less(fact["tax_per_mu"], limit)]
        result[enterprise["enterprise_id"]] = False if False in limbs else None if None in limbs else True
    return result


def less(left, right):
    return None if left is None or right is None else left < right


def review(result, now, before):
    if result in ("exempt", "deferred", "no-group"):
        return "not-reviewed"
    if now is not True:
        return "pass" if now is False else "unknown"
    return {True: "low", False: "watch", None: "unknown"}[before]


def evaluate(directory, year):
    enterprises, zones = read(directory, "enterprises"), read(directory, "zones")
    facts, before = panel(directory, enterprises, year), panel(directory, enterprises, year - 1)
    low, was_low = lows(enterprises, facts, zones, year), lows(enterprises, before, zones, year - 1)
    moves, pools = defaultdict(list), defaultdict(list)
    for move in read(directory, "adjustments"):
        if move["year"] == year:
            moves[move["enterprise_id"]].append(move)
    for enterprise in enterprises:
        row = facts[enterprise["enterprise_id"]]
        row["id"] = enterprise["enterprise_id"]
        row["outcome"] = outcome(enterprise, row, moves[row["id"]], year)
        row["group"] = {True: "above-scale", False: "below-scale", None: None}[enterprise.get("above_scale")]
        row["review"] = review(row["outcome"], low[row["id"]], was_low[row["id"]])
        if row["outcome"] == "graded":
            pools[enterprise["zone"], row["group"]].append(row)
    for pool in pools.values():
        score_pool(pool, moves)
    return [facts[key] for key in sorted(facts)]


def main():
    ids = [indicator[0] for indicator in INDICATORS]
    columns = ["outcome", "group", "place", "score", "grade", "review", *ids, *(indicator + "_points" for indicator in ids)]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["enterprise_id", *columns])
    for row in evaluate(sys.argv[1], int(sys.argv[2])):
        values = [row.get(column) for column in columns]
        out.writerow([row["id"], *("" if value is None else six(value) if isinstance(value, Decimal) else value for value in values)])


if __name__ == "__main__":
    main()
