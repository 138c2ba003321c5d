"""Records of our HubSpot: read, changed and merged as it does, and what it counts on accounts by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.hubspot import rollups
from sandbox.hubspot.properties import Option, Property
from tests.conftest import StillClock
from tests.sandbox.hubspot_portal import EVERY_SCOPE, LEGACY, OBJECTS, Portal, change, names, open_portal
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, touch

COMPANIES = f"{OBJECTS}/companies"
COUNTED = ("notes_last_contacted", "notes_last_updated", "notes_next_activity_date", "num_notes", "num_contacted_notes")


@pytest.fixture
def portal(clock: StillClock) -> Portal:
    return open_portal(clock, scopes=EVERY_SCOPE)


# Reading


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"after": "x"}])
def test_a_limit_or_cursor_that_cannot_be_is_refused(portal: Portal, query: dict[str, Any]) -> None:
    assert portal.list(**query)[1]["category"] == "VALIDATION_ERROR"


def test_a_property_tells_its_history_newest_first(portal: Portal) -> None:
    id_ = portal.create("companies", name="Dr. Dahl", hcp_tier="C")
    for tier in ("B", "A"):
        portal.clock.sleep(60)
        portal.update(change(id_, hcp_tier=tier))
    portal.hubspot.edit(id_, hcp_tier="")

    row = portal.read("companies", id_, propertiesWithHistory="hcp_tier,name")["propertiesWithHistory"]
    listed = portal.list(propertiesWithHistory="hcp_tier", limit=50)[1]["results"][-1]["propertiesWithHistory"]

    told = [(line["value"], line["timestamp"][11:19], line["sourceType"]) for line in row["hcp_tier"]]
    assert told == [
        ("", "07:02:00", "CRM_UI"),
        ("A", "07:02:00", "INTEGRATION"),
        ("B", "07:01:00", "INTEGRATION"),
        ("C", "07:00:00", "INTEGRATION"),
    ]
    assert [line["value"] for line in row["name"]] == ["Dr. Dahl"]
    assert listed["hcp_tier"] == row["hcp_tier"]
    assert portal.list(propertiesWithHistory="hcp_tier", limit=51)[0] == 400


@pytest.mark.parametrize(
    ("by", "value", "status"), [("npi", ADEYEMI, 200), ("npi", "77", 404), ("domain", "a.org", 404)]
)
def test_a_record_is_found_by_a_unique_property_alone(portal: Portal, by: str, value: str, status: int) -> None:
    portal.hubspot.edit(portal.id(ADEYEMI), domain="a.org")

    read = portal.call("GET", f"{COMPANIES}/{value}", idProperty=by)
    written = portal.call("PATCH", f"{COMPANIES}/{value}", {"properties": {"hcp_tier": "A"}}, idProperty=by)

    assert (read[0], written[0]) == (status, status)
    assert portal.hubspot.record(portal.id(ADEYEMI)).get("hcp_tier") == ("A" if status == 200 else None)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"inputs": [{}]}, "Some required fields were not set: [id]"),
        ({"inputs": [None]}, "Input IDs must be non-null."),
        ({}, "Input IDs must be non-null."),
        ({"inputs": [{"id": 1}] * 101}, "exceeds the limit of 100"),
        ({"inputs": [{"id": "a.org"}], "idProperty": "domain"}, "non-unique 0-2 property domain"),
    ],
)
def test_a_batch_read_refuses(portal: Portal, body: dict[str, Any], words: str) -> None:
    status, told = portal.call("POST", f"{COMPANIES}/batch/read", body)

    assert status == 400
    assert words in told["message"]


def test_a_batch_read_takes_bare_ids_and_numbers_and_reads_what_is_archived_apart(portal: Portal) -> None:
    one, other = portal.id(ADEYEMI), portal.id(BRANDT)
    portal.call("DELETE", f"{COMPANIES}/{other}")
    body = {"inputs": [one, int(other), {"id": int(one)}], "propertiesWithHistory": ["name"]}

    live = portal.call("POST", f"{COMPANIES}/batch/read", body)
    archived = portal.call("POST", f"{COMPANIES}/batch/read", body, archived="True")

    assert [row["id"] for row in live[1]["results"]] == [one]
    assert [row["id"] for row in archived[1]["results"]] == [other]
    assert archived[1]["results"][0]["archivedAt"] == "2026-11-23T07:00:00.000Z"
    assert live[1]["errors"][0]["message"].startswith("Could not get some COMPANY objects")
    assert live[1]["results"][0]["propertiesWithHistory"]["name"][0]["value"] == "Dr. Adeyemi"


@pytest.mark.parametrize(("written", "words"), [("nosuch", "infer object type from: nosuch"), ("0-6", "type id: 0-6")])
def test_a_type_that_is_none_is_told_without_a_category(portal: Portal, written: str, words: str) -> None:
    status, told = portal.list(written)

    assert status == 400
    assert words in told["message"]
    assert "category" not in told


# Writing


def test_an_e_mail_is_kept_in_small_letters_and_belongs_to_one_contact(portal: Portal) -> None:
    first = portal.create("contacts", email="Adeyemi@Example.com")
    other = portal.create("contacts", firstname="Ada")

    made = portal.call("POST", f"{OBJECTS}/contacts", {"properties": {"email": "adeyemi@example.com"}})
    changed = portal.call("PATCH", f"{OBJECTS}/contacts/{other}", {"properties": {"email": "ADEYEMI@example.com"}})
    wrong = portal.call("POST", f"{OBJECTS}/contacts", {"properties": {"email": "nobody"}})

    assert portal.read("contacts", first)["properties"]["email"] == "adeyemi@example.com"
    assert [(status, told["category"]) for status, told in (made, changed)] == [(409, "CONFLICT")] * 2
    assert made[1]["message"] == f"Contact already exists. Existing ID: {first}"
    assert wrong[1]["errors"][0]["code"] == "INVALID_EMAIL"


def test_by_e_mail_a_bad_row_refuses_all_even_with_trace_ids(portal: Portal) -> None:
    rows = [
        {"idProperty": "email", "id": f"{at}@example.com", "objectWriteTraceId": str(at), "properties": {"hcp_tier": t}}
        for at, t in enumerate("AZ")
    ]

    status = portal.call("POST", f"{OBJECTS}/contacts/batch/upsert", {"inputs": rows})[0]
    good = portal.call("POST", f"{OBJECTS}/contacts/batch/upsert", {"inputs": rows[:1]})

    assert status == 400
    assert (good[0], good[1]["results"][0]["new"]) == (200, True)
    assert len(portal.list("contacts")[1]["results"]) == 1


def test_upserting_by_what_is_not_unique_is_refused_with_the_type_s_id(portal: Portal) -> None:
    row = {"idProperty": "name", "id": "Dr. Dahl", "properties": {}}

    told = portal.call("POST", f"{COMPANIES}/batch/upsert", {"inputs": [row]})[1]

    assert told["message"] == "Unable to perform update/upsert by non-unique 0-2 property name"


def test_rows_of_one_batch_cannot_share_a_unique_value(portal: Portal) -> None:
    rows = [{"properties": {"name": "Dr. Dahl", "npi": "2000000044"}, "objectWriteTraceId": t} for t in ("a", "b")]

    status, told = portal.call("POST", f"{COMPANIES}/batch/create", {"inputs": rows})

    assert (status, len(told["results"])) == (207, 1)
    assert told["errors"][0]["errors"][0]["code"] == "CONFLICTING_UNIQUE_VALUE"
    assert told["errors"][0]["context"]["objectWriteTraceId"] == ["b"]


def test_a_refused_batch_takes_back_what_its_earlier_rows_changed(portal: Portal) -> None:
    one, other, third = (portal.id(npi) for npi in (ADEYEMI, BRANDT, CASTILLO))
    before = portal.hubspot.dump()
    rows = [change(one, trace=False, npi="2000000044"), change(other, trace=False, npi=ADEYEMI)]

    status = portal.update(*rows, change(third, trace=False, hcp_tier="Z"))[0]

    assert status == 400
    assert portal.hubspot.dump() == before
    found = [portal.call("GET", f"{COMPANIES}/{npi}", idProperty="npi") for npi in (ADEYEMI, BRANDT, "2000000044")]
    assert [told["id"] for _, told in found[:2]] == [one, other]
    assert found[2][0] == 404


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("companies", {"city": "Des Moines"}),
        ("contacts", {"city": "Des Moines"}),
        ("emails", {"hs_timestamp": "2026-11-22T07:00:00Z"}),
        ("communications", {"hs_timestamp": "2026-11-22T07:00:00Z"}),
        ("tasks", {"hs_task_subject": "Call"}),
    ],
)
def test_some_properties_every_record_of_a_type_needs(portal: Portal, kind: str, given: dict[str, str]) -> None:
    for version in (OBJECTS, LEGACY):
        status, told = portal.call("POST", f"{version}/{kind}", {"properties": given})

        assert (status, told["errors"][0]["code"]) == (400, "MISSING_REQUIRED_PROPERTY")


def test_a_rule_of_the_portal_minds_what_an_update_clears_and_what_it_brings_about(portal: Portal) -> None:
    rules, path = portal.hubspot.policy, f"{COMPANIES}/{portal.id(ADEYEMI)}"
    rules.require("companies", "phone")
    rules.require("companies", "domain", when=("country", "US"))

    untouched = portal.call("PATCH", path, {"properties": {"hcp_tier": "A"}})[0]
    cleared = portal.call("PATCH", path, {"properties": {"phone": ""}})[0]
    brought = portal.call("PATCH", path, {"properties": {"country": "US"}})[0]
    whole = portal.call("PATCH", path, {"properties": {"country": "US", "domain": "a.org"}})[0]
    rules.rules_on_every_update = True
    strict = portal.call("PATCH", path, {"properties": {"hcp_tier": "B"}})[0]

    assert [untouched, cleared, brought, whole, strict] == [200, 400, 400, 200, 400]


@pytest.mark.parametrize(
    ("value", "kept"),
    [("a;b", "a;b"), (";c", "a;c"), ("z", None), ("", ""), ("a;z", None)],
)
def test_several_options_are_joined_and_a_leading_semicolon_adds(portal: Portal, value: str, kept: str | None) -> None:
    options = tuple(Option(v, v) for v in "abc")
    ticks = Property("sites", "enumeration", "checkbox", options, own=True)
    portal.hubspot.portal.schema.properties["companies"]["sites"] = ticks
    id_ = portal.id(ADEYEMI)
    portal.hubspot.edit(id_, sites="a")

    status, _ = portal.update(change(id_, trace=False, sites=value))

    assert status == (400 if kept is None else 200)
    assert (portal.hubspot.record(id_)["sites"] or "") == ("a" if kept is None else kept)


@pytest.mark.parametrize(("value", "kept"), [(7, "7"), (True, None), ({"a": 1}, None), ("20261130", "20261130")])
def test_numbers_become_text_and_what_is_no_value_is_refused(portal: Portal, value: Any, kept: str | None) -> None:
    id_ = portal.id(ADEYEMI)

    status, _ = portal.update(change(id_, trace=False, hcp_call_order=value))

    assert status == (400 if kept is None else 200)
    assert portal.hubspot.record(id_).get("hcp_call_order") == kept


def test_eight_digits_are_milliseconds_and_no_day(portal: Portal) -> None:
    row = change(portal.id(ADEYEMI), trace=False, hcp_next_visit="20261130")

    refused, taken = portal.update(row, version=LEGACY)[1], portal.update(row)[1]

    assert refused["errors"][0]["code"] == "INVALID_DATE"
    assert taken["results"][0]["properties"]["hcp_next_visit"] == "1970-01-01"


def test_deleting_twice_is_once_and_what_never_was_is_missed(portal: Portal) -> None:
    path = f"{COMPANIES}/{portal.id(ADEYEMI)}"

    statuses = [portal.call("DELETE", path)[0] for _ in range(2)] + [portal.call("DELETE", f"{COMPANIES}/77")[0]]
    batch = portal.call("POST", f"{COMPANIES}/batch/archive", {"inputs": [{"id": portal.id(BRANDT)}, {"id": "77"}]})

    assert (statuses, batch[0]) == ([204, 204, 404], 204)
    assert names(portal.list(properties="name")) == ["Castillo"]


# Merging


def test_a_portal_may_keep_the_primary_s_id(portal: Portal) -> None:
    portal.hubspot.policy.keep_primary_id = True
    primary, other = portal.id(ADEYEMI), portal.id(BRANDT)

    told = portal.call("POST", f"{COMPANIES}/merge", {"primaryObjectId": primary, "objectIdToMerge": other})[1]

    assert (told["id"], told["properties"]["hs_merged_object_ids"]) == (primary, other)
    assert names(portal.list(properties="name")) == ["Adeyemi", "Castillo"]
    assert portal.hubspot.find(ADEYEMI) == primary


def test_an_id_that_was_merged_away_may_lead_nowhere(portal: Portal) -> None:
    portal.hubspot.policy.follow_merged = False
    other = portal.id(BRANDT)

    portal.hubspot.merge(other, portal.id(ADEYEMI))

    assert portal.call("GET", f"{COMPANIES}/{other}")[0] == 404
    assert portal.call("POST", f"{COMPANIES}/batch/read", {"inputs": [{"id": other}]})[0] == 207


def test_a_record_has_so_many_identities_and_no_more(portal: Portal) -> None:
    portal.hubspot.policy.merges_most = 3
    first = portal.hubspot.merge(portal.id(BRANDT), portal.id(ADEYEMI))
    body = {"primaryObjectId": first, "objectIdToMerge": portal.id(CASTILLO)}

    status, told = portal.call("POST", f"{COMPANIES}/merge", body)

    assert (status, told["message"]) == (414, "Cannot have more than 3 identities on a profile")
    assert len(portal.list()[1]["results"]) == 2


# What HubSpot counts by itself


def counted(portal: Portal, id_: str, kind: str = "companies") -> list[str | None]:
    held = portal.read(kind, id_, properties=",".join(COUNTED))["properties"]
    return [held[name] for name in COUNTED]


def test_an_account_counts_what_is_logged_on_it(portal: Portal) -> None:
    account = portal.id(ADEYEMI)
    portal.log("calls", account, "2026-11-20T07:00:00Z")
    portal.log("notes", account, "2026-11-22T07:00:00Z")
    portal.log("meetings", account, "2026-11-25T07:00:00Z")

    today = counted(portal, account)
    portal.clock.sleep(3 * 24 * 3600)
    later = counted(portal, account)

    call, note, meeting = (f"2026-11-{day}T07:00:00.000Z" for day in (20, 22, 25))
    assert today == [call, note, meeting, "3", "1"]
    assert later == [meeting, meeting, None, "3", "2"]


def test_what_is_counted_one_by_one_is_what_is_counted_anew(portal: Portal) -> None:
    account = portal.id(ADEYEMI)
    for kind, result, days in [
        ("visit", "done", -9),
        ("call", "done", -3),
        ("note", "done", -1),
        ("visit", "planned", 2),
    ]:
        portal.hubspot.log_touch(account, touch(kind, days=days, result=result))
    record = portal.hubspot.portal.exact("companies", account)
    assert record

    before = counted(portal, account)

    assert not rollups.count_anew(portal.hubspot.portal, record)
    assert counted(portal, account) == before
    assert before[3:] == ["4", "2"]


def test_a_new_engagement_counts_as_a_change_of_the_account_and_so_does_its_end(portal: Portal) -> None:
    account, person = portal.id(ADEYEMI), portal.create("contacts", email="adeyemi@example.com")
    stamps = []

    for deed in ("log", "again", "move", "delete"):
        portal.clock.sleep(60)
        if deed == "log":
            call = portal.log("calls", account, "2026-11-20T07:00:00Z")
            portal.call("PUT", f"{OBJECTS}/calls/{call}/associations/default/contacts/{person}")
        elif deed == "again":
            portal.call("PUT", f"{OBJECTS}/calls/{call}/associations/default/companies/{account}")
        elif deed == "move":
            portal.call("PATCH", f"{OBJECTS}/calls/{call}", {"properties": {"hs_timestamp": "2026-11-21T07:00:00Z"}})
        else:
            portal.call("DELETE", f"{OBJECTS}/calls/{call}")
        stamps.append(
            [portal.read(k, i)["updatedAt"][14:19] for k, i in (("companies", account), ("contacts", person))]
        )

    assert stamps == [["01:00"] * 2, ["01:00"] * 2, ["03:00"] * 2, ["04:00"] * 2]
    assert counted(portal, account) == counted(portal, person, "contacts") == [None] * 5


def test_a_call_taken_off_an_account_counts_there_no_more(portal: Portal) -> None:
    account = portal.id(ADEYEMI)
    call = portal.log("calls", account)

    portal.call("DELETE", f"{OBJECTS}/calls/{call}/associations/companies/{account}")

    assert counted(portal, account) == [None] * 5


def test_a_merged_account_counts_what_was_logged_on_both(portal: Portal) -> None:
    one, other = portal.id(ADEYEMI), portal.id(BRANDT)
    portal.log("calls", one, "2026-11-20T07:00:00Z")
    portal.log("calls", other, "2026-11-21T07:00:00Z")

    merged = portal.hubspot.merge(other, one)

    assert counted(portal, merged)[0] == "2026-11-21T07:00:00.000Z"
    assert counted(portal, merged)[3:] == ["2", "2"]


def test_what_hubspot_counts_is_not_for_clients_to_write(portal: Portal) -> None:
    told = portal.update(change(portal.id(ADEYEMI), trace=False, notes_last_contacted="2026-11-20T07:00:00Z"))[1]

    assert told["errors"][0]["code"] == "READ_ONLY_VALUE"


def test_a_planned_visit_becomes_the_last_contact_when_its_time_has_come(portal: Portal) -> None:
    account = portal.id(ADEYEMI)
    portal.hubspot.log_touch(account, touch(days=1, result="planned"))
    before = portal.hubspot.record(account).get("notes_last_contacted")

    portal.clock.sleep(timedelta(days=1).total_seconds())

    assert before is None
    assert portal.hubspot.record(account)["notes_last_contacted"] == "2026-11-24T07:00:00.000Z"
