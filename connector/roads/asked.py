"""An engine as one run asks it: first what it said on earlier nights, then the rest, and never again once it failed.

What it said is kept in the store, one packed row for each place that drives start from; a place is its point to the
fifth decimal, about a yard. So unchanged places ask nothing, and a moved address asks only for its own row and column.

Shapes   origins (n,), destinations (k,) -> Legs (n, k), NOT_ASKED where the engine failed before it said
Units    minutes and miles are kept as 32-bit floats, and rounded to them before they are used the first time too
Errors   none: a failure is in `failed`, and was said once
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from callplan.model import Counts, Marks, Numbers, Points
from connector.roads.legs import Engine, EngineFailed, Legs, all_of

NOT_ASKED = -np.inf
MINUTES, MILES = "minutes", "miles"
ENTRY = np.dtype([("to", "<i8"), (MINUTES, "<f4"), (MILES, "<f4")])
Entries = NDArray[np.void]


Kept = tuple[date, bytes]  # when the oldest of its entries was asked, and the entries


class Shelf(Protocol):
    """Where answers are kept between nights."""

    def get(self, engine: str, places: Sequence[int], since: date, today: date) -> dict[int, Kept]: ...
    def put(self, engine: str, rows: Mapping[int, Kept], today: date) -> None: ...
    def tidy(self, today: date) -> None: ...


class Asked:
    def __init__(self, engine: Engine, shelf: Shelf | None, today: date, say: Callable[[str], None]) -> None:
        self.engine, self.failed = engine, ""
        self._today, self._say = today, say
        self._memory = engine.memory(today) if shelf else None
        self._shelf = shelf
        if shelf:
            shelf.tidy(today)

    def legs(self, origins: Points, destinations: Points) -> Legs:
        starts, ends = _keys(origins), _keys(destinations)
        kept = self._kept(starts)
        legs = _look_up(kept, starts, ends)
        for rows, columns in _blocks((legs.minutes == NOT_ASKED) & (starts[:, None] != ends)):
            self._ask(legs, (origins, rows), (destinations, columns))
        self._keep(kept, starts, ends, legs)
        same = starts[:, None] == ends
        legs.minutes[same], legs.miles[same] = 0.0, 0.0
        return legs

    def fail(self, error: EngineFailed) -> None:
        self.failed = error.what
        self._say(f"{self.engine.name} {error.what} ({error.details}): from here on drives are estimated.")

    def _ask(self, legs: Legs, origins: tuple[Points, Counts], destinations: tuple[Points, Counts]) -> None:
        if self.failed:
            return
        rows, columns = origins[1], destinations[1]
        try:
            said = self.engine.legs(_at(*origins), _at(*destinations))
        except EngineFailed as error:
            self.fail(error)
            return
        legs.put(rows, columns, Legs(_as_kept(said.minutes), _as_kept(said.miles)))

    def _kept(self, starts: Counts) -> dict[int, Kept]:
        if not (self._shelf and self._memory):
            return {}
        return self._shelf.get(self._memory.name, sorted(set(starts.tolist())), self._memory.since, self._today)

    def _keep(self, kept: dict[int, Kept], starts: Counts, ends: Counts, legs: Legs) -> None:
        """Rows that say more than they did."""
        if not (self._shelf and self._memory):
            return
        rows: dict[int, Kept] = {}
        for row, start in enumerate(starts.tolist()):
            before = _entries(rows.get(start) or kept.get(start))
            said = (legs.minutes[row] != NOT_ASKED) & (ends != start) & ~np.isin(ends, before["to"])
            if said.any():
                asked = kept[start][0] if start in kept else self._today
                rows[start] = asked, _merged(before, ends[said], legs, row, said).tobytes()
        if rows:
            self._shelf.put(self._memory.name, rows, self._today)


def _as_kept(table: Numbers) -> Numbers:
    return table.astype(np.float32).astype(np.float64)


def _keys(points: Points) -> Counts:
    """A point as one number: latitude and longitude in hundred-thousandths of a degree, 32 bits each."""
    latitude, longitude = (np.round(degrees * 1e5).astype(np.int64) for degrees in points)
    keys: Counts = (latitude << 32) | (longitude & 0xFFFFFFFF)
    return keys


def _look_up(kept: Mapping[int, Kept], starts: Counts, ends: Counts) -> Legs:
    legs = Legs(*(np.full((len(starts), len(ends)), NOT_ASKED) for _ in range(2)))
    for row, start in enumerate(starts.tolist()):
        entries = _entries(kept.get(start))
        if len(entries):
            at = np.minimum(np.searchsorted(entries["to"], ends), len(entries) - 1)
            there = entries["to"][at] == ends
            legs.minutes[row, there], legs.miles[row, there] = entries[MINUTES][at[there]], entries[MILES][at[there]]
    return legs


def _entries(kept: Kept | None) -> Entries:
    """In the order of `to`."""
    return np.frombuffer(kept[1] if kept else b"", dtype=ENTRY)


def _merged(before: Entries, ends: Counts, legs: Legs, row: int, said: Marks) -> Entries:
    added = np.empty(len(ends), dtype=ENTRY)
    added["to"], added["minutes"], added["miles"] = ends, legs.minutes[row, said], legs.miles[row, said]
    together = np.concatenate((before, added))
    _, first = np.unique(together["to"], return_index=True)
    return together[first]


def _blocks(missing: Marks) -> Iterator[tuple[Counts, Counts]]:
    """Rows and columns to ask for: places of which nothing is known as rows of their own, then what is left."""
    some = missing.any(axis=1)
    fresh = some & (missing.sum(axis=1) >= missing.shape[1] - 1)
    for rows in (fresh, some & ~fresh):
        columns = missing[rows].any(axis=0)
        if columns.any():
            yield np.flatnonzero(rows), np.flatnonzero(columns)


def _at(points: Points, rows: Counts) -> Points:
    return points[0][rows], points[1][rows]


def unasked(origins: Points, destinations: Points) -> Legs:
    return all_of(NOT_ASKED, origins, destinations)
