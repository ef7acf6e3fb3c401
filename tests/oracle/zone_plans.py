"""What `zones.py` makes of a plan: the figures of a zone, a chain or the city, verdicts, scores, places and the ladder.

The plans themselves stand in `zone_targets.py`. Written from the issue and docs/zones.md; nothing here comes from the program.

How words are read here:

* An enterprise that is registered after the year lacks nothing; any other whose figure is blank leaves a sum open. A condition that cannot be told of a row leaves it open too.
* Rows of land, factories and agreements are known as they are now: of the evaluated year alone. Of other years their figures are not known.
* Values and goals are rounded to millionths before they are compared; what is open is met (or missed) where every figure it may have would be.
* Growth is that of the target's value over the year before, where nothing of that is open.
"""
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from zone_data import INFINITE, NOTHING, Open, of

NEVER_NEGATIVE = {"gross_output", "revenue", "main_revenue", "rd_expense", "fixed_assets", "energy_tce", "land_mu", "built_area", "available_area", "leased_area", "used_area", "area"}
AREAS = {"construction_land", "infrastructure_land", "industrial_land", "supplied_land", "developed_land", "built_land", "gross_output_target", "buildable_land", "residential_land", "high_tech_land",
         "idle_land", "zone_floor_area", "zone_footprint", "industrial_floor_area", "industrial_covered_area", "industrial_investment", "industrial_tax", "business_tax", "residents"}


def is_there(firm, year):
    return firm.get("registered_on") is None or firm["registered_on"].year <= year


def is_leading(firm):
    """By any of the labels that offices use for it."""
    return not firm["labels"].isdisjoint(("leading", "龙头", "龙头企业", "链主"))


def rounded(value):
    """To millionths, half away from zero."""
    if value is None or value in (INFINITE, -INFINITE):
        return value
    scaled = Decimal(value.numerator) * 1000000 / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(value) * 1000000
    return Fraction(int(scaled.quantize(Decimal(1), ROUND_HALF_UP)), 1000000)


# ---- figures -----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Asked:
    """What a run is about."""

    city: object
    year: int
    part: str
    as_of: date
    settings: dict


@dataclass
class Unit:
    """A zone, a chain or the city in a year."""

    asked: Asked
    scope: str
    name: str
    year: int
    blanks: list = field(default_factory=list)

    @property
    def city(self):
        return self.asked.city

    @property
    def as_of(self):
        return self.asked.as_of if self.year == self.asked.year else date(self.year, 12, 31)

    def setting(self, name):
        return self.asked.settings.get(name)

    def number(self, name):
        """A setting that is a number; None: it is not set."""
        return None if self.setting(name) is None else Fraction(self.setting(name))

    def of_year(self, year):
        """The same unit in another year; None: the data do not have that year."""
        return replace(self, year=year, blanks=[]) if year in self.city.years and year <= self.asked.year else None

    def members(self):
        return self.city.members(self.scope, self.name)

    def figure(self, key, firm, column):
        return self.city.land_of(firm, self.year) if column == "land_mu" else self.city.flows.figure(key, self.year, self.asked.part, column)

    def added(self, rows, never_negative):
        """Of rows (counts, is there, value): what is known, and what may be lacking."""
        rows = list(rows)
        known = [value for counts, _, value in rows if counts and value is not None]
        blank = sum(there and (counts is None or (counts and value is None)) for counts, there, value in rows)
        self.blanks.append(blank)
        if not known and blank:
            return NOTHING
        total = sum(known, Fraction(0))
        return Open(total, total if never_negative or not blank else -INFINITE, INFINITE if blank else total)

    def sum(self, column, when=lambda firm: True):
        rows = ((when(firm), is_there(firm, self.year), self.figure(key, firm, column)) for key, firm in self.members())
        return self.added(rows, column in NEVER_NEGATIVE)

    def counted(self, when=lambda firm: True):
        rows = [(when(firm), is_there(firm, self.year)) for _, firm in self.members()]
        blank = sum(there and counts is None for counts, there in rows)
        self.blanks.append(blank)
        total = Fraction(sum(there and counts is True for counts, there in rows))
        return Open(total, total, INFINITE if blank else total)

    def rows(self, table, when, value=None, never_negative=True):
        """A sum over rows of a table as they are now; without a value they are counted."""
        if self.scope == "chain" or self.year != self.asked.year:
            return NOTHING
        own = [row for row in getattr(self.city, table) if self.scope == "city" or row.get("zone") == self.name]
        return self.added(((when(row, self.as_of), True, value(row) if value else Fraction(1)) for row in own), never_negative)

    def land_in(self, state_of, states):
        """Land in some states: parcels whose state cannot be told may be in them, those in another state are known not to be."""
        if self.scope == "chain" or self.year != self.asked.year:
            return NOTHING
        own = [row for row in self.city.land if self.scope == "city" or row.get("zone") == self.name]
        told = [(state_of(row, self.as_of), row) for row in own if row.get("tenure") in (None, "owned")]
        rows = ((None if state is None else True, True, row["area"] if state in states else Fraction(0)) for state, row in told if state != "out of scope")
        return self.added(rows, True)

    def column(self, name):
        """What the table of zones says; for the city the sum of all zones, if each has it."""
        if self.scope == "zone":
            return self.city.zone(self.name, self.year).get(name)
        if self.scope == "chain" or name not in AREAS:
            return None
        cells = [self.city.zone(zone, self.year).get(name) for zone in self.city.zones]
        return None if None in cells or not cells else sum(cells)

    def kpi(self, names, part=None):
        if self.scope == "chain":
            return None
        return self.city.kpi(self.name if self.scope == "zone" else None, self.year, self.asked.part if part is None else part, names)


