"""One account: who sees it, what it tells, how it is found, and how a manager locks its tier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext
from sqlalchemy import insert, update

from callplan.model import Sort
from connector.contract import CrmId, Interaction, Kind, Result
from connector.store.overrides import Proposal
from connector.store.reads.account import logged
from connector.store.tables import assignments, flags, matches
from tests.web.browsing import open_as
from tests.web.house import ADEYEMI, ASH, BRANDT, CASTILLO, DIAZ, KIM, LEE, PAT, ROBIN, SAM, House, house


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For tests that only look."""
    with house(tmp_path_factory.mktemp("team")) as made:
        yield made


def found(home: House, text: str, who: str) -> list[str]:
    status, page = home.get(f"/memory/accounts?find={text}", who)
    assert status in (200, 303)
    return [npi for npi in (ADEYEMI, BRANDT, CASTILLO, DIAZ) if f"accounts/{npi}" in page]


def test_each_opens_the_accounts_that_are_theirs_and_no_other_is_there_for_them(team: House) -> None:
    opened = {
        who: [team.get(f"/memory/accounts/{npi}", who)[0] for npi in (ADEYEMI, CASTILLO)] for who in (KIM, PAT, ROBIN)
    }

    assert opened == {KIM: [200, 404], PAT: [200, 404], ROBIN: [200, 200]}
    assert team.get(f"/memory/accounts/{CASTILLO}", KIM) == team.get("/memory/accounts/1999999999", KIM)


def test_it_tells_why_its_tier_how_it_stands_and_what_was_logged(team: House) -> None:
    page = team.get(f"/memory/accounts/{ADEYEMI}", KIM)[1]

    assert "Dr. Adaeze Adeyemi" in page
    assert "Tier A since" in page
    assert "Lost contact: last counted touch" in page
    assert "<td>visit</td>" in page
    assert "Flagged as going cold" in page
    assert "Lock" not in page


def test_a_count_of_ten_or_less_is_not_told(team: House) -> None:
    with team.store.database.begin() as connection:
        connection.execute(update(assignments).where(assignments.c.npi == DIAZ).values(volume=7.0))

    page = team.get(f"/memory/accounts/{DIAZ}", PAT)[1]

    assert "fewer than 11" in page
    assert ">7<" not in page


def test_an_account_is_found_by_npi_or_by_how_its_name_begins_among_ones_own(team: House) -> None:
    assert (
        found(team, "adaeze", KIM)
        == found(team, "DR.%20ADA", KIM)
        == found(team, "%20Adaeze%20%20Ad", KIM)
        == [ADEYEMI]
    )
    assert found(team, "10000000", PAT) == [ADEYEMI, BRANDT, DIAZ]
    assert found(team, "carlos", KIM) == found(team, CASTILLO, PAT) == []
    assert found(team, CASTILLO, ROBIN) == found(team, "carlos", ROBIN) == [CASTILLO]


NOTHING_BEGINS_SO = (
    *("%25", "__", "%25a", "a%25", "%27%27", "%27%27%20OR%201=1--", "%5C%5C", "%FF%FE", "1%0A2"),
    *("%F0%9F%92%8A%F0%9F%92%8A", "%F4%8F%BF%BFx", "%D9%A1%D9%A2", "a" * 300, ""),
)


def test_what_is_looked_for_is_text_and_nothing_else(team: House) -> None:
    assert [found(team, text, ROBIN) for text in NOTHING_BEGINS_SO] == [[]] * len(NOTHING_BEGINS_SO)


def test_a_manager_locks_a_tier_and_lets_it_go_and_the_crm_follows(window: BrowserContext, home: House) -> None:
    page = open_as(window, home, PAT, f"/memory/accounts/{DIAZ}")
    page.get_by_text("Lock the tier").click()
    page.locator("select[name=tier]").select_option("A")
    page.locator("input[name=reason]").first.fill("Opens a second lab")
    page.get_by_role("button", name="Lock").click()
    assert "is locked in Tier A" in page.inner_text(".said")
    assert "Opens a second lab" in page.inner_text("main")
    home.desk.night()
    assert home.desk.says(home.account(DIAZ), "tier") == ("A",)

    page.get_by_text("Change or end the lock").click()
    page.get_by_role("button", name="Unlock").click()
    home.desk.night()

    assert home.desk.says(home.account(DIAZ), "tier") == ("B",)
    page.reload()
    assert "Tier A, before that B" in page.inner_text("main")


