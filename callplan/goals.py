"""How many touches a cycle asks for of each account, and from when: its tier's cadence over the days it was a target.

An account that became a target within the cycle is asked for what its days leave room for, and its touches count from
then; one that is a target no more, for what there was room for before. Of tiers that changed more than once within a
cycle only the last change is known.

Shapes   accounts (n,), days datetime64[D]; tier and `before` as A, B, C or ""
Units    days of the calendar, as cadences are; goals are whole touches, halves rounded up
Errors   none: an account whose days leave room for none has the goal 0, and is no target of this cycle
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.model import Cadence, Cycle, Days, Numbers, Texts, Tier


@dataclass(frozen=True, slots=True)
class Goals:
    goal: Numbers
    first: Days
    last: Days
    tier: Texts  # that it is a target under; "" where it is none


def set_goals(cycle: Cycle, tier: Texts, before: Texts, since: Days, cadence: Cadence) -> Goals:
    """`since` is when an account got its tier, `before` the tier that it had until then."""
    start, end = np.datetime64(cycle.first, "D"), np.datetime64(cycle.last, "D") + 1
    turned = np.clip(since, start, end)
    earlier, later = _room(before, turned - start, cadence), _room(tier, end - turned, cadence)
    goal = np.floor(earlier + later + 0.5)
    return Goals(
        goal=goal,
        first=np.where(earlier > 0, start, turned),
        last=np.where(later > 0, end, turned) - 1,
        tier=np.where(goal > 0, np.where(earlier > 0, before, tier), ""),
    )


def _room(tier: Texts, length: np.typing.NDArray[np.timedelta64], cadence: Cadence) -> Numbers:
    """How many cadences of its tier fit into so many days; 0 where the tier has none."""
    days = {one.value: cadence.days(one) or np.inf for one in Tier}
    every = np.array([days.get(one, np.inf) for one in tier.tolist()], dtype=np.float64)
    return length.astype(np.float64) / every
