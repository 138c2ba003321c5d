"""What each run intended, sent and learned: committed before the call, settled after it.

A change is born `intended`. An answer settles it as written, refused or later; no answer, as unknown. What a killed
run left intended is marked unknown by the next one, which reads the CRM again and decides from what it sees.
The ledger is what we last wrote to each record; it moves in the transaction that settles the change.
Each intention and each outcome also stands in the audit log, the intention before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, insert, select, update

from connector.contract import CrmId, Outcome, Value, Verdict
from connector.store.audit import Audit, Head
from connector.store.rows import Transactions, in_parts, put
from connector.store.tables import accounts, anchors, changes, ledger, runs

Tally = dict[str, int]
ON_ITS_WAY = timedelta(minutes=10)  # a call whose process is gone may still land; our requests wait for one minute
LATER = "later"  # refused for a reason that passes, such as a row lock: the next night sends it again
NOT_WRITTEN = (Verdict.REFUSED, LATER, "invalid")


@dataclass(frozen=True, slots=True)
class Difference:
    """One record to change: what is there and what is wanted, only the fields that differ."""

    id: CrmId
    npi: str
    before: Mapping[str, Value]
    after: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class RunRow:
    id: int
    crm: str
    job: str
    today: date
    started: datetime
    finished: datetime | None
    state: str
    tally: Tally
    error: str | None
    rules: str | None
    plan: str | None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not written: refused by the CRM, or invalid by our own look at it."""

    record: str
    npi: str
    code: str
    message: str
    remedy: str
    run: int
    at: datetime
    after: Mapping[str, Value]


