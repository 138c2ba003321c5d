"""What the CRM says: the plan, a person's edit where that may stay, and nothing stale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from callplan.model import Npi
from connector.contract import CrmId
from connector.mapping import Policy
from connector.store.plan import Assignment, Attained, Coverage, LighterTouch, Stop
from connector.store.tables import changes
from tests.nights.sim import truth
from tests.nights.sim.laws.history import is_poisoned, last_hands, told
from tests.nights.sim.rows import as_text
from tests.nights.sim.watch import record_of
from tests.nights.sim.world import World

VOLUME_SHARE = 0.05  # the mappings' `min_change_share` of the volume
BIG_FLIP = 0.5  # of the accounts, the tiers that one night may move (the ground's guards)


def the_crm_says_the_plan(world: World) -> Iterator[str]:
    """Every field of ours says what is planned, also after people have edited, merged, moved and deleted."""
    plan, last = world.store.plan, last_hands(world)
    assignments, coverage, stops, touches, attained = (
        plan.assignments(),
        plan.coverage(),
        plan.call_list(),
        plan.lighter_touches(),
        plan.attainments(),
    )
    for account in truth.accounts(world):
        npi, held = Npi(account.npi), record_of(world, account.id)
        if npi not in assignments:
            yield f"{npi} has no tier"
            continue
        said = values(assignments[npi], coverage.get(npi), stops.get(npi), touches.get(npi))
        said |= of_the_cycle(attained.get(npi))
        for ours, theirs in world.owned().items():
            world.met["the_crm_says_the_plan"] += 1
            if ours == "tier" and _is_a_persons(world, last, account.id, theirs, held.get(theirs)):
                continue
            if not _same(ours, held.get(theirs), said[ours]) and not _is_refused(world, account, theirs, said[ours]):
                yield f"{npi}.{ours} is {held.get(theirs)!r}, planned {said[ours]!r}"


def nothing_stale_stays(world: World) -> Iterator[str]:
    """An account that lost its number, or is there twice, says nothing more of what we wrote on it."""
    numbered = {account.id for account in truth.accounts(world)}
    last = last_hands(world)
    for account in truth.accounts(world, numbered=False):
        if account.id in numbered or world.restored:
            continue
        world.met["nothing_stale_stays"] += 1
        held = record_of(world, account.id)
        for theirs in world.owned().values():
            if as_text(held.get(theirs)) not in ("", "false") and last.get((account.id, theirs)) == "api":
                yield f"{account.id}.{theirs} still says {held.get(theirs)!r}"


def a_bad_feed_changes_little(world: World) -> Iterator[str]:
    """A cut download moves no tier; one that mixes providers up moves fewer than the guard allows."""
    field = world.owned()["tier"]
    for began, ended, feed in world.seen.bad_nights:
        world.met["a_bad_feed_changes_little"] += 1
        ours = [entry for entry in world.vendor.history[began:ended] if entry[1] == "api" and entry[3] == field]
        moved = {record for _, _, record, _, before, after in ours if before and before != after}
        numbered = {account.id for account in truth.accounts(world)}
        if len(moved & numbered) > (BIG_FLIP * len(numbered) if feed == "flipped" else 0):
            yield f"{feed} claims moved {len(moved & numbered)} tiers of {len(numbered)}"


def _is_refused(world: World, account: truth.Account, theirs: str, said: Any) -> bool:
    """Whether a dead letter says that the CRM does not take this very value."""
    if not is_poisoned(world, account.npi):
        return False
    letter = world.store.journal.dead_letters().get(CrmId(account.id))
    return letter is not None and as_text(letter.after.get(theirs, "not sent")) == as_text(said)


def _is_a_persons(world: World, last: dict[tuple[str, str], str], id_: str, name: str, now: Any) -> bool:
    """Whether a tier may differ from the plan, because a person set it after we had written it."""
    if world.knobs.policy is Policy.OURS:
        return False
    if world.restored:
        return True  # an older copy of the store takes what we wrote since for a person's
    there = [(who, after) for _, who, record, field, after in told(world) if (record, field) == (id_, name)]
    tried = _sent_in_vain(world, id_, name)
    ours = [after for who, after in there if who == "api"] or [after for _, after in there if after in tried]
    if last.get((id_, name)) != "person" or not ours or as_text(now) == ours[-1]:
        return False
    if world.knobs.policy is Policy.THEIRS:
        return True
    override = world.store.overrides.newest().get((CrmId(id_), name))
    return bool(override and override.state != "rejected" and as_text(override.edited) == as_text(now))


def _sent_in_vain(world: World, id_: str, name: str) -> set[str]:
    """What no answer came for: a person who sets the same finishes our work, and the value is ours."""
    query = select(changes.c.after).where(changes.c.record == id_, changes.c.state == "lost")
    with world.database.begin() as connection:
        return {as_text(after[name]) for after in connection.execute(query).scalars() if name in after}


def _same(ours: str, held: Any, said: Any) -> bool:
    if ours in ("volume", "at_risk") and held not in (None, "") and said is not None:
        return bool(abs(float(held) - said) <= VOLUME_SHARE * abs(float(held)))
    return as_text(held) == as_text(said) or (said is False and held is None)


def values(
    tier: Assignment, coverage: Coverage | None, stop: Stop | None, touch: LighterTouch | None
) -> dict[str, Any]:
    """What a record should say of one plan, written down a second time."""
    cold = coverage if coverage and coverage.flagged else None
    return {
        "tier": tier.tier.value,
        "tier_reason": tier.reason,
        "tier_since": tier.since.isoformat(),
        "call_order": stop.slot if stop else None,
        "next_visit": stop.day.isoformat() if stop else None,
        "call_week": stop.week.isoformat() if stop else None,
        "slot_kind": (stop.kind or None) if stop else None,
        "channel": touch.channel if touch else None,
        "next_touch": touch.due_on.isoformat() if touch else None,
        "going_cold": cold is not None,
        "cold_reason": cold.reason if cold else None,
        "cold_since": cold.cold_since.isoformat() if cold and cold.cold_since else None,
        "last_visit": coverage.last_touch.isoformat() if coverage and coverage.last_touch else None,
        "touch_state": coverage.state if coverage else None,
        "relationship": coverage.relationship if coverage else None,
        "activity": coverage.activity if coverage else None,
        "next_step": cold.next_step if cold else None,
        "at_risk": round(cold.at_risk) if cold and cold.at_risk is not None else None,
        "volume": round(tier.volume) if tier.volume is not None and tier.volume > 10 else None,
    }


def of_the_cycle(done: Attained | None) -> dict[str, Any]:
    return {
        "cycle_goal": done.goal if done else None,
        "cycle_calls": done.calls if done else None,
        "cycle_remaining": max(done.goal - done.calls, 0) if done else None,
    }
