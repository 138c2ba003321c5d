"""What one filter may ask of one property: the operation that fits its type, its operators, and the answer.

Where documentation and specification differ, a filter must have all that the specification calls required.

Source   developers.hubspot.com, "List filters", property filter operations
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.hubspot.moments import Body, Now, day_start, moment, point

Test = Callable[[str, Body, Now], bool]
NEGATED = {
    "IS_NOT_EQUAL_TO": "IS_EQUAL_TO",
    "DOES_NOT_CONTAIN": "CONTAINS",
    "IS_NONE_OF": "IS_ANY_OF",
    "IS_NOT_EXACTLY": "IS_EXACTLY",
    "DOES_NOT_CONTAIN_ALL": "CONTAINS_ALL",
    "IS_NOT_BETWEEN": "IS_BETWEEN",
}
LOCAL = "VALUE_WITH_ZONE_SAME_LOCAL_CONVERSION"


@dataclass(frozen=True)
class Operation:
    types: tuple[str, ...]  # of property
    needs: Mapping[str, type | tuple[type, ...]]
    tests: Mapping[str, Test]

    def operators(self) -> set[str]:
        return {*self.tests, *(name for name, opposite in NEGATED.items() if opposite in self.tests)}

    def passes(self, value: str, given: Body, now: Now) -> bool:
        asked = str(given["operator"])
        found = self.tests[NEGATED.get(asked, asked)](value, given, now)
        return found is (asked not in NEGATED)


def _text(compare: Callable[[str, str], bool]) -> Test:
    """Texts are compared without regard to case."""
    return lambda value, given, _now: any(
        compare(value.casefold(), wanted.casefold()) for wanted in given.get("values", [given.get("value")])
    )


def _number(compare: Callable[[Any, Any], bool]) -> Test:
    return lambda value, given, _now: compare(float(value), given["value"])


def _picked(compare: Callable[[Any, Any], bool]) -> Test:
    return lambda value, given, _now: compare(set(value.split(";")), set(given["values"]))


def _between(value: str, given: Body, now: Now) -> bool:
    """Both ends are included, unless the filter says EXCLUSIVE."""
    low, high = given["lowerBoundTimePoint"], given["upperBoundTimePoint"]
    lower = operator.lt if given.get("lowerBoundEndpointBehavior") == "EXCLUSIVE" else operator.le
    upper = operator.lt if given.get("upperBoundEndpointBehavior") == "EXCLUSIVE" else operator.le
    above = lower(point(low, now), _at(value, given, low))
    return bool(above and upper(_at(value, given, high), point(high, now)))


def _beyond(compare: Callable[[Any, Any], bool]) -> Test:
    def test(value: str, given: Body, now: Now) -> bool:
        at, until = _at(value, given, given["timePoint"]), point(given["timePoint"], now)
        return bool(compare(at, until) or (at == until and given.get("endpointBehavior") == "INCLUSIVE"))

    return test


def _at(value: str, given: Body, at: Body) -> Any:
    return moment(value, ZoneInfo(at["zoneId"]) if given.get("propertyParser") == LOCAL else None)


def _rolling(compare: Callable[[Any, Any, Any], bool], sign: int) -> Test:
    def test(value: str, given: Body, now: Now) -> bool:
        converted = given["requiresTimeZoneConversion"]  # the day is the portal's then, of dates as well
        at = moment(value, now.zone if converted else None)
        return compare(at, day_start(now, sign * given["numberOfDays"], converted=converted), now.at)

    return test


NUMBER, TEXT = (int, float), str
OPERATIONS = {
    "BOOL": Operation(("bool",), {"value": bool}, {"IS_EQUAL_TO": lambda v, g, _: v == str(g["value"]).lower()}),
    "ENUMERATION": Operation(
        ("enumeration",),
        {"values": list},
        {
            "IS_ANY_OF": _picked(lambda held, wanted: bool(held & wanted)),
            "IS_EXACTLY": _picked(operator.eq),
            "CONTAINS_ALL": _picked(operator.ge),
        },
    ),
    "NUMBER": Operation(
        ("number",),
        {"value": NUMBER},
        {
            "IS_EQUAL_TO": _number(operator.eq),
            "IS_GREATER_THAN": _number(operator.gt),
            "IS_GREATER_THAN_OR_EQUAL_TO": _number(operator.ge),
            "IS_LESS_THAN": _number(operator.lt),
            "IS_LESS_THAN_OR_EQUAL_TO": _number(operator.le),
        },
    ),
    "NUMBER_RANGED": Operation(
        ("number",),
        {"lowerBound": NUMBER, "upperBound": NUMBER},
        {"IS_BETWEEN": lambda v, g, _: g["lowerBound"] <= float(v) <= g["upperBound"]},
    ),
    **{
        name: Operation(
            ("string", "phone_number"),
            needs,
            {
                "IS_EQUAL_TO": _text(operator.eq),
                "CONTAINS": _text(operator.contains),
                "STARTS_WITH": _text(str.startswith),
                "ENDS_WITH": _text(str.endswith),
            },
        )
        for name, needs in (("STRING", {"value": TEXT}), ("MULTISTRING", {"values": list}))
    },
    "ROLLING_DATE_RANGE": Operation(
        ("date", "datetime"),
        {"numberOfDays": int, "requiresTimeZoneConversion": bool},
        {
            "IS_LESS_THAN_X_DAYS_AGO": _rolling(lambda at, start, now: start <= at <= now, -1),
            "IS_MORE_THAN_X_DAYS_AGO": _rolling(lambda at, start, now: at < start, -1),
            "IS_LESS_THAN_X_DAYS_FROM_NOW": _rolling(lambda at, start, now: now <= at <= start, 1),
            "IS_MORE_THAN_X_DAYS_FROM_NOW": _rolling(lambda at, start, now: at > start, 1),
        },
    ),
    "TIME_POINT": Operation(
        ("date", "datetime"),
        {"timePoint": dict, "type": TEXT},
        {"IS_BEFORE": _beyond(operator.lt), "IS_AFTER": _beyond(operator.gt)},
    ),
    "TIME_RANGED": Operation(
        ("date", "datetime"),
        {"lowerBoundTimePoint": dict, "upperBoundTimePoint": dict, "type": TEXT},
        {"IS_BETWEEN": _between},
    ),
}
