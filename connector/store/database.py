"""Opening the store, bringing it up to date, and keeping two nights apart.

SQLite runs in WAL with BEGIN IMMEDIATE: Python's default mode loses updates between processes without an
error (docs/decisions/0003-begin-immediate.md). `synchronous=FULL` because a change must be on disk before it
is on the wire.

Errors   NeedsHuman: the URL does not open, or the database is newer than this Callplan
         TryAgain: another run holds this CRM
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, bindparam, create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from connector.errors import NeedsHuman, StopForTonight, TryAgain
from connector.store.audit import Audit
from connector.store.bookings import Bookings
from connector.store.books import Books
from connector.store.drafts import Drafts
from connector.store.drives import StoredDrives
from connector.store.facts import StoredFacts
from connector.store.flags import Flags
from connector.store.journal import Journal
from connector.store.keep import StoredKeep
from connector.store.logs import Logs
from connector.store.looks import Looks
from connector.store.marks import Marks
from connector.store.matches import Matches
from connector.store.messages import Messages
from connector.store.meter import Meter
from connector.store.mirror import Mirror
from connector.store.nights import Nights
from connector.store.overrides import Overrides
from connector.store.plan import Plan
from connector.store.sides import Sides
from connector.store.signals import Signals
from connector.store.slots import Slots
from connector.store.spots import Spots
from connector.store.tables import runs
from connector.store.tallies import Tallies
from connector.store.todos import Todos
from connector.store.tokens import Tokens
from connector.store.touches import TouchLog
from connector.store.trouble import in_our_words
from connector.store.waits import Waits

# Locks the run's row, so that nobody takes it over before this transaction ends; SQLite locks the file.
STILL_RUNNING = select(runs.c.id).where(runs.c.id == bindparam("run"), runs.c.state == "running").with_for_update()
READS: dict[str, dict[str, Any]] = {"sqlite": {"reads": True}, "postgresql": {"postgresql_readonly": True}}
NEWEST = "0023"  # the last migration; here so that an up-to-date store opens without importing Alembic


class Database:
    """Transactions over one engine; inside a rehearsal all of them are undone at the end."""

    def __init__(
        self, engine: Engine, audit: Path | None, rehearsing: Connection | None = None, run: int | None = None
    ) -> None:
        self.engine, self.audit, self._rehearsing, self._run = engine, audit, rehearsing, run

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        try:
            with self._begin() as connection:
                self._demand_our_run(connection)
                yield connection
        except DBAPIError as error:
            raise in_our_words(error, _shown(str(self.engine.url))) or error from error

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        if self._rehearsing:
            with self._rehearsing.begin_nested():
                yield self._rehearsing
        else:
            with self.engine.begin() as connection:
                yield connection

    def _demand_our_run(self, connection: Connection) -> None:
        """A process that slept, or lost its lock, must not write over the one that took its run over."""
        if self._run is not None and connection.execute(STILL_RUNNING, {"run": self._run}).first() is None:
            raise StopForTonight(
                f"Run {self._run} was taken over by another one while this process slept.",
                next_step="Nothing to do: the other run finishes the night. See `callplan status`.",
            )

    def fenced(self, run: int) -> Database:
        """A database whose every transaction fails once another run has taken this one over."""
        return Database(self.engine, self.audit, self._rehearsing, run)

    @contextmanager
    def rehearsal(self) -> Iterator[Database]:
        """A database that behaves as this one and leaves it, and the audit log, as they were."""
        with self.engine.connect() as connection:
            transaction = connection.begin()
            try:
                yield Database(self.engine, None, connection, self._run)
            finally:
                transaction.rollback()

    @contextmanager
    def together(self) -> Iterator[Database]:
        """A database on which all that is written is one transaction."""
        with self.begin() as connection:
            yield Database(self.engine, self.audit, connection, self._run)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and waits for nobody who writes."""
        options = READS[self.engine.dialect.name]
        try:
            with self.engine.connect() as made, _only_reading(made.execution_options(**options)) as connection:
                yield connection
        except DBAPIError as error:
            raise in_our_words(error, _shown(str(self.engine.url))) or error from error

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """A transaction for what may be left out: where SQLite's file is being written to, TryAgain without a wait."""
        try:
            with self.engine.connect() as made, made.execution_options(at_once=True) as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            raise in_our_words(error, _shown(str(self.engine.url))) or error from error

    def is_newest(self) -> bool:
        """Whether the store answers, and is of the version that this Callplan knows."""
        with self.reading() as connection:
            return _version(connection) == NEWEST

    @property
    def nights(self) -> Nights:
        return Nights(self)

    @property
    def tokens(self) -> Tokens:
        return Tokens(self)

    def store(self, crm: str) -> Store:
        audit = Audit(self.audit) if self.audit else None
        mirror, journal = Mirror(self, crm), Journal(self, crm, audit)
        return Store(
            crm,
            self,
            mirror,
            Looks(self, crm, mirror),
            Marks(self, crm),
            Plan(self, crm),
            Sides(self, crm),
            journal,
            Overrides(self, crm),
            Meter(self, crm),
            StoredKeep(self, crm),
            StoredFacts(self, crm),
            Signals(self, crm),
            Slots(self, crm),
            StoredDrives(self, crm),
            Bookings(self, crm, journal, mirror),
            Flags(self, crm),
            TouchLog(self, crm, mirror),
            Todos(self, crm, journal),
            Logs(self, crm),
            Matches(self, crm, journal),
            Messages(self, crm),
            Books(self, crm),
            Tallies(self, crm),
            Drafts(self, crm),
            Waits(self, crm),
            Spots(self, crm),
        )


