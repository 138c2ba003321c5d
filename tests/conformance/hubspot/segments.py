"""The three segments that the set-up makes, with the operators that it gives them and properties of our own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from adapters.hubspot.definitions import PROPERTIES, SEGMENTS, Segment
from tests.conformance.hubspot.made import LABEL, NAME
from tests.conformance.hubspot.portal import LISTS, NotAsked
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import Workshop

COMPANIES = "0-2"
FITS = {"hcp_tier": "A", "hcp_going_cold": "true", "hcp_call_order": "1"}
FAILS = {"hcp_tier": "B", "hcp_going_cold": "false"}


def _ours(segment: Segment, shop: Workshop) -> Segment:
    """The same filters on properties of our own."""
    name = segment.name.replace("Callplan", f"{LABEL} {shop.run}")
    return replace(segment, name=name, filters=tuple((f"{NAME}_{of}", how) for of, how in segment.filters))


def _properties(shop: Workshop) -> None:
    for one in PROPERTIES:
        if one.name in FITS:
            more = {"options": one.wire()["options"]} if one.options else {}
            shop.define("companies", f"{NAME}_{one.name}", one.type, one.field_type, **more)


@asks("200 DYNAMIC; 200 DYNAMIC; 200 DYNAMIC")
def made(shop: Workshop) -> str:
    """How is each of the three segments answered?"""
    _properties(shop)
    told = [shop.segment(_ours(segment, shop).wire(COMPANIES)) for segment in SEGMENTS]
    shop.shared["segments"] = [list_["listId"] for _, list_ in told if list_]
    return "; ".join(f"{answer} {list_.get('processingType', '')}".strip() for answer, list_ in told)


@asks("only the account that fits, in each of 3")
def members(shop: Workshop) -> str:
    """Who is in each of the segments in the end?"""
    ids = shop.shared.get("segments")
    if not ids:
        raise NotAsked("no segment was made")
    fits, _ = (shop.make(**{f"{NAME}_{of}": value for of, value in given.items()}) for given in (FITS, FAILS))
    for at, id_ in enumerate(ids):
        if shop.wait_for(partial(_has_only, shop, id_, fits)) is None:
            return f"others, or nobody, in number {at + 1} of {len(ids)}"
    return f"only the account that fits, in each of {len(ids)}"


def _has_only(shop: Workshop, segment: str, id_: str) -> bool:
    answer = shop.portal.ask("GET", f"{LISTS}/{segment}/memberships").demand(200)
    return [str(row["recordId"]) for row in answer.said["results"]] == [id_]
