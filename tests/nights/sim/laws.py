"""What must hold of every world, judged from the CRM's own history and contents, without asking the engine.

Each law is a function that tells its violations, and counts in `world.met` how much it had to look at: a law that never
had anything before it proves nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from heapq import merge
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select

from callplan.model import Npi
from connector.contract import CrmId
from connector.mapping import Policy
from connector.store.audit import Audit
from connector.store.plan import Assignment, Coverage, Stop
from connector.store.tables import changes, meters, overrides, runs
from tests.nights.sim import truth
from tests.nights.sim.ground import REACH
from tests.nights.sim.rows import as_text
from tests.nights.sim.watch import record_of
from tests.nights.sim.world import POISONED, World

VOLUME_SHARE = 0.05  # the mappings' `min_change_share` of the volume
BIG_FLIP = 0.5  # of the accounts, the tiers that one night may move (the ground's guards)


def state(world: World) -> dict[str, dict[str, Any]]:
    """What the CRM holds in our fields, by NPI."""
    owned = world.owned()
    return {
        account.npi: {ours: record_of(world, account.id).get(theirs) or None for ours, theirs in owned.items()}
        for account in truth.accounts(world)
    }


def same_as(calm: dict[str, dict[str, Any]], world: World) -> list[str]:
    """The CRM ends as it would have without any fault."""
    struck = state(world)
    return [
        f"{npi}.{name}: {struck[npi].get(name)!r}, undisturbed {value!r}"
        for npi, fields in calm.items()
        for name, value in fields.items()
        if struck[npi].get(name) != value
    ]


def the_crm_says_the_plan(world: World) -> Iterator[str]:
    """Also after people have edited, merged, moved and deleted."""
    plan, last = world.store.plan, _last_hands(world)
    assignments, coverage, stops = plan.assignments(), plan.coverage(), plan.call_list()
    for account in truth.accounts(world):
        npi, held = Npi(account.npi), record_of(world, account.id)
        if npi not in assignments:
            yield f"{npi} has no tier"
            continue
        said = values(assignments[npi], coverage.get(npi), stops.get(npi))
        for ours, theirs in world.owned().items():
            world.met["the_crm_says_the_plan"] += 1
            if ours == "tier" and _is_a_persons(world, last, account.id, theirs, held.get(theirs)):
                continue
            if not _same(ours, held.get(theirs), said[ours]) and not _is_refused(world, account, theirs, said[ours]):
                yield f"{npi}.{ours} is {held.get(theirs)!r}, planned {said[ours]!r}"


def a_persons_edit_is_kept(world: World) -> Iterator[str]:
    """Under `theirs` for good, under `challenge` until a manager has said no: we never write over it."""
    if world.knobs.policy is Policy.OURS or world.restored:
        return
    field, ours, theirs, rejected = world.owned()["tier"], dict[str, str](), dict[str, str](), _rejected(world)
    for line, who, record, name, after in _told(world):
        if name != field or line in world.seen.under_way:
            continue
        if who == "person" and record in ours and after != ours[record]:
            theirs[record] = after
            world.met["a_persons_edit_is_kept"] += 1
        elif who == "person":
            theirs.pop(record, None)
        else:
            if after != theirs.get(record, after) and (record, theirs[record]) not in rejected:
                yield f"{record}: a person's {theirs[record]} became {after}"
            ours[record] = after
            theirs.pop(record, None)


def an_edit_in_the_night_is_kept(world: World) -> Iterator[str]:
    """What a person sets between our reading and our last look is not written over by the same process."""
    if world.knobs.policy is Policy.OURS:
        return
    field = world.owned()["tier"]
    for process in world.processes:
        edits, believed = dict[str, str](), _believed(world, process.run, field)
        for line in process.lines if not process.overtaken else ():
            _, who, record, name, _, after = world.vendor.history[line]
            if name != field:
                continue
            if who == "person" and line in world.seen.meanwhile:
                world.met["an_edit_in_the_night_is_kept"] += 1
                edits[record] = as_text(after)
            elif who == "person":
                edits.pop(record, None)
            elif record in edits and edits[record] not in (believed.get(record), as_text(after)):
                yield f"{record}: a person's {edits[record]} became {after} in the same night"


def tiers_follow_from_the_claims(world: World) -> Iterator[str]:
    """And the volumes, for who owns what in the CRM; by a second reading of both."""
    held = world.store.plan.assignments()
    for npi, said in truth.plan(world).items():
        world.met["tiers_follow_from_the_claims"] += 1
        found = held.get(Npi(npi))
        if found is None or (found.tier.value, found.volume) != (said.tier, said.volume):
            yield f"{npi} should be {said.tier} with {said.volume}, not {found}"


def flags_follow_from_the_interactions(world: World) -> Iterator[str]:
    held = world.store.plan.coverage()
    for npi, said in truth.plan(world).items():
        found = held.get(Npi(npi))
        world.met["flags_follow_from_the_interactions"] += said.going_cold
        told = found and (
            str(found.last_touch or ""),
            found.flagged,
            str(found.cold_since or "") if found.flagged else "",
            found.reason if found.flagged else "",
        )
        if told != (said.last_visit, said.going_cold, said.cold_since, said.cold_reason):
            yield f"{npi} should be {said}, not {found}"


def lists_hold_together(world: World) -> Iterator[str]:
    """One stop to a slot, each due, on its owner's list and on a day to come; Tier A before Tier B."""
    owner = {account.npi: account.owner for account in truth.accounts(world)}
    cover, taken = world.store.plan.coverage(), set[tuple[str, int]]()
    stops = world.store.plan.call_list()
    for npi, stop in stops.items():
        world.met["lists_hold_together"] += 1
        if (stop.rep, stop.slot) in taken:
            yield f"slot {stop.slot} of {stop.rep} is taken twice"
        taken.add((stop.rep, stop.slot))
        if owner.get(npi) != stop.rep:
            yield f"{npi} of {owner.get(npi)} is on the list of {stop.rep}"
        if cover[npi].state in ("on_track", "waiting"):
            yield f"{npi} is on the list and {cover[npi].state}"
        if stop.day < world.today:
            yield f"{npi} is on the list for {stop.day}, which is past"
    tiers, reps = world.store.plan.assignments(), {stop.rep for npi, stop in stops.items()}
    for rep in reps:
        mine = [npi for npi, assignment in tiers.items() if owner.get(npi) == rep and assignment.tier == "A"]
        left = [npi for npi in mine if npi not in stops and cover[npi].state not in ("on_track", "waiting")]
        if left and any(tiers[npi].tier == "B" for npi, stop in stops.items() if stop.rep == rep):
            yield f"{left} are due, Tier A, and not on the list of {rep}, which has room for Tier B"


