"""Coverage of a log: how long the silences of each tier last, and what an alert in them is worth.

Shapes   one Coverage for each tier that has a cadence and silences, in the order of the cadences given
Units    days; shares from 0 to 1
Source   docs/how-to/evaluate-going-cold.md
"""

from __future__ import annotations

import numpy as np

from callplan.draws import estimates
from callplan.model import LOST, ColdTestRules, Coverage, Numbers, Point, Silences
from callplan.survival import survival


def coverage(of: Silences, rules: ColdTestRules, draw: np.random.Generator) -> tuple[Coverage, ...]:
    there = set(of.tier.tolist())
    return tuple(_of_tier(of, tier, days, rules, draw) for tier, days in rules.cadence.items() if tier in there)


def _of_tier(of: Silences, tier: str, cadence: float, rules: ColdTestRules, draw: np.random.Generator) -> Coverage:
    mine = of.tier == tier
    length, ended, account = of.length[mine], of.ended[mine], of.account[mine]
    last = survival(length, ended)

    def precision(weight: Numbers) -> Numbers:
        again = survival(length, ended, weight[account])
        lost = again.at_most(LOST * cadence)
        return np.array([_ratio(lost, again.at_most(at * cadence)) for at in rules.at])

    found = estimates(precision, of.accounts, rules.resamples, draw)
    return Coverage(
        tier=tier,
        cadence=cadence,
        silences=len(length),
        censored=int((~ended).sum()),
        followed=last.followed,
        overdue=last.at_most(cadence),
        lost=last.at_most(LOST * cadence),
        points=tuple(
            Point(at, worth, last.at_most(at * cadence), (LOST - at) * cadence)
            for at, worth in zip(rules.at, found, strict=True)
        ),
    )


def _ratio(of: float, among: float) -> float:
    return of / among if among > 0 else float("nan")
