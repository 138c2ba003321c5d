"""What reps logged, what changed, and what is gone, as a nightly pull would meet it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.world import Touch, World
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import (
    ADEYEMI,
    BRANDT,
    CASTILLO,
    KIM,
    MONDAY,
    WORLD,
    Org,
    code,
    codes,
    open_org,
    touch,
)


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


# What changed, and what is gone


def span(start: str, end: str) -> dict[str, str]:
    return {"start": f"2026-11-23T{start}:00+00:00", "end": f"2026-11-23T{end}:00+00:00"}


def test_updated_names_the_changed_and_how_far_it_saw(org: Org) -> None:
    org.salesforce.edit(org.id(BRANDT), Call_Tier__c="B")
    org.clock.sleep(300)

    _, body = org.call("GET", "/sobjects/Account/updated", query_string=span("06:50", "07:10"))

    assert body == {"ids": [org.id(BRANDT)], "latestDateCovered": "2026-11-23T07:05:00.000+0000"}


def test_a_long_transaction_holds_back_how_far_it_is_safe_to_read(org: Org) -> None:
    org.salesforce.long_transaction = MONDAY - timedelta(minutes=5)
    org.salesforce.edit(org.id(BRANDT), Call_Tier__c="B")

    _, body = org.call("GET", "/sobjects/Account/updated/", query_string=span("06:50", "07:00"))

    assert body == {"ids": [], "latestDateCovered": "2026-11-23T06:55:00.000+0000"}


@pytest.mark.parametrize(
    "asked",
    [{}, span("07:00", "07:00"), {**span("06:00", "07:00"), "start": "2026-10-01T00:00:00Z"}],
)
def test_updated_refuses_a_span_that_is_empty_or_more_than_30_days_back(org: Org, asked: dict[str, str]) -> None:
    answer = org.call("GET", "/sobjects/Account/updated", query_string=asked)

    assert code(answer) == (400, "INVALID_REPLICATION_DATE")


def test_a_deleted_account_is_in_query_all_and_in_deleted_only(org: Org) -> None:
    gone = org.id(CASTILLO)
    org.salesforce.delete(gone)

    _, shown = org.query("SELECT Id FROM Account")
    _, whole = org.query("SELECT Id FROM Account WHERE IsDeleted = true", "queryAll")
    _, log = org.call("GET", "/sobjects/Account/deleted", query_string=span("06:50", "07:00"))

    assert gone not in [record["Id"] for record in shown["records"]]
    assert [record["Id"] for record in whole["records"]] == [gone]
    assert [record["id"] for record in log["deletedRecords"]] == [gone]
    assert org.salesforce.find(CASTILLO) is None


def test_a_merge_leaves_a_forwarding_address_and_hands_the_visits_over(org: Org) -> None:
    loser, winner = org.id(BRANDT), org.id(ADEYEMI)
    visit = org.salesforce.log_touch(loser, touch(npi=BRANDT))
    org.clock.sleep(60)

    stays = org.salesforce.merge(loser, winner)

    gone, moved = org.salesforce.record(loser), org.salesforce.record(visit)
    assert (stays, gone["IsDeleted"], gone["MasterRecordId"]) == (winner, True, winner)
    assert (moved["AccountId"], moved["SystemModstamp"]) == (winner, "2026-11-23T07:01:00.000+0000")
    assert org.salesforce.record(winner)["LastActivityDate"] == "2026-11-22"
    assert codes(org.patch_rows({"id": loser, "Call_Tier__c": "A"})) == ["ENTITY_IS_DELETED"]


# What reps logged


@pytest.mark.parametrize(
    ("logged", "kind", "fields"),
    [
        (touch("visit"), "Event", {"Outcome__c": "Completed", "EndDateTime": "2026-11-22T07:30:00.000+0000"}),
        (touch("visit", result="no_show"), "Event", {"Outcome__c": "No Show"}),
        (touch("visit", days=1, result="planned"), "Event", {"Outcome__c": None, "ActivityDate": "2026-11-24"}),
        (touch("call", minutes=2), "Task", {"CallDurationInSeconds": 120, "CallType": "Outbound"}),
        (touch("call", result="no_answer"), "Task", {"IsClosed": True, "CallDisposition": "No Answer"}),
        (touch("call", days=1, result="planned"), "Task", {"IsClosed": False, "CompletedDateTime": None}),
        (touch("call", result="canceled"), "Task", {"Status": "Deferred", "IsClosed": False}),
        (touch("email"), "Task", {"TaskSubtype": "Email", "CallDurationInSeconds": None}),
        (touch("note"), "Task", {"TaskSubtype": "Task", "Status": "Completed"}),
    ],
)
def test_a_touch_becomes_the_activity_that_a_rep_would_log(
    clock: StillClock, logged: Touch, kind: str, fields: dict[str, Any]
) -> None:
    org = open_org(clock, World(WORLD.reps, WORLD.providers, (logged,)))

    _, body = org.query(f"SELECT Id, What.Name, Owner.Email, SystemModstamp FROM {kind}")

    record = body["records"][0]
    assert (record["What"]["Name"], record["Owner"]["Email"]) == ("Dr. Adeyemi", KIM.email)
    assert record["SystemModstamp"] < "2026-11-23T07:00:00.000+0000"
    assert org.salesforce.record(record["Id"]).items() >= fields.items()


def test_last_activity_is_a_due_date_and_may_lie_ahead(org: Org) -> None:
    key = org.id(ADEYEMI)

    org.salesforce.log_touch(key, touch("call", days=-3))
    closed = org.salesforce.record(key)["LastActivityDate"]
    org.salesforce.log_touch(key, touch("call", days=5, result="planned"))
    still_open = org.salesforce.record(key)["LastActivityDate"]
    org.salesforce.log_touch(key, touch("visit", days=4, result="planned"))

    assert (closed, still_open) == ("2026-11-20", "2026-11-20")
    assert org.salesforce.record(key)["LastActivityDate"] == "2026-11-27"


def test_a_visit_of_last_year_is_archived_and_only_query_all_sees_it(clock: StillClock) -> None:
    org = open_org(clock, World(WORLD.reps, WORLD.providers, (touch(days=-366), touch(days=-364))))

    shown = org.query("SELECT COUNT() FROM Event")[1]["totalSize"]
    whole = org.query("SELECT COUNT() FROM Event", "queryAll")[1]["totalSize"]
    archived = org.query("SELECT COUNT() FROM Event WHERE IsArchived = true", "queryAll")[1]["totalSize"]

    assert (shown, whole, archived) == (1, 2, 1)


def test_an_event_needs_a_start_and_a_length(org: Org) -> None:
    body = {"WhatId": org.id(ADEYEMI), "Subject": "Visit"}

    assert code(org.call("POST", "/sobjects/Event", body)) == (400, "REQUIRED_FIELD_MISSING")


def test_nobody_sets_the_last_activity_by_hand(org: Org) -> None:
    key = org.id(ADEYEMI)
    org.salesforce.log_touch(key, touch("call"))

    org.salesforce.edit(key, LastActivityDate="2020-01-01")

    assert org.salesforce.record(key)["LastActivityDate"] == "2026-11-22"
    assert org.names("LastActivityDate = 2026-11-22") == ["Adeyemi"]


def test_a_merged_account_s_activities_go_with_the_winner_when_it_is_deleted(org: Org) -> None:
    logged = org.salesforce.log_touch(org.id(BRANDT), touch("call"))
    org.salesforce.merge(org.id(BRANDT), org.id(ADEYEMI))
    other = org.salesforce.log_touch(org.id(CASTILLO), touch("call"))

    org.salesforce.edit(other, WhatId=org.id(ADEYEMI))
    org.salesforce.delete(org.id(ADEYEMI))

    assert [org.salesforce.record(key)["IsDeleted"] for key in (logged, other)] == [True, True]
