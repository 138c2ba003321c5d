"""The paper under a day's map: from degrees to places on it, a scale bar in miles, and towns to find one's way by.

North is up. Over one day's distances an equal-angle map, narrowed by the cosine of its middle, is right to a hair.

Units    places on the paper are in its own units, from the frame's upper left corner
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, dist, radians

from callplan.model import Place
from connector.roads.estimate import EARTH_MILES
from connector.roads.places import towns

WIDE, HIGH, MARGIN = 448.0, 400.0, 44.0
LEAST_MILES = 3.0  # across, or two stops of one street would fill the paper
ALONE_MILES = 15.0  # across, where all lie at one point: so that a town or two around it can be seen
MILES_A_DEGREE = EARTH_MILES * radians(1)
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ground:
    middle: Place
    a_mile: float  # on the paper

    def spot(self, place: Place) -> Spot:
        east = (place.longitude - self.middle.longitude) * MILES_A_DEGREE * cos(radians(self.middle.latitude))
        north = (place.latitude - self.middle.latitude) * MILES_A_DEGREE
        return WIDE / 2 + east * self.a_mile, HIGH / 2 - north * self.a_mile

    def bar(self) -> float:
        """Miles of a round scale bar, about a quarter of the frame."""
        most = WIDE / 4 / self.a_mile
        return max(miles for miles in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if miles <= most)

    def towns(self, states: Iterable[str], wanted: Iterable[str], near: Sequence[Spot]) -> list[tuple[str, Spot]]:
        """Within the frame: those that are wanted, then those of many ZIP codes, then the nearest to a stop."""
        first = {name.lower() for name in wanted}

        def rank(town: tuple[str, Spot, int]) -> tuple[bool, int, float, str]:
            name, spot, many = town
            return name.lower() not in first, -many if many > 1 else 0, min(dist(spot, stop) for stop in near), name

        found = [(name, self.spot(place), many) for state in sorted(set(states)) for name, place, many in towns(state)]
        return [(name, spot) for name, spot, _ in sorted((town for town in found if _within(town[1])), key=rank)]


def ground_of(places: Sequence[Place]) -> Ground:
    """On which all of them lie, with a margin."""
    latitudes, longitudes = [place.latitude for place in places], [place.longitude for place in places]
    middle = Place((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)
    north = (max(latitudes) - min(latitudes)) * MILES_A_DEGREE
    east = (max(longitudes) - min(longitudes)) * MILES_A_DEGREE * cos(radians(middle.latitude))
    least = LEAST_MILES if max(east, north) > 0.1 else ALONE_MILES
    a_mile = min((WIDE - 2 * MARGIN) / max(east, least), (HIGH - 2 * MARGIN) / max(north, least))
    return Ground(middle, a_mile)


def _within(spot: Spot) -> bool:
    return 12 < spot[0] < WIDE - 12 and 12 < spot[1] < HIGH - 12
