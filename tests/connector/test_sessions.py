"""Sessions in the store, on either database."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from connector.store import Database
from connector.store.sessions import Lasting, Sessions
from tests.conftest import StillClock


def test_a_session_is_found_by_its_key_until_it_is_ended_once(database: Database, clock: StillClock) -> None:
    sessions = Sessions(database, Lasting())
    key, made = sessions.begin("1-kim", "Kim@Example.com", "REP", clock.now(), {"groups": ["reps"]})

    assert sessions.find(key, clock.now()) == made
    assert (made.email, made.kept) == ("kim@example.com", {"groups": ["reps"]})
    assert [sessions.find(other, clock.now()) for other in ("", made.id, key[:-1])] == [None] * 3
    assert [sessions.end(made, clock.now()) for _ in range(2)] == [True, False]
    assert sessions.find(key, clock.now()) is None


def test_a_page_does_not_wait_for_a_night_that_is_writing(database: Database, clock: StillClock) -> None:
    sessions = Sessions(database, Lasting())
    key, _ = sessions.begin("1-kim", "kim@example.com", "REP", clock.now())
    clock.sleep(120)

    with database.begin():
        began = monotonic()
        found = sessions.find(key, clock.now())

    assert found
    assert monotonic() - began < 1  # SQLite would wait for half a minute, to note when she was last here


def test_those_who_are_logged_in_are_listed_and_nobody_whose_login_is_under_way(
    database: Database, clock: StillClock
) -> None:
    sessions = Sessions(database, Lasting(idle=timedelta(minutes=30)))
    kim, _ = sessions.begin("1", "kim@example.com", "REP", clock.now())
    sessions.begin("", "", "", clock.now())
    clock.sleep(20 * 60)
    sessions.begin("2", "pat@example.com", "MANAGER", clock.now())

    assert [one.email for one in sessions.open(clock.now())] == ["pat@example.com", "kim@example.com"]
    clock.sleep(15 * 60)
    assert [one.email for one in sessions.open(clock.now())] == ["pat@example.com"]
    assert sessions.find(kim, clock.now()) is None
