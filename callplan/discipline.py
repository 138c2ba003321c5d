"""Whether Tier A slots were kept, flags led to visits, and touches were logged in time.

Shapes   slots, flags and touches as columns; days datetime64[D], NaT where there is none
Units    days
Errors   none: where nothing is known the counts are 0, and the shares None
Source   docs/reference/metrics.md
"""

from __future__ import annotations

from datetime import date

import numpy as np

from callplan.model import Calls, Committed, Counts, Cycle, Days, Flagged, Logging, Marks, Protection, Recovery

TRULY = 2.0  # cadences without a qualifying touch, after which an account was truly cold


def protect(slots: Committed, calls: Calls, mine: Marks, today: date) -> Protection:
    """Of the slots among `mine` whose day is over, those that were never moved and in whose week somebody came."""
    rows = np.flatnonzero(mine & (slots.day < np.datetime64(today, "D")))
    came = first_after(slots.account[rows], slots.week[rows], calls)
    met, moved = came < slots.week[rows] + 7, slots.moved[rows]
    return Protection(
        committed=len(rows),
        kept=int((met & ~moved).sum()),
        moved=int(moved.sum()),
        with_reason=int((moved & slots.with_reason[rows]).sum()),
        ended=int((~met & ~moved).sum()),
    )


def follow(flags: Flagged, calls: Calls, mine: Marks, today: date) -> Recovery:
    """What came of the flags among `mine`; `calls` are all qualifying touches."""
    rows = np.flatnonzero(mine)
    back = first_after(flags.account[rows], flags.raised[rows], calls)
    dismissed, came = flags.dismissed[rows], ~np.isnat(back)
    recovered = came & ~dismissed
    waited = (back - flags.raised[rows]).astype(np.float64)[recovered]
    until = _truly_cold_on(flags, rows)
    late = np.where(came, back >= until, until <= np.datetime64(today, "D"))
    return Recovery(
        raised=len(rows),
        recovered=int(recovered.sum()),
        median_days=float(np.median(waited)) if len(waited) else None,
        decided=int((dismissed | came | late).sum()),
        truly_cold=int((late & ~dismissed).sum()),
        dismissed=int(dismissed.sum()),
    )


def _truly_cold_on(flags: Flagged, rows: Counts) -> Days:
    """The day on which two cadences are over; of one never visited, one cadence after its flag, as it had its grace."""
    cadence, last = flags.cadence[rows], flags.last[rows]
    since: Days = np.where(np.isnat(last), flags.raised[rows] - _days(cadence), last)
    over: Days = since + _days(TRULY * cadence)
    return over


def how_logged(calls: Calls, cycle: Cycle, mine: Marks) -> Logging:
    """Of the touches in a cycle. What was put in ahead of its day does not say when it was reported."""
    mine = mine & (calls.at >= np.datetime64(cycle.first)) & (calls.at <= np.datetime64(cycle.last))
    late = (calls.created[mine] - calls.at[mine]).astype(np.float64)
    late[np.isnat(calls.created[mine])] = np.nan
    known, told = late >= 0, calls.noted[mine]
    return Logging(
        logged=int(known.sum()),
        within_a_day=int((late[known] <= 1).sum()),
        read=int((~np.isnan(told)).sum()),
        noted=int((told > 0).sum()),
    )


def first_after(of: Counts, since: Days, calls: Calls) -> Days:
    """The first touch of each of these accounts on a day or later; NaT where there is none."""
    order = np.lexsort((calls.at, calls.account))
    account, at = calls.account[order], calls.at[order]
    found = np.full(len(of), np.datetime64("NaT", "D"))
    starts, ends = np.searchsorted(account, of, "left"), np.searchsorted(account, of, "right")
    for row, (begin, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        where = begin + int(np.searchsorted(at[begin:end], since[row], "left"))
        if where < end:
            found[row] = at[where]
    return found


def _days(number: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.timedelta64]:
    return np.ceil(number).astype("timedelta64[D]")
