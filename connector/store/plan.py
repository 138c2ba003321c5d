"""What should be true: each account's tier, its coverage, and the week's call lists, by NPI.

The present plan only, replaced whole in one transaction by the job that makes it; what was written where
and when is the journal's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Table, delete, func, insert, select

from callplan.model import Days, Npi, Numbers, Texts, Tier
from connector.contract import Value
from connector.store.rows import Transactions, columns, pour, put
from connector.store.tables import (
    assignments,
    attainments,
    call_lists,
    carried,
    coverage,
    lighter_touches,
    runs,
    unmatched,
    unplaced,
    vintages,
)


@dataclass(frozen=True, slots=True)
class Assignment:
    npi: Npi
    tier: Tier
    since: date
    previous_tier: Tier | None
    volume: float | None  # relevant procedures in 12 months; None: absent from the claims
    percentile: float | None  # within the specialty, 0 to 100
    reason: str
    specialty: str
    vintage: str
    family: str = ""  # of procedures, the one that contributes most
    decile: int | None = None  # of equal volume within the specialty, 10 the few with the most
    score: float | None = None
    rank: int | None = None  # within the territory, from 1; None: it does not compete for a place
    toward: Tier | None = None  # the tier it is to have, when dwell, cap and places let it
    held: str = ""  # why it is not where its rank alone would put it: callplan.moves.Hold
    rules: str = ""  # the version of the rules that decided


@dataclass(frozen=True, slots=True)
class Standing:
    """Of all assignments, in the order of their NPIs, what a night asks of every account: columns (n,)."""

    npi: Texts
    tier: Texts
    since: Days
    volume: Numbers  # NaN where absent from the claims


@dataclass(frozen=True, slots=True)
class Coverage:
    npi: Npi
    state: str  # callplan.model.TouchState
    urgency: float | None  # silence as a multiple of the cadence
    last_touch: date | None
    due_on: date | None
    flagged: bool
    cold_since: date | None
    reason: str
    relationship: str = ""  # callplan.model.Relationship
    last_inbound: date | None = None
    activity: str = ""  # callplan.model.Activity
    activity_said: str = ""  # what it rests on
    paused: str = ""  # why it is not flagged, "" where it could be
    next_step: str = ""
    at_risk: float | None = None  # relevant procedures in 12 months
    flagged_since: date | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    npi: Npi
    rep: str
    week: date
    day: date
    slot: int  # its place in the week's order, with room for others between: Monday from 101, Tuesday from 201
    drive_minutes: float | None  # from the stop before, or from the day's start
    roads: str  # what the minutes rest on
    starts: int = 0  # minutes after midnight where the rep is
    minutes: int = 0  # how long the visit is
    kind: str = ""  # callplan.model.SlotKind
    drive_miles: float | None = None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A Tier A account that is due and on no day of the week, and why."""

    npi: Npi
    rep: str
    week: date
    reason: str


@dataclass(frozen=True, slots=True)
class LighterTouch:
    """What an account gets between its visits, or in place of them."""

    npi: Npi
    channel: str  # callplan.channel.Channel
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Attained:
    """What the present cycle asks for of a target, and what there was."""

    npi: Npi
    cycle: str
    goal: int
    calls: int


@dataclass(frozen=True, slots=True)
class Vintage:
    vintage: str
    providers: int
    rows: int
    rejected: int
    files: tuple[dict[str, Any], ...]
    rejections: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An account of the CRM that no plan can reach, and why."""

    record: str
    npi: str
    reason: str


@dataclass(frozen=True, slots=True)
class Carried:
    """What a source's further columns say of one NPI, by our names, as the CRM takes it."""

    npi: Npi
    fields: dict[str, Value]


Planned = TypeVar("Planned", Assignment, Coverage, Stop, Unplaced, LighterTouch, Attained)
Row = Assignment | Coverage | Stop | Unmatched | Carried | Unplaced | LighterTouch | Attained


