"""The map of a territory: who sees whose accounts, what it draws, how it is narrowed, and what it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from playwright.sync_api import BrowserContext
from sqlalchemy import event, text

from callplan.model import Npi
from connector.contract import CrmId
from connector.roads.estimate import Roads, miles_within, minutes_for
from connector.roads.grid import covering, names_of, square
from connector.store.books import Held
from connector.store.reads.sees import Sees
from connector.store.reads.territory import total
from connector.store.spots import Mapped
from tests.connector.samples import npi
from tests.web.browsing import open_as
from tests.web.house import ADEYEMI, ASH, BRANDT, CASTILLO, DIAZ, KIM, LEE, PAT, ROBIN, SAM, House, house

WHO = (ADEYEMI, BRANDT, CASTILLO, DIAZ)


def map_of(page: str) -> str:
    return page.split('<svg class="land"')[1].split("</svg>")[0]


def marks(page: str) -> list[str]:
    """NPIs, a mark each."""
    return re.findall(r'accounts/(\d{10})" tabindex="-1" class="mark"', map_of(page))


def fill(home: House, many: int, reps: int = 2) -> None:
    """So many accounts instead, the first half one rep's, the second another's."""
    at = np.arange(many)
    names = np.array([str(npi(one + 100)) for one in range(many)])
    held = {
        Npi(one): Held(CrmId(f"x{one}"), f"rep{n * reps // many}@example.com") for n, one in enumerate(names.tolist())
    }
    latitude, longitude = 41.5 + (at % 10) / 20, -93.5 + (at % 7) / 10
    home.store.books.keep(held)
    home.store.spots.keep(
        Mapped(
            npi=names,
            record=np.array([one.record for one in held.values()]),
            rep=np.array([one.rep for one in held.values()]),
            cell=names_of(latitude, longitude),
            latitude=latitude,
            longitude=longitude,
            tier=np.array(["A", "B", "C", ""])[at % 4],
            cold=at % 8 == 0,
            specialty=np.array(["Cardiology", "Orthopedic Surgery"])[at % 2],
            town=np.array(["Des Moines", "Ames"])[at % 2],
            state=np.full(many, "IA"),
            zip=np.array(["50309", "50010"])[at % 2],
        )
    )


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Which no test changes."""
    with house(tmp_path_factory.mktemp("team")) as made:
        yield made


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """With 800 accounts more, which no test changes."""
    with house(tmp_path_factory.mktemp("filled")) as made:
        fill(made, 800)
        yield made


def test_each_sees_the_accounts_that_are_theirs_one_mark_each(team: House) -> None:
    seen = {who: sorted(marks(team.get("/memory/territory", who)[1])) for who in (KIM, PAT, SAM, ROBIN)}

    assert seen == {KIM: [ADEYEMI, DIAZ], PAT: [ADEYEMI, BRANDT, DIAZ], SAM: [CASTILLO], ROBIN: sorted(WHO)}


@pytest.mark.parametrize("page", ["territory", "week"])
def test_a_rep_of_somebody_else_is_not_found_by_address(team: House, page: str) -> None:
    asked = {(who, rep): team.get(f"/memory/{page}?rep={rep}", who)[0] for who in (KIM, PAT) for rep in (KIM, LEE, ASH)}

    assert asked == {
        (KIM, KIM): 200,
        (KIM, LEE): 404,
        (KIM, ASH): 404,
        (PAT, KIM): 200,
        (PAT, LEE): 200,
        (PAT, ASH): 404,
    }
    assert team.get(f"/memory/{page}?rep=nobody@example.com", ROBIN)[0] == 404


def test_tiers_differ_in_shape_and_what_is_going_cold_has_a_ring(team: House) -> None:
    drawn = map_of(team.get("/memory/territory", KIM)[1])

    adeyemi, diaz = (drawn.split(f"accounts/{one}")[1].split("</a>")[0] for one in (ADEYEMI, DIAZ))
    assert '<rect class="A"' in adeyemi
    assert 'class="ring"' in adeyemi
    assert '<circle class="B"' in diaz
    assert 'class="ring"' not in diaz
    assert "http" not in drawn  # nothing is fetched
    assert "style=" not in drawn  # which the browser would refuse


@pytest.mark.parametrize(
    ("asked", "many"),
    [
        ("tier=A", 100),
        ("tier=AB", 200),
        ("cold=1", 50),
        ("tier=B&cold=1", 0),
        ("specialty=cardiology", 200),
        ("state=IA", 400),
        ("state=NE", 0),
        ("zip=503", 200),
        ("county=Polk, IA", 200),
        ("county=Story County, IA", 200),
        ("near=41.5,-93.5&within=1mi", 6),
        ("near=50309&within=300min", 400),
        ("town=Ames, IA", 200),
    ],
)
def test_the_filters_of_the_call_plan_narrow_the_map(filled: House, asked: str, many: int) -> None:
    status, page = filled.get(f"/memory/territory?rep=rep0@example.com&{asked.replace(' ', '%20')}", ROBIN)

    assert (status, len(marks(page))) == (200, many)
    assert f"{many:,} account" in page


