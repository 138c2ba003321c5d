"""A store that cannot go on says so in our words, with the next step, and loses nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from connector.errors import NeedsHuman, TryAgain
from connector.store import Database, open_database
from connector.store.database import NEWEST
from tests.command import forks

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "callplan.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{file}?timeout=0.2")
    yield database
    database.engine.dispose()


def whole(file: Path) -> list[tuple[int, str]]:
    """What another program finds in the file."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute("SELECT id, job FROM runs ORDER BY id").fetchall()


def test_a_store_that_another_process_writes_to_is_to_be_tried_again(file: Path, database: Database) -> None:
    store = database.store("salesforce")
    store.journal.begin_run("pull", date(2026, 11, 23), NOW)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(TryAgain, match="another process is writing to it"):
            store.journal.begin_run("push", date(2026, 11, 23), NOW)
        other.communicate()

    assert whole(file) == [(1, "pull")]
    assert store.journal.begin_run("push", date(2026, 11, 23), NOW) == 2


def test_a_full_disk_stops_with_all_that_was_there(file: Path, database: Database) -> None:
    store = database.store("salesforce")
    store.journal.begin_run("pull", date(2026, 11, 23), NOW)

    @event.listens_for(database.engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # no more than it has

    with pytest.raises(NeedsHuman, match="its disk is full") as caught:
        store.mirror.remember("big", "x" * 1_000_000)

    assert "Make room" in str(caught.value)
    assert whole(file) == [(1, "pull")]


def test_a_damaged_file_says_what_to_put_back(file: Path, database: Database) -> None:
    database.store("salesforce").mirror.remember("big", "x" * 100_000)
    database.engine.dispose()
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)

    with pytest.raises(NeedsHuman, match="the file is damaged") as caught:
        open_database(f"sqlite:///{file}").store("salesforce").journal.last_runs()

    assert "yesterday's copy" in str(caught.value)


def test_a_file_that_is_no_database_is_left_as_it_is(file: Path) -> None:
    file.write_text("Call Dr. Brandt.\n" * 100)

    with pytest.raises(NeedsHuman, match="no SQLite database"):
        open_database(f"sqlite:///{file}")

    assert file.read_text().startswith("Call Dr. Brandt.")


def test_an_upgrade_that_broke_off_is_told_from_a_new_store(file: Path, database: Database) -> None:
    database.engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE alembic_version")
        connection.commit()

    with pytest.raises(NeedsHuman, match="an upgrade broke off"):
        open_database(f"sqlite:///{file}")


def test_an_older_store_is_copied_before_it_is_upgraded(file: Path) -> None:
    old = _at_version(file, "0001")

    open_database(f"sqlite:///{file}").engine.dispose()

    assert _version(Path(f"{file}.before-{NEWEST}")) == old
    assert _version(file) == NEWEST
    assert whole(file) == [(1, "nightly")]


def test_interactions_whose_ids_name_no_object_are_read_anew(file: Path) -> None:
    _at_version(file, "0004")
    with closing(sqlite3.connect(file)) as connection:
        row = "('hubspot', '123', 'visit', '2026-11-20', '2026-11-20', 'done', 0)"
        connection.execute(f"INSERT INTO interactions (crm, id, kind, at, modified, result, gone) VALUES {row}")
        connection.execute("INSERT INTO cursors VALUES ('hubspot', 'interactions', '7'), ('hubspot', 'accounts', '8')")
        connection.commit()

    mirror = open_database(f"sqlite:///{file}").store("hubspot").mirror

    assert mirror.interactions().id.tolist() == []
    assert (mirror.cursor("interactions"), mirror.cursor("accounts")) == (None, "8")


def test_an_upgrade_that_dies_at_any_statement_is_done_whole_by_the_next_start(tmp_path: Path) -> None:
    whole_way = _dies(tmp_path / "counted.db", NEVER)  # so many statements, and nobody dies
    assert whole_way > 100

    for statement in {*range(1, whole_way, 13), whole_way - 1, whole_way}:
        file = tmp_path / f"{statement}.db"
        died_at = _dies(file, statement)
        open_database(f"sqlite:///{file}").engine.dispose()

        assert died_at == statement
        assert _version(file) == NEWEST
        assert whole(file) == [(1, "nightly")]


NEVER = -1


def _dies(file: Path, at: int) -> int:
    """How many statements an upgrade from the first version had begun, when its process died or was done."""
    _at_version(file, "0001")
    seen = forks.Value("i", 0)
    upgrade = forks.Process(target=_upgrade_and_die, args=(file, at, seen))
    upgrade.start()
    upgrade.join()
    assert upgrade.exitcode == (0 if at == NEVER else 9)
    return int(seen.value)


def _upgrade_and_die(file: Path, at: int, seen: Any) -> None:
    @event.listens_for(Engine, "before_cursor_execute")
    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("ALTER", "CREATE", "UPDATE", "INSERT", "DROP")):
            seen.value += 1
        if seen.value == at:
            os._exit(9)

    open_database(f"sqlite:///{file}")


def _at_version(file: Path, version: str) -> str:
    """A store as an older Callplan left it, with one run."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    import connector.store

    config = Config()
    config.set_main_option("script_location", str(Path(connector.store.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        connection.exec_driver_sql(
            "INSERT INTO runs (crm, job, today, started, state, tally) VALUES "
            "('salesforce', 'nightly', '2026-11-23', '2026-11-23 07:00:00', 'done', '{}')"
        )
    engine.dispose()
    return version


def _version(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
