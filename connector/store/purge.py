"""What is no longer needed is deleted, and a person who has left is made nameless.

Kept, however old it is: of each account the newest interaction of each kind, direction and result, from which it is
known since when nobody has been there; what a run wrote that still stands in a ledger; what was refused and waits for
somebody; open flags. The audit log is a file apart and stays: it says who did what.

Units   moments are UTC; of a table, how many rows are gone
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Text, delete, exists, func, select, update

from connector.contract import Verdict
from connector.serving import Retention
from connector.store.database import Database
from connector.store.tables import (
    changes,
    flags,
    interactions,
    logging_gaps,
    messages,
    metadata,
    nights,
    runs,
    sessions,
    signals,
    slot_log,
    tallies,
    tokens,
)

MONTH = timedelta(days=30.44)
PEOPLE = {
    "owner",
    "rep",
    "holder",
    "manager",
    "by",
    "who",
    "email",
}  # columns that hold an e-mail of somebody of the team


@dataclass(frozen=True, slots=True)
class Before:
    """What is older than these may go."""

    interactions: datetime
    runs: datetime
    sessions: datetime


def limits(keep: Retention, now: datetime) -> Before:
    return Before(
        interactions=now - keep.interactions_months * MONTH,
        runs=now - timedelta(days=keep.runs_days),
        sessions=now - timedelta(days=keep.sessions_days),
    )


def purge(database: Database, before: Before) -> Mapping[str, int]:
    """All of it or, where the database stops, nothing."""
    with database.begin() as connection:
        gone = {table: _delete(connection, table, where) for table, where in _over(before)}
        return gone | {"runs": _delete(connection, "runs", _forgotten_run(before.runs))}


def _over(before: Before) -> Iterator[tuple[str, ColumnElement[bool]]]:
    yield (
        "interactions",
        (interactions.c.at < before.interactions) & (interactions.c.account.is_(None) | _newer_of_its_kind()),
    )
    yield "changes", _settled_long_ago(before.runs)
    yield "flags", (flags.c.ended < before.runs.date()) & _not_snoozed(before.runs.date())
    yield "logging_gaps", logging_gaps.c.ended < before.runs.date()
    yield "slot_log", slot_log.c.week < before.runs.date()
    yield "tallies", tallies.c.week < before.runs.date()
    yield "signals", (signals.c.state != "open") & (signals.c.until < before.runs.date())
    yield "messages", messages.c.day < before.runs.date()
    yield "nights", nights.c.finished < before.runs
    yield "sessions", sessions.c.seen < before.sessions
    yield "tokens", func.coalesce(tokens.c.revoked, tokens.c.expires) < before.sessions


def _not_snoozed(day: date) -> ColumnElement[bool]:
    """As long as a snooze holds, and some time after it, its reason is what keeps the account from being flagged."""
    return func.coalesce(flags.c.snoozed_until, flags.c.ended) < day


def _newer_of_its_kind() -> ColumnElement[bool]:
    newer, this = interactions.alias(), interactions.c
    alike = [newer.c[name] == this[name] for name in ("crm", "account", "kind", "result", "gone")]
    alike.append(func.coalesce(newer.c.direction, "") == func.coalesce(this.direction, ""))
    return exists(select(newer.c.id).where(*alike, newer.c.at > this.at))


def _settled_long_ago(moment: datetime) -> ColumnElement[bool]:
    """What was written or refused long ago; but not what waits for somebody, nor what nobody knows the end of."""
    later, this = changes.alias(), changes.c
    written = exists(
        select(later.c.id).where(
            later.c.crm == this.crm,
            later.c.record == this.record,
            later.c.id > this.id,
            later.c.state == Verdict.WRITTEN,
        )
    )
    return (this.settled < moment) & ((this.state == Verdict.WRITTEN) | written)


def _forgotten_run(moment: datetime) -> ColumnElement[bool]:
    """To which nothing refers any more."""
    found: ColumnElement[bool] = (runs.c.started < moment) & (runs.c.state != "running")
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            if key.column is runs.c.id:
                found &= ~exists(select(key.parent).where(key.parent == runs.c.id))
    return found


def _delete(connection: Connection, table: str, where: ColumnElement[bool]) -> int:
    return connection.execute(delete(metadata.tables[table]).where(where)).rowcount


def make_nameless(database: Database, email: str) -> tuple[str, int]:
    """The name that stands for this person from here on, and in how many rows."""
    nameless = f"left-{hashlib.sha256(email.lower().encode()).hexdigest()[:8]}"
    with database.begin() as connection:
        for table in (sessions, tokens):
            connection.execute(delete(table).where(func.lower(table.c.email) == email.lower()))
        return nameless, sum(_rename(connection, email.lower(), nameless))


def _rename(connection: Connection, email: str, nameless: str) -> Iterator[int]:
    for table in metadata.tables.values():
        for column in table.columns:
            if column.name in PEOPLE and isinstance(column.type, Text):
                same = func.lower(column) == email
                yield connection.execute(update(table).where(same).values({column.name: nameless})).rowcount
