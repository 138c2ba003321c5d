"""How the weeks went, from the tallies that nights keep: a page of all accounts reads as few rows as one of a rep's.

What somebody sees who sees all reps but some is all together less those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, case, func, select

from connector.store.reads.sees import Sees
from connector.store.tables import tallies
from connector.store.tallies import CALLS, EVERYBODY, GOAL

PAGE = 50  # reps


@dataclass(frozen=True, slots=True)
class Week:
    """What one week ended with."""

    week: date
    day: date  # on which it was counted
    numbers: dict[tuple[str, str], int]  # by tier and what was counted


@dataclass(frozen=True, slots=True)
class Cycle:
    """How far a rep is with the touches of the cycle."""

    rep: str
    calls: int
    goal: int


def weeks(connection: Connection, crm: str, sees: Sees, since: date) -> Sequence[Week]:
    """The oldest first."""
    t, sign = tallies.c, case((tallies.c.rep == EVERYBODY, 1), else_=-1) if sees.only is None else 1
    number, day = func.sum(t.number * sign).label("counted"), func.max(t.day).label("day")
    query = select(t.week, t.tier, t.what, number, day).where(t.crm == crm, _whose(sees), t.week >= since)
    found: dict[date, Week] = {}
    for row in connection.execute(query.group_by(t.week, t.tier, t.what).order_by(t.week)):
        one = found.setdefault(row.week, Week(row.week, row.day, {}))
        one.numbers[row.tier, row.what] = row.counted
    return list(found.values())


def cycles(connection: Connection, crm: str, sees: Sees, week: date, after: str = "") -> Sequence[Cycle]:
    """By rep, at most a page and one."""
    t = tallies.c
    made, asked = (func.sum(case((t.what == what, t.number), else_=0)) for what in (CALLS, GOAL))
    query = select(t.rep, made.label("calls"), asked.label("goal"))
    mine = t.rep.in_(sorted(sees.only)) if sees.only is not None else t.rep.not_in([EVERYBODY, *sorted(sees.but)])
    query = query.where(t.crm == crm, t.week == week, t.what.in_([CALLS, GOAL]), mine, t.rep > after)
    query = query.group_by(t.rep).order_by(t.rep).limit(PAGE + 1)
    return [Cycle(**row) for row in connection.execute(query).mappings()]


def _whose(sees: Sees) -> ColumnElement[bool]:
    return tallies.c.rep.in_(sorted(sees.only - {EVERYBODY} if sees.only is not None else {EVERYBODY, *sees.but}))
