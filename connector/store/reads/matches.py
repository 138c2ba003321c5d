"""The unmatched queue, one sort of it at a time, the surest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, Select, func, select, tuple_

from callplan.model import Sort
from connector.store.matches import Kept
from connector.store.tables import accounts, matches

PAGE = 50  # rows
MOST_COUNTED = 1_000  # of a sort; more than that is told as more
ASKED = tuple(one.name for one in fields(Kept))


@dataclass(frozen=True, slots=True)
class Named:
    """Of a record: nothing of it is known where it is an interaction, or an NPI."""

    name: str | None
    city: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class MatchRow:
    kept: Kept
    account: Named
    suggested: Named  # where it is an account, too


@dataclass(frozen=True, slots=True)
class Queue:
    sort: str
    state: str
    least: int = 0  # of confidence


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before."""

    confidence: int
    id: int


def waiting(connection: Connection, crm: str) -> dict[str, int]:
    """By sort, how many wait for a person; one more than MOST_COUNTED where there are more."""
    m, found = matches.c, {}
    for sort in Sort:
        some = select(m.id).where(m.crm == crm, m.state == "proposed", m.sort == sort.value).limit(MOST_COUNTED + 1)
        found[sort.value] = connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return found


def queue(
    connection: Connection, crm: str, wanted: Queue, after: After | None = None, most: int = PAGE
) -> Sequence[MatchRow]:
    """At most so many and one row, which says that there are more."""
    m, a, b = matches.c, accounts.alias("record"), accounts.alias("suggested")
    found = matches.outerjoin(a, (a.c.crm == m.crm) & (a.c.id == m.record))
    found = found.outerjoin(b, (b.c.crm == m.crm) & (b.c.id == m.to))
    names = [one.c[column] for one in (a, b) for column in ("name", "city", "state")]
    query = select(*(m[name] for name in ASKED), *names).select_from(found)
    query = _in(query, crm, wanted).order_by(m.confidence.desc(), m.id.desc()).limit(most + 1)
    if after:
        query = query.where(tuple_(m.confidence, m.id) < tuple_(after.confidence, after.id))
    return [_row(list(row)) for row in connection.execute(query)]


def _in(query: Select[tuple[object, ...]], crm: str, wanted: Queue) -> Select[tuple[object, ...]]:
    m = matches.c
    query = query.where(m.crm == crm, m.state == wanted.state, m.sort == wanted.sort)
    return query.where(m.confidence >= wanted.least) if wanted.least else query


def _row(values: list[object]) -> MatchRow:
    at = len(ASKED)
    return MatchRow(Kept(*values[:at]), Named(*values[at : at + 3]), Named(*values[at + 3 :]))  # type: ignore[arg-type]
