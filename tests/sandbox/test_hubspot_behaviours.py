"""Fifteen things that a stand-in for HubSpot most easily gets wrong, over a socket, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.hubspot_portal import LEGACY, LINKS, OBJECTS, PROPERTIES, Served, change, names, serve_portal
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, KIM


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Served]:
    with serve_portal(clock) as portal:
        yield portal


@pytest.mark.parametrize("verb", ["create", "upsert"])
def test_one_without_trace_ids_a_bad_row_keeps_all_from_being_written(portal: Served, verb: str) -> None:
    by = {"idProperty": "npi"} if verb == "upsert" else {}
    rows = [{**by, "id": f"200000004{at}", "properties": {"name": f"Dr. {at}"}} for at in range(3)]
    rows[2]["properties"] = {"name": "Dr. Dahl", "hcp_tier": "Z"}

    status, told = portal.call("POST", f"{OBJECTS}/companies/batch/{verb}", {"inputs": rows})

    assert (status, told["category"]) == (400, "VALIDATION_ERROR")
    assert names(portal.list(properties="name")) == ["Adeyemi", "Brandt", "Castillo"]
    assert portal.hubspot.history == []


def test_two_a_batch_is_answered_in_an_order_of_its_own(portal: Served) -> None:
    rows = [{"properties": {"name": f"Dr. {at}"}} for at in range(20)]

    status, told = portal.call("POST", f"{OBJECTS}/companies/batch/create", {"inputs": rows})

    answered = [row["properties"]["name"] for row in told["results"]]
    asked = [f"Dr. {at}" for at in range(20)]
    assert status == 201
    assert answered != asked
    assert sorted(answered) == sorted(asked)


def test_three_the_last_page_says_nothing_of_a_next_one(portal: Served) -> None:
    link = f"{portal.url}{OBJECTS}/companies"
    first = portal.list(limit=2)[1]
    last = portal.list(limit=2, after=first["paging"]["next"]["after"])[1]
    found = portal.search(limit=3)[1]

    assert first["paging"]["next"]["link"].startswith(link)
    assert (len(first["results"]), len(last["results"])) == (2, 1)
    assert "paging" not in last
    assert "paging" not in found


def test_four_a_number_that_is_no_record_and_a_wrong_method_get_a_page_of_html(portal: Served) -> None:
    number = portal.call("GET", f"{OBJECTS}/companies/123")
    kind = portal.headers["Content-Type"]
    method = portal.call("PUT", f"{OBJECTS}/companies")
    word = portal.call("GET", f"{OBJECTS}/companies/dahl")
    refused = portal.session.get(f"{portal.url}{OBJECTS}/companies", headers={"Accept": "text/csv"}, timeout=20)

    assert kind == "text/html;charset=iso-8859-1"
    assert [(status, str(page)[:6]) for status, page in (number, method)] == [(404, "<html>"), (405, "<html>")]
    assert (refused.status_code, refused.text[:6]) == (406, "<html>")
    assert (word[0], word[1]["category"], word[1]["context"]) == (404, "OBJECT_NOT_FOUND", {"id": ["dahl"]})


def test_five_search_has_a_short_body_a_wall_no_rates_a_lag_and_the_oldest_first(clock: StillClock) -> None:
    with serve_portal(clock, World(reps=(KIM,)), search_lag=timedelta(seconds=30)) as portal:
        for name in ("Dr. Brandt", "Dr. Adeyemi"):
            portal.create("companies", name=name)
            clock.sleep(10)

        at_once = portal.search()[1]["total"]
        clock.sleep(30)
        later = portal.search(properties=["name"])
        headers = portal.headers
        empty = len(b'{"filterGroups": [], "properties": [""]}')
        fits = portal.search(properties=["x" * (3_000 - empty)])[0]
        too_long = portal.search(properties=["x" * (3_001 - empty)])[0]
        last, beyond = (portal.search(limit=100, after=str(after))[0] for after in (9_900, 9_901))

        assert (at_once, names(later)) == (0, ["Brandt", "Adeyemi"])
        assert [name for name in headers if "ratelimit" in name.lower()] == []
        assert (fits, too_long) == (200, 400)
        assert (last, beyond) == (200, 400)


def test_six_options_that_are_given_replace_all_that_were_there(portal: Served) -> None:
    path = f"{PROPERTIES}/companies/hcp_tier"

    portal.call("PATCH", path, {"label": "Call tier"})
    kept = [option["value"] for option in portal.call("GET", path)[1]["options"]]
    portal.call("PATCH", path, {"options": [{"label": "D", "value": "D"}]})
    replaced = [option["value"] for option in portal.call("GET", path)[1]["options"]]
    row = portal.update(change(portal.id(ADEYEMI), trace=False, hcp_tier="A"))

    assert (kept, replaced) == (["A", "B", "C"], ["D"])
    assert (row[0], row[1]["errors"][0]["code"]) == (400, "INVALID_OPTION")


def test_seven_the_name_of_an_archived_property_brings_it_back(portal: Served) -> None:
    path = f"{PROPERTIES}/companies/site_code"
    portal.define(name="site_code")
    again = portal.define(name="site_code")

    archived = portal.call("DELETE", path)[0]
    gone, shown = portal.call("GET", path)[0], portal.call("GET", path, archived="true")
    restored = portal.define(name="site_code")

    assert (again[0], again[1]["category"]) == (409, "OBJECT_ALREADY_EXISTS")
    assert again[1]["subCategory"] == "Properties.PROPERTY_WITH_NAME_EXISTS"
    assert (archived, gone, shown[0], shown[1]["archived"]) == (204, 404, 200, True)
    assert (restored[0], restored[1]["archived"], portal.call("GET", path)[0]) == (201, False, 200)


def test_eight_a_merge_makes_a_new_id_and_the_old_ones_are_in_no_list_or_search(portal: Served) -> None:
    primary, other = portal.id(ADEYEMI), portal.id(BRANDT)
    body = {"primaryObjectId": primary, "objectIdToMerge": other}

    status, told = portal.call("POST", f"{OBJECTS}/companies/merge", body)

    listed = [row["id"] for row in portal.list()[1]["results"]]
    found = [row["id"] for row in portal.search()[1]["results"]]
    assert (status, told["properties"]["hs_merged_object_ids"]) == (200, f"{primary};{other}")
    assert told["id"] not in (primary, other)
    assert told["id"] in listed
    assert sorted(listed) == sorted(found)
    assert not {primary, other} & {*listed, *found}
    assert portal.list(archived="true")[1]["results"] == []
    assert portal.read("companies", other)["id"] == told["id"]


def test_nine_our_own_write_counts_as_a_change(portal: Served) -> None:
    id_ = portal.id(ADEYEMI)
    before = portal.read("companies", id_)["updatedAt"]
    portal.clock.sleep(5)

    portal.update(change(id_, hcp_tier="A"))

    row = portal.read("companies", id_)
    assert before < row["updatedAt"] == "2026-11-23T07:00:05.000Z"
    assert row["properties"]["hs_lastmodifieddate"] == row["updatedAt"]


@pytest.mark.parametrize(
    ("version", "status"), [(LEGACY, 201), ("/crm/objects/2026-03", 201), ("/crm/objects/2026-09", 400)]
)
def test_ten_the_newest_version_alone_enforces_the_portal_s_rules(portal: Served, version: str, status: int) -> None:
    portal.hubspot.policy.require("companies", "phone")
    portal.hubspot.policy.require("companies", "state", when=("country", "US;CA"))
    given = {"name": "Dr. Dahl", "country": "US"}

    answer = portal.call("POST", f"{version}/companies", {"properties": given})

    codes = {error["context"]["propertyName"][0]: error["code"] for error in answer[1].get("errors", [])}
    wanted = {"phone": "MISSING_REQUIRED_PROPERTY", "state": "MISSING_CONDITIONAL_REQUIRED_PROPERTY"}
    assert answer[0] == status
    assert codes == (wanted if status == 400 else {})
    assert len(portal.list()[1]["results"]) == (3 if status == 400 else 4)


def test_eleven_a_date_that_is_not_midnight_is_refused_by_v3_and_made_one_with_a_warning_since(portal: Served) -> None:
    id_, noon = portal.id(ADEYEMI), "1795996800000"  # 2026-11-30, 00:00 UTC, and half a day
    noon = str(int(noon) + 43_200_000)

    old = portal.call("PATCH", f"{LEGACY}/companies/{id_}", {"properties": {"hcp_next_visit": noon}})
    held = portal.hubspot.record(id_).get("hcp_next_visit")
    new = portal.call("PATCH", f"{OBJECTS}/companies/{id_}", {"properties": {"hcp_next_visit": noon}})
    plain = portal.call("PATCH", f"{OBJECTS}/companies/{id_}", {"properties": {"hcp_next_visit": "2026-12-01"}})

    assert (old[0], old[1]["errors"][0]["code"], held) == (400, "INVALID_DATE", None)
    assert (new[0], new[1]["properties"]["hcp_next_visit"]) == (200, "2026-11-30")
    assert [warning["category"] for warning in new[1]["warnings"]] == ["PROPERTY_VALUE_NORMALIZED"]
    assert new[1]["warnings"][0]["message"] == "hcp_next_visit was normalized"
    assert "warnings" not in plain[1]


@pytest.mark.parametrize("asked", [{"properties": ["name", "npi"]}, {"properties": "name,npi"}])
def test_twelve_a_parameter_may_come_twice_or_with_commas_and_the_first_boolean_wins(
    portal: Served, asked: dict[str, Any]
) -> None:
    row = portal.list(limit=1, **asked)[1]["results"][0]["properties"]
    slashed = portal.call("GET", f"{OBJECTS}/companies/", archived=["FALSE", "true"])[1]

    assert (row["name"], row["npi"]) == ("Dr. Adeyemi", ADEYEMI)
    assert len(slashed["results"]) == 3


def test_thirteen_the_day_s_calls_come_back_at_the_portal_s_midnight(clock: StillClock) -> None:
    with serve_portal(clock, daily_calls=1) as portal:  # it is one in the morning there, and seven in UTC
        portal.list()

        clock.sleep(22 * 3600)
        late, told = portal.list()
        clock.sleep(3600)
        next_day = portal.list()[0]

        assert (late, told["policyName"], next_day) == (429, "DAILY", 200)


def test_fourteen_the_id_of_an_associated_record_is_a_number(portal: Served) -> None:
    account = portal.id(ADEYEMI)
    meeting = portal.log("meetings", account)

    one = portal.call("GET", f"{OBJECTS}/meetings/{meeting}/associations/companies")[1]["results"]
    many = portal.call("POST", f"{LINKS}/meetings/companies/batch/read", {"inputs": [{"id": meeting}]})[1]["results"]

    assert one == many[0]["to"]
    assert one == [
        {
            "toObjectId": int(account),
            "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": 188, "label": None}],
        }
    ]
    assert many[0]["from"] == {"id": meeting}


def test_fifteen_a_batch_of_which_a_part_failed_still_says_complete(portal: Served) -> None:
    good, bad = change(portal.id(ADEYEMI), hcp_tier="A"), change(portal.id(BRANDT), hcp_tier="Z")

    written = portal.update(good, bad)
    read = portal.call("POST", f"{OBJECTS}/companies/batch/read", {"inputs": [{"id": "77"}]})

    assert [(status, told["status"], told["numErrors"]) for status, told in (written, read)] == [
        (207, "COMPLETE", 1)
    ] * 2
    assert [row["id"] for row in written[1]["results"]] == [portal.id(ADEYEMI)]
    assert written[1]["errors"][0]["context"]["objectWriteTraceId"] == [f"t{portal.id(BRANDT)}"]
    assert read[1]["errors"][0]["context"] == {"ids": ["77"]}
