"""The source of the package: what Salesforce would refuse is found here, with the file and the line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from lxml import etree

from adapters.salesforce.deploy.package import SOURCE
from sandbox.salesforce.schema import KINDS
from tests.salesforce_package.fields import TYPES, check_grants, check_mapping, check_names, fields, shape, text
from tests.salesforce_package.metadata import NS, check, check_xml

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "mappings/salesforce.yaml"
FILES = sorted(path for part in ("force-app", "npi") for path in (SOURCE / part).rglob("*-meta.xml"))
FIELD = "force-app/main/default/objects/Account/fields/Call_Order__c.field-meta.xml"
FLOW = SOURCE / "force-app/main/default/flows/Callplan_Going_Cold_Task.flow-meta.xml"
TOLD_IN = {"string": "Text", "double": "Number", "boolean": "Checkbox", "date": "Date", "picklist": "Picklist"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy to break."""
    return shutil.copytree(SOURCE, tmp_path / "package", ignore=shutil.ignore_patterns("node_modules"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_file_is_what_salesforce_defines(path: Path) -> None:
    root = etree.parse(path).getroot()
    for part in root.findall(f"{NS}targetConfigs"):  # a file has XML here; the WSDL knows only that it is encoded
        root.remove(part)

    assert check_xml(etree.tostring(root), str(path)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("<precision>5</precision>", "<precison>5</precison>", ':8: CustomField has no "precison". The nearest'),
        (">Number<", ">Numbr<", ':11: "Numbr" is no value of type. The nearest is "Number".'),
        (">5<", ">five<", ":8: Element 'precision': 'five' is not a valid value"),
        ("</label>", "</lable>", ":7: Opening and ending tag mismatch: label line 7 and lable"),
        ("<scale>", "<label>Order</label><scale>", ":2: CustomField has label 2 times, where one may stand."),
        ("CustomField", "CustomFeld", ":2: Salesforce has no metadata of the type CustomFeld."),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_line(package: Path, right: str, wrong: str, said: str) -> None:
    path = package / FIELD
    path.write_text(path.read_text().replace(right, wrong))

    (problem,) = check(path)

    assert problem.startswith(f"{path}{said}")


def test_what_salesforce_requires_is_missed() -> None:
    broken = FLOW.read_text().replace("<label>Callplan Going Cold Task</label>", "")

    assert check_xml(broken.encode(), "flow") == ["flow:2: Flow has no label, which Salesforce requires."]


def test_the_package_has_every_field_that_the_mapping_writes_and_callplan_may_edit_them() -> None:
    assert check_mapping(MAPPING, SOURCE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("Call_Order__c", "Call_Ordr__c", 'has no field "Call_Ordr__c"'),
        ("{field: Call_Order__c", "{field: NPI__c", "Account.NPI__c is read-only for this login"),
        ("{field: Call_Order__c", "{field: Tier_Since__c", "Account.Tier_Since__c is a date, and call_order needs a"),
    ],
)
def test_a_mapping_that_the_package_does_not_serve_is_told_with_its_line(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    mapping = tmp_path / "salesforce.yaml"
    mapping.write_text(MAPPING.read_text().replace(right, wrong))

    problems = check_mapping(mapping, SOURCE)

    line = next(n for n, text in enumerate(mapping.read_text().splitlines(), 1) if text.startswith("  call_order:"))
    assert any(problem.startswith(f"{mapping}:{line}:") and said in problem for problem in problems), problems


def test_a_field_that_is_taken_out_of_the_package_is_missed_by_mapping_and_permissions(package: Path) -> None:
    (package / FIELD).unlink()

    (unmapped,) = check_mapping(MAPPING, package)
    sets = check_grants(package)

    line = next(n for n, text in enumerate(MAPPING.read_text().splitlines(), 1) if text.startswith("  call_order:"))
    assert re.match(rf'{MAPPING}:{line}:\d+: Account has no field "Call_Order__c"', unmapped)
    assert [problem.partition(": ")[2] for problem in sets] == ['the package has no field "Account.Call_Order__c".'] * 2
    assert all(":9: " in problem for problem in sets)


def test_both_permission_sets_grant_every_field_and_none_that_is_not_there() -> None:
    assert check_grants(SOURCE) == []


def test_a_field_that_nobody_may_see_is_missed(package: Path) -> None:
    added = package / FIELD.replace("Call_Order", "Call_Score")
    added.write_text((package / FIELD).read_text().replace("Call_Order", "Call_Score"))

    edit, show = check_grants(package)

    assert edit.endswith("Callplan_Integration.permissionset-meta.xml:2: does not edit Account.Call_Score__c.")
    assert show.endswith("Callplan_Viewer.permissionset-meta.xml:2: does not show Account.Call_Score__c.")


def test_the_fields_are_those_of_the_sandbox_org() -> None:
    sandbox = {name: field for name, field in KINDS["Account"].fields.items() if name.endswith("__c")}
    made = {name: field for name, field in shape(SOURCE).fields.items() if name.endswith("__c")}

    assert made.keys() == sandbox.keys()
    for name, root in fields(SOURCE).items():
        theirs = sandbox.get(name.removeprefix("Account."))
        if theirs:
            assert text(root, "type") == TOLD_IN[theirs.type] in TYPES
            assert text(root, "label") == theirs.label
            assert int(text(root, "precision") or 0) == theirs.precision
            assert (text(root, "unique") == "true") == theirs.key
            if theirs.type == "string":
                assert int(text(root, "length")) == theirs.length
            assert made[name.removeprefix("Account.")].options == theirs.options


def test_every_field_is_explained_within_the_length_that_salesforce_takes() -> None:
    for root in fields(SOURCE).values():
        assert 40 < len(text(root, "description")) <= 1000
        assert 40 < len(text(root, "inlineHelpText")) <= 510
        assert len(text(root, "label")) <= 40


def test_whatever_a_file_names_is_in_the_package() -> None:
    assert check_names(SOURCE) == []


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("objects/Account/listViews/Callplan_This_Week.listView-meta.xml", "Call_Order__c"),
        ("reports/Callplan/Tier_A_Going_Cold_By_Owner.report-meta.xml", "Callplan_Accounts__c"),
        ("dashboards/Callplan/Tier_A_Going_Cold.dashboard-meta.xml", "Callplan/Tier_A_Going_Cold_By_Owner"),
        ("lwc/callplanCard/callplanCard.js", "Tier_Since__c"),
    ],
)
def test_a_name_that_leads_nowhere_is_told_with_its_line(package: Path, file: str, name: str) -> None:
    path = package / "force-app/main/default" / file
    wrong = name.replace("Tier", "Tear").replace("Call", "Coll")
    path.write_text(path.read_text().replace(name, wrong))

    problems = check_names(package)

    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if wrong in text)
    assert problems[0] == f'{path}:{line}: the package has no "{wrong}".'


