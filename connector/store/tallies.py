"""What each week ended with, by rep: how many accounts of each tier stood how, flags, touches made and asked for.

Kept by the night, because the plan knows only today. The present week is written over until it ends. All reps together
have rows of their own, so that a page that shows everything reads no more than one that shows a rep.

Units   accounts, by tier and touch state; flags raised and ended in the week; touches of the cycle: made, asked for
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, String, case, delete, func, insert, literal, select

from connector.store.rows import Transactions
from connector.store.tables import assignments, attainments, books, coverage, flags, tallies

EVERYBODY = "*"
RAISED, ENDED, CALLS, GOAL = "raised", "ended", "calls", "goal"
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


class Tallies:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def keep(self, today: date) -> None:
        """Count the week that lasts; of the one before, the flags that came and went after its last night."""
        this, t = monday(today), tallies.c
        before = this - WEEK
        gone = (t.week == this) | ((t.week == before) & (t.what.in_([RAISED, ENDED]) | (t.rep == EVERYBODY)))
        found = [(one, this, today) for one in (self._standing(), *self._cycle(), *self._flags(this))]
        found += [(one, before, this - DAY) for one in self._flags(before)]
        with self._database.begin() as connection:
            connection.execute(delete(tallies).where(t.crm == self._crm, gone))
            for query, week, day in found:
                connection.execute(self._into(query, literal(week), literal(day)))
            connection.execute(self._together(before))

    def _into(self, query: Select[Any], week: ColumnElement[date], day: ColumnElement[date]) -> Any:
        one = query.subquery().c
        row = select(literal(self._crm), one.rep, week, one.tier, one.what, one.number, day)
        return insert(tallies).from_select(["crm", "rep", "week", "tier", "what", "number", "day"], row)

    def _standing(self) -> Select[Any]:
        a, c, b = assignments.c, coverage.c, books.c
        found = assignments.join(coverage, (c.crm == a.crm) & (c.npi == a.npi))
        found = found.join(books, (b.crm == a.crm) & (b.npi == a.npi))
        query = select(b.rep, a.tier, c.state.label("what"), func.count().label("number")).select_from(found)
        return query.where(a.crm == self._crm).group_by(b.rep, a.tier, c.state)

    def _cycle(self) -> Iterator[Select[Any]]:
        """No more calls of an account count than were asked for, or one that is seen too often would hide another."""
        t, b = attainments.c, books.c
        found = attainments.join(books, (b.crm == t.crm) & (b.npi == t.npi))
        made = func.sum(case((t.calls < t.goal, t.calls), else_=t.goal))
        for what, number in ((CALLS, made), (GOAL, func.sum(t.goal))):
            yield _counted(found, b.rep, what, number).where(t.crm == self._crm).group_by(b.rep)

    def _flags(self, week: date) -> Iterator[Select[Any]]:
        f, rep = flags.c, func.lower(flags.c.rep)
        for what, day in ((RAISED, f.raised), (ENDED, f.ended)):
            query = _counted(flags, rep, what, func.count())
            yield query.where(f.crm == self._crm, day >= week, day < week + WEEK).group_by(rep)

    def _together(self, since: date) -> Any:
        t = tallies.c
        number, day = func.sum(t.number), func.max(t.day)
        query = select(t.crm, literal(EVERYBODY), t.week, t.tier, t.what, number, day)
        query = query.where(t.crm == self._crm, t.week >= since).group_by(t.crm, t.week, t.tier, t.what)
        return insert(tallies).from_select(["crm", "rep", "week", "tier", "what", "number", "day"], query)


def _counted(found: FromClause, rep: ColumnElement[Any], what: str, number: ColumnElement[Any]) -> Select[Any]:
    """Of no tier."""
    columns = (rep.label("rep"), literal("", String).label("tier"), literal(what, String).label("what"))
    return select(*columns, number.label("number")).select_from(found)
