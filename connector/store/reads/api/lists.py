"""Stops of the present call lists, in each rep's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from connector.store.reads.sees import Sees
from connector.store.tables import books, call_lists


@dataclass(frozen=True, slots=True)
class Last:
    """The last stop of the page before."""

    rep: str
    week: date
    slot: int
    npi: str


def after(
    connection: Connection, crm: str, sees: Sees, rep: str | None, week: date | None, last: Last | None, most: int
) -> Sequence[Mapping[str, Any]]:
    s = call_lists.c
    place = (s.rep, s.week, s.slot, s.npi)
    query = _all(crm, sees).order_by(*place).limit(most)
    if rep is not None:
        query = query.where(s.rep == rep)
    if week is not None:
        query = query.where(s.week == week)
    if last:
        query = query.where(tuple_(*place) > tuple_(last.rep, last.week, last.slot, last.npi))
    return [dict(row) for row in connection.execute(query).mappings()]


def of_account(connection: Connection, crm: str, sees: Sees, npi: str) -> Mapping[str, Any] | None:
    row = connection.execute(_all(crm, sees).where(call_lists.c.npi == npi)).mappings().first()
    return dict(row) if row else None


def _all(crm: str, sees: Sees) -> Select[Any]:
    s, b = call_lists.c, books.c
    found = call_lists.join(books, (b.crm == s.crm) & (b.npi == s.npi))
    columns = (s.npi, b.record, s.rep, s.week, s.day, s.slot, s.starts, s.minutes, s.kind, s.drive_minutes, s.roads)
    return select(*columns).select_from(found).where(s.crm == crm, sees.condition)
