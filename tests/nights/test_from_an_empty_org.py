"""From a CRM without any field of ours to a list of cold accounts that managers can work from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

from sandbox.hubspot import HubSpot
from sandbox.salesforce import Salesforce
from tests.nights.land import Land, land

VIEW = "Callplan_Tier_A_Going_Cold"
SEGMENT = "Callplan: Tier A going cold"


def rest(land: Land, path: str) -> Any:
    reach = land.serving.reach()["salesforce"]
    told = {
        "grant_type": "client_credentials",
        "client_id": reach["client_id"],
        "client_secret": reach["client_secret"],
    }
    token = requests.post(f"{reach['url']}/services/oauth2/token", data=told, timeout=20).json()["access_token"]
    address = f"{reach['url']}/services/data/v67.0/{path}"
    return requests.get(address, headers={"Authorization": f"Bearer {token}"}, timeout=20).json()


def test_set_up_and_a_night_fill_the_list_view_with_the_cold_tier_a_accounts(tmp_path: Path) -> None:
    with land(tmp_path / "callplan", deployed=False) as fresh:
        org: Salesforce = fresh.serving.salesforce
        user = org.record(org.records.login)["Username"]
        refused = fresh.callplan("check", "--crm", "salesforce", check=False)
        fresh.callplan("setup", "salesforce", "--assign", str(user))
        checked = fresh.callplan("check", "--crm", "salesforce").stdout
        fresh.callplan("nightly", "--crm", "salesforce")

        views = {view["developerName"]: view["id"] for view in rest(fresh, "sobjects/Account/listviews")["listviews"]}
        shown = rest(fresh, f"sobjects/Account/listviews/{views[VIEW]}/results?limit=2000")["records"]

        ids = [next(c["value"] for c in row["columns"] if c["fieldNameOrPath"] == "Id") for row in shown]
        cold = fresh.asked("salesforce", "status")["salesforce"]["cold"]
        assert refused.returncode == 2
        assert "Call_Tier__c" in refused.stderr
        assert "bulk query: works" in checked
        assert len(cold) == 5  # as many as a manager hears of in a day
        assert sorted(str(org.record(id_)["NPI__c"]) for id_ in ids) == cold


def test_set_up_and_a_night_fill_the_segment_with_the_cold_tier_a_accounts(tmp_path: Path) -> None:
    with land(tmp_path / "callplan", deployed=False) as fresh:
        portal: HubSpot = fresh.serving.hubspot
        refused = fresh.callplan("check", "--crm", "hubspot", check=False)
        fresh.callplan("setup", "hubspot", "--with-npi")
        portal.number_accounts()  # an import by the portal's admin
        checked = fresh.callplan("check", "--crm", "hubspot").stdout
        fresh.callplan("nightly", "--crm", "hubspot")

        ids = members(fresh, SEGMENT)

        cold = fresh.asked("hubspot", "status")["hubspot"]["cold"]
        assert refused.returncode == 2
        assert "hcp_tier" in refused.stderr
        assert "a search past 10,000 results: 400" in checked
        assert len(cold) == 5  # as many as a manager hears of in a day
        assert sorted(str(portal.record(id_)["npi"]) for id_ in ids) == cold


def members(land: Land, segment: str) -> list[str]:
    """As whoever opens the segment sees them, page by page."""
    reach = land.serving.reach()["hubspot"]
    headers = {"Authorization": f"Bearer {reach['token']}"}
    lists = f"{reach['url']}/crm/lists/2026-09"
    named = requests.get(f"{lists}/object-type-id/0-2/name/{segment}", headers=headers, timeout=20).json()["list"]
    found: list[str] = []
    query = {"limit": "20"}
    while query:
        url = f"{lists}/{named['listId']}/memberships"
        page = requests.get(url, headers=headers, params=query, timeout=20).json()
        found += [row["recordId"] for row in page["results"]]
        after = ((page.get("paging") or {}).get("next") or {}).get("after")
        query = {"limit": "20", "after": after} if after else {}
    return found
