"""What a planned visit is in the list: its number, its kind, and from where it is driven to.

Shapes   n visits in k days
"""

from __future__ import annotations

import numpy as np

from callplan.calls import NONE, Kept
from callplan.model import Counts, Days, Marks, Numbers, SlotKind, Texts
from callplan.ranks import ranked
from callplan.routes import Order


def slots(order: Order, before: Counts, days: Days) -> Counts:
    """(n,) each visit's number in the week's order, 0 where it has none."""
    numbers = np.zeros(len(before), dtype=np.int64)
    for day, rows in zip(days.tolist(), order, strict=True):
        numbers[list(rows)] = ranked(before[list(rows)].tolist(), day.weekday())
    return numbers


def kinds(is_a: Marks, day: Counts, kept: Kept, at: Counts, urgency: Numbers, unreserved: Counts) -> Texts:
    """(n,) Tier A is committed; of Tier B, what is beyond a day's free slots has one that waited for Tier A."""
    found = np.where(is_a & (day != NONE), SlotKind.COMMITTED.value, "").astype("<U9")
    for n, free in enumerate(unreserved.tolist()):
        rows = np.flatnonzero((day == n) & ~is_a)
        had = (at[rows] == n) & (kept.kind[rows] == SlotKind.FILL.value)
        in_order = rows[np.lexsort((rows, -urgency[rows], ~had))]
        found[in_order[:free]] = SlotKind.FILL.value
        found[in_order[free:]] = SlotKind.RELEASED.value
    return found


def legs(order: Order, place: Counts, start: Counts) -> Counts:
    """(n,) the place from which each visit is driven to, NONE where it has none."""
    found = np.full(len(place), NONE, dtype=np.int64)
    for day, rows in enumerate(order):
        here = int(start[day])
        for row in rows:
            found[row], here = here, int(place[row])
    return found
