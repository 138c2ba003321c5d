"""Matches, challenges, set-up and coverage as people use them: with a browser, by keyboard, on a phone."""

from __future__ import annotations

from playwright.sync_api import BrowserContext

from callplan.model import Npi
from tests.web.browsing import open_as
from tests.web.house import ADEYEMI, BRANDT, PAT, ROBIN, House
from tests.web.test_challenges_page import TIERS, challenged
from tests.web.test_matches_page import offered


def says(home: House, npi: Npi) -> object:
    home.desk.night()
    return home.desk.says(home.account(npi), "tier")[0]


def test_an_admin_accepts_a_suggestion_by_keyboard_and_it_counts_from_the_next_night(
    window: BrowserContext, home: House
) -> None:
    [one] = offered(home, "same name, same street")
    page = open_as(window, home, ROBIN, "/memory/matches?sort=duplicate")

    page.get_by_label("Why").fill("I know her")
    page.get_by_role("button", name=f"Accept match {one.id}").focus()
    page.keyboard.press("Enter")

    assert "The next night acts on it" in page.inner_text(".said")
    [held] = home.store.matches.named([one.id])
    assert (held.state, held.by, held.reason) == ("accepted", ROBIN, "I know her")
    assert home.store.matches.standing().into == {one.record: home.account(ADEYEMI)}


def test_what_a_manager_accepts_stays_and_what_she_rejects_goes_back(window: BrowserContext, home: House) -> None:
    challenged(home, ADEYEMI, BRANDT)
    page = open_as(window, home, PAT, TIERS)

    for npi, button in ((ADEYEMI, "Accept"), (BRANDT, "Reject")):
        card = page.locator(".card", has_text=npi).first
        card.get_by_label("Why").fill("She has left the hospital")
        card.get_by_role("button", name=button).click()
        assert f"NPI {npi}" in page.inner_text(".said")

    assert (says(home, ADEYEMI), says(home, BRANDT)) == ("C", "A")
    assert "She has left the hospital" in home.get(TIERS, PAT)[1]
