"""A back-up put back: the next night makes the CRM say the plan, and loses nothing that people wrote."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, insert, select, text

from connector.contract import Field as CrmField
from connector.contract import FieldType
from connector.errors import NeedsHuman, TryAgain
from connector.store import Database, open_database
from connector.store.archive import MANIFEST, Archive, Manifest, write_archive
from connector.store.audit import Audit
from connector.store.database import NEWEST, migrate
from connector.store.restore import restore_archive
from connector.store.tables import metadata, runs, sessions, tokens
from tests.conftest import TODAY, postgres_base
from tests.nights.desk import Desk, empty_store

ADEYEMI, BRANDT, CASTILLO = "1000000004", "1000000012", "1000000020"
TEAM = "ready_made: {path: tiers.csv, columns: {npi: NPI, tier: Tier}}\n"
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
WAYS = [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")]


@contextmanager
def opened(kind: str, file: Path) -> Iterator[Database]:
    if kind == "postgresql":
        with postgres_base() as url, closing(open_database(url, file.with_suffix(".jsonl"))) as database:
            yield database
        return
    file.write_bytes(empty_store())
    with closing(open_database(f"sqlite:///{file}", file.with_suffix(".jsonl"))) as database:
        yield database


@contextmanager
def closing(database: Database) -> Iterator[Database]:
    yield database
    database.engine.dispose()


def team(folder: Path, database: Database) -> Desk:
    desk = Desk(folder, TEAM)
    desk.__dict__["store"] = database.store("memory")
    desk.org.add_fields(CrmField("notes", FieldType.TEXT, True, 255))
    for npi in (ADEYEMI, BRANDT, CASTILLO):
        desk.visited(desk.org.add_account("kim@example.com", npi=npi, notes="as it was"), days_ago=120)
    desk.at_work()
    return desk


def tiers(desk: Desk, *tiers: str) -> None:
    """Of the three, in their order."""
    named = zip((ADEYEMI, BRANDT, CASTILLO), tiers, strict=True)
    desk.write("tiers.csv", "NPI,Tier", *(f"{npi},{tier}" for npi, tier in named))


def backed_up(database: Database, file: Path) -> Manifest:
    return write_archive(database.engine, NEWEST, file, "test", NOW)


def rows_of(database: Database) -> dict[str, list[Any]]:
    with database.begin() as connection:
        return {t.name: list(connection.execute(select(t).order_by(*t.primary_key))) for t in metadata.sorted_tables}


@pytest.mark.parametrize(("kept", "into"), WAYS)
def test_after_a_back_up_is_put_back_a_night_makes_the_crm_say_the_plan(kept: str, into: str, tmp_path: Path) -> None:
    with opened(kept, tmp_path / "one.db") as first, opened(into, tmp_path / "other.db") as second:
        desk = team(tmp_path, first)
        tiers(desk, *"AAB")
        desk.night(TODAY)
        then = rows_of(first)
        made = backed_up(first, tmp_path / "back-up.zip")
        tiers(desk, *"ABA")
        desk.clock.sleep(86400)
        desk.night(TODAY + timedelta(days=1))
        adeyemi, brandt, castillo = desk.org.accounts
        desk.org.edit(castillo, tier="C", notes="a person wrote this")  # the tier is ours, the notes are not

        restore_archive(second, Archive(tmp_path / "back-up.zip"), ["memory"], NOW, replace=False)
        restored = rows_of(second)
        desk.__dict__["store"] = second.store("memory")
        nights = [desk.night(TODAY + timedelta(days=2)) for _ in range(2)]

        assert restored == then
        assert made.rows == sum(map(len, then.values())) > 20
        assert [desk.says(account, "tier") for account in (adeyemi, brandt, castillo)] == [("A",), ("B",), ("A",)]
        assert desk.says(castillo, "notes") == ("a person wrote this",)
        assert [night["written"] for night in nights] == [2, 0]  # one account says already what is planned
        assert desk.store.journal.last_runs(1)[0].id == then["runs"][-1].id + 2


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Database]:
    """A store that was backed up, and has gone on since."""
    with opened("sqlite", tmp_path / "one.db") as database:
        desk = team(tmp_path, database)
        tiers(desk, *"AAB")
        desk.night(TODAY)
        backed_up(database, tmp_path / "back-up.zip")
        yield database


def put_back(database: Database, file: Path, *, replace: bool = True) -> None:
    restore_archive(database, Archive(file), ["memory"], NOW, replace=replace)


def test_a_store_that_holds_something_is_replaced_only_if_somebody_says_so(full: Database, tmp_path: Path) -> None:
    before = rows_of(full)

    with pytest.raises(NeedsHuman, match="is not empty"):
        put_back(full, tmp_path / "back-up.zip", replace=False)

    assert rows_of(full) == before


def test_no_back_up_is_put_back_while_a_run_is_going(full: Database, tmp_path: Path) -> None:
    with full.store("memory").alone(), pytest.raises(TryAgain, match="still going"):
        put_back(full, tmp_path / "back-up.zip")


@pytest.mark.filterwarnings("error::sqlalchemy.exc.SAWarning")  # which an admin would read
def test_who_was_logged_in_is_not_kept_and_who_was_shut_out_stays_out(full: Database, tmp_path: Path) -> None:
    token = {"name": "t", "role": "ADMIN", "email": "", "made": NOW, "by": "", "expires": NOW, "hash": "h"}
    session = {"id": "s", "subject": "", "email": "", "role": "", "csrf": "", "started": NOW, "seen": NOW, "kept": {}}
    with full.begin() as connection:
        connection.execute(insert(tokens), token)
        connection.execute(insert(sessions), session)
    backed_up(full, tmp_path / "later.zip")
    with full.begin() as connection:
        connection.execute(tokens.update().values(revoked=NOW))

    put_back(full, tmp_path / "later.zip")

    with full.begin() as connection:
        assert connection.execute(select(tokens.c.revoked)).scalar() == NOW
        assert connection.execute(select(func.count()).select_from(sessions)).scalar() == 0


def test_calls_that_were_made_since_still_count_and_nights_that_waited_do_not(full: Database, tmp_path: Path) -> None:
    meter, nights = full.store("memory").meter, full.nights
    counted = [meter.count(NOW.date()) for _ in range(3)][-1]
    nights.call("memory", "nightly", NOW)
    backed_up(full, tmp_path / "later.zip")
    meter.count(NOW.date())

    put_back(full, tmp_path / "later.zip")

    assert meter.counted(NOW.date()) == counted + 1
    assert nights.take("one", NOW) is None


def test_an_older_back_up_is_brought_up_to_date(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path / "one.db") as database:
        file = tmp_path / "old.zip"
        _older(file, tmp_path, "0010")

        put_back(database, file)

        with database.begin() as connection:
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == NEWEST
            assert connection.execute(select(runs.c.job)).scalars().all() == ["nightly"]


def _older(file: Path, folder: Path, version: str) -> None:
    """As an earlier Callplan would have made it: the tables of that version, with one run."""
    from sqlalchemy import MetaData, create_engine

    from connector.store import archive

    engine = create_engine(f"sqlite:///{folder / 'old.db'}")
    with engine.begin() as connection:
        migrate(connection, version)
        then = MetaData()
        then.reflect(connection)
        run = {"crm": "memory", "job": "nightly", "today": TODAY, "started": NOW, "state": "done", "tally": {}}
        connection.execute(insert(then.tables["runs"]), run)
    with engine.connect() as connection, zipfile.ZipFile(file, "w") as packed:
        kept = [table for name, table in then.tables.items() if name != "alembic_version"]
        parts = [asdict(archive._pack(packed, connection, table)) for table in kept]
        told = {"form": 1, "version": version, "callplan": "0", "made": NOW.isoformat(), "tables": parts}
        packed.writestr(MANIFEST, json.dumps(told))
    engine.dispose()


def test_a_back_up_of_a_newer_callplan_is_refused(full: Database, tmp_path: Path) -> None:
    _changed(tmp_path / "back-up.zip", tmp_path / "newer.zip", version="9999")

    with pytest.raises(NeedsHuman, match="Update callplan"):
        put_back(full, tmp_path / "newer.zip")


def _changed(file: Path, other: Path, **told: object) -> None:
    """The same with another manifest."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, orjson.dumps({**orjson.loads(content), **told}) if name == MANIFEST else content)