class Journal:
    def __init__(self, database: Transactions, crm: str, audit: Audit | None = None) -> None:
        self._database, self._crm, self._audit = database, crm, audit

    def begin_run(self, job: str, today: date, now: datetime, rules: str = "") -> int:
        """A new run's number. Runs that a killed process left are closed first, their changes unknown."""
        mine = (runs.c.crm == self._crm) & (runs.c.state == "running")
        open_changes = (changes.c.crm == self._crm) & (changes.c.state == "intended")
        row = {"crm": self._crm, "job": job, "today": today, "started": now, "state": "running", "tally": {}}
        row["rules"] = rules
        with self._database.begin() as connection:
            connection.execute(update(runs).where(mine).values(state="interrupted", finished=now))
            connection.execute(update(changes).where(open_changes).values(state=Verdict.UNKNOWN, settled=now))
            return int(connection.execute(insert(runs).values(**row).returning(runs.c.id)).scalar_one())

    def end_run(self, run: int, state: str, tally: Tally, now: datetime, error: str | None = None) -> None:
        values = {"state": state, "tally": tally, "finished": now, "error": error}
        with self._database.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(**values))

    def carry_out(self, run: int, plan: str) -> None:
        """Put on record which plan a run carries out, by its hash."""
        with self._database.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(plan=plan))

    def asked_by(self, run: int, who: str) -> None:
        """Put on record on whose word a run goes."""
        with self._database.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(by=who))

    def has_begun(self, numbers: Sequence[int], plan: str) -> bool:
        """Whether one of these runs has begun to write that plan."""
        c = runs.c
        query = select(c.id).where(c.crm == self._crm, c.id.in_(numbers), c.plan == plan).limit(1)
        with self._database.begin() as connection:
            return connection.execute(query).first() is not None

    def carried_out(self, plan: str) -> int | None:
        """The run that has carried a plan out to its end."""
        c = runs.c
        query = select(c.id).where(c.crm == self._crm, c.plan == plan, c.state == "done").limit(1)
        with self._database.begin() as connection:
            return connection.execute(query).scalar()

    def intend(self, run: int, batch: Sequence[Difference], now: datetime) -> dict[CrmId, int]:
        """Put the batch on record before it is sent; the number of each change by record."""
        rows = [_row(run, self._crm, change, now) for change in batch]
        head = self._write_down(
            {
                "event": "intend",
                "run": run,
                "record": change.id,
                "npi": change.npi,
                "fields": {name: [change.before.get(name), value] for name, value in change.after.items()},
                "at": now.isoformat(),
            }
            for change in batch
        )
        statement = insert(changes).returning(changes.c.record, changes.c.id)
        with self._database.begin() as connection:
            self._anchor(connection, head)
            return {CrmId(record): int(number) for record, number in connection.execute(statement, rows)}

    def note(self, event: str, now: datetime, **facts: object) -> None:
        """Put something else that a person or a run did into the audit log."""
        with self.writing([{"event": event, "at": now.isoformat(), **facts}]):
            pass

    @contextmanager
    def writing(self, entries: Iterable[Mapping[str, Any]]) -> Iterator[Connection]:
        """A transaction behind these entries of the audit log, which it anchors."""
        head = self._write_down(entries)
        with self._database.begin() as connection:
            self._anchor(connection, head)
            yield connection

    def _write_down(self, entries: Iterable[Mapping[str, Any]]) -> Head | None:
        if self._audit is None:
            return None
        return self._audit.append([{"crm": self._crm, **entry} for entry in entries])

    def _anchor(self, connection: Any, head: Head | None) -> None:
        if head:
            put(connection, anchors, [{"crm": self._crm, "lines": head.lines, "hash": head.hash}])

    def settle(
        self,
        run: int,
        numbers: Mapping[CrmId, int],
        batch: Sequence[Difference],
        outcomes: Iterable[Outcome],
        now: datetime,
    ) -> None:
        """Record what became of each change; what was written enters ledger and mirror with it."""
        sent, outcomes = {change.id: change for change in batch}, list(outcomes)
        head = self._write_down(
            {
                "event": outcome.verdict.value,
                "run": run,
                "record": outcome.id,
                "code": outcome.code,
                "at": now.isoformat(),
            }
            for outcome in outcomes
        )
        with self._database.begin() as connection:
            self._anchor(connection, head)
            written = []
            for outcome in outcomes:
                values = _settled(outcome, now)
                connection.execute(update(changes).where(changes.c.id == numbers[outcome.id]).values(values))
                if outcome.verdict is Verdict.WRITTEN:
                    written.append(sent[outcome.id])
                if outcome.gone:
                    where = (accounts.c.crm == self._crm) & (accounts.c.id == outcome.id)
                    lost = {"gone": True, "merged_into": outcome.moved_to}
                    connection.execute(update(accounts).where(where).values(lost))
            self._remember(connection, run, written)

    def invalid(self, run: int, batch: Sequence[Difference], problems: Mapping[CrmId, str], now: datetime) -> None:
        """Put rows on record that are not sent, because we see ourselves that they cannot be written."""
        rows = [
            {**_row(run, self._crm, change, now), "state": "invalid", "code": "INVALID", "message": problems[change.id]}
            for change in batch
        ]
        if rows:
            with self._database.begin() as connection:
                connection.execute(insert(changes), rows)

    def reconcile(self, held: Mapping[CrmId, Mapping[str, Value]], now: datetime) -> int:
        """Settle what no answer came for, from what the CRM holds in those records now; how many had arrived.

        A record is written whole or not at all. What has not arrived may still be on its way for a while, unless
        something else was written to the record since. What is given up then is nobody's to judge, but those of its
        fields that say what was sent, and were not written again, are ours. An old one is taken for written only where
        all of it stands: a run of which nothing is known, after an older copy of the store, may have written some.
        """
        c, later = changes.c, changes.alias()
        since = (later.c.crm == self._crm) & (later.c.record == c.record) & (later.c.id > c.id)
        overtaken = exists(select(later.c.id).where(since, later.c.state == Verdict.WRITTEN))
        lost = self._unknown() & (overtaken | (c.intended < now - ON_ITS_WAY))
        columns = (c.id, c.run, c.record, c.npi, c.before, c.after, overtaken.label("overtaken"), lost.label("lost"))
        query = select(*columns).order_by(c.id)
        with self._database.begin() as connection:
            unknown = [row for row in connection.execute(query.where(self._unknown())) if row.record in held]
            arrived = [row for row in unknown if not row.overtaken and _arrived(row, held[row.record])]
            for row in arrived:
                if not row.lost or _stands_whole(row, held[row.record]):
                    connection.execute(update(changes).where(c.id == row.id).values(state=Verdict.WRITTEN))
                self._take_for_ours(connection, row, row.after, held[row.record])
            for row in (row for row in unknown if row.lost and row not in arrived):
                if standing := _standing(row, held[row.record], self._written_since(connection, row)):
                    self._take_for_ours(connection, row, standing, held[row.record])
            connection.execute(update(changes).where(lost).values(state="lost"))
        return len(arrived)

    def _take_for_ours(
        self, connection: Any, row: Any, fields: Mapping[str, Value], there: Mapping[str, Value]
    ) -> None:
        self._remember(connection, row.run, [Difference(row.record, row.npi, row.before, fields)])
        self._mirror(connection, row.record, there)

    def _written_since(self, connection: Any, row: Any) -> set[str]:
        """The fields of a record that were written after one of its changes."""
        c = changes.c
        mine = (c.crm == self._crm) & (c.record == row.record) & (c.id > row.id) & (c.state == Verdict.WRITTEN)
        return {name for after in connection.execute(select(c.after).where(mine)).scalars() for name in after}

    def _unknown(self) -> Any:
        return _unknown(self._crm)

    def _remember(self, connection: Any, run: int, written: Sequence[Difference]) -> None:
        ids = [change.id for change in written]
        known = self._fields(connection, ledger.c.record, ledger, ids)
        there = self._fields(connection, accounts.c.id, accounts, ids)
        for_ledger, for_mirror = [], []
        for change in written:
            fields = {**known.get(change.id, {}), **change.after}
            for_ledger.append({"crm": self._crm, "record": change.id, "fields": fields, "run": run})
            for_mirror.append((change.id, {**there.get(change.id, {}), **change.after}))
        put(connection, ledger, for_ledger)
        for record, fields in for_mirror:
            self._mirror(connection, record, fields)

    def _mirror(self, connection: Any, record: str, fields: Mapping[str, Value]) -> None:
        where = (accounts.c.crm == self._crm) & (accounts.c.id == record)
        connection.execute(update(accounts).where(where).values(fields=dict(fields), says=None))

    def _fields(self, connection: Any, key: Any, table: Any, ids: Sequence[str]) -> dict[str, dict[str, Value]]:
        query = select(key, table.c.fields).where(table.c.crm == self._crm, key.in_(ids))
        return {pair[0]: pair[1] for pair in connection.execute(query)}

    def ledger(self, records: Sequence[CrmId]) -> dict[CrmId, dict[str, Value]]:
        """What we last wrote to each, where we ever did."""
        with self._database.begin() as connection:
            parts = (self._fields(connection, ledger.c.record, ledger, part) for part in in_parts(records))
            return {CrmId(record): fields for part in parts for record, fields in part.items()}

    def began(self) -> date | None:
        """For which day the first night was run that came to its end."""
        r = runs.c
        query = select(func.min(r.today)).where(r.crm == self._crm, r.job == "nightly", r.state == "done")
        with self._database.begin() as connection:
            return connection.execute(query).scalar()

    def last_runs(self, most: int = 5, job: str | None = None) -> list[RunRow]:
        """The newest first: of all jobs, or of one."""
        query = select(runs).where(runs.c.crm == self._crm).order_by(runs.c.id.desc()).limit(most)
        query = query.where(runs.c.job == job) if job else query
        with self._database.begin() as connection:
            return [RunRow(**row) for row in connection.execute(query).mappings()]

    def refusals(self, run: int) -> list[Refusal]:
        """What one run could not write."""
        return self._refused(changes.c.state.in_(NOT_WRITTEN) & (changes.c.run == run))

    def dead_letters(self) -> dict[CrmId, Refusal]:
        """Each record's last refusal for a reason that does not pass, where nothing was written to it since."""
        later = changes.alias()
        since = (later.c.crm == self._crm) & (later.c.record == changes.c.record) & (later.c.id > changes.c.id)
        stands = ~exists(select(later.c.id).where(since, later.c.state == Verdict.WRITTEN))
        for_good = changes.c.state.in_([Verdict.REFUSED, "invalid"])
        return {CrmId(refusal.record): refusal for refusal in self._refused(for_good & stands)}

    def _refused(self, where: Any) -> list[Refusal]:
        c = changes.c
        columns = (c.record, c.npi, c.code, c.message, c.remedy, c.run, c.intended, c.after)
        query = select(*columns).where(c.crm == self._crm, where).order_by(c.id)
        with self._database.begin() as connection:
            return [Refusal(*row) for row in connection.execute(query)]

    def settled(self, run: int) -> list[Mapping[str, Any]]:
        """Every change of a run with what became of it, in the order of sending."""
        query = select(changes).where(changes.c.crm == self._crm, changes.c.run == run).order_by(changes.c.id)
        with self._database.begin() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def anchors(self) -> list[Head]:
        """The newest lines of the audit log that each CRM knows of."""
        with self._database.begin() as connection:
            return [Head(*row) for row in connection.execute(select(anchors.c.lines, anchors.c.hash))]

    def wrote(self, run: int) -> list[Difference]:
        """What one run of this CRM wrote, or may have written, in the order in which it was sent."""
        c = changes.c
        query = (
            select(c.record, c.npi, c.before, c.after)
            .where(c.crm == self._crm, c.run == run, c.state.not_in(NOT_WRITTEN))
            .order_by(c.id)
        )
        with self._database.begin() as connection:
            return [Difference(CrmId(record), *rest) for record, *rest in connection.execute(query)]


