"""Lists as a client writes them down: an OR of ANDs of filters."""

from __future__ import annotations

from typing import Any

from tests.sandbox.hubspot_served import Answer, Served

LISTS = "/crm/lists/2026-09"
UTC_TODAY = {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": "TODAY"}}
UTC_NOW = {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": "NOW"}}


def where(name: str, kind: str, operator: str, unset: bool = False, **more: Any) -> dict[str, Any]:
    """One filter; `unset`: whether records without a value pass as well."""
    operation = {"operationType": kind, "operator": operator, "includeObjectsWithNoValueSet": unset, **more}
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


TIER_A = where("hcp_tier", "ENUMERATION", "IS_ANY_OF", values=["A"])


def both(*filters: dict[str, Any]) -> dict[str, Any]:
    return {"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [], "filters": list(filters)}


def either(*branches: dict[str, Any]) -> dict[str, Any]:
    return {"filterBranchType": "OR", "filterBranchOperator": "OR", "filterBranches": list(branches), "filters": []}


def make(portal: Served, name: str = "Going cold", *filters: dict[str, Any], **more: Any) -> Answer:
    """A dynamic list where there are filters, else one by hand."""
    body: dict[str, Any] = {"name": name, "objectTypeId": "0-2", "processingType": "MANUAL"}
    if filters:
        body |= {"processingType": "DYNAMIC", "filterBranch": either(both(*filters))}
    return portal.ask("POST", LISTS, {**body, **more})


def made(portal: Served, name: str = "Going cold", *filters: dict[str, Any], **more: Any) -> str:
    """Its path."""
    answer = make(portal, name, *filters, **more)
    assert answer.status == 200, answer
    return f"{LISTS}/{answer.said['list']['listId']}"


def members(portal: Served, path: str, **query: Any) -> list[str]:
    """The names of those in it."""
    answer = portal.ask("GET", f"{path}/memberships", **query)
    assert answer.status == 200, answer
    held = [portal.hubspot.record(row["recordId"])["name"] for row in answer.said["results"]]
    return [name.removeprefix("Dr. ") for name in held]
