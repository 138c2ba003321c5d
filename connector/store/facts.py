"""What the last vintage said of each account: what the next one is compared with.

One vintage only, replaced whole when another takes its place or other accounts are ours.

Shapes   see callplan.model.Facts
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Row, delete, insert, select

from callplan.model import Days, Facts, Numbers, Span, Texts
from connector.store.rows import Transactions, put
from connector.store.tables import baselines, facts, vintages

TOLD = ("volume", "specialty", "claims_zip", "listed", "taxonomy", "zip", "size", "enumerated", "deactivated")


class StoredFacts:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def stand(self, now: Facts) -> bool:
        """Whether these are the facts that are stored: of the same vintage, measure and accounts."""
        query = select(baselines.c.says).where(baselines.c.crm == self._crm)
        with self._database.begin() as connection:
            return connection.execute(query).scalar() == _says(now)

    def last(self) -> Facts | None:
        about = select(baselines).where(baselines.c.crm == self._crm)
        rows = select(facts).where(facts.c.crm == self._crm).order_by(facts.c.npi)
        with self._database.begin() as connection:
            head, found = connection.execute(about).first(), connection.execute(rows).all()
        return _columns(head, found) if head else None

    def unlike(self) -> str:
        """Why the last two vintages' volumes were not compared; "" where they were."""
        query = select(baselines.c.unlike).where(baselines.c.crm == self._crm)
        with self._database.begin() as connection:
            return connection.execute(query).scalar() or ""

    def compared(self) -> bool:
        """Whether the volumes of these claims were compared with those of claims before them."""
        earlier = (vintages.c.crm == baselines.c.crm) & (vintages.c.vintage != baselines.c.claims)
        query = select(baselines.c.unlike).join(vintages, earlier).where(baselines.c.crm == self._crm).limit(1)
        with self._database.begin() as connection:
            return connection.execute(query).scalar() == ""

    def save(self, now: Facts, unlike: str) -> None:
        with self._database.begin() as connection:
            connection.execute(delete(facts).where(facts.c.crm == self._crm))
            put(connection, baselines, [_head(now, unlike) | {"crm": self._crm}])
            if rows := [row | {"crm": self._crm} for row in _rows(now)]:
                connection.execute(insert(facts), rows)


def _says(now: Facts) -> str:
    return hashlib.sha256("\n".join([now.vintage, now.measure, *now.npi.tolist()]).encode()).hexdigest()


def _head(now: Facts, unlike: str) -> dict[str, Any]:
    return {
        "says": _says(now),
        "vintage": now.vintage,
        "claims": now.claims,
        "day": now.day.astype("datetime64[D]").item(),
        "sources": list(now.span.sources),
        "months": now.span.months,
        "last": now.span.last,
        "measure": now.measure,
        "knows": sorted(now.knows),
        "unlike": unlike,
    }


def _rows(now: Facts) -> list[dict[str, Any]]:
    organisations: dict[int, list[str]] = {}
    for member, organisation in zip(now.member.tolist(), now.organisation.tolist(), strict=True):
        organisations.setdefault(member, []).append(organisation)
    columns = [getattr(now, name).tolist() for name in ("npi", *TOLD)]
    return [
        {name: None if value != value else value for name, value in zip(("npi", *TOLD), row, strict=True)}  # NaN
        | {"organisations": organisations.get(at, [])}
        for at, row in enumerate(zip(*columns, strict=True))
    ]


def _columns(head: Row[Any], rows: Sequence[Row[Any]]) -> Facts:
    members = [(at, one) for at, row in enumerate(rows) for one in row.organisations]
    return Facts(
        vintage=head.vintage,
        claims=head.claims,
        day=np.datetime64(head.day, "D"),
        span=Span(tuple(head.sources), head.months, head.last),
        measure=head.measure,
        knows=frozenset(head.knows),
        npi=_texts(row.npi for row in rows),
        volume=_numbers(row.volume for row in rows),
        specialty=_texts(row.specialty for row in rows),
        claims_zip=_texts(row.claims_zip for row in rows),
        listed=np.array([row.listed for row in rows], dtype=np.bool_),
        taxonomy=_texts(row.taxonomy for row in rows),
        zip=_texts(row.zip for row in rows),
        size=_numbers(row.size for row in rows),
        enumerated=_days(row.enumerated for row in rows),
        deactivated=_days(row.deactivated for row in rows),
        member=np.array([at for at, _ in members], dtype=np.int64),
        organisation=_texts(one for _, one in members),
    )


def _texts(values: Iterable[str]) -> Texts:
    return np.array(list(values), dtype=np.str_)


def _numbers(values: Iterable[float | None]) -> Numbers:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _days(values: Iterable[date | None]) -> Days:
    return np.array(list(values), dtype="datetime64[D]")
