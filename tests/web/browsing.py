"""How a person uses the pages: with a browser in which they are logged in, on a screen or on a phone."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

from tests.web.house import House

SCREEN, PHONE = 1280, 390  # pixels


def open_as(window: BrowserContext, home: House, who: str, path: str) -> Page:
    key, _ = home.session(who)
    window.add_cookies([{"name": "callplan", "value": key, "url": home.url}])
    page = window.new_page()
    page.goto(home.url + path)
    return page


def is_no_wider_than(page: Page, pixels: int) -> bool:
    page.set_viewport_size({"width": pixels, "height": 844})
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