def test_the_page_for_administrators_names_all_that_is_brought() -> None:
    page = (ROOT / "docs/how-to/salesforce-in-the-org.md").read_text().replace("\n", " ")
    roots = [etree.parse(path).getroot() for path in FILES if "/fields/" not in str(path)]
    labels = {text(root, name) for root in roots for name in ("label", "masterLabel", "title", "name")} - {""}

    assert [label for label in sorted(labels) if label not in page] == []
    assert "`Callplan_Key__c`" in page
    assert "`NPI__c`" in page


def test_nothing_of_the_customers_is_overwritten_and_nothing_starts_by_itself() -> None:
    kinds = {path.name.split(".")[-1].removesuffix("-meta.xml") for path in FILES}

    assert not kinds & {"layout", "profile", "object", "flexipage", "app"}
    assert "<status>Draft</status>" in FLOW.read_text()
    assert not any("LoggedInUser" in path.read_text() for path in FILES)
    assert all("Callplan" in path.name or path.parent.name in {"fields", "callplanCard", "Callplan"} for path in FILES)


def test_every_step_of_the_flow_that_can_fail_leads_to_the_fault_path() -> None:
    root = etree.parse(FLOW).getroot()
    steps = [found for kind in ("actionCalls", "recordCreates", "recordLookups") for found in root.iter(f"{NS}{kind}")]

    assert len(steps) == 4
    assert {step.findtext(f"{NS}faultConnector/{NS}targetReference") for step in steps} == {"Keep_What_Went_Wrong"}
    named = {name.text for name in root.iterfind(f"*/{NS}name")}
    assert {found.text for found in root.iter(f"{NS}targetReference")} <= named
