"""A stop's number in the week's order, with room for others between: 310 is Wednesday's first, 320 the next.

A stop that comes between two others gets a number between theirs, so that one move rewrites one record. Those that
keep their numbers are the most that can: the longest run that still grows.

Units    Monday is 101 to 199, Tuesday 201 to 299, and so on; 0 is none
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

STEPS = (10, 5, 2, 1)
ROOM = 100  # numbers of a day


def ranked(before: Sequence[int], weekday: int) -> list[int]:
    """New numbers of the stops of one day in their order, from those that they had; `weekday` 0 is Monday."""
    low = (weekday + 1) * ROOM
    stays = _longest_growing(before, low, low + ROOM)
    ranks = [before[at] if at in stays else 0 for at in range(len(before))]
    edges = [-1, *sorted(stays), len(before)]
    for left, right in pairwise(edges):
        floor = ranks[left] if left >= 0 else low
        ceiling = ranks[right] if right < len(before) else low + ROOM
        between = _between(floor, ceiling, right - left - 1, last=right == len(before))
        if between is None:
            return _after(low, low + ROOM, len(before))
        ranks[left + 1 : right] = between
    return ranks


def _between(floor: int, ceiling: int, count: int, *, last: bool) -> list[int] | None:
    """So many numbers that lie between two others, evenly; after the last stop in steps of ten or five."""
    if ceiling - floor - 1 < count:
        return None
    if last:
        return _after(floor, ceiling, count)
    return [floor + (ceiling - floor) * (at + 1) // (count + 1) for at in range(count)]


def _after(floor: int, ceiling: int, count: int) -> list[int]:
    step = next(step for step in STEPS if floor + step * count < ceiling)
    return [floor + step * (at + 1) for at in range(count)]


def _longest_growing(numbers: Sequence[int], low: int, high: int) -> set[int]:
    """Where the longest growing run of numbers between the two stands (patience sorting)."""
    tops: list[int] = []  # the smallest number that ends a run of each length
    ends: list[int] = []  # where it stands
    came_from: dict[int, int] = {}
    for at, number in enumerate(numbers):
        if not low < number < high:
            continue
        length = bisect_left(tops, number)
        tops[length:] = [number, *tops[length + 1 :]]
        ends[length:] = [at, *ends[length + 1 :]]
        came_from[at] = ends[length - 1] if length else -1
    stays, at = set[int](), ends[-1] if ends else -1
    while at >= 0:
        stays.add(at)
        at = came_from[at]
    return stays