def only_our_fields_were_written(world: World) -> Iterator[str]:
    owned = set(world.owned().values())
    for _, who, record, name, *_ in world.vendor.history:
        world.met["only_our_fields_were_written"] += who == "api"
        if who == "api" and name not in owned:
            yield f"{record}.{name}"


def nothing_is_created_or_deleted(world: World) -> Iterator[str]:
    """Every account and interaction of the CRM is there because of a person."""
    posts = [call for call in world.wire.calls if call.rows is not None]
    world.met["nothing_is_created_or_deleted"] += len(posts)
    for call in posts:
        changes_rows = call.path.endswith(("/composite/sobjects", "/composite", "/batch/update"))
        if not changes_rows or call.method not in ("PATCH", "POST"):
            yield f"{call.method} {call.path}"


def every_write_was_announced(world: World) -> Iterator[str]:
    """What the CRM saw from us stands in the journal and in the audit log, with the same value, before it came."""
    yield from world.seen.unannounced
    with world.database.engine.connect() as connection:
        rows = connection.execute(select(changes.c.record, changes.c.after)).all()
    entries = [json.loads(line) for line in _whole_lines(world)]
    intended = [(e["record"], {n: v for n, (_, v) in e["fields"].items()}) for e in entries if e["event"] == "intend"]
    announced = _announced(intended)
    if not world.restored:  # an older copy of the store knows nothing of the nights since; the audit log does
        announced &= _announced(rows)
    for _, who, record, name, _, after in world.vendor.history:
        world.met["every_write_was_announced"] += who == "api"
        if who == "api" and (record, name, as_text(after)) not in announced:
            yield f"{record}.{name} = {after!r}"


