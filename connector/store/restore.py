"""Put a back-up in the place of what the store holds: whole, or not at all.

One transaction empties the tables and fills them. For an older back-up it makes them as they were then, and brings them
up to date once they are filled, so that it is upgraded as an older store is. Nights that were waiting are not run.

What has happened since and must not be forgotten stays: how many calls were made, which tokens were revoked, and what
visits and tasks were put into the CRM, so that the next night does not make them a second time.

Errors   NeedsHuman: something is there and nobody said to replace it, or the back-up is of a newer Callplan
         TryAgain: a run is going
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text, update
from sqlalchemy.exc import SAWarning

from connector.errors import NeedsHuman
from connector.store.archive import LEFT_OUT, Archive
from connector.store.database import NEWEST, Database, migrate
from connector.store.rows import put
from connector.store.tables import bookings, metadata, meters, nights, runs, todos, tokens

MADE = (bookings, todos)  # in the CRM, under keys that the next night would not choose again
RESTORED = "The store was restored from a back-up: this night was not run again."


def restore_archive(database: Database, archive: Archive, crms: Sequence[str], now: datetime, *, replace: bool) -> None:
    """`crms` are those that no run may have meanwhile."""
    if archive.manifest.version > NEWEST:
        raise NeedsHuman(
            f"{archive.path} is of version {archive.manifest.version}, this Callplan knows {NEWEST}.",
            next_step="Update callplan, and restore again.",
        )
    with ExitStack() as held:
        for crm in crms:
            held.enter_context(database.store(crm).alone())
        with database.begin() as connection:
            if not replace:
                _demand_empty(connection, database)
            since = _since(connection)
            if archive.manifest.version == NEWEST:
                _empty(connection)
                _fill(connection, archive)
            else:
                _drop(connection)
                migrate(connection, archive.manifest.version)
                _fill(connection, archive)
                migrate(connection)
            _keep(connection, since, now)


def _demand_empty(connection: Connection, database: Database) -> None:
    full = [t.name for t in metadata.sorted_tables if t.name not in LEFT_OUT and _any(connection, t)]
    if full:
        raise NeedsHuman(
            f"The store {database.engine.url.render_as_string()} is not empty: there are {', '.join(full[:3])}.",
            next_step="`callplan backup FILE` keeps what is there; then restore with --replace.",
        )


def _any(connection: Connection, table: Table) -> bool:
    return connection.execute(select(table).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Since:
    """Calls made, tokens revoked, and what stands in the CRM because we put it there."""

    counted: Sequence[Any]
    revoked: Sequence[Any]
    made: dict[Table, Sequence[Any]]


def _since(connection: Connection) -> Since:
    counted = connection.execute(select(meters)).mappings().all()
    revoked = connection.execute(select(tokens.c.hash, tokens.c.revoked).where(tokens.c.revoked.is_not(None))).all()
    return Since(counted, revoked, {table: connection.execute(select(table)).mappings().all() for table in MADE})


def _keep(connection: Connection, since: Since, now: datetime) -> None:
    restored = {(row.crm, row.day): row.calls for row in connection.execute(select(meters))}
    put(
        connection,
        meters,
        (dict(row) for row in since.counted if row["calls"] > restored.get((row["crm"], row["day"]), 0)),
    )
    for number, when in since.revoked:
        connection.execute(update(tokens).where(tokens.c.hash == number).values(revoked=when))
    for table, rows in since.made.items():
        _keep_made(connection, table, rows, now)
    open_ones = nights.c.state.in_(["waiting", "running"])
    connection.execute(update(nights).where(open_ones).values(state="skipped", finished=now, said=RESTORED))


def _keep_made(connection: Connection, table: Table, rows: Sequence[Any], now: datetime) -> None:
    """Under a run of its own: the one that made it is not known any more, or its number is another's."""
    t = table.c
    known = {(row.crm, row.key): row.intended for row in connection.execute(select(t.crm, t.key, t.intended))}
    later = [
        row for row in rows if (row["crm"], row["key"]) not in known or row["intended"] > known[row["crm"], row["key"]]
    ]
    for crm in {row["crm"] for row in later}:
        run = {"crm": crm, "job": "restore", "today": now.date(), "started": now, "finished": now, "state": "done"}
        made = insert(runs).values(**run, tally={}).returning(runs.c.id)
        number = connection.execute(made).scalar_one()
        put(connection, table, ({**row, "run": number} for row in later if row["crm"] == crm))


def _empty(connection: Connection) -> None:
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())


def _drop(connection: Connection) -> None:
    ours = {*metadata.tables, "alembic_version"}
    _reflected(connection, lambda name: name in ours).drop_all(connection)


def _reflected(connection: Connection, wanted: Callable[[str], bool]) -> MetaData:
    """As the tables are there. That indexes over expressions cannot be read is nothing to tell an admin of."""
    there = MetaData()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        there.reflect(connection, only=lambda name, _: wanted(name))
    return there


def _fill(connection: Connection, archive: Archive) -> None:
    made = _reflected(connection, lambda _: True)
    parts = {part.name: part for part in archive.manifest.tables}
    for table in made.sorted_tables:
        part = parts.get(table.name)
        if part is None:
            continue
        if set(part.columns) != {column.name for column in table.columns}:
            raise NeedsHuman(f"{archive.path}: {table.name} has other columns than version {archive.manifest.version}.")
        for rows in archive.rows(part):
            connection.execute(insert(table), rows)
        _count_on(connection, table)


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers rows by a sequence, which does not see those that brought their number."""
    keys = list(table.primary_key)
    if connection.dialect.name != "postgresql" or [key.name for key in keys] != ["id"]:
        return
    sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, "id"))).scalar()
    last = connection.execute(select(func.max(keys[0]))).scalar()
    if sequence and last:
        connection.execute(text("SELECT setval(:name, :last)"), {"name": sequence, "last": last})
