"""Edits of people to fields under `challenge` that wait for a manager, and the values that one has let stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Select, exists, or_, select

from connector.store.overrides import ACCEPTED, PROPOSED, Override
from connector.store.reads.sees import Sees
from connector.store.tables import accounts, assignments, books, overrides

PAGE = 50  # rows


@dataclass(frozen=True, slots=True)
class Challenge(Override):
    name: str | None
    city: str | None
    us_state: str | None
    rep: str | None  # none: the account is in nobody's book any more
    tier: str | None
    why: str | None  # its tier


def challenges(connection: Connection, crm: str, sees: Sees, before: int | None = None) -> Sequence[Challenge]:
    """Those that wait, the newest first; at most a page and one row, which says that there is another page."""
    return _found(connection, _asked(crm, sees, waits()), before)


def locks(connection: Connection, crm: str, sees: Sees, today: date, before: int | None = None) -> Sequence[Challenge]:
    """Those that hold, the newest first."""
    o = overrides.c
    holds = (o.state == ACCEPTED) & or_(o.until.is_(None), o.until >= today)
    return _found(connection, _asked(crm, sees, holds), before)


def challenge(connection: Connection, crm: str, sees: Sees, number: int) -> Challenge | None:
    """Whatever became of it."""
    found = connection.execute(_asked(crm, sees, overrides.c.id == number)).mappings().first()
    return Challenge(**found) if found else None


def waits() -> ColumnElement[bool]:
    """And is the last word on its field."""
    o, later = overrides.c, overrides.alias("later")
    same = (later.c.crm == o.crm) & (later.c.record == o.record) & (later.c.field == o.field) & (later.c.id > o.id)
    return (o.state == PROPOSED) & ~exists(select(later.c.id).where(same))


def _asked(crm: str, sees: Sees, which: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    o, b, c, a = overrides.c, books.c, accounts.c, assignments.c
    found = overrides.outerjoin(books, (b.crm == o.crm) & (b.npi == o.npi))
    found = found.outerjoin(accounts, (c.crm == o.crm) & (c.id == o.record))
    found = found.outerjoin(assignments, (a.crm == o.crm) & (a.npi == o.npi))
    ours = [o[name] for name in Override.__slots__]
    theirs = (c.name, c.city, c.state.label("us_state"), b.rep, a.tier, a.reason.label("why"))
    return select(*ours, *theirs).select_from(found).where(o.crm == crm, which, sees.condition)


def _found(connection: Connection, query: Select[tuple[object, ...]], before: int | None) -> Sequence[Challenge]:
    if before is not None:
        query = query.where(overrides.c.id < before)
    query = query.order_by(overrides.c.id.desc()).limit(PAGE + 1)
    return [Challenge(**row) for row in connection.execute(query).mappings()]
