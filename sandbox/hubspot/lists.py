"""Lists, or segments, by their paths: made, found, renamed, filtered anew, deleted and restored.

Source   developers.hubspot.com, "Lists" and "Segments": 20 on a page, 500 at most; `/all` from 2026-09 on
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Response, request

from sandbox.hubspot import asking
from sandbox.hubspot.errors import Refusal, envelope, validation
from sandbox.hubspot.moments import Body, unevaluated
from sandbox.hubspot.paging import closed, invalid_cursor, opened, whole
from sandbox.hubspot.segments import PROCESSING, Segment

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot
    from sandbox.hubspot.routes import Route

READ = ("crm.lists.read", "crm.segments.read")  # one of them is enough
WRITE = ("crm.lists.write", "crm.segments.write", "cms.membership.access_groups.write")
MOST = 500


def add_routes(route: Route, hub: HubSpot) -> None:
    at = partial(route, "crm/lists", "crm/v3/lists")
    at("", partial(create, hub), "POST")
    at("", partial(several, hub))
    at("/search", partial(search, hub), "POST")
    at("/<id_>", partial(one, hub))
    at("/<id_>", partial(delete, hub), "DELETE")
    at("/<id_>/restore", partial(restore, hub), "PUT")
    at("/<id_>/update-list-name", partial(rename, hub), "PUT")
    at("/<id_>/update-list-filters", partial(refilter, hub), "PUT")
    at("/object-type-id/<type_id>/name/<name>", partial(named, hub))
    hub.flask.add_url_rule("/crm/lists/2026-09/all", "all lists", partial(everything, hub), methods=["POST"])


def create(hub: HubSpot) -> Response:
    hub.ask(*WRITE)
    given = hub.body()
    missing = [name for name in ("name", "objectTypeId", "processingType") if not given.get(name)]
    if missing:
        raise validation(f"Some required fields were not set: [{', '.join(missing)}]")
    segment = hub.segments.create(given, kind_of(hub, given["objectTypeId"]))
    return hub.answer({"list": segment.wire(with_filters=True)})


def one(hub: HubSpot, id_: str) -> Response:
    hub.ask(*READ)
    return hub.answer({"list": _wire(hub, hub.segments.get(id_))})


def named(hub: HubSpot, type_id: str, name: str) -> Response:
    hub.ask(*READ)
    return hub.answer({"list": _wire(hub, hub.segments.named(kind_of(hub, type_id), name))})


def several(hub: HubSpot) -> Response:
    """Those of the ids asked for that there are."""
    hub.ask(*READ)
    wanted = [id_ for part in request.args.getlist("listIds") for id_ in part.split(",")]
    return hub.answer({"lists": [_wire(hub, s) for s in hub.segments.live() if s.id in wanted]})


def search(hub: HubSpot) -> Response:
    hub.ask(*READ)
    given = hub.body()
    if given.get("sort"):
        raise unevaluated("the order of lists")
    found = _chosen(hub, given)
    if ids := given.get("listIds"):
        found = [segment for segment in found if segment.id in [str(id_) for id_ in ids]]
    found = [s for s in found if all(word in s.name.lower() for word in str(given.get("query") or "").lower().split())]
    offset = whole(given["offset"], "offset", 0, 10_000) if given.get("offset") else 0
    upto = offset + whole(given.get("count"), "count", 20, MOST)
    shown = [_result(hub, segment, given) for segment in found[offset:upto]]
    more = {"hasMore": upto < len(found), "offset": min(upto, len(found)), "total": len(found)}
    return hub.answer({"lists": shown, **more})


def everything(hub: HubSpot) -> Response:
    """By id; the cursor is good only for the filters that it came of."""
    hub.ask(*READ)
    given = hub.body()
    found, last = _chosen(hub, given), 0
    chosen = json.dumps([given.get("objectTypeId"), sorted(given.get("processingTypes") or [])])
    if given.get("after"):
        number, _, before = opened(str(given["after"])).partition(" ")
        if before != chosen or not number.isdigit():
            raise invalid_cursor()
        last = int(number)
    rest, count = [s for s in found if int(s.id) > last], whole(given.get("count"), "count", 20, MOST)
    answer: Body = {"results": [_result(hub, s, given) for s in rest[:count]], "total": len(found)}
    if len(rest) > count:
        answer["paging"] = {"next": {"after": closed(f"{rest[count - 1].id} {chosen}")}}
    return hub.answer(answer)


def rename(hub: HubSpot, id_: str) -> Response:
    hub.ask(*WRITE)
    segment = hub.segments.get(id_)
    hub.segments.rename(segment, request.args.get("listName", ""))
    return hub.answer({"updatedList": _wire(hub, segment)})


def refilter(hub: HubSpot, id_: str) -> Response:
    hub.ask(*WRITE)
    segment = hub.segments.get(id_)
    hub.segments.refilter(segment, hub.body().get("filterBranch"))
    return hub.answer({"updatedList": segment.wire(with_filters=True)})


def delete(hub: HubSpot, id_: str) -> Response:
    hub.ask(*WRITE)
    hub.segments.delete(hub.segments.get(id_))
    return hub.answer(None, 204)


def restore(hub: HubSpot, id_: str) -> Response:
    hub.ask(*WRITE)
    hub.segments.restore(id_)
    return hub.answer(None, 204)


def kind_of(hub: HubSpot, type_id: Any) -> str:
    """Lists take the number of an object type, and none of its names."""
    if not str(type_id)[:1].isdigit():
        raise Refusal(400, envelope(f"Invalid object type id: {type_id}", "VALIDATION_ERROR"))
    return hub.named(str(type_id))


def _chosen(hub: HubSpot, given: Body) -> list[Segment]:
    types, kind = given.get("processingTypes") or PROCESSING, given.get("objectTypeId")
    if not set(types) <= set(PROCESSING):
        raise validation(f"processingTypes must be of {', '.join(PROCESSING)}.", subCategory="INVALID_PROCESSING_TYPE")
    return [s for s in hub.segments.live() if s.processing in types and (not kind or s.kind == kind_of(hub, kind))]


def _wire(hub: HubSpot, segment: Segment) -> Body:
    return {**segment.wire(with_filters=asking.flag("includeFilters")), "size": len(hub.segments.members(segment))}


def _result(hub: HubSpot, segment: Segment, given: Body) -> Body:
    """What a search shows: no filters, and the size among the additional properties, as a text."""
    told = {"hs_list_size": str(len(hub.segments.members(segment))), "hs_list_reference_count": "0"}
    told |= {name: segment.custom[name] for name in given.get("additionalProperties") or [] if name in segment.custom}
    return {**segment.head(), "additionalProperties": told}
