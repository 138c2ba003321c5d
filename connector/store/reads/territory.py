"""Where accounts lie: counts by square for many, single accounts where they are few.

Counts come from squares that the night keeps. Single accounts are those of some reps or of some squares, found by an
index; of these at most LOOKED are looked at and DRAWN told one by one, and Counts say when there were more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, func, or_, select, union_all

from connector.store.reads.reps import seen
from connector.store.reads.sees import Sees
from connector.store.spots import EVERYBODY, LEVELS
from connector.store.tables import accounts, cells, spots

LOOKED, DRAWN, SQUARES, TOWNS, PAGE = 4000, 500, 250, 40, 50  # rows
MILES_A_DEGREE = 69.1


@dataclass(frozen=True, slots=True)
class Circle:
    """As the crow flies; on the paper of one map the earth is flat."""

    latitude: float
    longitude: float
    miles: float
    narrowed: float  # by which a degree of longitude is shorter here


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts. Every part that is given must hold; of several entries of one part one is enough."""

    tiers: tuple[str, ...] = ()
    cold: bool = False
    specialties: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    zips: tuple[str, ...] = ()  # or their first digits
    inside: frozenset[str] | None = None  # ZIPs of counties
    circle: Circle | None = None
    squares: tuple[str, ...] = ()  # in which the circle lies
    cell: str = ""  # the square that is looked at
    town: str = ""
    state: str = ""  # of the town

    @property
    def in_squares(self) -> bool:
        """The counts of squares answer it."""
        return not (self.by_account or self.circle or self.town or (self.tiers and self.cold))

    @property
    def by_account(self) -> bool:
        return bool(self.specialties or self.states or self.zips) or self.inside is not None

    @property
    def somewhere(self) -> bool:
        return bool(self.cell or self.squares)


@dataclass(frozen=True, slots=True)
class Counts:
    a: int
    b: int
    c: int
    other: int
    cold: int

    @property
    def all(self) -> int:
        return self.a + self.b + self.c + self.other


@dataclass(frozen=True, slots=True)
class SquareRow:
    cell: str
    town: str  # one of those with many accounts in it
    counts: Counts


@dataclass(frozen=True, slots=True)
class TownRow:
    town: str
    state: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Point:
    npi: str
    name: str | None
    tier: str
    cold: bool
    town: str
    state: str
    rep: str
    cell: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Found:
    counts: Counts
    looked: int  # LOOKED: there may be more
    points: Sequence[Point]
    towns: Sequence[TownRow]
    specialties: Sequence[str]


def total(connection: Connection, crm: str, sees: Sees, cell: str = "") -> Counts:
    level = next((level for level in LEVELS if level >= len(cell)), LEVELS[-1])
    row = connection.execute(select(*_sums(cells.c)).where(*_squares_of(crm, sees, level, cell))).one()
    return Counts(*(one or 0 for one in row))


def squares(connection: Connection, crm: str, sees: Sees, level: int, cell: str = "") -> list[SquareRow]:
    """Of one of LEVELS, within a square or all; one more than SQUARES says that there are too many for a map."""
    query = select(cells.c.cell, func.max(cells.c.town), *_sums(cells.c))
    query = query.where(*_squares_of(crm, sees, level, cell), cells.c.cell != "").group_by(cells.c.cell)
    rows = connection.execute(query.order_by(cells.c.cell).limit(SQUARES + 1))
    return [SquareRow(name, town, Counts(*counts)) for name, town, *counts in rows]


def find(connection: Connection, crm: str, sees: Sees, wanted: Wanted) -> Found:
    looked, fits = _candidates(crm, sees, wanted), _fits(wanted)
    s = looked.c
    counts = Counts(*(one or 0 for one in connection.execute(select(*_tallies(s)).where(*fits(s))).one()))
    towns = select(s.town, s.state, *_tallies(s)).where(*fits(s)).group_by(s.town, s.state)
    towns = towns.order_by(func.count().desc(), s.town).limit(TOWNS)
    specialties = select(s.specialty).where(s.specialty != "").distinct().order_by(s.specialty).limit(100)
    return Found(
        counts,
        connection.execute(select(func.count()).select_from(looked)).scalar_one(),
        _points(connection, crm, looked, fits(s), (s.tier == "", s.tier, s.npi), DRAWN),
        [TownRow(town, state, Counts(*tally)) for town, state, *tally in connection.execute(towns)],
        [name for (name,) in connection.execute(specialties)],
    )