def the_audit_log_is_whole(world: World) -> Iterator[str]:
    found = Audit(world.audit).verify(world.store.journal.anchors())
    world.met["the_audit_log_is_whole"] += found.head.lines
    if found.problem:
        yield found.problem


def the_journal_tells_what_the_crm_did(world: World) -> Iterator[str]:
    """A change that is on record as written stands in the CRM's history; none is left open."""
    wrote = {(record, name, after) for _, who, record, name, after in _told(world) if who == "api"}
    with world.database.engine.connect() as connection:
        rows = connection.execute(select(changes.c.record, changes.c.after, changes.c.state)).all()
    for record, after, said in rows:
        world.met["the_journal_tells_what_the_crm_did"] += said == "written"
        if said in ("intended", "unknown"):
            yield f"{record}: {said}"
        if said == "written":
            there = {(record, name, as_text(value)) for name, value in after.items()} - wrote
            yield from (f"{text} is on record as written" for text in there if text[2] and text[2] != "false")


def every_call_was_counted(world: World) -> Iterator[str]:
    """Before it was made: a crash may have counted one that was not made, and never the reverse."""
    if world.restored:
        return
    with world.database.engine.connect() as connection:
        counted = connection.execute(select(func.sum(meters.c.calls))).scalar() or 0
    made = sum("/oauth2/" not in call.path for call in world.wire.calls)
    world.met["every_call_was_counted"] += made
    if made > counted:
        yield f"{made} calls were made, {counted} counted"


def our_share_of_the_calls_is_kept(world: World) -> Iterator[str]:
    """No call beyond our share of a day, and none that eats into the reserve, by a process that had been told."""
    guards, made = world.config.value.guards, Counter[Any]()
    for spent in world.seen.spent:
        made[spent.day] += 1
        if spent.told is None:
            continue
        left, of = spent.told
        world.met["our_share_of_the_calls_is_kept"] += of < 1000
        if made[spent.day] > guards.quota_share * of:
            yield f"call {made[spent.day]} of {spent.day}, of {of}"
        if left - 1 < guards.quota_reserve * of:
            yield f"a call on {spent.day} with {left} of {of} left"


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


def a_bad_feed_changes_little(world: World) -> Iterator[str]:
    """A cut download moves no tier, and one that mixes providers up moves fewer than the guard allows."""
    field = world.owned()["tier"]
    for began, ended, feed in world.seen.bad_nights:
        world.met["a_bad_feed_changes_little"] += 1
        ours = [entry for entry in world.vendor.history[began:ended] if entry[1] == "api" and entry[3] == field]
        moved = {record for _, _, record, _, before, after in ours if before and before != after}
        numbered = {account.id for account in truth.accounts(world)}
        if len(moved & numbered) > (BIG_FLIP * len(numbered) if feed == "flipped" else 0):
            yield f"{feed} claims moved {len(moved & numbered)} tiers of {len(numbered)}"


def nothing_is_sent_needlessly(world: World) -> Iterator[str]:
    """No value that the CRM holds already, unless its first sending got no answer."""
    world.met["nothing_is_sent_needlessly"] += world.seen.rows
    yield from world.seen.needless


