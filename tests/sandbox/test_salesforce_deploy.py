"""A package makes a bare org ours, step by step, and is refused for what Salesforce would refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import StillClock
from tests.sandbox import salesforce_package as package
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, Org, code, codes, open_org
from tests.sandbox.salesforce_package import PACKAGE, account, ask, deploy, field, look, manifest, outcomes, problems


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock, deployed=False)


def seen(org: Org, kind: str = "Account") -> dict[str, Any]:
    status, body = org.call("GET", f"/sobjects/{kind}/describe")
    assert status == 200
    return {one["name"]: one for one in body["fields"]}


def with_fields(*fields: str, name: str = "Account", members: list[str] | None = None) -> dict[str, str]:
    """A package of fields of one object, each named in package.xml."""
    found = members or [f"{name}.{text.partition('<fullName>')[2].partition('<')[0]}" for text in fields]
    return {"package.xml": manifest(CustomField=found), f"objects/{name}.object": account(*fields)}


# From a bare org to ours


def test_a_bare_org_has_the_customer_s_key_and_none_of_our_fields(org: Org) -> None:
    custom = [name for name in seen(org) if name.endswith("__c")]
    row = org.patch_rows({"id": org.id(ADEYEMI), "Call_Tier__c": "A"})

    assert custom == ["NPI__c"]
    assert row[0]["errors"][0]["message"] == "No such column 'Call_Tier__c' on sobject of type Account"


def test_a_deployment_waits_works_and_is_done(org: Org) -> None:
    asked = ask(org, PACKAGE)[1]

    stages = [look(org, asked["id"])["status"]]
    for _ in range(3):
        org.clock.sleep(1)
        stages.append(look(org, asked["id"])["status"])

    assert asked["id"].startswith("0Af")
    assert asked["deployOptions"]["rollbackOnError"] is True
    assert stages == ["Pending", "InProgress", "InProgress", "Succeeded"]


def test_the_answer_counts_and_names_what_was_deployed(org: Org) -> None:
    result = deploy(org, PACKAGE)

    assert (result["success"], result["done"], result["checkOnly"]) == (True, True, False)
    assert (result["numberComponentsTotal"], result["numberComponentsDeployed"]) == (5, 5)
    assert outcomes(result) == {
        "Account.Call_Tier__c": "created",
        "Account.Going_Cold__c": "created",
        "Account.Call_Order__c": "created",
        "Account.Going_Cold_Tier_A": "created",
        "Call_Planning_Integration": "created",
    }


def test_without_details_only_the_counts_are_told(org: Org) -> None:
    asked = ask(org, PACKAGE)[1]
    org.clock.sleep(10)

    short = org.call("GET", f"/metadata/deployRequest/{asked['id']}")[1]["deployResult"]

    assert (short["details"], short["numberComponentsDeployed"]) == (None, 5)


def test_a_deployed_field_is_invisible_until_its_permission_set_is_assigned(org: Org) -> None:
    deploy(org, PACKAGE)
    before = "Call_Tier__c" in seen(org), code(org.query("SELECT Call_Tier__c FROM Account"))

    found = org.query("SELECT Id FROM PermissionSet WHERE Name = 'Call_Planning_Integration'")[1]["records"][0]["Id"]
    me = org.salesforce.records.login
    body = {"AssigneeId": me, "PermissionSetId": found}
    status, made = org.call("POST", "/sobjects/PermissionSetAssignment", body)
    tier = seen(org)["Call_Tier__c"]

    assert before == (False, (400, "INVALID_FIELD"))
    assert (status, made["success"]) == (201, True)
    assert (tier["type"], tier["restrictedPicklist"]) == ("picklist", True)
    assert [option["value"] for option in tier["picklistValues"]] == ["A", "B", "C"]
    assert codes(org.patch_rows({"id": org.id(ADEYEMI), "Call_Tier__c": "A", "Call_Order__c": 3})) == ["written"]
    assert codes(org.patch_rows({"id": org.id(ADEYEMI), "Call_Tier__c": "D"})) == [
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    ]


def test_an_assignment_can_be_read_is_made_once_and_taken_back(org: Org) -> None:
    deploy(org, PACKAGE)
    org.salesforce.assign("Call_Planning_Integration")
    soql = "SELECT Id, Assignee.Username, PermissionSetId FROM PermissionSetAssignment WHERE PermissionSet.Name = '{}'"

    row = org.query(soql.format("Call_Planning_Integration"))[1]["records"][0]
    body = {"AssigneeId": org.salesforce.records.login, "PermissionSetId": row["PermissionSetId"]}
    again = org.call("POST", "/sobjects/PermissionSetAssignment", body)
    shown = "Call_Tier__c" in seen(org)
    gone = org.call("DELETE", f"/sobjects/PermissionSetAssignment/{row['Id']}")

    assert row["Assignee"]["Username"] == "callplan@sandbox.example"
    assert code(again) == (400, "DUPLICATE_VALUE")
    assert again[1][0]["message"].startswith("Duplicate PermissionSetAssignment. Assignee: 005")
    assert (shown, gone[0]) == (True, 204)
    assert "Call_Tier__c" not in seen(org)


def test_a_description_is_sent_again_once_a_package_or_a_grant_has_changed_it(org: Org) -> None:
    def told(since: str) -> tuple[int, str]:
        status, _ = org.call("GET", "/sobjects/Account/describe", headers={"If-Modified-Since": since})
        assert org.last
        return status, org.last.headers.get("Last-Modified", since)

    bare = told("")[1]
    deploy(org, PACKAGE)
    deployed = told(bare)
    org.clock.sleep(60)
    org.salesforce.assign("Call_Planning_Integration")
    granted = told(deployed[1])

    assert (deployed[0], granted[0], told(granted[1])[0]) == (200, 200, 304)


def test_a_grant_to_another_user_shows_the_integration_user_nothing(org: Org) -> None:
    deploy(org, PACKAGE)
    kim = org.query("SELECT Id FROM User WHERE Name = 'Kim'")[1]["records"][0]["Id"]
    found = org.query("SELECT Id FROM PermissionSet")[1]["records"][0]["Id"]

    org.call("POST", "/sobjects/PermissionSetAssignment", {"AssigneeId": kim, "PermissionSetId": found})

    assert "Call_Tier__c" not in seen(org)


def test_a_field_granted_to_read_only_is_described_so_and_refuses_a_write(org: Org) -> None:
    grants = package.permission_set(package.grant("Account.Call_Tier__c", editable=False))
    deploy(org, {**PACKAGE, "permissionsets/Call_Planning_Integration.permissionset": grants})
    org.salesforce.assign("Call_Planning_Integration")

    row = org.patch_rows({"id": org.id(ADEYEMI), "Call_Tier__c": "A"})

    assert seen(org)["Call_Tier__c"]["updateable"] is False
    assert codes(row) == ["INVALID_FIELD_FOR_INSERT_UPDATE"]
    assert "Call_Order__c" not in seen(org)


def test_a_permission_set_that_grants_less_takes_the_rest_away(org: Org) -> None:
    deploy(org, PACKAGE)
    org.salesforce.assign("Call_Planning_Integration")
    less = package.permission_set(package.grant("Account.Call_Order__c"))

    deploy(org, {**PACKAGE, "permissionsets/Call_Planning_Integration.permissionset": less})

    assert ("Call_Order__c" in seen(org), "Call_Tier__c" in seen(org)) == (True, False)
    granted = org.query("SELECT Field FROM FieldPermissions WHERE Parent.Name = 'Call_Planning_Integration'")[1]
    assert [row["Field"] for row in granted["records"]] == ["Account.Call_Order__c"]


def test_records_that_were_there_have_the_new_fields_empty(org: Org) -> None:
    deploy(org, PACKAGE)
    org.salesforce.assign("Call_Planning_Integration")

    status, body = org.query("SELECT Call_Tier__c, Going_Cold__c FROM Account WHERE NPI__c = '2000000010'")

    assert status == 200
    row = body["records"][0]
    assert (row["Call_Tier__c"], row["Going_Cold__c"]) == (None, False)


def test_the_same_package_again_changes_nothing(org: Org) -> None:
    deploy(org, PACKAGE)
    org.salesforce.assign("Call_Planning_Integration")
    org.patch_rows({"id": org.id(ADEYEMI), "Call_Tier__c": "A"})

    again = deploy(org, PACKAGE)

    assert set(outcomes(again).values()) == {"the same"}
    assert org.salesforce.record(org.id(ADEYEMI))["Call_Tier__c"] == "A"
    assert "Call_Tier__c" in seen(org)


def test_a_new_picklist_value_changes_the_field_and_only_it(org: Org) -> None:
    deploy(org, PACKAGE)
    org.salesforce.assign("Call_Planning_Integration")

    wider = package.picklist("Call_Tier__c", "A", "B", "C", "D")
    result = deploy(
        org, {**PACKAGE, "objects/Account.object": account(wider, package.COLD, package.ORDER, package.LIST)}
    )

    assert [name for name, what in outcomes(result).items() if what == "changed"] == ["Account.Call_Tier__c"]
    assert codes(org.patch_rows({"id": org.id(ADEYEMI), "Call_Tier__c": "D"})) == ["written"]


def test_two_orgs_do_not_see_each_other_s_deployments(org: Org) -> None:
    other = open_org(StillClock(), deployed=False)
    grants = package.permission_set(package.grant("Account.Call_Tier__c"), package.grant("Task.Connector_Key__c"))
    deploy(org, with_fields(package.TIER))
    deploy(org, with_fields(package.KEY, name="Activity"))
    deploy(org, {"package.xml": manifest(PermissionSet=["Both"]), "permissionsets/Both.permissionset": grants})
    org.salesforce.assign("Both")

    assert ("Call_Tier__c" in seen(org), "Connector_Key__c" in seen(org, "Task")) == (True, True)
    assert ("Call_Tier__c" in seen(other), "Connector_Key__c" in seen(other, "Task")) == (False, False)
    assert "Connector_Key__c" not in other.salesforce.records.kinds["Task"].fields


def test_an_org_comes_back_from_its_file_with_what_was_deployed(org: Org) -> None:
    deploy(org, PACKAGE)
    org.salesforce.assign("Call_Planning_Integration")
    kept = json.loads(json.dumps(org.salesforce.dump()))

    again = open_org(org.clock, deployed=False)
    again.salesforce.load(kept)
    again.log_in()

    assert again.salesforce.dump() == kept
    assert seen(again) == seen(org)
    assert set(outcomes(deploy(again, PACKAGE)).values()) == {"the same"}


# Trying, failing, cancelling


def test_a_check_tells_everything_and_keeps_nothing(org: Org) -> None:
    result = deploy(org, PACKAGE, checkOnly=True)

    assert (result["status"], result["checkOnly"], result["numberComponentsDeployed"]) == ("Succeeded", True, 5)
    assert org.query("SELECT Id FROM PermissionSet")[1]["totalSize"] == 0
    assert set(outcomes(deploy(org, PACKAGE)).values()) == {"created"}


@pytest.mark.parametrize(("rollback", "status", "kept"), [(True, "Failed", 0), (False, "SucceededPartial", 1)])
def test_one_bad_component_undoes_the_rest_unless_told_otherwise(
    org: Org, rollback: bool, status: str, kept: int
) -> None:
    broken = {**PACKAGE, "objects/Account.object": account(package.TIER, package.COLD, package.LIST)}

    result = deploy(org, broken, rollbackOnError=rollback)

    assert (result["status"], result["numberComponentErrors"]) == (status, 2)
    assert org.query("SELECT Id FROM ListView")[1]["totalSize"] == kept


def test_a_deployment_that_waits_is_cancelled_at_once(org: Org) -> None:
    asked = ask(org, PACKAGE)[1]

    path = f"/metadata/deployRequest/{asked['id']}"
    status, body = org.call("PATCH", path, {"deployResult": {"status": "Canceling"}})
    org.clock.sleep(10)
    again = org.call("PATCH", path, {"deployResult": {"status": "Canceling"}})

    assert (status, body["deployResult"]["status"]) == (202, "Canceled")
    assert look(org, asked["id"])["success"] is False
    assert code(again) == (400, "INVALID_ID_FIELD")
    assert org.query("SELECT Id FROM PermissionSet")[1]["totalSize"] == 0


def test_a_deployment_that_works_takes_a_moment_to_cancel(clock: StillClock) -> None:
    org = open_org(clock, deployed=False, deploy_seconds=60)
    asked = ask(org, PACKAGE)[1]
    org.clock.sleep(2)

    path = f"/metadata/deployRequest/{asked['id']}"
    first = org.call("PATCH", path, {"deployResult": {"status": "Canceling"}})[1]["deployResult"]["status"]
    org.clock.sleep(1)

    assert (first, look(org, asked["id"])["status"]) == ("Canceling", "Canceled")


def test_deployments_are_done_one_after_the_other(org: Org) -> None:
    first, second = ask(org, PACKAGE)[1], ask(org, PACKAGE)[1]
    org.clock.sleep(3)

    both = look(org, first["id"])["status"], look(org, second["id"])["status"]
    org.clock.sleep(2)

    assert both == ("Succeeded", "InProgress")
    assert set(outcomes(look(org, second["id"])).values()) == {"the same"}


# What is refused at the door


def test_a_body_that_is_no_package_is_refused(org: Org) -> None:
    torn = ask(org, b"PK but no archive")
    plain = org.call("POST", "/metadata/deployRequest", {"deployOptions": {}})
    alone = org.call("POST", "/metadata/deployRequest", data={"json": "{}"}, content_type="multipart/form-data")

    assert code(torn) == (400, "INVALID_OPERATION")
    assert code(plain) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert code(alone) == (400, "INVALID_MULTIPART_REQUEST")


def test_the_options_may_come_under_either_name(org: Org) -> None:
    assert [ask(org, PACKAGE, part)[0] for part in ("json", "entity_content", "options")] == [201, 201, 400]


def test_an_unknown_deployment_is_not_found(org: Org) -> None:
    assert code(org.call("GET", "/metadata/deployRequest/0AfHs0000000001AAA")) == (404, "NOT_FOUND")


def test_the_source_form_is_not_what_the_api_deploys(org: Org) -> None:
    source = {"objects/Account/fields/Call_Tier__c.field-meta.xml": package.xml("CustomField", package.TIER)}

    bare = deploy(org, source)
    named = deploy(org, {"package.xml": manifest(CustomField=["Account.Call_Tier__c"]), **source})

    assert problems(bare) == {"package.xml": "No package.xml found"}
    assert problems(named)["Account.Call_Tier__c"] == (
        "An object 'Account.Call_Tier__c' of type CustomField was named in package.xml, "
        "but was not found in zipped directory"
    )


def test_a_package_in_a_folder_of_its_own_is_not_a_single_one(org: Org) -> None:
    inside = {f"callplan/{path}": text for path, text in PACKAGE.items()}

    assert problems(deploy(org, inside)) == {"package.xml": "No package.xml found"}
    assert deploy(org, inside, singlePackage=False)["status"] == "Succeeded"


def test_package_xml_and_the_zip_must_name_the_same(org: Org) -> None:
    less = deploy(org, {k: v for k, v in PACKAGE.items() if not k.startswith("permissionsets/")})
    more = deploy(org, {**PACKAGE, "permissionsets/Viewer.permissionset": package.permission_set()})
    odd = deploy(org, {**PACKAGE, "package.xml": manifest(CustomFeild=["A"], ApexClass=["B"])})

    assert "was not found in zipped directory" in problems(less)["Call_Planning_Integration"]
    assert problems(more) == {"Viewer": "Not in package.xml"}
    told = [failure["problem"] for failure in odd["details"]["componentFailures"]]
    assert "Unknown type name 'CustomFeild' specified in package.xml" in told
    assert "The sandbox does not know how to deploy components of type ApexClass" in told


# What is refused of a component


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (
            field("Next__c", "Date", "<lenght>3</lenght>"),
            "Error parsing file: Element {http://soap.sforce.com/2006/04/metadata}lenght invalid at this location "
            "in type CustomField",
        ),
        (field("Next__c", "PickList"), "Error parsing file: 'PickList' is not a valid value for the enum 'FieldType'"),
        (
            field("Next__c", "Date", "<required>yes</required>"),
            "Error parsing file: 'yes' is not a valid value for the type xsd:boolean",
        ),
        (
            field("Next__c", "Date", "<label>Next again</label>"),
            "Error parsing file: Element label is duplicated at this location in type CustomField",
        ),
        (field("Next__c", "Text"), "Must specify 'length' for a CustomField of type Text"),
        (field("Next__c", "Checkbox"), "Must specify 'defaultValue' for a CustomField of type Checkbox"),
        (field("Next__c", "Text", "<length>256</length>"), "Text fields must have a length between 1 and 255"),
        (
            field("Next__c", "Date", "<externalId>true</externalId>"),
            "Can not specify 'externalId' for a CustomField of type Date",
        ),
        (
            field("NPI__c", "Number", "<precision>5</precision><scale>0</scale>"),
            "Cannot update a field to a Number from something else",
        ),
    ],
)
def test_a_field_is_refused_in_salesforce_s_words_and_at_its_line(org: Org, bad: str, problem: str) -> None:
    result = deploy(org, with_fields(package.TIER, bad))

    failure = result["details"]["componentFailures"][0]
    assert (result["status"], result["numberComponentErrors"]) == ("Failed", 1)
    assert (failure["problem"], failure["lineNumber"]) == (problem, 4)
    assert (failure["componentType"], failure["fileName"]) == ("CustomField", "objects/Account.object")
    assert failure["fullName"].startswith("Account.N")


def test_a_file_that_is_no_xml_is_told_with_its_line(org: Org) -> None:
    torn = {**PACKAGE, "objects/Account.object": account(package.TIER, "<fields>")}

    failure = deploy(org, torn)["details"]["componentFailures"][0]

    assert (failure["fileName"], failure["lineNumber"]) == ("objects/Account.object", 5)
    assert failure["problem"].startswith("Error parsing file: ")


def test_a_field_of_tasks_and_events_is_defined_on_activity(org: Org) -> None:
    task = deploy(org, with_fields(package.KEY, name="Task"))
    activity = deploy(org, with_fields(package.KEY, name="Activity"))
    grants = package.permission_set(package.grant("Task.Connector_Key__c"))
    only = {"package.xml": manifest(PermissionSet=["Keys"]), "permissionsets/Keys.permissionset": grants}
    deploy(org, only)
    org.salesforce.assign("Keys")

    assert "defined on Activity" in problems(task)["Task.Connector_Key__c"]
    assert activity["status"] == "Succeeded"
    assert seen(org, "Task")["Connector_Key__c"]["externalId"] is True
    assert "Connector_Key__c" not in seen(org, "Event")


@pytest.mark.parametrize(
    ("grant", "problem"),
    [
        (package.grant("Account.Tier__c"), "In field: field - no CustomField named Account.Tier__c found"),
        (package.grant("Activity.Outcome__c"), "In field: field - no CustomField named Activity.Outcome__c found"),
        (package.grant("Account.Name"), "You cannot deploy to a required field: Account.Name"),
        (
            "<objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete>"
            "<allowEdit>true</allowEdit><allowRead>false</allowRead><modifyAllRecords>false</modifyAllRecords>"
            "<object>Account</object><viewAllRecords>false</viewAllRecords></objectPermissions>",
            "Permission Edit Account depends on permission(s): Read Account",
        ),
    ],
)
def test_a_permission_set_grants_only_what_is_there_and_can_be_granted(org: Org, grant: str, problem: str) -> None:
    bad = {**PACKAGE, "permissionsets/Call_Planning_Integration.permissionset": package.permission_set(grant)}

    assert problems(deploy(org, bad)) == {"Call_Planning_Integration": problem}


def test_a_custom_object_is_made_granted_and_filled(org: Org) -> None:
    made = (
        "<deploymentStatus>Deployed</deploymentStatus><label>Plan</label><nameField><label>Plan</label>"
        "<type>Text</type></nameField><pluralLabel>Plans</pluralLabel><sharingModel>ReadWrite</sharingModel>"
    )
    lookup = "<referenceTo>Account</referenceTo><relationshipName>Plans</relationshipName>"
    rights = "".join(f"<{n}>true</{n}>" for n in ("allowCreate", "allowDelete", "allowEdit", "allowRead"))
    rest = "<modifyAllRecords>false</modifyAllRecords><object>Plan__c</object><viewAllRecords>false</viewAllRecords>"
    whole = {
        "package.xml": manifest(CustomObject=["Plan__c"], PermissionSet=["Plans"]),
        "objects/Plan__c.object": account(field("Account__c", "Lookup", lookup), made),
        "permissionsets/Plans.permissionset": package.permission_set(
            package.grant("Plan__c.Account__c"), f"<objectPermissions>{rights}{rest}</objectPermissions>"
        ),
    }

    result = deploy(org, whole)
    before = org.call("GET", "/sobjects/Plan__c/describe")[0]
    listed = [one["name"] for one in org.call("GET", "/sobjects")[1]["sobjects"]]
    org.salesforce.assign("Plans")
    status, made_row = org.call("POST", "/sobjects/Plan__c", {"Name": "June", "Account__c": org.id(BRANDT)})

    assert (result["status"], before, status) == ("Succeeded", 404, 201), problems(result)
    assert {"Account", "Plan__c"} & set(listed) == {"Account"}
    found = org.query("SELECT Name, Account__r.Name FROM Plan__c")[1]["records"][0]
    assert (found["Name"], found["Account__r"]["Name"]) == ("June", "Dr. Brandt")
    assert made_row["id"].startswith("a00")
