"""What is no longer needed is deleted, and nothing that a night or a person still needs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from callplan.model import Npi
from connector.contract import CrmId, Interaction, Kind, Result
from connector.errors import NeedsHuman
from connector.host.purge import forget, purge_old
from connector.store import Database
from connector.store.flags import DISMISSED, End, Raised
from connector.store.purge import Before, purge
from connector.store.tables import changes, interactions, runs
from tests.conftest import TODAY, StillClock
from tests.nights.desk import Desk

KIM = "kim@example.com"
READY = "ready_made: {path: tiers.csv, columns: {npi: NPI, tier: Tier}}\n"
ADEYEMI = Npi("1000000004")
YEAR = timedelta(days=365)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, READY)
    desk.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A")
    return desk


def visit(desk: Desk, name: str, years_ago: float, kind: Kind = Kind.VISIT) -> None:
    at = desk.clock.now() - years_ago * YEAR
    account = next(iter(desk.org.accounts))
    desk.org.log(Interaction(CrmId(name), account, kind, at, at, Result.DONE, owner=KIM))


def test_old_interactions_go_but_the_last_of_each_kind_stays(desk: Desk) -> None:
    desk.has(ADEYEMI)
    for name, years in (("v1", 4.0), ("v2", 3.0), ("v3", 2.5)):
        visit(desk, name, years)
    visit(desk, "c1", 3.5, Kind.CALL)
    long_ago = desk.clock.now() - 3 * YEAR
    desk.org.log(
        Interaction(CrmId("n1"), None, Kind.NOTE, long_ago, long_ago, Result.DONE, owner=KIM)
    )  # on nothing of ours
    desk.night()
    before = desk.store.plan.coverage()[ADEYEMI]

    tally = desk.night(name="purge")

    kept = select(interactions.c.id).order_by(interactions.c.id)
    with desk.store.database.begin() as connection:
        assert connection.execute(kept).scalars().all() == ["c1", "v3"]
    assert tally["interactions_deleted"] == 3
    desk.night()
    assert desk.store.plan.coverage()[ADEYEMI].last_touch == before.last_touch


def test_a_run_goes_with_what_it_wrote_unless_something_still_rests_on_it(desk: Desk) -> None:
    account = desk.has(ADEYEMI)[0]
    desk.night()  # the ledger knows what this one wrote last
    desk.night(TODAY, "pull")
    desk.clock.sleep(2 * YEAR.total_seconds())

    desk.night(name="purge")

    with desk.store.database.begin() as connection:
        left = connection.execute(select(runs.c.job).order_by(runs.c.id)).scalars().all()
    assert left == ["nightly", "purge"]
    assert desk.says(account, "tier") == ("A",)


def test_what_waits_for_somebody_is_kept_however_old(desk: Desk) -> None:
    account = desk.has(ADEYEMI)[0]
    desk.night()
    refused = {"run": 1, "crm": "memory", "record": account, "before": {}, "after": {}, "state": "refused"}
    with desk.store.database.begin() as connection:
        connection.execute(insert(changes).values(**refused, intended=desk.clock.now(), settled=desk.clock.now()))
    desk.clock.sleep(2 * YEAR.total_seconds())

    desk.night(name="purge")

    assert [refusal.record for refusal in desk.store.journal.dead_letters().values()] == [account]


def test_a_flag_that_is_snoozed_keeps_its_reason_until_its_day_is_long_over(database: Database) -> None:
    store, now = database.store("memory"), StillClock().now()
    run = store.journal.begin_run("nightly", now.date(), now)
    for npi, until in (("1000000004", now.date() + YEAR), ("1000000012", now.date() - YEAR)):
        store.flags.begin(run, [Raised(Npi(npi), now.date() - 3 * YEAR, KIM, "", "Silent.", "", None, None)])
        flag = store.flags.of(Npi(npi))[0]
        store.flags.end([End(flag.id, now.date() - 2 * YEAR, DISMISSED, "Retired", "Pat", until)])

    purge(database, Before(now, now - YEAR / 2, now))

    assert [flag.npi for flag in store.flags.all()] == ["1000000004"]


def test_a_dry_run_says_how_much_and_deletes_nothing(desk: Desk) -> None:
    desk.has(ADEYEMI)
    visit(desk, "v1", 4.0)
    visit(desk, "v2", 3.0)
    desk.night()

    told = list(purge_old(desk.folder / "config.yaml", dry_run=True))

    assert "interactions: 1 would be deleted." in told
    with desk.store.database.begin() as connection:
        assert connection.execute(select(func.count()).select_from(interactions)).scalar() == 2


def test_what_there_is_nothing_of_is_said_in_a_sentence_and_not_by_table(desk: Desk) -> None:
    desk.has(ADEYEMI)
    desk.night()

    purged = list(purge_old(desk.folder / "config.yaml", dry_run=False))
    forgotten = list(forget(desk.folder / "config.yaml", "nobody@example.com", "Robin"))

    assert purged[0] == "The store has nothing that is older than `retention` says."
    assert [line for line in purged if "0 deleted" in line] == []
    assert forgotten[0].startswith("The store names nobody by nobody@example.com.")
    with pytest.raises(NeedsHuman, match='"kim" is no e-mail address'):
        list(forget(desk.folder / "config.yaml", "kim", "Robin"))


def test_somebody_who_has_left_is_made_nameless_but_not_while_the_config_names_them(desk: Desk) -> None:
    desk.config += f"reps: [{{email: {KIM}}}]\n"
    desk.has(ADEYEMI)
    desk.night()
    with pytest.raises(NeedsHuman, match=r"config.yaml:\d+"):
        list(forget(desk.folder / "config.yaml", KIM, "Robin"))
    desk.config = READY
    desk.loaded()

    list(forget(desk.folder / "config.yaml", KIM.upper(), "Robin"))

    with desk.store.database.begin() as connection:
        names = [row[0] for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        holds = {name: str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names}
    assert [name for name, rows in holds.items() if KIM in rows.lower()] == []


def test_purging_is_the_same_on_both_databases(database: Database, clock: StillClock) -> None:
    now = clock.now()

    assert set(purge(database, Before(now, now, now)).values()) == {0}
