"""Drives that an engine has told, kept until the next night: one packed row for each place they start from.

A row that no list used for 90 days goes; that it was used is written once a week, so that a night on unchanged places
writes almost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select, update

from connector.store.rows import Transactions, in_parts, put
from connector.store.tables import drives

Kept = tuple[date, bytes]  # asked on, and what was said
UNUSED = timedelta(days=90)
WEEK = timedelta(days=7)


class StoredDrives:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def get(self, engine: str, places: Sequence[int], since: date, today: date) -> dict[int, Kept]:
        """Rows of these places that were asked since then."""
        d, found = drives.c, dict[int, Kept]()
        ours = (d.crm == self._crm) & (d.engine == engine)
        with self._database.begin() as connection:
            for part in in_parts(places):
                rows = connection.execute(
                    select(d.place, d.asked, d.legs).where(ours, d.place.in_(part), d.asked >= since)
                )
                found |= {row.place: (row.asked, row.legs) for row in rows}
                stale = ours & d.place.in_(part) & (d.used < today - WEEK)
                connection.execute(update(drives).where(stale).values(used=today))
        return found

    def put(self, engine: str, rows: Mapping[int, Kept], today: date) -> None:
        ours = {"crm": self._crm, "engine": engine, "used": today}
        told = [ours | {"place": place, "asked": asked, "legs": legs} for place, (asked, legs) in rows.items()]
        with self._database.begin() as connection:
            put(connection, drives, told)

    def tidy(self, today: date) -> None:
        with self._database.begin() as connection:
            connection.execute(delete(drives).where(drives.c.crm == self._crm, drives.c.used < today - UNUSED))
