"""Who is in a list: told to everybody, and changed by hand where no filters decide it.

Source   developers.hubspot.com, "Lists", manage memberships; the answer does spell `recordsIdsAdded`
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Response

from sandbox.hubspot.errors import validation
from sandbox.hubspot.lists import READ, WRITE, kind_of
from sandbox.hubspot.moments import Body
from sandbox.hubspot.paging import by_id, page_both_ways
from sandbox.hubspot.segments import Segment
from sandbox.hubspot.values import iso

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot
    from sandbox.hubspot.routes import Route

MOST = 250
READ_AT_ONCE = 100  # no limit is documented; that of other batches
NAMES = frozenset({"objectTypeId", "recordId"})
Member = tuple[str, str]  # record, since when


def add_routes(route: Route, hub: HubSpot) -> None:
    at = partial(route, "crm/lists", "crm/v3/lists")
    at("/<id_>/memberships", partial(by_record, hub))
    at("/<id_>/memberships", partial(empty, hub), "DELETE")
    at("/<id_>/memberships/join-order", partial(by_joining, hub))
    at("/<id_>/memberships/add", partial(add, hub), "PUT")
    at("/<id_>/memberships/remove", partial(remove, hub), "PUT")
    at("/<id_>/memberships/add-and-remove", partial(add_and_remove, hub), "PUT")
    at("/<id_>/memberships/add-from/<source>", partial(add_from, hub), "PUT")
    at("/records/<type_id>/<record>/memberships", partial(of_record, hub))
    at("/records/memberships/batch/read", partial(of_records, hub), "POST")


def by_record(hub: HubSpot, id_: str) -> Response:
    return _listed(hub, id_, lambda member: by_id(member[0]))


def by_joining(hub: HubSpot, id_: str) -> Response:
    return _listed(hub, id_, lambda member: f"{member[1]} {by_id(member[0])}")


def _listed(hub: HubSpot, id_: str, place: Any) -> Response:
    hub.ask(*READ)
    members = list(hub.segments.members(hub.segments.get(id_)).items())
    return hub.answer({**page_both_ways(members, place, _show, MOST), "total": len(members)})


def add(hub: HubSpot, id_: str) -> Response:
    return _change(hub, id_, _ids(hub.ask(*WRITE)), [])


def remove(hub: HubSpot, id_: str) -> Response:
    return _change(hub, id_, [], _ids(hub.ask(*WRITE)))


def add_and_remove(hub: HubSpot, id_: str) -> Response:
    given = hub.ask(*WRITE)
    names = ("recordIdsToAdd", "recordIdsToRemove")
    missing = [name for name in names if not isinstance(given, dict) or name not in given]
    if missing:
        raise validation(f"Some required fields were not set: [{', '.join(missing)}]")
    return _change(hub, id_, *(_ids(given[name]) for name in names))


def add_from(hub: HubSpot, id_: str, source: str) -> Response:
    hub.ask(*WRITE)
    segment, other = _by_hand(hub, id_), hub.segments.get(source)
    if segment.kind != other.kind:
        raise validation("Both lists must be of one object type.")
    hub.segments.add(segment, [r for r in hub.segments.members(other) if r not in hub.segments.members(segment)])
    return hub.answer(None, 204)


def empty(hub: HubSpot, id_: str) -> Response:
    hub.ask(*WRITE)
    segment = _by_hand(hub, id_)
    hub.segments.remove(segment, list(segment.joined))
    return hub.answer(None, 204)


def of_record(hub: HubSpot, type_id: str, record: str) -> Response:
    hub.ask(*READ)
    found = _lists_of(hub, kind_of(hub, type_id), record)
    return hub.answer({"results": found, "total": len(found)})


def of_records(hub: HubSpot) -> Response:
    hub.ask(*READ)
    began, inputs = iso(hub.now()), hub.body().get("inputs")
    if not isinstance(inputs, list) or not all(
        isinstance(i, dict) and {"objectTypeId", "recordId"} <= set(i) for i in inputs
    ):
        raise validation("Every input must have objectTypeId and recordId.")
    if len(inputs) > READ_AT_ONCE:
        raise validation(f"Batch input size {len(inputs)} exceeds the limit of {READ_AT_ONCE}.")
    results = [
        {
            "objectTypeId": given["objectTypeId"],
            "recordId": str(given["recordId"]),
            "recordListMemberships": _lists_of(hub, kind_of(hub, given["objectTypeId"]), str(given["recordId"])),
        }
        for given in inputs
    ]
    return hub.answer({"status": "COMPLETE", "results": results, "startedAt": began, "completedAt": iso(hub.now())})


def _change(hub: HubSpot, id_: str, joining: list[str], leaving: list[str]) -> Response:
    """Those who are in already, or are not in, are passed over in silence; who is no record is missing."""
    segment = _by_hand(hub, id_)
    members = hub.segments.members(segment)
    missing = [r for r in dict.fromkeys((*joining, *leaving)) if not hub.portal.exact(segment.kind, r)]
    added = [r for r in dict.fromkeys(joining) if r not in members and r not in missing]
    removed = [r for r in dict.fromkeys(leaving) if r in members]
    hub.segments.add(segment, added)
    hub.segments.remove(segment, removed)
    return hub.answer({"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing})


def _by_hand(hub: HubSpot, id_: str) -> Segment:
    segment = hub.segments.get(id_)
    if segment.processing == "DYNAMIC":
        raise validation(f"The memberships of list {id_} cannot be changed: it is DYNAMIC.")
    return segment


def _ids(given: Any) -> list[str]:
    """A bare array of ids, as texts or numbers."""
    if not isinstance(given, list) or not all(str(id_).isdigit() for id_ in given):
        raise validation("The body must be an array of record ids.")
    return [str(id_) for id_ in given]


def _lists_of(hub: HubSpot, kind: str, record: str) -> list[Body]:
    return [
        {
            "listId": segment.id,
            "listVersion": segment.version,
            "isPublicList": True,
            "firstAddedTimestamp": segment.first[record],
            "lastAddedTimestamp": segment.joined[record],
        }
        for segment in hub.segments.live()
        if segment.kind == kind and record in hub.segments.members(segment)
    ]


def _show(member: Member) -> Body:
    return {"recordId": member[0], "membershipTimestamp": member[1]}
