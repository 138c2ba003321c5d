"""What must hold of every world, judged from the CRM's own history and contents, without asking the engine.

Each law is a function that lists its violations.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from callplan.model import Npi
from connector.store.audit import Audit
from connector.store.plan import Assignment, Coverage, Stop
from connector.store.tables import changes, interactions, meters
from tests.nights.sim.world import World


def state(world: World) -> dict[str, dict[str, Any]]:
    """What the CRM holds in our fields, by NPI."""
    owned = world.owned()
    held = {}
    for provider in world.ground.people.providers:
        if id_ := world.vendor.find(provider.npi):
            record = world.vendor.record(id_)
            held[provider.npi] = {ours: record.get(theirs) or None for ours, theirs in owned.items()}
    return held


def same_as(calm: dict[str, dict[str, Any]], world: World) -> list[str]:
    """The CRM ends as it would have without any fault."""
    struck = state(world)
    return [
        f"{npi}.{name}: {struck[npi].get(name)!r}, undisturbed {value!r}"
        for npi, fields in calm.items()
        for name, value in fields.items()
        if struck[npi].get(name) != value
    ]


def the_crm_says_what_the_plan_says(world: World) -> list[str]:
    """Also after people have edited, merged, moved and deleted."""
    plan, violations = world.store.plan, []
    assignments, coverage, stops = plan.assignments(), plan.coverage(), plan.call_list()
    for npi, held in state(world).items():
        said = values(assignments[Npi(npi)], coverage.get(Npi(npi)), stops.get(Npi(npi)))
        violations += [
            f"{npi}.{name} is {held[name]!r}, planned {value!r}"
            for name, value in said.items()
            if _text(held[name]) != _text(value) and not (value is False and held[name] is None)
        ]
    return violations


def only_our_fields_were_written(world: World) -> list[str]:
    owned = set(world.owned().values())
    return [
        f"{record}.{name}" for _, who, record, name, *_ in world.vendor.history if who == "api" and name not in owned
    ]


def every_write_was_announced(world: World) -> list[str]:
    """What the CRM saw from us stands in the journal and in the audit log, with the same value."""
    with world.database.engine.connect() as connection:
        rows = connection.execute(select(changes.c.record, changes.c.after)).all()
    entries = [json.loads(line) for line in world.audit.read_text(encoding="utf-8").splitlines()]
    intended = [(e["record"], {n: v for n, (_, v) in e["fields"].items()}) for e in entries if e["event"] == "intend"]
    in_journal, in_log = _announced(rows), _announced(intended)
    return [
        f"{record}.{name} = {after!r}"
        for _, who, record, name, _, after in world.vendor.history
        if who == "api" and (record, name, _text(after)) not in in_journal & in_log
    ]


def the_audit_log_is_whole(world: World) -> list[str]:
    found = Audit(world.audit).verify(world.store.journal.anchors())
    return [found.problem] if found.problem else []


def every_call_was_counted(world: World) -> list[str]:
    """Before it was made: a crash may have counted one that was not made, and never the reverse."""
    with world.database.engine.connect() as connection:
        counted = connection.execute(select(func.sum(meters.c.calls))).scalar() or 0
    made = sum("/oauth2/" not in call.path for call in world.wire.calls)
    return [f"{made} calls were made, {counted} counted"] if made > counted else []


def no_interaction_is_lost_or_doubled(world: World) -> list[str]:
    with world.database.engine.connect() as connection:
        ours = {row.id for row in connection.execute(select(interactions.c.id).where(interactions.c.gone.is_(False)))}
    theirs = set(_logged(world))
    return [f"lost {id_}" for id_ in theirs - ours] + [f"made up {id_}" for id_ in ours - theirs]


def a_night_after_nothing_writes_nothing(world: World) -> list[str]:
    before = len(world.wire.calls)
    world.night()
    return [f"{call.method} {call.path}" for call in world.wire.calls[before:] if call.rows]


LAWS = (
    the_crm_says_what_the_plan_says,
    only_our_fields_were_written,
    every_write_was_announced,
    no_interaction_is_lost_or_doubled,
    the_audit_log_is_whole,
    every_call_was_counted,
    a_night_after_nothing_writes_nothing,
)


def _announced(rows: Iterable[Any]) -> set[tuple[str, str, str]]:
    return {(record, name, _text(value)) for record, after in rows for name, value in after.items()}


def _logged(world: World) -> list[str]:
    """The ids of all that is logged and not deleted."""
    if world.crm == "hubspot":
        kinds = ("meetings", "calls", "emails", "notes")
        return [record.id for kind in kinds for record in world.vendor.portal.all(kind)]
    tables = world.vendor.records.tables
    return [id_ for kind in ("Task", "Event") for id_, row in tables[kind].items() if not row["IsDeleted"]]


def _text(value: Any) -> str:
    """CRMs hold values in their own way: text in HubSpot, floats in Salesforce."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


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
