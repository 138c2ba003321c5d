"""Whatever a server says that is no answer, the list is estimated and says why; nothing is taken for minutes."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
import requests
import responses

from callplan.model import Place
from connector.config import RoadSettings
from connector.roads.legs import EngineFailed
from connector.roads.osrm import OsrmServer
from tests.roads.town import ACROSS, ESTIMATED, HOME, Town, points

OSRM = RoadSettings(engine="osrm", url="http://roads.example:5000")
VALHALLA = RoadSettings(engine="valhalla", url="https://roads.example/valhalla/")
NEAR = [{"distance": 1.0}, {"distance": 2.0}]
WELL: dict[str, Any] = {"code": "Ok", "durations": [[0, 60], [60, 0]], "distances": [[0, 1609.344], [1609.344, 0]]}
WELL |= {"sources": NEAR, "destinations": NEAR}
TABLE = {"durations": [[0, 60], [120, 0]], "distances": [[0, 1], [2, 0]]}


@responses.activate
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"body": requests.ReadTimeout()}, "OSRM did not answer"),
        ({"body": requests.ConnectionError()}, "OSRM did not answer"),
        ({"status": 503, "json": WELL}, "OSRM answered 503"),
        ({"status": 302, "headers": {"Location": "https://login.example"}}, "OSRM answered 302"),
        ({"body": "<html>It works!</html>"}, "OSRM answered what is no JSON"),
        ({"json": []}, "OSRM answered what is no JSON object"),
        ({"json": {"message": "hello"}}, "OSRM answered what is no table"),
        ({"json": WELL | {"durations": [[0, "soon"], [60, 0]]}}, "OSRM answered what is no table of numbers"),
        ({"json": WELL | {"durations": [[0, 60]]}}, "OSRM answered a table of another size"),
        ({"json": WELL | {"durations": [[0, -60], [60, 0]]}}, "OSRM answered minutes that are none"),
        ({"json": {k: v for k, v in WELL.items() if k != "sources"}}, "OSRM answered what is no table"),
        ({"status": 400, "json": {"code": "InvalidQuery", "message": "?"}}, "OSRM refused (InvalidQuery)"),
        ({"status": 400, "json": {"code": "NoSegment"}}, "2 of 2 drives are not on its map"),
        ({"status": 400, "json": {"code": "TooBig"}}, "OSRM answers no question, however small"),
    ],
)
def test_an_answer_that_is_none_is_an_estimate_with_the_reason(answer: dict[str, Any], told: str) -> None:
    responses.get(re.compile(r"http://roads\.example:5000/table/.*"), **answer)

    kim = Town(OSRM)
    drives = kim.book.drives(*points(HOME, ACROSS))

    assert drives.label == f"{ESTIMATED}: {told}"
    assert drives.minutes[0, 1] < 2
    assert len(kim.said) == told.startswith("OSRM")


@responses.activate
@pytest.mark.parametrize("answer", [{"message": "hello"}, {"code": "NoSegment"}])
def test_a_server_that_is_no_osrm_or_has_no_road_there_fails_the_check_in_our_words(answer: dict[str, str]) -> None:
    responses.get(re.compile(r"http://roads\.example:5000/nearest/.*"), json=answer)

    with pytest.raises(EngineFailed, match="refused"):
        OsrmServer(OSRM).about(Place(41.6, -93.6))


@responses.activate
def test_a_table_without_a_road_is_a_list_without_one() -> None:
    responses.get(re.compile(r"http://roads\.example:5000/table/.*"), status=400, json={"code": "NoTable"})

    drives = Town(OSRM).book.drives(*points(HOME, ACROSS))

    assert np.isnan(drives.minutes[0, 1])
    assert drives.label == "OSRM; no road for 2 of 2 drives"


@responses.activate
def test_an_answer_that_is_one_is_taken_in_minutes_and_miles() -> None:
    responses.get(re.compile(r".*/table/v1/driving/-93\.62000,41\.58000;.*"), json=WELL)

    drives = Town(OSRM).book.drives(*points(HOME, ACROSS))

    assert (drives.label, drives.minutes[0, 1], drives.miles[0, 1]) == ("OSRM", 1, 1)


@responses.activate
def test_valhallas_table_is_read_the_way_it_is_asked() -> None:
    responses.post("https://roads.example/valhalla/sources_to_targets", json={"sources_to_targets": TABLE})

    drives = Town(VALHALLA).book.drives(*points(HOME, ACROSS))

    assert drives.label == "Valhalla"
    assert (drives.minutes[0, 1], drives.minutes[1, 0], drives.miles[1, 0]) == (1, 2, 2)


@responses.activate
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"status": 400, "json": {"error_code": 106, "error": "Try another"}}, "Valhalla refused (106)"),
        ({"json": {"sources_to_targets": [[]]}}, "Valhalla answered what is no table"),
        ({"status": 400, "json": {"error_code": 171}}, "2 of 2 drives are not on its map"),
        ({"status": 400, "json": {"error_code": 150}}, "Valhalla answers no question, however small"),
    ],
)
def test_what_valhalla_refuses_is_estimated(answer: dict[str, Any], told: str) -> None:
    responses.post("https://roads.example/valhalla/sources_to_targets", **answer)

    drives = Town(VALHALLA).book.drives(*points(HOME, ACROSS))

    assert drives.label == f"{ESTIMATED}: {told}"


def on_the_map_without_a_way(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    """Valhalla's answer where each place has a road, and no road leads from one to the other."""
    asked = json.loads(request.body or "")
    if len(asked["sources"]) == 1 and asked["sources"] == asked["targets"]:
        return 200, {}, json.dumps({"sources_to_targets": {"durations": [[0]], "distances": [[0]]}})
    return 400, {}, json.dumps({"error_code": 170, "error": "unconnected"})


@responses.activate
def test_two_places_that_valhalla_finds_no_way_between_have_none() -> None:
    responses.add_callback("POST", "https://roads.example/valhalla/sources_to_targets", on_the_map_without_a_way)

    drives = Town(VALHALLA).book.drives(*points(HOME, ACROSS))

    assert np.isnan(drives.minutes[0, 1])
    assert drives.label == "Valhalla; no road for 2 of 2 drives"


@responses.activate
def test_a_polygon_has_its_holes_and_an_engine_that_draws_none_is_cut() -> None:
    ring, hole = (
        [[-93.0 + w, 41.0 + w], [-92.0 - w, 41.0 + w], [-92.0 - w, 42.0 - w], [-93.0 + w, 42.0 - w]] for w in (0.0, 0.4)
    )
    shape = {"features": [{"geometry": {"type": "Polygon", "coordinates": [ring, hole]}}]}
    responses.post("https://roads.example/valhalla/isochrone", json=shape)
    responses.post("https://roads.example/valhalla/isochrone", json={"error": "no"})

    reached, broken = (Town(VALHALLA).book.within(Place(41.1, -92.9), 60) for _ in range(2))

    held = reached.holds(*points((41.2, -92.8), (41.5, -92.5), (41.2, -91.8), (43.0, -92.8)))
    assert held.inside.tolist() == [True, False, False, False]
    assert held.label == "Valhalla, polygon of 60 minutes"
    assert broken.holds(*points((41.1, -92.8))).label == f"{ESTIMATED}: Valhalla drew no polygon, cut at 60 minutes"
