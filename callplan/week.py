"""The ordered week of one rep, in which Tier A slots do not move.

Yesterday's plan is the start of today's. Nothing of the current day is planned anew. A Tier A visit that is due gets a
slot before any Tier B and keeps its day, and its hour within what the rules let it shift; where one that has gone cold
would not fit, others make room for it, and that is said. Tier B fills what is left, where the detour is worth it; of
each day a share of the slots waits for Tier A until the day before.

Shapes   stops (n,); days (k,), those still to come; drive minutes (p, p), a stop's `place` being its row there
Units    minutes; of a clock, after midnight
Errors   none: what does not fit is said in `unplaced`, and what had to move in `moved`
Source   docs/decisions/0006-calendar-weeks-and-numbered-slots.md, 0022-a-week-is-searched-for.md
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from callplan.calls import NONE, Kept, Stops, Workdays, calls_of, moving, on_time, pinned, worth
from callplan.excuses import why_unplaced
from callplan.model import Counts, Days, Marks, Numbers, Texts, Tier, WeekRules
from callplan.routes import Calls, Order, driven, reachable, search, timed
from callplan.slots import kinds, legs, slots

DEAR = 3.0  # times what it costs to move a Tier B
AWAY = "The rep does not work on that day."
SHUT = "The account is closed on that day, or too far for it."
CHANGED = "Its day does not hold it any more: hours or drive times have changed."


@dataclass(frozen=True, slots=True)
class Week:
    day: Days  # (n,) NaT where not planned
    starts: Counts  # 0 where not planned
    slot: Counts  # its number in the week's order, 0 where not planned
    kind: Texts  # SlotKind, "" where not planned
    leg: Counts  # row of the drive matrix from which it is driven to, NONE where not planned
    unplaced: Texts  # why a Tier A visit that is due has no slot, else ""
    moved: Texts  # why a committed visit has another day or hour than before, or none; else ""


def order_week(stops: Stops, kept: Kept, days: Workdays, minutes: Numbers, rules: WeekRules) -> Week:
    """Days and hours for the visits that are due, from the plan so far."""
    board = _Board(stops, kept, days, minutes, rules)
    board.commit()
    board.make_room()
    board.fill()
    return board.week()


class _Board:
    """The week while it is filled: for each day its visits, in order."""

    def __init__(self, stops: Stops, kept: Kept, days: Workdays, minutes: Numbers, rules: WeekRules) -> None:
        self.stops, self.kept, self.days, self.minutes, self.rules = stops, kept, days, minutes, rules
        calls, self.at = calls_of(stops, days, rules), kept.among(days.day)
        self.today = (self.at == 0) & days.frozen
        self.may = reachable(calls, days.drive, minutes) & ~self.today[:, None]
        opens, closes = (np.where(self.may, hours, 0) for hours in (calls.opens, calls.closes))
        self.calls = self.asked = replace(calls, opens=opens, closes=closes)
        self.is_a = stops.tier == Tier.A.value
        stays = (self.at != NONE) & self.may[np.arange(len(self.at)), self.at] if len(days.day) else self.at != NONE
        self.held, self.planned = stays & self.is_a, stays & ~self.is_a
        self.order: Order = [[] for _ in days.day]
        self.excuse: dict[int, str] = {}

    def commit(self) -> None:
        """Tier A: each that is held stays, and the others come between."""
        calls = pinned(self.calls, self.at, self.kept, self.held)
        self._search(self.is_a, calls, self._as_planned(self.held))

    def make_room(self) -> None:
        """For one that has gone cold, or whose day holds it no more, others may move, at a price; none is dropped."""
        lost = self.held & ~self._placed()
        cold = self.is_a & self.stops.cold & self.may.any(axis=1) & ~self._placed()
        if not (lost | cold).any():
            return
        before, order, asked = self._placed(), self.order, self.asked
        calls = moving(self.calls, self.at, self.held, DEAR * self.rules.move_costs)
        self._search(self.is_a, replace(calls, must=before), order)
        if not (self._placed() & ~before).any():
            self.order, self.asked = order, asked
            return
        came = np.flatnonzero(cold & self._placed())
        made = f"It made room for NPI {self.stops.npi[came[0]]}, which has gone cold." if len(came) else CHANGED
        self.excuse = {row: CHANGED if lost[row] else made for row in np.flatnonzero(self.held).tolist()}

    def fill(self) -> None:
        """Tier B where a slot is free and the detour is worth it."""
        placed = self._placed()
        if not (~self.is_a & self.may.any(axis=1)).any():
            return
        day, starts = self._times()
        still = self.held & placed & (day == self.at) & (np.abs(starts - self.kept.promised) <= self.kept.hold)
        calls = pinned(self.calls, self.at, self.kept, still)
        calls = moving(replace(calls, must=placed), self.at, self.planned, self.rules.move_costs)
        self._search(placed | ~self.is_a, calls, self._as_planned(self.planned, day, starts))

    def _search(self, asked: Marks, calls: Calls, before: Order) -> None:
        """A better order of those asked, if one is found that the days hold."""
        rows = np.flatnonzero(asked & (calls.closes > calls.opens).any(axis=1))
        at = {row: index for index, row in enumerate(rows.tolist())}
        value = worth(self.stops, self.held, self.planned, self.rules)
        ours = replace(calls, worth=value).of(rows)
        start = [[at[row] for row in day if row in at] for day in before]
        found = search(ours, self.days.drive, self.minutes, self.rules.effort * len(rows), start)
        order = [self._steady([int(rows[index]) for index in day], n, before, calls) for n, day in enumerate(found)]
        if all(timed(day, n, calls, self.days.drive, self.minutes) is not None for n, day in enumerate(order)):
            self.order, self.asked = order, calls

    def _steady(self, order: Sequence[int], n: int, before: Order, calls: Calls) -> Sequence[int]:
        """The order that a day had, if it is of the same visits and the new one saves little."""
        drive, was = self.days.drive, before[n]
        if set(was) != set(order) or timed(was, n, calls, drive, self.minutes) is None:
            return order
        saved = driven(was, n, calls, drive, self.minutes) - driven(order, n, calls, drive, self.minutes)
        return was if saved <= self.rules.move_costs else order

    def _placed(self) -> Marks:
        return np.isin(np.arange(len(self.is_a)), [row for day in self.order for row in day])

    def _as_planned(self, rows: Marks, day: Counts | None = None, starts: Counts | None = None) -> Order:
        """The marked as they were planned, and the others as they are now placed, each day in the order of hours."""
        hours = self.kept.starts if starts is None else np.where(rows, self.kept.starts, starts)
        days = np.where(rows, self.at, NONE if day is None else day)
        return _lists(days, hours, len(self.days.day))

    def _times(self) -> tuple[Counts, Counts]:
        """Day and hour of each, NONE and 0 where it has none; those of the current day as they were."""
        day, starts = np.where(self.today, self.at, NONE), np.where(self.today, self.kept.starts, 0)
        firm = on_time(self.asked, self.at, self.kept.promised, self.held)
        for n, order in enumerate(self.order):
            hours = (timed(order, n, calls, self.days.drive, self.minutes) for calls in (firm, self.asked))
            day[order], starts[order] = n, next(begins for begins in hours if begins is not None)
        return day, starts

    def week(self) -> Week:
        day, starts = self._times()
        has, order = day != NONE, _lists(day, starts, len(self.days.day))
        days = np.append(self.days.day, np.datetime64("NaT", "D"))
        return Week(
            day=days[day],
            starts=starts,
            slot=slots(order, self.kept.slot, self.days.day),
            kind=kinds(self.is_a, day, self.kept, self.at, self.stops.urgency, self.days.free),
            leg=legs(order, self.stops.place, self.days.drive.start),
            unplaced=why_unplaced(self.stops, self.days, self.minutes, self.may, has, self.rules.a_visit),
            moved=self._moved(day, starts),
        )

    def _moved(self, day: Counts, starts: Counts) -> Texts:
        """Of each committed visit that has not its day and hour any more, the reason."""
        had = self.is_a & ~np.isnat(self.kept.day)
        moved = had & ((day != self.at) | (np.abs(starts - self.kept.promised) > self.kept.hold) | (self.at == NONE))
        return np.array([self._why(row) if is_so else "" for row, is_so in enumerate(moved.tolist())], dtype=np.str_)

    def _why(self, row: int) -> str:
        if self.at[row] == NONE:
            return AWAY
        return self.excuse.get(row, CHANGED) if self.held[row] else SHUT


def _lists(day: Counts, starts: Counts, days: int) -> Order:
    """The visits of each day, in the order of hours."""
    return [sorted(np.flatnonzero(day == n).tolist(), key=lambda row: (starts[row], row)) for n in range(days)]
