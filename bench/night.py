#!/usr/bin/env python
"""A team's lists in one night, and what they drive: bench/night.py [REPS]

REPS (50) with 120 accounts each, 25 of them Tier A and all due, through the job build_call_lists on a SQLite store: the
seconds that it takes beside those that PyVRP has of them; a second night in which nothing has changed; and the drive
minutes and visits of the lists beside those of reps who go on to the nearest, and who go down a list as it came.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.lists import Days, as_it_came, driven, nearest
from bench.team import Team, team_of
from bench.towns import World
from bench.week import DEFAULT, ROOMY, watched
from callplan.model import Npi
from connector.store.plan import Stop
from jobs import _listing
from jobs.build_call_lists import build_call_lists

ACCOUNTS, TIER_A = 120, 25


def main(reps: int) -> None:
    for slots in (ROOMY, DEFAULT):
        team(reps, slots)


def team(reps: int, slots: int) -> None:
    with tempfile.TemporaryDirectory(prefix="callplan-bench-") as folder:
        made = team_of(Path(folder), reps, ACCOUNTS, TIER_A, slots)
        with asked() as worlds:
            first, again = night(made), night(made)
        stops = made.store.plan.call_list()
    print(f"{reps} reps, {reps * ACCOUNTS:,} accounts, {slots} visits a day at most:")
    print(f"  {first.seconds:.2f} s ({first.cpu:.2f} s of CPU), of which PyVRP {first.searching:.2f} s", end="")
    print(f" ({first.searching_cpu:.2f} s): ratio {first.seconds / first.searching:.3f}", end="")
    print(f" (of CPU {first.cpu / first.searching_cpu:.3f}); {first.searches} searches")
    print(f"  the night after: {again.seconds:.2f} s ({again.cpu:.2f} s of CPU), {again.searches} searches")
    lists = {
        "planned": [_days(one, stops) for one in worlds],
        "on to the nearest": [nearest(one) for one in worlds],
        "as it came": [as_it_came(one, _shuffled(one)) for one in worlds],
    }
    for name, weeks in lists.items():
        print(f"  {name:18s}", _summed(worlds, weeks), flush=True)


@dataclass(frozen=True, slots=True)
class Night:
    seconds: float
    cpu: float
    searching: float
    searching_cpu: float
    searches: int


def night(of: Team) -> Night:
    with of.run() as run, watched() as searches:
        began = perf_counter(), process_time()
        build_call_lists(run)
        took = perf_counter() - began[0], process_time() - began[1]
    inside = sum(search.seconds for search in searches), sum(search.cpu for search in searches)
    return Night(*took, *inside, len(searches))


@contextmanager
def asked() -> Iterator[list[World]]:
    """What the job asks of the week's rules meanwhile: the other lists are made of the same accounts and minutes."""
    worlds, listing = list[World](), vars(_listing)
    ordered = listing["order_week"]

    def noting(*told: Any) -> Any:
        worlds.append(World(*told))
        return ordered(*told)

    listing["order_week"] = noting
    try:
        yield worlds
    finally:
        listing["order_week"] = ordered


def _shuffled(of: World) -> list[int]:
    """The CRM's order knows nothing of tiers, though here they were drawn up by tier."""
    return [int(row) for row in np.random.default_rng(1).permutation(len(of.stops.npi))]


def _days(of: World, stops: Mapping[Npi, Stop]) -> Days:
    listed = [(stops[npi].day, stops[npi].slot, row) for row, npi in enumerate(of.stops.npi.tolist()) if npi in stops]
    return [[row for on, _, row in sorted(listed) if on == day] for day in of.days.day.tolist()]


def _summed(worlds: Sequence[World], weeks: Sequence[Days]) -> str:
    pairs = list(zip(worlds, weeks, strict=True))
    minutes = sum(driven(days, one.minutes) for one, days in pairs)
    tiers = [one.stops.tier[row] for one, days in pairs for day in days for row in day]
    a, b = tiers.count("A"), tiers.count("B")
    due = sum(int((one.stops.tier == "A").sum()) for one in worlds)
    made = f"{a:5,} of {due:,} Tier A visits, {b:5,} of Tier B"
    return f"{minutes:9,.0f} drive minutes, {made}, {minutes / (a + b):.1f} minutes a visit"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
