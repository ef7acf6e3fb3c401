#!/usr/bin/env python3
"""The national rules on idle and unused land, worked out a second time from their words and as plainly as possible.

In: a data directory with canonical English headings and a date. Out: CSV, one row per rule and parcel that is flagged or cannot
be told, ordered by rule and parcel. Nothing here comes from the program or its rule books.

    python3 land_rules.py DIR AS_OF > expected.csv

A condition is True, False or None (unknown). Where the words leave room, this is how they are read here:

* Only rows owned (or with no tenure) count. Land with no holder is no idle land while it is not supplied: those rules are false.
* A date after AS_OF is not yet a fact. That holds for what is done (approval, expropriation, supply, permit, start, completion,
  determination), not for what is agreed (dates due, an extension) or what follows from an agreement: land that is handed over
  later is certainly not overdue now.
* A blank cell of approved_on, expropriated_on, supplied_on or permit_on, in a table that has the column, says: it was not done.
  The column missing: unknown (approved_on missing: the land is in no list of approvals, the stock rules are false).
* Started is: completed; or a permit, and the foundation as far as article 30 asks (pit, pile: all; other: a third). A foundation
  of unknown kind is far enough when it is for each kind, and not when it is for none. The share unknown: a recorded day of start
  settles it, other signs of work leave it unknown, and without any sign there is no start. A known share that is too small is no
  start, whatever the day of start says.
* A sign of work is a day of start that has come, or a foundation share, developed area or investment above zero. With no column
  permit_on at all, any sign makes the start unknown, even a foundation that is not far enough.
* A restart after a disposal takes the new date for good: it replaces the agreed one on whatever day it was agreed.
* An excuse that is not known to be verified (false or blank) counts as the holder's. A cause that is unknown stays unknown.
* Zero area due, or zero total investment, is unknown, not a share of nothing.
* Determined are only the rules about idle land itself (IDLE-03 to IDLE-08), with number and a date that has come.
"""
import csv
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

MISSING = {"", "-", "/", "无", "N/A"}
DATES = ["approved_on", "expropriated_on", "supplied_on", "delivered_on", "start_due_on", "permit_on", "started_on", "completed_on",
         "suspended_on", "supplement_start_on", "extended_to", "new_start_due_on", "determined_on"]
NUMBERS = ["foundation_done", "developed_area", "due_area", "invested", "invest_total"]
TRUTHS = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}


# ---- three values ----------------------------------------------------------------------------------------------------------
def no(value):
    return None if value is None else not value


def both(*values):
    """And: one False settles it, else one unknown leaves it unknown."""
    return False if False in values else None if None in values else True


def either(*values):
    """Or: one True settles it, else one unknown leaves it unknown."""
    return True if True in values else None if None in values else False


def less(left, right):
    return None if left is None or right is None else left < right


def times(factor, number):
    return None if number is None else factor * number


# ---- dates -----------------------------------------------------------------------------------------------------------------
def leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def add_years(day, years):
    """The same month and day so many years later; 29 February, where there is none, is the last day of February."""
    year = day.year + years
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) and not leap(year) else date(year, day.month, day.day)


def full(day, years, as_of):
    """So many full years have passed by the end of AS_OF."""
    return None if day is None else as_of >= add_years(day, years)


