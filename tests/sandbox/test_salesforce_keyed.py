"""Records by the customer's own key, one at a time or two hundred, and collections that are read or removed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, Org, code, codes, open_org

OKAFOR = "2000000044"


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


def twins(org: Org) -> list[str]:
    """Two contacts with one NPI, which on contacts is no unique key."""
    return [org.salesforce.add("Contact", LastName=name, NPI__c=ADEYEMI) for name in ("Adeyemi", "Adeyemi-Cole")]


# One at a time


def test_a_key_that_is_there_updates_and_one_that_is_not_makes(org: Org) -> None:
    there, there_said = org.call("PATCH", f"/sobjects/Account/NPI__c/{ADEYEMI}", {"Call_Tier__c": "A"})
    made, made_said = org.call("PATCH", f"/sobjects/Account/NPI__c/{OKAFOR}", {"Name": "Dr. Okafor"})

    assert (there, there_said["created"], there_said["id"]) == (200, False, org.id(ADEYEMI))
    assert (made, made_said["created"], made_said["id"]) == (201, True, org.id(OKAFOR))
    assert org.salesforce.record(org.id(ADEYEMI))["Call_Tier__c"] == "A"


def test_an_old_version_answers_an_upsert_in_its_own_way(org: Org) -> None:
    headers = {"Authorization": f"Bearer {org.token}"}
    path = "/services/data/v45.0/sobjects/Account/NPI__c/"

    there = org.client.patch(path + ADEYEMI, json={"Call_Tier__c": "A"}, headers=headers)
    made = org.client.patch(path + OKAFOR, json={"Name": "Dr. Okafor"}, headers=headers)

    assert (there.status_code, there.data) == (204, b"")
    assert (made.status_code, "created" in made.get_json()) == (201, False)


def test_an_upsert_may_be_told_to_make_nothing(org: Org) -> None:
    path = f"/sobjects/Account/NPI__c/{OKAFOR}"

    answer = org.call("PATCH", path, {"Name": "Dr. Okafor"}, query_string={"updateOnly": "true"})

    assert code(answer) == (404, "NOT_FOUND")
    assert org.salesforce.find(OKAFOR) is None


def test_several_records_with_one_key_are_named_and_none_is_written(org: Org) -> None:
    both = twins(org)

    status, body = org.call("PATCH", f"/sobjects/Contact/NPI__c/{ADEYEMI}", {"Title": "Chief"})

    assert status == 300
    assert body == [f"/services/data/v67.0/sobjects/Contact/{key}" for key in both]
    assert [org.salesforce.record(key)["Title"] for key in both] == [None, None]


def test_a_record_is_read_and_removed_by_its_key(org: Org) -> None:
    path, key = f"/sobjects/Account/NPI__c/{BRANDT}", org.id(BRANDT)

    read, removed = org.call("GET", path)[1]["Id"], org.call("DELETE", path)[0]

    assert (read, removed) == (key, 204)
    assert code(org.call("GET", path)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("Account/Name/Brandt", {}, (404, "NOT_FOUND")),
        ("Account/Nothing__c/1", {}, (404, "NOT_FOUND")),
        (f"Account/NPI__c/{BRANDT}", {"NPI__c": BRANDT}, (400, "INVALID_FIELD")),
        ("Account/NPI__c/20000000281", {"Name": "x"}, (400, "STRING_TOO_LONG")),
        (f"Account/NPI__c/{OKAFOR}", {"Call_Tier__c": "A"}, (400, "REQUIRED_FIELD_MISSING")),
        (f"Patient/NPI__c/{OKAFOR}", {}, (404, "NOT_FOUND")),
    ],
)
def test_an_upsert_needs_a_key_field_and_a_good_record(
    org: Org, path: str, body: dict[str, Any], said: tuple[int, str]
) -> None:
    assert code(org.call("PATCH", f"/sobjects/{path}", body)) == said


@pytest.mark.parametrize(
    ("method", "key", "said"),
    [
        ("GET", "nobody", (404, "NOT_FOUND")),
        ("GET", "001Hs0000000zzz", (404, "NOT_FOUND")),
        ("PATCH", "nobody", (400, "MALFORMED_ID")),
        ("PATCH", "003Hs0000000001", (400, "MALFORMED_ID")),
        ("DELETE", "001Hs0000000zzz", (404, "NOT_FOUND")),
    ],
)
def test_an_id_must_be_one_of_its_object(org: Org, method: str, key: str, said: tuple[int, str]) -> None:
    body = {"Call_Tier__c": "A"} if method == "PATCH" else None

    assert code(org.call(method, f"/sobjects/Account/{key}", body)) == said


# Collections


def rows(kind: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"records": [{"attributes": {"type": kind}, **row} for row in rows]}


def test_a_collection_is_upserted_in_order_and_says_what_it_made(org: Org) -> None:
    body = rows("Account", {"NPI__c": OKAFOR, "Name": "Dr. Okafor"}, {"NPI__c": ADEYEMI, "Call_Tier__c": "A"})

    status, answers = org.call("PATCH", "/composite/sobjects/Account/NPI__c", body)

    assert status == 200
    assert [(row["id"], row["created"]) for row in answers] == [(org.id(OKAFOR), True), (org.id(ADEYEMI), False)]


def test_a_row_that_cannot_be_upserted_says_why_and_the_next_is_written(org: Org) -> None:
    twins(org)
    body = rows(
        "Contact",
        {"NPI__c": BRANDT, "LastName": "Brandt"},
        {"NPI__c": BRANDT, "LastName": "Brandt"},
        {"NPI__c": ADEYEMI, "Title": "Chief"},
        {"LastName": "Castillo"},
        {"NPI__c": CASTILLO, "LastName": "Castillo"},
    )

    _, answers = org.call("PATCH", "/composite/sobjects/Contact/NPI__c", body)

    assert codes(answers) == [
        "DUPLICATE_VALUE",
        "DUPLICATE_VALUE",
        "DUPLICATE_EXTERNAL_ID",
        "MISSING_ARGUMENT",
        "written",
    ]
    assert answers[0]["errors"][0]["message"] == f"Duplicate external id specified: {BRANDT}"
    assert [row["created"] for row in answers] == [False] * 4 + [True]


def test_a_row_without_an_id_is_made_where_the_key_is_the_id(org: Org) -> None:
    body = rows("Account", {"Id": None, "Name": "Dr. Okafor"}, {"Id": org.id(ADEYEMI), "Call_Tier__c": "A"})

    _, answers = org.call("PATCH", "/composite/sobjects/Account/Id", body)

    assert [row["created"] for row in answers] == [True, False]


def test_records_are_retrieved_in_the_order_asked_and_null_where_there_is_none(org: Org) -> None:
    gone = org.id(CASTILLO)
    org.salesforce.delete(gone)
    asked = {"ids": [org.id(BRANDT), "001Hs0000000zzz", gone, org.id(ADEYEMI)], "fields": ["Name"]}

    status, found = org.call("POST", "/composite/sobjects/Account", asked)

    assert status == 200
    assert [record and record["Name"] for record in found] == ["Dr. Brandt", None, None, "Dr. Adeyemi"]
    assert org.wire.calls[-1].rows is None
    assert code(org.call("POST", "/composite/sobjects/Account", {**asked, "fields": ["Tier__c"]})) == (
        400,
        "INVALID_FIELD",
    )


def test_a_collection_is_removed_row_by_row_or_not_at_all(org: Org) -> None:
    asked = {"ids": f"{org.id(ADEYEMI)},{'001Hs0000000zzz'}", "allOrNone": "true"}

    _, whole = org.call("DELETE", "/composite/sobjects", query_string=asked)
    kept = org.salesforce.find(ADEYEMI)
    _, each = org.call("DELETE", "/composite/sobjects", query_string={**asked, "allOrNone": "false"})

    assert codes(whole) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_CROSS_REFERENCE_KEY"]
    assert kept is not None
    assert codes(each) == ["written", "INVALID_CROSS_REFERENCE_KEY"]
    assert org.salesforce.find(ADEYEMI) is None
    assert org.wire.calls[-1].rows == 2


def test_no_collection_takes_201(org: Org) -> None:
    many = rows("Account", *({"NPI__c": f"{n}", "Name": "x"} for n in range(201)))
    ids = ",".join(["001Hs0000000zzz"] * 201)

    refused = [
        org.call("POST", "/composite/sobjects", many),
        org.call("PATCH", "/composite/sobjects/Account/NPI__c", many),
        org.call("DELETE", "/composite/sobjects", query_string={"ids": ids}),
    ]

    assert {code(answer) for answer in refused} == {(400, "EXCEEDED_ID_LIMIT")}
    assert org.salesforce.history == []
