"""Who fits a filter: all of its parts together, and the first that fails.

What is not on file neither fits nor fails without a word: it does not fit, and is counted.

Shapes   columns (n,), in the order of the claims' providers
Errors   none here; callplan/find.py says what cannot be answered
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.model import AssessRules, Filter, Market, Marks
from callplan.parts import Part, place, practice, volume, who


@dataclass(frozen=True, slots=True)
class Fit:
    providers: int
    parts: tuple[Part, ...]

    @property
    def fits(self) -> Marks:
        marks = np.ones(self.providers, dtype=np.bool_)
        for part in self.parts:
            marks &= part.holds
        return marks

    def why(self, row: int) -> str:
        """The first part that fails, "" where none does."""
        for part in self.parts:
            if not part.holds[row]:
                return part.told(row) if part.known[row] else f"no {part.what} on file"
        return ""

    def not_on_file(self) -> list[tuple[int, str]]:
        """How many would fit if only this were on file, and what it is."""
        possible = np.ones(self.providers, dtype=np.bool_)
        for part in self.parts:
            possible &= part.holds | ~part.known
        counts = [(int((possible & ~part.known).sum()), part.what) for part in self.parts]
        return [(count, what) for count, what in counts if count]


def fit(where: Filter, market: Market, rules: AssessRules) -> Fit:
    """What stays longest with an account is tried first, so that a reason seldom changes."""
    parts = (*who(where, market), *place(where, market), *practice(where, market), *volume(where, market, rules))
    return Fit(len(market.claims.npi), parts)
