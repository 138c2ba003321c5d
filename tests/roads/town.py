"""Places of the town in town.osm, and books that drive in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from callplan.model import Points
from connector.config import RoadSettings
from connector.roads.asked import Asked, Shelf
from connector.roads.drives import RoadBook
from connector.roads.engines import engine_of
from connector.roads.estimate import Roads
from connector.roads.legs import Draws, Engine, Legs

HOME, ACROSS, NORTH = (41.58, -93.62), (41.58, -93.61), (41.60, -93.61)  # rep Kim's, and two on the other bank
ISLAND, AWAY = (41.565, -93.615), (41.90, -93.60)
NOBODY_KNOWS = (np.nan, np.nan)
ESTIMATED = "estimated (great circle x 1.3)"
DAY = date(2026, 11, 23)


def points(*places: tuple[float, float]) -> Points:
    latitude, longitude = np.array(places).T
    return latitude, longitude


class Listening:
    """The engine, and how many drives it was asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.name, self.cannot_say, self.asked = engine, engine.name, engine.cannot_say, list[int]()
        self.memory, self.about = engine.memory, engine.about
        if isinstance(engine, Draws):
            self.reach = engine.reach

    def legs(self, origins: Points, destinations: Points) -> Legs:
        self.asked.append(len(origins[0]) * len(destinations[0]))
        return self._engine.legs(origins, destinations)


class Town:
    """A book over an engine, with what it was asked and what was announced."""

    def __init__(self, settings: RoadSettings, shelf: Shelf | None = None, day: date = DAY) -> None:
        found = engine_of(settings, Path())
        assert found
        self.engine, self.said = Listening(found), list[str]()
        self.book = RoadBook(Roads(), Asked(self.engine, shelf, day, self.said.append), self.said.append)
