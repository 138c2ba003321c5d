"""What a manager sees: the pages in front of both sandbox CRMs, in a real browser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import Serving, serve
from tests.sandbox.salesforce_org import BRANDT, KIM, WORLD

COLD: dict[str, dict[str, Any]] = {
    "salesforce": {"Call_Tier__c": "A", "Going_Cold__c": True, "Going_Cold_Reason__c": "No counted visit."},
    "hubspot": {"hcp_tier": "A", "hcp_going_cold": "true", "hcp_cold_reason": "No counted visit."},
}


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
    )
    if not found:
        pytest.skip("no Chromium: tools/install-services installs it, as `make test` does")
    return found


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    serving = serve(WORLD)
    for name in COLD:
        vendor = vendor_of(serving, name)
        vendor.edit(vendor.find(BRANDT), **COLD[name])
    yield serving
    serving.close()


def vendor_of(serving: Serving, crm: str) -> Any:
    return {"salesforce": serving.salesforce, "hubspot": serving.hubspot}[crm]


def seen(browser: str, url: str, profile: Path, *more: str) -> str:
    """The page as the browser built it."""
    quiet = ("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-sync", *quiet]
    command += [f"--user-data-dir={profile}", *more, "--dump-dom", url]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_a_manager_sees_first_what_is_going_cold_and_why(
    browser: str, serving: Serving, tmp_path: Path, crm: str
) -> None:
    page = seen(browser, serving.reach()[crm]["url"], tmp_path)

    assert "3 accounts, 1 Tier A going cold." in page
    assert page.index("Dr. Brandt") < page.index("Dr. Adeyemi")
    assert page.count("No counted visit.") == 1
    assert "sample data" in page


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_an_account_s_page_shows_its_plan_and_its_interactions(
    browser: str, serving: Serving, tmp_path: Path, crm: str
) -> None:
    account = vendor_of(serving, crm).find(BRANDT)

    page = seen(browser, f"{serving.reach()[crm]['url']}/account/{account}", tmp_path)

    assert "<strong>Going cold.</strong> No counted visit." in page
    assert "None logged." in page
    assert BRANDT in page


def test_an_owner_s_list_holds_that_owner_s_accounts_alone(browser: str, serving: Serving, tmp_path: Path) -> None:
    url = serving.reach()["hubspot"]["url"]

    hers = seen(browser, f"{url}/?owner={KIM.email}", tmp_path / "hers")
    nobodys = seen(browser, f"{url}/?owner=nobody@example.com", tmp_path / "nobodys")

    assert "3 accounts" in hers
    assert "No account." in nobodys


def test_looking_at_a_page_is_no_call(browser: str, serving: Serving, tmp_path: Path) -> None:
    before = serving.hubspot_wire.tally()

    seen(browser, serving.reach()["hubspot"]["url"], tmp_path)

    assert serving.hubspot_wire.tally() == before
