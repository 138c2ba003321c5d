"""Why a Tier A visit that is due is on no day of the week."""

from __future__ import annotations

import numpy as np

from callplan.calls import Stops, Workdays
from callplan.model import Marks, Numbers, Texts, Tier

NO_DAY = "No working day is left this week."
SHUT = "It sees nobody on the days that are left this week."
SHUT_WHEN_DUE = "It sees nobody on the days of this week on which it is due."
NO_ROAD = "No road leads there from where the days start."
FULL = "No slot is left this week: at {} visits a day, Tier A that is more urgent or was planned before has them all."
SHORT = "It sees reps for {} minutes at most, and a visit takes {}."


def why_unplaced(stops: Stops, days: Workdays, minutes: Numbers, may: Marks, placed: Marks, visit: int) -> Texts:
    """(n,) "" where it is planned, or Tier B; `may` is whether a day could hold it alone (n, k)."""
    missed = (stops.tier == Tier.A.value) & ~placed
    told = [_why(stops, days, minutes, may, row, visit) if late else "" for row, late in enumerate(missed.tolist())]
    return np.array(told, dtype=np.str_)


def _why(stops: Stops, days: Workdays, minutes: Numbers, may: Marks, row: int, visit: int) -> str:
    if not len(days.day) or (days.frozen and len(days.day) == 1):
        return NO_DAY
    if may[row].any():
        return FULL.format(days.drive.slots.max())
    left = np.arange(len(days.day)) >= int(days.frozen)
    due, seen = days.day >= stops.due_on[row], stops.closes[row] > stops.opens[row]
    if not (left & seen).any():
        return SHUT
    if not (left & seen & due).any():
        return SHUT_WHEN_DUE
    longest = (stops.closes[row] - stops.opens[row])[left & seen & due].max()
    if longest < visit:
        return SHORT.format(longest, visit)
    there, back = (minutes[days.drive.start, stops.place[row]], minutes[stops.place[row], days.drive.end])
    drives = (there + back)[left & seen & due]
    if np.isnan(drives).all():
        return NO_ROAD
    alone = np.nanmin(drives)
    which = "a day" if due[left].all() else "the days on which it is due"
    return f"It is too far for {which}: {alone:,.0f} minutes of driving there and back, or it closes before."
