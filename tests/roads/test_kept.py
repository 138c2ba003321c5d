"""What an engine said is kept: unchanged places ask nothing, a moved address asks for its own drives alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from connector.roads.asked import Shelf
from connector.store import Database, Store
from connector.store.tables import drives as kept_rows
from tests.roads.conftest import Routed, Serve
from tests.roads.town import ACROSS, AWAY, DAY, ESTIMATED, HOME, ISLAND, NORTH, Town, points

WEST = (41.60, -93.62)


@pytest.fixture
def store(database: Database) -> Store:
    return database.store("memory")


def test_a_second_night_on_the_same_places_asks_nothing_and_says_the_same(store: Store, routed: Routed) -> None:
    places = points(HOME, ACROSS, ISLAND, AWAY)
    first = Town(routed.settings, store.drives)
    before = first.book.drives(*places)

    second = Town(routed.settings, store.drives, DAY + timedelta(days=1))
    after = second.book.drives(*places)

    assert (first.engine.asked, second.engine.asked) == ([16], [])
    assert np.array_equal(before.minutes, after.minutes, equal_nan=True)
    assert np.array_equal(before.miles, after.miles, equal_nan=True)
    assert after.label == before.label


def test_a_moved_address_asks_only_for_its_row_and_its_column(store: Store, routed: Routed) -> None:
    Town(routed.settings, store.drives).book.drives(*points(HOME, ACROSS, NORTH))

    moved = Town(routed.settings, store.drives)
    drives = moved.book.drives(*points(HOME, WEST, NORTH))

    assert moved.engine.asked == [2, 2]  # from it to the others, and from them to it
    assert np.array_equal(drives.minutes, Town(routed.settings).book.drives(*points(HOME, WEST, NORTH)).minutes)


def test_what_was_kept_is_still_the_engines_once_it_failed(store: Store, serve: Serve, town: Path) -> None:
    engine = serve(town)
    Town(engine.settings, store.drives).book.drives(*points(HOME, ACROSS))

    engine.stop()
    late = Town(engine.settings, store.drives)
    known, mixed = (late.book.drives(*points(HOME, ACROSS, *more)) for more in ([], [NORTH]))

    assert known.label == "OSRM"
    assert mixed.label == f"OSRM, in part {ESTIMATED}: OSRM did not answer"
    assert mixed.minutes[0, 1] == known.minutes[0, 1] > 16 > mixed.minutes[0, 2]


def test_no_guess_is_kept_as_an_engines_answer(store: Store, serve: Serve, town: Path) -> None:
    engine = serve(town)
    Town(engine.settings, store.drives).book.drives(*points(HOME, ACROSS))
    engine.stop()
    Town(engine.settings, store.drives).book.drives(*points(HOME, ACROSS, NORTH))

    engine.start()
    well, after = (Town(engine.settings, store.drives) for _ in range(2))
    labels = [night.book.drives(*points(HOME, ACROSS, NORTH)).label for night in (well, after)]

    assert labels == ["OSRM", "OSRM"]
    assert (well.engine.asked, after.engine.asked) == ([2, 2], [])


def test_a_server_is_asked_again_after_thirty_days(store: Store, routed: Routed) -> None:
    places = points(HOME, ACROSS)
    Town(routed.settings, store.drives).book.drives(*places)

    month, later = (Town(routed.settings, store.drives, DAY + timedelta(days=days)) for days in (30, 31))
    for each in (month, later):
        each.book.drives(*places)

    assert (month.engine.asked, later.engine.asked) == ([], [4])


def test_rows_that_no_list_used_for_ninety_days_go(store: Store, routed: Routed) -> None:
    settings = routed.settings.model_copy(update={"keep_days": 365})
    Town(settings, store.drives).book.drives(*points(HOME, ACROSS))

    used = Town(settings, store.drives, DAY + timedelta(days=89))
    used.book.drives(*points(HOME))
    Town(settings, store.drives, DAY + timedelta(days=91))

    with store.database.begin() as connection:
        assert connection.execute(select(func.count()).select_from(kept_rows)).scalar() == 1


def test_other_data_are_another_engine(store: Store, routed: Routed) -> None:
    Town(routed.settings, store.drives).book.drives(*points(HOME, ACROSS))
    renamed = routed.settings.model_copy(update={"url": f"{routed.settings.url}/".replace("127.0.0.1", "localhost")})

    other = Town(renamed, store.drives)
    other.book.drives(*points(HOME, ACROSS))

    assert other.engine.asked == [4]


def test_two_accounts_in_one_building_and_a_list_of_one_are_no_trouble(store: Store, routed: Routed) -> None:
    shelf: Shelf = store.drives
    for _ in range(2):
        drives = Town(routed.settings, shelf).book.drives(*points(ACROSS, HOME, ACROSS))
        assert drives.label == "OSRM"
        assert drives.minutes[0, 2] == 0
        assert drives.minutes[0, 1] == drives.minutes[2, 1] > 16
    assert Town(routed.settings, shelf).book.drives(*points(HOME)).label == "OSRM"
