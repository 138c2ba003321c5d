"""What the API and the metrics ask of the store, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from callplan.model import Npi
from connector.contract import CrmId
from connector.store import Database
from connector.store.books import Held
from connector.store.flags import Raised
from connector.store.plan import Stop
from connector.store.reads.api import flags, lists, runs
from connector.store.reads.health import counts, last_runs
from connector.store.reads.sees import EVERYTHING, Sees
from connector.store.tables import changes
from connector.store.tokens import Wanted

NOW, TODAY = datetime(2026, 11, 23, 7, tzinfo=UTC), date(2026, 11, 23)
KIM, LEE = "kim@example.com", "lee@example.com"
ADEYEMI, BRANDT = Npi("1000000004"), Npi("1000000012")
KIMS = Sees(frozenset({KIM}))


@pytest.fixture
def filled(database: Database) -> Database:
    store = database.store("memory")
    store.books.keep({ADEYEMI: Held(CrmId("a"), KIM), BRANDT: Held(CrmId("b"), LEE)})
    run = store.journal.begin_run("nightly", TODAY, NOW)
    said = (TODAY, KIM, "pat@example.com", "silent", "Call.", 40.0, None)
    store.flags.begin(run, [Raised(ADEYEMI, *said), Raised(BRANDT, *said)])
    store.plan.save_call_list(Stop(npi, KIM, TODAY, TODAY, slot, 5.0, "estimated") for npi, slot in PLACES.items())
    for quota in (None, 15_000, None):
        store.meter.count(TODAY, quota)
    store.journal.carry_out(run, "a plan")
    row = {"crm": "memory", "run": run, "record": "a", "before": {}, "after": {}, "intended": NOW}
    with database.begin() as connection:
        connection.execute(insert(changes), [{**row, "state": state} for state in ("refused", "invalid", "written")])
    store.journal.end_run(run, "done", {"written": 1}, NOW + timedelta(minutes=2))
    store.journal.begin_run("nightly", TODAY, NOW + timedelta(days=1))
    return database


PLACES = {ADEYEMI: 110, BRANDT: 105}


def test_rows_go_on_behind_the_last_one_and_only_those_that_one_may_see(filled: Database) -> None:
    with filled.reading() as connection:
        everything = flags.after(connection, "memory", EVERYTHING, {}, None, 9)
        rest = flags.after(connection, "memory", EVERYTHING, {"rep": None}, everything[0]["id"], 9)
        kims = flags.after(connection, "memory", KIMS, {"manager": "Pat@example.com"}, None, 9)
        stops = lists.after(connection, "memory", EVERYTHING, KIM, TODAY, None, 9)
        last = lists.Last(*(stops[0][name] for name in ("rep", "week", "slot", "npi")))
        behind = lists.after(connection, "memory", EVERYTHING, None, None, last, 9)
        told = runs.after(connection, "memory", None, 1), runs.after(connection, "memory", 2, 9)

    assert [[flag["npi"] for flag in page] for page in (everything, rest, kims)] == [
        [ADEYEMI, BRANDT],
        [BRANDT],
        [ADEYEMI],
    ]
    assert [[stop["npi"] for stop in page] for page in (stops, behind)] == [[BRANDT, ADEYEMI], [ADEYEMI]]
    assert [[run["id"] for run in page] for page in told] == [[2], [1]]


def test_the_numbers_are_those_of_the_runs(filled: Database) -> None:
    filled.nights.call("memory", "nightly", NOW - timedelta(minutes=5))

    with filled.reading() as connection:
        (last,) = last_runs(connection, "memory", ("nightly", "pull"))
        found = counts(connection, "memory", NOW)

    assert (last.state, last.finished, last.done) == ("running", None, NOW + timedelta(minutes=2))
    assert (found.calls, found.quota, found.flags, found.dead_letters) == (3, 15_000, 2, 2)
    assert (found.waiting, found.waiting_seconds) == (1, 300)


def test_a_key_is_one_night_and_a_worker_says_which_runs_it_was(database: Database) -> None:
    nights = database.nights
    assert nights.call("memory", "nightly", NOW, key="dag 1")
    assert not nights.call("memory", "nightly", NOW + timedelta(hours=1), key="dag 1")
    assert nights.call("other", "nightly", NOW, key="dag 1")

    taken = nights.take("a worker", NOW)
    assert taken
    nights.note_run(taken, 7)

    found = nights.called(taken.crm, key="dag 1")
    assert found
    assert found.runs == [7]
    assert nights.called("memory", at=("nightly", NOW)) == nights.find("memory", 1)
    assert nights.called("memory", key="dag 2") is None


def test_a_token_is_found_by_all_of_it_until_it_ends(database: Database) -> None:
    key, made = database.tokens.make(Wanted("airflow", "ADMIN", "", "robin", timedelta(days=1)), NOW)

    assert database.tokens.find(key, NOW) == made
    assert database.tokens.find(f"{key[:-1]}{'A' if key[-1] != 'A' else 'B'}", NOW) is None
    assert database.tokens.find(key, NOW + timedelta(days=1)) is None
    database.tokens.revoke(made.id, NOW)
    assert database.tokens.find(key, NOW) is None