def test_a_lock_by_a_stale_form_by_a_rep_or_of_another_team_is_refused(team: House) -> None:
    path, form = f"/memory/accounts/{CASTILLO}", {"tier": "C", "reason": "Retired", "standing": ""}

    for wrong in ({"tier": "D"}, {"reason": " "}, {"until": "2026-01-01"}, {"until": "soon"}):
        assert team.post(f"{path}/lock", SAM, form | wrong)[0] == 400
    assert [team.post(f"{path}/lock", who, form)[0] for who in (ASH, PAT, SAM, SAM)] == [403, 404, 303, 409]
    assert [team.post(f"{path}/unlock", who, {"standing": "99"})[0] for who in (ASH, PAT, SAM)] == [403, 404, 409]
    assert [one.state for one in team.store.overrides.of(team.account(CASTILLO))] == ["accepted"]


def test_an_edit_that_waits_for_a_manager_is_told_until_it_is_decided(team: House) -> None:
    now = team.desk.clock.now()
    team.store.overrides.propose([Proposal(team.account(ADEYEMI), ADEYEMI, "tier", "A", "C")], now)
    assert "A person wrote tier C, where the plan says A" in team.get(f"/memory/accounts/{ADEYEMI}", KIM)[1]

    (number,) = (one.id for one in team.store.overrides.of(team.account(ADEYEMI)))
    team.store.overrides.decide(number, "rejected", PAT, "A typing error", None, now)

    page = team.get(f"/memory/accounts/{ADEYEMI}", KIM)[1]
    assert "A person wrote" not in page
    assert "Edit rejected" in page
    assert "A typing error" in page


def test_what_became_of_a_flag_is_told_with_who_and_why_and_more_is_asked_for(team: House) -> None:
    row = {"crm": "memory", "npi": BRANDT, "run": 1, "raised": date(2026, 3, 1), "rep": LEE, "manager": PAT}
    row |= {"reason": "Silent.", "next_step": "", "ended": date(2026, 3, 2), "how": "dismissed"}
    with team.store.database.begin() as connection:
        connection.execute(insert(flags), [{**row, "said": f"On leave {n}", "by": PAT} for n in range(20)])

    first, second = (team.get(f"/memory/accounts/{BRANDT}{more}", LEE)[1] for more in ("", "?events=30"))

    assert "The flag was taken off</td><td>On leave 19" in re.sub(r"\s+", " ", first).replace("> <", "><")
    assert "events=30#history" in first
    assert [page.count("Flagged as going cold") + page.count("taken off") for page in (first, second)] == [13, 28]
    assert team.get(f"/memory/accounts/{BRANDT}?events=9999999", LEE)[0] == 200


def test_one_accounts_log_is_that_of_the_whole_through_merges_and_matches(home: House) -> None:
    desk, now = home.desk, home.desk.clock.now()
    at = now - timedelta(days=3)
    desk.org.merge(home.account(BRANDT), home.account(ADEYEMI))
    desk.org.log(Interaction(CrmId("lost"), None, Kind.VISIT, at, at, Result.DONE, owner=KIM))
    desk.night()
    row: dict[str, object] = {
        "crm": "memory",
        "sort": Sort.VISIT.value,
        "record": "lost",
        "to": home.account(ADEYEMI),
        "own": "",
    }
    row |= {"confidence": 90, "evidence": "", "state": "accepted", "proposed": now, "decided": now}
    with home.store.database.begin() as connection:
        connection.execute(insert(matches), row)

    with home.store.database.reading() as connection:
        of_one = {npi: logged(connection, "memory", home.account(npi), npi, 20) for npi in (ADEYEMI, CASTILLO)}

    assert of_one == {npi: home.store.touches.of(home.account(npi)) for npi in (ADEYEMI, CASTILLO)}
    assert len(of_one[ADEYEMI]) == 3
