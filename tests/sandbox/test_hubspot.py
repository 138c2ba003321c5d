"""Our HubSpot on localhost refuses what the real one refuses, in its words, and keeps what it should."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.hubspot import HubSpot
from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.hubspot_portal import KEY, LINKS, OBJECTS, Portal, change, names, open_portal
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, KIM, WORLD, touch


@pytest.fixture
def portal(clock: StillClock) -> Portal:
    return open_portal(clock)


# The door


@pytest.mark.parametrize("key", ["", "bearer pat-na1-sandbox", "Bearer  pat-na1-sandbox", f"{KEY}x", "pat-na1-sandbox"])
def test_a_key_that_is_not_exactly_right_is_none(portal: Portal, key: str) -> None:
    status, told = portal.call("GET", f"{OBJECTS}/companies", key=key)

    assert (status, told["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_scope_that_is_missing_is_named(clock: StillClock) -> None:
    portal = open_portal(clock, scopes={"crm.objects.companies.read"})

    status, told = portal.update(change(portal.id(ADEYEMI), hcp_tier="A"))

    assert (status, told["category"]) == (403, "MISSING_SCOPES")
    assert told["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.companies.write"]


def test_e_mails_need_a_scope_of_their_own(clock: StillClock) -> None:
    portal = open_portal(clock, scopes={"crm.objects.contacts.read"})

    assert portal.list("meetings")[0] == 200
    assert portal.list("emails")[1]["category"] == "MISSING_SCOPES"


def test_the_key_is_looked_at_before_the_object_and_the_object_before_the_body(portal: Portal) -> None:
    path = f"{OBJECTS}/nosuch/batch/update"

    assert portal.call("POST", path, "no object", key="")[0] == 401
    assert portal.call("POST", path, "no object")[1]["message"] == "Unable to infer object type from: nosuch"
    assert "category" not in portal.call("POST", path, {})[1]


@pytest.mark.parametrize("written", ["companies", "company", "0-2", "COMPANIES"])
def test_an_object_has_several_names(portal: Portal, written: str) -> None:
    assert len(portal.list(written)[1]["results"]) == 3


@pytest.mark.parametrize("path", ["/crm/v3/objects/companies", "/crm/objects/2026-03/companies"])
def test_older_versions_of_a_path_still_answer(portal: Portal, path: str) -> None:
    assert portal.call("GET", path)[0] == 200


# What is there


def test_a_list_is_read_page_by_page_in_the_order_of_ids(portal: Portal) -> None:
    first = portal.list(limit=2, properties="name")
    after = first[1]["paging"]["next"]["after"]

    rest = portal.list(limit=2, properties="name", after=after)

    assert (names(first), names(rest)) == (["Adeyemi", "Brandt"], ["Castillo"])
    assert "paging" not in rest[1]
    assert portal.list(limit=101)[0] == 400


def test_values_are_text_and_what_is_unset_is_null(portal: Portal) -> None:
    row = portal.list(limit=1, properties="npi,latitude,hcp_tier,nosuch")[1]["results"][0]

    shown = {name: row["properties"].get(name) for name in ("npi", "latitude", "hcp_tier")}
    assert shown == {"npi": ADEYEMI, "latitude": "41.59", "hcp_tier": None}
    assert "nosuch" not in row["properties"]
    assert {"hs_object_id", "createdate", "hs_lastmodifieddate"} <= row["properties"].keys()


def test_an_id_that_is_a_number_and_no_record_gets_a_page_of_html(portal: Portal) -> None:
    number, word = portal.call("GET", f"{OBJECTS}/companies/123"), portal.call("GET", f"{OBJECTS}/companies/x")

    assert (number[0], word[0]) == (404, 404)
    assert number[1].startswith("<html>")
    assert word[1]["category"] == "OBJECT_NOT_FOUND"


def test_properties_say_what_they_take(portal: Portal) -> None:
    told = {row["name"]: row for row in portal.call("GET", "/crm/properties/2026-09/companies")[1]["results"]}

    assert [option["value"] for option in told["hcp_tier"]["options"]] == ["A", "B", "C"]
    assert told["npi"]["hasUniqueValue"]
    assert told["createdate"]["modificationMetadata"]["readOnlyValue"]
    assert told["hcp_going_cold"]["fieldType"] == "booleancheckbox"


def test_owners_have_ids_that_are_text_and_e_mails(portal: Portal) -> None:
    owner = portal.call("GET", "/crm/owners/2026-09")[1]["results"][0]

    assert owner["email"] == KIM.email
    assert portal.list(properties="hubspot_owner_id")[1]["results"][0]["properties"]["hubspot_owner_id"] == owner["id"]


# Batches


def test_a_hundred_and_one_are_too_many(portal: Portal) -> None:
    inputs = [change(str(at), hcp_tier="A") for at in range(101)]

    status, told = portal.update(*inputs)

    assert (status, told["category"]) == (400, "VALIDATION_ERROR")


def test_an_id_twice_refuses_the_whole_batch(portal: Portal) -> None:
    id_ = portal.id(ADEYEMI)

    status, told = portal.update(change(id_, hcp_tier="A"), change(id_, hcp_tier="B"))

    assert status == 400
    assert told["message"] == f"Duplicate IDs found in batch input: [{id_}]. IDs must be unique"
    assert portal.hubspot.record(id_).get("hcp_tier") is None


def test_without_trace_ids_one_bad_row_refuses_all_and_nothing_is_written(portal: Portal) -> None:
    good, bad = portal.id(ADEYEMI), portal.id(BRANDT)

    status, _ = portal.update(change(good, trace=False, hcp_tier="A"), change(bad, trace=False, hcp_tier="Z"))

    assert status == 400
    assert portal.hubspot.record(good).get("hcp_tier") is None
    assert portal.hubspot.history == []


def test_with_trace_ids_the_good_rows_are_written_and_the_bad_ones_named(portal: Portal) -> None:
    good, bad = portal.id(ADEYEMI), portal.id(BRANDT)

    status, told = portal.update(change(good, hcp_tier="A"), change(bad, hcp_tier="Z"), change("77", hcp_tier="A"))

    assert (status, told["numErrors"]) == (207, 2)
    assert [row["id"] for row in told["results"]] == [good]
    assert {error["context"]["objectWriteTraceId"][0]: error["category"] for error in told["errors"]} == {
        f"t{bad}": "VALIDATION_ERROR",
        "t77": "OBJECT_NOT_FOUND",
    }
    assert portal.hubspot.record(good)["hcp_tier"] == "A"


def test_answers_come_in_an_order_of_their_own(clock: StillClock) -> None:
    portal = open_portal(clock, World(reps=(KIM,)))
    ids = [portal.hubspot.add_account(None, f"Dr. {at}") for at in range(20)]

    told = portal.update(*(change(id_, hcp_tier="A") for id_ in ids))[1]

    assert [row["id"] for row in told["results"]] != ids
    assert sorted(row["id"] for row in told["results"]) == ids


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("hcp_tier", "Z", "INVALID_OPTION"),
        ("hcp_teir", "A", "PROPERTY_DOESNT_EXIST"),
        ("createdate", "2026-01-01", "READ_ONLY_VALUE"),
        ("hcp_call_order", "1,000", "INVALID_LONG"),
        ("hcp_next_visit", "tomorrow", "INVALID_DATE"),
        ("hcp_going_cold", "yes", "INVALID_OPTION"),
        ("npi", BRANDT, "CONFLICTING_UNIQUE_VALUE"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_code(portal: Portal, name: str, value: str, code: str) -> None:
    path = f"{OBJECTS}/companies/{portal.id(ADEYEMI)}"

    status, told = portal.call("PATCH", path, {"properties": {name: value}})

    assert status == 400
    assert [error["code"] for error in told["errors"]] == [code]
    assert json.loads(told["message"].split(": ", 1)[1])[0]["name"] == name


def test_an_empty_text_clears(portal: Portal) -> None:
    id_ = portal.id(ADEYEMI)
    portal.update(change(id_, hcp_tier="A", hcp_next_visit="2026-11-30"))

    portal.update(change(id_, hcp_tier="", hcp_next_visit=""))

    assert [portal.hubspot.record(id_)[name] for name in ("hcp_tier", "hcp_next_visit")] == [None, None]


@pytest.mark.parametrize(("version", "status"), [("/crm/v3/objects", 400), (OBJECTS, 200)])
def test_a_date_that_is_not_midnight_was_refused_and_is_now_made_one(portal: Portal, version: str, status: int) -> None:
    noon = "2026-11-30T12:00:00Z"

    answer = portal.update(change(portal.id(ADEYEMI), trace=False, hcp_next_visit=noon), version=version)

    assert answer[0] == status
    assert portal.hubspot.record(portal.id(ADEYEMI)).get("hcp_next_visit") == ("2026-11-30" if status == 200 else None)


def test_records_are_made_or_changed_by_a_unique_property_only(portal: Portal) -> None:
    path = f"{OBJECTS}/companies/batch/upsert"
    known = {"idProperty": "npi", "id": ADEYEMI, "properties": {"hcp_tier": "A"}}
    fresh = {"idProperty": "npi", "id": "2000000044", "properties": {"name": "Dr. Dahl"}}

    status, told = portal.call("POST", path, {"inputs": [known, fresh]})
    by_name = portal.call("POST", path, {"inputs": [{"idProperty": "name", "id": "Dr. Dahl", "properties": {}}]})

    assert status == 200
    assert sorted(row["new"] for row in told["results"]) == [False, True]
    assert by_name[0] == 400


def test_a_batch_read_tells_what_is_missing(portal: Portal) -> None:
    inputs = [{"id": ADEYEMI}, {"id": "2000000044"}]

    status, told = portal.call(
        "POST", f"{OBJECTS}/companies/batch/read", {"inputs": inputs, "idProperty": "npi", "properties": ["name"]}
    )

    assert (status, told["errors"][0]["category"]) == (207, "OBJECT_NOT_FOUND")
    assert [row["properties"]["name"] for row in told["results"]] == ["Dr. Adeyemi"]


# Merged, archived


def test_a_merge_makes_a_new_id_and_swallows_both(portal: Portal) -> None:
    primary, other = portal.id(ADEYEMI), portal.id(BRANDT)
    portal.hubspot.log_touch(other, touch(npi=BRANDT))

    status, told = portal.call(
        "POST", f"{OBJECTS}/companies/merge", {"primaryObjectId": primary, "objectIdToMerge": other}
    )

    assert status == 200
    assert told["id"] not in (primary, other)
    assert told["properties"]["hs_merged_object_ids"] == f"{primary};{other}"
    assert names(portal.list(properties="name")) == ["Castillo", "Adeyemi"]
    assert portal.call("GET", f"{OBJECTS}/companies/{other}")[1]["id"] == told["id"]
    assert portal.list(archived="true")[1]["results"] == []
    assert portal.update(change(other, hcp_tier="A"))[1]["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    links = portal.call("GET", f"{OBJECTS}/companies/{told['id']}/associations/meetings")
    assert len(links[1]["results"]) == 1


def test_an_archived_record_is_found_among_the_archived_alone(portal: Portal) -> None:
    id_ = portal.id(ADEYEMI)

    portal.call("DELETE", f"{OBJECTS}/companies/{id_}")

    assert portal.call("GET", f"{OBJECTS}/companies/{id_}")[0] == 404
    assert portal.call("GET", f"{OBJECTS}/companies/{id_}", archived="true")[1]["archived"]
    assert names(portal.list(properties="name")) == ["Brandt", "Castillo"]
    assert names(portal.list(properties="name", archived="True")) == ["Adeyemi"]


def test_archived_meetings_cannot_be_listed(portal: Portal) -> None:
    status, told = portal.list("meetings", archived="true")

    assert status == 400
    assert "0-47 (MEETING_EVENT)" in told["message"]


# What reps log


@pytest.mark.parametrize(
    ("kind", "result", "object_", "held"),
    [
        ("visit", "done", "meetings", {"hs_meeting_outcome": "COMPLETED"}),
        ("visit", "planned", "meetings", {"hs_meeting_outcome": "SCHEDULED"}),
        ("visit", "no_show", "meetings", {"hs_meeting_outcome": "NO_SHOW"}),
        ("call", "done", "calls", {"hs_call_status": "COMPLETED", "hs_call_duration": "1800000"}),
        ("call", "no_answer", "calls", {"hs_call_status": "NO_ANSWER", "hs_call_direction": "OUTBOUND"}),
        ("email", "done", "emails", {"hs_email_direction": "EMAIL"}),
        ("note", "done", "notes", {"hs_note_body": "Logged by the rep."}),
    ],
)
def test_what_a_rep_logs_is_an_engagement_of_its_kind(
    portal: Portal, kind: str, result: str, object_: str, held: dict[str, Any]
) -> None:
    account = portal.id(ADEYEMI)

    logged = portal.hubspot.log_touch(account, touch(kind, result=result))

    row = portal.call("GET", f"{OBJECTS}/{object_}/{logged}", properties=",".join([*held, "hs_timestamp"]))[1]
    assert {name: row["properties"][name] for name in held} == held
    assert row["properties"]["hs_timestamp"] == "2026-11-22T07:00:00.000Z"
    links = portal.call("POST", f"{LINKS}/{object_}/companies/batch/read", {"inputs": [{"id": logged}]})
    assert [link["to"][0]["toObjectId"] for link in links[1]["results"]] == [int(account)]


def test_a_visit_moves_the_last_contact_and_a_plan_does_not(portal: Portal) -> None:
    one, other = portal.id(ADEYEMI), portal.id(BRANDT)

    portal.hubspot.log_touch(one, touch(days=-3))
    portal.hubspot.log_touch(other, touch(days=3, result="planned"))

    held = [portal.hubspot.record(id_).get("notes_last_contacted") for id_ in (one, other)]
    assert held == ["2026-11-20T07:00:00.000Z", None]


def test_engagements_without_an_association_are_told_as_errors(portal: Portal) -> None:
    lonely = portal.call(
        "POST", f"{OBJECTS}/notes", {"properties": {"hs_timestamp": "2026-11-20T07:00:00Z", "hs_note_body": "x"}}
    )[1]["id"]

    status, told = portal.call("POST", f"{LINKS}/notes/companies/batch/read", {"inputs": [{"id": lonely}]})
    too_many = portal.call("POST", f"{LINKS}/notes/companies/batch/read", {"inputs": [{"id": "1"}] * 1001})

    assert (status, told["numErrors"], told["results"]) == (207, 1, [])
    assert too_many[0] == 400


def test_an_engagement_needs_a_time(portal: Portal) -> None:
    status, told = portal.call("POST", f"{OBJECTS}/notes", {"properties": {"hs_note_body": "x"}})

    assert status == 400
    assert told["errors"][0]["code"] == "MISSING_REQUIRED_PROPERTY"


def test_the_portal_outlives_the_process(portal: Portal) -> None:
    portal.hubspot.log_touch(portal.id(CASTILLO), touch(npi=CASTILLO))
    portal.update(change(portal.id(ADEYEMI), hcp_tier="A"))
    kept = json.loads(json.dumps(portal.hubspot.dump()))

    again = HubSpot(WORLD, now=portal.clock.now)
    again.load(kept)

    assert again.dump() == portal.hubspot.dump()
    assert again.record(portal.id(ADEYEMI))["hcp_tier"] == "A"
