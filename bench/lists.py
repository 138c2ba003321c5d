"""Lists to measure the planned week against: what a rep drives who goes on to the nearest, or down a list as it came.

Each day starts and ends at the home. Whoever does not fit into what is left of a day is not driven to on it: the
nearest list goes on with the next nearest, the list as it came ends the day, unless even an empty day holds it not.

Shapes   visits of a day, in order -> minutes of driving with the way home
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from bench.towns import World
from callplan.calls import calls_of
from callplan.model import Numbers
from callplan.routes import timed

Days = list[list[int]]
Next = Callable[[list[int], int], "int | None"]  # of those that are left, from a place


def nearest(world: World) -> Days:
    """From home to the nearest account that is due, from there to the nearest, until the day is full."""
    left, fits = set(range(len(world.stops.npi))), _fits(world)
    days: Days = [[] for _ in world.days.day]
    for day, order in enumerate(days):
        here = int(world.days.drive.start[day])
        while near := [row for row in left if fits(day, [*order, row])]:
            row = min(near, key=lambda row: (world.minutes[here, world.stops.place[row]], row))
            order.append(row)
            left.remove(row)
            here = int(world.stops.place[row])
    return days


def as_it_came(world: World, rows: Sequence[int] | None = None) -> Days:
    """One after the other; what does not fit any more is the first of the next day."""
    left, fits = list(rows if rows is not None else range(len(world.stops.npi))), _fits(world)
    days: Days = [[] for _ in world.days.day]
    for day, order in enumerate(days):
        while left and fits(day, [*order, left[0]]):
            order.append(left.pop(0))
            while left and not fits(day, [left[0]]):
                left.pop(0)
    return days


def _fits(world: World) -> Callable[[int, list[int]], bool]:
    calls, drive = calls_of(world.stops, world.days, world.rules), world.days.drive

    def fits(day: int, order: list[int]) -> bool:
        return len(order) <= drive.slots[day] and timed(order, day, calls, drive, world.minutes) is not None

    return fits


def driven(days: Sequence[Sequence[int]], table: Numbers, *, home: bool = True) -> float:
    """Minutes or miles of the days, with the ways from and to the home or without. Account n is row n + 1."""
    around = (0,) if home else ()
    paths = [(*around, *(row + 1 for row in day), *around) for day in days if day]
    return float(sum(table[here, there] for path in paths for here, there in pairwise(path)))


def planned(world: World, day: np.ndarray, starts: np.ndarray) -> Days:
    """The days of a week that was ordered."""
    of = [np.flatnonzero(day == one) for one in world.days.day]
    return [rows[np.argsort(starts[rows], kind="stable")].tolist() for rows in of]
