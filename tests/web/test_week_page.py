"""A rep's week as a page: whose it is, what stands on it, on paper, and as files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO

import pytest
from playwright.sync_api import BrowserContext
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from callplan.model import SlotKind
from connector.store.plan import LighterTouch, Stop, Unplaced
from connector.store.tables import accounts
from tests.conftest import TODAY
from tests.web.browsing import open_as
from tests.web.house import ADEYEMI, ASH, BRANDT, CASTILLO, DIAZ, KIM, LEE, PAT, ROBIN, House, house

NAMES = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1")


def stop(of: str, slot: int, starts: int, rep: str = KIM) -> Stop:
    day = TODAY + timedelta(days=slot // 100 - 1)
    return Stop(of, rep, TODAY, day, slot, 12.4, "estimated", starts, 45, SlotKind.COMMITTED, 6.1)  # type: ignore[arg-type]


def plan(home: House) -> None:
    home.store.plan.save_call_list(
        [stop(ADEYEMI, 110, 525), stop(DIAZ, 310, 600, "Kim@Example.com"), stop(BRANDT, 110, 540, LEE)]
    )
    home.store.plan.save_unplaced([Unplaced(CASTILLO, ASH, TODAY, "No day has 45 minutes left.")])
    home.store.plan.save_lighter_touches(
        [
            LighterTouch(DIAZ, "email", date(2026, 11, 24), "Between visits."),
            LighterTouch(BRANDT, "call", TODAY, "Now."),
        ]
    )


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("week")) as made:
        plan(made)
        yield made


def test_each_sees_the_week_that_is_theirs(planned: House) -> None:
    pages = {who: planned.get("/memory/week", who)[1] for who in (KIM, LEE, ASH)}
    pages[PAT] = planned.get(f"/memory/week?rep={LEE}", PAT)[1]

    shown = {who: [npi for npi in (ADEYEMI, BRANDT, CASTILLO, DIAZ) if npi in page] for who, page in pages.items()}
    assert shown == {KIM: [ADEYEMI, DIAZ], LEE: [BRANDT], ASH: [CASTILLO], PAT: [BRANDT]}
    assert "No day has 45 minutes left." in pages[ASH]
    assert "due 24 Nov 2026. Between visits." in pages[KIM]


def test_a_day_says_hours_drives_reasons_kind_and_its_order_in_the_crm(planned: House) -> None:
    page = planned.get("/memory/week", KIM)[1]

    monday = page.split('aria-labelledby="day-2026-11-23"')[1].split("</section>")[0]
    assert "8:45 am to 9:30 am" in monday
    assert "Committed;" in monday
    assert "Drive there 12 min, 6 mi." in monday
    assert "110 in the CRM’s order" in monday
    assert "https://www.google.com/maps/dir/" in monday
    assert monday.count('<svg class="sketch"') == 1
    assert "<style" not in page  # which the browser would refuse
    assert "style=" not in page


def test_a_week_that_is_somebody_else_s_cannot_be_downloaded(planned: House) -> None:
    path = "/memory/week/2026-11-23.ics"

    assert planned.get(f"{path}?rep={LEE}", KIM)[0] == 404
    assert planned.get(f"{path}?rep={ASH}", PAT)[0] == 404
    assert planned.get("/memory/week/2026-11-16.ics", KIM)[0] == 404
    assert planned.get("/memory/week/2026-11-23.exe", KIM)[0] == 404
    status, calendar = planned.get(path, KIM)
    assert (status, calendar.count("BEGIN:VEVENT"), f"UID:{DIAZ}" in calendar) == (200, 2, True)
    assert planned.get("/memory/week/2026-11-23.gpx", KIM)[1].count("<rte>") == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_begins_like_a_formula_is_text_in_excel(planned: House, name: str) -> None:
    with planned.site.database.begin() as connection:
        connection.execute(update(accounts).where(accounts.c.npi == BRANDT).values(name=name))

    key, _ = planned.session(ROBIN)
    answer = planned.ask("GET", f"/memory/week/2026-11-23.xlsx?rep={LEE}", {"Cookie": f"callplan={key}"})
    file = BytesIO(answer.read())

    assert 'filename="lee-2026-11-23.xlsx"' in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(file) as book:
        assert not any(b"<f>" in book.read(part) for part in book.namelist() if "sheet" in part)
    file.seek(0)
    rows = CalamineWorkbook.from_filelike(file).get_sheet_by_name("Mon 23 Nov").to_python()
    assert name.strip() in [cell for row in rows for cell in row]


def test_the_week_prints_a_day_a_page(window: BrowserContext, planned: House) -> None:
    said: list[str] = []
    page = open_as(window, planned, KIM, "/memory/week")
    page.on("console", lambda message: said.append(message.text))
    page.reload()

    page.emulate_media(media="print")
    assert [page.locator(one).first.is_visible() for one in (".head", ".files", "figcaption", ".day svg")] == [
        False
    ] * 3 + [True]
    assert page.pdf(format="Letter").count(b"/Type /Page\n") == 3  # a day each, and what is left
    page.emulate_media(media="screen")
    assert said == []
