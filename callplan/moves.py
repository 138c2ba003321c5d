"""From the tiers that a territory's accounts have to those that they should have, no faster than a rep can follow.

A tier stands for the dwell, and no more accounts than the budget change at a time; what has to wait says why. Neither
holds back a hard event, a first tier, or what capacity no longer has a place for. Whoever rises into a full tier takes
the place of the account there that is furthest outside the cut.

Shapes   one territory's accounts in the order of their ranks, the best first; tiers as codes, A 0, B 1, C 2, none 3
Errors   none
Source   docs/decisions/0018-capacity-is-never-exceeded.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from callplan.model import Counts, Marks, Texts

A, B, C, NONE = range(4)


class Hold(StrEnum):
    """Why an account is not in the tier that its rank alone would give it."""

    BAND = "band"
    DWELL = "dwell"
    TURN = "turn"
    PLACE = "place"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Moves:
    was: Counts
    target: Counts  # no more than k_a of A, and k_ab of A and B
    hard: Marks
    stood: Marks  # its tier has stood for the dwell
    lately: Marks  # counts as changed already
    k_a: int
    k_ab: int
    budget: int  # further accounts that may change tier


def move(moves: Moves) -> tuple[Counts, Texts]:
    """The tier of each, and why it has to wait, "" where it does not."""
    soft = (moves.was != moves.target) & (moves.was != NONE) & ~moves.hard
    if moves.stood[soft].all() and np.count_nonzero(soft & ~moves.lately) <= moves.budget:
        return moves.target, np.full(len(soft), "", dtype="<U5")
    return _Desk(moves).settle()


class _Desk:
    """Whose turn it is: a few accounts at a time, in the order of their ranks."""

    def __init__(self, moves: Moves) -> None:
        self._moves, self._budget = moves, moves.budget
        at_once = moves.hard | (moves.was == NONE)
        self._free, self._may = at_once | moves.lately, at_once | moves.stood
        self._at_once = at_once
        self._tier = np.where(moves.was == NONE, C, moves.was)

    def settle(self) -> tuple[Counts, Texts]:
        for row in self._down(self._at_once):
            self._tier[row] = self._moves.target[row]
        self._make_fit()
        while any([*map(self._rise, self._up()), *map(self._fall, self._down(self._may))]):
            pass
        waiting = np.flatnonzero(self._tier != self._moves.target)
        why = np.full(len(self._tier), "", dtype="<U5")
        why[waiting] = [self._why(row) for row in waiting.tolist()]
        return self._tier, why

    def _up(self) -> list[int]:
        """The best first."""
        found: list[int] = np.flatnonzero((self._moves.target < self._tier) & self._may).tolist()
        return found

    def _down(self, among: Marks) -> list[int]:
        """The worst first."""
        found: list[int] = np.flatnonzero((self._moves.target > self._tier) & among)[::-1].tolist()
        return found

    def _make_fit(self) -> None:
        """More in a tier than it has places, as when a rep's week has shrunk: the worst leave at once."""
        for tier, places in ((A, self._moves.k_a), (B, self._moves.k_ab)):
            inside = np.flatnonzero((self._tier <= tier) & (self._moves.target > tier))
            leave = inside[len(inside) - max(self._count(tier) - places, 0) :]
            self._tier[leave] = self._moves.target[leave]

    def _rise(self, row: int) -> bool:
        """To its target, or else to the best tier below that has a place."""
        for goal in range(int(self._moves.target[row]), int(self._tier[row])):
            leaving = self._leaving_for(row, goal)
            if leaving is not None and self._pay([row, *leaving]):
                self._tier[row] = goal
                self._tier[leaving] = self._moves.target[leaving]
                return True
        return False

    def _fall(self, row: int) -> bool:
        if self._moves.target[row] == self._tier[row] or not self._pay([row]):
            return False
        self._tier[row] = self._moves.target[row]
        return True

    def _leaving_for(self, row: int, goal: int) -> list[int] | None:
        """Who must leave so that there is a place; None where nobody can."""
        leaving: list[int] = []
        if self._tier[row] == C and self._count(B) >= self._moves.k_ab:
            last = next(self._leavers(B), None)
            if last is None:
                return None
            leaving.append(last)
        made = any(self._tier[other] == A for other in leaving)
        if goal == A and self._count(A) >= self._moves.k_a and not made:
            last = next(self._leavers(A), None)
            if last is None:
                return None
            leaving.append(last)
        return leaving

    def _leavers(self, tier: int) -> Iterator[int]:
        """Those at or above a tier that may leave it for one below, the worst first."""
        return (row for row in self._down(self._may) if self._tier[row] <= tier < self._moves.target[row])

    def _count(self, tier: int) -> int:
        return int(np.count_nonzero(self._tier <= tier))

    def _pay(self, rows: list[int]) -> bool:
        cost = int(np.count_nonzero(~self._free[rows]))
        if cost > self._budget:
            return False
        self._budget -= cost
        return True

    def _why(self, row: int) -> Hold:
        if not self._may[row]:
            return Hold.DWELL
        target = int(self._moves.target[row])
        no_place = target < self._tier[row] and self._leaving_for(row, target) is None
        return Hold.PLACE if no_place else Hold.TURN
