"""Logging in at a provider, and everything that must not log anybody in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from tests.conftest import StillClock
from tests.web.house import TEAM, House, house
from tests.web.idp import SECRET, Idp, idp
from tests.web.visitor import Visitor, claims


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Idp]]:
    """One provider and one house for all tests of the file, with one clock; each minute passes before a test."""
    clock, patch = StillClock(), pytest.MonkeyPatch()
    patch.setenv("OIDC_SECRET", SECRET)
    with idp(clock) as provider:
        told = TEAM.replace("http://127.0.0.1:1/idp", provider.issuer)
        told = told.replace("client_id: callplan", 'client_id: callplan\n    client_secret: "${ENV:OIDC_SECRET}"')
        with house(tmp_path_factory.mktemp("login"), told, clock=clock) as made:
            provider.redirect_uri = f"{made.url}/login/callback"
            yield made, provider
    patch.undo()


@pytest.fixture
def home(place: tuple[House, Idp]) -> House:
    place[0].desk.clock.sleep(61)
    place[0].log.clear()
    return place[0]


@pytest.fixture
def provider(place: tuple[House, Idp]) -> Idp:
    return place[1]


@pytest.fixture
def visitor(home: House) -> Visitor:
    return Visitor(home)


@pytest.mark.parametrize(("who", "role"), [("kim", "rep"), ("pat", "manager"), ("robin", "admin")])
def test_each_logs_in_with_a_browser_and_out_again(
    window: BrowserContext, home: House, provider: Idp, who: str, role: str
) -> None:
    provider.honest(claims(who))
    page = window.new_page()

    page.goto(f"{home.url}/memory/cold?rep=x")
    assert page.url == f"{home.url}/memory/cold?rep=x"
    assert f"{who}@example.com, {role}" in page.inner_text(".who")

    page.get_by_role("button", name="Log out").click()
    assert "You are logged out" in page.inner_text("main")
    page.get_by_role("link", name="Log out of the identity provider").click()
    assert page.url == f"{home.url}/logged-out"
