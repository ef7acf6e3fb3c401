"""Methods of places in Zhejiang, from the words of their documents; `methods.py` says what stands in where they leave a gap."""
from decimal import Decimal

import facts
from facts import (FOUR, GRADES, Ratio, add_up, admit, by_scale, cut, equal, graded, measure, move, place, pools, ratio, ratio_points, score_pool, six)

# The six indicators of the province of Zhejiang, whose weights each place sets.
SIX = [("tax_per_mu", "tax", "land"), ("added_per_mu", "value_added", "land"), ("added_per_energy", "value_added", "energy_tce"),
       ("added_per_emission", "value_added", "emission"), ("added_per_head", "value_added", "employees"), ("rd_share", "rd_expense", "main_revenue")]


def huangyan_2022(directory, year):
    """Six and two indicators against printed benchmarks; no discharge figure: the mean points of the group."""
    above = [Ratio("tax_per_mu", "tax", "land", 30, "24.097"), Ratio("added_per_mu", "value_added", "land", 20, "136.16"),
             Ratio("added_per_energy", "value_added", "energy_tce", 20, "2.694"),
             Ratio("added_per_emission", "value_added", "emission", 10, "4929.81", missing="group mean"),
             Ratio("added_per_head", "value_added", "employees", 10, "18.14"), Ratio("rd_share", "rd_expense", "main_revenue", 10, "0.0302")]
    below = [Ratio("tax_per_mu", "tax", "land", 50, "11.5932"), Ratio("tax_per_power", "tax", "power", 50, "0.2352")]
    rows = facts.facts(directory, year)
    admit(rows.values(), [], by_scale, "county")
    for pool in pools(rows.values(), lambda row: (row["group"], row["county"])):
        items = {"above-scale": above, "below-scale": below}.get(pool[0]["group"], [])
        measure(pool, items)
        for item in items:
            ratio_points(pool, item, item.benchmark)
            known = [row[item.name, "points"] for row in graded(pool) if row[item.name] is not None]
            for row in pool:
                if row[item.name] is None:
                    row[item.name, "points"] = sum(known) / len(known) if known else Decimal(0)
        add_up(pool, items)
        place(pool, "score")
        cut(pool, FOUR)
        move(pool, GRADES)
    return rows


def linhai_2014(directory, year):
    """Round benchmarks for several years; who has less than 3 mu is measured by other things."""
    large = [Ratio("tax_per_mu", "tax", "land", 40, 15), Ratio("sales_per_mu", "revenue", "land", 10, 300),
             Ratio("added_per_energy", "value_added", "energy_tce", 20, 3), Ratio("added_per_cod", "value_added", "cod_t", 15, 500),
             Ratio("added_per_water", "value_added", "water_m3", 5, "0.1"), Ratio("added_per_head", "value_added", "employees", 10, 15)]
    small = [Ratio("tax_per_mu", "tax", "land", 50, 15), Ratio("sales_per_mu", "revenue", "land", 20, 300), Ratio("tax_per_power", "tax", "power", 30, 2)]
    rows = facts.facts(directory, year)
    admit(rows.values(), [], lambda row: None if row["land"] is None else "3-mu-or-more" if row["land"] >= 3 else "under-3-mu")
    for pool in pools(rows.values(), lambda row: row["group"]):
        score_pool(pool, {"3-mu-or-more": large, "under-3-mu": small}.get(pool[0]["group"], []))
        cut(pool, FOUR)
        move(pool, GRADES)
    return rows


def dongyang_clearing(directory, year):
    """No score. Low: tax per mu under 5, or under the industry's. Priority: 3 mu or more and under 5; or above 5 and under half of the
    industry's. Refunds and reliefs count as tax."""
    rows = facts.facts(directory, year)
    for row in rows.values():
        row["basis"] = None if row["tax_paid"] is None else row["tax_paid"] + (row["tax_refund"] or 0) + (row["tax_relief"] or 0)
        row["moves"] = []  # the document knows no such measures
    admit(rows.values(), [], lambda row: "all")
    measure(rows.values(), [Ratio("tax_per_mu", "basis", "land", 0)])
    industry = {}
    for members in pools([row for row in rows.values() if row["division"] and row["tax_per_mu"] is not None], lambda row: row["division"]):
        industry[members[0]["division"]] = six(ratio(sum(row["basis"] for row in members), sum(row["land"] for row in members)))
    place(rows.values(), "tax_per_mu")  # of all whose tax per mu is known, also where the industry's is not
    for row in graded(rows.values()):
        own, mean = row["tax_per_mu"], industry.get(row["division"])
        if row["land"] >= 3 and own < 5 or own > 5 and mean is not None and own < mean / 2:
            row["grade"] = "priority"
        elif own > 5 and mean is None:
            row["outcome"] = "not-assessable"
        elif own < 5 or mean is not None and own < mean:
            row["grade"] = "low"
        elif mean is None:
            row["outcome"] = "not-assessable"
        else:
            row["grade"] = "clear"
    move(rows.values(), ["priority", "low", "clear"])
    return rows


