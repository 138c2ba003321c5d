"""The plan follows from the CRM and the claims, by a second reading of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from callplan.model import Npi
from connector.store.flags import TOUCHED, WITHDRAWN, Flag
from connector.store.plan import Coverage
from tests.nights.sim import truth
from tests.nights.sim.world import World


def tiers_follow_from_the_claims(world: World) -> Iterator[str]:
    """Tiers and volumes, for who owns what in the CRM."""
    held = world.store.plan.assignments()
    for npi, said in truth.plan(world).items():
        world.met["tiers_follow_from_the_claims"] += 1
        found = held.get(Npi(npi))
        if found is None or (found.tier.value, found.volume) != (said.tier, said.volume):
            yield f"{npi} should be {said.tier} with {said.volume}, not {found}"


def flags_follow_from_the_interactions(world: World) -> Iterator[str]:
    """Last visits and states; each flag that is open, was raised or has ended, from what is logged in the CRM."""
    held, open_, said = world.store.plan.coverage(), world.store.flags.open(), truth.plan(world)
    touches = world.store.plan.lighter_touches()
    for npi, one in said.items():
        found, flag = held.get(Npi(npi)), open_.get(Npi(npi))
        world.met["flags_follow_from_the_interactions"] += flag is not None
        thin = npi in touches and "instead of visited" in touches[Npi(npi)].reason
        last = one.last_touch if thin else one.last_visit
        if found is None or str(found.last_touch or "") != last or (found.state != one.state and not thin):
            yield f"{npi} should be {one}, not {found}"
        elif (found.flagged, found.flagged_since) != (flag is not None, flag.raised if flag else None):
            yield f"{npi} has the flag {flag}, and it is said {found}"
        elif one.tier == "A" and one.wanted_since and not found.flagged and not found.paused:
            yield f"{npi} is cold, not flagged, and nobody says why: {found}"
    for flag in world.store.flags.all(world.today):
        if wrong := _wrong(flag, said.get(str(flag.npi)), held.get(flag.npi), world.today):
            yield f"{wrong}: {flag}, and it is {said.get(str(flag.npi))}"
    new = Counter(flag.manager for flag in world.store.flags.all() if flag.raised == world.today)
    if max(new.values(), default=0) > world.config.value.cold.flag.per_day:
        yield f"{new} flags were raised in a day"


def _wrong(flag: Flag, said: truth.Said | None, found: Coverage | None, today: date) -> str:
    """What is wrong with how a flag began or ended today; "" where nothing is."""
    last = date.fromisoformat(said.last_visit) if said and said.last_visit else None
    newer = last is not None and (flag.last_touch is None or last > flag.last_touch)
    weak = (
        found is not None and found.state == "overdue" and (found.relationship == "quiet" or found.activity == "down")
    )
    wanted = said is not None and said.tier == "A" and (said.wanted_since is not None or weak)
    if flag.ended is None and flag.raised == today and not wanted:
        return "raised without a reason"
    if flag.ended == today and flag.how == TOUCHED and said is not None and (wanted or not newer):
        return "ended without a touch"
    if flag.ended == today and flag.how == WITHDRAWN and said is not None and said.tier == "A":
        return "withdrawn without a reason"
    return ""


def touches_follow_from_the_interactions(world: World) -> Iterator[str]:
    """Tier B alone is touched next: on its day of the list, or so many days after what was logged last."""
    zone, every = ZoneInfo(world.config.value.time_zone), timedelta(days=world.config.value.channel.every_days)
    last: dict[str, date] = {}
    for one in truth.logged(world):
        day = one.at.astimezone(zone).date()
        if one.result == "done" and one.kind in ("visit", "call", "email", "message") and day <= world.today:
            last[one.account] = max(day, last.get(one.account, day))
    tiers, stops, held = (
        world.store.plan.assignments(),
        world.store.plan.call_list(),
        world.store.plan.lighter_touches(),
    )
    for account in truth.accounts(world):
        npi = Npi(account.npi)
        tier, stop, found = tiers.get(npi), stops.get(npi), held.get(npi)
        due = stop.day if stop else last.get(account.id, tier.since if tier else world.today) + every
        said = due if tier and tier.tier == "B" else None
        world.met["touches_follow_from_the_interactions"] += said is not None
        if (found and found.due_on) != said or (found is not None and (found.channel == "visit") != bool(stop)):
            yield f"{npi} should be touched on {said}, not {found}"


def lists_hold_together(world: World) -> Iterator[str]:
    """One stop to a slot, each due, on its owner's list and on a day to come; Tier A before Tier B."""
    owner = {account.npi: account.owner for account in truth.accounts(world)}
    cover, taken = world.store.plan.coverage(), set[tuple[str, int]]()
    stops, unplaced = world.store.plan.call_list(), world.store.plan.unplaced()
    for npi, stop in stops.items():
        world.met["lists_hold_together"] += 1
        if (stop.rep, stop.slot) in taken:
            yield f"slot {stop.slot} of {stop.rep} is taken twice"
        taken.add((stop.rep, stop.slot))
        if owner.get(npi) != stop.rep:
            yield f"{npi} of {owner.get(npi)} is on the list of {stop.rep}"
        if cover[npi].due_on is None:
            yield f"{npi} is on the list and not due"
        if stop.day < world.today:
            yield f"{npi} is on the list for {stop.day}, which is past"
    tiers, reps = world.store.plan.assignments(), {stop.rep for npi, stop in stops.items()}
    for rep in reps:
        mine = [npi for npi, assignment in tiers.items() if owner.get(npi) == rep and assignment.tier == "A"]
        left = [npi for npi in mine if npi not in stops and (due := cover[npi].due_on) and due <= world.today]
        if unsaid := [npi for npi in left if npi not in unplaced]:
            yield f"{unsaid} are due, Tier A, and neither on the list of {rep} nor named"
        ahead = [
            npi for npi, stop in stops.items() if stop.rep == rep and stop.day > world.today
        ]  # today stays as it is
        if left and any(tiers[npi].tier == "B" for npi in ahead):
            yield f"{left} are due, Tier A, and not on the list of {rep}, which has room for Tier B"