def listed(connection: Connection, crm: str, sees: Sees, wanted: Wanted, after: str = "") -> Sequence[Point]:
    """The same accounts by NPI: a page and one, which says that there is another."""
    looked = _candidates(crm, sees, wanted)
    return _points(connection, crm, looked, (*_fits(wanted)(looked.c), looked.c.npi > after), (looked.c.npi,), PAGE + 1)


def _points(
    connection: Connection, crm: str, looked: Subquery, fits: Sequence[Any], order: Sequence[Any], most: int
) -> list[Point]:
    s, a = looked.c, accounts.c
    query = select(s.npi, a.name, s.tier, s.cold, s.town, s.state, s.rep, s.cell, s.latitude, s.longitude)
    query = query.select_from(looked.outerjoin(accounts, (a.crm == crm) & (a.id == s.record)))
    rows = connection.execute(query.where(*fits).order_by(*order).limit(most)).mappings()
    return [Point(**row) for row in rows]


def _candidates(crm: str, sees: Sees, wanted: Wanted) -> Subquery:
    """In the order of an index, square by square, so that no more are read than LOOKED of each."""
    s = spots.c
    order = (s.rep, s.cell, s.npi) if sees.only is not None else (s.cell, s.npi)
    query = select(spots).where(s.crm == crm, seen(s.rep, sees)).order_by(*order).limit(LOOKED)
    names = ((wanted.cell,) if wanted.cell else wanted.squares) or ("",)
    parts = [(query.where(_begins(s.cell, name)) if name else query).subquery() for name in names]
    if len(parts) == 1:
        return parts[0]
    return union_all(*(select(part) for part in parts)).limit(LOOKED).subquery()


def _fits(wanted: Wanted) -> Any:
    def conditions(s: Any) -> list[ColumnElement[bool]]:
        found = [
            s.tier.in_(wanted.tiers) if wanted.tiers else None,
            s.cold if wanted.cold else None,
            func.lower(s.specialty).in_([name.lower() for name in wanted.specialties]) if wanted.specialties else None,
            s.state.in_(wanted.states) if wanted.states else None,
            or_(*(s.zip.startswith(zip_code, autoescape=True) for zip_code in wanted.zips)) if wanted.zips else None,
            func.substr(s.zip, 1, 5).in_(sorted(wanted.inside)) if wanted.inside is not None else None,
            _in_circle(s, wanted.circle) if wanted.circle else None,
            and_(s.town == wanted.town, s.state == wanted.state) if wanted.town else None,
        ]
        return [one for one in found if one is not None]

    return conditions


def _in_circle(s: Any, circle: Circle) -> ColumnElement[bool]:
    north = (s.latitude - circle.latitude) * MILES_A_DEGREE
    east = (s.longitude - circle.longitude) * MILES_A_DEGREE * circle.narrowed
    inside: ColumnElement[bool] = (north * north + east * east) <= circle.miles * circle.miles
    return inside


def _squares_of(crm: str, sees: Sees, level: int, cell: str) -> list[ColumnElement[bool]]:
    c = cells.c
    everybody = sees.only is None and not sees.but
    whose = [c.rep == EVERYBODY] if everybody else [seen(c.rep, sees), c.rep != EVERYBODY]
    return [c.crm == crm, c.level == level, *whose, *([_begins(c.cell, cell)] if cell else [])]


def _begins(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """As a range, which every index answers; signs are 0 to 3."""
    return (column >= name) & (column < name[:-1] + chr(ord(name[-1]) + 1))


def _sums(c: Any) -> list[Any]:
    return [func.sum(c[name]) for name in ("a", "b", "c", "other", "cold")]


def _tallies(s: Any) -> list[Any]:
    tiers = [func.sum(case((s.tier == tier, 1), else_=0)) for tier in ("A", "B", "C", "")]
    return [*tiers, func.sum(case((s.cold, 1), else_=0))]
