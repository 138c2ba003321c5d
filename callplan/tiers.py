"""Tier A, B or C: as many accounts as a rep can hold, and no flapping at the edge.

The ranking decides who; capacity decides how many. An account enters a tier only when its rank is clearly inside the
cut and leaves only when it is clearly outside, so that a rep's list does not change with every refresh of the claims.
The band holds an account beyond the cut only while a place is left, so capacity is never exceeded. A signal counts
inside the band alone: a place that the band leaves empty goes to an account nominated for it, and one nominated down
is not held.

Shapes   all columns (n,), one account each, in one order
Units    rank 0 is the best of its territory
Errors   none
Source   docs/decisions/0007-a-band-of-twenty-percent.md, 0018-capacity-is-never-exceeded.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.assess import Assessment, Gate
from callplan.model import Counts, Days, Marks, Texts, Tier, TierRules
from callplan.moves import NONE, A, B, C, Hold, Moves, move
from callplan.workload import capacity, changes

NEVER_LOCKED = (Gate.ACCESS, Gate.DEACTIVATED)  # gates that no person's lock opens
NAMES = np.array([*Tier, ""])  # by code


@dataclass(frozen=True, slots=True)
class Accounts:
    """What an account was, and what is known of it beside the claims."""

    territory: Counts  # the place of its name in `territories`
    territories: tuple[str, ...]
    tier: Texts  # "" where it has none yet
    since: Days  # when it got that; NaT where it has none
    moved: Marks  # `since` is when it changed from one tier to another
    nominated: Counts  # by signals: 1 up, -1 down
    hard: Marks  # something happened that lets its tier move at once
    locked: Texts  # the tier that a person has fixed, "" where none has


@dataclass(frozen=True, slots=True)
class Tiers:
    tier: Texts
    rank: Counts  # within the territory, among those that compete for its places; -1 for the others
    toward: Texts  # the tier it would have, were there no dwell, no cap and a free place
    held: Texts  # why it is not where its rank alone would put it: a Hold, "" where it is


def cut(rank: Counts, inside: Marks, k: float, band: float) -> Marks:
    """Who is in: those within K(1-band), and of those who were in, all within K(1+band)."""
    return (rank < k * (1 - band)) | (inside & (rank < k * (1 + band)))


def keep(rank: Counts, inside: Marks, k: int, band: float) -> Marks:
    """The same, but never more than K: the band holds an account only while a place is left."""
    return _fill(_rights(rank, inside, np.zeros(len(rank), np.bool_), np.zeros(len(rank), np.int64), k, band), rank, k)


def assign_tiers(assessment: Assessment, accounts: Accounts, rules: TierRules, today: date) -> Tiers:
    """The tier of every account; those that had none enter by the plain cut."""
    found = _Board(assessment, accounts, rules, today)
    for name, rows in _territories(assessment, accounts):
        found.deal(name, rows)
    return Tiers(NAMES[found.tier], found.rank, NAMES[found.toward], found.held)


class _Board:
    """The tiers while territory after territory is dealt."""

    def __init__(self, assessment: Assessment, accounts: Accounts, rules: TierRules, today: date) -> None:
        count, self._rules = len(accounts.tier), rules
        self._was, self._hard, self._nominated = _codes(accounts.tier), accounts.hard, accounts.nominated
        self._locked = np.where(np.isin(assessment.gate, NEVER_LOCKED), NONE, _codes(accounts.locked))
        self._competes = assessment.eligible & (self._locked == NONE)
        days = (np.datetime64(today, "D") - accounts.since).astype(np.float64)  # NaN where it has no tier yet
        self._stood = ~(days < rules.dwell_days)
        self._lately = accounts.moved & (days < rules.changes_days)
        self.tier, self.toward = np.full(count, C), np.full(count, C)
        self.rank, self.held = np.full(count, -1, dtype=np.int64), np.full(count, "", dtype="<U5")

    def deal(self, name: str, rows: Counts) -> None:
        """`rows` are one territory's, the best first."""
        fixed, ranked = rows[self._locked[rows] != NONE], rows[self._competes[rows]]
        self.tier[fixed] = self.toward[fixed] = self._locked[fixed]
        self.held[fixed] = Hold.LOCK
        rank = self.rank[ranked] = np.arange(len(ranked))
        a, b = capacity(self._rules, name)
        k_a = max(a - _count(self._locked[fixed] == A), 0)
        k_ab = max(a + b - _count(self._locked[fixed] <= B), k_a)
        was = self._was[ranked]
        target = _target(rank, was, self._nominated[ranked], k_a, k_ab, self._rules.band)
        budget = changes(self._rules, name) - _count(self._lately[rows])
        state = self._hard[ranked], self._stood[ranked], self._lately[ranked]
        moves = Moves(was, target, *state, k_a, k_ab, max(budget, 0))
        self.tier[ranked], waiting = move(moves)
        plain = np.where(rank < k_a, A, np.where(rank < k_ab, B, C))
        self.toward[ranked] = target
        self.held[ranked] = np.where(waiting != "", waiting, np.where(target == plain, "", Hold.BAND))


def _count(marks: Marks) -> int:
    return int(np.count_nonzero(marks))


def _codes(tiers: Texts) -> Counts:
    return np.select([tiers == tier for tier in NAMES[:-1]], [A, B, C], NONE)


def _territories(assessment: Assessment, accounts: Accounts) -> Iterator[tuple[str, Counts]]:
    """Each with its rows, the best first: by score, then volume; equals in the order of their NPIs."""
    npi, territory = assessment.npi, accounts.territory
    equals = npi if np.any(npi[:-1] > npi[1:]) else np.arange(len(npi))  # numbers sort faster than texts
    order = np.lexsort((equals, -assessment.volume, -assessment.score, territory))
    edges = np.searchsorted(territory[order], np.arange(len(accounts.territories) + 1))
    for at, name in enumerate(accounts.territories):
        yield name, order[edges[at] : edges[at + 1]]


def _target(rank: Counts, was: Counts, nominated: Counts, k_a: int, k_ab: int, band: float) -> Counts:
    """Where each would be, were nothing to wait for: A by the cut at K, A and B by the cut at K of both."""
    new = was == NONE
    in_a = _fill(_rights(rank, was == A, new, nominated, k_a, band), rank, k_a)
    to_ab = _rights(rank, was <= B, new, nominated, k_ab, band)
    in_ab = _fill(np.where(in_a, 0, np.where(to_ab < 0, -1, to_ab + 1)), rank, k_ab)
    return np.where(in_a, A, np.where(in_ab, B, C))


def _rights(rank: Counts, inside: Marks, new: Marks, nominated: Counts, k: int, band: float) -> Counts:
    """By which right each would have one of K places: 0 its rank, 1 the band, 2 a signal, -1 none."""
    sure = (rank < k * (1 - band)) | ((inside | new) & (rank < k))
    near = rank < k * (1 + band)
    return np.select([sure, near & inside & (nominated >= 0), near & (nominated > 0)], [0, 1, 2], -1)


def _fill(right: Counts, rank: Counts, k: int) -> Marks:
    """The first K by right, then rank."""
    rows = np.flatnonzero(right >= 0)
    found = np.zeros(len(right), dtype=np.bool_)
    found[rows[np.lexsort((rank[rows], right[rows]))][:k]] = True
    return found
