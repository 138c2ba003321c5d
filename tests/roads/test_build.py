"""`callplan roads`: an extract is built whole or not at all, and one drive is measured; the check asks the engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.config import Config, RoadSettings
from connector.errors import NeedsHuman
from connector.host.cli import cli
from connector.host.discover import starter
from connector.host.roads import about_roads, show_drive
from connector.roads.build import build
from tests.roads.conftest import TOWN, Routed, free_port


def settings(folder: Path, roads: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starter config with other roads."""
    for name in ("SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET", "HUBSPOT_SERVICE_KEY"):
        monkeypatch.setenv(name, "x")
    lines = (starter() / "config.example.yaml").read_text().splitlines()
    (folder / "config.yaml").write_text("\n".join(f"roads: {roads}" if x.startswith("roads:") else x for x in lines))
    return folder / "config.yaml"


def test_a_built_extract_is_one_folder_and_says_how_to_use_it(tools: Path, tmp_path: Path) -> None:
    words = ["roads", "build", str(TOWN), "--tools", str(tools), "--out", str(tmp_path / "data" / "town")]

    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    again = CliRunner().invoke(cli, words, catch_exceptions=False)

    assert f"data: {tmp_path}/data/town/town.osrm" in done.output
    assert "© OpenStreetMap contributors" in done.output
    assert "osrm-contract took" in done.output
    assert again.exit_code == 0  # what was there is replaced
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["town"]
    assert (tmp_path / "data" / "town" / "town.osrm.hsgr").exists()


def test_an_extract_that_breaks_off_leaves_what_was_there(tools: Path, tmp_path: Path) -> None:
    made, broken = build(TOWN, tmp_path / "town", tools, print), tmp_path / "broken.osm"
    broken.write_text(TOWN.read_text()[:500])

    with pytest.raises(NeedsHuman, match=r"osrm-extract failed: .*\nNothing was changed."):
        build(broken, tmp_path / "town", tools, print)

    assert (made.parent / "town.osrm.hsgr").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.osm", "town"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("iowa.osm.pbf", None, "there is no such file"),
        ("iowa.osm.pbf", b"PK\x03\x04 a zip file, renamed", "is no OpenStreetMap extract"),
        ("iowa.zip", b"<osm/>", "is no OpenStreetMap extract"),
        ("iowa.osm", b"<osm/>", "no osrm-extract and osrm-contract with their profile car.lua.\nOn Python 3.12"),
    ],
)
def test_what_cannot_be_built_says_the_next_step(tmp_path: Path, name: str, content: bytes | None, told: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(NeedsHuman) as caught:
        build(tmp_path / name, tmp_path / "out", tmp_path, print)

    assert told in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("claims: []")

    with pytest.raises(NeedsHuman, match=r"has config.yaml, which is no OSRM data, and would be replaced"):
        build(TOWN, tmp_path, tmp_path, print)

    assert (tmp_path / "config.yaml").exists()


def test_one_drive_is_shown_beside_its_estimate(
    routed: Routed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path, f"{{engine: osrm, url: {routed.settings.url}}}", monkeypatch)

    told = list(show_drive(config, "41.58,-93.62", "41.58, -93.61"))

    assert told[0] == "OSRM"
    assert told[1].split() == ["there", "16.2", "minutes", "6.7", "miles"]
    assert told[3] == "estimated (great circle x 1.3)"
    with pytest.raises(NeedsHuman, match='"Ames" is no ZIP that is known'):
        list(show_drive(config, "50309", "Ames"))


def test_the_check_stops_at_an_engine_that_does_not_answer(town: Path) -> None:
    gone = RoadSettings(engine="osrm", url=f"http://127.0.0.1:{free_port()}")
    config = Config.model_construct(crm={}, roads=gone, reps=())

    with pytest.raises(NeedsHuman, match=r"OSRM did not answer .*\nPut it right under `roads:`"):
        about_roads(config, town)

    assert about_roads(config.model_copy(update={"roads": RoadSettings()}), town).startswith("estimated, 1.3 miles")
