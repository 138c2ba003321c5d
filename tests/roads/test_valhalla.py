"""A real Valhalla on this machine, over the town drawn by hand: its minutes, its polygons, and where it has none.

Its wheel wants Python 3.12: `make roads`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen, run

import numpy as np
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from callplan.model import Place
from connector.config import RoadSettings
from connector.roads.engines import engine_of
from tests.roads.conftest import TOWN, free_port
from tests.roads.town import ACROSS, AWAY, ESTIMATED, HOME, ISLAND, NORTH, Town, points

valhalla = pytest.importorskip("valhalla", reason="Valhalla's wheel wants Python 3.12: `make roads`")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoadSettings]:
    folder, tools = tmp_path_factory.mktemp("valhalla"), Path(valhalla.__file__ or "").parent / "bin"
    url = f"http://127.0.0.1:{free_port()}"
    config = _config(folder, url)
    run([tools / "valhalla_build_tiles", "--config", config, TOWN], check=True, capture_output=True)
    process = Popen([tools / "valhalla_service", config, "1"])
    with requests.Session() as patient:
        patient.mount("http://", HTTPAdapter(max_retries=Retry(connect=20, backoff_factor=0.05)))
        patient.get(f"{url}/status", timeout=10)
    yield RoadSettings(engine="valhalla", url=url, timeout_seconds=10)
    process.kill()
    process.wait()


def _config(folder: Path, url: str) -> Path:
    from valhalla.config import get_config

    (folder / "tiles").mkdir()
    config = get_config(tile_extract="", tile_dir=str(folder / "tiles"))
    sockets = {name: f"ipc://{folder}/{name}" for name in ("loopback", "interrupt")}
    config["httpd"]["service"].update(listen=url.replace("http", "tcp"), **sockets)
    config["mjolnir"]["concurrency"] = 1
    for part in ("loki", "thor", "odin", "meili"):
        if "service" in config[part]:
            config[part]["service"]["proxy"] = f"ipc://{folder}/{part}"
    (folder / "valhalla.json").write_text(json.dumps(config))
    return folder / "valhalla.json"


def test_valhalla_drives_over_the_bridge_too(settings: RoadSettings) -> None:
    drives = Town(settings).book.drives(*points(HOME, ACROSS, NORTH))

    assert drives.label == "Valhalla"
    assert drives.miles[0, 1] == pytest.approx(6.73, abs=0.05)
    assert drives.minutes[0, 1] > 8
    assert drives.minutes[1, 2] < drives.minutes[0, 1] / 3  # on the same bank


def test_an_island_has_no_road_and_an_account_off_the_map_is_estimated(settings: RoadSettings) -> None:
    drives = Town(settings).book.drives(*points(HOME, ISLAND, AWAY, ACROSS))

    assert drives.minutes[0, 3] > 8
    assert np.isnan(drives.minutes[0, 1])
    assert drives.minutes[0, 2] == pytest.approx(42.4, abs=0.1)
    assert drives.label == (
        f"Valhalla, in part {ESTIMATED}: 6 of 12 drives are not on its map; no road for 4 of 12 drives"
    )


def test_more_places_than_a_question_takes_are_asked_in_tiles(settings: RoadSettings) -> None:
    places = points(*((41.58 + n / 2000, -93.62) for n in range(60)))

    kim = Town(settings)
    drives = kim.book.drives(*places)

    assert drives.label == "Valhalla"
    assert drives.minutes[0, 59] > drives.minutes[0, 30] > drives.minutes[0, 1]


def test_a_polygon_follows_the_roads(settings: RoadSettings) -> None:
    reached = Town(settings).book.within(Place(*HOME), 5).holds(*points((41.59, -93.62), ACROSS, AWAY))

    assert reached.inside.tolist() == [True, False, False]  # the other bank is half a mile away, and over ten minutes
    assert reached.label == "Valhalla, polygon of 5 minutes"


def test_the_check_says_of_when_its_tiles_are(settings: RoadSettings) -> None:
    engine = engine_of(settings, Path())

    assert engine
    assert engine.about(Place(*HOME)).startswith("Valhalla 3.9.1 at http://127.0.0.1:")
