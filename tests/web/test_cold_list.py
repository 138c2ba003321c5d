"""Around the list of cold accounts: whose it is, what stands beside it, and how one goes through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext
from sqlalchemy import insert, update

from connector.store.reads.cold import PAGE
from connector.store.tables import flags
from tests.conftest import TODAY
from tests.web.browsing import open_as
from tests.web.house import ADEYEMI, ASH, BRANDT, CASTILLO, KIM, LEE, PAT, ROBIN, SAM, TEAM, House, house


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For tests that leave the flags as they are."""
    with house(tmp_path_factory.mktemp("team")) as made:
        yield made


def at_risk(home: House, **worth: float | None) -> None:
    """By name of the account, as if the claims had said so when its flag was raised."""
    npis = {"adeyemi": ADEYEMI, "brandt": BRANDT, "castillo": CASTILLO}
    with home.store.database.begin() as connection:
        for name, value in worth.items():
            mine = update(flags).where(flags.c.npi == npis[name])
            connection.execute(mine.values(at_risk=value, worth=value or 0.0))


def many_flags(home: House, worths: list[float]) -> None:
    same = {"crm": "memory", "npi": ADEYEMI, "run": 1, "raised": TODAY, "rep": KIM, "holder": KIM, "manager": PAT}
    same |= {"reason": "Silent.", "next_step": "Book a visit."}
    with home.store.database.begin() as connection:
        connection.execute(insert(flags), [{**same, "worth": worth, "at_risk": worth or None} for worth in worths])


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"/cold/(\d+)/snooze", page)]


def named(page: str) -> list[str]:
    return [npi for npi in (ADEYEMI, BRANDT, CASTILLO) if npi in page]


def test_an_admin_chooses_a_manager_and_a_manager_a_rep_of_hers(team: House) -> None:
    at_risk(team, adeyemi=400.0, brandt=None, castillo=50.0)

    robin, pat = team.get("/memory/cold", ROBIN)[1], team.get("/memory/cold", PAT)[1]
    assert robin.index(PAT) < robin.index(SAM)  # the most at risk first
    assert "3 accounts flagged, 450 procedures a year at risk" in robin
    assert "2 accounts flagged, 400 procedures" in pat
    assert "1 not known or under 11" in pat
    assert named(team.get(f"/memory/cold?manager={SAM}", ROBIN)[1]) == [CASTILLO]
    assert named(team.get(f"/memory/cold?rep={LEE}", PAT)[1]) == [BRANDT]


def test_nobody_chooses_beyond_what_they_see(team: House) -> None:
    assert team.get(f"/memory/cold?rep={ASH}", PAT) == team.get("/memory/cold?rep=nobody@example.com", PAT)
    assert team.get(f"/memory/cold?rep={ASH}", PAT)[0] == 404
    assert named(team.get(f"/memory/cold?manager={SAM}", PAT)[1]) == [ADEYEMI, BRANDT]
    assert named(team.get(f"/memory/cold?manager={PAT}", KIM)[1]) == [ADEYEMI]


