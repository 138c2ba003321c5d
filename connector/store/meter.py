"""How many calls this CRM has been asked today, counted before each is made, so that a crash hides none."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from connector.store.rows import Transactions
from connector.store.tables import meters

KEY = [meters.c.crm, meters.c.day]


def _one_more(dialect: str) -> Any:
    """One call more, and the day's quota as far as the CRM has said it."""
    into = (postgresql if dialect == "postgresql" else sqlite).insert(meters)
    more = {"calls": meters.c.calls + 1, "quota": func.coalesce(into.excluded.quota, meters.c.quota)}
    return into.on_conflict_do_update(index_elements=KEY, set_=more).returning(meters.c.calls)


ONE_MORE = {dialect: _one_more(dialect) for dialect in ("sqlite", "postgresql")}


class Meter:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def count(self, day: date, quota: int | None = None) -> int:
        """Count one more call; how many that makes today. `quota` is the CRM's calls of a day, as it last said."""
        with self._database.begin() as connection:
            more = ONE_MORE[connection.dialect.name]
            return int(
                connection.execute(more, {"crm": self._crm, "day": day, "calls": 1, "quota": quota}).scalar_one()
            )

    def counted(self, day: date) -> int:
        query = select(meters.c.calls).where(meters.c.crm == self._crm, meters.c.day == day)
        with self._database.begin() as connection:
            return int(connection.execute(query).scalar() or 0)
