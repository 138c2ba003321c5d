"""The filters of a list: which are refused, and which records pass.

At the root an OR without filters of its own, under it ANDs of filters. The sandbox evaluates filters on properties;
of what else HubSpot knows it says so (501), and of what HubSpot refuses it refuses (400).

Source   developers.hubspot.com, "List filters"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from sandbox.hubspot.errors import Refusal, validation
from sandbox.hubspot.moments import Body, Now, point, unevaluated
from sandbox.hubspot.operations import LOCAL, OPERATIONS
from sandbox.hubspot.properties import Property

Properties = Mapping[str, Property]
BRANCH = ("filterBranchType", "filterBranchOperator", "filterBranches", "filters")
KNOWN_ELSEWHERE = frozenset(
    {
        *("DATE", "DATETIME", "RANGED_DATE", "COMPARATIVE_DATE", "CALENDAR_DATE"),
        *("COMPARATIVE_PROPERTY_UPDATED", "ROLLING_PROPERTY_UPDATED"),
    }
)
NESTED = frozenset({"NOT_ALL", "NOT_ANY", "RESTRICTED", "UNIFIED_EVENTS", "ASSOCIATION"})
POINTS = ("timePoint", "lowerBoundTimePoint", "upperBoundTimePoint")


def check(root: Any, known: Properties, now: Now) -> None:
    _demand(root, BRANCH, "A filter branch")
    if root["filterBranchType"] != "OR" or root["filterBranchOperator"] != "OR" or root["filters"]:
        raise wrong("The root filter branch must be an OR branch without filters of its own.")
    if not root["filterBranches"]:
        raise wrong("The root filter branch must have at least one AND branch.")
    for branch in root["filterBranches"]:
        _demand(branch, BRANCH, "A filter branch")
        if branch["filterBranchType"] != "AND" or branch["filterBranchOperator"] != "AND":
            raise wrong("Every branch under the root must be an AND branch.")
        for nested in branch["filterBranches"]:
            kind = nested.get("filterBranchType") if isinstance(nested, dict) else None
            raise unevaluated(f"{kind} branches") if kind in NESTED else wrong("An AND branch cannot be nested.")
        if not branch["filters"]:
            raise wrong("An AND branch must have at least one filter.")
        for given in branch["filters"]:
            _check_filter(given, known, now)


def passes(values: Mapping[str, str | None], root: Body, now: Now) -> bool:
    return any(
        all(_passes(values.get(given["property"]), given["operation"], now) for given in branch["filters"])
        for branch in root["filterBranches"]
    )


def _passes(value: str | None, operation: Body, now: Now) -> bool:
    if operation["operationType"] == "ALL_PROPERTY":
        return (value is not None) is (operation["operator"] == "IS_KNOWN")
    if value is None:
        return bool(operation["includeObjectsWithNoValueSet"])
    return OPERATIONS[operation["operationType"]].passes(value, operation, now)


def _check_filter(given: Any, known: Properties, now: Now) -> None:
    _demand(given, ("filterType",), "A filter")
    if given["filterType"] != "PROPERTY":
        raise unevaluated(f"filters of type {given['filterType']}")
    _demand(given, ("property", "operation"), "A property filter")
    operation = given["operation"]
    _demand(operation, ("operationType", "operator", "includeObjectsWithNoValueSet"), "An operation")
    if given["property"] not in known:
        raise wrong(f'Property "{given["property"]}" does not exist.')
    if not isinstance(operation["includeObjectsWithNoValueSet"], bool):
        raise wrong("includeObjectsWithNoValueSet must be true or false.")
    _check_operation(operation, known[given["property"]], now)


def _check_operation(given: Body, of: Property, now: Now) -> None:
    kind, operator = given["operationType"], given["operator"]
    if kind == "ALL_PROPERTY":
        if operator not in ("IS_KNOWN", "IS_UNKNOWN"):
            raise wrong(f"{operator} is no operator of ALL_PROPERTY.")
        return
    if kind in KNOWN_ELSEWHERE:
        raise unevaluated(f"operations of type {kind}")
    if kind not in OPERATIONS:
        raise wrong(f"{kind} is no operation type.")
    operation = OPERATIONS[kind]
    if of.type not in operation.types:
        raise wrong(f'{kind} does not fit "{of.name}", which is of type {of.type}.')
    if str(operator).startswith(("HAS_EVER_", "HAS_NEVER_")):
        raise unevaluated("the history of a property")
    if operator not in operation.operators():
        raise wrong(f"{operator} is no operator of {kind}.")
    for name, wanted in operation.needs.items():
        value = given.get(name)
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool) or value in ("", []):
            raise wrong(f"{name} is missing from the operation, or is not of the right kind.")
    _check_values(given, of, now)


def _check_values(given: Body, of: Property, now: Now) -> None:
    values = given.get("values", [])
    if not all(isinstance(value, str) for value in values):
        raise wrong("values must be texts.")
    options = {option.value for option in of.options}
    if given["operationType"] == "ENUMERATION" and options and not set(values) <= options:
        raise wrong(f'"{of.name}" has no option {", ".join(sorted(set(values) - options))}.')
    if given["operationType"].startswith("TIME_"):
        if given["type"] != given["operationType"]:
            raise wrong(f"type must be {given['operationType']}.")
        if given.get("propertyParser", "VALUE") not in ("VALUE", LOCAL):
            raise unevaluated(f"the parser {given['propertyParser']}")
        try:
            _ = [point(given[name], now) for name in POINTS if name in given]
        except (KeyError, TypeError, ValueError, OverflowError, ZoneInfoNotFoundError) as error:
            raise wrong(f"A time point is incomplete or no date: {error}.") from None


def wrong(message: str) -> Refusal:
    return validation(message)


def _demand(given: Any, names: tuple[str, ...], what: str) -> None:
    missing = names if not isinstance(given, dict) else [name for name in names if name not in given]
    if missing:
        raise wrong(f"{what} must have {', '.join(missing)}.")
