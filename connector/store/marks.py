"""What a CRM's own notices say to look at: marks, made while the night sleeps, each record once.

A mark that is made again gets another number, so that what was marked while we looked stays marked. A delivery is known
by its seal and heard once, by whichever process it comes to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from connector.contract import CrmId, Mark
from connector.store.rows import Transactions
from connector.store.tables import deliveries, marks

REMEMBERED = timedelta(minutes=15)  # longer than an adapter takes a delivery for fresh


@dataclass(frozen=True, slots=True)
class Marked:
    object: str
    id: CrmId
    times: int  # how often it was marked when we saw it


class Marks:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def hear(self, seal: str, found: Iterable[Mark], now: datetime) -> bool:
        """Whether this delivery was not heard before; then its marks stand when this returns."""
        with self._database.begin() as connection:
            connection.execute(delete(deliveries).where(deliveries.c.at < now - REMEMBERED))
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            first = dialect.insert(deliveries).values(crm=self._crm, seal=seal, at=now).on_conflict_do_nothing()
            if connection.execute(first.returning(deliveries.c.seal)).first() is None:
                return False
            rows = [{"crm": self._crm, "object": kind, "id": id_, "times": 1} for kind, id_ in _in_order(found)]
            if rows:
                again = {"times": marks.c.times + 1}
                statement = dialect.insert(marks)
                keys = ["crm", "object", "id"]
                connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=again), rows)
            return True

    def standing(self) -> list[Marked]:
        with self._database.begin() as connection:
            return standing_in(connection, self._crm)


def standing_in(connection: Connection, crm: str, most: int | None = None) -> list[Marked]:
    c = marks.c
    query = select(c.object, c.id, c.times).where(c.crm == crm).order_by(c.object, c.id).limit(most)
    return [Marked(*row) for row in connection.execute(query)]


def unmark(connection: Connection, crm: str, seen: Iterable[Marked]) -> None:
    """Those that were not marked again since."""
    c = marks.c
    for mark in seen:
        same = (c.object == mark.object) & (c.id == mark.id) & (c.times == mark.times)
        connection.execute(delete(marks).where(c.crm == crm, same))


def _in_order(found: Iterable[Mark]) -> list[tuple[str, str]]:
    """Sorted: two deliveries of the same records must not wait for each other."""
    return sorted({(mark.object, str(mark.id)) for mark in found})
