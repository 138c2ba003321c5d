"""The objects beyond accounts and activities: contacts, permission sets, and those that not every org has."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.salesforce import Salesforce
from sandbox.salesforce.addons import OPTIONAL
from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, Org, code, open_org

FILLED: dict[str, dict[str, Any]] = {
    "EmailMessage": {
        "Subject": "Trial results",
        "Incoming": True,
        "MessageDate": "2026-11-20T15:00:00Z",
        "Status": "1",
    },
    "VoiceCall": {"CallType": "Outbound", "CallStartDateTime": "2026-11-20T15:00:00Z", "CallDurationInSeconds": 90},
    "Visit": {"PlannedVisitStartTime": "2026-11-20T15:00:00Z", "Status": "Completed"},
    "ProviderVisit": {"PlannedVisitStartTime": "2026-11-20T15:00:00Z", "Channel": "In Person"},
    "Call2_vod__c": {"Call_Date_vod__c": "2026-11-20", "Status_vod__c": "Submitted_vod", "Is_Parent_Call_vod__c": True},
    "Practice__c": {"Name": "Des Moines Heart", "NPI__c": "2000000044", "Call_Tier__c": "B"},
}


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


# Not in every org


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_an_object_that_the_customer_has_not_bought_is_not_there(org: Org, name: str) -> None:
    _, listed = org.call("GET", "/sobjects")

    assert name not in {kind["name"] for kind in listed["sobjects"]}
    assert code(org.call("GET", f"/sobjects/{name}/describe")) == (404, "NOT_FOUND")
    assert code(org.query(f"SELECT Id FROM {name}")) == (400, "INVALID_TYPE")


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_an_object_that_the_customer_has_is_described_written_and_found(clock: StillClock, name: str) -> None:
    org = open_org(clock, has={name})

    status, made = org.call("POST", f"/sobjects/{name}", FILLED[name])
    _, listed = org.call("GET", "/sobjects")
    field = next(iter(FILLED[name]))
    _, found = org.query(f"SELECT Id, {field}, SystemModstamp FROM {name}")

    assert status == 201, made
    assert name in {kind["name"] for kind in listed["sobjects"]}
    assert [record["Id"] for record in found["records"]] == [made["id"]]


def test_an_org_cannot_have_what_the_sandbox_does_not_know() -> None:
    with pytest.raises(ValueError, match="Patient"):
        Salesforce(World(), has={"Patient"})


# Contacts, and whose account an activity is of


def test_a_contact_is_called_by_its_first_and_last_name(org: Org) -> None:
    made = org.call("POST", "/sobjects/Contact", {"FirstName": "Ada", "LastName": "Adeyemi"})[1]["id"]

    org.call("PATCH", f"/sobjects/Contact/{made}", {"FirstName": None})

    assert org.salesforce.record(made)["Name"] == "Adeyemi"
    assert code(org.call("POST", "/sobjects/Contact", {"FirstName": "Ada"})) == (400, "REQUIRED_FIELD_MISSING")
    assert code(org.call("PATCH", f"/sobjects/Contact/{made}", {"Email": "ada"})) == (400, "INVALID_EMAIL_ADDRESS")


def test_an_activity_is_of_the_account_that_it_names_or_its_object_s_or_its_contact_s(clock: StillClock) -> None:
    org = open_org(clock, has={"Practice__c"})
    account, other = org.id(ADEYEMI), org.id(BRANDT)
    practice = org.salesforce.add("Practice__c", Name="Des Moines Heart", Account__c=account)
    contact = org.salesforce.add("Contact", LastName="Adeyemi", AccountId=account)

    named: tuple[dict[str, Any], ...] = (
        {"WhatId": other, "WhoId": contact},
        {"WhatId": practice},
        {"WhoId": contact},
        {"Subject": "Nobody's"},
    )
    made = [org.call("POST", "/sobjects/Task", fields)[1]["id"] for fields in named]

    assert [org.salesforce.record(key)["AccountId"] for key in made] == [other, account, account, None]


def test_what_an_activity_is_about_has_a_name_and_a_type(clock: StillClock) -> None:
    org = open_org(clock, has={"Practice__c"})
    practice = org.salesforce.add("Practice__c", Name="Des Moines Heart", Account__c=org.id(ADEYEMI))
    org.salesforce.add("Task", WhatId=practice)

    _, body = org.query("SELECT What.Name, What.Type, Account.Owner.Email FROM Task WHERE What.Type = 'Practice__c'")

    record = body["records"][0]
    assert (record["What"]["Name"], record["What"]["Type"]) == ("Des Moines Heart", "Practice__c")
    assert record["What"]["attributes"]["type"] == "Practice__c"
    assert record["Account"]["Owner"]["Email"] == "kim@example.com"
    assert code(org.query("SELECT What.NPI__c FROM Task")) == (400, "INVALID_FIELD")


def test_the_parent_of_a_customer_s_object_is_reached_with_r(clock: StillClock) -> None:
    org = open_org(clock, has={"Practice__c"})
    org.salesforce.add("Practice__c", Name="Des Moines Heart", Account__c=org.id(ADEYEMI))
    org.salesforce.add("Practice__c", Name="Nobody's")

    _, body = org.query("SELECT Name, Account__r.NPI__c, Account__r.Owner.Name FROM Practice__c ORDER BY Name")

    heart, nobodys = body["records"]
    assert (heart["Account__r"]["NPI__c"], heart["Account__r"]["Owner"]["Name"]) == (ADEYEMI, "Kim")
    assert nobodys["Account__r"] is None


# Accounts that are persons


def test_a_person_account_is_named_by_its_parts_and_has_a_contact_behind_it(clock: StillClock) -> None:
    org = open_org(clock, has={"PersonAccount"})

    _, made = org.call("POST", "/sobjects/Account", {"FirstName": "Ola", "LastName": "Okafor", "NPI__pc": "2000000044"})
    person = org.salesforce.record(made["id"])
    contact = org.salesforce.record(str(person["PersonContactId"]))

    assert (person["Name"], person["IsPersonAccount"]) == ("Ola Okafor", True)
    assert (contact["Name"], contact["AccountId"], contact["NPI__c"]) == ("Ola Okafor", made["id"], "2000000044")
    refused = org.call("PATCH", f"/sobjects/Account/{made['id']}", {"Name": "Dr. Okafor"})
    assert code(refused) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert org.call("PATCH", f"/sobjects/Account/{made['id']}", {"LastName": "Obi"})[0] == 204
    assert org.salesforce.record(str(person["PersonContactId"]))["Name"] == "Ola Obi"


def test_a_business_takes_no_person_s_fields(clock: StillClock) -> None:
    org = open_org(clock, World(), has={"PersonAccount"})
    _, made = org.call("POST", "/sobjects/Account", {"Name": "Des Moines Heart"})

    refused = org.call("PATCH", f"/sobjects/Account/{made['id']}", {"PersonEmail": "a@example.com"})

    assert org.salesforce.record(made["id"])["IsPersonAccount"] is False
    assert code(refused) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_providers_are_persons_where_the_org_has_them_and_activities_find_them_by_contact(clock: StillClock) -> None:
    org = open_org(clock, has={"PersonAccount"})
    person = org.salesforce.record(org.id(ADEYEMI))

    task = org.salesforce.add("Task", WhoId=person["PersonContactId"])

    assert (person["IsPersonAccount"], person["Name"]) == (True, "Dr. Adeyemi")
    assert org.salesforce.record(task)["AccountId"] == person["Id"]


def test_an_org_without_person_accounts_says_so_by_its_fields(org: Org) -> None:
    _, shape = org.call("GET", "/sobjects/Account/describe")

    assert "IsPersonAccount" not in {field["name"] for field in shape["fields"]}


# Setting up


def test_a_permission_set_is_found_and_given_to_a_user_once(org: Org) -> None:
    salesforce = org.salesforce
    salesforce.records.insert("PermissionSet", {"Name": "Call_Planning", "Label": "Call Planning"}, None)

    _, found = org.query("SELECT Id FROM PermissionSet WHERE Name = 'Call_Planning'")
    given = {"AssigneeId": salesforce.records.login, "PermissionSetId": found["records"][0]["Id"]}
    first = org.call("POST", "/sobjects/PermissionSetAssignment", given)
    again = org.call("POST", "/sobjects/PermissionSetAssignment", given)

    asked = "SELECT COUNT() FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Call_Planning'"
    assert (first[0], code(again)) == (201, (400, "DUPLICATE_VALUE"))
    assert org.query(asked)[1]["totalSize"] == 1
    assert org.call("DELETE", f"/sobjects/PermissionSetAssignment/{first[1]['id']}")[0] == 204
    assert org.query(asked)[1]["totalSize"] == 0


def test_an_org_knows_itself(org: Org) -> None:
    _, found = org.query("SELECT Id, Name, OrganizationType, IsSandbox FROM Organization")

    assert found["records"][0]["Id"] == org.salesforce.org.id
    assert org.call("GET", f"/sobjects/Organization/{org.salesforce.org.id}")[0] == 200
