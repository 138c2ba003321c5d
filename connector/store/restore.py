"""Put a back-up in the place of what the store holds: whole, or not at all.

One transaction empties the tables and fills them. For an older back-up it makes them as they were then, and brings them
up to date once they are filled, so that it is upgraded as an older store would be. What has happened since and must not
be forgotten stays: how many calls were made, and which tokens were revoked. Nights that were waiting are not run.

Errors   NeedsHuman: something is there and nobody said to replace it, or the back-up is of a newer Callplan
         TryAgain: a run is going
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text, update
from sqlalchemy.exc import SAWarning

from connector.errors import NeedsHuman
from connector.store.archive import LEFT_OUT, Archive
from connector.store.database import NEWEST, Database, migrate
from connector.store.rows import put
from connector.store.tables import metadata, meters, nights, tokens

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


def _since(connection: Connection) -> tuple[list[Any], list[Any]]:
    """Calls made, and tokens revoked."""
    counted = connection.execute(select(meters)).mappings().all()
    revoked = connection.execute(select(tokens.c.hash, tokens.c.revoked).where(tokens.c.revoked.is_not(None))).all()
    return list(counted), list(revoked)


def _keep(connection: Connection, since: tuple[list[Any], list[Any]], now: datetime) -> None:
    counted, revoked = since
    restored = {(row.crm, row.day): row.calls for row in connection.execute(select(meters))}
    put(connection, meters, (dict(row) for row in counted if row["calls"] > restored.get((row["crm"], row["day"]), 0)))
    for number, when in revoked:
        connection.execute(update(tokens).where(tokens.c.hash == number).values(revoked=when))
    open_ones = nights.c.state.in_(["waiting", "running"])
    connection.execute(update(nights).where(open_ones).values(state="skipped", finished=now, said=RESTORED))


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
