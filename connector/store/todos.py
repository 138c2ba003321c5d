"""Tasks in the CRM, one a flag: what we put there under which key, and how that ended.

As bookings are (bookings.py): committed and announced in the audit log before it is sent, settled after, one row a key.
A task that was written is not looked at again until its flag ends: what a person does with it is that person's affair.

Units    `due` is a calendar day
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from callplan.model import Npi
from connector.contract import CrmId, Outcome, Todo, Verdict
from connector.store.bookings import GONE, npi_of, settled_as, state_of
from connector.store.flags import Flag
from connector.store.journal import Journal
from connector.store.rows import Transactions, put
from connector.store.tables import todos


@dataclass(frozen=True, slots=True)
class Kept:
    """What we wrote last, and how that ended."""

    key: str
    account: CrmId
    owner: str
    subject: str
    due: date
    done: bool
    record: CrmId | None
    state: str
    settled: datetime | None

    @property
    def npi(self) -> Npi:
        return npi_of(self.key)

    @property
    def over(self) -> bool:
        """Closed by us, or completed or deleted by a person: nothing more is sent for it."""
        return self.state in (Verdict.LEFT, GONE) or (self.done and self.state == Verdict.WRITTEN)


def key_of(flag: Flag) -> str:
    """With the day and the account: another store, which counts its flags anew, makes other keys."""
    return f"{flag.npi}-cold-{flag.raised:%Y%m%d}-{flag.id}"


class Todos:
    def __init__(self, database: Transactions, crm: str, journal: Journal) -> None:
        self._database, self._crm, self._journal = database, crm, journal

    def all(self) -> dict[str, Kept]:
        t = todos.c
        query = select(*(t[name] for name in Kept.__slots__)).where(t.crm == self._crm).order_by(t.key)
        with self._database.begin() as connection:
            return {row["key"]: Kept(**row) for row in connection.execute(query).mappings()}

    def refused(self, run: int) -> list[tuple[str, str, str, str]]:
        """Key, code, message and remedy of what a run could not write."""
        t = todos.c
        query = select(t.key, t.code, t.message, t.remedy).order_by(t.key)
        mine = (t.crm == self._crm) & (t.run == run) & (t.state == Verdict.REFUSED)
        with self._database.begin() as connection:
            return [(row.key, row.code, row.message, row.remedy) for row in connection.execute(query.where(mine))]

    def intend(self, run: int, batch: Sequence[Todo], now: datetime) -> None:
        """Put the batch on record before it is sent."""
        entries = [
            {
                "event": "intend_task",
                "run": run,
                "key": one.key,
                "record": one.record,
                "due": one.due.isoformat(),
                "owner": one.owner,
                "done": one.done,
                "at": now.isoformat(),
            }
            for one in batch
        ]
        with self._journal.writing(entries) as connection:
            put(connection, todos, [self._row(run, one, now) for one in batch])

    def settle(self, run: int, _batch: Sequence[Todo], outcomes: Iterable[Outcome], now: datetime) -> None:
        told = list(outcomes)
        entries = [
            {"event": f"task_{state_of(o)}", "run": run, "key": o.id, "record": o.record, "code": o.code}
            | {"at": now.isoformat()}
            for o in told
        ]
        with self._journal.writing(entries) as connection:
            for outcome in told:
                mine = (todos.c.crm == self._crm) & (todos.c.key == outcome.id)
                connection.execute(update(todos).where(mine).values(settled_as(outcome, now)))

    def _row(self, run: int, one: Todo, now: datetime) -> dict[str, Any]:
        told = {name: getattr(one, name) for name in Todo.__slots__}
        return {"crm": self._crm, **told, "state": "intended", "run": run, "intended": now}
