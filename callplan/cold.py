"""How long each account has gone without a qualifying touch, against the days that it should.

The days between visits are the *effective* ones: where a territory's week does not hold its cadences they are longer,
as it is told before the week: whole days, as they are told. An account never visited has one such cadence of grace from
the day it got its tier, so a new one is not cold at once.

Shapes   accounts (n,); `last` is each one's last qualifying touch, datetime64[D], NaT where there was none
Units    days; `ratio` is silence as a multiple of the effective cadence, infinite where never visited
Errors   none: a missing date is a case, not a mistake
Source   docs/decisions/0024-three-states-and-a-flag-with-a-life.md
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.model import Cadence, ColdRules, Days, Marks, Numbers, Texts, Tier, TouchState

NEVER = np.datetime64("NaT", "D")
ROUNDING = 1e-9  # what floating point adds: 180 days times 1.35 are 243, and not a day more
GONE_COLD = (TouchState.COLD, TouchState.LOST_CONTACT, TouchState.NEVER_VISITED)


@dataclass(frozen=True, slots=True)
class Cold:
    state: Texts
    ratio: Numbers  # NaN for Tier C
    overdue_on: Days  # from this day on; NaT for Tier C
    cold_since: Days  # NaT where not cold


def cadence_days(tier: Texts, cadence: Cadence) -> Numbers:
    """Days between two visits of each account, as the config has them; NaN for Tier C."""
    found: Numbers = np.select([tier == Tier.A.value, tier == Tier.B.value], [cadence.a_days, cadence.b_days], np.nan)
    return found


def due_on(last: Days, since: Days, days: Numbers, rules: ColdRules) -> Days:
    """From when on a visit is due, NaT for Tier C.

    By the configured cadence: this is what weeks are filled by, and a committed slot must not move because a longer
    list has stretched everybody's cadence by a day. Where a week does not hold all that is due, urgency decides.
    """
    return np.where(np.isnan(days), NEVER, np.where(np.isnat(last), since, last + _days(days * rules.due)))


def find_cold(last: Days, since: Days, days: Numbers, rules: ColdRules, today: date) -> Cold:
    """The touch state of every account. `since` is when it got its tier, `days` its effective cadence."""
    never = np.isnat(last)
    silent = (np.datetime64(today, "D") - np.where(never, since, last)).astype(np.float64)
    ratio = np.where(never, np.where(silent >= days, np.inf, 0.0), silent / days)
    ratio[np.isnan(days)] = np.nan
    state = _states(ratio + ROUNDING, never, rules)
    crossed = np.where(never, since + _days(days), last + _days(days * rules.cold))
    overdue_on = np.where(never, crossed, last + _days(days * rules.overdue))
    return Cold(
        state=state,
        ratio=ratio,
        overdue_on=np.where(np.isnan(days), NEVER, overdue_on),
        cold_since=np.where(np.isin(state, GONE_COLD), crossed, NEVER),
    )


def _states(ratio: Numbers, never: Marks, rules: ColdRules) -> Texts:
    """One state each, the first that fits, from no cadence to on track."""
    conditions = [
        np.isnan(ratio),
        never & np.isinf(ratio),
        never,
        ratio >= rules.lost,
        ratio >= rules.cold,
        ratio >= rules.overdue,
        ratio >= rules.due,
    ]
    names = [
        TouchState.WAITING,
        TouchState.NEVER_VISITED,
        TouchState.NEW,
        TouchState.LOST_CONTACT,
        TouchState.COLD,
        TouchState.OVERDUE,
        TouchState.DUE,
    ]
    return np.select(conditions, [name.value for name in names], TouchState.ON_TRACK.value)


def _days(number: Numbers) -> np.typing.NDArray[np.timedelta64]:
    """Whole days, rounded up: a state is reached when its day has come."""
    return np.ceil(np.nan_to_num(number) - ROUNDING).astype("timedelta64[D]")
