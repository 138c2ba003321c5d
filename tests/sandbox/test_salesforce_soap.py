"""The Metadata API in SOAP: whatever prefix a client writes, the same deployment, and every record back."""

from __future__ import annotations

import base64

import pytest

from sandbox.salesforce.metadata.markup import Node, read
from tests.conftest import StillClock
from tests.sandbox import salesforce_package as package
from tests.sandbox.salesforce_org import Org, open_org
from tests.sandbox.salesforce_package import PACKAGE, account, deploy, manifest, outcomes, zipped

OPTIONS = "<checkOnly>false</checkOnly><rollbackOnError>true</rollbackOnError><singlePackage>true</singlePackage>"


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock, deployed=False)


def soap(org: Org, operation: str, inside: str, *, token: str = "", prefix: str = "m") -> tuple[int, Node]:
    """The status, and what is in the answer's body."""
    envelope = (
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:{prefix}="{package.SPACE}">'
        f"<e:Header><{prefix}:SessionHeader><{prefix}:sessionId>{token or org.token}</{prefix}:sessionId>"
        f"</{prefix}:SessionHeader></e:Header>"
        f"<e:Body><{prefix}:{operation} xmlns='{package.SPACE}'>{inside}</{prefix}:{operation}></e:Body></e:Envelope>"
    )
    answer = org.client.post("/services/Soap/m/67.0", data=envelope, content_type="text/xml")
    assert answer.mimetype == "text/xml"
    body = read(answer.get_data()).first("Body")
    assert body
    return answer.status_code, body.children[0]


def send(org: Org, files: dict[str, str], prefix: str = "m") -> str:
    content = base64.b64encode(zipped(files)).decode()
    inside = f"<ZipFile>{content}</ZipFile><DeployOptions>{OPTIONS}</DeployOptions>"
    status, said = soap(org, "deploy", inside, prefix=prefix)
    assert (status, said.name, said.value("result", "state")) == (200, "deployResponse", "Queued")
    return said.value("result", "id")


def check(org: Org, id: str) -> Node:
    asked = f"<asyncProcessId>{id}</asyncProcessId><includeDetails>true</includeDetails>"
    result = soap(org, "checkDeployStatus", asked)[1].first("result")
    assert result
    return result


@pytest.mark.parametrize("prefix", ["m", "sf"])
def test_a_deployment_is_followed_to_its_end(org: Org, prefix: str) -> None:
    key = send(org, PACKAGE, prefix)

    before = check(org, key)
    org.clock.sleep(10)
    after = check(org, key)

    assert (before.value("status"), before.value("done")) == ("Pending", "false")
    assert (after.value("status"), after.value("success")) == ("Succeeded", "true")
    details = after.first("details")
    assert details
    assert next(details.all("componentSuccesses")).value("fullName") == "Account.Call_Tier__c"


def test_elements_come_in_the_order_of_the_wsdl(org: Org) -> None:
    key = send(org, PACKAGE)
    soap(org, "cancelDeploy", f"<String>{key}</String>")

    names = [child.name for child in check(org, key).children]
    assert names == sorted(names)
    assert names[:3] == ["canceledBy", "canceledByName", "checkOnly"]


def test_what_fails_is_told_with_its_place(org: Org) -> None:
    bad = {**PACKAGE, "objects/Account.object": account(package.field("Call_Tier__c", "PickList"))}
    key = send(org, bad)
    org.clock.sleep(10)

    failures = list(check(org, key).deep("componentFailures"))

    told = next(f for f in failures if f.value("fullName") == "Account.Call_Tier__c")
    assert (told.value("problemType"), told.value("lineNumber")) == ("Error", "3")
    assert "not a valid value for the enum 'FieldType'" in told.value("problem")


def test_a_session_that_is_not_valid_is_a_fault(org: Org) -> None:
    status, fault = soap(org, "describeMetadata", "<asOfVersion>67.0</asOfVersion>", token="guess")

    assert (status, fault.name, fault.value("faultcode")) == (500, "Fault", "sf:INVALID_SESSION_ID")