# ---- input -----------------------------------------------------------------------------------------------------------------
def read(directory, table):
    with open(Path(directory) / f"{table}.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{column: None if text.strip() in MISSING else text.strip() for column, text in row.items()} for row in rows]


class Parcel:
    """A row of land.csv; a column that the table does not have is missing in it."""

    def __init__(self, row, as_of):
        self.as_of, self.row = as_of, row
        self.day = {column: date.fromisoformat(row[column]) if row.get(column) else None for column in DATES}
        self.number = {column: Fraction(row[column]) if row.get(column) else None for column in NUMBERS}

    def done(self, column):
        """Was it done by AS_OF? In a table with the column, blank is no."""
        if column not in self.row:
            return None
        return self.day[column] is not None and self.day[column] <= self.as_of

    # -- what the rules are made of --
    def commence_due(self):
        disposal = self.row.get("disposal")
        if disposal and disposal != "recovery" and self.day["new_start_due_on"]:
            return self.day["new_start_due_on"]
        if self.day["start_due_on"]:
            return self.day["start_due_on"]
        return add_years(self.day["delivered_on"], 1) if self.day["delivered_on"] else None

    def signs_of_work(self):
        known = self.day["started_on"] is not None and self.day["started_on"] <= self.as_of
        return known or any((self.number[column] or 0) > 0 for column in ("foundation_done", "developed_area", "invested"))

    def foundation_far_enough(self):
        share, kind = self.number["foundation_done"], self.row.get("foundation")
        if share is None:
            return None
        whole, third = share >= 1, 3 * share >= 1
        if kind in ("pit", "pile"):
            return whole
        if kind == "other":
            return third
        return True if whole else None if third else False

    def started(self):
        if self.completed():
            return True
        signs = self.signs_of_work()
        if "permit_on" not in self.row:
            return None if signs else False
        enough = self.foundation_far_enough()
        share_unknown = self.number["foundation_done"] is None
        if share_unknown and self.day["started_on"] and self.day["started_on"] <= self.as_of:
            enough = True
        if enough is None and not signs:
            enough = False
        return both(self.done("permit_on"), enough)

    def completed(self):
        return self.day["completed_on"] is not None and self.day["completed_on"] <= self.as_of

    def idle_rules_apply(self):
        return self.row.get("enterprise_id") is not None or self.done("supplied_on") is True

    def cause(self):
        """holder, excused, prework, or None: an excuse that is not verified is none."""
        cause = self.row.get("cause")
        if cause in ("gov", "force_majeure"):
            return "excused" if TRUTHS.get(self.row.get("cause_verified")) else "holder"
        return cause if cause in ("holder", "prework") else None

    def cause_is(self, which):
        return None if self.cause() is None else self.cause() == which

    def due(self, years):
        day = self.commence_due()
        return add_years(day, years) if day else None

    def determined(self):
        number, day = self.row.get("determination_no"), self.day["determined_on"]
        return number is not None and day is not None and day <= self.as_of

    # -- the rules --
    def rules(self):
        """(rule, value, determined, amount, due on) of every rule."""
        due, as_of = self.commence_due(), self.as_of
        apply, not_started = self.idle_rules_apply(), no(self.started())
        overdue = both(apply, not_started, less(due, as_of))
        idle = both(apply, not_started, full(due, 1, as_of))
        recovery = both(apply, not_started, full(due, 2, as_of))
        determined = self.determined()
        yield "IDLE-02", both(overdue, no(full(due, 1, as_of))), False, None, self.due(1)
        yield "IDLE-03", idle, determined, None, None
        price = self.row.get("land_price")
        fee = Decimal(price) * Decimal("0.2") if price is not None else None
        yield "IDLE-04", both(idle, no(full(due, 2, as_of)), self.cause_is("holder")), determined, fee, self.due(2)
        yield "IDLE-05", both(recovery, self.cause_is("holder")), determined, None, None
        yield "IDLE-06", both(idle, self.cause_is("excused")), determined, None, None
        yield "IDLE-07", both(apply, self.half_built()), determined, None, None
        yield "IDLE-08", both(idle, self.cause_is("prework")), determined, None, None
        yield "IDLE-09", self.extended_too_far(), False, None, None
        approved, expropriated, supplied = (self.done(column) for column in ("approved_on", "expropriated_on", "supplied_on"))
        approved = approved or False
        yield "STOCK-01", both(approved, no(expropriated), no(supplied)), False, None, None
        yield "STOCK-02", both(approved, expropriated, no(supplied)), False, None, None
        yield "STOCK-03", both(supplied or False, not_started), False, None, None

    def half_built(self):
        suspended = self.day["suspended_on"]
        still = full(suspended, 1, self.as_of) if suspended else False
        due = self.number["due_area"] or None
        total = self.number["invest_total"] or None
        little_land = less(times(3, self.number["developed_area"]), due)
        little_money = less(times(4, self.number["invested"]), total)
        return both(self.started(), not self.completed(), either(little_land, little_money), still)

    def extended_too_far(self):
        until, start = self.day["extended_to"], self.day["supplement_start_on"]
        return False if until is None else less(add_years(start, 1) if start else None, until)


def plain(number):
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def judge(directory, as_of):
    holders = {row["enterprise_id"] for row in read(directory, "enterprises")}
    for row in read(directory, "land"):
        if row["enterprise_id"] is not None and row["enterprise_id"] not in holders:
            sys.exit(f"{row['parcel_id']}: no enterprise {row['enterprise_id']}")
        if row.get("tenure") not in (None, "owned"):
            continue
        for rule, value, determined, amount, due_on in Parcel(row, as_of).rules():
            if value is None:
                yield rule, row["parcel_id"], "cannot-tell", "", ""
            elif value:
                status = "determined" if determined else "suspected"
                yield rule, row["parcel_id"], status, "" if amount is None else plain(amount), due_on or ""


def main():
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["rule", "subject_id", "status", "amount", "due_on"])
    out.writerows(sorted(judge(sys.argv[1], date.fromisoformat(sys.argv[2])), key=lambda line: line[:2]))


if __name__ == "__main__":
    main()