def nothing_stale_stays(world: World) -> Iterator[str]:
    """An account that lost its number, or is there twice, says nothing more of what we wrote on it."""
    numbered = {account.id for account in truth.accounts(world)}
    last = _last_hands(world)
    for account in truth.accounts(world, numbered=False):
        if account.id in numbered or world.restored:
            continue
        world.met["nothing_stale_stays"] += 1
        held = record_of(world, account.id)
        for theirs in world.owned().values():
            if as_text(held.get(theirs)) not in ("", "false") and last.get((account.id, theirs)) == "api":
                yield f"{account.id}.{theirs} still says {held.get(theirs)!r}"


def one_process_at_a_time(world: World) -> Iterator[str]:
    """A second one is turned away; one that was overtaken lands at most the batch that was under way."""
    for process in world.processes:
        world.met["one_process_at_a_time"] += process.overtaken
        if process.ended == "ran beside another":
            yield f"run {process.run} ran beside another"
        if process.line and process.line.late_calls:
            yield f"run {process.run} made {process.line.late_calls} calls after it was overtaken"
        if process.overtaken and process.ended == "done":
            yield f"run {process.run} was overtaken and ended as done"


def every_run_ends(world: World) -> Iterator[str]:
    """As done, stopped, failed or interrupted; and as done only where its process saw the end."""
    with world.database.engine.connect() as connection:
        ended = {row.id: row.state for row in connection.execute(select(runs.c.id, runs.c.state))}
    for run, said in ended.items():
        world.met["every_run_ends"] += 1
        if said == "running":
            yield f"run {run} is still running"
    for process in world.processes:
        if process.run and process.ended == "done" and not world.restored and ended.get(process.run) != "done":
            yield f"run {process.run} was done, and stands as {ended.get(process.run)}"


def nothing_secret_is_written_down(world: World) -> Iterator[str]:
    named = [pair for reach in REACH.values() for pair in reach.items()]
    secrets = {value.encode() for name, value in named if name in ("client_secret", "token")}
    for path in sorted(world.file.parent.iterdir()):
        content = path.read_bytes() if path.is_file() else b""
        world.met["nothing_secret_is_written_down"] += len(content)
        yield from (f"{path.name} holds a secret" for secret in sorted(secrets) if secret in content)


def a_night_after_nothing_does_nothing(world: World) -> Iterator[str]:
    """Two undisturbed nights are enough; the third has nothing to write, and reads no more than the last one wrote."""
    wrote, before = sum(call.rows or 0 for call in world.wire.calls[world.quiet_since :]), len(world.wire.calls)
    if world.start() != "done":
        yield "the third undisturbed night did not end"
    world.met["a_night_after_nothing_does_nothing"] += 1
    refused = sum(_is_poisoned(world, account.npi) for account in truth.accounts(world))
    sent = [call for call in world.wire.calls[before:] if call.rows]
    if sum(call.rows or 0 for call in sent) > refused:
        yield ", ".join(f"{call.method} {call.path}" for call in sent)
    tally = world.store.journal.last_runs(1)[0].tally
    read, known = tally.get("accounts_read", 0) + tally.get("interactions_read", 0), wrote + truth.archived(world)
    if read > known:
        yield f"{read} rows were read anew, of {known} that may have been"


LAWS = (
    the_crm_says_the_plan,
    a_persons_edit_is_kept,
    an_edit_in_the_night_is_kept,
    tiers_follow_from_the_claims,
    flags_follow_from_the_interactions,
    lists_hold_together,
    only_our_fields_were_written,
    nothing_is_created_or_deleted,
    every_write_was_announced,
    the_audit_log_is_whole,
    the_journal_tells_what_the_crm_did,
    every_call_was_counted,
    our_share_of_the_calls_is_kept,
    no_interaction_is_lost_or_doubled,
    a_bad_feed_changes_little,
    nothing_is_sent_needlessly,
    nothing_stale_stays,
    one_process_at_a_time,
    every_run_ends,
    nothing_secret_is_written_down,
    a_night_after_nothing_does_nothing,
)


def _whole_lines(world: World) -> Iterator[str]:
    """Of the audit log, without those that a death has torn."""
    for line in world.audit.read_text(encoding="utf-8").splitlines():
        try:
            json.loads(line)
        except ValueError:
            continue
        yield line