def test_what_cannot_be_read_is_said_with_what_to_write(filled: House) -> None:
    wrong = {
        "near=50309": "`near` and `within` go together",
        "within=2furlongs&near=50309": "Write 60min or 40mi",
        "county=Polk": "Write it with its state",
        "county=Polkk,%20IA": "There is no county",
        "specialty=Cardiology": "Choose a rep",
    }
    for asked, said in wrong.items():
        status, page = filled.get(f"/memory/territory?{asked}", ROBIN)
        assert (status, said in page.replace("&#34;", '"')) == (400, True), asked


def test_many_accounts_are_squares_that_lead_to_their_accounts_by_keyboard(
    window: BrowserContext, filled: House
) -> None:
    said: list[str] = []
    page = open_as(window, filled, ROBIN, "/memory/territory")
    page.on("console", lambda message: said.append(message.text))

    assert page.locator("svg.land .mark").count() == 0
    numbers = [int(one.replace(",", "")) for one in page.locator("svg.land .square text").all_text_contents()]
    assert sum(numbers) == 800
    page.locator(".map .skip").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('class')").startswith("square")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("svg.land .mark").count() == numbers[0]
    assert page.locator("#list ~ .scroll tbody th a").count() == min(numbers[0], 50)
    assert said == []


def test_a_town_of_the_map_leads_into_itself(window: BrowserContext, team: House) -> None:
    page = open_as(window, team, PAT, "/memory/territory?near=50309&within=60min")

    assert page.locator("text.reach").first.text_content() == "60 min"
    page.locator("svg.land a.town").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**town=**")
    assert "In Des Moines, IA" in page.inner_text(".lead")


def test_a_list_goes_on_where_its_page_ended(filled: House) -> None:
    path, found = "/memory/territory?rep=rep1@example.com&zip=50010", list[str]()
    while path:
        page = filled.get(path, ROBIN)[1]
        found += re.findall(r'<th scope="row"><a href="/memory/accounts/(\d+)"', page)
        more = re.search(r'href="([^"]*after=[^"]*)#list"', page)
        path = more[1].replace("&amp;", "&") if more else ""

    assert len(found) == len(set(found)) == 200


@contextmanager
def asked_of(home: House) -> Iterator[list[str]]:
    """Each question that the store is asked."""
    told: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        told.append(statement)

    event.listen(home.site.database.engine, "before_cursor_execute", hear)
    yield told
    event.remove(home.site.database.engine, "before_cursor_execute", hear)


def test_no_more_is_asked_and_no_more_rows_are_drawn_of_many_accounts_than_of_few(home: House) -> None:
    asked = []
    for many in (1_000, 3_000):
        fill(home, many)
        key, _ = home.session(ROBIN)
        with asked_of(home) as told:
            page = home.ask("GET", "/memory/territory", {"Cookie": f"callplan={key}"}).read().decode()
        asked.append((len(told), page.count("<tr>"), page.count('class="square')))

    assert asked[0] == asked[1]
    assert asked[0][2] > 1


def test_whoever_sees_all_but_some_reps_is_told_of_no_account_twice(filled: House) -> None:
    with filled.site.database.reading() as connection:
        counts = total(connection, "memory", Sees(but=frozenset({"rep0@example.com"})))

    assert counts.all == 400


def test_squares_and_single_accounts_are_found_by_an_index(filled: House) -> None:
    paths = ("", "?rep=rep0@example.com", "?near=50309&within=60min", "?rep=rep0@example.com&cell=02120")
    with asked_of(filled) as told:
        for path in paths:
            filled.get(f"/memory/territory{path}", ROBIN)
        for who in ("rep0@example.com", KIM):
            filled.get(f"/memory/week?rep={who}", ROBIN)

    ours = [one for one in told if re.search("spots|cells|call_lists|unplaced|lighter_touches|slot_log", one)]
    with filled.site.database.reading() as connection:
        plans = [row[3] for one in ours for row in connection.execute(text("EXPLAIN QUERY PLAN " + bound(one)))]
    assert len(ours) > 15
    scans = [
        plan for plan in plans if plan.startswith("SCAN") and not re.match(r"SCAN (anon_\d|\(subquery|CONSTANT)", plan)
    ]
    assert scans == []
    assert [plan for plan in plans if re.search(r"(spots|cells|call_lists|slot_log) .*\(crm=\?\)$", plan)] == []


def bound(statement: str) -> str:
    """With some value in each place: a plan does not depend on which."""
    return statement.replace(" LIMIT ? OFFSET ?", " LIMIT 1").replace("?", "'1'")


def test_a_square_holds_the_accounts_whose_square_begins_like_its_own() -> None:
    names = names_of(np.array([41.59, 41.6, -33.0, np.nan]), np.array([-93.62, -93.6, 151.0, 0.0])).tolist()

    des_moines = square(names[0])
    assert des_moines.south <= 41.59 < des_moines.south + des_moines.wide
    assert des_moines.west <= -93.62 < des_moines.west + des_moines.wide
    assert names[3] == ""
    for level in (7, 9, 11):
        assert square(names[0][:level]).south <= des_moines.south
    corners = square(names[0][:9]).corners
    assert any(names[0].startswith(one) for one in covering(*corners))
    assert len(covering(*corners)) <= 4


@pytest.mark.parametrize("minutes", [5.0, 12.0, 30.0, 60.0, 90.0])
def test_the_reach_of_a_drive_is_the_estimate_the_other_way_round(minutes: float) -> None:
    miles = miles_within(minutes, Roads())

    assert minutes_for(np.array([miles]), Roads())[0] == pytest.approx(minutes)
