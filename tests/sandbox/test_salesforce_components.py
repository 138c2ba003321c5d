"""What managers get with a package: reports, a dashboard, a flow, a card and a page, each checked for what it names."""

from __future__ import annotations

import pytest

from tests.conftest import StillClock
from tests.sandbox import salesforce_package as package
from tests.sandbox.salesforce_org import Org, open_org
from tests.sandbox.salesforce_package import deploy, manifest, outcomes, problems, xml

OWNER = "<columns><checkedByDefault>true</checkedByDefault><field>Owner</field><table>Account</table></columns>"
COLUMN = "<columns><checkedByDefault>true</checkedByDefault><field>Call_Tier__c</field><table>Account</table></columns>"
FOLDER = (
    "<accessType>Public</accessType><name>Field Call Planning</name><publicFolderAccess>ReadOnly</publicFolderAccess>"
)
TILE = (
    "<autoselectColumnsFromReport>true</autoselectColumnsFromReport><componentType>Metric</componentType>"
    "<displayUnits>Integer</displayUnits><report>Field_Call_Planning/Going_Cold</report>"
)
SECTION = f"<columnSize>Medium</columnSize><components>{TILE}</components>"
STEP = (
    "<filterLogic>and</filterLogic><filters><field>Going_Cold__c</field><operator>EqualTo</operator>"
    "<value><booleanValue>true</booleanValue></value></filters><object>Account</object>"
    "<recordTriggerType>Update</recordTriggerType><triggerType>RecordAfterSave</triggerType>"
)
LOOK_UP = (
    "<recordLookups><name>Bell</name><label>Bell</label><locationX>0</locationX><locationY>0</locationY>"
    "<assignNullValuesIfNoRecordsFound>false</assignNullValuesIfNoRecordsFound><filterLogic>and</filterLogic>"
    "<filters><field>DeveloperName</field><operator>EqualTo</operator>"
    "<value><stringValue>Account_Going_Cold</stringValue></value></filters>"
    "<object>CustomNotificationType</object></recordLookups>"
)
CARD = "<apiVersion>67.0</apiVersion><isExposed>true</isExposed>"

FILES = {
    "package.xml": manifest(
        CustomField=["Account.Call_Tier__c", "Account.Going_Cold__c"],
        ReportType=["Accounts_Call_Plan"],
        Report=["Field_Call_Planning", "Field_Call_Planning/Going_Cold"],
        Dashboard=["Field_Call_Planning/", "Field_Call_Planning/Silence"],
        Flow=["Account_Going_Cold_Task"],
        CustomNotificationType=["Account_Going_Cold"],
        LightningComponentBundle=["callPlanCard"],
        FlexiPage=["Account_Call_Plan"],
    ),
    "objects/Account.object": package.account(package.TIER, package.COLD),
    "reportTypes/Accounts_Call_Plan.reportType": xml(
        "ReportType",
        "<baseObject>Account</baseObject><category>accounts</category><deployed>true</deployed>"
        f"<label>Accounts</label><sections>{COLUMN}{OWNER}<masterLabel>Call plan</masterLabel></sections>",
    ),
    "reports/Field_Call_Planning-meta.xml": xml("ReportFolder", FOLDER),
    "reports/Field_Call_Planning/Going_Cold.report": xml(
        "Report",
        "<columns><field>Account$Call_Tier__c</field></columns><columns><field>Account.Owner$Name</field></columns>"
        "<filter><criteriaItems><column>Account$Going_Cold__c</column><operator>equals</operator><value>1</value>"
        "</criteriaItems></filter><format>Tabular</format><name>Going cold</name>"
        "<reportType>Accounts_Call_Plan__c</reportType>",
    ),
    "dashboards/Field_Call_Planning-meta.xml": xml("DashboardFolder", FOLDER),
    "dashboards/Field_Call_Planning/Silence.dashboard": xml(
        "Dashboard",
        "<backgroundEndColor>#FFFFFF</backgroundEndColor><backgroundFadeDirection>Diagonal</backgroundFadeDirection>"
        f"<backgroundStartColor>#FFFFFF</backgroundStartColor><leftSection>{SECTION}</leftSection>"
        "<rightSection><columnSize>Medium</columnSize></rightSection><textColor>#000000</textColor>"
        "<title>Going cold</title><titleColor>#000000</titleColor><titleSize>12</titleSize>",
    ),
    "flows/Account_Going_Cold_Task.flow": xml(
        "Flow",
        f"<apiVersion>67.0</apiVersion><label>Going cold</label>{LOOK_UP}<start>{STEP}</start><status>Draft</status>",
    ),
    "notificationtypes/Account_Going_Cold.notiftype": xml(
        "CustomNotificationType",
        "<customNotifTypeName>Account_Going_Cold</customNotifTypeName><desktop>true</desktop>"
        "<masterLabel>Account going cold</masterLabel><mobile>true</mobile>",
    ),
    "lwc/callPlanCard/callPlanCard.js": "export default class CallPlanCard {}\n",
    "lwc/callPlanCard/callPlanCard.js-meta.xml": xml("LightningComponentBundle", CARD),
    "flexipages/Account_Call_Plan.flexipage": xml(
        "FlexiPage",
        "<flexiPageRegions><itemInstances><componentInstance><componentName>c:callPlanCard</componentName>"
        "<identifier>card</identifier></componentInstance></itemInstances><name>main</name><type>Region</type>"
        "</flexiPageRegions><masterLabel>Call plan</masterLabel><sobjectType>Account</sobjectType>"
        "<template><name>flexipage:recordHomeTemplateDesktop</name></template><type>RecordPage</type>",
    ),
}


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock, deployed=False)


