"""Search: its many limits, pages by offset, the oldest first.

Records are gone through in the order of ids, from behind the greatest `hs_object_id GT` that every group asks for:
a client that pages by id costs no sorting, and less with every page.

Source   developers.hubspot.com, "CRM search": 5 groups, 6 filters each, 18 in all; 200 a page; 10,000 results;
         a body of 3,000 characters
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.hubspot.asking import Wanted
from sandbox.hubspot.conditions import Fits, fits, held_key_of
from sandbox.hubspot.errors import Body, validation
from sandbox.hubspot.lag import Values
from sandbox.hubspot.records import Portal
from sandbox.hubspot.shape import shape
from sandbox.hubspot.standard import SEARCHED
from sandbox.hubspot.tables import Record

MOST, WALL = 200, 10_000
LONGEST = 3_000  # characters, of the body and of `query`


@dataclass(frozen=True, slots=True)
class Search:
    """A body that was found good."""

    groups: list[list[Fits]]
    behind: int  # the id from behind which records are looked at
    words: list[str]
    sort: tuple[str, bool]  # property, and whether downwards
    limit: int
    after: int


def search(portal: Portal, kind: str, body: Body, length: int, wanted: Wanted, page_size: int) -> Body:
    asked = _read(portal, kind, body, length)
    portal.lag.search(kind)
    found = _sorted(portal, kind, _found(portal, kind, asked), asked.sort)
    end = asked.after + min(asked.limit, page_size)
    page = found[asked.after : end]
    rows = [shape(portal, record, wanted, portal.lag.seen(record)) for record in page]
    answer: Body = {"total": len(found), "results": rows}
    if end < len(found):
        answer["paging"] = {"next": {"after": str(end)}}
    return answer


def _read(portal: Portal, kind: str, body: Body, length: int) -> Search:
    query = str(body.get("query") or "")
    if max(length, len(query)) > LONGEST:
        raise validation(f"The request body is too long: {length} characters, at most {LONGEST}.")
    limit, after = _whole(body, "limit", 10), _whole(body, "after", 0)
    if not 0 < limit <= MOST:
        raise validation(f"limit must be between 1 and {MOST}, not {limit}.")
    if after + limit > WALL:
        raise validation("Paging past 10,000 results is not supported.")
    filters = filters_of(body)
    if len(filters) > 5 or sum(map(len, filters)) > 18 or any(len(some) > 6 for some in filters):
        raise validation("Too many filters: at most 5 groups of 6, and 18 in all.")
    behind = min((_behind(some) for some in filters), default=0)
    asked = [[fits(portal, kind, given) for given in some if not _goes_without(given, behind)] for some in filters]
    return Search(asked, behind, query.lower().split(), _sort(portal, kind, body), limit, after)


def filters_of(body: Body) -> list[list[Body]]:
    """Group by group; filters that stand alone are a group."""
    groups = body.get("filterGroups") or ([{"filters": body["filters"]}] if body.get("filters") else [])
    try:
        filters = [list(group.get("filters") or []) for group in groups]
    except (AttributeError, TypeError):
        filters = [[None]]
    if not all(isinstance(given, dict) for some in filters for given in some):
        raise validation("Invalid input JSON on line 1, column 1")
    return filters


def _whole(body: Body, name: str, otherwise: int) -> int:
    given = str(body.get(name) or otherwise)
    if not given.isdigit():
        raise validation(f"{name} is no number: {given}")
    return int(given)


def _behind(filters: list[Body]) -> int:
    return max((int(str(f["value"])) for f in filters if _is_from_id(f)), default=0)


def _is_from_id(given: Body) -> bool:
    asked = given.get("propertyName") == "hs_object_id" and given.get("operator") == "GT"
    return asked and str(given.get("value")).isdigit()


def _goes_without(given: Body, behind: int) -> bool:
    """True of every record that is looked at."""
    return _is_from_id(given) and int(str(given["value"])) <= behind


def _sort(portal: Portal, kind: str, body: Body) -> tuple[str, bool]:
    rules = body.get("sorts") or []
    if not isinstance(rules, list) or len(rules) > 1:
        raise validation("Only one sort is supported.")
    if not rules:
        return "", False
    rule = rules[0] if isinstance(rules[0], dict) else {"propertyName": rules[0]}
    name, direction = str(rule.get("propertyName")), rule.get("direction", "ASCENDING")
    if not portal.schema.find(kind, name) or direction not in ("ASCENDING", "DESCENDING"):
        raise validation(f'There was a problem with the request. No sort by "{name}", {direction}.')
    return name, direction == "DESCENDING"


def _found(portal: Portal, kind: str, asked: Search) -> list[Record]:
    """In one pass and without a copy, since a type may have tens of thousands of records."""
    seen = portal.lag.seen if portal.lag.older else _live
    fit = _any(asked.groups)
    rows = portal.table(kind).after(asked.behind)
    found = [record for record in rows if (values := seen(record)) is not None and fit(record, values)]
    if asked.words:
        names = SEARCHED.get(kind, ())
        found = [record for record in found if _holds(seen(record) or {}, names, asked.words)]
    return found


def _live(record: Record) -> Values | None:
    return None if record.archived or record.consumed else record.properties


def _any(groups: list[list[Fits]]) -> Fits:
    if not groups:
        return lambda _, __: True
    if len(groups) > 1:
        each = [_any([group]) for group in groups]
        return lambda record, values: any(one(record, values) for one in each)
    if len(groups[0]) == 1:
        return groups[0][0]
    return lambda record, values: all(one(record, values) for one in groups[0])


def _holds(values: Values, names: tuple[str, ...], words: list[str]) -> bool:
    text = " ".join(values.get(name) or "" for name in names).lower()
    return all(word in text for word in words)


def _sorted(portal: Portal, kind: str, found: list[Record], sort: tuple[str, bool]) -> list[Record]:
    """By creation where nothing else is asked; what has no value comes last."""
    name, down = sort
    if name == "hs_object_id":
        return found[::-1] if down else found
    if not name:
        return sorted(found, key=lambda record: record.created)  # equal ones stay in the order of ids
    rule = portal.schema.find(kind, name)
    assert rule
    key = held_key_of(rule)
    held = {record.id: (portal.lag.seen(record) or {}).get(name) for record in found}
    there = [record for record in found if held[record.id] is not None]
    there.sort(key=lambda record: key(str(held[record.id])), reverse=down)
    return there + [record for record in found if held[record.id] is None]
