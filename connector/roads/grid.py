"""Squares of the map: each is cut into four, again and again, and its name begins with that of the square it is in.

A name has a sign for each cut, so that all accounts of a square are those whose name begins like its own, and an index
finds them side by side.

Shapes   latitude, longitude (n,) in degrees, NaN where unknown -> names (n,), "" there
Units    a square of level n is 360 / 2**n degrees wide and high: some 100 miles for 8, some 3 for 13
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import NDArray

from callplan.model import Numbers, Place, Texts

FINEST = 13


@dataclass(frozen=True, slots=True)
class Square:
    south: float
    west: float
    wide: float  # and high, in degrees

    @property
    def middle(self) -> Place:
        return Place(self.south + self.wide / 2, self.west + self.wide / 2)

    @property
    def corners(self) -> tuple[Place, Place]:
        return Place(self.south, self.west), Place(self.south + self.wide, self.west + self.wide)


def names_of(latitude: Numbers, longitude: Numbers) -> Texts:
    known = ~(np.isnan(latitude) | np.isnan(longitude))
    y, x = (_steps(np.where(known, degrees, 0.0)) for degrees in (latitude, longitude))
    signs = np.zeros((len(x), FINEST), dtype=np.uint32)
    for at in range(FINEST):
        cut = FINEST - 1 - at
        signs[:, at] = ord("0") + 2 * (y >> cut & 1) + (x >> cut & 1)
    names = signs.view(f"U{FINEST}").ravel()
    names[~known] = ""
    return names


def square(name: str) -> Square:
    south = west = -180.0
    wide = 360.0
    for sign in name:
        wide /= 2
        south += wide * (int(sign) >> 1)
        west += wide * (int(sign) & 1)
    return Square(south, west, wide)


def across(names: Sequence[str]) -> int:
    """How many squares of one level side by side, or one above the other, hold all of these."""
    if not names:
        return 0
    ends = [[int(sign) >> axis & 1 for sign in name] for name in names for axis in (0, 1)]
    at = [sum(bit << cut for cut, bit in enumerate(reversed(bits))) for bits in ends]
    return max(max(at[axis::2]) - min(at[axis::2]) for axis in (0, 1)) + 1


def covering(south_west: Place, north_east: Place) -> list[str]:
    """The squares, a handful, in which a part of the map lies."""
    widest = max(north_east.latitude - south_west.latitude, north_east.longitude - south_west.longitude)
    level = min(FINEST, max(1, floor(np.log2(360 / max(widest, 1e-3)))))
    wide = 360 / 2**level
    ends = [
        (floor((place.latitude + 180) / wide), floor((place.longitude + 180) / wide))
        for place in (south_west, north_east)
    ]
    found = [
        ((y + 0.5) * wide - 180, (x + 0.5) * wide - 180)
        for y in range(ends[0][0], ends[1][0] + 1)
        for x in range(ends[0][1], ends[1][1] + 1)
    ]
    latitude, longitude = np.array(found).T
    return sorted({name[:level] for name in names_of(latitude, longitude).tolist()})


def _steps(degrees: Numbers) -> NDArray[np.uint32]:
    steps: Numbers = np.clip((degrees + 180) / 360 * 2**FINEST, 0, 2**FINEST - 1)
    return steps.astype(np.uint32)
