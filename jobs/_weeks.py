"""Who is to be visited in the week of one rep, and where that is: what the rules of the week are asked about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from callplan.calls import Kept, Stops, Workdays, workdays
from callplan.cold import GONE_COLD
from callplan.model import Marks, Npi, Tier, TouchState, Workday
from connector.errors import NeedsHuman
from connector.roads.drives import Drives
from connector.run import Run
from connector.store.plan import Coverage, Stop, Unplaced
from connector.store.slots import SlotEvent
from connector.sync.book import Book
from jobs._calendar import BY_THE_REP, Said

DAY, HALF = 24 * 60, 30  # minutes


@dataclass(frozen=True, slots=True)
class SoFar:
    """The lists of this week as the night before left them, read once for all reps."""

    stops: Sequence[Stop]
    missed: Sequence[Unplaced]
    last: Mapping[Npi, SlotEvent]  # what became of a slot last

    def of(self, rep: str) -> SoFar:
        stops = [stop for stop in self.stops if stop.rep == rep]
        return SoFar(stops, [missed for missed in self.missed if missed.rep == rep], self.last)

    def on(self, day: date) -> set[Npi]:
        return {stop.npi for stop in self.stops if stop.day == day}


def so_far(run: Run) -> SoFar:
    plan, monday = run.store.plan, run.monday
    stops = [stop for stop in plan.call_list().values() if stop.week == monday]
    return SoFar(stops, list(plan.unplaced().values()), {one.npi: one for one in run.store.slots.of_week(monday)})


@dataclass(frozen=True, slots=True)
class Asked:
    """One rep's week, in the words of its rules."""

    stops: Stops
    kept: Kept
    days: Workdays
    drives: Drives
    besides: str  # what else the week rests on: the rules, and where reps have moved visits

    def fingerprint(self) -> str:
        """The same as long as nothing has changed that the week rests on; urgency counts by the quarter."""
        rough = replace(self.stops, urgency=np.round(self.stops.urgency * 4))
        drive, minutes = self.days.drive, np.round(self.drives.minutes)
        drive = replace(drive, starts=drive.starts[1:])  # the first day may have begun
        told = [getattr(part, name) for part in (rough, drive) for name in part.__slots__]
        hashed = hashlib.sha256(f"{self.besides} {self.drives.label}".encode())
        for column in (*told, self.days.day.astype(np.int64), minutes):
            hashed.update(np.ascontiguousarray(column).tobytes())
        return hashed.hexdigest()


def covered(run: Run, book: Book) -> list[Coverage]:
    coverage = run.store.plan.coverage()
    if set(book.npi.tolist()) - coverage.keys():
        raise NeedsHuman("It is not known yet which accounts are due.", next_step="Run the job flag_cold first.")
    return [coverage[Npi(npi)] for npi in book.npi.tolist()]


def due_by(book: Book, coverage: Sequence[Coverage], end: date) -> Marks:
    """Tier A and B of which a visit is due by then. Tier C waits for a signal."""
    soon = [c.due_on is not None and c.due_on <= end and c.state != TouchState.WAITING for c in coverage]
    return np.array(soon, dtype=np.bool_) & np.isin(book.tier, (Tier.A.value, Tier.B.value))


