"""Years, quarters and months as files write them, in order and without a gap.

Errors   NeedsHuman: none at all, too few, of two kinds, or one missing between others
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from callplan.model import FEWEST_PERIODS
from connector.errors import NeedsHuman

WRITTEN = re.compile(r"(\d{4})(?:-?Q([1-4])|-?(0[1-9]|1[0-2])(?:-\d\d)?)?", re.IGNORECASE | re.ASCII)
FORMS = "2023, 2023-Q4, 2023-11 or 2023-11-30"

Period = tuple[int, int]  # how many of its kind make a year, and the how many-eth since year 0


def period_of(written: str) -> Period | None:
    found = WRITTEN.fullmatch(written)
    if not found:
        return None
    year, quarter, month = int(found[1]), found[2], found[3]
    if quarter:
        return 4, year * 4 + int(quarter) - 1
    return (12, year * 12 + int(month) - 1) if month else (1, year)


def name_of(period: Period) -> str:
    year, rest = divmod(period[1], period[0])
    return {1: f"{year}", 4: f"{year}-Q{rest + 1}", 12: f"{year}-{rest + 1:02d}"}[period[0]]


def in_a_row(found: Iterable[Period], fewest: int = FEWEST_PERIODS) -> list[Period]:
    """A hole would be read as a period in which nobody did anything."""
    periods = sorted(found)
    if not periods:
        raise NeedsHuman(
            "No file says of which period its rows are.",
            next_step="Give files with a column `year` or `month`, or write the period first: 2023=FILE.",
        )
    if len({kind for kind, _ in periods}) > 1:
        raise NeedsHuman(
            f"{name_of(periods[0])} and {name_of(periods[-1])} are periods of two lengths.",
            next_step="Evaluate yearly files and monthly files one after the other.",
        )
    if len(periods) < fewest:
        what_for = (
            "what came before, and what is"
            if fewest == 2
            else "a list before, the list that is judged, and what came next"
        )
        raise NeedsHuman(
            f"There are values for {' and '.join(map(name_of, periods))} only.",
            next_step=f"Give {fewest} or more: for {what_for}.",
        )
    for before, after in pairwise(periods):
        if after[1] != before[1] + 1:
            hole = name_of((before[0], before[1] + 1))
            raise NeedsHuman(
                f"{hole} is missing between {name_of(before)} and {name_of(after)}.",
                next_step=f"Add the file of {hole}, or leave out what is before it.",
            )
    return periods
