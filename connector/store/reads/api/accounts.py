"""What is planned for one account: its tier and why, and its states.

Units   volume is relevant procedures in 12 months
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from connector.store.reads.sees import Sees
from connector.store.tables import assignments, books, coverage


def account(connection: Connection, crm: str, sees: Sees, npi: str) -> Mapping[str, Any] | None:
    a, b, c = assignments.c, books.c, coverage.c
    found = assignments.join(books, (b.crm == a.crm) & (b.npi == a.npi))
    found = found.outerjoin(coverage, (c.crm == a.crm) & (c.npi == a.npi))
    states = (c.state.label("touch_state"), c.relationship, c.activity, c.last_touch, c.due_on)
    query = (
        select(a.npi, b.record, b.rep, a.tier, a.since, a.reason, a.volume, *states)
        .select_from(found)
        .where(a.crm == crm, a.npi == npi, sees.condition)
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None
