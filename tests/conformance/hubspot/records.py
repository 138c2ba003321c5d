"""Records read: pages, parameters, and what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.hubspot.made import KEY, NAME
from tests.conformance.hubspot.portal import OBJECTS, Answer, NotAsked
from tests.conformance.hubspot.questions import asks
from tests.conformance.hubspot.workshop import Workshop

COMPANIES = f"{OBJECTS}/companies"
MOST_PAGES = 50


@asks("404 page; 404 OBJECT_NOT_FOUND")
def not_there(shop: Workshop) -> str:
    """How is a number that is no record answered, and how a word?"""
    return "; ".join(shop.portal.ask("GET", f"{COMPANIES}/{id_}").told for id_ in ("1", f"{NAME}_none"))


@asks("405 page; 406 page")
def not_so(shop: Workshop) -> str:
    """How is a method answered that a path does not know, and how a client that takes no JSON?"""
    method = shop.portal.ask("PUT", COMPANIES, {})
    return f"{method.told}; {shop.portal.ask('GET', COMPANIES, headers={'Accept': 'text/csv'}).told}"


@asks("400 VALIDATION_ERROR")
def many_rows(shop: Workshop) -> str:
    """How are 101 rows on a page answered?"""
    return shop.portal.ask("GET", COMPANIES, limit=101).told


@asks("next on the first page, nothing on the last")
def last_page(shop: Workshop) -> str:
    """Does the last page of a list say anything of a next one?"""
    _ = shop.make(), shop.make()
    first = shop.portal.ask("GET", COMPANIES, limit=1).demand(200)
    *_, last = _pages(shop)
    return f"{_next(first)} on the first page, {_next(last)} on the last"


def _pages(shop: Workshop) -> Iterator[Answer]:
    after: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        page = shop.portal.ask("GET", COMPANIES, limit=100, **after).demand(200)
        yield page
        if not page.said.get("paging") or not page.said["results"]:
            return
        after = {"after": page.said["paging"]["next"]["after"]}
    raise NotAsked(f"there are more than {MOST_PAGES * 100:,} companies")


def _next(page: Answer) -> str:
    return "next" if "paging" in page.said else "nothing"


@asks("both ways both")
def parameters(shop: Workshop) -> str:
    """Is a parameter taken twice, and with a comma?"""
    id_, wanted = shop.make(), ["name", KEY]
    twice = shop.portal.ask("GET", f"{COMPANIES}/{id_}", properties=wanted).demand(200).said["properties"]
    comma = shop.portal.ask("GET", f"{COMPANIES}/{id_}", properties=",".join(wanted)).demand(200).said["properties"]
    held = [sum(bool(row.get(name)) for name in wanted) for row in (twice, comma)]
    return "both ways both" if held == [2, 2] else f"{held[0]} of two when twice, {held[1]} of two with a comma"
