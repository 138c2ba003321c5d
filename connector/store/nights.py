"""Nights that are due: put here by a scheduler, taken by a worker on a lease, run once to their end.

A scheduled job of one CRM at one time is one night, however many schedulers call it. A worker renews its lease while it
works; one that does not is taken for dead, and another takes the night again. Nights that waited while no worker was
there are skipped for the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from connector.store.rows import Transactions
from connector.store.tables import nights

LEASE = timedelta(minutes=5)
OPEN = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Night:
    id: int
    crm: str
    job: str
    scheduled: datetime
    state: str
    worker: str | None
    attempt: int
    finished: datetime | None
    said: str | None
    by: str | None = None  # whoever asked for it on a page; None: the schedule
    runs: list[int] | None = None  # one an attempt that began


class Nights:
    def __init__(self, database: Transactions) -> None:
        self._database = database

    def call(self, crm: str, job: str, scheduled: datetime, by: str | None = None, key: str | None = None) -> bool:
        """Whether this night was not called before, neither for that time nor under that key."""
        row = {"crm": crm, "job": job, "scheduled": scheduled, "not_before": scheduled, "by": by, "key": key}
        try:
            with self._database.begin() as connection:
                connection.execute(insert(nights).values(**row, state="waiting", attempt=0))
        except IntegrityError:
            return False
        return True

    def ask(self, crm: str, job: str, now: datetime, by: str) -> bool:
        """A night that is due now, unless one of that job waits or runs already. Of one minute there is one."""
        c = nights.c
        query = select(c.id).where(c.crm == crm, c.job == job, c.state.in_(OPEN)).limit(1)
        with self._database.begin() as connection:
            if connection.execute(query).first():
                return False
        return self.call(crm, job, now.replace(second=0, microsecond=0), by)

    def take(self, worker: str, now: datetime, lease: timedelta = LEASE) -> Night | None:
        """The newest night that is due, of a CRM for which no other is running."""
        other = nights.alias()
        running = (other.c.crm == nights.c.crm) & (other.c.state == "running") & (other.c.lease_until >= now)
        dead = and_(nights.c.state == "running", nights.c.lease_until < now)
        due = or_(and_(nights.c.state == "waiting", nights.c.not_before <= now), dead)
        query = select(nights.c.id).where(due, ~exists(select(other.c.id).where(running)))
        query = query.order_by(nights.c.scheduled.desc(), nights.c.id).limit(1).with_for_update(skip_locked=True)
        mine = {"state": "running", "worker": worker, "lease_until": now + lease, "attempt": nights.c.attempt + 1}
        with self._database.begin() as connection:
            found = connection.execute(query).scalar()
            if found is None:
                return None
            connection.execute(update(nights).where(nights.c.id == found).values(**mine))
            night = _night(connection.execute(select(nights).where(nights.c.id == found)).mappings().one())
            older = (nights.c.crm == night.crm) & (nights.c.job == night.job) & (nights.c.scheduled < night.scheduled)
            skipped = {"state": "skipped", "finished": now, "said": "A later night took its place."}
            connection.execute(update(nights).where(older, nights.c.state == "waiting").values(**skipped))
            return night

    def renew(self, night: Night, now: datetime, lease: timedelta = LEASE) -> bool:
        """Whether the night is still ours."""
        return self._change(night, lease_until=now + lease)

    def finish(self, night: Night, state: str, now: datetime, said: str | None = None) -> bool:
        """Whether the night was still ours to end."""
        return self._change(night, state=state, finished=now, said=said)

    def put_back(self, night: Night, not_before: datetime, said: str) -> bool:
        return self._change(night, state="waiting", not_before=not_before, said=said)

    def note_run(self, night: Night, run: int) -> bool:
        """Put on record which run an attempt is."""
        return self._change(night, runs=[*(night.runs or []), run])

    def called(self, crm: str, key: str | None = None, at: tuple[str, datetime] | None = None) -> Night | None:
        """The night of that key, or of that job and time."""
        c = nights.c
        which = (c.key == key) if at is None else and_(c.job == at[0], c.scheduled == at[1])
        with self._database.begin() as connection:
            row = connection.execute(select(nights).where(c.crm == crm, which)).mappings().first()
            return _night(row) if row and (key or at) else None

    def find(self, crm: str, number: int) -> Night | None:
        query = select(nights).where(nights.c.crm == crm, nights.c.id == number)
        with self._database.begin() as connection:
            row = connection.execute(query).mappings().first()
            return _night(row) if row else None

    def hand_over(self, night: Night, now: datetime, said: str) -> bool:
        """Due at once, and not counted as an attempt."""
        return self._change(night, state="waiting", not_before=now, said=said, attempt=night.attempt - 1)

    def release(self, worker: str, now: datetime, said: str) -> int:
        """Hand over whatever this worker has; how many nights that were."""
        mine = (nights.c.worker == worker) & (nights.c.state == "running")
        values = {"state": "waiting", "not_before": now, "said": said, "attempt": nights.c.attempt - 1}
        with self._database.begin() as connection:
            return connection.execute(update(nights).where(mine).values(**values)).rowcount

    def last(self, crm: str, most: int = 5) -> list[Night]:
        """The newest first."""
        query = select(nights).where(nights.c.crm == crm).order_by(nights.c.scheduled.desc()).limit(most)
        with self._database.begin() as connection:
            return [_night(row) for row in connection.execute(query).mappings()]

    def _change(self, night: Night, **values: Any) -> bool:
        """Only while this worker, at this attempt, has it."""
        c = nights.c
        ours = (c.id == night.id) & (c.worker == night.worker) & (c.attempt == night.attempt) & (c.state == "running")
        with self._database.begin() as connection:
            return connection.execute(update(nights).where(ours).values(**values)).rowcount > 0


def _night(row: Any) -> Night:
    return Night(**{name: row[name] for name in Night.__dataclass_fields__})
