"""Drives out of a table of yours: a CSV file or an Excel workbook with from, to, minutes and miles.

    from,to,minutes,miles
    50309,50010,42,36.1

A place is a ZIP, or a point written "41.5868, -93.6250". An account stands at the place of the table that is nearest to
it, at most NEAR_MILES away. A row serves both ways unless the table has one for the way back.

Units    minutes and miles, as in the table; a pair that it does not have is UNSAID
Errors   EngineFailed with file and line: the night estimates, and `callplan check` shows what is wrong
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from callplan.model import Counts, Marks, Place, Points
from connector.roads.estimate import miles_between
from connector.roads.legs import UNSAID, EngineFailed, Legs, Memory, all_of
from connector.roads.places import place_of

COLUMNS = ("from", "to", "minutes", "miles")
NEAR_MILES = 10.0  # a ZIP in the country reaches about as far from its middle


@dataclass(frozen=True, slots=True)
class Known:
    places: Points  # (p,)
    legs: Legs  # (p, p), 0 from a place to itself unless the table says otherwise
    rows: int


class Table:
    cannot_say = "not in the table"

    def __init__(self, path: Path) -> None:
        self._path, self.name = path, f"table {path.name}"

    def memory(self, today: date) -> Memory | None:
        return None

    def about(self, near: Place) -> str:
        return f"{self.name}, {self._known.rows:,} drives between {len(self._known.places[0]):,} places"

    def legs(self, origins: Points, destinations: Points) -> Legs:
        found = all_of(UNSAID, origins, destinations)
        (here, rows), (there, columns) = self._nearest(origins), self._nearest(destinations)
        known = self._known.legs
        picked = np.ix_(here[rows], there[columns])
        found.put(rows, columns, Legs(known.minutes[picked], known.miles[picked]))
        return found

    def _nearest(self, points: Points) -> tuple[Counts, Marks]:
        """Which place of the table each is at, and whether it is near enough."""
        miles = miles_between(points, self._known.places)
        return miles.argmin(axis=1), miles.min(axis=1) <= NEAR_MILES

    @cached_property
    def _known(self) -> Known:
        drives: dict[tuple[Place, Place], tuple[float, float]] = {}
        for line, row in _rows(self._path):
            here, there = (self._place(text, line) for text in row[:2])
            drives[here, there] = self._number(row[2], line), self._number(row[3], line)
        places = sorted({place for pair in drives for place in pair}, key=lambda at: (at.latitude, at.longitude))
        points = np.array([at.latitude for at in places]), np.array([at.longitude for at in places])
        if not places:
            raise EngineFailed("has no row", self._path)
        legs, number = all_of(UNSAID, points, points), {at: index for index, at in enumerate(places)}
        for (here, there), said in drives.items():
            for pair in ((here, there), (there, here)):
                at = number[pair[0]], number[pair[1]]
                legs.minutes[at], legs.miles[at] = drives.get(pair, said)
        return Known(points, legs, len(drives))

    def _place(self, text: str, line: int) -> Place:
        if found := place_of(text.zfill(5) if text.isdecimal() else text):
            return found
        raise EngineFailed("cannot be read", f'{self._path}:{line}: "{text}" is neither a known ZIP nor a point.')

    def _number(self, text: str, line: int) -> float:
        try:
            found = float(text)
        except ValueError:
            found = -1.0
        if 0 <= found < UNSAID:
            return found
        raise EngineFailed("cannot be read", f'{self._path}:{line}: "{text}" is no number of minutes or miles.')


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The four columns of each row, with its line; columns stand in any order."""
    try:
        lines = _workbook(path) if path.suffix.lower() == ".xlsx" else _text(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EngineFailed("cannot be read", f"{path}: {getattr(error, 'strerror', None) or error}") from error
    header = [cell.lower() for cell in lines[0]] if lines else []
    if missing := [name for name in COLUMNS if name not in header]:
        raise EngineFailed("cannot be read", f'{path}:1: there is no column "{missing[0]}".')
    at = [header.index(name) for name in COLUMNS]
    for number, cells in enumerate(lines[1:], 2):
        if any(cells):
            cells += [""] * (len(header) - len(cells))
            yield number, [cells[column] for column in at]


def _text(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [[cell.strip() for cell in row] for row in csv.reader(file, strict=True)]


def _workbook(path: Path) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return [_cells(row) for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()]
    except CalamineError as error:
        raise EngineFailed("cannot be read", f"{path}: {error}") from error


def _cells(row: Sequence[Any]) -> list[str]:
    """A ZIP that Excel took for a number has lost its zeros and won a fraction."""
    return [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip() for cell in row]
