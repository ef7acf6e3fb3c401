"""Methods of places in Anhui, Shandong, Jiangsu, Henan and Sichuan, from the words of their documents; `methods.py` says what stands in where
they leave a gap."""
from decimal import Decimal

import facts
from facts import (FOUR, GRADES, Ratio, add_up, admit, by_scale, cut, equal, graded, halves, measure, move, not_better, not_worse, place, pools,
                   ratio_points, score_pool)


# Anhui

UTILITIES = ("44", "45", "46")


def utility(row):
    return row["division"] in UTILITIES or "utility" in row["labels"]


def jingde_2022(directory, year):
    """Points are weight x [20 + 80 x (x - min) / (max - min)] / 100, with min and max of those who are graded; extra points are added."""
    large = equal([("tax_per_mu", "tax", "land"), ("revenue_per_mu", "revenue", "land"), ("investment_per_mu", "technical_investment", "land"),
                   ("added_per_head", "value_added", "employees"), ("revenue_per_emission", "revenue", "equivalents"),
                   ("rd_share", "rd_expense", "revenue"), ("revenue_per_energy", "revenue", "energy_tce")])
    small = equal([("tax_per_mu", "tax", "land"), ("revenue_per_energy", "revenue", "energy_tce"), ("revenue_per_emission", "revenue", "equivalents")])
    rows = facts.facts(directory, year)
    admit(rows.values(), [(utility, "exempt"), (lambda row: row["above"] is False and row["land"] is not None and row["land"] < 5, "exempt")], five_mu)
    for pool in pools(rows.values(), lambda row: row["group"]):
        items = {"above-scale": large, "below-scale": small}.get(pool[0]["group"], [])
        measure(pool, items)
        for item in items:
            values = [row[item.name] for row in graded(pool)]
            for row in graded(pool):
                width = max(values) - min(values)
                part = 80 * (row[item.name] - min(values)) / width if width else 80
                row[item.name, "points"] = item.weight * (20 + part) / 100
        add_up(pool, items)
        place(pool, "score")
        cut(pool, FOUR)
        move(pool, GRADES)
    return rows


def five_mu(row):
    """Above scale; below scale from 5 mu."""
    if row["above"] is not False:
        return by_scale(row)
    return "below-scale" if row["land"] is not None and row["land"] >= 5 else None


def anhui_city(directory, year):
    """Four grades of Chinese names. Below scale: in the city's zone, and 5 mu, or 3,000 m2 of leased workshop and founded four years ago; order
    by tax per mu alone. (The floor area of all parcels stands for that of the leased ones; the panel has no other.) Public
    utilities, tax-supported firms, start-ups and large projects are scored and have no grade."""
    shares, names = [("甲", 25), ("乙", 45), ("丙", 25), ("丁", 5)], ["甲", "乙", "丙", "丁"]
    above = [Ratio("tax_per_mu", "tax", "land", 45), Ratio("sales_per_mu", "revenue", "land", 20), Ratio("added_per_energy", "value_added", "energy_tce", 15),
             Ratio("rd_share", "rd_expense", "revenue", 15), Ratio("added_per_head", "value_added", "employees", 5)]
    below = [Ratio("tax_per_mu", "tax", "land", 100)]

    def workshop(row):
        since, floor = row["registered_on"], row["floor"]
        old = since is not None and facts.plus_years(since, 4) <= facts.date(year, 12, 31)
        return (row["leased_in"] or 0) > 0 and floor is not None and floor >= 3000 and old

    def outside(row):
        if row["above"] is not False:
            return False
        return "city-zone" not in row["labels"] or row["land"] is not None and row["land"] < 5 and not workshop(row)

    def ungraded(row):
        return utility(row) or bool({"tax-support", "start-up", "major-project"} & row["labels"])

    rows = facts.facts(directory, year)
    admit(rows.values(), [(outside, "exempt"), (ungraded, "scored-only")], by_scale)
    for pool in pools(rows.values(), lambda row: row["group"]):
        score_pool(pool, {"above-scale": above, "below-scale": below}.get(pool[0]["group"], []))
        if pool[0]["group"] == "below-scale":
            place(pool, "tax_per_mu")
        cut(pool, shares)
        move(pool, names)
    return rows


# Shandong

def changle_2023(directory, year):
    """The province's five; 20, 75, 95 and 100 per cent. Accident, missed duty or failed standard: neither A nor B. New, newly above scale or under
    construction: not D, unless vetoed. Of utilities data are only collected."""
    five = equal([("tax_per_mu", "tax", "land"), ("revenue_per_energy", "revenue", "energy_tce"), ("revenue_per_emission", "revenue", "equivalents"),
                  ("rd_share", "rd_expense", "revenue"), ("added_per_head", "value_added", "employees")], 20)
    rows = facts.facts(directory, year)
    collected = lambda row: row["division"] in UTILITIES or "data-only" in row["labels"]
    small = lambda row: row["above"] is False and row["land"] is not None and row["land"] < 3
    admit(rows.values(), [(collected, "collected-only"), (small, "exempt")], lambda row: three_mu(row))
    for pool in pools(rows.values(), lambda row: row["group"]):
        score_pool(pool, five)
        cut(pool, [("A", 20), ("B", 55), ("C", 20), ("D", 5)])
        move(pool, GRADES)
        for row in graded(pool):
            if {"accident", "missed-duty", "failed-standard"} & row["labels"]:
                not_better(row, "C", GRADES)
            elif {"new", "newly-above-scale", "under-construction"} & row["labels"]:
                not_worse(row, "C", GRADES)
    return rows


