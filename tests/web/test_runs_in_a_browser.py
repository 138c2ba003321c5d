"""An admin in a real browser: a run taken back after a look, a plan approved by its hash, a page that looks again."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.web.browsing import open_as
from tests.web.house import ADEYEMI, DIAZ, ROBIN, House
from tests.web.working import work


def waited(page: Page, home: House) -> None:
    """A worker does what is due, and the page looks again by itself."""
    looks_again = page.locator("#asked[hx-trigger]")
    expect(looks_again).to_be_visible()
    assert work(home) == 1
    page.clock.run_for(3_000)
    expect(looks_again).to_have_count(0)


def opened(window: BrowserContext, home: House, path: str) -> Page:
    """Robin's, on a clock that stands still between two looks."""
    window.clock.install()
    return open_as(window, home, ROBIN, path)


def test_an_admin_looks_at_what_would_go_back_and_takes_a_run_back(window: BrowserContext, home: House) -> None:
    page, account = opened(window, home, "/memory/runs/1"), home.account(ADEYEMI)

    page.get_by_role("link", name="Take it back").click()
    page.get_by_role("button", name="Look what would go back").click()
    waited(page, home)
    looked, still = page.inner_text("main"), home.desk.says(account, "tier")
    page.get_by_label("Type the number of the run").fill("1")
    page.get_by_role("button", name="Take it back").click()
    waited(page, home)

    assert "4 records, as the CRM stood" in looked
    assert (still, home.desk.says(account, "tier")) == (("A",), (None,))
    assert "It went back with run 3" in page.inner_text("main")
    assert home.store.journal.last_runs()[0].by == ROBIN


def test_a_plan_that_a_guard_would_stop_is_carried_out_once_its_hash_is_typed(
    window: BrowserContext, home: House
) -> None:
    more_a_than_a_guard_allows(home)
    page, account = opened(window, home, "/memory/plan"), home.account(DIAZ)

    page.get_by_role("button", name="Make a plan").click()
    waited(page, home)
    shown, plan = page.inner_text("main"), page.inner_text("h2 code")
    page.get_by_label("type its hash").fill(plan)
    page.get_by_role("button", name="Approve").click()
    waited(page, home)

    assert "Tonight would stop. 1 of 4 accounts would change tier." in shown
    assert page.locator("#moves tbody tr").inner_text().split() == ["from", "B", "1"]
    assert home.desk.says(account, "tier") == ("A",)
    assert "Carried out by run 3" in page.inner_text("main")


def test_a_job_that_is_run_now_is_followed_by_the_page_until_it_is_done(window: BrowserContext, home: House) -> None:
    page = opened(window, home, "/memory/runs")

    page.get_by_role("button", name="Run now").click()
    waiting = page.inner_text("#part[hx-trigger]")
    assert work(home) == 1
    page.clock.run_for(3_000)
    expect(page.locator("#part")).to_contain_text("Run 2 nightly done")

    assert f"waiting nightly asked for by {ROBIN}" in waiting
    assert page.locator("#part[hx-trigger]").count() == 0
    assert "Nothing waits." in page.inner_text("#part")


def more_a_than_a_guard_allows(home: House) -> None:
    """Dr. Diaz becomes Tier A, and no account may change its tier."""
    tiers = home.desk.folder / "tiers.csv"
    tiers.write_text(tiers.read_text().replace(f"{DIAZ},B", f"{DIAZ},A"))
    home.desk.guards = "guards: {max_tier_moves: 0.1, max_a_loss: 1, min_input_share: 0.7}\n"
