"""Our Salesforce on localhost refuses what the real one refuses, in its words, and keeps what it should."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from sandbox.salesforce import ids
from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, Org, code, codes, open_org, touch


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


# The door


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/data/v30.0/limits", 410),
        ("/services/data/v99.0/limits", 404),
        ("/services/data/v67.0/nowhere", 404),
        ("/services/data/v67.0/sobjects/Patient/describe", 404),
    ],
)
def test_what_is_not_there_is_not_there(org: Org, path: str, status: int) -> None:
    answer = org.client.get(path, headers={"Authorization": f"Bearer {org.token}"})

    assert answer.status_code == status


def test_the_day_s_calls_run_out_and_come_back_a_day_later(clock: StillClock) -> None:
    org = open_org(clock, daily_calls=3)
    for _ in range(3):
        org.call("GET", "/limits")

    refused = org.call("GET", "/limits")
    told = org.usage
    clock.sleep(24 * 3600)
    org.log_in()

    assert code(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused[1][0]["message"] == "TotalRequests Limit exceeded."
    assert told == "api-usage=3/3"
    assert org.call("GET", "/limits")[1]["DailyApiRequests"] == {"Max": 3, "Remaining": 2}


def test_a_login_costs_no_call_and_a_refused_login_neither(org: Org) -> None:
    org.call("GET", "/limits")
    org.token = "made-up"
    org.call("GET", "/limits")

    assert org.usage == "api-usage=1/100000"


def test_the_answer_tells_the_time_of_the_server(org: Org) -> None:
    org.call("GET", "/limits")

    assert org.last
    assert org.last.headers["Date"] == "Mon, 23 Nov 2026 07:00:00 GMT"


def test_a_body_that_is_not_json_is_refused(org: Org) -> None:
    path = "/composite/sobjects"

    torn = org.call("PATCH", path, data="{", content_type="application/json")
    form = org.call("PATCH", path, data="{}", content_type="text/plain")

    assert code(torn) == (400, "JSON_PARSER_ERROR")
    assert code(form) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_may_be_packed(org: Org) -> None:
    sent = gzip.compress(json.dumps({"Name": "Dr. Okafor"}).encode())
    more: dict[str, Any] = {"content_type": "application/json", "headers": {"Content-Encoding": "gzip"}}

    packed = org.call("POST", "/sobjects/Account", data=sent, **more)
    torn = org.call("POST", "/sobjects/Account", data=b"{}", **more)

    assert packed[0] == 201
    assert code(torn) == (400, "JSON_PARSER_ERROR")


def test_an_address_longer_than_16_kilobytes_is_refused(org: Org) -> None:
    wanted = ", ".join(f"'{n:018}'" for n in range(800))

    status, _ = org.query(f"SELECT Id FROM Account WHERE Name IN ({wanted})")

    assert status == 414


# Ids


def test_an_id_carries_the_checksum_that_salesforce_gives_it() -> None:
    assert ids.full("001D000000IqhSL") == "001D000000IqhSLIAZ"
    assert ids.full("001D000000IqhSLIAA") is None
    assert ids.full("short") is None


def test_a_record_answers_to_15_characters_and_names_itself_with_18(org: Org) -> None:
    key = org.id(ADEYEMI)

    _, record = org.call("GET", f"/sobjects/Account/{key[:15]}")

    assert record["Id"] == key
    assert len(key) == 18


# Rows


def test_a_bad_row_is_answered_in_its_place_and_the_others_are_written(org: Org) -> None:
    keys = [org.id(npi) for npi in (ADEYEMI, BRANDT, CASTILLO)]

    rows = org.patch_rows(*({"id": key, "Call_Tier__c": tier} for key, tier in zip(keys, "AXC", strict=True)))

    assert codes(rows) == ["written", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "written"]
    assert rows[1]["errors"][0]["message"] == "Call Tier: bad value for restricted picklist field: X"
    assert [org.salesforce.record(key)["Call_Tier__c"] for key in keys] == ["A", None, "C"]


def test_all_or_none_writes_none_when_one_row_is_bad(org: Org) -> None:
    keys, before = [org.id(npi) for npi in (ADEYEMI, BRANDT)], len(org.salesforce.history)

    good, bad = ({"id": key, "Call_Tier__c": tier} for key, tier in zip(keys, "AX", strict=True))
    rows = org.patch_rows(good, bad, all_or_none=True)

    assert codes(rows) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]
    assert org.salesforce.record(keys[0])["Call_Tier__c"] is None
    assert len(org.salesforce.history) == before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"Tier__c": "A"}, "INVALID_FIELD"),
        ({"LastActivityDate": "2026-11-23"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"SystemModstamp": "2026-11-23T07:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"Tier_Reason__c": "x" * 256}, "STRING_TOO_LONG"),
        ({"Tier_Reason__c": 5}, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        ({"Call_Order__c": "5"}, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        ({"Call_Order__c": 100_000}, "NUMBER_OUTSIDE_VALID_RANGE"),
        ({"Going_Cold__c": "yes"}, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        ({"Next_Visit_Date__c": "24.11.2026"}, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        ({"Next_Visit_Date__c": "2026-02-30"}, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        ({"NPI__c": BRANDT}, "DUPLICATE_VALUE"),
        ({"Name": None}, "REQUIRED_FIELD_MISSING"),
        ({"OwnerId": "Kim"}, "MALFORMED_ID"),
        ({"OwnerId": "005Hs0000000zzz"}, "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_a_field_refuses_what_it_cannot_hold(org: Org, fields: dict[str, Any], said: str) -> None:
    key, before = org.id(ADEYEMI), org.salesforce.record(org.id(ADEYEMI))

    assert codes(org.patch_rows({"id": key, **fields})) == [said]
    assert code(org.call("PATCH", f"/sobjects/Account/{key}", fields)) == (400, said)
    assert org.salesforce.record(key) == before


def test_a_row_needs_the_id_of_a_living_account(org: Org) -> None:
    gone, user = org.id(CASTILLO), org.salesforce.record(org.id(ADEYEMI))["OwnerId"]
    org.salesforce.delete(gone)

    wrong: tuple[dict[str, Any], ...] = ({}, {"id": "x"}, {"id": user}, {"id": "001Hs0000000zzz"}, {"id": gone})
    rows = org.patch_rows(*({**row, "Call_Tier__c": "A"} for row in wrong))

    assert codes(rows) == [
        "MISSING_ARGUMENT",
        "MALFORMED_ID",
        "MALFORMED_ID",
        "INVALID_CROSS_REFERENCE_KEY",
        "ENTITY_IS_DELETED",
    ]


def test_the_longest_texts_survive_and_none_clears_them(org: Org) -> None:
    key, text = org.id(ADEYEMI), "Zoë, vu 3×\n👩🏽‍⚕️ ".ljust(254, "é") + "."

    org.patch_rows({"id": key, "Tier_Reason__c": text, "Call_Order__c": 12})
    kept = org.salesforce.record(key)
    org.patch_rows({"id": key, "Tier_Reason__c": None, "Call_Order__c": None})

    assert (len(text), kept["Tier_Reason__c"], kept["Call_Order__c"]) == (255, text, 12)
    assert org.salesforce.record(key)["Tier_Reason__c"] is None
    assert org.salesforce.record(key)["Call_Order__c"] is None


def test_a_collection_takes_200_rows_and_not_one_more(org: Org) -> None:
    row = {"attributes": {"type": "Account"}, "id": "x"}

    full = org.call("PATCH", "/composite/sobjects", {"records": [row] * 200})
    over = org.call("PATCH", "/composite/sobjects", {"records": [row] * 201})

    assert full[0] == 200
    assert code(over) == (400, "EXCEEDED_ID_LIMIT")
    assert [call.rows for call in org.wire.calls] == [None, 200, 201]  # the login writes nothing


def test_objects_may_alternate_ten_times_in_a_collection_and_not_eleven(org: Org) -> None:
    rows = [{"attributes": {"type": ("Account", "Task")[n % 2]}, "id": "x"} for n in range(11)]

    ten = org.call("PATCH", "/composite/sobjects", {"records": rows[:10]})
    eleven = org.call("PATCH", "/composite/sobjects", {"records": rows})

    assert ten[0] == 200
    assert code(eleven) == (400, "LIMIT_EXCEEDED")


def test_a_rep_who_left_is_given_no_account_and_the_login_may_not_change_users(org: Org) -> None:
    key = org.id(ADEYEMI)
    kim = str(org.salesforce.record(key)["OwnerId"])

    refused = org.call("PATCH", f"/sobjects/User/{kim}", {"IsActive": False})
    org.salesforce.edit(kim, IsActive=False)

    assert code(refused) == (400, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert codes(org.patch_rows({"id": key, "OwnerId": kim})) == ["INACTIVE_OWNER_OR_USER"]


def test_one_record_twelve_times_in_a_call_is_enough(org: Org) -> None:
    rows = org.patch_rows(*({"id": org.id(ADEYEMI), "Call_Order__c": n} for n in range(13)))

    assert codes(rows) == ["written"] * 12 + ["DUPLICATE_VALUE"]


def test_a_locked_record_is_refused_until_it_is_free(org: Org) -> None:
    row = {"id": org.id(ADEYEMI), "Call_Tier__c": "A"}
    org.salesforce.lock(row["id"], times=2)

    said = [codes(org.patch_rows(row))[0] for _ in range(3)]

    assert said == ["UNABLE_TO_LOCK_ROW", "UNABLE_TO_LOCK_ROW", "written"]


def test_a_validation_rule_of_the_customer_is_heard(org: Org) -> None:
    org.salesforce.rules.append(lambda r: "No tier on Mondays" if r.get("Call_Tier__c") else None)

    rows = org.patch_rows({"id": org.id(ADEYEMI), "Call_Tier__c": "A"})

    assert codes(rows) == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]
    assert rows[0]["errors"][0]["message"] == "No tier on Mondays"


def test_a_write_is_stamped_and_remembered_with_its_writer(org: Org) -> None:
    key = org.id(ADEYEMI)
    org.clock.sleep(60)

    org.patch_rows({"id": key, "Call_Tier__c": "A"})
    org.salesforce.edit(key, Call_Tier__c="B")

    assert org.salesforce.record(key)["SystemModstamp"] == "2026-11-23T07:01:00.000+0000"
    assert [line[1:] for line in org.salesforce.history] == [
        ("api", key, "Call_Tier__c", None, "A"),
        ("person", key, "Call_Tier__c", "A", "B"),
    ]


def test_single_records_are_made_read_changed_and_removed(org: Org) -> None:
    status, made = org.call("POST", "/sobjects/Account", {"Name": "Dr. Brandt's practice"})
    path = f"/sobjects/Account/{made['id']}"

    changed = org.call("PATCH", path, {"Call_Tier__c": "B"})
    _, read = org.call("GET", path, query_string={"fields": "Name,Call_Tier__c"})
    removed = org.call("DELETE", path)

    assert (status, changed, removed) == (201, (204, None), (204, None))
    assert (read["Name"], read["Call_Tier__c"]) == ("Dr. Brandt's practice", "B")
    assert code(org.call("GET", path)) == (404, "ENTITY_IS_DELETED")
    assert code(org.call("POST", "/sobjects/Account", {})) == (400, "REQUIRED_FIELD_MISSING")


# Composite


def part(name: str, method: str, url: str, body: Any = None) -> dict[str, Any]:
    part = {"referenceId": name, "method": method, "url": f"/services/data/v67.0{url}"}
    return part if body is None else {**part, "body": body}


def test_five_collections_travel_as_one_call(org: Org) -> None:
    row = {"attributes": {"type": "Account"}, "id": org.id(ADEYEMI), "Call_Order__c": 1}
    parts = [part(f"p{n}", "PATCH", "/composite/sobjects", {"records": [row] * 2}) for n in range(5)]

    status, body = org.call("POST", "/composite", {"compositeRequest": parts})

    assert status == 200
    assert [answer["httpStatusCode"] for answer in body["compositeResponse"]] == [200] * 5
    assert org.usage == "api-usage=1/100000"
    assert org.wire.tally()["rows"] == 10


@pytest.mark.parametrize(("costly", "cheap"), [(6, 0), (0, 26), (5, 21)])
def test_a_sixth_collection_or_a_26th_call_is_refused_before_any_is_made(org: Org, costly: int, cheap: int) -> None:
    row = {"attributes": {"type": "Account"}, "id": org.id(ADEYEMI), "Call_Order__c": 1}
    parts = [part(f"p{n}", "PATCH", "/composite/sobjects", {"records": [row]}) for n in range(costly)]
    parts += [part(f"q{n}", "GET", "/limits") for n in range(cheap)]

    answer = org.call("POST", "/composite", {"compositeRequest": parts})

    assert code(answer) == (400, "LIMIT_EXCEEDED")
    assert org.salesforce.history == []


def test_a_later_part_may_name_what_an_earlier_one_made(org: Org) -> None:
    parts = [
        part("made", "POST", "/sobjects/Account", {"Name": "Dr. Castillo"}),
        part("logged", "POST", "/sobjects/Task", {"WhatId": "@{made.id}", "Subject": "Call"}),
        part("lost", "GET", "/sobjects/Account/@{nobody.id}"),
    ]

    _, body = org.call("POST", "/composite", {"compositeRequest": parts})

    made, logged, lost = body["compositeResponse"]
    assert org.salesforce.record(logged["body"]["id"])["AccountId"] == made["body"]["id"]
    assert lost["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_all_or_none_undoes_the_parts_before_a_failed_one(org: Org) -> None:
    parts = [
        part("good", "PATCH", f"/sobjects/Account/{org.id(ADEYEMI)}", {"Call_Tier__c": "A"}),
        part("bad", "PATCH", f"/sobjects/Account/{org.id(BRANDT)}", {"Call_Tier__c": "X"}),
    ]

    _, body = org.call("POST", "/composite", {"allOrNone": True, "compositeRequest": parts})

    said = [answer["body"][0]["errorCode"] for answer in body["compositeResponse"]]
    assert said == ["PROCESSING_HALTED", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]
    assert org.salesforce.record(org.id(ADEYEMI))["Call_Tier__c"] is None


# The screen, and the file


def test_a_manager_sees_the_plan_on_the_record_page(org: Org) -> None:
    org.salesforce.edit(org.id(ADEYEMI), Call_Tier__c="A", Call_Order__c=3, Going_Cold__c=True)
    org.salesforce.log_touch(org.id(ADEYEMI), touch())

    view = next(view for view in org.salesforce.views() if view.id == org.id(ADEYEMI))

    assert (view.name, view.owner, view.city) == ("Dr. Adeyemi", "Kim", "Des Moines, IA")
    assert (view.tier, view.order, view.cold) == ("A", "3", True)
    assert ("NPI", ADEYEMI) in view.fields
    assert view.touches == ("2026-11-22 Visit: Completed",)


def test_an_org_comes_back_from_its_file_as_it_was(org: Org) -> None:
    org.patch_rows({"id": org.id(ADEYEMI), "Call_Tier__c": "A"})
    kept = json.loads(json.dumps(org.salesforce.dump()))

    again = open_org(org.clock, World())
    before = again.salesforce.find(ADEYEMI)
    again.salesforce.load(kept)

    assert (before, again.salesforce.find(ADEYEMI)) == (None, org.id(ADEYEMI))
    assert again.salesforce.record(org.id(ADEYEMI)) == org.salesforce.record(org.id(ADEYEMI))
    assert again.salesforce.history == org.salesforce.history
    assert again.salesforce.dump() == kept
    assert again.salesforce.add_account(None, "Dr. Okafor") not in kept["tables"]["Account"]


# Keys


def test_a_key_is_free_again_when_its_record_is_gone_or_was_never_kept(org: Org) -> None:
    body = {"attributes": {"type": "Account"}, "Name": "Dr. Okafor", "NPI__c": "2000000044"}
    bad = {"attributes": {"type": "Account"}, "Name": "Dr. Adeyemi", "NPI__c": ADEYEMI}

    undone = org.call("POST", "/composite/sobjects", {"allOrNone": True, "records": [body, bad]})[1]
    made = org.call("POST", "/composite/sobjects", {"records": [body, body]})[1]
    org.salesforce.delete(made[0]["id"])
    again = org.call("POST", "/composite/sobjects", {"records": [body]})[1]

    assert codes(undone) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "DUPLICATE_VALUE"]
    assert codes([*made, *again]) == ["written", "DUPLICATE_VALUE", "written"]
    assert org.salesforce.find("2000000044") == again[0]["id"]


def test_of_two_users_with_one_address_the_older_is_found(clock: StillClock) -> None:
    org = open_org(clock)
    users = org.salesforce.records.tables["User"]
    first, second = list(users)[:2]
    org.salesforce.records.find("User", "Email", "kim@example.com")

    org.salesforce.edit(first, Email="KIM@example.com")

    assert users[second]["Email"] == "kim@example.com"
    found = org.salesforce.records.find("User", "Email", "kim@example.com")
    assert found
    assert found["Id"] == first