def three_mu(row):
    """Above scale; below scale from 3 mu."""
    if row["above"] is not False:
        return by_scale(row)
    return "below-scale" if row["land"] is not None and row["land"] >= 3 else None


# Jiangsu, Henan, Sichuan

def huaian_2024(directory, year):
    """Three indicators against twice last year's mean of the county, which is taken as the arithmetic mean of its evaluated enterprises. T: suppliers
    of water, power and gas, and who has produced for less than two years. Electricity stands for energy at calorific value."""
    items = [Ratio("tax_per_mu", "tax", "land", 45), Ratio("sales_per_mu", "revenue", "land", 35), Ratio("tax_per_energy", "tax", "energy_or_power", 20)]

    def young(row):
        since = row["production_on"]
        return since is not None and facts.plus_years(since, 2) > facts.date(row["year"], 12, 31)

    small = lambda row: row["above"] is False and row["land"] is not None and row["land"] < 3
    cases = [(lambda row: row["division"] in UTILITIES, "exempt"), (young, "deferred"), (small, "exempt")]
    rows, before = facts.facts(directory, year), facts.facts(directory, year - 1)
    for each in (rows, before):
        admit(each.values(), cases, lambda row: "all", "county")
        measure(each.values(), items)
    for pool in pools(rows.values(), lambda row: row["county"]):
        for item in items:
            last = [row[item.name] for row in graded(before.values()) if row["county"] == pool[0]["county"]]
            ratio_points(pool, item, 2 * sum(last) / len(last) if last else None)
        add_up(pool, items)
        place(pool, "score")
        cut(pool, [("A", 20), ("B", 40), ("C", 35), ("D", 5)])
        move(pool, GRADES)
    return rows


def maker(row):
    """Manufacturing, or of unknown industry."""
    return row["division"] is None or "13" <= row["division"] <= "43"


def anyang_2018(directory, year):
    """The composite score tells the better half from the worse. Above scale, zone by zone: A by the points of tax per mu and R&D, C by those of
    output per energy and tax per emission. Below scale from 5 mu, the whole city: both by tax paid."""
    above = [Ratio("tax_per_mu", "tax", "land", 25), Ratio("rd_share", "rd_expense", "revenue", 25),
             Ratio("output_per_energy", "gross_output", "energy_tce", 25), Ratio("tax_per_emission", "tax", "emission", 25)]
    rows = facts.facts(directory, year)
    small = lambda row: row["above"] is False and row["land"] is not None and row["land"] < 5
    admit(rows.values(), [(lambda row: not maker(row), "exempt"), (small, "exempt")], five_mu)
    for pool in pools(rows.values(), lambda row: (row["group"], row["zone"] if row["group"] == "above-scale" else None)):
        if pool[0]["group"] == "above-scale":
            score_pool(pool, above)
            halves(pool, lambda row: row["tax_per_mu", "points"] + row["rd_share", "points"],
                   lambda row: row["output_per_energy", "points"] + row["tax_per_emission", "points"])
        else:
            for row in pool:
                if row["tax_paid"] is None and row["outcome"] == "graded":
                    row["outcome"] = "not-assessable"  # nothing to be ranked by
            score_pool(pool, [Ratio("tax_per_mu", "tax", "land", 100)])
            halves(pool, lambda row: row["tax_paid"], lambda row: row["tax_paid"])
        move(pool, GRADES[:3])
    return rows


def zhengzhou_2018(directory, year):
    """As in Anyang, but A by tax per mu and C by output per energy, from the lowest; only above scale."""
    items = [Ratio("tax_per_mu", "tax", "land", 25), Ratio("revenue_per_mu", "main_revenue", "land", 25), Ratio("profit_per_mu", "profit", "land", 25),
             Ratio("output_per_energy", "gross_output", "energy_tce", 25)]
    rows = facts.facts(directory, year)
    admit(rows.values(), [(lambda row: not maker(row) or row["above"] is False, "exempt")], lambda row: "above-scale" if row["above"] else None)
    for pool in pools(rows.values(), lambda row: (row["group"], row["zone"])):
        score_pool(pool, items)
        halves(pool, lambda row: row["tax_per_mu"], lambda row: row["output_per_energy"])
        move(pool, GRADES[:3])
    return rows


def sichuan_2020(directory, year):
    """70 points for five indicators of the province (the other 30 are local). A at most 30 per cent, C at least 10: rounded down, equals to the worse."""
    items = [Ratio("revenue_per_mu", "revenue", "land", 20), Ratio("tax_per_mu", "tax", "land", 20), Ratio("revenue_per_head", "revenue", "employees", 20),
             Ratio("revenue_per_energy", "revenue", "energy_tce", 5), Ratio("rd_share", "rd_expense", "revenue", 5)]
    rows = facts.facts(directory, year)
    admit(rows.values(), [(lambda row: row["above"] is False, "exempt")], lambda row: "park" if row["above"] else None)
    pool = [row for row in rows.values() if row["group"]]
    score_pool(pool, items)
    cut(pool, [("A", 30), ("B", 60), ("C", 10)], "floor", "worse")
    move(pool, GRADES[:3])
    return rows