def ask(run: Run, rep: str, book: Book, coverage: Sequence[Coverage], before: SoFar, said: Said) -> Asked:
    """`book` and `coverage` are of those who are due; `before` is what this rep had so far."""
    planned = any(stop.kind for stop in before.stops)
    ahead = _ahead(run, rep, planned)
    places = list(dict.fromkeys(place for workday in ahead for place in (workday.start, workday.end)))
    spots = [place or book.middle() for place in places]
    latitude = np.append([spot.latitude for spot in spots], book.latitude)
    longitude = np.append([spot.longitude for spot in spots], book.longitude)
    rules = run.config.week.rules()
    row = {place: at for at, place in enumerate(places)}
    starts = np.array([row[workday.start] for workday in ahead], dtype=np.int64)
    ends = np.array([row[workday.end] for workday in ahead], dtype=np.int64)
    days = workdays(ahead, run.today, starts, ends, planned, rules)
    opens, closes = _open(run, book, days, said)
    stops = Stops(
        npi=book.npi,
        tier=book.tier,
        due_on=np.array([c.due_on for c in coverage], dtype="datetime64[D]"),
        urgency=np.array([np.inf if c.urgency is None else c.urgency for c in coverage], dtype=np.float64),
        cold=np.array([c.state in GONE_COLD for c in coverage], dtype=np.bool_),
        volume=np.nan_to_num(book.volume),
        place=np.arange(len(book.npi)) + len(places),
        opens=opens,
        closes=closes,
    )
    moved = [(npi, said.moved[Npi(npi)]) for npi in book.npi.tolist() if npi in said.moved]
    drives = run.roads.drives(latitude, longitude)
    return Asked(stops, _kept(run, book, before, said), days, drives, f"{rules} {moved}")


def _ahead(run: Run, rep: str, planned: bool) -> list[Workday]:
    """Days that are not over. The current one, unless it has its plan, from the next half hour on."""
    days = [day for day in run.rep_week(rep).workdays if day.day >= run.today]
    now = run.clock.now().astimezone(ZoneInfo(run.config.time_zone))
    if planned or now.date() != run.today:
        return days
    next_half = -(-(now.hour * 60 + now.minute) // HALF) * HALF
    days = [replace(day, starts=max(day.starts, next_half)) if day.day == run.today else day for day in days]
    return [day for day in days if day.starts < day.ends]


def _kept(run: Run, book: Book, before: SoFar, said: Said) -> Kept:
    """The list so far, without days that are over: what was not visited then is to be placed anew."""
    stops = {stop.npi: stop for stop in said.follow(before.stops, run.monday) if stop.day >= run.today and stop.kind}
    promised = {npi: one.starts if one.to_starts is None else one.to_starts for npi, one in before.last.items()}
    promised.update({npi: stop.starts for npi, stop in stops.items() if npi in said.moved})
    by_the_rep = said.moved.keys() | {npi for npi, one in before.last.items() if one.reason.startswith(BY_THE_REP)}
    mine = [stops.get(Npi(npi)) for npi in book.npi.tolist()]
    return Kept(
        day=np.array([stop and stop.day for stop in mine], dtype="datetime64[D]"),
        starts=np.array([stop.starts if stop else 0 for stop in mine], dtype=np.int64),
        promised=np.array([promised.get(stop.npi, stop.starts) if stop else 0 for stop in mine], dtype=np.int64),
        hold=np.array(
            [0 if npi in by_the_rep else run.config.week.hold_minutes for npi in book.npi.tolist()], dtype=np.int64
        ),
        slot=np.array([stop.slot if stop else 0 for stop in mine], dtype=np.int64),
        kind=np.array([stop.kind if stop else "" for stop in mine], dtype="<U9"),
    )


def _open(run: Run, book: Book, days: Workdays, said: Said) -> tuple[np.ndarray, np.ndarray]:
    """(n, k) when each account sees reps: all day, unless windows are listed for it or a visit was cancelled."""
    shape = (len(book.npi), len(days.day))
    opens, closes = np.zeros(shape, dtype=np.int64), np.full(shape, DAY, dtype=np.int64)
    weekdays = [day.weekday() for day in days.day.tolist()]
    for row, npi in enumerate(book.npi.tolist()):
        if (windows := run.windows.get(Npi(npi))) is not None:
            of = [windows.get(weekday) for weekday in weekdays]
            opens[row] = [window.opens if window else 0 for window in of]
            closes[row] = [window.closes if window else 0 for window in of]
        off = said.off.get(Npi(npi), ())
        closes[row, [day in off for day in days.day.tolist()]] = 0
    return opens, closes
