"""The calendar day of a moment where the territory is, for as many moments at once as there are accounts.

A zone's offset is asked for once a day between the first moment and the last; where it changes, to the second.

Shapes   moments (n,) datetime64, UTC, NaT where there is none -> days (n,), NaT there too
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.datetime64]
SECOND = np.timedelta64(1, "s")


def local_days(at: Moments, zone: tzinfo) -> Moments:
    at = at.astype("datetime64[s]")
    known = at[~np.isnat(at)]
    if not len(known):
        return at.astype("datetime64[D]")
    years = known.min().astype("datetime64[Y]"), known.max().astype("datetime64[Y]") + 1
    changes, offsets = _offsets(*years, zone)
    row = np.searchsorted(changes, at, side="right") - 1
    days: Moments = (at + offsets[row]).astype("datetime64[D]")
    return days


def end_of(day: date, zone: tzinfo) -> datetime:
    """The first moment of the next day."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


@cache
def _offsets(first: np.datetime64, last: np.datetime64, zone: tzinfo) -> tuple[Moments, NDArray[np.timedelta64]]:
    """From which moment on which offset holds, between two years."""
    days = np.arange(first.astype("datetime64[D]"), last.astype("datetime64[D]") + 2).astype("datetime64[s]")
    said = [(day, _offset(day, zone)) for day in days]
    found = [said[0], *((_change(a, b, zone), other) for (a, one), (b, other) in pairwise(said) if one != other)]
    changes, offsets = zip(*found, strict=True)
    return np.array(changes), np.array(offsets)


def _change(before: np.datetime64, after: np.datetime64, zone: tzinfo) -> np.datetime64:
    while after - before > SECOND:
        between = before + (after - before) // 2
        if _offset(between, zone) == _offset(before, zone):
            before = between
        else:
            after = between
    return after


def _offset(at: np.datetime64, zone: tzinfo) -> np.timedelta64:
    moment: datetime = at.astype("datetime64[us]").astype(object)
    return np.timedelta64(moment.replace(tzinfo=UTC).astimezone(zone).utcoffset(), "s")