def committed_slots_are_on_record(world: World) -> Iterator[str]:
    """What was last said of each committed visit of this week is the day that it has."""
    committed = [stop for stop in world.store.plan.call_list().values() if stop.kind == "committed"]
    for week in {stop.week for stop in committed}:
        last = {event.npi: event for event in world.store.slots.of_week(week)}
        for stop in (stop for stop in committed if stop.week == week):
            world.met["committed_slots_are_on_record"] += 1
            event = last.get(stop.npi)
            if event is None or event.event == "ended" or (event.to_day or event.day) != stop.day:
                yield f"{stop.npi} is committed for {stop.day}, and on record is {event}"


def no_interaction_is_lost_or_doubled(world: World) -> Iterator[str]:
    """Ours are the CRM's, one for one, each on the account that it is on there."""
    live = {account.id for account in truth.accounts(world, numbered=False)}
    seen = world.store.mirror.interactions()
    ours = Counter(
        (
            id_,
            account if account in live else "",
            kind,
            str(at),
            result,
            round(minutes, 2) if minutes == minutes else -1,
        )
        for id_, account, kind, at, result, minutes in zip(
            *(column.tolist() for column in (seen.id, seen.account, seen.kind, seen.at, seen.result, seen.minutes)),
            strict=True,
        )
    )
    theirs = Counter(
        (
            one.id,
            one.account,
            one.kind,
            str(one.at.replace(tzinfo=None)),
            one.result,
            round(one.minutes, 2) if one.minutes == one.minutes else -1,
        )
        for one in truth.logged(world)
    )
    world.met["no_interaction_is_lost_or_doubled"] += theirs.total()
    yield from (f"lost {one}" for one in theirs - ours)
    yield from (f"made up {one}" for one in ours - theirs)
