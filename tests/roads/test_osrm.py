"""Drive minutes come from OSRM: over the bridge, not over the river; and where it has none, the list says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from callplan.model import Place
from connector.config import RoadSettings
from connector.roads.asked import NOT_ASKED
from connector.roads.drives import RoadBook
from connector.roads.engines import engine_of
from connector.roads.estimate import Roads
from tests.roads.conftest import Routed, Serve
from tests.roads.town import ACROSS, AWAY, ESTIMATED, HOME, ISLAND, NOBODY_KNOWS, NORTH, Town, points


def test_the_drive_across_the_river_goes_over_the_bridge(routed: Routed) -> None:
    asked, guessed = Town(routed.settings).book, RoadBook(Roads(), None, print)

    drives, estimate = (book.drives(*points(HOME, ACROSS)) for book in (asked, guessed))

    assert drives.label == "OSRM"
    assert drives.miles[0, 1] == pytest.approx(6.73, abs=0.01)  # 5 km up, 0.83 across, 5 km down
    assert drives.minutes[0, 1] == pytest.approx(16.2, abs=0.1)
    assert estimate.minutes[0, 1] < 2  # half a mile as the crow flies
    assert estimate.miles[0, 1] == pytest.approx(0.67, abs=0.01)
    assert estimate.label == ESTIMATED


def test_stopping_the_engine_between_two_reps_estimates_the_second_and_says_so(serve: Serve, town: Path) -> None:
    engine = serve(town)
    of_kim = Town(engine.settings)
    before = of_kim.book.drives(*points(HOME, ACROSS))

    engine.stop()
    after = of_kim.book.drives(*points(HOME, ACROSS, NORTH))
    of_kim.book.drives(*points(HOME, NORTH))

    assert (before.label, after.label) == ("OSRM", f"{ESTIMATED}: OSRM did not answer")
    assert before.minutes[0, 1] > 16 > 2 > after.minutes[0, 1]
    assert len(of_kim.said) == 1
    assert of_kim.said[0].startswith("OSRM did not answer (ConnectionError, http://127.0.0.1")
    assert len(of_kim.engine.asked) == 2  # the third list did not wait for it again


def test_where_no_road_leads_there_are_no_minutes_and_the_list_says_so(routed: Routed) -> None:
    kim = Town(routed.settings)

    drives = kim.book.drives(*points(HOME, ACROSS, ISLAND))

    assert np.isnan(drives.minutes[:2, 2]).all()
    assert np.isfinite(drives.minutes[:2, :2]).all()
    assert drives.label == "OSRM; no road for 4 of 6 drives"
    assert kim.said == ["OSRM knows no road for 4 of 6 drives of a list."]


def test_an_account_off_the_map_is_estimated_not_taken_to_the_maps_edge(routed: Routed) -> None:
    drives = Town(routed.settings).book.drives(*points(HOME, ACROSS, AWAY))

    assert drives.minutes[0, 1] > 16
    assert drives.minutes[0, 2] == pytest.approx(42.4, abs=0.1)  # 29 miles, of which OSRM would drive four
    assert drives.label == f"OSRM, in part {ESTIMATED}: 4 of 6 drives are not on its map"


def test_a_place_that_nobody_knows_is_an_hour_away_whatever_the_engine(routed: Routed) -> None:
    drives = Town(routed.settings).book.drives(*points(HOME, NOBODY_KNOWS, (95.0, -93.0)))

    assert drives.minutes[0].tolist()[:2] == [0, 60]
    assert np.isnan(drives.miles[0, 1])
    assert drives.label.endswith(": 6 of 6 drives are to or from a place that nobody knows")


def test_a_server_that_takes_fewer_places_at_a_time_is_asked_for_fewer(serve: Serve, town: Path) -> None:
    small = serve(town, "--max-table-size", "3")
    places = points(*((41.58 + n / 1000, -93.62 + n % 2 / 100) for n in range(11)))

    few, many = (Town(each.settings).book.drives(*places) for each in (small, serve(town)))

    assert few.label == "OSRM"
    assert np.array_equal(few.minutes, many.minutes)
    assert len(set(few.minutes[0].tolist())) == 11


def test_a_list_larger_than_a_servers_table_is_asked_in_tiles(routed: Routed) -> None:
    places = points(*((41.58 + n / 10000, -93.62) for n in range(150)))

    drives = Town(routed.settings).book.drives(*places)

    assert drives.label == "OSRM"
    assert (np.diff(drives.minutes[0]) > 0).all()  # up the street, each is a little farther
    assert not (drives.minutes == NOT_ASKED).any()


def test_a_cut_of_the_drives_is_the_isochrone_of_an_engine_without_polygons(routed: Routed) -> None:
    places = points(ACROSS, (41.60, -93.62), AWAY, NOBODY_KNOWS)

    near, far = (Town(routed.settings).book.within(Place(*HOME), minutes).holds(*places) for minutes in (10, 60))

    assert near.inside.tolist() == [False, True, False, False]
    assert far.inside.tolist() == [True, True, True, False]
    assert near.label.startswith("OSRM, in part")
    assert near.label.endswith(", cut at 10 minutes")


def test_the_check_says_what_data_the_engine_has(routed: Routed) -> None:
    engine = engine_of(routed.settings, Path())

    assert engine
    assert engine.about(Place(*HOME)).startswith(f"OSRM at {routed.settings.url}, with town.osm (")


def test_minutes_in_a_real_town_are_those_of_its_streets(serve: Serve, harrisburg: Path) -> None:
    places = points((40.2785, -76.8700), (40.2650, -76.8700), (40.2900, -76.8900))
    engine = serve(harrisburg, "--algorithm", "MLD")
    kim = Town(engine.settings)

    drives = kim.book.drives(*places)
    engine.stop()
    after = kim.book.drives(*points((40.28, -76.87), (40.29, -76.88)))

    straight = RoadBook(Roads(circuity=1.0), None, print).drives(*places)
    assert drives.label == "OSRM"
    assert not np.allclose(drives.minutes, drives.minutes.T)  # an estimate is the same both ways
    assert (drives.miles >= straight.miles - 0.2).all()
    assert after.label == f"{ESTIMATED}: OSRM did not answer"


def test_osrm_in_this_process_says_what_the_server_says(routed: Routed, town: Path) -> None:
    pytest.importorskip("osrm", reason="OSRM in this process wants Python 3.12 and callplan[roads]: `make roads`")
    places = points(HOME, ACROSS, NORTH, ISLAND, AWAY)

    inside = Town(RoadSettings(engine="osrm", data=str(town)))

    there, here = Town(routed.settings).book.drives(*places), inside.book.drives(*places)
    assert np.array_equal(there.minutes, here.minutes, equal_nan=True)
    assert np.array_equal(there.miles, here.miles, equal_nan=True)
    assert there.label == here.label
    assert inside.engine.about(Place(*HOME)).startswith("OSRM in this process, with town.osm (")


def test_osrm_in_this_process_without_its_data_is_an_engine_that_failed(tmp_path: Path) -> None:
    kim = Town(RoadSettings(engine="osrm", data=str(tmp_path / "iowa.osrm")))

    drives = kim.book.drives(*points(HOME, ACROSS))

    assert drives.label.startswith(f"{ESTIMATED}: OSRM ")
    assert len(kim.said) == 1
