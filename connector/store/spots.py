"""Where each account lies, and how many lie in each square of the map, as the last night found them: for pages.

A square's counts are kept for each rep and, under EVERYBODY, for all, at the LEVELS that maps are drawn with: a page
then reads some hundred rows, however many accounts there are.

Shapes   Spots are columns (n,), an account each
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, delete, false, func, select

from callplan.model import Marks, Numbers, Texts
from connector.store.rows import Transactions, columns, in_parts, pour, put
from connector.store.tables import assignments, cells, coverage, spots

LEVELS = (7, 9, 11)  # squares some 190, 50 and 12 miles high
EVERYBODY = "*"
Coded = tuple[Texts, NDArray[np.intp]]  # the names there are, and which of them each account has


@dataclass(frozen=True, slots=True)
class Mapped:
    npi: Texts
    record: Texts
    rep: Texts
    cell: Texts
    latitude: Numbers
    longitude: Numbers
    tier: Texts
    cold: Marks
    specialty: Texts
    town: Texts
    state: Texts
    zip: Texts

    def rows(self) -> list[tuple[Any, ...]]:
        listed = (_plain(getattr(self, field.name)) for field in fields(self))
        return list(zip(*listed, strict=True))


@dataclass(frozen=True, slots=True)
class Moved:
    """What differs from the night before, and the squares as they are now."""

    mapped: Mapped
    changed: list[tuple[Any, ...]]
    gone: list[str]
    counted: dict[str, NDArray[Any]]
    first: bool


NAMES = tuple(field.name for field in fields(Mapped))


class Spots:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def keep(self, mapped: Mapped) -> int:
        """How many accounts differ."""
        return self.write(self.differing(mapped))

    def differing(self, mapped: Mapped) -> Moved:
        """Of itself, so that nobody is kept from writing while it is looked for and counted."""
        rows, before = mapped.rows(), self._there()
        changed = [row for row in rows if before.get(row[0]) != row]
        gone = sorted(before.keys() - {row[0] for row in rows})
        return Moved(mapped, changed, gone, counted_of(mapped) if changed or gone else {}, first=not before)

    def write(self, moved: Moved) -> int:
        """What differs, and the squares anew."""
        if moved.changed or moved.gone:
            with self._database.begin() as connection:
                self._accounts(connection, moved)
                connection.execute(delete(cells).where(cells.c.crm == self._crm))
                self._pour(connection, cells, moved.counted)
        return len(moved.changed) + len(moved.gone)

    def _accounts(self, connection: Connection, moved: Moved) -> None:
        if moved.first:
            self._pour(connection, spots, {name: getattr(moved.mapped, name) for name in NAMES})
            return
        for some in in_parts(moved.gone):
            connection.execute(delete(spots).where(spots.c.crm == self._crm, spots.c.npi.in_(some)))
        named = (dict(zip(NAMES, row, strict=True)) for row in moved.changed)
        put(connection, spots, ({"crm": self._crm, **row} for row in named))

    def _pour(self, connection: Connection, table: Table, columns: dict[str, NDArray[Any]]) -> None:
        many = len(next(iter(columns.values())))
        pour(connection, table, {"crm": np.full(many, self._crm), **columns})

    def judged(self, npi: Texts) -> tuple[Texts, Texts, Marks]:
        """Tier, specialty and whether it is flagged, of each: as the night has decided."""
        a, c = assignments.c, coverage.c
        query = select(a.npi, a.tier, func.coalesce(a.specialty, ""), func.coalesce(c.flagged, false()))
        query = query.outerjoin(coverage, (c.crm == a.crm) & (c.npi == a.npi)).where(a.crm == self._crm)
        with self._database.begin() as connection:
            found = {row[0]: row[1:] for row in zip(*columns(connection, query), strict=True)}
        told = [found.get(one, ("", "", False)) for one in npi.tolist()]
        tier, specialty, cold = zip(*told, strict=True) if told else ((), (), ())
        return np.array(tier, dtype=np.str_), np.array(specialty, dtype=np.str_), np.array(cold, dtype=np.bool_)

    def _there(self) -> dict[str, tuple[Any, ...]]:
        query = select(*(spots.c[name] for name in NAMES)).where(spots.c.crm == self._crm)
        with self._database.begin() as connection:
            listed = list(columns(connection, query))
        listed[NAMES.index("cold")] = [bool(one) for one in listed[NAMES.index("cold")]]
        return {row[0]: row for row in zip(*listed, strict=True)}


def counted_of(mapped: Mapped) -> dict[str, NDArray[Any]]:
    """The squares of all levels, as columns of their table."""
    reps, rep = np.unique(mapped.rep, return_inverse=True)
    cells_there, cell = np.unique(mapped.cell, return_inverse=True)
    parts = []
    for level in LEVELS:
        squares, of = np.unique(cells_there.astype(f"U{level}"), return_inverse=True)
        parts.append(_counted(mapped, level, (reps, rep), (squares, of[cell])))
        parts.append(_counted(mapped, level, (np.array([EVERYBODY]), np.zeros_like(rep)), (squares, of[cell])))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _counted(mapped: Mapped, level: int, reps: Coded, squares: Coded) -> dict[str, NDArray[Any]]:
    many = len(squares[0])
    there, of = np.unique(reps[1] * many + squares[1], return_inverse=True)
    tiers = {ours: mapped.tier == theirs for ours, theirs in (("a", "A"), ("b", "B"), ("c", "C"), ("other", ""))}
    counts = {
        name: np.bincount(of[marks], minlength=len(there)) for name, marks in {**tiers, "cold": mapped.cold}.items()
    }
    return {
        "level": np.full(len(there), level),
        "rep": reps[0][there // many],
        "cell": squares[0][there % many],
        **counts,
        "town": _largest(of, mapped.town),
    }


def _largest(of: NDArray[np.intp], town: Texts) -> Texts:
    """Of each square the town with the most accounts; of several the first by name."""
    names, code = np.unique(town, return_inverse=True)
    pairs, times = np.unique(of * len(names) + code, return_counts=True)
    square, name = np.divmod(pairs, max(len(names), 1))
    order = np.lexsort((name, -times, square))
    first = np.unique(square[order], return_index=True)[1]
    largest: Texts = names[name[order][first]]
    return largest


def _plain(column: NDArray[Any]) -> list[Any]:
    values = column.tolist()
    return [None if value != value else value for value in values] if column.dtype.kind == "f" else values