@dataclass(frozen=True, slots=True)
class Store:
    """One CRM's share of the database."""

    crm: str
    database: Database
    mirror: Mirror
    looks: Looks
    marks: Marks
    plan: Plan
    sides: Sides
    journal: Journal
    overrides: Overrides
    meter: Meter
    keep: StoredKeep
    facts: StoredFacts
    signals: Signals
    slots: Slots
    drives: StoredDrives
    bookings: Bookings
    flags: Flags
    touches: TouchLog
    todos: Todos
    logs: Logs
    matches: Matches
    messages: Messages
    books: Books
    tallies: Tallies
    drafts: Drafts
    waits: Waits
    spots: Spots

    def fenced(self, run: int) -> Store:
        """This store, as long as the run is ours."""
        return self.database.fenced(run).store(self.crm)

    @contextmanager
    def rehearsal(self) -> Iterator[Store]:
        with self.database.rehearsal() as database:
            yield database.store(self.crm)

    @contextmanager
    def together(self) -> Iterator[Store]:
        """This store, on which what is written is there whole or not at all."""
        with self.database.together() as database:
            yield database.store(self.crm)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold this CRM against every other process; the hold ends with the process, however it ends."""
        engine = self.database.engine
        hold = _hold_postgres if engine.dialect.name == "postgresql" else _hold_file
        with hold(engine, self.crm):
            yield


def open_database(url: str, audit: Path | None = None) -> Database:
    """`audit` is where the audit log goes; without it, beside an SQLite file."""
    try:
        engine = create_engine(url, connect_args=_patient(url), json_deserializer=orjson.loads, hide_parameters=True)
        if engine.dialect.name == "sqlite":
            _tame_sqlite(engine)
        _upgrade(engine)
    except (ArgumentError, ValueError, ModuleNotFoundError, DBAPIError) as error:
        if isinstance(error, DBAPIError) and (known := in_our_words(error, _shown(url))):
            raise known from error
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise NeedsHuman(
            f"The store {_shown(url)} does not open: {reason}.",
            next_step="Check `store:` in the config; for PostgreSQL, install callplan[postgres].",
        ) from error
    if audit is None and engine.dialect.name == "sqlite" and engine.url.database:
        audit = Path(f"{engine.url.database}.audit.jsonl")
    return Database(engine, audit)


def _patient(url: str) -> dict[str, int]:
    """SQLite waits half a minute for another writer, or as long as `?timeout=` in the URL says."""
    parts = make_url(url)
    return {"timeout": 30} if parts.get_backend_name() == "sqlite" and "timeout" not in parts.query else {}


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "URL"


def _tame_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not guessed by the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        options = connection.get_execution_options()
        with _impatient(connection) if options.get("at_once") else nullcontext():
            connection.exec_driver_sql("BEGIN" if options.get("reads") else "BEGIN IMMEDIATE")


@contextmanager
def _impatient(connection: Connection) -> Iterator[None]:
    patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")


@contextmanager
def _only_reading(connection: Connection) -> Iterator[Connection]:
    """PostgreSQL knows it of a transaction, SQLite of a connection."""
    if connection.dialect.name != "sqlite":
        yield connection
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA query_only=ON")  # not by way of SQLAlchemy, which takes five times as long for it
    try:
        yield connection
    finally:
        driver.execute("PRAGMA query_only=OFF")


def _upgrade(engine: Engine) -> None:
    """One transaction for all steps: a migration that dies half-way leaves nothing behind."""
    _keep_copy(engine)
    with engine.begin() as connection:
        version = _version(connection)
        if version == NEWEST:
            return
        if version and version > NEWEST:
            raise NeedsHuman(
                f"The store is at version {version}, this Callplan knows {NEWEST}.",
                next_step="Update callplan, or point `store:` at another database.",
            )
        if version is None and inspect(connection).has_table(runs.name):
            raise NeedsHuman(
                "The store has tables of ours and does not say which version they are: an upgrade broke off.",
                next_step=f"Put back the copy from before it (beside SQLite's file: *.before-{NEWEST}), and run again.",
            )
        migrate(connection)


def migrate(connection: Connection, to: str = "head") -> None:
    """Bring the tables of a connection's transaction up to a version."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _keep_copy(engine: Engine) -> None:
    """An SQLite file is copied before it is upgraded; of a server, its administrators keep copies."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file or not Path(file).exists():
        return
    copy = Path(f"{file}.before-{NEWEST}")
    with engine.begin() as connection:
        version = _version(connection)
    if version and version < NEWEST and not copy.exists():
        with closing(sqlite3.connect(file)) as whole, closing(sqlite3.connect(copy)) as kept:
            whole.backup(kept)


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
