"""One account: what is planned of it and what became of it; and accounts by NPI or by the start of their name.

Nothing is told of an account that whoever asks does not see: for them it is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table, bindparam, or_, select

from connector.contract import Interaction
from connector.store.books import sought
from connector.store.plan import Assignment, Coverage, LighterTouch, Stop, Unplaced, columns_of, planned_as
from connector.store.reads.sees import Sees
from connector.store.standing import counting_for
from connector.store.tables import (
    accounts,
    assignments,
    books,
    call_lists,
    coverage,
    interactions,
    lighter_touches,
    unplaced,
)

MOST_FOUND = 20
LAST = "\U0010ffff"  # behind every letter

A, B, L = accounts.c, books.c, interactions.c
PLANNED = (assignments, coverage, call_lists, unplaced, lighter_touches)
HEAD = (B.npi, B.record, B.rep, A.name, A.city, A.state)
Kind = TypeVar("Kind", Assignment, Coverage, Stop, Unplaced, LighterTouch)


@dataclass(frozen=True, slots=True)
class Head:
    """Which account it is."""

    npi: str
    record: str
    rep: str
    name: str | None
    city: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Found(Head):
    tier: str | None


@dataclass(frozen=True, slots=True)
class Account(Head):
    assignment: Assignment | None
    coverage: Coverage | None
    stop: Stop | None
    unplaced: Unplaced | None
    touch: LighterTouch | None


def account(connection: Connection, crm: str, sees: Sees, npi: str) -> Account | None:
    """All that is planned of it, in one question."""
    row = connection.execute(_account(sees), {"crm": crm, "npi": npi}).first()
    if not row:
        return None
    values: Iterator[Any] = iter(row)
    head = {column.name: next(values) for column in HEAD}
    return Account(
        **head,
        assignment=_planned(values, assignments, Assignment),
        coverage=_planned(values, coverage, Coverage),
        stop=_planned(values, call_lists, Stop),
        unplaced=_planned(values, unplaced, Unplaced),
        touch=_planned(values, lighter_touches, LighterTouch),
    )


@lru_cache
def _account(sees: Sees) -> Select[Any]:
    tables = books.join(accounts, (A.crm == B.crm) & (A.id == B.record))
    for table in PLANNED:
        tables = tables.outerjoin(table, (table.c.crm == B.crm) & (table.c.npi == B.npi))
    query = select(*HEAD, *(column for table in PLANNED for column in columns_of(table))).select_from(tables)
    return query.where(B.crm == bindparam("crm"), B.npi == bindparam("npi"), sees.condition)


def _planned(values: Iterator[Any], table: Table, kind: type[Kind]) -> Kind | None:
    names = [column.name for column in columns_of(table)]
    told = dict(zip(names, islice(values, len(names)), strict=True))
    return planned_as(kind, told) if told["npi"] is not None else None


def find(connection: Connection, crm: str, sees: Sees, text: str) -> Sequence[Found]:
    """By NPI, or the start of one, or else the start of a name; at most so many and one."""
    digits, start = text.strip(), sought(text)
    order, first, last = B.sought, start, start + LAST
    if digits.isascii() and digits.isdigit():
        order, first, last = B.npi, digits.ljust(10, "0"), digits.ljust(10, "9")
    query: Select[Any] = (
        select(*HEAD, assignments.c.tier)
        .select_from(
            books.join(accounts, (A.crm == B.crm) & (A.id == B.record)).outerjoin(
                assignments, (assignments.c.crm == B.crm) & (assignments.c.npi == B.npi)
            )
        )
        .where(B.crm == crm, order >= first, order <= last, sees.condition)
        .order_by(order, B.npi)
        .limit(MOST_FOUND + 1)
    )
    return [Found(*row) for row in connection.execute(query)]


def logged(connection: Connection, crm: str, record: str, npi: str, most: int) -> list[Interaction]:
    """What is logged of it and of those that count for it, and is there; the newest first, and one more."""
    records, placed = counting_for(connection, crm, record, npi)
    where = L.account.in_(records) if not placed else or_(L.account.in_(records), L.id.in_([*placed]))
    query = LOGGED.where(where).limit(most + 1 + len(placed))
    found = [Interaction(*row) for row in connection.execute(query, {"crm": crm})]
    return [one for one in found if one.account in records or placed[one.id] == (one.account or "")][: most + 1]


LOGGED = select(*(L[name] for name in Interaction.__slots__)).where(L.crm == bindparam("crm"), L.gone.is_(False))
LOGGED = LOGGED.order_by(L.at.desc(), L.id.desc())
