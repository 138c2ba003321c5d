"""What became of runs and what waits, in so many numbers, for whoever watches over the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, func, select

from connector.store.journal import Tally
from connector.store.tables import changes, flags, matches, meters, nights, overrides, runs, vintages

STATES = ("running", "done", "stopped", "failed", "interrupted")
OUTCOMES = ("written", "refused", "later", "unknown", "gone", "invalid", "held", "unchanged", "left_as_edited")
NOT_WRITTEN = ("refused", "invalid")


@dataclass(frozen=True, slots=True)
class LastRun:
    crm: str
    job: str
    state: str
    started: datetime
    finished: datetime | None
    done: datetime | None  # when one last came to its end
    tally: Tally


@dataclass(frozen=True, slots=True)
class Counts:
    calls: int
    quota: int | None
    rejected: int | None
    flags: int
    matches: int
    challenges: int
    waiting: int
    waiting_seconds: float
    dead_letters: int


def last_runs(connection: Connection, crm: str, jobs: Sequence[str]) -> list[LastRun]:
    """The last run of each job, where there is one."""
    r, found = runs.c, []
    for job in jobs:
        mine = (r.crm == crm) & (r.job == job)
        columns = (r.state, r.started, r.finished, r.tally)
        last = connection.execute(select(*columns).where(mine).order_by(r.id.desc()).limit(1)).first()
        if last:
            done = select(r.finished).where(mine, r.state == "done").order_by(r.id.desc()).limit(1)
            ended = connection.execute(done).scalar()
            found.append(LastRun(crm, job, last.state, last.started, last.finished, ended, last.tally))
    return found


def counts(connection: Connection, crm: str, now: datetime) -> Counts:
    n = nights.c
    meter = select(meters.c.calls, meters.c.quota).where(meters.c.crm == crm, meters.c.day == now.date())
    calls, quota = connection.execute(meter).first() or (0, None)
    due = select(func.count(), func.min(n.not_before)).where(n.crm == crm, n.state == "waiting", n.not_before <= now)
    waiting, oldest = connection.execute(due).one()
    rejected = select(vintages.c.rejected).where(vintages.c.crm == crm).order_by(vintages.c.run.desc()).limit(1)
    return Counts(
        calls,
        quota or _last_quota(connection, crm),
        connection.execute(rejected).scalar(),
        _count(connection, flags, flags.c.crm == crm, flags.c.ended.is_(None)),
        _count(connection, matches, matches.c.crm == crm, matches.c.state == "proposed"),
        _count(connection, overrides, overrides.c.crm == crm, overrides.c.state == "proposed"),
        waiting,
        (now - oldest).total_seconds() if oldest else 0.0,
        _dead_letters(connection, crm),
    )


def _last_quota(connection: Connection, crm: str) -> int | None:
    m = meters.c
    query = select(m.quota).where(m.crm == crm, m.quota.is_not(None)).order_by(m.day.desc()).limit(1)
    return connection.execute(query).scalar()


def _dead_letters(connection: Connection, crm: str) -> int:
    """Of the last run that pushed: what was refused for good and what was not sent."""
    c, r = changes.c, runs.c
    last = select(r.id).where(r.crm == crm, r.plan.is_not(None)).order_by(r.id.desc()).limit(1).scalar_subquery()
    return _count(connection, changes, c.run == last, c.state.in_(NOT_WRITTEN))


def _count(connection: Connection, table: Table, *where: object) -> int:
    query = select(func.count()).select_from(table).where(*where)  # type: ignore[arg-type]
    return int(connection.execute(query).scalar_one())
