"""Search with its many limits, and the rates at which a portal may be asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import StillClock
from tests.sandbox.hubspot_portal import LINKS, OBJECTS, Portal, change, names, open_portal
from tests.sandbox.salesforce_org import ADEYEMI


@pytest.fixture
def portal(clock: StillClock) -> Portal:
    return open_portal(clock)


def where(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, **({} if value is None else {"value": value}), **more}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (where("name", "EQ", "dr. BRANDT"), ["Brandt"]),
        (where("name", "NEQ", "Dr. Brandt"), ["Adeyemi", "Castillo"]),
        (where("name", "CONTAINS_TOKEN", "castillo"), ["Castillo"]),
        (where("hcp_tier", "HAS_PROPERTY"), ["Adeyemi"]),
        (where("hcp_tier", "NOT_HAS_PROPERTY"), ["Brandt", "Castillo"]),
        (where("hcp_tier", "NEQ", "B"), ["Adeyemi", "Brandt", "Castillo"]),
        (where("hcp_call_order", "GT", "9"), ["Adeyemi"]),
        (where("hcp_call_order", "BETWEEN", "9", highValue="11"), ["Adeyemi"]),
        (where("npi", "IN", values=[ADEYEMI]), ["Adeyemi"]),
        (where("hs_lastmodifieddate", "GTE", "2026-11-23T00:00:00.000Z"), ["Adeyemi"]),
        (where("hs_lastmodifieddate", "GTE", "1795392000000"), ["Adeyemi"]),
    ],
)
def test_search_finds_what_the_condition_says(portal: Portal, condition: dict[str, Any], found: list[str]) -> None:
    portal.update(change(portal.id(ADEYEMI), hcp_tier="A", hcp_call_order="10"))

    assert names(portal.search(condition, properties=["name"])) == found


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"after": "9900", "limit": 200},
        {"filterGroups": [{"filters": [where("npi", "EQ", "1")] * 7}]},
        {"filterGroups": [{"filters": [where("npi", "EQ", "1")] * 4}] * 5},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [where("npi", "LIKE", "1")]}]},
        {"filterGroups": [{"filters": [where("nosuch", "EQ", "1")]}]},
        {"properties": ["x" * 3000]},
    ],
)
def test_search_has_many_limits(portal: Portal, body: dict[str, Any]) -> None:
    assert portal.call("POST", f"{OBJECTS}/companies/search", body)[0] == 400


def test_search_pages_by_offset_and_sorts_by_one_rule(portal: Portal) -> None:
    rule = [{"propertyName": "name", "direction": "DESCENDING"}]

    first = portal.search(sorts=rule, properties=["name"], limit=2)
    rest = portal.search(sorts=rule, properties=["name"], limit=2, after=first[1]["paging"]["next"]["after"])

    assert (names(first), names(rest)) == (["Castillo", "Brandt"], ["Adeyemi"])
    assert (first[1]["total"], first[1]["paging"]["next"]["after"]) == (3, "2")


def test_search_lags_behind(clock: StillClock) -> None:
    portal = open_portal(clock, search_lag=timedelta(minutes=2))
    recent = where("hs_lastmodifieddate", "GTE", "2026-11-23T00:00:00.000Z")
    portal.update(change(portal.id(ADEYEMI), hcp_tier="A"))

    before = names(portal.search(recent, properties=["name"]))
    clock.sleep(120)
    after = names(portal.search(recent, properties=["name"]))

    assert (before, after) == ([], ["Adeyemi"])


def test_ten_seconds_hold_so_many_calls_and_no_more(clock: StillClock) -> None:
    portal = open_portal(clock, burst=3)
    statuses = [portal.list()[0] for _ in range(4)]
    told = portal.list()[1]
    clock.sleep(10)

    assert statuses == [200, 200, 200, 429]
    assert told["policyName"] == "TEN_SECONDLY_ROLLING"
    assert portal.list()[0] == 200


def test_search_has_five_a_second_and_says_no_rates(portal: Portal) -> None:
    statuses = [portal.search()[0] for _ in range(6)]
    told = portal.search()[1]
    portal.clock.sleep(1)
    again = portal.search()[0]

    assert (statuses, again) == ([200] * 5 + [429], 200)
    assert told["message"] == "You have reached your secondly limit."
    assert [name for name in portal.headers if "RateLimit" in name] == []


def test_associations_are_outside_the_ten_seconds_and_inside_the_day(clock: StillClock) -> None:
    portal = open_portal(clock, burst=1, daily_calls=4)
    body: dict[str, Any] = {"inputs": []}

    statuses = [portal.call("POST", f"{LINKS}/notes/companies/batch/read", body)[0] for _ in range(5)]

    assert statuses == [200, 200, 200, 200, 429]


def test_the_day_s_calls_run_out_and_come_back_the_next_day(clock: StillClock) -> None:
    portal = open_portal(clock, daily_calls=2)
    portal.list()
    left = portal.headers["X-HubSpot-RateLimit-Daily-Remaining"]
    portal.list()

    refused = portal.list()
    clock.sleep(24 * 3600)

    assert left == "1"
    assert (refused[0], refused[1]["policyName"]) == (429, "DAILY")
    assert portal.list()[0] == 200
