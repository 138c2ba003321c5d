"""What became of the slots of each week, in the order in which it happened; nothing here is ever changed.

committed   a Tier A visit got a slot
moved       it has another day, or another hour beyond what may shift; with the reason
ended       it has no slot any more; with the reason, such as "visited on 12 May"
released    a slot that was kept for Tier A went to Tier B
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import ColumnElement, insert, select

from callplan.model import Npi
from connector.store.rows import Transactions
from connector.store.tables import slot_log

COMMITTED, MOVED, ENDED, RELEASED = "committed", "moved", "ended", "released"


@dataclass(frozen=True, slots=True)
class SlotEvent:
    npi: Npi
    rep: str
    week: date  # its Monday
    event: str
    day: date  # that it has, or had
    starts: int  # minutes after midnight
    reason: str
    to_day: date | None = None  # of one that moved
    to_starts: int | None = None


class Slots:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def log(self, run: int, events: Iterable[SlotEvent]) -> None:
        rows = [{**asdict(event), "crm": self._crm, "run": run} for event in events]
        if rows:
            with self._database.begin() as connection:
                connection.execute(insert(slot_log), rows)

    def of_weeks(self, first: date, last: date) -> list[SlotEvent]:
        """Of those that begin between two days."""
        return self._read((slot_log.c.week >= first) & (slot_log.c.week <= last))

    def of_week(self, monday: date) -> list[SlotEvent]:
        return self._read(slot_log.c.week == monday)

    def of(self, npi: Npi, monday: date) -> list[SlotEvent]:
        """Of one account's in a week."""
        return self._read((slot_log.c.npi == npi) & (slot_log.c.week == monday))

    def _read(self, where: ColumnElement[bool]) -> list[SlotEvent]:
        names = [slot_log.c[name] for name in SlotEvent.__slots__]
        query = select(*names).where(slot_log.c.crm == self._crm, where).order_by(slot_log.c.id)
        with self._database.begin() as connection:
            return [SlotEvent(**row) for row in connection.execute(query).mappings()]