def above(figure, line):
    """More than a line? None: what is lacking could change it."""
    figure = of(figure)
    if figure.known is None:
        return None
    return True if figure.low > line else False if figure.high <= line else None


# ---- targets -----------------------------------------------------------------------------------------------------------------
@dataclass
class Target:
    """One target. `value` and `goal` take a unit; `take` says how much more it takes of what, given the goal."""

    id: str
    value: object
    direction: str
    goal: object
    scope: str = "zone"
    when: object = None
    tolerance: object = None
    by: object = None
    by_day: str = None
    yearly: bool = False
    weight: int = 0
    take: object = None

    def due(self, unit):
        year = unit.number(self.by) if isinstance(self.by, str) else self.by
        return None if year is None else int(year)


def measured(target, unit):
    """Value and goal, rounded, and on how many blanks the value rests."""
    unit.blanks.clear()
    value = of(target.value(unit))
    blank = max(unit.blanks, default=0)
    goal = of(target.goal(unit) if callable(target.goal) else target.goal)
    value, goal = (Open(rounded(figure.known), rounded(figure.low), rounded(figure.high)) for figure in (value, goal))
    return value, goal, blank


def meets(target, value, goal, tolerance):
    match target.direction:
        case "at-least":
            return value >= goal
        case "above":
            return value > goal
        case "at-most":
            return value <= goal
        case "below":
            return value < goal
        case "about":
            return abs(value - goal) <= tolerance


def judge_one(target, unit):
    """Verdict and what stands beside it."""
    value, goal, blank = measured(target, unit)
    tolerance = target.tolerance(unit) if callable(target.tolerance) else target.tolerance
    line = {"value": value.known, "goal": goal.known, "incomplete": blank, "growth": None, "needed": None, "take": None, "direction": target.direction}
    line["gap"] = None if None in (value.known, goal.known) else value.known - goal.known
    due = target.due(unit) if target.by else None
    before = unit.of_year(unit.year - 1) if target.by else None
    before = measured(target, before)[0] if before else NOTHING
    if before.is_settled() and before.known > 0 and (value.known or 0) > 0:
        line["growth"] = 100 * (value.known / before.known - 1)
    if due is not None and unit.year < due and (value.known or 0) > 0 and (goal.known or 0) > 0:
        line["needed"] = 100 * (float(goal.known / value.known) ** (1 / (due - unit.year)) - 1)
    line["verdict"] = verdict(target, unit, value, goal, tolerance, due, line)
    if line["verdict"] in ("met", "not-applicable"):
        line["needed"] = None
    if line["verdict"] in ("missed", "on-course") and target.take:
        line["take"] = of(target.take(unit, goal.known)).known
    return line


def verdict(target, unit, value, goal, tolerance, due, line):
    applies = target.when(unit) if target.when else True
    if not applies:
        return "cannot-tell" if applies is None else "not-applicable"
    if target.yearly and unit.asked.part:
        return "cannot-tell"
    if target.direction == "about" and tolerance is None:
        known = False
    else:
        known = None not in (value.known, goal.known)
    # Each direction goes one way: the ends of what may be, and the goal itself between them, say it all.
    ends = [(v, g) for v in (value.low, value.known, value.high) for g in (goal.low, goal.known, goal.high)] if known else []
    outcomes = {meets(target, v, g, tolerance) for v, g in ends}
    if known and target.direction == "about" and value.low <= goal.known <= value.high:
        outcomes.add(True)
    if outcomes == {True}:
        return "met"
    if target.by_day and unit.year == unit.asked.year and unit.as_of < date.fromisoformat(f"{unit.year}-{target.by_day}"):
        return "on-course"
    if outcomes != {False}:
        return "cannot-tell"
    if not target.by:
        return "missed"
    if due is None:
        return "cannot-tell"
    if unit.year >= due:
        return "missed"
    if line["growth"] is None or line["needed"] is None:
        return "cannot-tell"
    rises = target.direction in ("at-least", "above") or (target.direction == "about" and value.known < goal.known)
    ahead = float(rounded(line["growth"])) - round(line["needed"], 6)
    return "on-course" if (ahead >= 0 if rises else ahead <= 0) else "missed"


