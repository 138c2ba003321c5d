"""Tier B accounts in thin regions, far from any cluster: they are called and written to instead of driven to.

Tier A is always driven to. What counts as a neighbour is another Tier A or B account of the same rep: whoever drives
out for one may see the other.

Shapes   drive minutes (n+1, n+1), row and column 0 being the rep's home; accounts (n,)
Units    minutes of driving, from one to the other
Errors   none: a place that is not known is the caller's to leave out
"""

from __future__ import annotations

import numpy as np

from callplan.model import Counts, Marks, Numbers, Texts, ThinRules, Tier

INSTEAD = "called and written to instead of visited"


def in_thin_region(drive_minutes: Numbers, tier: Texts, rules: ThinRules) -> Marks:
    """Which accounts of one rep are served without visits."""
    few = _neighbours(drive_minutes, tier, rules) < rules.neighbours
    far = drive_minutes[0, 1:] > rules.from_home
    thin: Marks = (tier == Tier.B.value) & few & far
    return thin


def why_thin(drive_minutes: Numbers, tier: Texts, rules: ThinRules) -> Texts:
    """A clause that is said of each; "" of one that is driven to."""
    said = np.zeros(len(tier), dtype="U200")
    near, nearest = _neighbours(drive_minutes, tier, rules), _between(drive_minutes, tier).min(axis=1, initial=np.inf)
    for at in np.flatnonzero(in_thin_region(drive_minutes, tier, rules)).tolist():
        home = f"{drive_minutes[0, at + 1]:.0f} minutes from home"
        said[at] = f"{_where(int(near[at]), float(nearest[at]), rules, home)}: {INSTEAD}"
    return said


def _where(near: int, nearest: float, rules: ThinRules, home: str) -> str:
    if near:
        return f"Only {near} other account{'s' * (near > 1)} within {rules.minutes:.0f} minutes, and {home}"
    if np.isinf(nearest):
        return f"No other account of its rep, and {home}"
    return f"{nearest:.0f} minutes from the next account"


def _neighbours(drive_minutes: Numbers, tier: Texts, rules: ThinRules) -> Counts:
    near: Counts = (_between(drive_minutes, tier) <= rules.minutes).sum(axis=1)
    return near


def _between(drive_minutes: Numbers, tier: Texts) -> Numbers:
    """Minutes among accounts, infinite to oneself and to Tier C."""
    minutes = drive_minutes[1:, 1:].copy()
    np.fill_diagonal(minutes, np.inf)
    minutes[:, ~np.isin(tier, (Tier.A.value, Tier.B.value))] = np.inf
    return minutes
