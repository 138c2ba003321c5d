"""Reps to measure with: a home in a real city, and accounts in the towns and the countryside around it.

Places are those of ZIP codes, the nearer to the home the likelier, each moved by a mile or two. Who is due and how much
it is worth is drawn; of the same seed always the same.

Shapes   n accounts, the first `tier_a` of them Tier A; row 0 of the drive matrix is the home
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from callplan.calls import Kept, Stops, Workdays, workdays
from callplan.model import Numbers, Place, WeekRules, Workday
from connector.roads.estimate import Roads, drive_minutes, miles_from

MONDAY = date(2026, 11, 30)  # of a week without a holiday
OPENS, CLOSES = 510, 1020  # 8:30 to 17:00
ALL_DAY = 24 * 60
MILES = 60.0  # accounts are no farther from the home
NEAR = 15.0  # miles in which they thin out to a third
JITTER = 0.02  # degrees


@dataclass(frozen=True, slots=True)
class World:
    """What `order_week` is asked for a rep of whom nothing is planned yet."""

    stops: Stops
    kept: Kept
    days: Workdays
    minutes: Numbers
    rules: WeekRules

    def asked(self) -> tuple[Stops, Kept, Workdays, Numbers, WeekRules]:
        return self.stops, self.kept, self.days, self.minutes, self.rules


@cache
def _rows() -> Sequence[dict[str, Any]]:
    import zipcodes

    return [row for row in zipcodes.list_all() if row["zip_code_type"] == "STANDARD" and row["lat"] and row["long"]]


@cache
def _spots() -> Numbers:
    return np.array([[float(row["lat"]), float(row["long"])] for row in _rows()])


def cities(count: int) -> list[tuple[str, Place]]:
    """Those with the most ZIP codes, and the middle of them."""
    spots: dict[str, list[int]] = {}
    for at, row in enumerate(_rows()):
        spots.setdefault(f"{row['city']}, {row['state']}", []).append(at)
    largest = sorted(spots, key=lambda name: (-len(spots[name]), name))[:count]
    return [(name, Place(*map(float, np.median(_spots()[spots[name]], axis=0)))) for name in largest]


def accounts_around(home: Place, count: int, seed: int) -> tuple[Numbers, Numbers]:
    """Their latitudes and longitudes."""
    rng, miles = np.random.default_rng(seed), miles_from(home, *_spots().T)
    near = miles < MILES
    weight = np.exp(-miles[near] / NEAR)
    drawn = rng.choice(np.flatnonzero(near), count, p=weight / weight.sum())
    latitude, longitude = (_spots()[drawn] + rng.normal(0, JITTER, (count, 2))).T
    return latitude, longitude


def world(home: Place, rules: WeekRules, *, seed: int, accounts: int = 120, tier_a: int = 25) -> World:
    latitude, longitude = accounts_around(home, accounts, seed)
    spots = np.append(home.latitude, latitude), np.append(home.longitude, longitude)
    return asked_of(stops_of(accounts, tier_a, seed), drive_minutes(*spots, Roads()), rules)


def stops_of(accounts: int, tier_a: int, seed: int, days: int = 5) -> Stops:
    rng = np.random.default_rng([seed, 1])
    return Stops(
        npi=np.array([f"{1_000_000_000 + at}" for at in range(accounts)]),
        tier=np.where(np.arange(accounts) < tier_a, "A", "B"),
        due_on=np.full(accounts, np.datetime64(MONDAY, "D")),
        urgency=rng.uniform(0.7, 3.0, accounts),
        cold=np.zeros(accounts, dtype=np.bool_),
        volume=rng.uniform(11, 1000, accounts),
        place=np.arange(accounts) + 1,
        opens=np.zeros((accounts, days), dtype=np.int64),
        closes=np.full((accounts, days), ALL_DAY, dtype=np.int64),
    )


def asked_of(stops: Stops, minutes: Numbers, rules: WeekRules, hours: tuple[int, int] = (OPENS, CLOSES)) -> World:
    """A week from Monday on, seen from the weekend before, of which nothing is planned yet."""
    ahead = [Workday(MONDAY + timedelta(days=n), *hours) for n in range(stops.opens.shape[1])]
    home, nothing = np.zeros(len(ahead), dtype=np.int64), np.zeros(len(stops.npi), dtype=np.int64)
    days = workdays(ahead, MONDAY - timedelta(days=2), home, home, False, rules)
    kept = Kept(
        day=np.full(len(nothing), np.datetime64("NaT", "D")),
        starts=nothing,
        promised=nothing,
        hold=nothing,
        slot=nothing,
        kind=np.full(len(nothing), "", dtype="<U9"),
    )
    return World(stops, kept, days, minutes, rules)
