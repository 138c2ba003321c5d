"""Visits in reps' calendars: what we booked under which key, and what the CRM says of it now.

A booking is committed and announced in the audit log before it is sent, and settled after, as every change is. One row
a key says how it stands; what it once was is in the audit log. A killed run leaves a row `intended`, which the next run
sends again: the key is the CRM's too, so that nothing is made twice.

Units    `starts` and `at` are moments, UTC
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from callplan.model import Npi
from connector.contract import Appointment, CrmId, Interaction, Kind, Outcome, Result, Verdict
from connector.store.journal import LATER, Journal
from connector.store.mirror import Mirror
from connector.store.rows import Transactions, put
from connector.store.tables import bookings, interactions

GONE = "gone"


@dataclass(frozen=True, slots=True)
class Booking:
    """What we wrote last, how that ended, and what the interaction says that the CRM made of it."""

    key: str
    account: CrmId
    owner: str
    subject: str
    starts: datetime
    minutes: int
    cancelled: bool
    record: CrmId | None
    state: str
    settled: datetime | None
    result: Result | None = None  # from here on as last read; None where it was not read
    at: datetime | None = None
    deleted: bool = False

    @property
    def npi(self) -> Npi:
        return npi_of(self.key)

    @property
    def gone(self) -> bool:
        return self.deleted or self.state == GONE

    @property
    def off(self) -> bool:
        """Cancelled in the CRM, or deleted there: the slot is free."""
        return self.gone or (self.result is Result.CANCELED and not self.cancelled)

    @property
    def over(self) -> bool:
        """A person has ended it: told what became of it, cancelled or deleted it."""
        called_off = self.cancelled and self.result in (None, Result.CANCELED) and not self.gone
        return not self.open and not called_off

    @property
    def moved_to(self) -> datetime | None:
        """Where a rep has moved it, if one has."""
        standing = self.state == Verdict.WRITTEN and self.result is Result.PLANNED
        return self.at if standing and self.at != self.starts else None

    @property
    def open(self) -> bool:
        """Nobody has said yet what became of it."""
        said = self.result is not Result.PLANNED if self.result else self.state == Verdict.LEFT
        return not (said or self.gone or (self.cancelled and self.state == Verdict.WRITTEN))


def npi_of(key: str) -> Npi:
    return Npi(key.partition("-")[0])


def key_of(npi: Npi, committed: date, taken: Iterable[str]) -> str:
    """Of a visit that is committed for the first time on this day; one that was given up that day has its key still."""
    key = f"{npi}-{committed:%Y%m%d}"
    again = sum(one == key or one.startswith(f"{key}-") for one in taken)
    return f"{key}-{again + 1}" if again else key


class Bookings:
    def __init__(self, database: Transactions, crm: str, journal: Journal, mirror: Mirror) -> None:
        self._database, self._crm, self._journal, self._mirror = database, crm, journal, mirror

    def all(self) -> dict[str, Booking]:
        b, i = bookings.c, interactions.c
        ours = (b.key, b.account, b.owner, b.subject, b.starts, b.minutes, b.cancelled, b.record, b.state, b.settled)
        same = (i.crm == b.crm) & (i.id == b.record)
        query = select(*ours, i.result, i.at, i.gone).select_from(bookings.outerjoin(interactions, same))
        with self._database.begin() as connection:
            rows = connection.execute(query.where(b.crm == self._crm).order_by(b.key)).all()
        return {row.key: _booking(row) for row in rows}

    def ahead(self, now: datetime) -> list[CrmId]:
        """The records of those to come."""
        return [one.record for one in self.all().values() if one.record and one.starts >= now and not one.gone]

    def refused(self, run: int) -> list[tuple[str, str, str, str]]:
        """Key, code, message and remedy of what a run could not write."""
        b = bookings.c
        query = select(b.key, b.code, b.message, b.remedy).order_by(b.key)
        mine = (b.crm == self._crm) & (b.run == run) & (b.state == Verdict.REFUSED)
        with self._database.begin() as connection:
            return [(row.key, row.code, row.message, row.remedy) for row in connection.execute(query.where(mine))]

    def intend(self, run: int, batch: Sequence[Appointment], now: datetime) -> None:
        """Put the batch on record before it is sent."""
        entries = [
            {
                "event": "intend_booking",
                "run": run,
                "key": one.key,
                "record": one.record,
                "starts": one.starts.isoformat(),
                "minutes": one.minutes,
                "owner": one.owner,
                "cancelled": one.cancelled,
                "at": now.isoformat(),
            }
            for one in batch
        ]
        with self._journal.writing(entries) as connection:
            put(connection, bookings, [self._row(run, one, now) for one in batch])

    def settle(self, run: int, batch: Sequence[Appointment], outcomes: Iterable[Outcome], now: datetime) -> None:
        """What became of each; what was written enters the mirror with it, as the next reading will tell it."""
        sent, told = {one.key: one for one in batch}, list(outcomes)
        entries = [
            {"event": f"booking_{state_of(o)}", "run": run, "key": o.id, "record": o.record, "code": o.code}
            | {"at": now.isoformat()}
            for o in told
        ]
        with self._journal.writing(entries) as connection:
            for outcome in told:
                mine = (bookings.c.crm == self._crm) & (bookings.c.key == outcome.id)
                connection.execute(update(bookings).where(mine).values(settled_as(outcome, now)))
            written = [o for o in told if o.verdict is Verdict.WRITTEN and o.record]
            rows = [self._mirror.interaction_row(_interaction(sent[o.id], o, now)) for o in written]
            put(connection, interactions, rows)

    def follow(self, moved: Mapping[str, datetime]) -> None:
        """Where a rep has moved them is where they are to be."""
        with self._database.begin() as connection:
            for key, starts in moved.items():
                mine = (bookings.c.crm == self._crm) & (bookings.c.key == key)
                connection.execute(update(bookings).where(mine).values(starts=starts))

    def _row(self, run: int, one: Appointment, now: datetime) -> dict[str, Any]:
        return {
            "crm": self._crm,
            "key": one.key,
            "account": one.account,
            "owner": one.owner,
            "subject": one.subject,
            "starts": one.starts,
            "minutes": one.minutes,
            "cancelled": one.cancelled,
            "record": one.record,
            "state": "intended",
            "run": run,
            "intended": now,
        }


def _booking(row: Any) -> Booking:
    record = CrmId(row.record) if row.record else None
    result = Result(row.result) if row.result else None
    ours = (row.key, CrmId(row.account), row.owner, row.subject, row.starts, row.minutes, row.cancelled)
    return Booking(*ours, record, row.state, row.settled, result, row.at, bool(row.gone))


def state_of(outcome: Outcome) -> str:
    if outcome.gone:
        return GONE
    return LATER if outcome.passing else outcome.verdict.value


def settled_as(outcome: Outcome, now: datetime) -> dict[str, Any]:
    known = {"record": outcome.record} if outcome.record else {}
    told = {"code": outcome.code, "message": outcome.message, "remedy": outcome.remedy}
    return {**known, **told, "state": state_of(outcome), "settled": now}


def _interaction(one: Appointment, outcome: Outcome, now: datetime) -> Interaction:
    assert outcome.record  # of what was written
    result = Result.CANCELED if one.cancelled else Result.PLANNED
    return Interaction(
        outcome.record, one.account, Kind.VISIT, one.starts, now, result, minutes=one.minutes, owner=one.owner
    )
