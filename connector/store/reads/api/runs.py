"""Runs of one CRM, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from connector.store.tables import runs


def after(connection: Connection, crm: str, before: int | None, most: int) -> Sequence[Mapping[str, Any]]:
    """Those with smaller numbers than `before`."""
    query = _all(crm).order_by(runs.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(runs.c.id < before)
    return [dict(row) for row in connection.execute(query).mappings()]


def one(connection: Connection, crm: str, number: int) -> Mapping[str, Any] | None:
    row = connection.execute(_all(crm).where(runs.c.id == number)).mappings().first()
    return dict(row) if row else None


def _all(crm: str) -> Select[Any]:
    r = runs.c
    return select(r.id, r.job, r.today, r.state, r.started, r.finished, r.tally, r.error).where(r.crm == crm)
