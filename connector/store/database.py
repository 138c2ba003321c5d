"""Opening the store, bringing it up to date, and keeping two nights apart.

SQLite runs in WAL with BEGIN IMMEDIATE: Python's default mode loses updates between processes without an
error (docs/decisions/0003-begin-immediate.md). `synchronous=FULL` because a change must be on disk before it
is on the wire.

Errors   NeedsHuman: the URL does not open, or the database is newer than this Callplan
         TryAgain: another run holds this CRM
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from connector.errors import NeedsHuman, TryAgain
from connector.store.journal import Journal
from connector.store.mirror import Mirror
from connector.store.plan import Plan

NEWEST = "0001"  # the last migration; here so that an up-to-date store opens without importing Alembic


class Database:
    """Transactions over one engine; inside a rehearsal all of them are undone at the end."""

    def __init__(self, engine: Engine, rehearsing: Connection | None = None) -> None:
        self.engine, self._rehearsing = engine, rehearsing

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        if self._rehearsing:
            with self._rehearsing.begin_nested():
                yield self._rehearsing
        else:
            with self.engine.begin() as connection:
                yield connection

    @contextmanager
    def rehearsal(self) -> Iterator[Database]:
        """A database that behaves as this one and leaves it as it was."""
        with self.engine.connect() as connection:
            transaction = connection.begin()
            try:
                yield Database(self.engine, connection)
            finally:
                transaction.rollback()

    def store(self, crm: str) -> Store:
        return Store(crm, self, Mirror(self, crm), Plan(self, crm), Journal(self, crm))


@dataclass(frozen=True, slots=True)
class Store:
    """One CRM's share of the database."""

    crm: str
    database: Database
    mirror: Mirror
    plan: Plan
    journal: Journal

    @contextmanager
    def rehearsal(self) -> Iterator[Store]:
        with self.database.rehearsal() as database:
            yield database.store(self.crm)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold this CRM against every other process; the hold ends with the process, however it ends."""
        engine = self.database.engine
        hold = _hold_postgres if engine.dialect.name == "postgresql" else _hold_file
        with hold(engine, self.crm):
            yield


def open_database(url: str) -> Database:
    try:
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            _tame_sqlite(engine)
        _upgrade(engine)
    except (ArgumentError, ModuleNotFoundError, DatabaseError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise NeedsHuman(
            f"The store {_shown(url)} does not open: {reason}.",
            next_step="Check `store:` in the config; for PostgreSQL, install callplan[postgres].",
        ) from error
    return Database(engine)


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "URL"


def _tame_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not guessed by the driver
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _upgrade(engine: Engine) -> None:
    """One transaction for all steps: a migration that dies half-way leaves nothing behind."""
    with engine.begin() as connection:
        version = _version(connection)
        if version == NEWEST:
            return
        if version and version > NEWEST:
            raise NeedsHuman(
                f"The store is at version {version}, this Callplan knows {NEWEST}.",
                next_step="Update callplan, or point `store:` at another database.",
            )
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _busy(crm: str) -> TryAgain:
    return TryAgain(
        f"Another run for {crm} is still going.",
        after=60,
        next_step="Wait for it, or see `callplan status` for when it began.",
    )


@contextmanager
def _hold_file(engine: Engine, crm: str) -> Iterator[None]:
    from filelock import FileLock, Timeout

    if not engine.url.database:
        yield
        return
    try:
        with FileLock(f"{engine.url.database}.{crm}.lock", timeout=0):
            yield
    except Timeout as error:
        raise _busy(crm) from error


@contextmanager
def _hold_postgres(engine: Engine, crm: str) -> Iterator[None]:
    with engine.connect() as connection:
        key = {"key": f"callplan:{crm}"}
        if not connection.execute(text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))"), key).scalar():
            raise _busy(crm)
        connection.commit()  # the session keeps the lock; an open transaction would stop vacuum all night
        try:
            yield
        finally:
            try:
                connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:key, 0))"), key)
            except OperationalError:
                connection.invalidate()  # the server is gone, and the lock with it
