"""Engines that really run: OSRM built from a town drawn by hand, and from a real extract where there is one."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, Popen, run

import pytest

from connector.config import RoadSettings
from connector.errors import NeedsHuman
from connector.roads.build import build, find_tools
from tests.conftest import SHARED

ROOT = Path(__file__).parent.parent.parent
TOWN = Path(__file__).parent / "town.osm"


class Routed:
    """An osrm-routed on this machine, until it is stopped."""

    def __init__(self, tools: Path, data: Path, *options: str) -> None:
        port = free_port()
        where = ("--ip", "127.0.0.1", "--port", str(port), "--threads", "1")
        self._words: list[str | Path] = [tools / "osrm-routed", *where, *options, data]
        self.settings = RoadSettings(engine="osrm", url=f"http://127.0.0.1:{port}", timeout_seconds=10)
        self.start()

    def start(self) -> None:
        self._process = Popen(self._words, stdout=PIPE, text=True, env={"DISABLE_ACCESS_LOGGING": "1"})
        assert self._process.stdout
        said = next(line for line in self._process.stdout if "waiting for requests" in line or "[error]" in line)
        assert "waiting" in said, said

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder for --tools; of the environment's own where that has some."""
    folder = ROOT / ".osrm"
    try:
        find_tools(folder)
    except NeedsHuman:
        pytest.skip("OSRM's tools are not here: tools/install-osrm, as `make services` does")
    return folder


@pytest.fixture(scope="session")
def town(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(TOWN, tmp_path_factory.mktemp("roads") / "town", tools, print)


@pytest.fixture(scope="session")
def harrisburg(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In cells, which takes a tenth of the time that contracting it does; `osrm-routed --algorithm MLD` reads it."""
    extract, data = SHARED / "roads" / "harrisburg.osm.pbf", tmp_path_factory.mktemp("roads") / "harrisburg.osrm"
    if not extract.exists():
        pytest.skip("the real extract is not here (../shared/data/roads)")
    found = find_tools(tools)
    steps: dict[str, list[str | Path]] = {
        "osrm-extract": ["--profile", found.profile, "--output", data, extract],
        "osrm-partition": [data],
        "osrm-customize": [data],
    }
    for tool, words in steps.items():
        run([found.folder / tool, *words], check=True, capture_output=True)
    return data


Serve = Callable[..., Routed]


@pytest.fixture(scope="module")
def serve(tools: Path) -> Iterator[Serve]:
    """Starts servers that end with the file's tests."""
    started: list[Routed] = []

    def start(data: Path, *options: str) -> Routed:
        started.append(Routed(find_tools(tools).folder, data, *options))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture(scope="module")
def routed(serve: Serve, town: Path) -> Routed:
    """For the tests that only ask."""
    return serve(town)
