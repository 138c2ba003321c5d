"""Accounts gathered into places; the middle of some places, their halves, and the nearest to others.

A place is what stays together in one territory: a ZIP, or an account that has none. Its share of work that each rep has
today is kept beside it.

Shapes   accounts (n,), places (m,), reps (r,), territories (k,)
Units    work a week in what `TierRules.week` counts; degrees, NaN where unknown
Errors   none: an unknown place is in the middle of none, and nowhere near another
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.balance import totals
from callplan.model import Counts, Ground, Marks, Numbers, Points, Reps, Texts

AT_ONCE = 1_000  # places whose distances are in memory together


@dataclass(frozen=True, slots=True)
class Places:
    key: Texts  # the ZIP, or the NPI of an account without one; in order
    points: Points
    work: Numbers
    kept: Numbers  # (m, r): of the work, or where there is none of the accounts, each rep's share
    of_account: Counts  # (n,): the place of each account

    def those(self, chosen: Marks) -> Places:
        """Some of the places; accounts are left behind."""
        latitude, longitude = self.points
        points = latitude[chosen], longitude[chosen]
        return Places(self.key[chosen], points, self.work[chosen], self.kept[chosen], np.zeros(0, dtype=np.int64))


def gather(ground: Ground, work: Numbers, reps: Reps) -> Places:
    key, of_account = np.unique(np.where(ground.place == "", ground.npi, ground.place), return_inverse=True)
    order = np.argsort(ground.npi, kind="stable")  # sums of fractions depend on their order, and rows come in any
    of, count = of_account[order], len(key)
    much = totals(of, work[order], count)
    weight = np.where(much[of] > 0, work[order], 1.0)
    held = np.stack([totals(of, weight * (ground.rep[order] == name), count) for name in reps.name.tolist()], 1)
    points = _mean(of, ground.points[0][order], count), _mean(of, ground.points[1][order], count)
    return Places(key, points, much, held / totals(of, weight, count)[:, None], of_account)


def middles(points: Points, weights: Numbers) -> Points:
    """A point for each column of (m, k) weights; the middle of all where a column weighs nothing."""
    on_globe = _on_globe(points)
    sums = weights.T @ on_globe
    sums[~sums.any(axis=1)] = on_globe.sum(axis=0)
    x, y, z = sums.T
    known = sums.any(axis=1)
    latitude, longitude = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
    return np.where(known, latitude, np.nan), np.where(known, longitude, np.nan)


def shares(territory: Counts, work: Numbers, count: int) -> Numbers:
    """The weights, for `middles`, of territories that are made of whole places."""
    found: Numbers = np.where(territory[:, None] == np.arange(count), work[:, None], 0.0)
    return found


def halved(places: Places, count: int) -> Counts:
    """Parts of about equal work: cut across the longest extent in two, and each part again."""
    points, territory = _on_globe(places.points), np.zeros(len(places.key), dtype=np.int64)
    points[~points.any(axis=1)] = points.mean(axis=0)
    waiting = [(np.arange(len(territory)), 0, count)]
    while waiting:
        rows, first, many = waiting.pop()
        territory[rows] = first
        if many > 1 and len(rows):
            left = _first_half(points[rows], places.work[rows], (many // 2) / many)
            waiting += [(rows[left], first, many // 2), (rows[~left], first + many // 2, many - many // 2)]
    return territory


def nearest(places: Places, others: Places) -> Counts:
    """For each place the row of the nearest of the others."""
    here, there, found = _on_globe(places.points), _on_globe(others.points), np.zeros(len(places.key), dtype=np.int64)
    for at in range(0, len(here), AT_ONCE):
        found[at : at + AT_ONCE] = (here[at : at + AT_ONCE] @ there.T).argmax(axis=1)
    return found


def _first_half(points: Numbers, work: Numbers, share: float) -> Marks:
    """Those that come first along the direction in which the work spreads most, up to a share of it."""
    apart = points - np.average(points, axis=0, weights=work)
    along = np.linalg.eigh((apart * work[:, None]).T @ apart)[1][:, -1]
    along = along * np.sign(along[np.abs(along).argmax()])
    order = np.argsort(apart @ along, kind="stable")
    so_far = np.cumsum(work[order])
    left = np.zeros(len(work), dtype=np.bool_)
    left[order] = so_far - work[order] / 2 < share * so_far[-1]
    return left


def _on_globe(points: Points) -> Numbers:
    """Points of the unit globe, (m, 3), so that a middle may lie across the date line; zeros where unknown."""
    lat, lon = np.radians(points)
    found: Numbers = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    return np.nan_to_num(found)


def _mean(of: Counts, degrees: Numbers, count: int) -> Numbers:
    """NaN where none is known."""
    known = ~np.isnan(degrees)
    times = np.bincount(of[known], minlength=count)
    sums = totals(of[known], degrees[known], count)
    found: Numbers = np.divide(sums, times, out=np.full(count, np.nan), where=times > 0)
    return found
