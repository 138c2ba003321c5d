"""Every single fault, at every call and every commit of a night, leaves the CRM as an undisturbed night does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
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


def kinds(crm: str, what: str) -> list[str]:
    """A HubSpot key does not lapse: there is no login to lose."""
    found = CALL_KINDS if what == "call" else COMMIT_KINDS
    return [kind for kind in found if (crm, kind) != ("hubspot", "log_out")]


@dataclass(frozen=True)
class Eve:
    """The moment before the night that is looked at: a first night and a day of work lie behind it."""

    crm: str
    database: Path
    vendor: dict[str, Any]
    now: datetime

    @contextmanager
    def again(self, ground: Ground, folder: Path) -> Iterator[World]:
        for path in self.database.parent.glob("callplan.db*"):
            shutil.copy(path, folder / path.name)  # the store and its audit log
        with world(ground, self.crm, folder) as place:
            place.vendor.load(json.loads(json.dumps(self.vendor)))
            place.clock.sleep((self.now - place.clock.now()).total_seconds())
            place.today += timedelta(days=1)
            yield place


@pytest.fixture(scope="module", params=CRMS)
def eve(request: pytest.FixtureRequest, ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Eve:
    folder = tmp_path_factory.mktemp("eve")
    with world(ground, request.param, folder) as place:
        place.night()
        place.live_day(SEED)
        vendor, now = place.vendor.dump(), place.clock.now()
    return Eve(request.param, folder / "callplan.db", vendor, now)  # closing the last connection folds the WAL in


def test_every_single_fault(eve: Eve, ground: Ground, tmp_path: Path) -> None:
    with eve.again(ground, tmp_path) as place:
        place.night()
        sites, undisturbed = list(place.faults.passed), laws.state(place)
    violations, struck, deaths = [], 0, 0
    for site, (what, name) in enumerate(sites):
        for kind in kinds(eve.crm, what):
            folder = tmp_path / f"{site}-{kind}"
            folder.mkdir()
            with eve.again(ground, folder) as place:
                place.night({site: kind})
                struck, deaths = struck + sum(place.faults.struck.values()), deaths + place.deaths
                found = laws.same_as(undisturbed, place)
                found += [text for law in laws.LAWS for text in law(place)]
                violations += [f"{kind} at {site} ({name}): {text}" for text in found]
            shutil.rmtree(folder)

    assert violations == []
    assert struck == sum(len(kinds(eve.crm, what)) for what, _ in sites)
    assert f"{struck} on" in GUARANTEES or f"{struck} cases on" in GUARANTEES
    assert deaths > len(sites)
