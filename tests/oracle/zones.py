#!/usr/bin/env python3
"""Scorecards of zones, worked out a second time: targets of the five plans, places and ladder, concentration, structure, land, factories, reviews, chains.

In: a year, a part of it (Y, H1 to Q4), a date, settings (`base_year=2023,end_year=2028`, or `-`), and one or several data directories. Out: JSON. Nothing here comes from the program or its plans.

    python3 zones.py YEAR PART AS_OF SETTINGS DIR... > expected.json
"""
import json
import sys
from collections import defaultdict
from datetime import date
from fractions import Fraction

sys.dont_write_bytecode = True  # no traces beside the tests

import zone_plans
import zone_targets
from zone_data import INFINITE, City, Open

LOW = Fraction(1, 10)
SITES = 5


def known_of(city, year, part, column, members):
    """Enterprises that have a figure and land, with both; and how many there are without."""
    pairs, left_out = [], 0
    for key, firm in members:
        figure, land = city.flows.figure(key, year, part, column), city.land_of(firm, year)
        if figure is not None and land is not None and land > 0:
            pairs.append((figure, land, key[1]))
        elif zone_plans.is_there(firm, year):
            left_out += 1
    return pairs, left_out


def concentration(pairs, left_out):
    """The share of the last tenth of the land, and Gini: trapezoids over cumulative land, the worst land first."""
    land, total = sum(pair[1] for pair in pairs), sum(pair[0] for pair in pairs)
    if land <= 0 or total <= 0:
        return {"share": None, "gini": None, "sites": len(pairs), "left_out": left_out}
    x = y = area = Fraction(0)
    at_low = None
    for figure, mu, _ in sorted(pairs, key=lambda pair: (pair[0] / pair[1], pair[2])):
        nx, ny = x + mu / land, y + figure / total
        area += (nx - x) * (y + ny) / 2
        if at_low is None and nx >= LOW:
            at_low = y + (ny - y) * (LOW - x) / (nx - x)
        x, y = nx, ny
    return {"share": 100 * at_low, "gini": 1 - 2 * area, "sites": len(pairs), "left_out": left_out}


def heaviest(pairs):
    """Sites by what they lack to the mean of their zone."""
    land, total = sum(pair[1] for pair in pairs), sum(pair[0] for pair in pairs)
    if land <= 0:
        return []
    lacks = [(total / land * mu - figure, key, figure, mu) for figure, mu, key in pairs]
    lacks = sorted((lack for lack in lacks if lack[0] > 0), key=lambda lack: (-lack[0], lack[1]))
    return [{"enterprise_id": key, "shortfall": lack, "figure": figure, "land": mu} for lack, key, figure, mu in lacks[:SITES]]


def structure(city, year, part="", column="gross_output"):
    """Shift and share: what a zone would yield with its industries at the city's figures per mu."""
    figures, land = defaultdict(Fraction), defaultdict(Fraction)
    for key, firm in city.enterprises.items():
        figure, mu = city.flows.figure(key, year, part, column), city.land_of(firm, year)
        if figure is not None and mu is not None and mu > 0 and firm["division"]:
            for cell in ((firm["zone"], firm["division"]), (firm["zone"], None), (None, firm["division"]), (None, None)):
                figures[cell] += figure
                land[cell] += mu
    effects = {}
    for zone in {zone for zone, _ in land if zone is not None}:
        industries = [industry for other, industry in land if other == zone and industry is not None]
        expected = sum(land[zone, one] * figures[None, one] / land[None, one] for one in industries) / land[zone, None]
        own = figures[zone, None] / land[zone, None]
        effects[zone] = {"actual": own, "expected": expected, "structure_effect": expected - figures[None, None] / land[None, None], "own_effect": own - expected}
    for effect in effects.values():
        effect["place_own"] = 1 + sum(round(other["own_effect"], 6) > round(effect["own_effect"], 6) for other in effects.values())
    return effects


def factories(city, zone):
    """Standard factories: buildings, what is built, let and used, and how many lack built or used area."""
    rows = [row for row in city.factories if row["zone"] == zone]
    total = lambda column: None if all(row[column] is None for row in rows) else sum((row[column] for row in rows if row[column] is not None), Fraction(0))
    lacking = max(sum(row[column] is None for row in rows) for column in ("built_area", "used_area"))
    built, used = total("built_area"), total("used_area")
    rate = 100 * used / built if not lacking and built else None
    return {"buildings": len(rows), "built_area": built, "leased_area": total("leased_area"), "used_area": used, "use_rate": rate, "incomplete": lacking}


def land(city, as_of):
    """Mu and parcels by zone, rule book and state, of owners' rows. A state that cannot be told is called so."""
    states = defaultdict(lambda: [Fraction(0), 0])
    for row in city.land:
        if row.get("tenure") not in (None, "owned"):
            continue
        told = [("national-stock", zone_targets.land_state(row, as_of) or "cannot-tell")]
        if zone_targets.parcel(row, as_of).idle_rules_apply():
            told.append(("national-idle", zone_targets.idle_state(row, as_of) or "cannot-tell"))
        for book, state in told:
            cell = states[row.get("zone"), book, state]
            cell[0] += row["area"] or 0
            cell[1] += 1
    return states


def plain(value):
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, Open):
        return None if value.known is None else float(value.known)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return None if value in (INFINITE, -INFINITE) else value


def main():
    year, part, as_of = int(sys.argv[1]), sys.argv[2].replace("Y", ""), date.fromisoformat(sys.argv[3])
    chosen = dict(setting.split("=") for setting in sys.argv[4].split(",") if "=" in setting)
    city = City(sys.argv[5:])
    asked = lambda plan: zone_plans.Asked(city, year, part, as_of, {**plan.DEFAULTS, **chosen})
    states = land(city, as_of)
    out = {"zones": {}, "structure": structure(city, year), "plans": {plan.ID: zone_plans.judge(plan, asked(plan)) for plan in zone_targets.PLANS}}
    out["chains"] = zone_plans.chains(asked(zone_targets.Nanjing))
    for zone in city.zones:
        members = [(key, firm) for key, firm in city.enterprises.items() if firm["zone"] == zone]
        about = {column: known_of(city, year, part, column, members) for column in ("tax_evaluated", "gross_output")}
        out["zones"][zone] = {
            "concentration": {column: concentration(*found) for column, found in about.items()},
            "sites": heaviest(about["tax_evaluated"][0]),
            "land": {f"{book}:{state}": {"mu": mu, "parcels": count} for (other, book, state), (mu, count) in states.items() if other == zone},
            "factories": factories(city, zone),
        }
    json.dump(plain(out), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)


if __name__ == "__main__":
    main()
