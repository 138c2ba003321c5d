"""Flags that are open, in the order in which they were raised.

Units   at_risk is relevant procedures in 12 months, as they stood when the flag was raised
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select

from connector.store.reads.sees import Sees
from connector.store.tables import books, coverage, flags


def after(
    connection: Connection, crm: str, sees: Sees, of: Mapping[str, str | None], last: int | None, most: int
) -> Sequence[Mapping[str, Any]]:
    """`of` says of which rep, and of which manager."""
    query = _open(crm, sees).order_by(flags.c.id).limit(most)
    if last is not None:
        query = query.where(flags.c.id > last)
    if rep := of.get("rep"):
        query = query.where(books.c.rep == rep.lower())
    if manager := of.get("manager"):
        query = query.where(func.lower(flags.c.manager) == manager.lower())
    return [dict(row) for row in connection.execute(query).mappings()]


def of_account(connection: Connection, crm: str, sees: Sees, npi: str) -> Mapping[str, Any] | None:
    row = connection.execute(_open(crm, sees).where(flags.c.npi == npi)).mappings().first()
    return dict(row) if row else None


def _open(crm: str, sees: Sees) -> Select[Any]:
    f, b, c = flags.c, books.c, coverage.c
    found = flags.join(books, (b.crm == f.crm) & (b.npi == f.npi))
    found = found.outerjoin(coverage, (c.crm == f.crm) & (c.npi == f.npi))
    said = (func.coalesce(c[name], f[name]).label(name) for name in ("reason", "next_step", "last_touch"))
    columns = (f.id, f.npi, b.record, b.rep, f.manager, f.raised, f.at_risk)
    return select(*columns, *said).select_from(found).where(f.crm == crm, f.ended.is_(None), sees.condition)
