"""The ordered week of one rep, in which Tier A slots do not move.

A week has numbered slots: working days times visits a day, from Monday's first. A stop's order number is its
slot, so that moving one stop rewrites one record. What was planned for a day to come keeps its slot while it
is due. Then Tier A that is due takes free slots, by urgency; a planned Tier B gives way only where a Tier A
would not fit. Tier B fills what is left, on the day whose stops are nearest.

Shapes   stops (n,); drive minutes (n+1, n+1), row and column 0 being the rep's start
Units    slots from 1; 0 is none; minutes of driving from the stop before, or from the start
Errors   none: what does not fit is said in `unplaced`
Source   docs/decisions/0006-calendar-weeks-and-numbered-slots.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from callplan.model import Counts, Days, Marks, Npi, Numbers, Texts, Tier, WeekRules

Slots = dict[int, int]  # slot of each row that has one


@dataclass(frozen=True, slots=True)
class Stops:
    npi: Texts
    tier: Texts
    due: Marks
    urgency: Numbers  # silence over cadence; infinite where never visited
    volume: Numbers

    def of(self, rows: Counts) -> Stops:
        return Stops(self.npi[rows], self.tier[rows], self.due[rows], self.urgency[rows], self.volume[rows])


@dataclass(frozen=True, slots=True)
class Week:
    slot: Counts
    day: Days  # NaT where not planned
    drive_minutes: Numbers  # NaN where not planned
    unplaced: Texts  # why a Tier A that is due has no slot, else ""


def working_days(today: date) -> Days:
    """Monday to Friday of this week; of the next when today is Saturday or Sunday."""
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * (today.weekday() > 4))
    return np.array([monday + timedelta(days=n) for n in range(5)], dtype="datetime64[D]")


def order_week(
    stops: Stops, days: Days, first: date, kept: Mapping[Npi, int], drive_minutes: Numbers, rules: WeekRules
) -> Week:
    """Slots for the stops that are due, none of them before the day `first`."""
    per_day = rules.visits_per_day
    can_plan = [d for d in range(len(days)) if days[d] >= np.datetime64(first, "D")]
    open_slots = [d * per_day + p + 1 for d in can_plan for p in range(per_day)]
    placed = _kept(stops, kept, set(open_slots))
    waiting_a, waiting_b = (_by_urgency(stops, tier, placed) for tier in (Tier.A, Tier.B))
    waiting_a = waiting_a[: len(open_slots) - _held_by_a(stops, placed)]
    _make_room(stops, placed, len(waiting_a) - (len(open_slots) - len(placed)))

    board = _Board(placed, open_slots, per_day, drive_minutes)
    board.cluster(waiting_a)
    board.fill(waiting_b)
    return _week(stops, days, board.ordered(), per_day, drive_minutes)


def _kept(stops: Stops, kept: Mapping[Npi, int], open_slots: set[int]) -> Slots:
    """Stops of the list so far that are still due, on a day to come; one to a slot."""
    placed: Slots = {}
    for row in np.argsort(stops.npi, kind="stable").tolist():
        slot = kept.get(Npi(str(stops.npi[row])), 0)
        if slot in open_slots and stops.due[row] and slot not in placed.values():
            placed[row] = slot
    return placed


def _by_urgency(stops: Stops, tier: Tier, placed: Slots) -> list[int]:
    rows = np.flatnonzero(stops.due & (stops.tier == tier.value))
    in_order = rows[np.lexsort((stops.npi[rows], -stops.volume[rows], -stops.urgency[rows]))]
    return [row for row in in_order.tolist() if row not in placed]


def _held_by_a(stops: Stops, placed: Slots) -> int:
    return sum(stops.tier[row] == Tier.A.value for row in placed)


def _make_room(stops: Stops, placed: Slots, too_many: int) -> None:
    """Take the least urgent planned Tier B off the list, as many as Tier A needs."""
    b = sorted((row for row in placed if stops.tier[row] != Tier.A.value), key=lambda r: (stops.urgency[r], r))
    for row in b[: max(too_many, 0)]:
        del placed[row]


class _Board:
    """The week while it is filled: which row stands in which slot, and which slots are free."""

    def __init__(self, placed: Slots, open_slots: list[int], per_day: int, drive_minutes: Numbers) -> None:
        self._fixed, self._per_day, self._minutes = dict(placed), per_day, drive_minutes
        self._free: dict[int, list[int]] = {}
        self._on: dict[int, list[int]] = {}
        for slot in open_slots:
            self._free.setdefault(self._day(slot), [])
            self._on.setdefault(self._day(slot), [])
            if slot not in placed.values():
                self._free[self._day(slot)].append(slot)
        for row, slot in placed.items():
            self._on[self._day(slot)].append(row)
        self._new: dict[int, list[int]] = {day: [] for day in self._free}

    def cluster(self, rows: list[int]) -> None:
        """The most urgent opens the emptiest day, and the nearest of the others join it there."""
        waiting = list(rows)
        while waiting and (day := self._emptiest()) is not None:
            self._put(waiting.pop(0), day)
            while waiting and self._room(day):
                nearest = min(waiting, key=lambda row: (self._apart(row, day), waiting.index(row)))
                waiting.remove(nearest)
                self._put(nearest, day)

    def fill(self, rows: Iterable[int]) -> None:
        """Each in turn joins the day whose stops are nearest."""
        for row in rows:
            days = [day for day in self._free if self._room(day)]
            if not days:
                return
            self._put(row, min(days, key=lambda day: (self._apart(row, day), day)))

    def ordered(self) -> Slots:
        """New rows take their day's free slots by nearest neighbour from the start."""
        slots = dict(self._fixed)
        for day, rows in self._new.items():
            waiting, here = list(rows), 0
            for slot in self._free[day][: len(rows)]:
                row = min(waiting, key=lambda r: (self._minutes[here, r + 1], r))
                waiting.remove(row)
                slots[row], here = slot, row + 1
        return slots

    def _day(self, slot: int) -> int:
        return (slot - 1) // self._per_day

    def _room(self, day: int) -> bool:
        return len(self._new[day]) < len(self._free[day])

    def _emptiest(self) -> int | None:
        days = [day for day in self._free if self._room(day)]
        return min(days, key=lambda day: (len(self._on[day]), day)) if days else None

    def _apart(self, row: int, day: int) -> float:
        others = [other + 1 for other in self._on[day]] or [0]
        return float(self._minutes[row + 1, others].min())

    def _put(self, row: int, day: int) -> None:
        self._new[day].append(row)
        self._on[day].append(row)


def _week(stops: Stops, days: Days, slots: Slots, per_day: int, drive_minutes: Numbers) -> Week:
    count = len(stops.npi)
    slot = np.zeros(count, dtype=np.int64)
    day = np.full(count, np.datetime64("NaT", "D"))
    leg = np.full(count, np.nan)
    here, on = 0, -1
    for row, number in sorted(slots.items(), key=lambda item: item[1]):
        at = (number - 1) // per_day
        here = here if at == on else 0
        slot[row], day[row], leg[row] = number, days[at], drive_minutes[here, row + 1]
        here, on = row + 1, at
    missed = stops.due & (stops.tier == Tier.A.value) & (slot == 0)
    return Week(slot, day, leg, np.where(missed, "No slot is left this week.", ""))
