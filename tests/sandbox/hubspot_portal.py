"""A sandbox HubSpot with three accounts of rep Kim, and a client that has its key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from werkzeug.test import Client, TestResponse

from sandbox.hubspot import HubSpot
from sandbox.server import listen
from sandbox.wire import Wire
from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import WORLD

KEY = "Bearer pat-na1-sandbox"
OBJECTS, LINKS = "/crm/objects/2026-09", "/crm/associations/2026-03"
PROPERTIES, LEGACY = "/crm/properties/2026-09", "/crm/v3/objects"
EVERY_SCOPE = frozenset(
    f"crm.{family}.{kind}.{does}"
    for family in ("objects", "schemas")
    for kind in ("companies", "contacts", "deals", "custom")
    for does in ("read", "write")
) | {"sales-email-read", "crm.objects.owners.read"}


@dataclass
class Portal:
    clock: StillClock
    hubspot: HubSpot
    client: Client
    last: TestResponse | None = None

    def call(self, method: str, path: str, body: Any = None, key: str = KEY, **query: Any) -> tuple[int, Any]:
        """Status and what was said: parsed, or the text of a page."""
        given = {} if body is None else {"json": body}
        headers = {"Authorization": key}
        self.last = self.client.open(path, method=method, headers=headers, query_string=query, **given)
        return self.last.status_code, self.last.get_json() if self.last.is_json else self.last.get_data(as_text=True)

    def list(self, kind: str = "companies", **query: Any) -> tuple[int, Any]:
        return self.call("GET", f"{OBJECTS}/{kind}", **query)

    def update(self, *inputs: dict[str, Any], kind: str = "companies", version: str = OBJECTS) -> tuple[int, Any]:
        return self.call("POST", f"{version}/{kind}/batch/update", {"inputs": list(inputs)})

    def search(self, *filters: dict[str, Any], kind: str = "companies", **more: Any) -> tuple[int, Any]:
        body = {"filterGroups": [{"filters": list(filters)}] if filters else [], **more}
        return self.call("POST", f"{OBJECTS}/{kind}/search", body)

    def create(self, kind: str, version: str = OBJECTS, **properties: Any) -> str:
        status, told = self.call("POST", f"{version}/{kind}", {"properties": properties})
        assert status == 201, told
        return str(told["id"])

    def read(self, kind: str, id_: str, **query: Any) -> dict[str, Any]:
        status, told = self.call("GET", f"{OBJECTS}/{kind}/{id_}", **query)
        assert status == 200, told
        return dict(told)

    def log(self, kind: str, account: str, at: str = "2026-11-22T07:00:00Z", to: str = "companies", **more: Any) -> str:
        """An engagement on an account, as a client logs it."""
        id_ = self.create(kind, hs_timestamp=at, **more)
        status, told = self.call("PUT", f"{OBJECTS}/{kind}/{id_}/associations/default/{to}/{account}")
        assert status == 200, told
        return id_

    def define(self, kind: str = "companies", **given: Any) -> tuple[int, Any]:
        """A text property, unless more is said."""
        group = "contactinformation" if kind == "contacts" else "companyinformation"
        plain = {"label": given["name"], "type": "string", "fieldType": "text", "groupName": group}
        return self.call("POST", f"{PROPERTIES}/{kind}", {**plain, **given})

    def id(self, npi: str) -> str:
        found = self.hubspot.find(npi)
        assert found
        return found

    @property
    def headers(self) -> dict[str, str]:
        assert self.last
        return dict(self.last.headers)


def open_portal(clock: StillClock, world: World = WORLD, **settings: Any) -> Portal:
    hubspot = HubSpot(world, now=clock.now, **settings)
    return Portal(clock, hubspot, Client(Wire(hubspot)))


@dataclass
class Served(Portal):
    """The same over a socket."""

    url: str = ""
    session: requests.Session = field(default_factory=requests.Session)
    reply: requests.Response | None = None

    def call(self, method: str, path: str, body: Any = None, key: str = KEY, **query: Any) -> tuple[int, Any]:
        given: dict[str, Any] = {} if body is None else {"json": body}
        headers = {"Authorization": key}
        self.reply = self.session.request(method, self.url + path, headers=headers, params=query, timeout=20, **given)
        is_json = self.reply.headers.get("Content-Type", "").startswith("application/json")
        return self.reply.status_code, self.reply.json() if is_json else self.reply.text

    @property
    def headers(self) -> dict[str, str]:
        assert self.reply is not None
        return dict(self.reply.headers)


@contextmanager
def serve_portal(clock: StillClock, world: World = WORLD, **settings: Any) -> Iterator[Served]:
    hubspot = HubSpot(world, now=clock.now, **{"scopes": EVERY_SCOPE, **settings})
    wire = Wire(hubspot)
    listening = listen(wire)
    try:
        with requests.Session() as session:
            yield Served(clock, hubspot, Client(wire), url=listening.url, session=session)
    finally:
        listening.close()


def change(id_: str, trace: bool = True, **properties: Any) -> dict[str, Any]:
    """One input of a batch update."""
    return {"id": id_, "properties": properties, **({"objectWriteTraceId": f"t{id_}"} if trace else {})}


def names(answer: tuple[int, Any]) -> list[str]:
    assert answer[0] == 200, answer
    return [row["properties"]["name"].removeprefix("Dr. ") for row in answer[1]["results"]]