def test_all_that_managers_get_is_deployed_and_the_second_time_the_same(org: Org) -> None:
    first = deploy(org, FILES)
    second = deploy(org, FILES)

    assert first["status"] == "Succeeded", problems(first)
    assert len(outcomes(first)) == 10
    assert first["numberComponentsTotal"] == 11
    assert set(outcomes(second).values()) == {"the same"}
    bells = org.query(
        "SELECT MasterLabel, Mobile FROM CustomNotificationType WHERE DeveloperName = 'Account_Going_Cold'"
    )
    assert [(row["MasterLabel"], row["Mobile"]) for row in bells[1]["records"]] == [("Account going cold", True)]


@pytest.mark.parametrize(
    ("path", "old", "new", "problem"),
    [
        (
            "reportTypes/Accounts_Call_Plan.reportType",
            "<field>Call_Tier__c",
            "<field>Tier__c",
            "In field: field - no CustomField named Account.Tier__c found",
        ),
        (
            "reports/Field_Call_Planning/Going_Cold.report",
            "Account$Going_Cold__c",
            "Account$Cold__c",
            "In field: column - no CustomField named Account.Cold__c found",
        ),
        (
            "reports/Field_Call_Planning/Going_Cold.report",
            "Accounts_Call_Plan__c",
            "Accounts__c",
            "In field: reportType - no ReportType named Accounts__c found",
        ),
        (
            "dashboards/Field_Call_Planning/Silence.dashboard",
            "<report>Field_Call_Planning/Going_Cold",
            "<report>Field_Call_Planning/Gone",
            "In field: report - no Report named Field_Call_Planning/Gone found",
        ),
        (
            "flows/Account_Going_Cold_Task.flow",
            "<field>Going_Cold__c",
            "<field>Cold__c",
            "In field: field - no CustomField named Account.Cold__c found",
        ),
        (
            "flows/Account_Going_Cold_Task.flow",
            "RecordAfterSave",
            "AfterSave",
            "Error parsing file: 'AfterSave' is not a valid value for the enum 'FlowTriggerType'",
        ),
        (
            "notificationtypes/Account_Going_Cold.notiftype",
            "<masterLabel>Account going cold</masterLabel>",
            "",
            "Required field is missing: masterLabel",
        ),
        (
            "flexipages/Account_Call_Plan.flexipage",
            "c:callPlanCard",
            "c:callCard",
            "In field: componentName - no LightningComponentBundle named callCard found",
        ),
        (
            "lwc/callPlanCard/callPlanCard.js-meta.xml",
            "LightningComponentBundle",
            "LightningBundle",
            "Error parsing file: Element LightningBundle invalid at this location",
        ),
    ],
)
def test_what_names_something_that_is_not_there_fails(org: Org, path: str, old: str, new: str, problem: str) -> None:
    assert old in FILES[path]

    result = deploy(org, {**FILES, path: FILES[path].replace(old, new)})

    assert result["status"] == "Failed"
    assert problem in problems(result).values()


def test_a_card_without_its_script_and_a_report_without_its_folder_fail(org: Org) -> None:
    gone = ("lwc/callPlanCard/callPlanCard.js", "reports/Field_Call_Planning-meta.xml")

    told = problems(deploy(org, {path: text for path, text in FILES.items() if path not in gone}))

    assert told["callPlanCard"] == "Cannot find Lightning Component Bundle callPlanCard"
    assert told["Field_Call_Planning/Going_Cold"] == "Cannot find folder:Field_Call_Planning"
