"""A sandbox HubSpot with three accounts of rep Kim, and a client that has its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.test import Client, TestResponse

from sandbox.hubspot import HubSpot
from sandbox.wire import Wire
from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import WORLD

KEY = "Bearer pat-na1-sandbox"
OBJECTS, LINKS = "/crm/objects/2026-09", "/crm/associations/2026-03"


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


def change(id_: str, trace: bool = True, **properties: Any) -> dict[str, Any]:
    """One input of a batch update."""
    return {"id": id_, "properties": properties, **({"objectWriteTraceId": f"t{id_}"} if trace else {})}


def names(answer: tuple[int, Any]) -> list[str]:
    assert answer[0] == 200, answer
    return [row["properties"]["name"].removeprefix("Dr. ") for row in answer[1]["results"]]
