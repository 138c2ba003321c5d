"""Bring properties and segments into a portal: compared first, then made; twice is as once.

Everything is looked at before anything is changed, so that a portal in which one property is in the way keeps all that
it has. No property is deleted, and of a property that is there nothing is changed but the options that it lacks.

Source   developers.hubspot.com, "Properties" and "Lists" (2026-09): options are replaced whole, an archived name comes
         back when it is made again, uniqueness is set at creation only
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.hubspot.definitions import (
    APPOINTMENT,
    GROUP,
    GROUP_LABEL,
    KEY,
    PROPERTIES,
    SEGMENTS,
    TASK,
    Definition,
    Segment,
)
from adapters.hubspot.reader import read
from adapters.hubspot.wire import AnswerLost, Refused, Wire
from connector.contract import Reading, SetUp
from connector.errors import NeedsHuman, TryAgain

TYPE_IDS = {"companies": "0-2", "contacts": "0-1"}
OPTION = ("label", "value", "displayOrder", "hidden", "description")  # what may be sent back of one


@dataclass(frozen=True, slots=True)
class Plan:
    kind: str  # of the object
    group: bool  # whether it is missing
    made: tuple[Definition, ...]
    widened: tuple[tuple[Definition, list[dict[str, Any]]], ...]  # with the whole list of options
    segments: tuple[Segment, ...]
    kept: int  # properties and segments that are as they should be


def bring(wire: Wire, reading: Reading, asked: SetUp) -> Iterator[str]:
    """What is done, line by line."""
    if asked.assign:
        raise NeedsHuman(
            "HubSpot has no permission sets to assign.",
            next_step="Leave --assign out: whoever may see companies sees the properties.",
        )
    wanted = [one for one in PROPERTIES if one.name in asked.written] + ([KEY] if asked.key else [])
    plans = [_chosen(wire, reading.object, wanted, SEGMENTS)]
    plans += [_chosen(wire, "meetings", [APPOINTMENT], ())] if asked.appointments else []
    plans += [_chosen(wire, "tasks", [TASK], ())] if asked.tasks else []
    for plan in plans:
        yield from _contents(plan)
    if asked.dry_run:
        yield "compared: nothing was changed yet"
        return
    for plan in plans:
        _make(wire, plan)
    made, changed = (sum(len(p.made) + len(p.segments) for p in plans), sum(len(p.widened) for p in plans))
    yield f"made: {made} properties and segments new, {changed} changed, {sum(p.kept for p in plans)} as they were"
    yield "For the card on the record, upload adapters/hubspot/app: docs/how-to/hubspot-in-the-portal.md."


def _chosen(wire: Wire, kind: str, wanted: Sequence[Definition], shows: Sequence[Segment]) -> Plan:
    there = {row["name"]: row for row in read(wire, "GET", "properties", kind=kind)["results"]}
    if wrong := [text for one in wanted if one.name in there for text in _in_the_way(one, there[one.name])]:
        raise NeedsHuman(
            "Properties of the portal are in the way:\n" + "\n".join(f"  {text}" for text in wrong),
            next_step="Nothing was changed. Name other properties in the mapping, or delete these in Settings.",
        )
    made = tuple(one for one in wanted if one.name not in there)
    widened = tuple((one, told) for one in wanted if one.name in there and (told := _wider(one, there[one.name])))
    shown = {one.name for one in wanted} | set(there)
    segments = [one for one in shows if one.properties <= shown]
    missing = tuple(one for one in segments if not _segment_is_there(wire, kind, one))
    groups = {row["name"] for row in read(wire, "GET", "groups", kind=kind)["results"]}
    kept = len(wanted) - len(made) - len(widened) + len(segments) - len(missing)
    return Plan(kind, bool(made) and GROUP not in groups, made, widened, missing, kept)


def _contents(plan: Plan) -> Iterator[str]:
    if plan.group:
        yield f"  group  {GROUP}"
    for one in plan.made:
        yield f"  property  {one.name}"
    for one, _ in plan.widened:
        yield f"  options  {one.name}"
    for segment in plan.segments:
        yield f"  segment  {segment.name}"


def _in_the_way(wanted: Definition, there: Mapping[str, Any]) -> Iterator[str]:
    if there["type"] != wanted.type:
        yield f"{wanted.name} is of type {there['type']}, and {wanted.type} is needed"
    if wanted.unique and not there.get("hasUniqueValue"):
        without = "leave --with-npi out to go on with it" if wanted is KEY else "name another one in the mapping"
        yield f"{wanted.name} is not unique, which cannot be changed later; {without}"
    if (there.get("modificationMetadata") or {}).get("readOnlyValue"):
        yield f"{wanted.name} is read-only"


def _wider(wanted: Definition, there: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The whole list, theirs as they are and ours behind, where one is lacking. A checkbox has its two by itself."""
    theirs = [{name: o[name] for name in OPTION if name in o} for o in there.get("options") or []]
    known = {option["value"] for option in theirs}
    ours = [dict(option) for option in wanted.options if option["value"] not in known]
    if not ours or wanted.type != "enumeration":
        return None
    last = max((int(option.get("displayOrder") or 0) for option in theirs), default=-1)
    return [*theirs, *({**o, "displayOrder": last + at, "hidden": False} for at, o in enumerate(ours, 1))]


def _segment_is_there(wire: Wire, kind: str, segment: Segment) -> bool:
    try:
        wire.fetch("GET", "segment", type=_type_id(kind), name=segment.name)
    except Refused as refused:
        if refused.status == 404:
            return False
        raise refused.translated() from None
    except AnswerLost as error:
        raise TryAgain(f"HubSpot did not finish its answer ({error}).", after=5) from error
    return True


def _make(wire: Wire, plan: Plan) -> None:
    kind = plan.kind
    if plan.group:
        _post(wire, "groups", kind=kind, body={"name": GROUP, "label": GROUP_LABEL, "displayOrder": -1})
    for one in plan.made:
        _post(wire, "properties", kind=kind, body=one.wire())
    for one, options in plan.widened:
        _post(wire, "property", method="PATCH", kind=kind, name=one.name, body={"options": options})
    for segment in plan.segments:
        _post(wire, "segments", body=segment.wire(_type_id(kind)))


def _post(wire: Wire, path: str, *, method: str = "POST", **given: Any) -> None:
    """What is there already, since another process or a lost answer made it, is as good."""
    try:
        wire.fetch(method, path, **given)
    except Refused as refused:
        if refused.status != 409:
            raise refused.translated() from None
    except AnswerLost as error:
        raise TryAgain(f"HubSpot did not say whether it took a change ({error}). Run it again.") from error


def _type_id(kind: str) -> str:
    return TYPE_IDS.get(kind, kind)
