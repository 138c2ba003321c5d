"""Territory: where accounts lie, by tier; how dense; what is going cold; what can be reached from home.

Many accounts are drawn as squares with their number, which the night has counted; a square leads into itself, and few
accounts are drawn one by one. Tables beside the map say the same. Drives are estimated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

import numpy as np
from flask import Response, request, url_for
from sqlalchemy import Connection

from callplan.model import Place
from connector.host.web.chosen import Choice, chosen
from connector.host.web.here import Here, here
from connector.host.web.mapped import Frame, Reach, of_points, of_squares, shape
from connector.host.web.narrowed import Narrowed, narrowed
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.who import Role, allowed
from connector.roads.estimate import miles_from, miles_within, roads_of
from connector.roads.grid import across
from connector.store.reads.sees import Sees
from connector.store.reads.territory import (
    DRAWN,
    LOOKED,
    PAGE,
    SQUARES,
    Counts,
    Found,
    Point,
    SquareRow,
    find,
    listed,
    squares,
    total,
)
from connector.store.spots import LEVELS
from connector.weeks import spot

MINUTES = (60.0, 90.0)
ACROSS = 20  # squares side by side on a map
KEYS = ("rep", "tier", "cold", "specialty", "state", "zip", "county", "near", "within", "cell", "town", "view")
TOO_WIDE = (
    "For everybody at once the map can be narrowed by tier, by what is going cold, by `near` and `within`, and by a "
    "square. Choose a rep, or click on a square, for the other filters."
)


@blueprint.get("/<crm>/territory")
@allowed(Role.REP)
def territory(crm: str) -> Response:
    at = here(crm)
    asked = narrowed(request.args, roads_of(at.config.roads))
    with at.reading() as connection:
        choice = chosen(at, connection)
        sees = Sees(frozenset({choice.rep})) if choice.rep else at.sees
        if asked.wanted.by_account and sees.only is None and not asked.wanted.somewhere:
            asked = replace(
                asked, wanted=replace(asked.wanted, specialties=(), states=(), zips=(), inside=None), wrong=(TOO_WIDE,)
            )
        counts = total(connection, crm, sees, asked.wanted.cell)
        many = asked.wanted.in_squares and counts.all > DRAWN and len(asked.wanted.cell) < 11
        rows = _dense(connection, crm, sees, asked.wanted.cell) if many else []
        found = None if many else find(connection, crm, sees, asked.wanted)
        one_by_one = [] if many else listed(connection, crm, sees, asked.wanted, request.args.get("after", ""))
    shown = Shown(at, choice, asked, found.counts if found else counts, rows, found, one_by_one)
    answer = at.page("territory.html", shown=shown, choice=choice, shape=shape, args=request.args)
    answer.status_code = 400 if asked.wrong else 200
    return answer


def _dense(connection: Connection, crm: str, sees: Sees, cell: str) -> list[SquareRow]:
    """Of the smallest squares that can be told apart on a map."""
    found: list[SquareRow] = []
    for level in (level for level in reversed(LEVELS) if level > len(cell)):
        found = squares(connection, crm, sees, level, cell)
        if len(found) <= SQUARES and across([row.cell for row in found]) <= ACROSS:
            break
    return found[:SQUARES]


@dataclass(frozen=True)
class Shown:
    """What the template fills in."""

    at: Here
    choice: Choice
    asked: Narrowed
    counts: Counts
    rows: Sequence[SquareRow]  # none, where accounts are drawn one by one
    found: Found | None
    listed: Sequence[Point]

    @property
    def dense(self) -> bool:
        return self.found is None or request.args.get("view") == "density"

    @property
    def home(self) -> Place | None:
        """From where drives are counted: the place that is asked for, else where the rep lives."""
        rep = self.at.config.rep(self.choice.rep) if self.choice.rep else None
        return self.asked.near or (spot(rep.lives) if rep else None)

    @property
    def reaches(self) -> list[Reach]:
        roads = roads_of(self.at.config.roads)
        return [Reach(minutes, miles_within(minutes, roads)) for minutes in MINUTES] if self.home else []

    @property
    def circuity(self) -> float:
        return self.at.config.roads.circuity

    def within(self, reach: Reach) -> int | None:
        """Of the accounts that are drawn; None where that is not all."""
        if not self.home or not self.found or self.cut:
            return None
        places = [(one.latitude, one.longitude) for one in self.found.points if one.latitude is not None]
        latitude, longitude = np.array(places, dtype=np.float64).reshape(-1, 2).T
        return int((miles_from(self.home, latitude, longitude) <= reach.miles).sum())

    @property
    def cut(self) -> str:
        """What is not on the map."""
        if not self.found:
            return ""
        if self.found.looked >= LOOKED:
            return f"Only the first {LOOKED:,} accounts of this part were looked at: choose a rep or a smaller part."
        if self.counts.all > len(self.found.points):
            drawn = f"{len(self.found.points):,} of {self.counts.all:,} accounts are drawn"
            return f"{drawn}, Tier A first; all are in the list."
        return ""

    @property
    def unplaced(self) -> int:
        return sum(one.latitude is None for one in self.found.points) if self.found else 0

    @property
    def density(self) -> list[SquareRow]:
        return list(self.rows) if self.found is None else list(_squares(self.found.points))

    @property
    def map(self) -> str:
        states = sorted({row.state for row in self.found.towns if row.state}) if self.found else []
        whose = self.choice.rep or "everybody" if self.at.viewer.may(Role.ADMIN) else self.choice.rep or "the team"
        frame = Frame(f"Map of the accounts of {whose}", self.home, self.reaches, states)
        if self.dense:
            rows = self.density
            return of_squares(
                rows, frame, {row.cell: self.link(cell=row.cell, view="") for row in rows}, self.numbers(rows)
            )
        points, there = (self.found.points, self.found.towns) if self.found else ((), ())
        accounts = {one.npi: self.at.path("accounts", one.npi) for one in points}
        towns = {f"{row.town}, {row.state}": self.link(town=f"{row.town}, {row.state}") for row in there}
        return of_points(points, frame, accounts, towns)

    def numbers(self, rows: Sequence[SquareRow]) -> dict[str, int]:
        """Of each square what is counted: by tier, or what is going cold."""
        wanted = self.asked.wanted
        if wanted.cold:
            return {row.cell: row.counts.cold for row in rows}
        if wanted.tiers and not self.found:
            return {row.cell: sum(getattr(row.counts, tier.lower()) for tier in wanted.tiers) for row in rows}
        return {row.cell: row.counts.all for row in rows}

    def link(self, **other: str) -> str:
        """This page with something else in its address; the list from its beginning."""
        asked = urlencode([(key, value) for key, value in {**self.kept, **other}.items() if value])
        return f"{self.address}?{asked}"

    @cached_property
    def kept(self) -> dict[str, str]:
        return {key: request.args[key] for key in KEYS if request.args.get(key)}

    @cached_property
    def address(self) -> str:
        return url_for("pages.territory", crm=self.at.crm)

    @property
    def more(self) -> str:
        """Where the next page of the list begins."""
        return self.listed[PAGE - 1].npi if len(self.listed) > PAGE else ""

    @property
    def page(self) -> Sequence[Point]:
        return self.listed[:PAGE]


def _squares(points: Sequence[Point]) -> Iterator[SquareRow]:
    """Of few accounts: as fine as they are far apart."""
    cells = [one.cell for one in points if one.cell]
    level = next((level for level in (11, 10, 9, 8) if across([cell[:level] for cell in cells]) <= ACROSS), 7)
    of: dict[str, list[Point]] = {}
    for one in points:
        if one.cell:
            of.setdefault(one.cell[:level], []).append(one)
    for cell, some in sorted(of.items()):
        tiers = Counter(one.tier for one in some)
        counts = Counts(tiers["A"], tiers["B"], tiers["C"], tiers[""], sum(one.cold for one in some))
        yield SquareRow(cell, Counter(one.town for one in some).most_common(1)[0][0], counts)