class Plan:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def assignments(self) -> dict[Npi, Assignment]:
        return {a.npi: a for a in self._read(assignments, Assignment)}

    def assignment(self, npi: Npi) -> Assignment | None:
        return self._one(assignments, Assignment, npi)

    def covered(self, npi: Npi) -> Coverage | None:
        return self._one(coverage, Coverage, npi)

    def stop(self, npi: Npi) -> Stop | None:
        return self._one(call_lists, Stop, npi)

    def left_out(self, npi: Npi) -> Unplaced | None:
        return self._one(unplaced, Unplaced, npi)

    def lighter_touch(self, npi: Npi) -> LighterTouch | None:
        return self._one(lighter_touches, LighterTouch, npi)

    def standing(self) -> Standing:
        a = assignments.c
        query = select(a.npi, a.tier, a.since, a.volume).where(a.crm == self._crm).order_by(a.npi)
        with self._database.begin() as connection:
            npi, tier, since, volume = columns(connection, query)
        return Standing(
            np.array(npi, dtype=np.str_),
            np.array(tier, dtype=np.str_),
            np.array(since, dtype="datetime64[D]"),
            np.array(volume, dtype=np.float64),
        )

    def coverage(self) -> dict[Npi, Coverage]:
        return {c.npi: c for c in self._read(coverage, Coverage)}

    def call_list(self) -> dict[Npi, Stop]:
        return {s.npi: s for s in self._read(call_lists, Stop)}

    def unplaced(self) -> dict[Npi, Unplaced]:
        return {u.npi: u for u in self._read(unplaced, Unplaced)}

    def lighter_touches(self) -> dict[Npi, LighterTouch]:
        return {t.npi: t for t in self._read(lighter_touches, LighterTouch)}

    def attainments(self) -> dict[Npi, Attained]:
        return {a.npi: a for a in self._read(attainments, Attained)}

    def save_assignments(self, rows: Iterable[Assignment]) -> None:
        self._replace(assignments, rows)

    def save_coverage(self, rows: Iterable[Coverage]) -> None:
        self._replace(coverage, rows)

    def fill_coverage(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """The same by the names of a Coverage, each a column (n,): many accounts in a small part of the time."""
        with self._database.begin() as connection:
            connection.execute(delete(coverage).where(coverage.c.crm == self._crm))
            pour(connection, coverage, {"crm": np.full(len(columns["npi"]), self._crm), **columns})

    def save_call_list(self, rows: Iterable[Stop]) -> None:
        self._replace(call_lists, rows)

    def save_unplaced(self, rows: Iterable[Unplaced]) -> None:
        self._replace(unplaced, rows)

    def save_lighter_touches(self, rows: Iterable[LighterTouch]) -> None:
        self._replace(lighter_touches, rows)

    def save_attainments(self, rows: Iterable[Attained]) -> None:
        self._replace(attainments, rows)

    def save_carried(self, rows: Iterable[Carried]) -> None:
        self._replace(carried, rows)

    def last_vintage(self) -> Vintage | None:
        query = (
            select(vintages)
            .join(runs, runs.c.id == vintages.c.run)
            .where(vintages.c.crm == self._crm)
            .order_by(runs.c.id.desc())
            .limit(1)
        )
        with self._database.begin() as connection:
            found = connection.execute(query).mappings().first()
        if not found:
            return None
        return Vintage(
            found["vintage"],
            found["providers"],
            found["rows"],
            found["rejected"],
            tuple(found["files"]),
            tuple(found["rejections"]),
        )

    def save_vintage(self, run: int, vintage: Vintage) -> None:
        row = {**asdict(vintage), "crm": self._crm, "run": run}
        with self._database.begin() as connection:
            put(connection, vintages, [row])

    def unmatched(self) -> list[Unmatched]:
        query = select(unmatched.c.record, unmatched.c.npi, unmatched.c.reason)
        query = query.where(unmatched.c.crm == self._crm).order_by(unmatched.c.record)
        with self._database.begin() as connection:
            return [Unmatched(*row) for row in connection.execute(query)]

    def save_unmatched(self, rows: Iterable[Unmatched]) -> None:
        self._replace(unmatched, rows)

    def flagged(self) -> int:
        query = select(func.count()).where(coverage.c.crm == self._crm, coverage.c.flagged.is_(True))
        with self._database.begin() as connection:
            return connection.execute(query).scalar_one()

    def _read(self, table: Table, kind: type[Planned]) -> list[Planned]:
        query = select(*columns_of(table)).where(table.c.crm == self._crm).order_by(table.c.npi)
        with self._database.begin() as connection:
            return [planned_as(kind, dict(row)) for row in connection.execute(query).mappings()]

    def _one(self, table: Table, kind: type[Planned], npi: Npi) -> Planned | None:
        query = select(*columns_of(table)).where(table.c.crm == self._crm, table.c.npi == npi)
        with self._database.begin() as connection:
            row = connection.execute(query).mappings().first()
            return planned_as(kind, dict(row)) if row else None

    def _replace(self, table: Table, rows: Iterable[Row]) -> None:
        values = [{"crm": self._crm} | {name: getattr(row, name) for name in row.__slots__} for row in rows]
        with self._database.begin() as connection:
            connection.execute(delete(table).where(table.c.crm == self._crm))
            if values:
                connection.execute(insert(table), values)


def columns_of(table: Table) -> list[Column[Any]]:
    return [column for column in table.c if column.name != "crm"]


def planned_as(kind: type[Planned], row: dict[str, Any]) -> Planned:
    for name in ("tier", "previous_tier", "toward"):
        if row.get(name):
            row[name] = Tier(row[name])
    return kind(**row)
