"""One Chromium for the tests of a file, a fresh browser profile for each of them; a house for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.web.entry import place
from tests.web.house import House, house
from tests.web.idp import Idp
from tests.web.visitor import Visitor, claims


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if not found:
        pytest.skip("no Chromium: tools/install-services installs it, as `make test` does")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """Of nobody yet; nothing outside this machine is reached from it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(5_000)
    context.route("**/*", lambda route: route.continue_() if _is_ours(route.request.url) else route.abort())
    yield context
    context.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For the tests of a file that leave it as they found it, or that look only at what they brought."""
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="session")
def entrance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Idp]]:
    """A house whose people log in, and their provider: made once."""
    with place(tmp_path_factory.mktemp("entrance")) as made:
        yield made


@pytest.fixture
def lobby(entrance: tuple[House, Idp]) -> House:
    """That house, a minute after the last test."""
    entrance[0].desk.clock.sleep(61)
    entrance[0].log.clear()
    return entrance[0]


@pytest.fixture
def provider(entrance: tuple[House, Idp]) -> Idp:
    entrance[1].honest(claims("robin"))
    return entrance[1]


@pytest.fixture
def visitor(lobby: House) -> Visitor:
    return Visitor(lobby)


def _is_ours(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:"))
