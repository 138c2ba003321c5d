"""What the nights did, the newest first: runs, what they changed and could not, nights that are due, calls by day.

Units   days of calls are UTC
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, select

from connector.contract import Value, Verdict
from connector.store.journal import NOT_WRITTEN, RunRow
from connector.store.nights import OPEN
from connector.store.reads.challenges import waits
from connector.store.reads.paging import LOOKED, PAGE, Page, page_of
from connector.store.standing import PROPOSED
from connector.store.tables import accounts, changes, matches, meters, nights, overrides, runs, signals, vintages

RUNS = 25
NIGHTS = 8
REFUSED = 50
WRONG = ("failed", "stopped", "interrupted")


@dataclass(frozen=True, slots=True)
class Scheduled:
    id: int
    job: str
    scheduled: datetime
    state: str
    not_before: datetime
    attempt: int
    finished: datetime | None
    said: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    id: int
    record: str
    npi: str | None
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    state: str
    code: str | None
    message: str | None
    remedy: str | None

    @property
    def written(self) -> bool:
        return self.state not in NOT_WRITTEN


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes of a run: of one NPI or CRM id, of one field, those written or those not; "" is all."""

    who: str = ""
    field: str = ""
    written: str = ""  # "yes" or "no"

    def fits(self, row: ChangeRow) -> bool:
        said = {"yes": row.written, "no": not row.written}.get(self.written, True)
        return said and (not self.field or self.field in row.after)


@dataclass(frozen=True, slots=True)
class Vintage:
    vintage: str
    run: int
    rows: int
    rejected: int
    rejections: Sequence[Mapping[str, Any]]  # the first ones: file, line, reason


@dataclass(frozen=True, slots=True)
class Dead:
    id: int
    run: int
    record: str
    npi: str | None
    at: datetime
    code: str | None
    message: str | None
    remedy: str | None


@dataclass(frozen=True, slots=True)
class Spent:
    day: date
    calls: int
    quota: int | None


def last_runs(connection: Connection, crm: str, before: int | None = None) -> list[RunRow]:
    """At most a page and one, which says that there is another page."""
    query = select(runs).where(runs.c.crm == crm).order_by(runs.c.id.desc()).limit(RUNS + 1)
    query = query.where(runs.c.id < before) if before else query
    return [RunRow(**row) for row in connection.execute(query).mappings()]


def run_of(connection: Connection, crm: str, number: int) -> RunRow | None:
    query = select(runs).where(runs.c.crm == crm, runs.c.id == number)
    found = connection.execute(query).mappings().first()
    return RunRow(**found) if found else None


def wrote(connection: Connection, crm: str, run: int) -> bool:
    """Whether there is anything to take back."""
    c = changes.c
    query = select(exists().where(c.run == run, c.crm == crm, c.state.not_in(NOT_WRITTEN)))
    return bool(connection.execute(query).scalar())


def last_nights(connection: Connection, crm: str) -> list[Scheduled]:
    """Those that wait or run, and the last ones that ended."""
    columns = [nights.c[name] for name in Scheduled.__dataclass_fields__]
    query = select(*columns).where(nights.c.crm == crm).order_by(nights.c.id.desc()).limit(NIGHTS)
    return [Scheduled(**row) for row in connection.execute(query).mappings()]


def open_night(connection: Connection, crm: str, jobs: Sequence[str]) -> Scheduled | None:
    """The newest night of these jobs."""
    columns = [nights.c[name] for name in Scheduled.__dataclass_fields__]
    query = select(*columns).where(nights.c.crm == crm, nights.c.job.in_(jobs)).order_by(nights.c.id.desc()).limit(1)
    found = connection.execute(query).mappings().first()
    return Scheduled(**found) if found else None


def changes_of(connection: Connection, crm: str, run: int, wanted: Wanted, after: int = 0) -> Page[ChangeRow]:
    looked = LOOKED if wanted.field or wanted.written else PAGE
    rows = changes_after(connection, crm, run, after, wanted.who, looked)
    return page_of(rows, wanted.fits, lambda row: row.id, looked)


