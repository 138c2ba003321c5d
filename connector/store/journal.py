"""What each run intended, sent and learned: committed before the call, settled after it.

A change is born `intended`. An answer settles it as written or refused; no answer, as unknown. What a killed
run left intended is marked unknown by the next one, which reads the CRM again and decides from what it sees.
The ledger is what we last wrote to each record; it moves in the transaction that settles the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from connector.contract import CrmId, Outcome, Value, Verdict
from connector.store.rows import Transactions, put
from connector.store.tables import accounts, changes, ledger, runs

Tally = dict[str, int]


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


@dataclass(frozen=True, slots=True)
class Refusal:
    record: str
    npi: str
    code: str
    message: str
    run: int


class Journal:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def begin_run(self, job: str, today: date, now: datetime) -> int:
        """A new run's number. Runs that a killed process left are closed first, their changes unknown."""
        mine = (runs.c.crm == self._crm) & (runs.c.state == "running")
        open_changes = (changes.c.crm == self._crm) & (changes.c.state == "intended")
        row = {"crm": self._crm, "job": job, "today": today, "started": now, "state": "running", "tally": {}}
        with self._database.begin() as connection:
            connection.execute(update(runs).where(mine).values(state="interrupted", finished=now))
            connection.execute(update(changes).where(open_changes).values(state=Verdict.UNKNOWN, settled=now))
            return int(connection.execute(insert(runs).values(**row).returning(runs.c.id)).scalar_one())

    def end_run(self, run: int, state: str, tally: Tally, now: datetime, error: str | None = None) -> None:
        values = {"state": state, "tally": tally, "finished": now, "error": error}
        with self._database.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(**values))

    def intend(self, run: int, batch: Sequence[Difference], now: datetime) -> dict[CrmId, int]:
        """Put the batch on record before it is sent; the number of each change by record."""
        rows = [
            {
                "run": run,
                "crm": self._crm,
                "record": change.id,
                "npi": change.npi,
                "before": dict(change.before),
                "after": dict(change.after),
                "state": "intended",
                "intended": now,
            }
            for change in batch
        ]
        statement = insert(changes).returning(changes.c.record, changes.c.id)
        with self._database.begin() as connection:
            return {CrmId(record): int(number) for record, number in connection.execute(statement, rows)}

    def settle(
        self,
        run: int,
        numbers: Mapping[CrmId, int],
        batch: Sequence[Difference],
        outcomes: Iterable[Outcome],
        now: datetime,
    ) -> None:
        """Record what became of each change; what was written enters ledger and mirror with it."""
        sent = {change.id: change for change in batch}
        with self._database.begin() as connection:
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
            where = (accounts.c.crm == self._crm) & (accounts.c.id == record)
            connection.execute(update(accounts).where(where).values(fields=fields))

    def _fields(self, connection: Any, key: Any, table: Any, ids: Sequence[str]) -> dict[str, dict[str, Value]]:
        query = select(key, table.c.fields).where(table.c.crm == self._crm, key.in_(ids))
        return {pair[0]: pair[1] for pair in connection.execute(query)}

    def ledger(self) -> dict[CrmId, dict[str, Value]]:
        query = select(ledger.c.record, ledger.c.fields).where(ledger.c.crm == self._crm)
        with self._database.begin() as connection:
            return {CrmId(record): fields for record, fields in connection.execute(query)}

    def last_runs(self, most: int = 5) -> list[RunRow]:
        query = select(runs).where(runs.c.crm == self._crm).order_by(runs.c.id.desc()).limit(most)
        with self._database.begin() as connection:
            return [RunRow(**row) for row in connection.execute(query).mappings()]

    def refusals(self, run: int) -> list[Refusal]:
        c = changes.c
        query = (
            select(c.record, c.npi, c.code, c.message, c.run)
            .where(c.crm == self._crm, c.run == run, c.state == Verdict.REFUSED)
            .order_by(c.id)
        )
        with self._database.begin() as connection:
            return [Refusal(*row) for row in connection.execute(query)]

    def wrote(self, run: int) -> list[Difference]:
        """What one run of this CRM wrote, or may have written, in the order in which it was sent."""
        c = changes.c
        query = (
            select(c.record, c.npi, c.before, c.after)
            .where(c.crm == self._crm, c.run == run, c.state != Verdict.REFUSED)
            .order_by(c.id)
        )
        with self._database.begin() as connection:
            return [Difference(CrmId(record), *rest) for record, *rest in connection.execute(query)]


def _settled(outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "state": outcome.verdict,
        "code": outcome.code,
        "message": outcome.message,
        "moved_to": outcome.moved_to,
        "settled": now,
    }