def test_an_operation_that_is_not_there_and_a_torn_envelope_are_faults(org: Org) -> None:
    status, fault = soap(org, "renameMetadata", "<type>CustomField</type>")
    torn = org.client.post("/services/Soap/m/67.0", data="<e:Envelope", content_type="text/xml")

    assert (status, fault.name) == (500, "Fault")
    assert torn.status_code == 500


def test_an_unknown_deployment_is_a_fault(org: Org) -> None:
    status, fault = soap(org, "checkDeployStatus", "<asyncProcessId>0AfHs0000000001AAA</asyncProcessId>")

    assert (status, fault.value("faultcode")) == (500, "sf:INVALID_CROSS_REFERENCE_KEY")


def test_a_deployment_is_cancelled_in_soap_too(org: Org) -> None:
    key = send(org, PACKAGE)

    said = soap(org, "cancelDeploy", f"<String>{key}</String>")[1]

    assert (said.value("result", "done"), check(org, key).value("status")) == ("true", "Canceled")


def test_the_types_that_can_be_deployed_are_described(org: Org) -> None:
    described = soap(org, "describeMetadata", "<asOfVersion>67.0</asOfVersion>")[1]

    types = {one.value("xmlName"): one for one in described.deep("metadataObjects")}
    assert types["PermissionSet"].value("directoryName") == "permissionsets"
    assert {one.text for one in types["CustomObject"].all("childXmlNames")} == {"CustomField", "ListView"}
    assert described.value("result", "partialSaveAllowed") == "true"


def test_what_was_deployed_is_listed_and_read_back(org: Org) -> None:
    deploy(org, PACKAGE)

    listed = soap(org, "listMetadata", "<queries><type>CustomField</type></queries>")[1]
    names = "<fullNames>Account.Call_Tier__c</fullNames><fullNames>Account.Gone__c</fullNames>"
    found = soap(org, "readMetadata", f"<type>CustomField</type>{names}")[1].first("result")

    assert [one.value("fullName") for one in listed.all("result")] == [
        "Account.Call_Order__c",
        "Account.Call_Tier__c",
        "Account.Going_Cold__c",
    ]
    assert found
    tier, gone = found.all("records")
    assert (tier.value("fullName"), tier.value("type")) == ("Account.Call_Tier__c", "Picklist")
    assert [one.value("fullName") for one in tier.deep("value")] == ["A", "B", "C"]
    assert gone.children == []


def test_only_components_of_a_known_type_are_listed(org: Org) -> None:
    status, fault = soap(org, "listMetadata", "<queries><type>Nonsense</type></queries>")
    empty = soap(org, "listMetadata", "<queries><type>Report</type></queries>")[1]

    assert (status, fault.value("faultcode")) == (500, "sf:INVALID_TYPE")
    assert empty.children == []


def test_a_field_that_was_always_there_is_read_like_one_that_was_deployed(org: Org) -> None:
    names = "<fullNames>Account.NPI__c</fullNames><fullNames>Event.Outcome__c</fullNames>"

    npi, outcome = soap(org, "readMetadata", f"<type>CustomField</type>{names}")[1].deep("records")
    again = deploy(
        org, {"package.xml": manifest(CustomField=["Account.NPI__c"]), "objects/Account.object": _again(npi)}
    )

    assert (npi.value("type"), npi.value("length"), npi.value("externalId")) == ("Text", "10", "true")
    assert [one.value("fullName") for one in outcome.deep("value")] == ["Completed", "No Show", "Canceled"]
    assert outcomes(again) == {"Account.NPI__c": "the same"}


def _again(record: Node) -> str:
    parts = "".join(child.write() for child in record.children if child.name != "fullName")
    name = record.value("fullName").partition(".")[2]
    return account(f"<fields><fullName>{name}</fullName>{parts}</fields>")
