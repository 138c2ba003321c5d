"""`callplan roads`: an extract built for OSRM, or one drive measured by the config's engine.

Errors   NeedsHuman: no tools, no extract, an engine that does not answer, or a place that nobody knows
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np

from callplan.model import Place
from connector.config import Config
from connector.errors import NeedsHuman
from connector.host.open import open_config
from connector.roads.build import build
from connector.roads.drives import RoadBook
from connector.roads.engines import engine_of, road_book
from connector.roads.legs import EngineFailed
from connector.roads.places import place, place_of

SOMEWHERE = Place(41.5868, -93.6250)  # Des Moines, where no rep has a home


def build_roads(extract: Path, out: Path | None, tools: Path | None, say: Callable[[str], None]) -> Iterator[str]:
    made = build(extract, out or Path("roads") / extract.name.split(".")[0], tools, say)
    yield f"Built {made}. In the config:"
    yield f"  roads: {{engine: osrm, data: {made}}}"
    yield f"or serve it with `osrm-routed {made}` and name the server's `url:`."
    yield "The map is © OpenStreetMap contributors, under the ODbL: say so where you show what was made of it."


def show_drive(path: Path, here: str, there: str) -> Iterator[str]:
    """One drive there and back, and beside it the estimate. What earlier nights kept is not looked at."""
    config = open_config(path)
    said: list[str] = []
    settings, base = config.value.roads, config.path.parent
    asked = road_book(settings, base, shelf=None, today=date.min, say=said.append)
    estimate = road_book(
        settings.model_copy(update={"engine": "estimate"}), base, shelf=None, today=date.min, say=print
    )
    ends = [_place(here), _place(there)]
    for book in (asked, estimate) if settings.engine != "estimate" else (estimate,):
        yield from _drive(book, ends)
    yield from said


def about_roads(config: Config, base: Path) -> str:
    """What the engine says of itself and its data."""
    engine = engine_of(config.roads, base)
    if not engine:
        return f"estimated, {config.roads.circuity:g} miles of road for each of great circle"
    homes = [found for rep in config.reps if rep.home_zip and (found := place(rep.home_zip))]
    try:
        return engine.about(homes[0] if homes else SOMEWHERE)
    except EngineFailed as error:
        raise NeedsHuman(
            f"{engine.name} {error.what} ({error.details}).",
            next_step="Put it right under `roads:` in the config; until then a night estimates, and says so.",
        ) from error


def _place(text: str) -> Place:
    if found := place_of(text):
        return found
    raise NeedsHuman(f'"{text}" is no ZIP that is known.', next_step='Write a ZIP, or a point: "41.59, -93.62".')


def _drive(book: RoadBook, ends: list[Place]) -> Iterator[str]:
    drives = book.drives(np.array([end.latitude for end in ends]), np.array([end.longitude for end in ends]))
    yield drives.label
    for way, at in (("there", (0, 1)), ("back", (1, 0))):
        yield f"  {way:<6}{drives.minutes[at]:6.1f} minutes {drives.miles[at]:7.1f} miles"
