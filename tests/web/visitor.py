"""Somebody's browser without its screen: it keeps cookies, follows nothing by itself, and may send what it likes."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from tests.web.house import House
from tests.web.idp import Idp

PEOPLE = {"kim": "reps", "pat": "managers", "robin": "ops"}


def claims(who: str) -> dict[str, object]:
    return {"sub": f"1-{who}", "email": f"{who.title()}@Example.com", "groups": ["all", PEOPLE.get(who, "guests")]}


class Visitor:
    def __init__(self, home: House) -> None:
        self.home, self.wire = home, requests.Session()
        self.wire.trust_env = False

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.wire.get(urljoin(self.home.url, path), headers=headers, allow_redirects=False, timeout=10)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> requests.Response:
        url = urljoin(self.home.url, path)
        return self.wire.post(url, data=form, headers=headers, allow_redirects=False, timeout=10)

    @property
    def key(self) -> str:
        return self.wire.cookies.get("callplan") or ""

    def hold(self, key: str) -> None:
        """In place of what this browser has."""
        self.wire.cookies.clear()
        self.wire.cookies.set("callplan", key, domain="127.0.0.1", path="/")

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/memory/cold").text)
        return found[1] if found else ""

    def begin(self, wanted: str = "/") -> str:
        """Where the provider sends this browser back to, with its code; not followed yet."""
        at = self.get(f"/login?next={wanted}").headers["Location"]
        back: str = self.wire.get(at, allow_redirects=False, timeout=10).headers["Location"]
        return back

    def log_in(self, provider: Idp, who: str, wanted: str = "/") -> requests.Response:
        provider.honest(claims(who))
        return self.get(self.begin(wanted))

    @property
    def in_as(self) -> str:
        """The role that pages are shown for, "" where there is none."""
        answer = self.get("/memory/cold")
        found = re.search(r"<span>[^<]+, (\w+)</span>", answer.text)
        return found[1] if answer.status_code == 200 and found else ""


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