def _announced(rows: Any) -> set[tuple[str, str, str]]:
    return {(record, name, as_text(value)) for record, after in rows for name, value in after.items()}


def _is_refused(world: World, account: truth.Account, theirs: str, said: Any) -> bool:
    """Whether a dead letter says that the CRM does not take this very value."""
    if not _is_poisoned(world, account.npi):
        return False
    letter = world.store.journal.dead_letters().get(CrmId(account.id))
    return letter is not None and as_text(letter.after.get(theirs, "not sent")) == as_text(said)


def _is_poisoned(world: World, npi: str) -> bool:
    return world.knobs.poisoned > 0 and npi == world.ground.people.providers[POISONED].npi


def _last_hands(world: World) -> dict[tuple[str, str], str]:
    """Who last set each field of each record."""
    return {(record, name): who for _, who, record, name, _ in _told(world)}


def _told(world: World) -> Iterator[tuple[int, str, str, str, str]]:
    """The CRM's history, with what was sent over an equal value, of which HubSpot keeps no line."""
    history = [
        (line, who, record, name, as_text(after))
        for line, (_, who, record, name, _, after) in enumerate(world.vendor.history)
    ]
    yield from merge(
        [(line, "api", record, name, value) for line, record, name, value in world.seen.repeated],
        history,
        key=itemgetter(0),
    )


def _is_a_persons(world: World, last: dict[tuple[str, str], str], id_: str, name: str, now: Any) -> bool:
    """Whether a tier may differ from the plan, because a person set it after we had written it."""
    if world.knobs.policy is Policy.OURS:
        return False
    if world.restored:
        return True  # an older copy of the store takes what we wrote since for a person's
    ours = [after for _, who, record, field, after in _told(world) if (who, record, field) == ("api", id_, name)]
    if last.get((id_, name)) != "person" or not ours or as_text(now) == ours[-1]:
        return False
    if world.knobs.policy is Policy.THEIRS:
        return True
    override = world.store.overrides.newest().get((CrmId(id_), name))
    return bool(override and override.state != "rejected" and as_text(override.edited) == as_text(now))


def _believed(world: World, run: int | None, field: str) -> dict[str, str]:
    """What a run took to be there, by record: an edit to that very value cannot be told from none."""
    with world.database.engine.connect() as connection:
        rows = connection.execute(select(changes.c.record, changes.c.before).where(changes.c.run == run)).all()
    return {record: as_text(before[field]) for record, before in rows if field in before}


def _rejected(world: World) -> set[tuple[str, str]]:
    """Edits that a manager has said no to: record, and what the person wrote."""
    c = overrides.c
    with world.database.engine.connect() as connection:
        rows = connection.execute(select(c.record, c.edited).where(c.state != "proposed")).all()
    return {(record, as_text(edited)) for record, edited in rows}


def _same(ours: str, held: Any, said: Any) -> bool:
    if ours == "volume" and held not in (None, "") and said is not None:
        return bool(abs(float(held) - said) <= VOLUME_SHARE * abs(float(held)))
    return as_text(held) == as_text(said) or (said is False and held is None)


def values(tier: Assignment, coverage: Coverage | None, stop: Stop | None) -> dict[str, Any]:
    """What a record should say of one plan, written down a second time."""
    cold = coverage if coverage and coverage.flagged else None
    return {
        "tier": tier.tier.value,
        "tier_reason": tier.reason,
        "tier_since": tier.since.isoformat(),
        "call_order": stop.slot if stop else None,
        "next_visit": stop.day.isoformat() if stop else None,
        "going_cold": cold is not None,
        "cold_reason": cold.reason if cold else None,
        "cold_since": cold.cold_since.isoformat() if cold and cold.cold_since else None,
        "last_visit": coverage.last_touch.isoformat() if coverage and coverage.last_touch else None,
        "volume": round(tier.volume) if tier.volume is not None and tier.volume > 10 else None,
    }
