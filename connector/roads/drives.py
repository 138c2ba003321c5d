"""How long it takes to drive from each place to each other, by the engine of the config or by the estimate.

Where the engine says nothing the estimate does, and the label tells for how much of the list and why; a list without an
engine is labelled "estimated". Where the engine knows no road, there is none.

Shapes   latitude, longitude (n,) -> minutes, miles (n, n), 0 on the diagonal
Units    minutes; miles. NaN where there is no road; a place that nobody knows is
         `unknown_minutes` away, and its miles are NaN
Errors   none: an engine that fails is replaced, and that is announced
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from callplan.model import Marks, Numbers, Place, Points
from connector.roads.asked import Asked, unasked
from connector.roads.estimate import Roads, estimated
from connector.roads.legs import Draws, EngineFailed, Legs
from connector.roads.reach import Isochrone, cut, polygon


@dataclass(frozen=True, slots=True)
class Drives:
    minutes: Numbers
    miles: Numbers
    label: str  # what they rest on: "OSRM", or "estimated (great circle x 1.3): OSRM did not answer"


class RoadBook:
    """The drives of one run; once its engine failed, it is not asked again."""

    def __init__(self, roads: Roads, asked: Asked | None, say: Callable[[str], None]) -> None:
        self._roads, self._asked, self._say = roads, asked, say

    def drives(self, latitude: Numbers, longitude: Numbers) -> Drives:
        return self.between((latitude, longitude), (latitude, longitude), square=True)

    def between(self, places: Points, others: Points, *, square: bool = False) -> Drives:
        """From each of n places to each of k others, (n, k)."""
        estimate = estimated(places, others, self._roads)
        counted = np.ones(estimate.minutes.shape, dtype=np.bool_)
        if square:
            np.fill_diagonal(counted, False)
            for table in (estimate.minutes, estimate.miles):
                np.fill_diagonal(table, 0.0)
        if not self._asked:
            return Drives(estimate.minutes, estimate.miles, self._roads.label)
        known = _known(places), _known(others)
        said = self._say_of(self._asked, places, others, known)
        ours = np.isinf(said.minutes)
        label = self._label(self._asked, said, counted, (~known[0])[:, None] | ~known[1])
        tables = ((said.minutes, estimate.minutes), (said.miles, estimate.miles))
        minutes, miles = (np.where(ours | ~counted, guess, theirs) for theirs, guess in tables)
        return Drives(minutes, miles, label)

    def within(self, place: Place, minutes: float) -> Isochrone:
        """What can be reached: a polygon of an engine that has them, else the places whose drive is short enough."""
        engine = self._asked.engine if self._asked and not self._asked.failed else None
        if self._asked and isinstance(engine, Draws):
            try:
                return polygon(minutes, engine.reach(place, minutes), engine.name)
            except EngineFailed as error:
                self._asked.fail(error)
        here = np.array([place.latitude]), np.array([place.longitude])

        def drives(to: Points) -> tuple[Numbers, str]:
            found = self.between(here, to)
            return found.minutes[0], found.label

        return cut(minutes, drives)

    def _say_of(self, asked: Asked, places: Points, others: Points, known: tuple[Marks, Marks]) -> Legs:
        """What the engine says, of places that are on the globe."""
        said = unasked(places, others)
        inner = _where(places, known[0]), _where(others, known[1])
        if known[0].any() and known[1].any():
            said.put(*known, asked.legs(*inner))
        return said

    def _label(self, asked: Asked, said: Legs, counted: Marks, unknown: Marks) -> str:
        why = list(_reasons(asked, said, counted, unknown))
        roadless = int((np.isnan(said.minutes) & counted).sum())
        if roadless:
            self._say(f"{asked.engine.name} knows no road for {roadless:,} of {counted.sum():,} drives of a list.")
        ours = np.isinf(said.minutes) & counted
        if not why:
            label = asked.engine.name
        elif ours.sum() == counted.sum():
            label = f"{self._roads.label}: {'; '.join(why)}"
        else:
            label = f"{asked.engine.name}, in part {self._roads.label}: {'; '.join(why)}"
        return label + (f"; no road for {roadless:,} of {counted.sum():,} drives" if roadless else "")


def _reasons(asked: Asked, said: Legs, counted: Marks, unknown: Marks) -> Iterator[str]:
    """Why drives are estimated."""
    of = int(counted.sum())
    if (np.isneginf(said.minutes) & counted & ~unknown).any():
        yield f"{asked.engine.name} {asked.failed}"
    if count := int((np.isposinf(said.minutes) & counted).sum()):
        yield f"{count:,} of {of:,} drives are {asked.engine.cannot_say}"
    if count := int((unknown & counted).sum()):
        yield f"{count:,} of {of:,} drives are to or from a place that nobody knows"


def _known(points: Points) -> Marks:
    latitude, longitude = points
    known: Marks = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
    return known


def _where(points: Points, rows: Marks) -> Points:
    return points[0][rows], points[1][rows]
