"""A sandbox Salesforce with three accounts of rep Kim, and a client that is logged in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.test import Client, TestResponse

from sandbox.salesforce import Salesforce
from sandbox.wire import Wire
from sandbox.world import Provider, Rep, Touch, World
from tests.conftest import StillClock

ADEYEMI, BRANDT, CASTILLO = "2000000010", "2000000028", "2000000036"
KIM = Rep("Kim", "kim@example.com")
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def provider(npi: str, name: str) -> Provider:
    return Provider(npi, name, "Cardiology", "Des Moines", "IA", "50309", 41.59, -93.62, KIM.email)


def touch(
    kind: str = "visit", days: float = -1, result: str = "done", minutes: float = 30, npi: str = ADEYEMI
) -> Touch:
    return Touch(npi, KIM.email, kind, MONDAY + timedelta(days=days), minutes, "outbound", result)


WORLD = World(
    (KIM,),
    (
        provider(ADEYEMI, "Dr. Adeyemi"),
        provider(BRANDT, "Dr. Brandt"),
        provider(CASTILLO, "Dr. Castillo"),
    ),
)


@dataclass
class Org:
    """The sandbox with a client that is logged in."""

    clock: StillClock
    salesforce: Salesforce
    wire: Wire
    client: Client
    token: str = ""
    last: TestResponse | None = None

    def log_in(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": "sandbox-client",
            "client_secret": "sandbox-secret",
        }
        answer = self.client.post("/services/oauth2/token", data=form).get_json()
        self.token = answer["access_token"]

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        self.last = self.client.open(f"/services/data/v67.0{path}", method=method, headers=headers, **more)
        text = self.last.get_data(as_text=True)
        return self.last.status_code, json.loads(text) if text else None

    def query(self, soql: str, resource: str = "query") -> tuple[int, Any]:
        return self.call("GET", f"/{resource}", query_string={"q": soql})

    def names(self, condition: str) -> list[str]:
        status, body = self.query(f"SELECT Name FROM Account WHERE {condition}")
        assert status == 200, body
        return [record["Name"].removeprefix("Dr. ") for record in body["records"]]

    def patch_rows(self, *rows: dict[str, Any], all_or_none: bool = False) -> Any:
        records = [{"attributes": {"type": "Account"}, **row} for row in rows]
        body = {"allOrNone": all_or_none, "records": records}
        return self.call("PATCH", "/composite/sobjects", body)[1]

    def id(self, npi: str) -> str:
        found = self.salesforce.find(npi)
        assert found
        return found

    @property
    def usage(self) -> str:
        assert self.last
        return self.last.headers["Sforce-Limit-Info"]


def open_org(clock: StillClock, world: World = WORLD, **settings: Any) -> Org:
    salesforce = Salesforce(world, now=clock.now, **settings)
    wire = Wire(salesforce)
    org = Org(clock, salesforce, wire, Client(wire))
    org.log_in()
    return org


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    return status, body[0]["errorCode"]


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return ["written" if row["success"] else row["errors"][0]["statusCode"] for row in rows]
