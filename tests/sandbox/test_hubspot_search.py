"""What search finds in our HubSpot, in which order, how late, and how quickly among fifty thousand records."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from sandbox.world import Provider, World
from tests.conftest import StillClock
from tests.sandbox.hubspot_portal import EVERY_SCOPE, OBJECTS, Portal, change, names, open_portal
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, KIM, WORLD, provider
from tests.sandbox.test_hubspot_limits import where


@pytest.fixture
def portal(clock: StillClock) -> Portal:
    return open_portal(clock, scopes=EVERY_SCOPE)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (where("name", "IN", values=["dr. brandt"]), ["Brandt"]),
        (where("name", "IN", values=["Dr. Brandt"]), []),  # a list is in small letters
        (where("name", "NOT_IN", values=["dr. brandt"]), ["Adeyemi", "Castillo"]),
        (where("hcp_tier", "IN", values=["A"]), ["Adeyemi"]),
        (where("hcp_tier", "IN", values=["a"]), []),  # an option is written exactly
        (where("hcp_tier", "EQ", "a"), []),
        (where("hcp_tier", "NOT_IN", values=["A"]), ["Brandt", "Castillo"]),
        (where("hcp_tier", "NOT_CONTAINS_TOKEN", "A"), ["Brandt", "Castillo"]),
        (where("name", "CONTAINS_TOKEN", "cast*"), ["Castillo"]),
        (where("name", "CONTAINS_TOKEN", "cast"), []),
        (where("hcp_call_order", "LT", "9"), []),  # numbers by size: 10 is not less than 9
        (where("hcp_call_order", "LTE", "10"), ["Adeyemi"]),
        (where("hcp_next_visit", "EQ", "1795996800000"), ["Adeyemi"]),
        (where("hcp_next_visit", "BETWEEN", "2026-11-29", highValue="2026-12-01"), ["Adeyemi"]),
        (where("hcp_going_cold", "EQ", "true"), ["Adeyemi"]),
    ],
)
def test_a_condition_compares_as_its_property_does(portal: Portal, condition: dict[str, Any], found: list[str]) -> None:
    given: dict[str, Any] = {"hcp_tier": "A", "hcp_call_order": "10", "hcp_next_visit": "2026-11-30"}
    portal.update(change(portal.id(ADEYEMI), hcp_going_cold="true", **given))

    assert names(portal.search(condition, properties=["name"])) == found


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [{"filters": [where("name", "EQ")]}]},
        {"filterGroups": [{"filters": [where("name", "IN")]}]},
        {"filterGroups": [{"filters": [where("name", "BETWEEN", "a")]}]},
        {"filterGroups": [{"filters": [where("hcp_call_order", "GT", "many")]}]},
        {"filterGroups": [{"filters": [where("associations.nosuch", "EQ", "1")]}]},
        {"sorts": ["name", "city"]},
        {"sorts": ["nosuch"]},
        {"sorts": [{"propertyName": "name", "direction": "DOWN"}]},
        {"after": "x"},
        {"filterGroups": ["name"]},
        {"filters": ["name"]},
        {"properties": "name"},
        {"limit": 0},
        {"query": "x" * 2_990},
    ],
)
def test_search_refuses_what_it_cannot_do(portal: Portal, body: dict[str, Any]) -> None:
    wanted = 400 if body != {"limit": 0} else 200  # nothing asked is ten

    assert portal.call("POST", f"{OBJECTS}/companies/search", body)[0] == wanted


def test_filters_may_stand_alone_and_groups_are_either_or(portal: Portal) -> None:
    one, other = where("name", "EQ", "dr. adeyemi"), where("name", "EQ", "dr. castillo")
    path, shown = f"{OBJECTS}/companies/search", {"properties": ["name"]}

    alone = portal.call("POST", path, {"filters": [one], **shown})
    either = portal.call("POST", path, {"filterGroups": [{"filters": [one]}, {"filters": [other]}], **shown})
    neither = portal.call("POST", path, {"filterGroups": [{"filters": [one, other]}], **shown})

    assert [names(answer) for answer in (alone, either, neither)] == [["Adeyemi"], ["Adeyemi", "Castillo"], []]


def test_a_query_looks_into_names(portal: Portal) -> None:
    assert names(portal.search(query="BRANDT", properties=["name"])) == ["Brandt"]


def test_a_few_properties_are_shown_where_none_are_named(portal: Portal) -> None:
    portal.create("contacts", email="Adeyemi@Example.com")
    portal.log("calls", portal.id(ADEYEMI))

    shown = {kind: set(portal.search(kind=kind)[1]["results"][0]["properties"]) for kind in ("companies", "contacts")}
    call = portal.search(kind="calls")[1]["results"][0]["properties"]

    assert shown["companies"] == {"name", "domain", "createdate", "hs_lastmodifieddate", "hs_object_id"}
    assert shown["contacts"] == {"firstname", "lastname", "email", "createdate", "lastmodifieddate", "hs_object_id"}
    assert set(call) == {"hs_createdate", "hs_lastmodifieddate", "hs_object_id"}


def test_what_has_no_value_comes_last_in_either_direction(portal: Portal) -> None:
    portal.update(change(portal.id(BRANDT), hcp_call_order="10"), change(portal.id(CASTILLO), hcp_call_order="9"))
    up, down = ({"propertyName": "hcp_call_order", "direction": d} for d in ("ASCENDING", "DESCENDING"))

    assert names(portal.search(sorts=[up], properties=["name"])) == ["Castillo", "Brandt", "Adeyemi"]
    assert names(portal.search(sorts=[down], properties=["name"])) == ["Brandt", "Castillo", "Adeyemi"]


def test_search_holds_what_a_record_was_until_its_index_has_caught_up(clock: StillClock) -> None:
    portal = open_portal(clock, search_lag=timedelta(seconds=30))
    of_a = where("hcp_tier", "EQ", "A")
    portal.update(change(portal.id(ADEYEMI), hcp_tier="A"))
    portal.call("DELETE", f"{OBJECTS}/companies/{portal.id(BRANDT)}")

    before = names(portal.search(properties=["name"])), names(portal.search(of_a, properties=["name"]))
    row = portal.search(where("npi", "EQ", ADEYEMI), properties=["hcp_tier"])[1]["results"][0]
    clock.sleep(30)
    after = names(portal.search(properties=["name"])), names(portal.search(of_a, properties=["name"]))

    assert before == (["Adeyemi", "Brandt", "Castillo"], [])
    assert (row["properties"]["hcp_tier"], row["updatedAt"]) == (None, "2025-10-19T07:00:00.000Z")
    assert after == (["Adeyemi", "Castillo"], ["Adeyemi"])


def test_the_index_may_lag_by_so_many_searches(portal: Portal) -> None:
    portal.hubspot.policy.search_lag_reads = 2
    portal.create("companies", name="Dr. Dahl")

    totals = [portal.search()[1]["total"] for _ in range(3)]

    assert totals == [3, 3, 4]


def test_a_batch_that_was_refused_left_nothing_in_the_index_either(clock: StillClock) -> None:
    portal = open_portal(clock, search_lag=timedelta(seconds=30))
    good, bad = (change(portal.id(n), trace=False, hcp_tier=t) for n, t in ((ADEYEMI, "A"), (BRANDT, "Z")))

    portal.update(good, bad)

    assert portal.hubspot.portal.lag.older.get(("companies", portal.id(ADEYEMI)), []) == []


def test_fifty_thousand_records_are_gone_through_by_id_in_the_time_that_reading_takes(clock: StillClock) -> None:
    many = [provider(str(2_000_000_000 + at), f"Dr. {at}") for at in range(50_000)]
    portal = open_portal(clock, World((KIM,), tuple[Provider, ...](many)))
    by_id = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
    recent, after, seen, pages = where("hs_lastmodifieddate", "GTE", "2020-01-01T00:00:00Z"), "0", 0, 0

    began = time.process_time()
    for _ in range(20):
        rows = portal.search(recent, where("hs_object_id", "GT", after), sorts=by_id, limit=200)[1]
        seen, pages, after = seen + len(rows["results"]), pages + 1, rows["results"][-1]["id"]
        clock.sleep(1)
    spent = time.process_time() - began

    assert (rows["total"], seen, pages) == (50_000 - 19 * 200, 4_000, 20)
    assert spent < 2.5  # half a second here; where each page parsed and sorted every record anew it was seven


def test_the_oldest_come_first_even_where_ids_tell_otherwise(clock: StillClock) -> None:
    portal = open_portal(clock, WORLD)
    body = {"primaryObjectId": portal.id(ADEYEMI), "objectIdToMerge": portal.id(BRANDT)}
    clock.sleep(60)
    portal.create("companies", name="Dr. Dahl")

    portal.call("POST", f"{OBJECTS}/companies/merge", body)

    assert names(portal.search(properties=["name"])) == ["Castillo", "Adeyemi", "Dahl"]
