"""Which visits on which day, and in what order: the fewest minutes of driving for the most that is worth a visit.

PyVRP searches; here is what it searches for. A day is a vehicle with hours, slots, a start and an end. A visit that
must be made is required, any other is worth so many minutes of driving. What a visit costs beyond its drive on one day
or another, such as moving it, is laid on the roads that lead to it on that day.

Shapes   n visits, k days, p places: `minutes` of driving is (p, p), NaN where there is no road
Units    minutes; of a clock, after midnight. Times between visits are rounded up to five minutes
Errors   none: what has no place in the result was not worth its drive, or did not fit
Source   docs/decisions/0022-a-week-is-searched-for.md; PyVRP (Wouda, Lan and Kool, INFORMS J. Computing 2024)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from callplan.model import Counts, Marks, Numbers
from callplan.seeking import seek

if TYPE_CHECKING:
    from pyvrp import ProblemData, Solution

STEP = 5  # minutes to which times are rounded up: room for a parking lot
FINE = 10  # costs are whole tenths of a minute
NEVER = 1_000_000  # tenths of a minute: more than any visit is worth

Order = Sequence[Sequence[int]]  # for each day, its visits in order


@dataclass(frozen=True, slots=True)
class Calls:
    """Visits that may be made."""

    place: Counts  # (n,) row of the drive matrix
    minutes: Counts  # (n,) how long
    opens: Counts  # (n, k) a visit starts and ends between the two; on a day that is closed to it, both are 0
    closes: Counts
    worth: Numbers  # (n,) minutes of driving; of one that must be made, nothing is asked
    must: Marks  # (n,)
    extra: Numbers  # (n, k) minutes that it costs beyond its drive
    reserved_from: Marks  # (n,) it may not take a slot that is reserved

    def of(self, rows: Counts) -> Calls:
        return Calls(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Drive:
    """Days that can be driven."""

    starts: Counts  # (k,)
    ends: Counts
    start: Counts  # (k,) rows of the drive matrix
    end: Counts
    slots: Counts  # (k,) visits
    unreserved: Counts  # (k,) of them, those that anybody may take


def search(calls: Calls, drive: Drive, minutes: Numbers, rounds: int, before: Order | None = None) -> Order:
    """The best order found in so many rounds, from the one before; of the same input always the same."""
    if not len(calls.place):
        return [[] for _ in drive.starts]
    problem = _Problem(calls, drive, minutes)
    first = problem.solution(before) if before else None
    found = seek(problem.data, rounds, first)
    return problem.order(found.best) if found.is_feasible() else (before or [[] for _ in drive.starts])


def timed(order: Sequence[int], day: int, calls: Calls, drive: Drive, minutes: Numbers) -> list[int] | None:
    """When each visit of one day starts, as early as can be; None if the day does not hold them in this order."""
    here, now, begins = int(drive.start[day]), int(drive.starts[day]), []
    for row in order:
        there = int(calls.place[row])
        now = max(now + _stepped(minutes[here, there]), int(calls.opens[row, day]))
        begins.append(now)
        here, now = there, now + int(calls.minutes[row])
        if now > calls.closes[row, day]:
            return None
    return begins if now + _stepped(minutes[here, drive.end[day]]) <= drive.ends[day] else None


def driven(order: Sequence[int], day: int, calls: Calls, drive: Drive, minutes: Numbers) -> float:
    """Minutes of driving on one day."""
    places = [int(drive.start[day]), *calls.place[list(order)].tolist(), int(drive.end[day])]
    return float(minutes[places[:-1], places[1:]].sum())


def reachable(calls: Calls, drive: Drive, minutes: Numbers) -> Marks:
    """(n, k): whether a day could hold this visit and nothing else."""
    alone = np.zeros(calls.opens.shape, dtype=np.bool_)
    for row, day in np.argwhere(calls.opens < calls.closes).tolist():
        alone[row, day] = timed([row], day, calls, drive, minutes) is not None
    return alone


def _stepped(minutes: float) -> int:
    return NEVER if np.isnan(minutes) else int(np.ceil(minutes / STEP) * STEP)


class _Problem:
    """The same in PyVRP's words: a visit with several windows is several clients, of which one is called on."""

    def __init__(self, calls: Calls, drive: Drive, minutes: Numbers) -> None:
        self._calls, self._drive = calls, drive
        self._options = [option for row in range(len(calls.place)) for option in self._windows(row)]
        self._row = [row for row, *_ in self._options]
        self.data = self._told(np.where(np.isnan(minutes), NEVER, minutes))

    def _windows(self, row: int) -> Iterator[tuple[int, int, int, tuple[int, ...]]]:
        """Each window of a visit with the days on which it is that one."""
        opens, closes = self._calls.opens[row], self._calls.closes[row]
        spans: dict[tuple[int, int], list[int]] = {}
        for day in np.flatnonzero(closes - opens >= self._calls.minutes[row]).tolist():
            spans.setdefault((int(opens[day]), int(closes[day])), []).append(day)
        yield from ((row, *span, tuple(days)) for span, days in spans.items())

    def _told(self, minutes: Numbers) -> ProblemData:
        from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, VehicleType

        calls, drive = self._calls, self._drive
        depots, at = np.unique(np.stack([drive.start, drive.end]), return_inverse=True)
        at = at.reshape(2, -1)
        places = np.concatenate([depots, calls.place[self._row]]).astype(np.int64)
        groups, group_of = self._groups()
        clients = [
            Client(
                location=len(depots) + index,
                delivery=[1, int(calls.reserved_from[row])],
                service_duration=int(calls.minutes[row]),
                tw_early=opens,
                tw_late=closes - int(calls.minutes[row]),
                prize=0 if calls.must[row] else round(FINE * calls.worth[row]),
                required=bool(calls.must[row]) and row not in group_of,
                group=group_of.get(row),
            )
            for index, (row, opens, closes, _) in enumerate(self._options)
        ]
        vehicles = [
            VehicleType(
                capacity=[int(drive.slots[day]), int(drive.unreserved[day])],
                start_depot=int(at[0, day]),
                end_depot=int(at[1, day]),
                tw_early=int(drive.starts[day]),
                tw_late=int(drive.ends[day]),
                profile=day,
            )
            for day in range(len(drive.starts))
        ]
        roads = minutes[np.ix_(places, places)]
        durations = np.minimum(np.ceil(roads / STEP) * STEP, NEVER).astype(np.int64)
        np.fill_diagonal(durations, 0)
        costs = [self._costs(roads, len(depots), day) for day in range(len(vehicles))]
        return ProblemData(
            [Location(0, 0)] * len(places),
            clients,
            [Depot(location=at) for at in range(len(depots))],
            vehicles,
            costs,
            [durations] * len(vehicles),
            [ClientGroup(members, required) for members, required in groups],
        )

    def _costs(self, roads: Numbers, depots: int, day: int) -> np.ndarray:
        """What is driven, and on the way to each visit what it costs on that day besides."""
        extra = np.array([self._calls.extra[row, day] if day in days else np.inf for row, _, _, days in self._options])
        beside = np.concatenate([np.zeros(depots), extra])
        costs: np.ndarray = np.minimum(np.rint(FINE * (roads + beside)), NEVER).astype(np.int64)
        np.fill_diagonal(costs, 0)
        return costs

    def _groups(self) -> tuple[list[tuple[list[int], bool]], dict[int, int]]:
        members: dict[int, list[int]] = {}
        for index, row in enumerate(self._row):
            members.setdefault(row, []).append(index)
        several = [row for row, of in members.items() if len(of) > 1]
        groups = [(members[row], bool(self._calls.must[row])) for row in several]
        return groups, {row: index for index, row in enumerate(several)}

    def solution(self, order: Order) -> Solution:
        """One of ours in its words."""
        from pyvrp import Route, Solution

        client = {(row, day): index for index, (row, _, _, days) in enumerate(self._options) for day in days}
        told = [[client[row, day] for row in rows if (row, day) in client] for day, rows in enumerate(order)]
        return Solution(self.data, [Route(self.data, visits, day) for day, visits in enumerate(told) if visits])

    def order(self, solution: Solution) -> Order:
        """One of its in ours; a visit on a day that is closed to it is no visit."""
        days: list[list[int]] = [[] for _ in self._drive.starts]
        for route in solution.routes():
            day = route.vehicle_type()
            options = [self._options[stop.idx] for stop in route.schedule() if stop.is_client()]
            days[day] = [row for row, _, _, open_on in options if day in open_on]
        return days
