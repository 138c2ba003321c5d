"""The filters of lists in the sandbox HubSpot: whom they let in, and which are refused."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.conftest import StillClock
from tests.sandbox.hubspot_lists import LISTS, TIER_A, UTC_NOW, UTC_TODAY, both, either, made, make, members, where
from tests.sandbox.hubspot_served import Served, serve_portal
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, touch

ALL = ["Adeyemi", "Brandt", "Castillo"]
COLD = where("hcp_going_cold", "BOOL", "IS_EQUAL_TO", value=True)
VISIT = "hcp_next_visit"  # a date: Adeyemi's is today, Brandt's three days ago, Castillo has none


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Served]:
    with serve_portal(clock) as served:
        hubspot = served.hubspot
        hubspot.edit(
            served.id(ADEYEMI), hcp_tier="A", hcp_going_cold=True, hcp_call_order=3, hcp_next_visit="2026-11-23"
        )
        hubspot.edit(
            served.id(BRANDT), hcp_tier="B", hcp_going_cold=False, hcp_call_order=7, hcp_next_visit="2026-11-20"
        )
        yield served


def ago(days: int, operator: str, converted: bool = False, name: str = VISIT) -> dict[str, Any]:
    more: dict[str, Any] = {"numberOfDays": days, "requiresTimeZoneConversion": converted}
    return where(name, "ROLLING_DATE_RANGE", operator, **more)


def day(number: int, **more: int) -> dict[str, Any]:
    return {"timeType": "DATE", "zoneId": "UTC", "year": 2026, "month": 11, "day": number, **more}


def between(low: dict[str, Any], high: dict[str, Any], operator: str = "IS_BETWEEN", **more: Any) -> dict[str, Any]:
    points: dict[str, Any] = {"lowerBoundTimePoint": low, "upperBoundTimePoint": high, "type": "TIME_RANGED"}
    return where(VISIT, "TIME_RANGED", operator, **points, **more)


def point(operator: str, at: dict[str, Any], **more: Any) -> dict[str, Any]:
    return where(VISIT, "TIME_POINT", operator, timePoint=at, type="TIME_POINT", **more)


def made_after(**clock: int) -> dict[str, Any]:
    """All were made on one day, at seven in the morning."""
    at = {**day(19, **clock), "year": 2025, "month": 10}
    return where("createdate", "TIME_POINT", "IS_AFTER", timePoint=at, type="TIME_POINT")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (TIER_A, ["Adeyemi"]),
        (where("hcp_tier", "ENUMERATION", "IS_ANY_OF", values=["A", "B"]), ["Adeyemi", "Brandt"]),
        (where("hcp_tier", "ENUMERATION", "IS_NONE_OF", values=["A"]), ["Brandt"]),
        (where("hcp_tier", "ENUMERATION", "IS_NONE_OF", True, values=["A"]), ["Brandt", "Castillo"]),
        (where("hcp_tier", "ENUMERATION", "IS_EXACTLY", values=["A", "B"]), []),
        (where("hcp_tier", "ENUMERATION", "CONTAINS_ALL", values=["B"]), ["Brandt"]),
        (COLD, ["Adeyemi"]),
        (where("hcp_going_cold", "BOOL", "IS_NOT_EQUAL_TO", value=True), ["Brandt"]),
        (where("hcp_going_cold", "BOOL", "IS_EQUAL_TO", True, value=True), ["Adeyemi", "Castillo"]),
        (where("name", "STRING", "IS_EQUAL_TO", value="dr. BRANDT"), ["Brandt"]),
        (where("name", "STRING", "DOES_NOT_CONTAIN", value="brandt"), ["Adeyemi", "Castillo"]),
        (where("name", "STRING", "STARTS_WITH", value="Dr. C"), ["Castillo"]),
        (where("name", "MULTISTRING", "ENDS_WITH", values=["emi", "illo"]), ["Adeyemi", "Castillo"]),
        (where("hcp_call_order", "NUMBER", "IS_GREATER_THAN", value=3), ["Brandt"]),
        (where("hcp_call_order", "NUMBER", "IS_GREATER_THAN_OR_EQUAL_TO", value=3), ["Adeyemi", "Brandt"]),
        (where("hcp_call_order", "NUMBER", "IS_LESS_THAN", True, value=7), ["Adeyemi", "Castillo"]),
        (where("hcp_call_order", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=4, upperBound=7), ["Brandt"]),
        (where("hcp_call_order", "NUMBER_RANGED", "IS_NOT_BETWEEN", lowerBound=4, upperBound=7), ["Adeyemi"]),
        (where("hcp_tier", "ALL_PROPERTY", "IS_KNOWN"), ["Adeyemi", "Brandt"]),
        (where("hcp_tier", "ALL_PROPERTY", "IS_UNKNOWN"), ["Castillo"]),
        (ago(3, "IS_LESS_THAN_X_DAYS_AGO"), ["Adeyemi", "Brandt"]),
        (ago(2, "IS_LESS_THAN_X_DAYS_AGO"), ["Adeyemi"]),
        (ago(2, "IS_MORE_THAN_X_DAYS_AGO"), ["Brandt"]),
        (ago(3, "IS_MORE_THAN_X_DAYS_AGO"), []),
        (ago(0, "IS_MORE_THAN_X_DAYS_FROM_NOW"), []),
        (ago(1, "IS_LESS_THAN_X_DAYS_AGO", name="createdate"), []),
        (ago(400, "IS_LESS_THAN_X_DAYS_AGO", name="createdate"), ALL),
        (between(day(20), day(22)), ["Brandt"]),
        (between(day(20), day(23), lowerBoundEndpointBehavior="EXCLUSIVE"), ["Adeyemi"]),
        (between(day(20), day(22), "IS_NOT_BETWEEN"), ["Adeyemi"]),
        (between({**UTC_TODAY, "offset": {"days": -3}}, UTC_NOW), ["Adeyemi", "Brandt"]),
        (between({**UTC_TODAY, "offset": {"days": -2}}, UTC_NOW), ["Adeyemi"]),
        (point("IS_BEFORE", UTC_TODAY), ["Brandt"]),
        (point("IS_AFTER", day(20)), ["Adeyemi"]),
        (point("IS_AFTER", day(20), endpointBehavior="INCLUSIVE"), ["Adeyemi", "Brandt"]),
        (point("IS_AFTER", {**day(23), "zoneId": "US/Central"}, endpointBehavior="INCLUSIVE"), []),
        (made_after(hour=6, minute=59, second=59, millisecond=999), ALL),
        (made_after(hour=7), []),
    ],
)
def test_a_list_has_whoever_passes_its_filter(portal: Served, given: dict[str, Any], found: list[str]) -> None:
    assert members(portal, made(portal, "Found", given)) == found


def test_filters_of_a_branch_hold_together_and_branches_one_by_one(portal: Served) -> None:
    no_tier = where("hcp_tier", "ALL_PROPERTY", "IS_UNKNOWN")
    filters = either(both(TIER_A, COLD), both(no_tier))

    path = made(portal, processingType="DYNAMIC", filterBranch=filters)
    none = made(portal, "None", TIER_A, no_tier)

    assert (members(portal, path), members(portal, none)) == (["Adeyemi", "Castillo"], [])


def test_a_list_follows_its_records_as_they_change(portal: Served) -> None:
    path = made(portal, "Tier A", TIER_A)
    portal.clock.sleep(60)
    portal.hubspot.edit(portal.id(BRANDT), hcp_tier="A")
    portal.clock.sleep(60)

    joined = portal.ask("GET", f"{path}/memberships/join-order").said["results"]
    portal.hubspot.edit(portal.id(ADEYEMI), hcp_tier="B")

    assert [row["membershipTimestamp"][11:16] for row in joined] == ["07:00", "07:01"]
    assert members(portal, path) == ["Brandt"]


def test_a_list_follows_what_hubspot_counts(portal: Served) -> None:
    """A visit lies ahead and then behind, and nobody has touched the record."""
    visit = touch(days=1, result="planned")
    portal.hubspot.log_touch(portal.id(BRANDT), visit)
    path = made(portal, "Planned", where("notes_next_activity_date", "ALL_PROPERTY", "IS_KNOWN"))

    before = members(portal, path)
    portal.clock.sleep(48 * 3600)

    assert (before, members(portal, path)) == (["Brandt"], [])


def test_a_list_follows_the_days(portal: Served) -> None:
    path = made(portal, "Lately", ago(3, "IS_LESS_THAN_X_DAYS_AGO"))

    before = members(portal, path)
    portal.clock.sleep(24 * 3600)

    assert (before, members(portal, path)) == (["Adeyemi", "Brandt"], ["Adeyemi"])


def test_whose_day_it_is_can_be_said(portal: Served) -> None:
    """At five in the morning in UTC it is still yesterday in the Midwest."""
    portal.clock.sleep(22 * 3600)
    there, here = (ago(4, "IS_MORE_THAN_X_DAYS_AGO", converted) for converted in (True, False))
    portal.hubspot.edit(portal.id(BRANDT), hcp_next_visit="2026-11-19")

    assert members(portal, made(portal, "There", there)) == []
    assert members(portal, made(portal, "Here", here)) == ["Brandt"]


def test_a_snapshot_is_taken_once_and_then_kept_by_hand(portal: Served) -> None:
    path = made(portal, processingType="SNAPSHOT", filterBranch=either(both(TIER_A)))
    portal.hubspot.edit(portal.id(BRANDT), hcp_tier="A")

    before = members(portal, path)
    portal.ask("PUT", f"{path}/memberships/add", [portal.id(BRANDT)])

    assert (before, members(portal, path)) == (["Adeyemi"], ["Adeyemi", "Brandt"])


def test_filters_are_replaced_whole(portal: Served) -> None:
    path, by_hand = made(portal, "Tier A", TIER_A), made(portal, "By hand")
    portal.clock.sleep(60)

    told = portal.ask("PUT", f"{path}/update-list-filters", {"filterBranch": either(both(COLD))}).said["updatedList"]

    assert (told["listVersion"], told["filtersUpdatedAt"][11:16]) == (2, "07:01")
    assert told["filterBranch"]["filterBranches"][0]["filters"] == [COLD]
    assert portal.ask("PUT", f"{path}/update-list-filters", {}).status == 400
    assert portal.ask("PUT", f"{by_hand}/update-list-filters", {"filterBranch": either(both(COLD))}).status == 400


def test_a_list_by_hand_takes_no_filters(portal: Served) -> None:
    assert make(portal, filterBranch=either(both(TIER_A))).status == 400


@pytest.mark.parametrize(
    "filters",
    [
        both(TIER_A),
        either(),
        either(both()),
        either(either(both(TIER_A))),
        {**either(both(TIER_A)), "filters": [TIER_A]},
        {**either(both(TIER_A)), "filterBranchOperator": "AND"},
        either({**both(TIER_A), "filterBranches": [both(COLD)]}),
        {"filterBranchType": "OR", "filterBranches": [both(TIER_A)]},
        [],
        "OR",
    ],
)
def test_the_root_is_an_or_and_under_it_are_ands(portal: Served, filters: Any) -> None:
    answer = make(portal, processingType="DYNAMIC", filterBranch=filters)

    assert (answer.status, answer.said["category"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    "given",
    [
        where("nosuch", "STRING", "IS_EQUAL_TO", value="x"),
        where("hcp_tier", "ENUMERATION", "IS_EQUAL_TO", values=["A"]),
        where("hcp_tier", "ENUMERATION", "IS_ANY_OF", values=["D"]),
        where("hcp_tier", "ENUMERATION", "IS_ANY_OF", values=[]),
        where("hcp_tier", "ENUMERATION", "IS_ANY_OF", values="A"),
        where("hcp_tier", "ENUMERATION", "IS_ANY_OF", values=[1]),
        where("hcp_tier", "STRING", "IS_EQUAL_TO", value="A"),
        where("hcp_tier", "PICK", "IS_EQUAL_TO", value="A"),
        where("hcp_going_cold", "BOOL", "IS_EQUAL_TO", value="true"),
        where("hcp_going_cold", "ENUMERATION", "IS_ANY_OF", values=["true"]),
        where("name", "NUMBER", "IS_EQUAL_TO", value=1),
        where("name", "STRING", "IS_EQUAL_TO"),
        where("hcp_call_order", "NUMBER", "IS_EQUAL_TO", value="3"),
        where("hcp_call_order", "NUMBER", "IS_EQUAL_TO", value=True),
        where("hcp_call_order", "NUMBER", "IS_BETWEEN", value=3),
        where(VISIT, "ALL_PROPERTY", "IS_MORE_THAN_X_DAYS_AGO", numberOfDays=3),
        where(VISIT, "ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_AGO", numberOfDays=3),
        where(VISIT, "ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_AGO", requiresTimeZoneConversion=False),
        where(
            "name", "ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_AGO", numberOfDays=3, requiresTimeZoneConversion=False
        ),
        between(day(31), day(22)),
        between(day(20), {**day(22), "zoneId": "Mars"}),
        between(day(20), {"timeType": "DATE", "zoneId": "UTC", "year": 2026}),
        point("IS_EQUAL_TO", day(20)),
    ],
)
def test_a_filter_that_does_not_fit_its_property_is_refused(portal: Served, given: dict[str, Any]) -> None:
    answer = make(portal, "Wrong", given)

    assert (answer.status, answer.said["category"]) == (400, "VALIDATION_ERROR")
    assert portal.ask("POST", f"{LISTS}/all", {}).said["total"] == 0


@pytest.mark.parametrize("name", ["operationType", "operator", "includeObjectsWithNoValueSet"])
def test_a_filter_says_all_that_the_specification_asks_of_it(portal: Served, name: str) -> None:
    given = deepcopy(TIER_A)
    del given["operation"][name]

    assert name in make(portal, "Wrong", given).said["message"]


@pytest.mark.parametrize(
    "given",
    [
        {"filterType": "IN_LIST", "listId": "1", "operator": "IN_LIST"},
        where("hcp_tier", "ENUMERATION", "HAS_EVER_BEEN_ANY_OF", values=["A"]),
        where(VISIT, "CALENDAR_DATE", "IN_THIS_TIME_UNIT", timeUnit="WEEK"),
        between(day(20), day(22), propertyParser="UPDATED_AT"),
        point("IS_AFTER", {**UTC_TODAY, "offset": {"months": 1}}),
    ],
)
def test_what_the_sandbox_cannot_evaluate_it_does_not_guess(portal: Served, given: dict[str, Any]) -> None:
    assert make(portal, "Beyond", given).status == 501
