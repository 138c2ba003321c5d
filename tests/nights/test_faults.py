"""Every single fault, at every call and every commit of a night, leaves the CRM as an undisturbed night does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.nights.land import CRMS
from tests.nights.sim import laws
from tests.nights.sim.faults import CALL_KINDS, COMMIT_KINDS
from tests.nights.sim.world import Ground, World, lay_ground, world

SEED = 7
GUARANTEES = (Path(__file__).parents[2] / "docs/why/guarantees.md").read_text()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return lay_ground(tmp_path_factory.mktemp("ground"))


def two_nights(place: World, faults: dict[int, str] | None = None) -> None:
    """A first night, a day of work in the CRM, and the night that is looked at."""
    place.night()
    place.live_day(SEED)
    place.night(faults)


@pytest.fixture(scope="module", params=CRMS)
def calm(
    request: pytest.FixtureRequest, ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, list[tuple[str, str]], dict[str, Any]]]:
    """An undisturbed second night: its CRM, its sites, and what the CRM holds after it."""
    with world(ground, request.param, tmp_path_factory.mktemp("calm")) as place:
        two_nights(place)
        sites = list(place.faults.passed)
        yield request.param, sites, laws.state(place)


def test_every_single_fault(
    calm: tuple[str, list[tuple[str, str]], dict[str, Any]], ground: Ground, tmp_path: Path
) -> None:
    crm, sites, undisturbed = calm
    violations, struck, deaths = [], 0, 0
    for site, (what, name) in enumerate(sites):
        for kind in CALL_KINDS if what == "call" else COMMIT_KINDS:
            folder = tmp_path / f"{site}-{kind}"
            folder.mkdir()
            with world(ground, crm, folder) as place:
                two_nights(place, {site: kind})
                struck, deaths = struck + sum(place.faults.struck.values()), deaths + place.deaths
                found = laws.same_as(undisturbed, place)
                found += [text for law in laws.LAWS for text in law(place)]
                violations += [f"{kind} at {site} ({name}): {text}" for text in found]
            shutil.rmtree(folder)

    assert violations == []
    assert struck == sum(len(CALL_KINDS if what == "call" else COMMIT_KINDS) for what, _ in sites)
    assert f"{struck} on" in GUARANTEES or f"{struck} cases on" in GUARANTEES
    assert deaths > len(sites)
