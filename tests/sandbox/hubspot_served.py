"""A sandbox HubSpot behind a port of this machine, asked as any client asks: over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import urllib3

from sandbox.hubspot import HubSpot
from sandbox.server import listen
from sandbox.wire import Wire
from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import WORLD

TOKEN = "pat-na1-sandbox"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    said: Any  # parsed, or the text of a page
    headers: Mapping[str, str]  # by their names in small letters

    @property
    def left(self) -> dict[str, int]:
        """What the rate headers say."""
        parts = ("max", "remaining", "daily", "daily-remaining")
        found = {part: self.headers.get(f"x-hubspot-ratelimit-{part}") for part in parts}
        return {part: int(value) for part, value in found.items() if value is not None}


@dataclass
class Served:
    clock: StillClock
    hubspot: HubSpot
    url: str
    http: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)

    def ask(self, method: str, path: str, body: Any = None, token: str | None = TOKEN, **query: Any) -> Answer:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        written = json.dumps(body) if body is not None else None
        return self.send(method, path + (f"?{urlencode(query, doseq=True)}" if query else ""), headers, written)

    def post_form(self, path: str, **fields: str) -> Answer:
        return self.send("POST", path, {"Content-Type": FORM}, urlencode(fields))

    def send(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> Answer:
        answer = self.http.request(method, self.url + path, headers=headers, body=body, retries=False, timeout=10)
        text = answer.data.decode()
        is_json = "json" in answer.headers.get("Content-Type", "")
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, json.loads(text) if is_json else text, told)

    def id(self, npi: str) -> str:
        found = self.hubspot.find(npi)
        assert found
        return found


@contextmanager
def serve_portal(clock: StillClock, world: World = WORLD, **settings: Any) -> Iterator[Served]:
    hubspot = HubSpot(world, now=clock.now, **settings)
    listening = listen(Wire(hubspot))
    served = Served(clock, hubspot, listening.url)
    yield served
    served.http.clear()
    listening.close()
