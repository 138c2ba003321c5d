"""The flag: which accounts a manager hears of, how a flag lives, and by what it ends.

An account is to be flagged once it is cold, lost or never visited; or overdue, where it has gone quiet or its activity
is down. It is raised on evidence only: it was so already on the last day on which its rep's log showed life. Of those a
manager hears of so many a day, those with the most volume at risk first; the rest wait for their turn.

A flag ends when a qualifying touch newer than the one it was raised on has come and its account is not to be flagged
any more, when a person dismisses it, or when its account is none of those that are flagged. A longer cadence, another
rule, an account that writes again: none of these takes one back.

Shapes   accounts (n,), one flag each at most; days datetime64[D], NaT where there is none
Source   docs/decisions/0024-three-states-and-a-flag-with-a-life.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.cold import GONE_COLD, Cold
from callplan.model import Activity, Days, FlagRules, Marks, Npi, Numbers, Relationship, Texts, TouchState

TURN = "waiting for its turn"
MANY_WAIT = "accounts are to be flagged and wait for their"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where each account stands tonight."""

    npi: Texts
    tier: Texts
    manager: Texts  # who hears of it, "" where all are one manager's
    last: Days  # its last qualifying touch
    wanted: Marks  # to be flagged, by its states
    paused: Texts  # why it is not raised tonight all the same, "" where it may be
    volume: Numbers
    urgency: Numbers


@dataclass(frozen=True, slots=True)
class Decision:
    touched: tuple[int, ...]  # rows whose flag a touch has ended
    withdrawn: tuple[Npi, ...]  # flags of accounts that are not flagged any more
    raised: tuple[int, ...]  # rows, those with the most at risk first
    paused: Texts  # why each that is to be flagged is not


def wanted_since(cold: Cold, relationship: Texts, activity: Texts, quiet_on: Days) -> Days:
    """From which day on each account is to be flagged, whatever its tier; NaT where it is not."""
    down, quiet = activity == Activity.DOWN.value, relationship == Relationship.QUIET.value
    overdue = np.isin(cold.state, (TouchState.OVERDUE, *GONE_COLD))  # what has turned cold was overdue before
    since = np.where(overdue & down, cold.overdue_on, np.datetime64("NaT", "D"))
    since = np.where(overdue & quiet & ~down, np.maximum(cold.overdue_on, quiet_on), since)
    return np.fmin(since, cold.cold_since)


def decide(now: Standing, flagged: Mapping[Npi, date | None], heard: Mapping[str, int], rules: FlagRules) -> Decision:
    """`flagged` are open flags with the touch each was raised on; `heard` is of how many a manager heard today."""
    ours = np.isin(now.tier, [tier.value for tier in rules.tiers])
    row = {Npi(npi): at for at, npi in enumerate(now.npi.tolist()) if ours[at]}
    touched = tuple(at for npi, was in flagged.items() if (at := row.get(npi)) is not None and _touched(now, at, was))
    withdrawn = tuple(npi for npi in flagged if npi not in row)

    open_ = np.isin(now.npi, [*(npi for npi in flagged if npi in row)])
    may = ours & now.wanted & ~open_
    turn = np.flatnonzero(may & (now.paused == ""))
    raised = _in_budget(now, turn, heard, rules.per_day)
    waits = np.zeros(len(now.npi), dtype=np.bool_)
    waits[np.setdiff1d(turn, raised)] = True
    return Decision(touched, withdrawn, raised, np.where(waits, TURN, np.where(may, now.paused, "")))


def _touched(now: Standing, at: int, was: date | None) -> bool:
    last = now.last[at].item()
    return not now.wanted[at] and last is not None and (was is None or last > was)


def _in_budget(now: Standing, turn: np.ndarray, heard: Mapping[str, int], per_day: int) -> tuple[int, ...]:
    """The most at risk first; then the most overdue; then by NPI, so that the order of the rows decides nothing."""
    worth, late = np.nan_to_num(now.volume[turn]), np.nan_to_num(now.urgency[turn], posinf=np.inf)
    told, raised = Counter(heard), list[int]()
    for at in turn[np.lexsort((now.npi[turn], -late, -worth))].tolist():
        manager = str(now.manager[at])
        if told[manager] < per_day:
            told[manager] += 1
            raised.append(at)
    return tuple(raised)


def say_waiting(waiting: int, rules: FlagRules) -> str:
    """That more is to be told than a manager hears of in a day; "" where nothing waits."""
    if not waiting:
        return ""
    wait = "account is to be flagged and waits for its" if waiting == 1 else MANY_WAIT
    return (
        f"{waiting:,} more {wait} turn; a manager hears of at most "
        f"{rules.per_day:,} new ones a day (`cold.flag.per_day`), those with the most volume at risk first."
    )
