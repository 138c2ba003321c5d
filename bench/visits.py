#!/usr/bin/env python
"""Miles of real weeks as they were made, and as the planner orders the same visits: bench/visits.py [EVERY]

Real: planned visits of inspectors of the City of Chicago, 2011 to 2013 (../shared/data/visits; skipped where it is
absent). The file goes back in time 39 times; each of the 40 stretches between is of one group and of few visits a day,
and is taken for one person's log. That is inferred: the file names groups, not people. Of each log, every EVERY-th
full week (at least eight visits on at least four days) is taken.

The planner gets the visits of a week, as many a day as on the busiest of its real days: once free to move among the
days of that week, once each on its real day. Beside them: the rows as they stand in the file, shuffled, and on to the
nearest. Prints miles per week (great circle times 1.3), with an interval of 95 % from weeks drawn again, once between
visits only, and once with the ways from and to the middle of the week's places, where the planner, which knows no home
either, lets days start; and what this cannot show.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.lists import Days, driven, nearest, planned
from bench.towns import ALL_DAY, World, asked_of, stops_of
from callplan.model import Numbers, WeekRules
from callplan.week import order_week
from connector.roads.estimate import Roads, great_circle_miles, minutes_for

FILE = Path(__file__).resolve().parent.parent.parent / "shared/data/visits/field_visits_2011_2013.csv.gz"
EVERY, FEWEST, DAYS, VISIT = 5, 8, 4, 30
CIRCUITY = Roads().circuity
SAME_DAY = ("as they stand in the file", "shuffled within the day", "on to the nearest, same day", "planner, same day")
ORDERS = (*SAME_DAY, "planner, free among the days")
CANNOT_SHOW = """What this cannot show: whether the order of the file is the order of the day, for it has no hours;
where a day began and ended; whether a day fewer on the road is a day won, for much of what the planner saves where it
is free is ways from and to the middle on days that it leaves empty; visits without a place (a third of the file), and
those that were not planned (complaints, licences), which shaped the real days and are left out of all; whether a visit
could have been made on another day; streets, for miles are estimated. Inspections are not sales, and inspectors were
not asked to drive little."""


@dataclass(frozen=True, slots=True)
class Visit:
    log: int  # the stretch of the file
    day: date
    latitude: float
    longitude: float

    @property
    def monday(self) -> date:
        return self.day - timedelta(days=self.day.weekday())


def main(every: int) -> None:
    if not FILE.exists():
        print(f"skipped: {FILE.name} is absent")
        return
    logs = list(read(FILE))
    weeks = list(sampled(logs, every))
    print(f"{len(logs)} logs, {len(weeks)} weeks, {sum(map(len, weeks))} planned visits; every {every}th full week of:")
    for log, found in groupby(weeks, key=lambda week: week[0].log):
        print(f"  log {log}:", ", ".join(f"{week[0].monday}" for week in found))
    tried = [(orders(week), _miles(week)) for week in weeks]
    for home, what in ((False, "between visits only"), (True, "from and to the middle of the week's places")):
        say(what, [[_mean(days, table, home) for days in each] for each, table in tried])
    real, free = (sum(bool(day) for each, _ in tried for day in each[at][0]) for at in (0, -1))
    print(f"days with a visit: {real} real, {free} where the planner is free")
    say_order(logs)
    print(CANNOT_SHOW)


def read(file: Path) -> Iterator[list[Visit]]:
    """Planned visits that have a place, log by log."""
    log, before, found = 0, "", list[Visit]()
    with gzip.open(file, "rt") as lines:
        for row in csv.DictReader(lines):
            if row["visit_date"] < before:
                yield found
                log, found = log + 1, []
            before = row["visit_date"]
            if row["purpose"] == "Canvass" and row["Latitude"]:
                day = date.fromisoformat(before)
                found.append(Visit(log, day, float(row["Latitude"]), float(row["Longitude"])))
    yield found


def sampled(logs: Iterable[Sequence[Visit]], every: int) -> Iterator[list[Visit]]:
    for log in logs:
        weeks = [list(week) for _, week in groupby(log, key=lambda visit: visit.monday)]
        yield from [week for week in weeks if _full(week)][every - 1 :: every]


def _full(week: Sequence[Visit]) -> bool:
    return len(week) >= FEWEST and len({visit.day for visit in week}) >= DAYS


def say_order(logs: Iterable[Sequence[Visit]]) -> None:
    """Whether rows that follow one another are nearer than chance, of all days of three visits and more."""
    days = [list(day) for log in logs for _, day in groupby(log, key=lambda visit: visit.day)]
    days = [day for day in days if len(day) >= 3]
    rng, read, shuffled = np.random.default_rng(1), 0.0, 0.0
    for day in days:
        table = _miles(day)
        read += driven([range(len(day))], table, home=False)
        shuffled += float(np.mean([driven([rng.permutation(len(day)).tolist()], table, home=False) for _ in range(10)]))
    print(
        f"rows of one day, {len(days):,} days: {read:,.0f} miles as they stand, {read / shuffled:.3f} of shuffled ones"
    )


def orders(week: Sequence[Visit]) -> list[list[Days]]:
    """Of each of ORDERS, the days; of the shuffled, twenty times."""
    world = asked(week)
    real: Days = [[row for row, visit in enumerate(week) if visit.day.weekday() == n] for n in range(7)]
    fixed, rng = _on_its_day(world, real), np.random.default_rng(1)
    shuffled = [[rng.permutation(day).tolist() for day in real] for _ in range(20)]
    return [[real], shuffled, [nearest(fixed)], [order(fixed)], [order(world)]]


def asked(week: Sequence[Visit]) -> World:
    """All of them to be visited, on any of the days, as many a day as on the busiest."""
    days = [visit.day.weekday() for visit in week]
    busiest = max(map(days.count, days))
    rules = WeekRules(visits_per_day=busiest, a_visit=VISIT, b_visit=VISIT, reserved=0.0)
    stops = stops_of(len(week), len(week), 0, days=max(days) + 1)
    return asked_of(stops, minutes_for(_miles(week) / CIRCUITY, Roads()), rules, hours=(0, ALL_DAY))


def _on_its_day(world: World, days: Days) -> World:
    closes = np.zeros_like(world.stops.closes)
    for day, rows in enumerate(days):
        closes[rows, day : day + 1] = ALL_DAY
    return replace(world, stops=replace(world.stops, closes=closes))


def order(world: World) -> Days:
    week = order_week(*world.asked())
    assert (week.slot > 0).all(), "a visit was dropped"
    return planned(world, week.day, week.starts)


def _mean(of: Sequence[Days], table: Numbers, home: bool) -> float:
    return float(np.mean([driven(days, table, home=home) for days in of]))


def _miles(week: Sequence[Visit]) -> Numbers:
    """Row 0 is the middle."""
    spots = np.array([(visit.latitude, visit.longitude) for visit in week])
    latitude, longitude = np.vstack([np.median(spots, axis=0), spots]).T
    return great_circle_miles(latitude, longitude) * CIRCUITY


def say(what: str, told: Sequence[Sequence[float]]) -> None:
    table = np.array(told)
    rng = np.random.default_rng(1)
    again = table[rng.integers(0, len(table), (2000, len(table)))].sum(axis=1)
    print(f"{what}: miles in all, a week, beside the file's order (95 % of weeks drawn again)")
    for at, name in enumerate(ORDERS):
        low, high = np.percentile(again[:, at] / again[:, 0], [2.5, 97.5])
        total = table[:, at].sum()
        share = f"{total / table[:, 0].sum():.3f} ({low:.3f} to {high:.3f})"
        print(f"  {name:30s} {total:9,.0f} {total / len(table):7.1f}   {share}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else EVERY)
