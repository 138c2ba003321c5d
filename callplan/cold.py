"""Tier A accounts whose cadence has run out, with how long they have been silent.

What counts is a qualifying touch: something that happened, of a kind, direction and length that the rules
name for the account's tier. Plans, no-shows and unanswered calls never count. An account never visited has
one cadence of grace from the day it got its tier, so a new one is not cold at once.

Shapes   touches (m,); accounts (n,); last touch (n,) datetime64[D], NaT where there was none
Units    days; `ratio` is silence as a multiple of the tier's cadence, infinite where never visited
Errors   none: a missing date is a case, not a mistake
Source   docs/decisions/0004-only-facts-travel.md: no reason here holds a number that moves by itself
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.model import Cadence, ColdRules, Days, Marks, Numbers, Texts, Tier, TouchState

FEWEST_TOLD = 11  # procedures: a smaller count may point at patients
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Cold:
    state: Texts
    ratio: Numbers  # NaN for Tier C
    due_on: Days  # from this day on a visit is due
    cold_since: Days  # NaT where not cold
    flagged: Marks  # Tier A, and cold, lost or never visited
    reason: Texts  # "" where not flagged


def find_cold(
    last: Days, tier: Texts, since: Days, volume: Numbers, rules: ColdRules, cadence: Cadence, today: date
) -> Cold:
    """The touch state of every account, and the flag. `since` is when it got its tier."""
    days = np.array([cadence.days(Tier(value)) or np.nan for value in tier.tolist()], dtype=np.float64)
    never = np.isnat(last)
    silent = (np.datetime64(today, "D") - np.where(never, since, last)).astype(np.float64)
    ratio = np.where(never, np.where(silent >= days, np.inf, 0.0), silent / days)
    ratio[np.isnan(days)] = np.nan
    state = _states(ratio, never, rules)
    crossed = np.where(never, since + _days(days), last + _days(days * rules.cold))
    cold = np.isin(state, (TouchState.COLD, TouchState.LOST_CONTACT, TouchState.NEVER_VISITED))
    flagged = cold & (tier == Tier.A.value)
    return Cold(
        state=state,
        ratio=ratio,
        due_on=np.where(np.isnan(days), NEVER, np.where(never, since, last + _days(days * rules.due))),
        cold_since=np.where(cold, crossed, NEVER),
        flagged=flagged,
        reason=_reasons(flagged, last, volume, cadence),
    )


def _states(ratio: Numbers, never: Marks, rules: ColdRules) -> Texts:
    """One state each, the first that fits, from no cadence to on track."""
    conditions = [
        np.isnan(ratio),
        never & (ratio > 0),
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
    return np.ceil(np.nan_to_num(number)).astype("timedelta64[D]")


def _reasons(flagged: Marks, last: Days, volume: Numbers, cadence: Cadence) -> Texts:
    told = []
    for is_flagged, day, much in zip(flagged.tolist(), last.tolist(), volume.tolist(), strict=True):
        if not is_flagged:
            told.append("")
            continue
        silence = f"No counted visit since {day:%d %b %Y}" if day else "Never visited"
        risk = f" {much:,.0f} relevant procedures a year at risk." if much >= FEWEST_TOLD else ""  # none known: NaN
        told.append(f"{silence}; Tier A is seen every {cadence.a_days} days.{risk} Next step: book a visit.")
    return np.array(told, dtype=np.str_)
