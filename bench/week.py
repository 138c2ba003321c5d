#!/usr/bin/env python
"""How good and how quick one rep's week is: bench/week.py [SECONDS SEEDS]

120 candidates, of whom 25 are Tier A, and five days, in three cities: once with room for all that a day's hours hold
(12 visits), once for three a day. The searches as a night makes them, Tier A first and then everybody, against solves
of the very same problems with SECONDS of CPU each (60; a sixth of that for Tier A alone and for three a day, which are
small), SEEDS of them (2), with PyVRP's own settings; the best of all counts.

Cost is PyVRP's: minutes driven and what the visits that are not made are worth, in tenths of a minute. Seconds are of
CPU, because they depend less on who else is at work.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.towns import World, cities, world
from callplan.model import WeekRules
from callplan.routes import FINE
from callplan.week import order_week

ROOMY, DEFAULT = 12, WeekRules().visits_per_day
SMALLER = 6  # of the seconds, the part that a small search gets
CITIES = (1, 21, 41)  # by their number of ZIP codes
ONE_SECOND = 11  # the effort that takes about one second of a core here; the default takes 1.1 to 1.6


@dataclass(frozen=True, slots=True)
class Solved:
    """One call of PyVRP's solve."""

    data: Any
    start: Any
    result: Any
    seconds: float
    cpu: float


class Cpu:
    """Stops after so many seconds of this process, however busy the machine is."""

    def __init__(self, seconds: float) -> None:
        self._until = process_time() + seconds

    def __call__(self, _best: float) -> bool:
        return process_time() > self._until


@contextmanager
def watched() -> Iterator[list[Solved]]:
    """Every call of PyVRP's solve meanwhile."""
    import pyvrp

    solve, calls = pyvrp.solve, list[Solved]()

    def watching(data: Any, stop: Any, *how: Any, **also: Any) -> Any:
        began = perf_counter(), process_time()
        result = solve(data, stop, *how, **also)
        took = perf_counter() - began[0], process_time() - began[1]
        calls.append(Solved(data, also.get("initial_solution"), result, *took))
        return result

    pyvrp.solve = watching
    try:
        yield calls
    finally:
        pyvrp.solve = solve


def main(seconds: float, seeds: int) -> None:
    for slots in (ROOMY, DEFAULT):
        for at in CITIES:
            name, home = cities(max(CITIES) + 1)[at]
            one_rep(name, world(home, WeekRules(visits_per_day=slots), seed=at), seconds, seeds)


def one_rep(name: str, asked: World, seconds: float, seeds: int) -> list[float]:
    """Prints, and gives of each search by how much it costs more than the best that is known."""
    with watched() as searches:
        began = perf_counter(), process_time()
        order_week(*asked.asked())
        took, cpu = perf_counter() - began[0], process_time() - began[1]
    print(f"{name}, {asked.rules.visits_per_day} visits a day at most: {took:.2f} s, {cpu:.2f} s of CPU", flush=True)
    room = asked.rules.visits_per_day == ROOMY
    long = [seconds / SMALLER, seconds if room else seconds / SMALLER]
    found = [_compared(search, each, seeds) for search, each in zip(searches, long, strict=True)]
    if room:
        _in_one_second(asked, searches[-1].result.cost() / (1 + found[-1]))
    return found


def _in_one_second(asked: World, best: float) -> None:
    with watched() as searches:
        began = process_time()
        order_week(*replace(asked, rules=replace(asked.rules, effort=ONE_SECOND)).asked())
        cpu = process_time() - began
    cost = searches[-1].result.cost()
    print(
        f"  effort {ONE_SECOND}: {cpu:.2f} s of CPU: cost {cost:,}; {cost / best - 1:.2%} more than the best",
        flush=True,
    )


def _compared(search: Solved, seconds: float, seeds: int) -> float:
    long = [_long(search, seconds, seed) for seed in range(seeds)]
    best = min((search.result, *long), key=lambda result: result.cost())
    more = [result.cost() / best.cost() - 1 for result in (search.result, *long)]
    print(f"  {search.cpu:.2f} s of CPU: {_told(search, search.result)}; {more[0]:.2%} more than the best")
    print(
        f"  {seconds:g} s of CPU: {_told(search, best)}; the others",
        ", ".join(f"{one:.2%}" for one in more[1:]),
        flush=True,
    )
    return float(more[0])


def _long(search: Solved, seconds: float, seed: int) -> Any:
    import pyvrp

    start = search.start
    return pyvrp.solve(search.data, Cpu(seconds), seed, collect_stats=False, initial_solution=start)


def _told(search: Solved, result: Any) -> str:
    """In the first search all candidates are Tier A, in the second those that must be visited are."""
    asked, must = search.data.num_clients, sum(client.required for client in search.data.clients())
    made, driven_for = result.best.num_clients(), result.best.distance() / FINE
    if must:
        return f"cost {result.cost():,}, {driven_for:,.0f} drive minutes, {must} Tier A and {made - must} Tier B"
    return f"cost {result.cost():,}, {driven_for:,.0f} drive minutes, {made} of {asked} Tier A"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]), *(60, 2)[len(sys.argv) - 1 :])
