"""Two records that become one, and what their old ids are good for."""

from __future__ import annotations

from tests.conformance.hubspot.portal import OBJECTS
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import Workshop

COMPANIES = f"{OBJECTS}/companies"
MERGED = "hs_merged_object_ids"


def merge(shop: Workshop) -> tuple[str, str, str]:
    """The primary, the one merged into it, and who survives."""
    primary, other = shop.make(), shop.make()
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    made = shop.portal.ask("POST", f"{COMPANIES}/merge", body).demand(200)
    return primary, other, shop.own("companies", made.said["id"])


@asks("a new one")
def new_id(shop: Workshop) -> str:
    """Has the survivor of a merge a new id, or the primary's?"""
    primary, other, survivor = merge(shop)
    return {primary: "the primary's", other: "the other's"}.get(survivor, "a new one")


@asks("both")
def consumed(shop: Workshop) -> str:
    """Which of the two old ids does the survivor name in `hs_merged_object_ids`?"""
    primary, other, survivor = merge(shop)
    told = shop.portal.ask("GET", f"{COMPANIES}/{survivor}", properties=MERGED).demand(200).said["properties"][MERGED]
    named = [whose for id_, whose in ((primary, "the primary's"), (other, "the other's")) if id_ in told.split(";")]
    return "both" if len(named) == 2 else "".join(named) or "neither"


@asks("one by one to the survivor, in a batch to the survivor")
def old_id(shop: Workshop) -> str:
    """Where does an id lead that was merged away?"""
    _, other, survivor = merge(shop)
    one = shop.portal.ask("GET", f"{COMPANIES}/{other}")
    many = shop.portal.ask("POST", f"{COMPANIES}/batch/read", {"inputs": [{"id": other}]}).demand(200, 207)
    rows = [one.said if one.status == 200 else None, *(many.said["results"] or [None])]
    led = ["nowhere" if row is None else "the survivor" if row["id"] == survivor else "itself" for row in rows]
    return f"one by one to {led[0]}, in a batch to {led[1]}"


@asks("404 OBJECT_NOT_FOUND")
def write_to_old_id(shop: Workshop) -> str:
    """How is a batch update of an id answered that was merged away?"""
    _, other, _ = merge(shop)
    given = {"id": other, "properties": {"city": "Des Moines"}}
    return shop.portal.ask("POST", f"{COMPANIES}/batch/update", {"inputs": [given]}).told