def changes_after(
    connection: Connection, crm: str, run: int, after: int, who: str = "", looked: int = LOOKED
) -> list[ChangeRow]:
    """In the order of sending, as many as are to be looked at and one."""
    c = changes.c
    columns = [c[name] for name in ChangeRow.__dataclass_fields__]
    query = select(*columns).where(c.run == run, c.crm == crm, c.id > after).order_by(c.id).limit(looked + 1)
    if who:
        query = query.where(c.id.in_(_changes_of(connection, crm, who)))
    return [ChangeRow(**row) for row in connection.execute(query).mappings()]


def _changes_of(connection: Connection, crm: str, who: str) -> Sequence[int]:
    """Of whatever run, by an index that knows records; together with the run, SQLite would look through the run."""
    records = [who, *_accounts_of(connection, crm, who)]
    query = select(changes.c.id).where(changes.c.crm == crm, changes.c.record.in_(records))
    return connection.execute(query.order_by(changes.c.id.desc()).limit(LOOKED)).scalars().all()


def _accounts_of(connection: Connection, crm: str, npi: str) -> Sequence[str]:
    query = select(accounts.c.id).where(accounts.c.crm == crm, accounts.c.npi == npi).limit(PAGE)
    return connection.execute(query).scalars().all()


def last_vintage(connection: Connection, crm: str) -> Vintage | None:
    v = vintages.c
    query = select(v.vintage, v.run, v.rows, v.rejected, v.rejections).where(v.crm == crm)
    found = connection.execute(query.order_by(v.run.desc()).limit(1)).mappings().first()
    return Vintage(**found) if found else None


def dead_letters(connection: Connection, crm: str, before: int | None = None) -> list[Dead]:
    """Records whose last word was a refusal for a reason that does not pass; at most a page and one."""
    c, later = changes.c, changes.alias()
    since = (later.c.crm == crm) & (later.c.record == c.record) & (later.c.id > c.id)
    spoke = later.c.state.in_([Verdict.WRITTEN, Verdict.REFUSED, "invalid"])
    columns = (c.id, c.run, c.record, c.npi, c.intended.label("at"), c.code, c.message, c.remedy)
    query = select(*columns).where(c.crm == crm, c.state.in_([Verdict.REFUSED, "invalid"]))
    query = query.where(~exists(select(later.c.id).where(since, spoke))).order_by(c.id.desc()).limit(REFUSED + 1)
    query = query.where(c.id < before) if before else query
    return [Dead(**row) for row in connection.execute(query).mappings()]


def went_wrong(connection: Connection, crm: str) -> bool:
    """Whether the last night failed, or stopped for somebody to look."""
    r = runs.c
    query = select(r.state).where(r.crm == crm, r.job == "nightly").order_by(r.id.desc()).limit(1)
    return connection.execute(query).scalar() in WRONG


def spent(connection: Connection, crm: str, today: date, days: int) -> list[Spent]:
    """Each of the last days, those without a call too."""
    m, first = meters.c, today - timedelta(days=days - 1)
    query = select(m.day, m.calls, m.quota).where(m.crm == crm, m.day >= first, m.day <= today)
    found = {row.day: Spent(*row) for row in connection.execute(query)}
    return [found.get(day, Spent(day, 0, None)) for day in (first + timedelta(days=n) for n in range(days))]


def waiting(connection: Connection, crm: str) -> dict[str, int]:
    """What waits for a person's decision."""
    s, m = signals.c, matches.c
    asked = {
        "signals": select(func.count()).where(s.crm == crm, s.state == "open"),
        "matches": select(func.count()).where(m.crm == crm, m.state == PROPOSED),
        "challenges": select(func.count()).where(overrides.c.crm == crm, waits()),
    }
    return {what: connection.execute(query).scalar_one() for what, query in asked.items()}


def is_open(night: Scheduled | None) -> bool:
    return bool(night and night.state in OPEN)
