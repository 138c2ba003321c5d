"""A deployed list view finds what its filters say, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import StillClock
from tests.sandbox import salesforce_package as package
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, Org, code, open_org
from tests.sandbox.salesforce_package import PACKAGE, account, deploy, manifest, problems


@pytest.fixture
def org(clock: StillClock) -> Org:
    """Adeyemi is A and cold, Brandt A and not, Castillo C and cold."""
    org = open_org(clock, deployed=False)
    deploy(org, PACKAGE)
    org.salesforce.assign("Call_Planning_Integration")
    for npi, tier, cold in ((ADEYEMI, "A", True), (BRANDT, "A", False), (CASTILLO, "C", True)):
        org.salesforce.edit(org.id(npi), Call_Tier__c=tier, Going_Cold__c=cold)
    return org


def list_view(filters: str, more: str = "") -> dict[str, str]:
    head = "<fullName>Mine</fullName><columns>ACCOUNT.NAME</columns><filterScope>Everything</filterScope>"
    text = f"<listViews>{more}{head}{filters}<label>Mine</label></listViews>"
    return {"package.xml": manifest(ListView=["Account.Mine"]), "objects/Account.object": account(text)}


def where(field: str, operation: str, value: str) -> str:
    inside = f"<field>{field}</field><operation>{operation}</operation><value>{value}</value>"
    return f"<filters>{inside}</filters>"


def view_id(org: Org, name: str) -> str:
    views = org.call("GET", "/sobjects/Account/listviews")[1]["listviews"]
    return str(next(view["id"] for view in views if view["developerName"] == name))


def cells(org: Org, name: str, arguments: str = "") -> list[dict[str, Any]]:
    status, body = org.call("GET", f"/sobjects/Account/listviews/{view_id(org, name)}/results{arguments}")
    assert status == 200, body
    return [{cell["fieldNameOrPath"]: cell["value"] for cell in row["columns"]} for row in body["records"]]


def found(org: Org, name: str) -> list[str]:
    return [row["Name"].removeprefix("Dr. ") for row in cells(org, name)]


def test_the_cold_accounts_of_tier_a_are_listed_and_no_others(org: Org) -> None:
    row = cells(org, "Going_Cold_Tier_A")

    assert [(one["Name"], one["Call_Tier__c"], one["Owner.Alias"]) for one in row] == [("Dr. Adeyemi", "A", "kim")]
    org.salesforce.edit(org.id(BRANDT), Going_Cold__c=True)
    assert found(org, "Going_Cold_Tier_A") == ["Adeyemi", "Brandt"]


def test_a_list_view_says_what_it_asks(org: Org) -> None:
    status, body = org.call("GET", f"/sobjects/Account/listviews/{view_id(org, 'Going_Cold_Tier_A')}/describe")

    assert (status, body["scope"], body["sobjectType"]) == (200, "everything", "Account")
    assert body["whereCondition"] == "Call_Tier__c = 'A' AND Going_Cold__c = true"
    assert [column["label"] for column in body["columns"]] == ["Account Name", "Call_Tier", "Alias"]
    assert org.query(body["query"])[1]["totalSize"] == 1


@pytest.mark.parametrize(
    ("filters", "more", "names"),
    [
        ("", "", ["Adeyemi", "Brandt", "Castillo"]),
        (where("Call_Tier__c", "equals", "A,C"), "", ["Adeyemi", "Brandt", "Castillo"]),
        (where("Call_Tier__c", "notEqual", "A"), "", ["Castillo"]),
        (where("Going_Cold__c", "equals", "0"), "", ["Brandt"]),
        (where("ACCOUNT.NAME", "contains", "ran"), "", ["Brandt"]),
        (where("ACCOUNT.NAME", "notContain", "ran,ade"), "", ["Castillo"]),
        (
            where("ACCOUNT.NAME", "startsWith", "Dr. B") + where("Call_Tier__c", "equals", "C"),
            "<booleanFilter>1 OR 2</booleanFilter>",
            ["Brandt", "Castillo"],
        ),
    ],
)
def test_filters_are_joined_as_the_list_view_says(org: Org, filters: str, more: str, names: list[str]) -> None:
    result = deploy(org, list_view(filters, more))

    assert result["status"] == "Succeeded", problems(result)
    assert found(org, "Mine") == names


@pytest.mark.parametrize(
    ("filters", "more", "problem"),
    [
        (where("Tier__c", "equals", "A"), "", "Could not resolve list view column: Tier__c"),
        (where("Name", "equals", "A"), "", "Could not resolve list view column: Name"),
        (where("Call_Order__c", "greaterThan", "many"), "", "Invalid filter value for Call_Order__c: many"),
        (
            where("Call_Tier__c", "equals", "A"),
            "<booleanFilter>1 AND 2</booleanFilter>",
            "Invalid filter logic: 1 AND 2",
        ),
    ],
)
def test_a_list_view_of_what_is_not_there_is_not_deployed(org: Org, filters: str, more: str, problem: str) -> None:
    assert problems(deploy(org, list_view(filters, more))) == {"Account.Mine": problem}


def test_results_come_in_pages(org: Org) -> None:
    deploy(org, list_view(""))

    pages = [cells(org, "Mine", f"?limit=2&offset={first}") for first in (1, 3)]

    assert [[row["Name"] for row in page] for page in pages] == [["Dr. Adeyemi", "Dr. Brandt"], ["Dr. Castillo"]]


def test_a_column_that_the_user_may_not_see_is_left_out(org: Org) -> None:
    columns = package.LIST.replace("<columns>Call_Tier__c</columns>", "<columns>Call_Order__c</columns>")
    whole = {
        "package.xml": manifest(ListView=["Account.Going_Cold_Tier_A"]),
        "objects/Account.object": account(columns),
    }
    deploy(org, whole)
    before = cells(org, "Going_Cold_Tier_A")

    org.salesforce.hide("Account", "Call_Order__c")

    assert "Call_Order__c" in before[0]
    assert "Call_Order__c" not in cells(org, "Going_Cold_Tier_A")[0]


def test_an_unknown_list_view_is_not_found(org: Org) -> None:
    for key in ("00BHs0000000001AAA", org.id(ADEYEMI)):
        assert code(org.call("GET", f"/sobjects/Account/listviews/{key}/results")) == (404, "NOT_FOUND")
