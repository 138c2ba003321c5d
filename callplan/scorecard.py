"""All figures of each group: everybody, each manager, rep, territory and tier.

Shapes   see Material and Group
Errors   none: what is not read is None
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np

from callplan.discipline import follow, how_logged, protect
from callplan.metrics import adhere, attain, calls_made, cover
from callplan.model import Calls, Counts, Cycle, Days, Group, Marks, Material, Measured, Named, Target


def measure(material: Material, groups: Iterable[Group], cycle: Cycle, today: date) -> tuple[Measured, ...]:
    """Up to `today`, the first day that is not over; a touch of that day counts, and none that lies ahead."""
    made, on = calls_made(material.calls, material.plan), min(cycle.last, today)
    last = last_before(material.calls, len(made), on)
    return tuple(_measured(material, made, last, group, cycle, on, today) for group in groups)


def targets(material: Material, named: Named, cycle: Cycle, today: date) -> Iterator[Target]:
    """Each account of the plan, those first that are farthest behind."""
    plan, made = material.plan, calls_made(material.calls, material.plan)
    last = last_before(material.calls, len(made), min(cycle.last, today))
    ahead, left = made - plan.elapsed * plan.goal, np.maximum(plan.goal - made, 0)
    rows = np.flatnonzero(plan.goal > 0)
    for row in rows[np.lexsort((named.account[rows], ahead[rows]))].tolist():
        yield Target(
            account=str(named.account[row]),
            name=str(named.name[row]),
            rep=str(named.rep[row]),
            tier=str(named.tier[row]),
            goal=int(plan.goal[row]),
            calls=int(made[row]),
            difference=float(ahead[row]),
            remaining=int(left[row]),
            to_schedule=None if np.isnan(plan.scheduled[row]) else int(max(left[row] - plan.scheduled[row], 0)),
            last=last[row].item(),
        )


def _measured(
    material: Material, made: Counts, last: Days, group: Group, cycle: Cycle, on: date, today: date
) -> Measured:
    calls, flags, slots = material.calls, material.flags, material.slots
    return Measured(
        by=group.by,
        name=group.name,
        assigned=int((group.accounts | group.targets).sum()),
        attainment=attain(material.plan, made, group.targets),
        adherence=adhere(calls, material.plan, group.calls & _within(calls, cycle)),
        coverage=cover(last, material.cadence, material.volume, group.accounts, on),
        logging=how_logged(calls, cycle, group.calls),
        flags=follow(flags, calls, group.accounts[flags.account], today) if flags else None,
        slots=protect(slots, calls, group.accounts[slots.account], today) if slots else None,
    )


def last_before(calls: Calls, accounts: int, on: date) -> Days:
    """The last touch of each account up to a day, that day included."""
    rows = np.flatnonzero((calls.account >= 0) & (calls.at <= np.datetime64(on, "D")))
    last = np.full(accounts, np.datetime64("NaT", "D"))
    in_time = rows[np.argsort(calls.at[rows], kind="stable")]
    last[calls.account[in_time]] = calls.at[in_time]  # of equal indices numpy keeps the last
    return last


def _within(calls: Calls, cycle: Cycle) -> Marks:
    found: Marks = (calls.at >= np.datetime64(cycle.first, "D")) & (calls.at <= np.datetime64(cycle.last, "D"))
    return found
