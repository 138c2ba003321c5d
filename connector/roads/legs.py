"""What an engine says of the drives between places, and what it must be able to do.

An engine knows places by their points alone, which are all on the globe. What it answers is one of three: minutes and
miles; that there is no road; or that it cannot say, because a place is too far from its roads or not in its table.

Shapes   origins (n,), destinations (k,) -> minutes, miles (n, k)
Units    NO_ROAD (NaN) where there is none, UNSAID (infinite) where the engine cannot say
Errors   EngineFailed: no answer, or nonsense. Nobody stops for it: the estimate takes the engine's place
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

import numpy as np

from callplan.model import Counts, Marks, Numbers, Place, Points

NO_ROAD, UNSAID = np.nan, np.inf
METERS_PER_MILE = 1609.344
# Farther from the next road than this, a place is not on the engine's map: an account outside its extract would else
# be taken to the map's edge. A farm's drive is shorter.
FAR_METERS = 2000.0


@dataclass(frozen=True, slots=True)
class Legs:
    minutes: Numbers
    miles: Numbers

    def put(self, rows: Counts | Marks, columns: Counts | Marks, other: Legs) -> None:
        """Take over a block of rows and columns."""
        for mine, theirs in ((self.minutes, other.minutes), (self.miles, other.miles)):
            mine[np.ix_(rows, columns)] = theirs


def all_of(value: float, origins: Points, destinations: Points) -> Legs:
    shape = len(origins[0]), len(destinations[0])
    return Legs(np.full(shape, value), np.full(shape, value))


class EngineFailed(Exception):
    """`what` goes on with the engine's name: "did not answer". `details` are for the log."""

    def __init__(self, what: str, details: object = "") -> None:
        self.what, self.details = what, " ".join(str(details).split())[:200]
        super().__init__(what)


class TooMuch(Exception):
    """The engine does not answer for all of these at once; `alone` is what that means for a single pair."""

    def __init__(self, alone: float | None = None) -> None:
        self.alone = alone
        super().__init__()


@dataclass(frozen=True, slots=True)
class Memory:
    """Under which name an engine's answers are kept, and from which day on they are still good."""

    name: str
    since: date


class Engine(Protocol):
    name: str
    cannot_say: str  # of a pair that is UNSAID: "is not on its map"

    def memory(self, today: date) -> Memory | None:
        """None: asking again costs nothing."""

    def legs(self, origins: Points, destinations: Points) -> Legs: ...

    def about(self, near: Place) -> str:
        """What it is and what data it has, for `callplan check`."""


@runtime_checkable
class Draws(Protocol):
    """An engine that has polygons of its own."""

    def reach(self, place: Place, minutes: float) -> tuple[Points, ...]: ...


Ask = Callable[[Points, Points], Legs]


def in_tiles(ask: Ask, origins: Points, destinations: Points, side: int) -> Legs:
    """Asked in blocks of at most side x side; one that is too much in halves, down to a single pair."""
    found = all_of(UNSAID, origins, destinations)
    for top in range(0, len(origins[0]), side):
        for left in range(0, len(destinations[0]), side):
            rows, columns = slice(top, top + side), slice(left, left + side)
            block = _in_halves(ask, _part(origins, rows), _part(destinations, columns))
            found.minutes[rows, columns], found.miles[rows, columns] = block.minutes, block.miles
    return found


def _in_halves(ask: Ask, origins: Points, destinations: Points) -> Legs:
    try:
        return ask(origins, destinations)
    except TooMuch as error:
        n, k = len(origins[0]), len(destinations[0])
        if n == k == 1:
            if error.alone is None:
                raise EngineFailed("answers no question, however small") from error
            return all_of(error.alone, origins, destinations)
    if n >= k:
        upper, lower = (_in_halves(ask, _part(origins, half), destinations) for half in _halves(n))
        return Legs(np.vstack((upper.minutes, lower.minutes)), np.vstack((upper.miles, lower.miles)))
    left, right = (_in_halves(ask, origins, _part(destinations, half)) for half in _halves(k))
    return Legs(np.hstack((left.minutes, right.minutes)), np.hstack((left.miles, right.miles)))


def _halves(count: int) -> tuple[slice, slice]:
    return slice(0, count // 2), slice(count // 2, count)


def _part(points: Points, rows: slice) -> Points:
    return points[0][rows], points[1][rows]


def legs_from(minutes: object, miles: object, origins: Points, destinations: Points) -> Legs:
    """Two tables of an answer, null where there is no road; anything else is nonsense."""
    try:
        found = Legs(*(np.array(table, dtype=np.float64) for table in (minutes, miles)))
    except (TypeError, ValueError) as error:
        raise EngineFailed("answered what is no table of numbers", error) from error
    shape = len(origins[0]), len(destinations[0])
    if found.minutes.shape != shape or found.miles.shape != shape:
        raise EngineFailed("answered a table of another size", f"{found.minutes.shape} instead of {shape}")
    if (found.minutes < 0).any() or np.isinf(found.minutes).any():
        raise EngineFailed("answered minutes that are none")
    return found