def unanswered_in(connection: Connection, crm: str) -> list[CrmId]:
    """Records that a change was sent to without an answer."""
    query = select(changes.c.record).where(_unknown(crm)).distinct().order_by(changes.c.record)
    return [CrmId(record) for record in connection.execute(query).scalars()]


def _unknown(crm: str) -> Any:
    return (changes.c.crm == crm) & (changes.c.state == Verdict.UNKNOWN)


def _row(run: int, crm: str, change: Difference, now: datetime) -> dict[str, Any]:
    return {
        "run": run,
        "crm": crm,
        "record": change.id,
        "npi": change.npi,
        "before": dict(change.before),
        "after": dict(change.after),
        "state": "intended",
        "intended": now,
    }


def _arrived(sent: Any, there: Mapping[str, Value]) -> bool:
    """Whether more fields say what was sent than what was there before; people may have set some since."""
    pairs = [(_said(sent.before.get(name)), _said(value), _said(there.get(name))) for name, value in sent.after.items()]
    told = [pair for pair in pairs if pair[0] != pair[1]]
    return sum(now == new for _, new, now in told) > sum(now == old for old, _, now in told)


def _stands_whole(sent: Any, there: Mapping[str, Value]) -> bool:
    return all(_said(there.get(name)) == _said(value) for name, value in sent.after.items())


def _standing(sent: Any, there: Mapping[str, Value], written_since: set[str]) -> dict[str, Value]:
    """The fields that say what was sent and were not written again."""
    left = {name: value for name, value in sent.after.items() if name not in written_since}
    return {name: value for name, value in left.items() if _said(there.get(name)) == _said(value)}


def _said(value: Value) -> Value:
    """A text that is empty and a box that is not checked say nothing; a count of 0 says something."""
    return None if value == "" or value is False else value


def _settled(outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "state": LATER if outcome.passing else outcome.verdict,
        "code": outcome.code,
        "message": outcome.message,
        "remedy": outcome.remedy,
        "moved_to": outcome.moved_to,
        "settled": now,
    }
