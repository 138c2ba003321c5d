"""Accounts that are flagged as going cold, those with the most at risk first.

Units   at_risk is relevant procedures in 12 months, as they stood when the flag was raised
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select, tuple_

from connector.store.reads.sees import Sees
from connector.store.tables import accounts, books, coverage, flags

PAGE = 50  # rows
AT_RISK = func.coalesce(flags.c.at_risk, 0.0)


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
    last_touch: date | None


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before."""

    at_risk: float
    flag: int


def cold(
    connection: Connection, crm: str, sees: Sees, rep: str | None = None, after: After | None = None
) -> Sequence[ColdRow]:
    """At most a page and one row, which says that there is another page."""
    f, b, a = flags.c, books.c, accounts.c
    found = flags.join(books, (b.crm == f.crm) & (b.npi == f.npi))
    found = found.join(accounts, (a.crm == b.crm) & (a.id == b.record))
    found = found.outerjoin(coverage, (coverage.c.crm == f.crm) & (coverage.c.npi == f.npi))
    query = (
        select(
            f.id.label("flag"),
            f.npi,
            a.name,
            a.city,
            a.state,
            b.rep,
            f.raised,
            func.coalesce(coverage.c.reason, f.reason).label("reason"),
            func.coalesce(coverage.c.next_step, f.next_step).label("next_step"),
            f.at_risk,
            func.coalesce(coverage.c.last_touch, f.last_touch).label("last_touch"),
        )
        .select_from(found)
        .where(f.crm == crm, f.ended.is_(None), sees.condition)
        .order_by(AT_RISK.desc(), f.id.desc())
        .limit(PAGE + 1)
    )
    if rep is not None:
        query = query.where(b.rep == rep)
    if after:
        query = query.where(tuple_(AT_RISK, f.id) < tuple_(after.at_risk, after.flag))
    return [ColdRow(**row) for row in connection.execute(query).mappings()]
