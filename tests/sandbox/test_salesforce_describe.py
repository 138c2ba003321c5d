"""What an org tells of itself: versions, resources, objects, fields, limits."""

from __future__ import annotations

import pytest

from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, Org, code, open_org


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


def test_versions_bear_the_names_of_their_seasons(org: Org) -> None:
    versions = {v["version"]: v["label"] for v in org.client.get("/services/data").get_json()}

    assert (versions["65.0"], versions["66.0"]) == ("Winter '26", "Spring '26")
    assert (versions["67.0"], versions["68.0"]) == ("Summer '26", "Winter '27")


def test_a_version_leads_to_its_resources_and_to_who_asks(org: Org) -> None:
    _, home = org.call("GET", "")

    assert home["sobjects"] == "/services/data/v67.0/sobjects"
    assert {"composite", "jobs", "limits", "metadata", "query", "queryAll", "tooling"} <= set(home)
    assert home["identity"] == f"http://localhost/id/{org.salesforce.org.id}/{org.salesforce.records.login}"


def test_an_object_and_its_fields_are_described_with_every_key_that_salesforce_gives(org: Org) -> None:
    _, shape = org.call("GET", "/sobjects/Account/describe")
    _, listed = org.call("GET", "/sobjects")

    assert len(shape) == 42
    assert {len(field) for field in shape["fields"]} == {57}
    assert {len(kind) for kind in listed["sobjects"]} == {28}
    assert ("Contact", "AccountId") in {(c["childSObject"], c["field"]) for c in shape["childRelationships"]}
    assert shape["urls"]["describe"] == "/services/data/v67.0/sobjects/Account/describe"


def test_a_lookup_to_several_objects_says_so(org: Org) -> None:
    _, shape = org.call("GET", "/sobjects/Task/describe")

    who = next(field for field in shape["fields"] if field["name"] == "WhoId")
    assert (who["polymorphicForeignKey"], who["namePointing"]) == (True, True)
    assert (who["referenceTo"], who["relationshipName"], who["soapType"]) == (["Contact", "Lead"], "Who", "tns:ID")


def test_a_field_that_may_only_be_read_says_so_and_refuses_a_write(org: Org) -> None:
    org.salesforce.protect("Account", "Call_Tier__c")

    _, shape = org.call("GET", "/sobjects/Account/describe")
    refused = org.call("PATCH", f"/sobjects/Account/{org.id(ADEYEMI)}", {"Call_Tier__c": "A"})

    tier = next(field for field in shape["fields"] if field["name"] == "Call_Tier__c")
    assert (tier["updateable"], tier["createable"]) == (False, False)
    assert code(refused) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert org.query("SELECT Call_Tier__c FROM Account")[0] == 200


@pytest.mark.parametrize("path", ["/sobjects", "/sobjects/Account/describe"])
def test_a_describe_is_sent_again_only_when_an_administrator_has_changed_something(org: Org, path: str) -> None:
    org.call("GET", path)
    assert org.last
    seen = {"If-Modified-Since": org.last.headers["Last-Modified"]}
    org.clock.sleep(60)

    same = org.call("GET", path, headers=seen)
    org.salesforce.hide("Account", "Call_Tier__c")
    other = org.call("GET", path, headers=seen)

    assert same == (304, None)
    assert other[0] == 200


def test_every_limit_has_what_is_left_of_it(org: Org) -> None:
    _, limits = org.call("GET", "/limits")

    assert limits["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_999}
    assert limits["DailyBulkV2QueryJobs"]["Max"] == 10_000
    assert {"DailyBulkApiBatches", "DailyBulkV2QueryFileStorageMB", "DataStorageMB", "FileStorageMB"} <= set(limits)
    assert all(0 <= limit["Remaining"] <= limit["Max"] for limit in limits.values())


def test_records_are_counted_and_objects_without_any_are_left_out(org: Org) -> None:
    asked = {"sObjects": "Account,Contact,Patient"}

    status, body = org.call("GET", "/limits/recordCount", query_string=asked)

    assert (status, body) == (200, {"sObjects": [{"count": 3, "name": "Account"}]})


def test_the_tooling_api_finds_nothing(org: Org) -> None:
    status, body = org.call("GET", "/tooling/query", query_string={"q": "SELECT Id FROM SandboxProcess"})

    assert (status, body["entityTypeName"], body["records"]) == (200, "SandboxProcess", [])


def test_the_columns_of_a_query_are_told_without_its_rows(org: Org) -> None:
    asked = {"q": "SELECT Id, Owner.Email, Call_Order__c FROM Account", "columns": "true"}

    _, body = org.call("GET", "/query", query_string=asked)

    assert (body["entityName"], body["keyPrefix"], body["idSelected"]) == ("Account", "001", True)
    assert [c["columnName"] for c in body["columnMetadata"]] == ["Id", "Owner.Email", "Call_Order__c"]
    assert [c["apexType"] for c in body["columnMetadata"]] == ["Id", "String", "Double"]
