"""All pages, walked once by each role: they fit, are named and labelled, complain of nothing and ask nobody else."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.web.browsing import PHONE, SCREEN, is_no_wider_than, open_as
from tests.web.house import ADEYEMI, BRANDT, KIM, PAT, ROBIN, House
from tests.web.test_challenges_page import challenged
from tests.web.test_matches_page import offered
from tests.web.working import work

REP = ("cold", "week", "territory?tier=A&near=50309&within=60min", f"accounts/{ADEYEMI}")
FOUND = ("territory", "accounts", "accounts?find=a", "nowhere")
MANAGER = (*REP, "coverage", "challenges")
ADMIN = (*MANAGER, "matches?sort=duplicate", "plan", "runs", "runs/1", "runs/1/undo", "runs/refused", "setup")
WRONG = """() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const named = (one) => one.labels?.length || one.ariaLabel;
  const h1 = all("h1").length === 1 && document.title.endsWith(" · Callplan") ? [] : ["its heading or title"];
  const fields = all("input:not([type=hidden]), select, textarea").filter((one) => !named(one));
  const links = all("a, button, summary").filter((one) => !one.textContent.trim() && !one.ariaLabel);
  const ids = all("[id]").map((one) => one.id);
  const twice = ids.filter((one, at) => ids.indexOf(one) !== at);
  const ths = all("th:not([scope])");
  return [...h1, ...twice, ...[...fields, ...links, ...ths].map((one) => one.outerHTML)];
}"""


def test_every_page_of_every_role_fits_and_is_labelled_and_asks_nobody_else(
    window: BrowserContext, home: House
) -> None:
    lived_in(home)
    complaints = list[str]()
    window.on("console", lambda said: complaints.append(said.text) if "404 (NOT FOUND)" not in said.text else None)
    window.on("request", lambda asked: complaints.append(asked.url) if strange(asked.url, home) else None)

    found = {
        who: walked(window, home, who, paths) for who, paths in ((KIM, (*REP, *FOUND)), (PAT, MANAGER), (ROBIN, ADMIN))
    }

    assert {who: wrong for who, wrong in found.items() if wrong} == {}
    assert complaints == []


def test_on_a_phone_a_menu_opens_by_keyboard_and_the_skip_link_comes_first(window: BrowserContext, home: House) -> None:
    page = open_as(window, home, PAT, "/memory/cold")
    page.set_viewport_size({"width": PHONE, "height": 844})

    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('href')")
    page.get_by_text("Menu", exact=True).press("Enter")
    page.get_by_role("link", name="Challenges").press("Enter")
    page.wait_for_url("**/challenges")

    assert first == "#main"
    assert page.locator(".menu [aria-current=page]").text_content() == "Challenges"


def test_the_day_begins_with_what_is_each_one_s_and_an_admin_s_with_a_night_that_went_wrong(home: House) -> None:
    def begins(who: str) -> str | None:
        return home.ask("GET", "/", {"Cookie": f"callplan={home.session(who)[0]}"}).headers["Location"]

    before = [begins(who) for who in (KIM, PAT, ROBIN)]
    (home.desk.folder / "tiers.csv").unlink()
    stopped(home)

    assert before == ["/memory/week", "/memory/cold", "/memory/cold"]
    assert [begins(who) for who in (PAT, ROBIN)] == ["/memory/cold", "/memory/runs"]


def lived_in(home: House) -> None:
    """With something on each page."""
    challenged(home, ADEYEMI, BRANDT)
    offered(home, "same name, same street")
    home.post("/memory/runs/1/undo/look", ROBIN)
    home.post("/memory/plan", ROBIN)
    work(home)


def stopped(home: House) -> None:
    try:
        home.desk.night()
    except Exception as error:  # the claims are gone
        assert "tiers.csv" in str(error)  # noqa: PT017


def walked(window: BrowserContext, home: House, who: str, paths: tuple[str, ...]) -> dict[str, Any]:
    """What is wrong, by page."""
    page, wrong = open_as(window, home, who, f"/memory/{paths[0]}"), dict[str, Any]()
    for path in paths:
        page.goto(f"{home.url}/memory/{path}")
        if here := [*page.evaluate(WRONG), *too_wide(page)]:
            wrong[path] = here
    page.close()
    return wrong


def too_wide(page: Page) -> list[str]:
    return [f"wider than {pixels}" for pixels in (SCREEN, PHONE) if not is_no_wider_than(page, pixels)]


def strange(url: str, home: House) -> bool:
    return not url.startswith((home.url, "data:"))
