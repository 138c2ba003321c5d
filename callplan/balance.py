"""Places to territories of even work, each where it costs least.

A full territory is given a price, an empty one a discount, until the cheapest choice of every place leaves the work
even: a map in which each territory is where it is nearest, shifted by its price. What whole places leave uneven is
moved one by one, cheapest first; then what costs less elsewhere goes there, as long as both sides stay even.

Shapes   cost (m, k), of a unit of work at a place in a territory -> territory (m,)
Units    cost in minutes of driving, work in what a week is counted in
Errors   none: where the largest place is within the tolerance of the least share, the result is even; else as even as
         it gets
Source   the dual of the transport problem, by its subgradient (Aurenhammer, Hoffmann and Aronov 1998 call the map
         a power diagram)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.model import Counts, Numbers

CLOSE = 1e-9  # two sums of the same work may differ by this
SLOWER = 0.96  # each step of the prices against the one before
PASSES = 50


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be evened out: the work of each place, and what each territory is to hold of it all."""

    of: Numbers  # (m,), each above 0
    share: Numbers  # (k,), of a part-timer half as much
    tolerance: float

    @property
    def target(self) -> Numbers:
        target: Numbers = self.of.sum() * self.share / self.share.sum()
        return target

    @property
    def low(self) -> Numbers:
        return self.target * (1 - self.tolerance) - CLOSE

    @property
    def high(self) -> Numbers:
        return self.target * (1 + self.tolerance) + CLOSE

    def load(self, territory: Counts) -> Numbers:
        return totals(territory, self.of, len(self.share))

    def beyond(self, territory: Counts) -> float:
        """How much lies outside of the tolerance."""
        load = self.load(territory)
        return float((np.maximum(load - self.high, 0) + np.maximum(self.low - load, 0)).sum())


def even_out(cost: Numbers, work: Work, price: Numbers, rounds: int) -> Counts:
    """The territory of each place. `price` is where to start from, and is left where it ended."""
    territory = _by_price(cost, work, price, rounds)
    _move_until_even(territory, cost, work)
    _move_where_cheaper(territory, cost, work)
    return territory


def totals(of: Counts, what: Numbers, count: int) -> Numbers:
    """Sums by the group that each belongs to."""
    return np.bincount(of, what, count).astype(np.float64)


def _by_price(cost: Numbers, work: Work, price: Numbers, rounds: int) -> Counts:
    best, least = np.zeros(len(cost), dtype=np.int64), np.inf
    step = float(cost.min(axis=1).mean()) + 1.0
    for _ in range(rounds):
        territory: Counts = np.argmin(cost + price, axis=1)
        too_much = work.load(territory) / work.target - 1
        if (worst := float(np.abs(too_much).max())) < least:
            best, least = territory, worst
        price += step * np.minimum(too_much, 1.0)
        step *= SLOWER
    return best


def _move_until_even(territory: Counts, cost: Numbers, work: Work) -> None:
    """From the fullest or to the emptiest, cheapest first; each move makes the two that it touches more alike."""
    places, low, high, target = np.arange(len(cost)), work.low, work.high, work.target
    while ((load := work.load(territory)) > high).any() or (load < low).any():
        excess = load - target
        alike = work.of[:, None] + excess < excess[territory][:, None] - CLOSE
        ends = (territory == excess.argmax())[:, None] | (np.arange(len(load)) == excess.argmin())
        dearer = np.where(alike & ends, cost - cost[places, territory][:, None], np.inf)
        place, to = divmod(int(dearer.argmin()), len(load))
        if np.isinf(dearer[place, to]):
            return
        territory[place] = to


def _move_where_cheaper(territory: Counts, cost: Numbers, work: Work) -> None:
    """Each move saves minutes, so that this ends."""
    places, low, high = np.arange(len(cost)), work.low, work.high
    for _ in range(PASSES):
        load, before = work.load(territory), territory.copy()
        saved = work.of[:, None] * (cost[places, territory][:, None] - cost)
        saved[work.of[:, None] + load > high] = -np.inf
        to, most = saved.argmax(axis=1), saved.max(axis=1)
        for place in np.argsort(-most, kind="stable")[: np.count_nonzero(most > CLOSE)].tolist():
            here, there, much = territory[place], to[place], work.of[place]
            if load[there] + much <= high[there] and load[here] - much >= low[here]:
                territory[place] = there
                load[here] -= much
                load[there] += much
        if np.array_equal(before, territory):
            return
