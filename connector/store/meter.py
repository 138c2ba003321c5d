"""How many calls this CRM has been asked today, counted before each is made, so that a crash hides none."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from connector.store.rows import Transactions
from connector.store.tables import meters

KEY, MORE = [meters.c.crm, meters.c.day], {"calls": meters.c.calls + 1}
ONE_MORE = {
    "sqlite": sqlite.insert(meters).on_conflict_do_update(KEY, set_=MORE).returning(meters.c.calls),
    "postgresql": postgresql.insert(meters).on_conflict_do_update(None, KEY, set_=MORE).returning(meters.c.calls),
}


class Meter:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def count(self, day: date) -> int:
        """Count one more call; how many that makes today."""
        with self._database.begin() as connection:
            more = ONE_MORE[connection.dialect.name]
            return int(connection.execute(more, {"crm": self._crm, "day": day, "calls": 1}).scalar_one())

    def counted(self, day: date) -> int:
        query = select(meters.c.calls).where(meters.c.crm == self._crm, meters.c.day == day)
        with self._database.begin() as connection:
            return int(connection.execute(query).scalar() or 0)