def test_a_damaged_back_up_is_refused_before_anything_is_touched(full: Database, tmp_path: Path) -> None:
    content, before = (tmp_path / "back-up.zip").read_bytes(), rows_of(full)
    places = [int(len(content) * at) for at in (0.02, 0.3, 0.5, 0.7, 0.98)]
    flipped = [content[:at] + bytes([content[at] ^ 0x20]) + content[at + 1 :] for at in places]

    for damaged in (*flipped, *(content[:at] for at in places)):
        (tmp_path / "bad.zip").write_bytes(damaged)
        with pytest.raises(NeedsHuman, match="damaged"):
            put_back(full, tmp_path / "bad.zip")

    assert rows_of(full) == before


def test_a_back_up_that_would_unpack_without_end_is_refused(full: Database, tmp_path: Path) -> None:
    lines = b"[" + b" " * (20 << 20) + b"]\n"
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("tables/runs.jsonl", lines)
        part = {"name": "runs", "columns": {}, "rows": 1, "bytes": len(lines), "sha256": ""}
        told = {"form": 1, "version": NEWEST, "callplan": "", "made": "", "tables": [part]}
        bomb.writestr(MANIFEST, orjson.dumps(told))

    with pytest.raises(NeedsHuman, match="another size"):
        put_back(full, tmp_path / "bomb.zip")


def test_a_back_up_is_of_one_moment_and_keeps_nobody_from_writing(full: Database, tmp_path: Path) -> None:
    from connector.store.archive import _moment

    journal = full.store("memory").journal
    with _moment(full.engine) as connection:
        first = connection.execute(select(func.count()).select_from(runs)).scalar()
        journal.begin_run("nightly", TODAY, NOW)

        assert connection.execute(select(func.count()).select_from(runs)).scalar() == first


def test_what_is_there_is_not_written_over(full: Database, tmp_path: Path) -> None:
    with pytest.raises(NeedsHuman, match="is there already"):
        backed_up(full, tmp_path / "back-up.zip")
    assert (tmp_path / "back-up.zip").stat().st_mode & 0o777 == 0o600


def test_the_audit_log_is_not_put_back_and_fits_what_is(full: Database, tmp_path: Path) -> None:
    assert full.audit
    full.store("memory").journal.note("approved", NOW)
    put_back(full, tmp_path / "back-up.zip")

    found = Audit(full.audit).verify(full.store("memory").journal.anchors())

    assert (found.problem, found.head.lines > 3) == (None, True)
