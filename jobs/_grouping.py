"""The report of one CRM: all figures of a cycle, of everybody and of each manager, rep, territory and tier."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callplan.model import Calls, Committed, Flagged, Group, Marks, Material, Measured, Named, Npi, Target, Texts, Tier
from callplan.scorecard import measure, targets
from connector.store.flags import DISMISSED, WITHDRAWN
from connector.store.slots import COMMITTED, MOVED, SlotEvent
from jobs._measuring import Kept

PLANNED = (Tier.A.value, Tier.B.value)  # tiers that have a cadence


def report(kept: Kept, reps: frozenset[str] | None = None) -> tuple[tuple[Measured, ...], tuple[Target, ...]]:
    """Of these reps only, where any are named."""
    calls, maker = kept.calls(whole=True)
    material = Material(kept.plan, calls, kept.cadence, kept.tiers.volume, _flags(kept), _slots(kept))
    named = Named(kept.roster.npi, kept.roster.name, kept.aligned.rep, kept.goals.tier)
    measured = measure(material, _groups(kept, calls, maker, reps), kept.cycle, kept.today)
    found = targets(material, named, kept.cycle, kept.today)
    return measured, tuple(target for target in found if reps is None or target.rep.lower() in reps)


def _groups(kept: Kept, calls: Calls, maker: Texts, reps: frozenset[str] | None) -> Iterator[Group]:
    rep, goal_tier, tier = kept.aligned.rep, kept.goals.tier, kept.tiers.tier
    planned = np.isin(tier, PLANNED) | (goal_tier != "")
    ours = _all_of(rep, reps)
    by, theirs = _all_of(maker, reps), ours[calls.account]
    if reps is None:
        yield Group("all", "everybody", ours, ours, by)
    for name, answer in _managers(kept).items():
        mine = _all_of(rep, answer)
        if reps is None or (answer == reps and len(reps) > 1):
            yield Group("manager", name, mine, mine, _all_of(maker, answer))
    in_time = (calls.at >= np.datetime64(kept.cycle.first)) & (calls.at <= np.datetime64(kept.cycle.last))
    for name in sorted({*rep[planned & ours].tolist(), *maker[by & in_time].tolist()} - {""}):
        yield Group("rep", name, rep == name, rep == name, maker == name)
    if not kept.territories.by_owner:
        for name in sorted({*kept.aligned.name[planned & ours].tolist()} - {""}):
            mine = kept.aligned.name == name
            yield Group("territory", name, mine & ours, mine & ours, mine[calls.account] & theirs)
    for name in PLANNED:
        mine = (tier == name) & ours
        yield Group("tier", f"Tier {name}", (goal_tier == name) & ours, mine, mine[calls.account])


def _all_of(who: Texts, reps: frozenset[str] | None) -> Marks:
    found: Marks = np.ones(len(who), np.bool_) if reps is None else np.isin(np.char.lower(who), sorted(reps))
    return found


def _managers(kept: Kept) -> dict[str, frozenset[str]]:
    """By e-mail, the reps who answer to each."""
    pairs = [(rep.manager.lower(), rep.email.lower()) for rep in kept.config.reps if rep.manager]
    return {name: frozenset(rep for one, rep in pairs if one == name) for name in sorted({one for one, _ in pairs})}


def _flags(kept: Kept) -> Flagged:
    """Those that were raised in the cycle and not withdrawn."""
    row, cadence = _rows(kept), kept.cadence
    found = [
        (row[flag.npi], flag.raised, flag.last_touch, cadence[row[flag.npi]], flag.how == DISMISSED)
        for flag in kept.store.flags.all(kept.cycle.first)
        if kept.cycle.first <= flag.raised <= kept.cycle.last and flag.how != WITHDRAWN and flag.npi in row
    ]
    account, raised, last, every, dismissed = zip(*found, strict=True) if found else [()] * 5
    return Flagged(
        account=np.array(account, dtype=np.int64),
        raised=np.array(raised, dtype="datetime64[D]"),
        last=np.array(last, dtype="datetime64[D]"),
        cadence=np.array(every, dtype=np.float64),
        dismissed=np.array(dismissed, dtype=np.bool_),
    )


def _slots(kept: Kept) -> Committed:
    """Of the weeks of the cycle: one an account and week, however often it was committed."""
    row, slots = _rows(kept), dict[tuple[int, object], list[SlotEvent]]()
    for event in kept.store.slots.of_weeks(kept.cycle.first, kept.cycle.last):
        if event.npi in row and event.event in (COMMITTED, MOVED):
            slots.setdefault((row[event.npi], event.week), []).append(event)
    moves = [[event for event in events if event.event == MOVED] for events in slots.values()]
    last = [events[-1].to_day or events[-1].day for events in slots.values()]
    return Committed(
        account=np.array([account for account, _ in slots], dtype=np.int64),
        week=np.array([week for _, week in slots], dtype="datetime64[D]"),
        day=np.array(last, dtype="datetime64[D]"),
        moved=np.array([bool(moved) for moved in moves], dtype=np.bool_),
        with_reason=np.array([all(event.reason for event in moved) for moved in moves], dtype=np.bool_),
    )


def _rows(kept: Kept) -> dict[Npi, int]:
    """Of accounts that have a tier."""
    return {Npi(str(kept.roster.npi[row])): row for row in np.flatnonzero(kept.tiers.tier != "").tolist()}