# ---- score, places, ladder ---------------------------------------------------------------------------------------------------
def score(plan, unit):
    """Points of what can be told, per hundred; None: too little of the weight is told."""
    told = everything = points = Fraction(0)
    for target in plan.TARGETS:
        if not target.weight or target.scope != "zone":
            continue
        line = judge_one(target, unit)
        if line["verdict"] == "not-applicable":
            continue
        everything += target.weight
        if line["verdict"] == "cannot-tell":
            continue
        told += target.weight
        points += target.weight * attained(line)
    if not told or told < rounded(Fraction(str(plan.KNOWN)) * everything):
        return None
    return rounded(100 * points / told)


def attained(line):
    value, goal = line["value"], line["goal"]
    if line["verdict"] == "met":
        return Fraction(1)
    if goal is None or goal <= 0:
        return Fraction(0)
    if line["direction"] in ("at-least", "above"):
        return min(max(value / goal, Fraction(0)), Fraction(1))
    if value <= 0:
        return Fraction(0)
    return min(goal / value, Fraction(1)) if line["direction"] in ("at-most", "below") else min(value, goal) / max(value, goal)


def places(plan, asked):
    """By year and zone: score, place, place from below, how many are placed."""
    table = {}
    for year in [year for year in asked.city.years if year <= asked.year]:
        scores = {zone: score(plan, Unit(asked, "zone", zone, year)) for zone in asked.city.zones}
        known = [value for value in scores.values() if value is not None]
        for zone, own in scores.items():
            place = below = None
            if own is not None:
                place, below = 1 + sum(other > own for other in known), 1 + sum(other < own for other in known)
            table[year, zone] = {"score": own, "place": place, "from_below": below, "placed": len(known)}
    return table


def at_end(step, row):
    """None: there is no place that year."""
    if row is None or row["score"] is None:
        return None
    place = row["place"] if step["end"] == "top" else row["from_below"]
    return place <= step["count"] and row["placed"] > step["count"]


def ranked(plan, asked):
    """Zones of the evaluated year with score, place, steps of the ladder that hold, and years running at the bottom."""
    if not plan.KNOWN:
        return {}
    table, out = places(plan, asked), {}
    for zone in asked.city.zones:
        row = dict(table[asked.year, zone])
        holds = lambda step, back: at_end(step, table.get((asked.year - back, zone)))
        row["steps"] = [step["id"] for step in plan.LADDER if all(holds(step, back) for back in range(step["years"]))]
        longest = max((step for step in plan.LADDER if step["end"] == "bottom"), key=lambda step: step["years"], default=None)
        row["bottom_years"] = None
        if longest:
            running = [holds(longest, back) for back in range(longest["years"])]
            whole = next((at for at, value in enumerate(running) if not value), len(running))
            unknown = whole < len(running) and running[whole] is None
            row["bottom_years"] = None if unknown and whole == 0 else whole
        row["verdicts"] = {}
        for target in plan.TARGETS:
            if target.scope == "zone":
                word = judge_one(target, Unit(asked, "zone", zone, asked.year))["verdict"]
                row["verdicts"][word] = row["verdicts"].get(word, 0) + 1
        out[zone] = row
    return out


def judge(plan, asked):
    """Every figure and target of every zone, of the city and of every chain."""
    units = [Unit(asked, "zone", zone, asked.year) for zone in asked.city.zones]
    units += [Unit(asked, "city", "", asked.year)] + [Unit(asked, "chain", chain, asked.year) for chain in asked.city.chains]
    out = {"targets": {}, "figures": {}, "reviews": {}, "ranked": ranked(plan, asked)}
    for unit in units:
        key = f"{unit.scope}:{unit.name}"
        out["targets"][key] = {target.id: judge_one(target, unit) for target in plan.TARGETS if target.scope == unit.scope}
        if unit.scope != "chain":
            out["figures"][key] = {}
            for name, figure in plan.FIGURES.items():
                unit.blanks.clear()
                value = of(figure(unit))
                out["figures"][key][name] = {"value": value.known, "incomplete": max(unit.blanks, default=0)}
        if unit.scope == "zone":
            out["reviews"][unit.name] = {name: due_of(due(unit), asked.as_of) for name, due in plan.REVIEWS.items()}
    return out


def due_of(due, as_of):
    return {"due_on": due, "state": "cannot-tell" if due is None else "overdue" if due < as_of else "not-due"}


# ---- chains ------------------------------------------------------------------------------------------------------------------
def chains(asked):
    """Main revenue of every chain as far as it is known, its growth where all of it is, leading firms, and the same quarter by quarter."""
    out = {}
    for chain in asked.city.chains:
        row = {"leading_firms": Unit(asked, "chain", chain, asked.year).counted(is_leading).known}
        for part in ("", "Q1", "Q2", "Q3", "Q4"):
            unit = Unit(replace(asked, part=part), "chain", chain, asked.year)
            now = unit.sum("main_revenue")
            last = unit.of_year(asked.year - 1)
            last = last.sum("main_revenue") if last else NOTHING
            settled = now.is_settled() and last.is_settled() and last.known > 0
            row[part.lower() or "year"] = {
                "main_revenue": now.known,
                "main_revenue_last": last.known,
                "growth": 100 * (now.known / last.known - 1) if settled else None,
            }
        out[chain] = row
    return out