def jiangshan_2023(directory, year):
    """Six above scale, two below. A tenant below scale follows the grade of the parcel's owner, unless it is a park's tenant."""
    above = equal(SIX[:5] + [("rd_share", "rd_expense", "revenue")])
    below = equal([("tax_per_mu", "tax", "land"), ("revenue_per_mu", "revenue", "land")])
    rows = facts.facts(directory, year)
    admit(rows.values(), [], by_scale)
    for pool in pools(rows.values(), lambda row: row["group"]):
        score_pool(pool, {"above-scale": above, "below-scale": below}.get(pool[0]["group"], []))
        cut(pool, FOUR)
        move(pool, GRADES)
    before = {key: row.get("grade") for key, row in rows.items()}
    for row in rows.values():  # also who could not be graded by its own figures
        if row["outcome"] in ("graded", "not-assessable") and row["above"] is False and row["park"] is None and before.get(row["site_owner_id"]):
            row["grade"], row["outcome"] = before[row["site_owner_id"]], "graded"
    return rows


def wenling_park_2022(directory, year):
    """Five industries ranked one by one. Who lets factories loses points without bound: above scale 5 for each tenant after the first, below
    scale 10 for the first and 5 for each further one. Shares differ by size.
    All indicators weigh the same, 100 in all, for the points lost are out of 100."""
    above = equal(SIX[:5] + [("rd_share", "rd_expense", "revenue")], Decimal(100) / 6)
    below = equal([("tax_per_mu", "tax", "land"), ("revenue_per_mu", "revenue", "land"), ("revenue_per_power", "revenue", "power")],
                  Decimal(100) / 3)
    shares = {"above-scale": [("A", 20), ("B", 60), ("C", 15), ("D", 5)], "below-scale": [("A", 5), ("B", 70), ("C", 20), ("D", 5)]}

    def letting(row):
        tenants = row["tenants"] or 0
        return 0 if tenants < 1 else -5 * (tenants - 1) if row["above"] else -10 - 5 * (tenants - 1)

    rows = facts.facts(directory, year)
    admit(rows.values(), [], by_scale, "chain")
    for pool in pools(rows.values(), lambda row: (row["group"], row["chain"])):
        group = pool[0]["group"]
        score_pool(pool, {"above-scale": above, "below-scale": below}.get(group, []), letting)
        if group:
            cut(pool, shares[group])
            move(pool, GRADES)
    return rows


def cixi_2024(directory, year):
    """Four lists: above scale; below scale with 3 mu or more; with less; tenants without land of their own."""
    def list_of(row):
        if row["above"] is not False:
            return by_scale(row)
        if row["owned"] == 0:
            return "tenants"
        return None if row["land"] is None else "below-scale" if row["land"] >= 3 else "below-scale-under-3-mu"

    rows = facts.facts(directory, year)
    admit(rows.values(), [], list_of)
    for pool in pools(rows.values(), lambda row: row["group"]):
        score_pool(pool, equal(SIX if pool[0]["group"] == "above-scale" else SIX[:1]))
        cut(pool, FOUR)
        move(pool, GRADES)
    return rows


def suichang_2022(directory, year):
    """Who sits on common parcels is added up and shares one result; tenants above scale stay alone. What is not an amount is the owner's. Who does
    not produce yet is left out, unless past the contract's date; below scale so is who has less than 3 mu, unless in a park of four stars."""
    rows = facts.facts(directory, year)
    members = {}
    for unit in linked([row for row in rows.values() if row["above"] is False or row["site_owner_id"] is None]):
        shared = set.union(*(row["parcels"] for row in unit))
        owners = [row for row in unit if row["owns"] & shared] or unit
        lead = dict(min(owners, key=lambda row: row["id"]))
        for amount in ("land", "tax", "value_added", "energy_tce", "emission", "employees", "rd_expense", "main_revenue"):
            lead[amount] = facts.total(*(row[amount] for row in unit))
        lead["moves"] = [step for row in unit for step in row["moves"]]
        members[lead["id"]] = (lead, unit)
    taken = {row["id"] for _, unit in members.values() for row in unit}
    units = [lead for lead, _ in members.values()] + [row for key, row in rows.items() if key not in taken]
    idle = lambda row: row["production_on"] is not None and row["production_on"].year > year and "overdue" not in row["labels"]
    small = lambda row: row["above"] is False and row["land"] is not None and row["land"] < 3 and "star-park" not in row["labels"]
    admit(units, [(idle, "deferred"), (small, "exempt")], by_scale)
    for pool in pools(units, lambda row: row["group"]):
        score_pool(pool, equal(SIX if pool[0]["group"] == "above-scale" else SIX[:1]))
        cut(pool, FOUR)
        move(pool, GRADES)
    for lead, unit in members.values():
        for row in unit:
            row.update({key: lead.get(key) for key in ("group", "place", "score", "grade", "outcome")})
    return rows


def linked(rows):
    """The rows in sets that common parcels link, directly or through others."""
    holders = {}
    for row in rows:
        for parcel in row["parcels"]:
            holders.setdefault(parcel, []).append(row)
    found, seen = [], set()
    for row in rows:
        reach, unit = [row], []
        while reach:
            each = reach.pop()
            if each["id"] not in seen:
                seen.add(each["id"])
                unit.append(each)
                reach += [other for parcel in each["parcels"] for other in holders[parcel]]
        if unit:
            found.append(unit)
    return found
