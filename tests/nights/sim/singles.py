"""Every kind of fault at every site of one night, one at a time: the night ends as it would have without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.nights.sim import people
from tests.nights.sim.faults import KINDS, kinds_at
from tests.nights.sim.ground import Ground, Knobs
from tests.nights.sim.story import Ended, Night, Story, tell

SEED = 700
WIDE = Knobs(page_size=200)


def undisturbed(crm: str) -> Story:
    """A first night, a day on which people do everything once, and the night that is looked at."""
    return Story(crm, SEED, WIDE, (Night(), Night(deeds=people.DAILY)))


def singles(ground: Ground, crm: str, folder: Path) -> tuple[Ended, list[Story]]:
    """The undisturbed one, and all others."""
    calm = live_through(ground, undisturbed(crm), folder / f"{crm}-undisturbed")
    return calm, list(_others(calm))


def live_through(ground: Ground, story: Story, folder: Path) -> Ended:
    """One undisturbed night must be enough to mend one fault."""
    return tell(ground, story, folder, calm_nights=1)


def _others(calm: Ended) -> Iterator[Story]:
    first, second = calm.story.nights
    for site, (what, name) in enumerate(calm.sites):
        for kind in kinds_at(calm.story.crm, what, name):
            yield replace(calm.story, nights=(first, replace(second, faults={site: kind})))


def compare(calm: Ended, struck: Ended) -> Iterator[tuple[str, str]]:
    """What is not as in the undisturbed one."""
    ((_, kind),) = struck.story.nights[-1].faults.items() or ((0, "person"),)
    yield from struck.violations
    if not KINDS[kind].calm:
        return
    for npi, fields in calm.state.items():
        for name, value in fields.items():
            if struck.state.get(npi, {}).get(name) != value:
                yield "ends_as_undisturbed", f"{npi}.{name}: {struck.state.get(npi, {}).get(name)!r}, not {value!r}"
    if KINDS[kind].passes and struck.starts > calm.starts:
        yield "what_passes_stops_no_night", f"{struck.starts} starts instead of {calm.starts}"