def test_a_page_in_the_middle_neither_skips_nor_repeats_when_a_flag_goes_meanwhile(home: House) -> None:
    many_flags(home, [100.0] * 30 + [50.0] * 30 + [0.0] * 10)
    all_ = {flag.id for flag in home.store.flags.all()}

    path, seen = "/memory/cold", list[int]()
    while path:
        page = home.get(path, ROBIN)[1]
        seen += numbers(page)
        more = re.search(r'href="([^"]*after=[^"]*)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
        gone = seen[-1] if len(seen) <= PAGE else seen[-2]  # the row that the next page begins behind, or another
        assert home.post(f"/memory/cold/{gone}/snooze", ROBIN, {"reason": "On leave"})[0] == 303

    assert len(seen) == len(set(seen))
    assert set(seen) == all_


def test_a_place_that_nobody_gave_out_begins_anew_or_ends_and_never_breaks(team: House) -> None:
    for after in ("x", "1-", "-", "nan-1", "inf-9", "1e999-1", "1-99999999999999999999999", "1-%27"):
        assert team.get(f"/memory/cold?after={after}", ROBIN)[0] == 200
    assert team.post("/memory/cold/99999999999999999999/snooze", ROBIN, {"reason": "x"})[0] == 404


@pytest.mark.parametrize("until", ["2026-11-01", "2028-11-01", "soon", "0"])
def test_a_day_that_is_over_too_far_or_none_is_refused(team: House, until: str) -> None:
    flag = team.store.flags.open()[ADEYEMI]

    status, page = team.post(f"/memory/cold/{flag.id}/snooze", PAT, {"reason": "On leave", "until": until})

    assert status == 400
    assert "Snooze until a day to come" in page or "Write the day" in page
    assert ADEYEMI in team.store.flags.open()


def test_a_dismissal_is_for_a_year_and_needs_a_reason_too(home: House) -> None:
    flag = home.store.flags.open()[ADEYEMI]
    path, today = f"/memory/cold/{flag.id}/snooze", home.desk.clock.now().date()

    assert home.post(path, PAT, {"act": "dismiss", "reason": "  "})[0] == 400
    assert home.post(path, PAT, {"act": "dismiss", "reason": "Retired"})[0] == 303
    ended = home.store.flags.one(flag.id)
    assert ended
    assert (ended.by, ended.said, ended.snoozed_until) == (PAT, "Retired", today + timedelta(days=365))
    assert "No account is flagged here. What is to be flagged" in home.get(f"/memory/cold?rep={KIM}", PAT)[1]


def test_who_snoozed_what_and_why_is_told_and_a_snooze_can_be_ended(home: House) -> None:
    flag = home.store.flags.open()[ADEYEMI]
    home.post(f"/memory/cold/{flag.id}/snooze", PAT, {"reason": "On sabbatical", "days": "90"})
    page = home.get("/memory/cold", PAT)[1]
    assert "On sabbatical" in page
    assert "Dr. Adaeze Adeyemi" in page
    assert "On sabbatical" not in home.get("/memory/cold", SAM)[1]

    wake = f"/memory/cold/{flag.id}/wake"
    assert [home.post(wake, who)[0] for who in (KIM, SAM, PAT, PAT)] == [403, 404, 303, 409]
    home.desk.night()

    assert "On sabbatical" not in home.get("/memory/cold", PAT)[1]
    assert home.store.flags.open()[ADEYEMI].id > flag.id


def test_what_waits_for_its_turn_is_told_with_its_names(tmp_path: Path) -> None:
    with house(tmp_path, f"{TEAM}cold: {{flag: {{per_day: 1}}}}") as home:
        pat, sam = home.get("/memory/cold", PAT)[1], home.get("/memory/cold", SAM)[1]

    assert "1 account: waiting for its turn." in pat
    assert named(pat) == [ADEYEMI, BRANDT]
    assert "waiting for its turn" not in sam


def test_a_silent_log_stands_above_the_list_of_those_whom_it_concerns(team: House) -> None:
    team.store.flags.keep_gaps({KIM: date(2026, 11, 2)}, TODAY)

    told = [f"{KIM} has logged nothing since 2 Nov 2026" in team.get("/memory/cold", who)[1] for who in (KIM, PAT, SAM)]

    team.store.flags.keep_gaps({}, TODAY)
    assert told == [True, True, False]


def test_a_flag_goes_on_to_whoever_has_the_account_after_the_night(home: House) -> None:
    home.desk.org.give(home.account(ADEYEMI), ASH)
    home.desk.night()

    shown = {who: named(home.get("/memory/cold", who)[1]) for who in (KIM, PAT, ASH)}

    assert shown == {KIM: [], PAT: [BRANDT], ASH: [ADEYEMI, CASTILLO]}


def test_a_flag_is_snoozed_by_the_keyboard_alone_and_more_comes_in_place(window: BrowserContext, home: House) -> None:
    many_flags(home, [5.0] * 30)
    complaints = list[str]()
    window.on("console", lambda message: complaints.append(message.text))
    window.on("weberror", lambda error: complaints.append(str(error.error)))
    page = open_as(window, home, PAT, "/memory/cold")

    while page.evaluate("document.activeElement.tagName") != "SUMMARY":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("On leave")
    page.keyboard.press("Enter")
    assert "is snoozed until" in page.inner_text(".said")

    assert page.locator(".card").count() == 25
    page.get_by_role("link", name="More").press("Enter")
    page.locator(".card").nth(25).wait_for()
    assert page.url.endswith("/memory/cold")
    assert complaints == []
