"""Search: filters, its many limits, and an index that lags behind.

Source   developers.hubspot.com, "CRM search": 5 groups, 6 filters each, 18 in all; 200 a page; 10,000 results;
         a body of 3,000 characters; 'a few moments' until a change is found
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sandbox.hubspot.errors import validation
from sandbox.hubspot.properties import SCHEMA, iso, modified_name
from sandbox.hubspot.records import Portal, Record

OPERATORS = (
    *("IN", "NOT_HAS_PROPERTY", "LT", "EQ", "GT", "NOT_IN", "GTE", "CONTAINS_TOKEN", "HAS_PROPERTY", "LTE"),
    *("NOT_CONTAINS_TOKEN", "BETWEEN", "NEQ"),
)
MOST, WALL = 200, 10_000
LONGEST_BODY = 3_000


def search(
    portal: Portal, kind: str, body: dict[str, Any], length: int, lag: timedelta, page_size: int = MOST
) -> dict[str, Any]:
    if length > LONGEST_BODY:
        raise validation(f"The request body is too long: {length} characters, at most {LONGEST_BODY}.")
    limit, after = int(body.get("limit", 10)), int(body.get("after") or 0)
    if limit > MOST:
        raise validation(f"limit must be at most {MOST}, not {limit}.")
    if after + limit > WALL:
        raise validation("Paging past 10,000 results is not supported.")
    groups = body.get("filterGroups") or ([{"filters": body["filters"]}] if body.get("filters") else [])
    _check(groups, kind)
    limit = min(limit, page_size)
    seen_upto = iso(portal.now() - lag)
    found = [
        record
        for record in portal.all(kind)
        if str(record.properties[modified_name(kind)]) <= seen_upto or not lag
        if not groups or any(all(_fits(record, f) for f in group["filters"]) for group in groups)
    ]
    found = _sorted(found, body.get("sorts") or [], kind)
    page = found[after : after + limit]
    answer: dict[str, Any] = {"total": len(found), "results": [r.wire(body.get("properties") or []) for r in page]}
    if after + limit < len(found):
        answer["paging"] = {"next": {"after": str(after + limit)}}
    return answer


def _check(groups: list[dict[str, Any]], kind: str) -> None:
    filters = [f for group in groups for f in group.get("filters", [])]
    if len(groups) > 5 or len(filters) > 18 or any(len(group.get("filters", [])) > 6 for group in groups):
        raise validation("Too many filters: at most 5 groups of 6, and 18 in all.")
    known = {p.name for p in SCHEMA[kind]}
    for given in filters:
        if given.get("operator") not in OPERATORS:
            raise validation(
                f"Invalid input JSON on line 1, column 79: Enum type must be one of: [{', '.join(OPERATORS)}]"
            )
        if given["propertyName"] not in known:
            raise validation(
                f'There was a problem with the request. Property "{given["propertyName"]}" does not exist.'
            )


def _fits(record: Record, given: dict[str, Any]) -> bool:
    held, operator = record.properties.get(given["propertyName"]), str(given["operator"])
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return (held is not None) == (operator == "HAS_PROPERTY")
    if held is None:
        return operator in ("NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN")
    here = _key(held)
    if operator in ("IN", "NOT_IN"):
        return (here in [_key(v) for v in given["values"]]) == (operator == "IN")
    there = _key(str(given["value"]))
    if operator == "BETWEEN":
        return there <= here <= _key(str(given["highValue"]))
    if operator.endswith("CONTAINS_TOKEN"):
        tokens = held.lower().replace(";", " ").split()
        return (str(given["value"]).lower().strip("*") in tokens) == (operator == "CONTAINS_TOKEN")
    compared: dict[str, bool] = {
        "EQ": here == there,
        "NEQ": here != there,
        "LT": here < there,
        "LTE": here <= there,
        "GT": here > there,
        "GTE": here >= there,
    }
    return compared[operator]


def _key(text: str) -> tuple[int, float, str]:
    """Numbers by size, stamps as text or milliseconds alike, all else as text without case."""
    try:
        return (0, float(text), "")
    except ValueError:
        pass
    stamp = _milliseconds(text)
    return (0, stamp, "") if stamp is not None else (1, 0.0, text.lower())


def _milliseconds(text: str) -> float | None:
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).timestamp() * 1000 if "T" in text else None
    except ValueError:
        return None


def _sorted(records: Iterable[Record], sorts: list[Any], kind: str) -> list[Record]:
    """Oldest first, unless one rule says otherwise."""
    rule = sorts[0] if sorts else {"propertyName": "hs_object_id"}
    name = rule["propertyName"] if isinstance(rule, dict) else str(rule)
    down = isinstance(rule, dict) and rule.get("direction") == "DESCENDING"
    return sorted(records, key=lambda r: (_key(r.properties.get(name) or ""), int(r.id)), reverse=down)
