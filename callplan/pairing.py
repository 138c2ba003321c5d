"""Reps to territories, one each, at the least cost of all.

Reps are seated one by one. Each takes the seat that costs least in all, where those seated before may move on, along
the cheapest chain of moves that ends at a free seat.

Shapes   cost (n, n), of a rep in a seat -> the rep of each seat (n,)
Errors   none
Source   successive shortest paths, by Bellman and Ford; a few dozen reps take milliseconds
"""

from __future__ import annotations

import numpy as np

from callplan.model import Counts, Numbers

CLOSE = 1e-6  # minutes: two chains that differ by less are equal


def seat(cost: Numbers) -> Counts:
    rep_in = np.full(len(cost), -1)
    for rep in range(len(cost)):
        reach, before = _chains(cost, rep_in, rep)
        at = int(np.where(rep_in < 0, reach, np.inf).argmin())
        while before[at] >= 0:
            rep_in[at] = rep_in[before[at]]
            at = int(before[at])
        rep_in[at] = rep
    return rep_in


def _chains(cost: Numbers, rep_in: Counts, rep: int) -> tuple[Numbers, Counts]:
    """What it costs to have each seat taken, and from which seat its rep would come; -1: the new rep sits there."""
    reach, before = cost[rep].copy(), np.full(len(cost), -1)
    taken = np.flatnonzero(rep_in >= 0)
    moving = cost[rep_in[taken]] - cost[rep_in[taken], taken][:, None]
    while len(taken):
        by_way_of = reach[taken][:, None] + moving
        shorter = by_way_of.min(axis=0) < reach - CLOSE
        if not shorter.any():
            break
        before = np.where(shorter, taken[by_way_of.argmin(axis=0)], before)
        reach = np.where(shorter, by_way_of.min(axis=0), reach)
    return reach, before
