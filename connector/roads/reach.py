"""What can be reached within so many minutes: a polygon, or a cut of the drive minutes.

Shapes   latitude, longitude (n,) -> whether each is inside, (n,); a place that nobody knows is not
Units    minutes from one place; rings in degrees, a ring inside another being a hole
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from callplan.model import Marks, Numbers, Points


@dataclass(frozen=True, slots=True)
class Held:
    inside: Marks
    label: str  # "Valhalla, polygon of 60 minutes", or "OSRM, cut at 60 minutes"


@dataclass(frozen=True, slots=True)
class Isochrone:
    minutes: float
    polygon: tuple[Points, ...]  # its rings; none where the engine has no polygons
    _held: Callable[[Points], Held]

    def holds(self, latitude: Numbers, longitude: Numbers) -> Held:
        return self._held((latitude, longitude))


def polygon(minutes: float, rings: tuple[Points, ...], engine: str) -> Isochrone:
    label = f"{engine}, polygon of {minutes:g} minutes"
    return Isochrone(minutes, rings, lambda to: Held(_inside(rings, *to), label))


def cut(minutes: float, drives: Callable[[Points], tuple[Numbers, str]]) -> Isochrone:
    """`drives` tells how many minutes from the place, (n,), and what they rest on."""

    def held(to: Points) -> Held:
        known, (drive, basis) = ~np.isnan(to[0]) & ~np.isnan(to[1]), drives(to)
        return Held(known & (drive <= minutes), f"{basis}, cut at {minutes:g} minutes")

    return Isochrone(minutes, (), held)


def _inside(rings: tuple[Points, ...], latitude: Numbers, longitude: Numbers) -> Marks:
    """A ray to the east crosses the rings' edges an odd number of times."""
    odd = np.zeros(len(latitude), dtype=np.bool_)
    for ring_latitude, ring_longitude in rings:
        ends = zip(ring_latitude, ring_longitude, np.roll(ring_latitude, -1), np.roll(ring_longitude, -1), strict=True)
        for south, west, north, east in ends:
            if south != north:
                crossing = west + (latitude - south) * (east - west) / (north - south)
                odd ^= ((south > latitude) != (north > latitude)) & (longitude < crossing)
    return odd
