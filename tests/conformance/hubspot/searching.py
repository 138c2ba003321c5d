"""Search: how far it lags behind, its order, its limits, and what it no longer finds."""

from __future__ import annotations

import json
from typing import Any

from tests.conformance.hubspot.merging import merge
from tests.conformance.hubspot.portal import OBJECTS, Answer, NotAsked
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import Workshop

SEARCH = f"{OBJECTS}/companies/search"
WALL, LONGEST = 10_000, 3_000


def _search(shop: Workshop, **body: Any) -> Answer:
    return shop.portal.ask("POST", SEARCH, body)


def _among(shop: Workshop, ids: list[str], **more: Any) -> Answer:
    """Whoever of these search knows."""
    filters = [{"propertyName": "hs_object_id", "operator": "IN", "values": ids}]
    return _search(shop, filterGroups=[{"filters": filters}], **more).demand(200)


def _found(shop: Workshop) -> list[str]:
    """Three records of ours, in the order in which they were made, once search knows them all."""
    if "found" not in shop.shared:
        ids = [shop.make() for _ in range(3)]
        seconds = shop.wait_for(lambda: len(_among(shop, ids).said["results"]) == len(ids))
        shop.shared["found"] = None if seconds is None else ids
    found: list[str] | None = shop.shared["found"]
    if not found:
        raise NotAsked("search did not find our records within ten minutes")
    return found


@asks("within ten minutes")
def lag(shop: Workshop) -> str:
    """How long is it until search finds a new record, and a change?"""
    id_ = shop.make()
    new = shop.wait_for(lambda: _finds(shop, id_))
    shop.portal.ask("PATCH", f"{OBJECTS}/companies/{id_}", {"properties": {"city": "Ames"}}).demand(200)
    changed = None if new is None else shop.wait_for(lambda: _finds(shop, id_, city="Ames"))
    if new is None or changed is None:
        shop.shared["found"] = None  # so that no other question waits as long
        return f"{'no new record' if new is None else 'no change'} within ten minutes"
    shop.remarks.append(f"a new record {new:.0f} s, a change {changed:.0f} s")
    return "within ten minutes"


def _finds(shop: Workshop, id_: str, **values: str) -> bool:
    wanted = {"hs_object_id": id_, **values}
    filters = [{"propertyName": name, "operator": "EQ", "value": value} for name, value in wanted.items()]
    return bool(_search(shop, filterGroups=[{"filters": filters}]).demand(200).said["results"])


@asks("the oldest first")
def order(shop: Workshop) -> str:
    """In which order does search answer where none is asked for?"""
    ids = _found(shop)
    told = [row["id"] for row in _among(shop, ids).said["results"]]
    return {tuple(ids): "the oldest first", tuple(ids[::-1]): "the newest first"}.get(tuple(told), "neither way")


@asks("next 2 on the first page, nothing on the last")
def pages(shop: Workshop) -> str:
    """What do the first and the last page of a search say of a next one?"""
    ids, told = _found(shop), []
    for more in ({}, {"after": "2"}):
        paging = _among(shop, ids, limit=2, **more).said.get("paging")
        told.append(f"next {paging['next']['after']}" if paging else "nothing")
    return f"{told[0]} on the first page, {told[1]} on the last"


@asks("3,000 characters 200; 3,001 characters 400 VALIDATION_ERROR")
def length(shop: Workshop) -> str:
    """How long may the body of a search be?"""
    empty = len(json.dumps({"properties": [""]}))
    told = [_search(shop, properties=["x" * (length - empty)]).told for length in (LONGEST, LONGEST + 1)]
    return f"{LONGEST:,} characters {told[0]}; {LONGEST + 1:,} characters {told[1]}"


@asks("400 VALIDATION_ERROR")
def wall(shop: Workshop) -> str:
    """How is a search past 10,000 results answered?"""
    return _search(shop, limit=100, after=str(WALL - 99)).told


@asks("400 VALIDATION_ERROR")
def many_rows(shop: Workshop) -> str:
    """How are 201 rows on a page of a search answered?"""
    return _search(shop, limit=201).told


@asks("400 VALIDATION_ERROR")
def operator(shop: Workshop) -> str:
    """How is an operator answered that search does not know?"""
    filters = [{"propertyName": "name", "operator": "LIKE", "value": "x"}]
    return _search(shop, filterGroups=[{"filters": filters}]).told


@asks("the survivor alone")
def merged(shop: Workshop) -> str:
    """Whom of two merged records and their survivor does search find in the end?"""
    _found(shop)
    ids = merge(shop)
    alone = shop.wait_for(lambda: [row["id"] for row in _among(shop, [*ids]).said["results"]] == [ids[2]])
    return "others too, or not the survivor" if alone is None else "the survivor alone"
