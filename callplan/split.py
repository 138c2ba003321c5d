"""How a rep's planned visits divide between core accounts, Tier A, and development, Tier B, beside what is set.

Shapes   one row a visit of the list (n,)
Units    minutes of visits, without the driving; shares of their sum
Errors   none
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from callplan.model import Numbers, Texts, Tier


@dataclass(frozen=True, slots=True)
class Split:
    rep: str
    a_minutes: float
    b_minutes: float

    @property
    def share(self) -> float:
        """Of the planned time, what goes to Tier A."""
        return self.a_minutes / (self.a_minutes + self.b_minutes)


def split_time(rep: Texts, tier: Texts, minutes: Numbers) -> Iterator[Split]:
    """By rep, for those with any visit."""
    for name in sorted(set(rep.tolist())):
        a, b = (float(minutes[(rep == name) & (tier == which.value)].sum()) for which in (Tier.A, Tier.B))
        if a + b > 0:
            yield Split(name, a, b)


def say_splits(splits: Sequence[Split], core_share: float) -> str:
    """One line, however many reps there are."""
    least, most = (end(splits, key=lambda split: split.share) for end in (min, max))
    if len(splits) == 1:
        told = f"{_percent(least.share)} of {least.rep}'s"
    elif _percent(least.share) == _percent(most.share):
        told = f"{_percent(least.share)} of each of {len(splits):,} reps'"
    else:
        told = f"{_percent(least.share)} ({least.rep}) to {_percent(most.share)} ({most.rep}) of {len(splits):,} reps'"
    return f"{told} planned visit time is on Tier A; {_percent(core_share)} is set."


def _percent(share: float) -> str:
    return f"{np.round(share * 100):.0f} %"
