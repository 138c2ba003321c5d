"""Accounts that are flagged as going cold, those with the most at risk first; how many they are, by rep; what waits,
what is snoozed, and whose log is silent.

Flags are found by whoever holds their account today, which the night keeps beside each flag; and shown by `books`.

Units   at_risk is relevant procedures in 12 months, as they stood when the flag was raised; none is less than 11, so
        that a sum of them tells nothing of what is not told
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, case, func, literal_column, select, tuple_

from connector.store.flags import DISMISSED
from connector.store.reads.sees import Sees
from connector.store.tables import accounts, books, coverage, flags, logging_gaps, waits

PAGE = 25  # rows
SHORT = 20  # rows of what stands above and below the list
MOST_REPS = 2_000  # more than any team has

F, B, A, C = flags.c, books.c, accounts.c, coverage.c
CRM: BindParameter[str] = bindparam("crm")
HELD = flags.join(books, (B.crm == F.crm) & (B.npi == F.npi)).join(accounts, (A.crm == B.crm) & (A.id == B.record))


@dataclass(frozen=True, slots=True)
class ColdRow:
    flag: int
    npi: str
    name: str | None
    city: str | None
    state: str | None
    rep: str
    raised: date
    reason: str
    next_step: str
    at_risk: float | None
    worth: float  # at_risk, 0 where it is not known
    last_touch: date | None


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before."""

    worth: float
    flag: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one rep has of the open flags."""

    rep: str
    flags: int
    at_risk: float
    unknown: int  # flags of which the volume is not known, or less than 11


@dataclass(frozen=True, slots=True)
class Snoozed:
    flag: int
    npi: str
    name: str | None
    rep: str
    ended: date
    until: date
    by: str | None
    said: str | None


@dataclass(frozen=True, slots=True)
class Wait:
    rep: str
    why: str
    accounts: int
    first: list[str]  # NPIs


@dataclass(frozen=True, slots=True)
class Silent:
    who: str  # e-mail of the rep, "" for everybody
    since: date | None


def cold(connection: Connection, crm: str, sees: Sees, after: After | None = None) -> Sequence[ColdRow]:
    """At most a page and one row, which says that there is another page."""
    query = _cold(sees)
    if after:
        query = query.where(tuple_(F.worth, F.id) < tuple_(after.worth, after.flag))
    return [ColdRow(*row) for row in connection.execute(query, {"crm": crm})]


@lru_cache
def _cold(sees: Sees) -> Select[Any]:
    """Of a few reps, what they hold is read and put in order; else the order's own index is followed."""
    worth = F.worth + literal_column("0") if sees.only is not None else F.worth
    return (
        select(
            F.id.label("flag"),
            F.npi,
            A.name,
            A.city,
            A.state,
            B.rep,
            F.raised,
            func.coalesce(C.reason, F.reason).label("reason"),
            func.coalesce(C.next_step, F.next_step).label("next_step"),
            F.at_risk,
            F.worth,
            func.coalesce(C.last_touch, F.last_touch).label("last_touch"),
        )
        .select_from(HELD.outerjoin(coverage, (C.crm == F.crm) & (C.npi == F.npi)))
        .where(F.crm == CRM, F.ended.is_(None), sees.on(F.holder), sees.condition)
        .order_by(worth.desc(), F.id.desc())
        .limit(PAGE + 1)
    )


def shares(connection: Connection, crm: str, sees: Sees) -> list[Share]:
    """All open flags by rep, from the index alone."""
    return [Share(*row) for row in connection.execute(_shares(sees), {"crm": crm})]


@lru_cache
def _shares(sees: Sees) -> Select[Any]:
    unknown = func.sum(case((F.worth == 0, 1), else_=0))
    query = select(F.holder, func.count(), func.sum(F.worth), unknown)
    query = query.where(F.crm == CRM, F.ended.is_(None), sees.on(F.holder))
    return query.group_by(F.holder).order_by(F.holder).limit(MOST_REPS)


def snoozed(connection: Connection, crm: str, sees: Sees, today: date) -> Sequence[Snoozed]:
    """Those that come back first; at most so many and one."""
    return [Snoozed(*row) for row in connection.execute(_snoozed(sees), {"crm": crm, "today": today})]


@lru_cache
def _snoozed(sees: Sees) -> Select[Any]:
    columns = (F.id, F.npi, A.name, B.rep, F.ended, F.snoozed_until, F.by, F.said)
    later = F.snoozed_until > bindparam("today")
    return (
        select(*columns)
        .select_from(HELD)
        .where(F.crm == CRM, later, F.how == DISMISSED, sees.on(F.holder), sees.condition)
        .order_by(F.snoozed_until, F.id)
        .limit(SHORT + 1)
    )


def waiting(connection: Connection, crm: str, sees: Sees) -> list[Wait]:
    w = waits.c
    query = select(w.rep, w.why, w.accounts, w.first).where(w.crm == crm, sees.on(w.rep)).order_by(w.rep, w.why)
    return [Wait(*row) for row in connection.execute(query.limit(MOST_REPS))]


def named(connection: Connection, crm: str, npis: Sequence[str]) -> dict[str, str | None]:
    """What a few accounts are called."""
    query = select(B.npi, A.name).select_from(books.join(accounts, (A.crm == B.crm) & (A.id == B.record)))
    rows = connection.execute(query.where(B.crm == crm, B.npi.in_(npis))).all() if npis else ()
    return {row.npi: row.name for row in rows}


def silent(connection: Connection, crm: str, sees: Sees) -> list[Silent]:
    """Logging gaps that are open: of everybody, or of reps that whoever asks sees; at most so many and one."""
    g = logging_gaps.c
    query: Select[Any] = select(g.who, g.since).where(g.crm == crm, g.ended.is_(None))
    query = query.where((g.who == "") | sees.on(func.lower(g.who))).order_by(g.who).limit(SHORT + 1)
    return [Silent(*row) for row in connection.execute(query)]
