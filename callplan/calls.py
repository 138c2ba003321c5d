"""Who is to be visited in a week, what was planned so far, and what that asks of the days.

Shapes   stops (n,); days (k,)
Units    minutes; of a clock, after midnight
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from callplan.model import Counts, Days, Marks, Numbers, Texts, Tier, WeekRules, Workday
from callplan.routes import Calls, Drive

NONE = -1
URGENT = (0.7, 3.0)  # times its cadence: a visit is no less and no more urgent than that
# What a Tier A visit is worth in minutes of driving: the least, from one to the next more urgent, and of a held slot.
# PyVRP asks at most 10,000 for what a day does not hold: were a visit worth more, it would search among such days only.
A_LEAST, A_STEP, A_SPAN, HELD = 1_000.0, 50.0, 4_000.0, 10_000.0


@dataclass(frozen=True, slots=True)
class Stops:
    """Accounts of which a visit is due by the end of the week."""

    npi: Texts
    tier: Texts  # A or B
    due_on: Days  # not before that day
    urgency: Numbers  # silence over cadence; infinite where never visited
    cold: Marks  # by its touches, flagged or not
    volume: Numbers
    place: Counts  # row of the drive matrix
    opens: Counts  # (n, k) minutes after midnight, by day; both 0 where it is closed
    closes: Counts


@dataclass(frozen=True, slots=True)
class Kept:
    """The plan so far, of the same stops."""

    day: Days  # NaT where it has none
    starts: Counts
    promised: Counts  # the hour that a committed visit got when it was placed, or last moved
    hold: Counts  # minutes by which it may shift from there; 0 where a rep has set it
    slot: Counts
    kind: Texts

    def among(self, days: Days) -> Counts:
        """(n,) which of the days it is, NONE where it is none of them."""
        index = {day: at for at, day in enumerate(days.tolist())}
        return np.array([index.get(day, NONE) for day in self.day.tolist()], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Workdays:
    """Days that are still to come, the current one first if it is worked."""

    day: Days
    drive: Drive
    free: Counts  # (k,) of a day's slots, those that do not wait for Tier A
    frozen: bool  # the first of them is the current day, and has its plan


def workdays(
    ahead: Sequence[Workday], today: date, start: Counts, end: Counts, frozen: bool, rules: WeekRules
) -> Workdays:
    """Days that are not over, and where they start and end. By the day before, no slot waits for Tier A any more."""
    days = np.array([workday.day for workday in ahead], dtype="datetime64[D]")
    slots = np.full(len(days), rules.visits_per_day, dtype=np.int64)
    free = slots - int(np.ceil(rules.reserved * rules.visits_per_day))
    near = days <= np.datetime64(today + timedelta(days=1), "D")
    drive = Drive(
        starts=np.array([workday.starts for workday in ahead], dtype=np.int64),
        ends=np.array([workday.ends for workday in ahead], dtype=np.int64),
        start=start,
        end=end,
        slots=slots,
        unreserved=np.where(near, slots, free),
    )
    return Workdays(days, drive, free, frozen and len(days) > 0 and ahead[0].day == today)


def calls_of(stops: Stops, days: Workdays, rules: WeekRules) -> Calls:
    """Each visit on the days on which it is due and the account is open; none on a day that has its plan."""
    is_a = stops.tier == Tier.A.value
    shut = stops.due_on[:, None] > days.day[None, :]
    shut[:, :1] |= days.frozen
    nothing = np.zeros(len(stops.npi))
    return Calls(
        place=stops.place,
        minutes=np.where(is_a, rules.a_visit, rules.b_visit),
        opens=np.where(shut, 0, stops.opens),
        closes=np.where(shut, 0, stops.closes),
        worth=nothing,
        must=nothing > 0,
        extra=np.zeros(stops.opens.shape),
        reserved_from=~is_a,
    )


def pinned(calls: Calls, at: Counts, kept: Kept, rows: Marks) -> Calls:
    """The marked visits on the day that they have, about the hour that they were promised."""
    opens, closes = calls.opens.copy(), calls.closes.copy()
    for row in np.flatnonzero(rows).tolist():
        day, promised, hold = at[row], kept.promised[row], kept.hold[row]
        early = max(opens[row, day], promised - hold)
        late = min(closes[row, day], promised + hold + calls.minutes[row])
        opens[row], closes[row] = 0, 0
        opens[row, day], closes[row, day] = early, late
    return replace(calls, opens=opens, closes=closes)


def on_time(calls: Calls, at: Counts, promised: Counts, rows: Marks) -> Calls:
    """The marked visits, on the day that they have, no earlier than promised."""
    opens = calls.opens.copy()
    for row in np.flatnonzero(rows).tolist():
        opens[row, at[row]] = max(opens[row, at[row]], promised[row])
    return replace(calls, opens=opens)


def moving(calls: Calls, at: Counts, rows: Marks, costs: float) -> Calls:
    """What it costs to give the marked visits another day than they have."""
    extra = calls.extra.copy()
    for row in np.flatnonzero(rows).tolist():
        extra[row] += costs
        extra[row, at[row]] -= costs
    return replace(calls, extra=extra)


def worth(stops: Stops, held: Marks, planned: Marks, rules: WeekRules) -> Numbers:
    """In minutes of driving: a slot that is held over any other Tier A, the most urgent of those first; then Tier B."""
    is_a = stops.tier == Tier.A.value
    rank = np.empty(len(stops.npi))
    rank[np.lexsort((stops.npi, -stops.volume, -stops.urgency, ~is_a))] = np.arange(len(rank))
    step = min(A_STEP, A_SPAN / max(int(is_a.sum()), 1))
    tier_a = np.where(held, HELD, A_LEAST + step * (is_a.sum() - rank))
    tier_b = rules.detour * np.clip(stops.urgency, *URGENT) + rules.move_costs * planned
    return np.where(is_a, tier_a, tier_b)
