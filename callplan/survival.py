"""How long silences last: Kaplan-Meier, which learns from those whose end is not seen as far as they were.

Shapes   length (n,) whole days, ended (n,), weight (n,)
Units    days; shares from 0 to 1
Errors   none: NaN where nobody was followed that long
Source   Kaplan and Meier 1958; intervals are Efron's percentile bootstrap, by account
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from callplan.model import Counts, Marks, Numbers


@dataclass(frozen=True, slots=True)
class Survival:
    after: Numbers  # the share that lasts beyond day 0, 1, 2, ...

    def before(self, day: float) -> float:
        """The share that lasts to this day, just before it."""
        last = ceil(day) - 1
        if last < 0:
            return 1.0
        if last < len(self.after):
            return float(self.after[last])
        return 0.0 if len(self.after) and self.after[-1] == 0 else float("nan")

    def at_most(self, day: float) -> float:
        """The same; beyond what anybody was followed, the last that is known, which it can only fall below."""
        known = self.before(day)
        return float(self.after[-1]) if np.isnan(known) and len(self.after) else known

    @property
    def followed(self) -> int:
        """How many days of the longest silence were seen."""
        return len(self.after) - 1


def survival(length: Counts, ended: Marks, weight: Numbers | None = None) -> Survival:
    if weight is None:
        weight = np.ones(len(length))
    days = int(length.max(initial=-1)) + 1
    there = np.bincount(length, weight, days)
    end = np.bincount(length[ended], weight[ended], days)
    at_risk = np.cumsum(there[::-1])[::-1]
    return Survival(np.cumprod(1 - np.divide(end, at_risk, out=np.zeros(days), where=at_risk > 0)))
