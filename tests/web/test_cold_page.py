"""The page of cold accounts: who sees which, and what becomes of a flag that is snoozed there."""

from __future__ import annotations

from playwright.sync_api import BrowserContext

from tests.web.browsing import open_as
from tests.web.house import ADEYEMI, BRANDT, CASTILLO, KIM, PAT, ROBIN, House


def test_each_sees_the_flagged_accounts_that_are_theirs(home: House) -> None:
    seen = {who: home.get("/memory/cold", who)[1] for who in (KIM, PAT, ROBIN)}

    shown = {who: [npi for npi in (ADEYEMI, BRANDT, CASTILLO) if npi in page] for who, page in seen.items()}
    assert shown == {KIM: [ADEYEMI], PAT: [ADEYEMI, BRANDT], ROBIN: [ADEYEMI, BRANDT, CASTILLO]}


def test_a_manager_snoozes_a_flag_and_the_crm_says_so_after_the_next_push(window: BrowserContext, home: House) -> None:
    page = open_as(window, home, PAT, "/memory/cold")
    card = page.locator(".card", has_text=ADEYEMI)

    card.get_by_text("Snooze").first.click()
    card.get_by_label("Why").fill("On sabbatical until spring")
    card.get_by_role("button", name="Snooze").click()

    assert f"NPI {ADEYEMI} is snoozed" in page.inner_text(".said")
    assert page.locator(".card", has_text=ADEYEMI).count() == 0
    account = home.account(ADEYEMI)
    assert home.desk.says(account, "going_cold") == (True,)
    home.desk.night()
    assert home.desk.says(account, "going_cold") == (False,)


def test_a_stale_form_is_refused_and_does_nothing(home: House) -> None:
    flag = home.store.flags.open()[ADEYEMI]
    path, form = f"/memory/cold/{flag.id}/snooze", {"reason": "On leave"}

    assert home.post(path, PAT, form)[0] == 303
    assert home.post(path, PAT, form)[0] == 409
    assert [one.said for one in home.store.flags.all() if one.npi == ADEYEMI] == ["On leave"]


def test_a_flag_of_another_team_cannot_be_snoozed_and_a_rep_snoozes_none(home: House) -> None:
    flags = home.store.flags.open()

    assert home.post(f"/memory/cold/{flags[CASTILLO].id}/snooze", PAT, {"reason": "x"})[0] == 404
    assert home.post(f"/memory/cold/{flags[ADEYEMI].id}/snooze", KIM, {"reason": "x"})[0] == 403
    assert home.store.flags.open().keys() == flags.keys()
