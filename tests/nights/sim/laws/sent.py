"""What was sent: ours alone, no more than needed, announced before, counted before, within our share."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from connector.store.audit import Audit
from connector.store.tables import changes, meters
from tests.nights.sim.ground import REACH
from tests.nights.sim.laws.history import told
from tests.nights.sim.rows import as_text
from tests.nights.sim.world import World


def only_our_fields_were_written(world: World) -> Iterator[str]:
    """No other field of any record, ever."""
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


def nothing_is_sent_needlessly(world: World) -> Iterator[str]:
    """No value that the CRM holds already, unless its first sending got no answer."""
    world.met["nothing_is_sent_needlessly"] += world.seen.rows
    yield from world.seen.needless


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
    """Its chain holds from the first line to the one that the store knows as the last."""
    found = Audit(world.audit).verify(world.store.journal.anchors())
    world.met["the_audit_log_is_whole"] += found.head.lines
    if found.problem:
        yield found.problem


def the_journal_tells_what_the_crm_did(world: World) -> Iterator[str]:
    """A change that is on record as written stands in the CRM's history; none is left open."""
    # By whomever: a person may have set the very value that never arrived.
    wrote = {(record, name, after) for _, _, record, name, after in told(world)}
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
    """No call beyond our share of a day, and none that eats into the reserve, by a process that had been told.

    An older copy of the store has forgotten the calls of its day.
    """
    guards, made = world.config.value.guards, Counter[Any]()
    for spent in world.seen.spent:
        made[spent.day] += 1
        if spent.told is None:
            continue
        left, of = spent.told
        world.met["our_share_of_the_calls_is_kept"] += of < 1000
        if spent.day != world.restored_on and made[spent.day] > guards.quota_share * of:
            yield f"call {made[spent.day]} of {spent.day}, of {of}"
        if left - 1 < guards.quota_reserve * of:
            yield f"a call on {spent.day} with {left} of {of} left"


def nothing_secret_is_written_down(world: World) -> Iterator[str]:
    """No key or password in the store, the audit log, or any other file."""
    named = [pair for reach in REACH.values() for pair in reach.items()]
    secrets = {value.encode() for name, value in named if name in ("client_secret", "token")}
    for path in sorted(world.file.parent.iterdir()):
        content = path.read_bytes() if path.is_file() else b""
        world.met["nothing_secret_is_written_down"] += len(content)
        yield from (f"{path.name} holds a secret" for secret in sorted(secrets) if secret in content)


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
