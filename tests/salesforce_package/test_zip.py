"""The zip that a deploy posts: the same each time, whole in itself, and without what an org has no field for."""

from __future__ import annotations

import io
import zipfile

import pytest
from lxml import etree

from adapters.salesforce.deploy.package import choose, field_names, package_zip
from connector.errors import NeedsHuman
from tests.salesforce_package.metadata import NS, check_xml


def unpacked(data: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def members(files: dict[str, bytes]) -> dict[str, list[str]]:
    """What package.xml says is inside, by type."""
    root = etree.fromstring(files["package.xml"])
    return {
        types.findtext(f"{NS}name"): [member.text for member in types.findall(f"{NS}members")]
        for types in root.findall(f"{NS}types")
    }


def test_the_same_source_gives_the_same_zip_on_any_day_and_machine() -> None:
    inside = zipfile.ZipFile(io.BytesIO(package_zip())).infolist()

    assert package_zip() == package_zip()
    assert {file.date_time for file in inside} == {(1980, 1, 1, 0, 0, 0)}
    assert [file.filename for file in inside] == sorted(file.filename for file in inside)


def test_every_file_in_the_zip_is_what_salesforce_defines() -> None:
    files = unpacked(package_zip(field_names(), running_user="kim@example.com"))

    problems = [what for path, data in files.items() if not path.startswith("lwc/") for what in check_xml(data, path)]

    assert problems == []


def test_the_zip_holds_what_managers_see_and_no_tests() -> None:
    files = unpacked(package_zip())
    told = members(files)

    assert {"objects/Account.object", "objects/Activity.object", "lwc/callplanCard/callplanCard.js"} <= files.keys()
    assert "reports/Callplan-meta.xml" in files
    assert not any("__tests__" in path for path in files)
    assert {*told} == {
        *("CustomField", "CustomNotificationType", "Dashboard", "Flow", "LightningComponentBundle"),
        *("ListView", "PermissionSet", "Report", "ReportType"),
    }
    assert told["Dashboard"] == ["Callplan/", "Callplan/Tier_A_Going_Cold"]


def test_an_object_has_its_fields_and_list_views_in_one_file() -> None:
    root = etree.fromstring(unpacked(package_zip())["objects/Account.object"])

    assert len(root.findall(f"{NS}fields")) == 22
    assert len(root.findall(f"{NS}listViews")) == 3


def test_the_npi_stays_at_home_unless_it_is_asked_for() -> None:
    usual, asked = members(unpacked(package_zip())), members(unpacked(package_zip(field_names())))

    assert "Account.NPI__c" not in usual["CustomField"]
    assert usual["PermissionSet"] == ["Callplan_Integration", "Callplan_Rep", "Callplan_Viewer"]
    assert "Account.NPI__c" in asked["CustomField"]
    assert "Callplan_NPI" in asked["PermissionSet"]


def test_a_field_that_the_org_has_is_not_brought_again_and_is_shown_all_the_same() -> None:
    brought = field_names() - {"NPI__c", "Call_Tier__c"}

    files = unpacked(package_zip(brought, present={"Call_Tier__c"}))

    assert b"<fullName>Call_Tier__c" not in files["objects/Account.object"]
    assert members(files)["ListView"] == members(unpacked(package_zip()))["ListView"]
    assert b"Account.Call_Tier__c" in files["permissionsets/Callplan_Viewer.permissionset"]


def test_what_shows_a_field_that_will_not_be_there_stays_out_and_is_named() -> None:
    package = choose(field_names() - {"NPI__c", "Procedure_Volume__c"})

    out = {component.name for component in package.left_out}
    kept = {component.name for component in package.components}

    assert out == {
        *("Account.Callplan_Tier_A", "Account.Callplan_Tier_A_Going_Cold", "Callplan_Accounts"),
        *("Callplan/Tier_A_Going_Cold_By_Owner", "Callplan/Tier_A_Going_Cold"),
    }
    assert {"Account.Callplan_This_Week", "callplanCard", "Callplan_Going_Cold_Task", "Callplan_Viewer"} <= kept
    for component in package.components:
        assert not any(b"Procedure_Volume__c" in data for data in component.files.values())


def test_a_report_stays_out_with_its_report_type_and_a_dashboard_with_its_report() -> None:
    package = choose(field_names() - {"Tier_Reason__c"})

    assert [component.name for component in package.left_out] == [
        *("callplanCard", "Account.Callplan_Tier_A", "Callplan_Accounts"),
        "Callplan/Tier_A_Going_Cold_By_Owner",
        "Callplan/Tier_A_Going_Cold",
    ]


def test_a_field_that_the_package_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(
        NeedsHuman, match=r"no field Tier_Level__c\. It has Activity_State__c, Call_Order__c, Call_Tier__c"
    ):
        package_zip({"Tier_Level__c"})


def test_the_dashboard_runs_as_whom_the_deployer_names() -> None:
    path = "dashboards/Callplan/Tier_A_Going_Cold.dashboard"

    named = unpacked(package_zip(running_user="kim@example.com"))[path]

    assert etree.fromstring(named).findtext(f"{NS}runningUser") == "kim@example.com"
    assert b"runningUser" not in unpacked(package_zip())[path]


def test_the_version_is_the_callers() -> None:
    assert b"<version>67.0</version>" in unpacked(package_zip(api_version="67.0"))["package.xml"]
