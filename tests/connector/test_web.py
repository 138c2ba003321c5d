"""POST /webhooks/hubspot over HTTP: what is believed marks, what is not is refused, and nothing else is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData

from connector.contract import CrmId
from connector.errors import NeedsHuman
from connector.host.discover import starter
from connector.host.open import open_config
from connector.host.web import Serving, Site, make_app, start
from connector.host.web.site import MOST_BYTES
from connector.store import Database, open_database
from connector.store.marks import Marked
from tests.conftest import StillClock

SECRET = "a secret of the app"
PUBLIC = "https://callplan.example.com/inside"
DELETION = {"subscriptionType": "object.deletion", "objectTypeId": "0-47", "objectId": 123, "occurredAt": 1}
MARK = Marked("meetings", CrmId("meetings/123"), 1)


class House:
    """A web server of ours, and HubSpot at its door."""

    def __init__(self, folder: Path, database: Database, clock: StillClock, config: str) -> None:
        (folder / "config.yaml").write_text(config)
        self.database, self.clock, self.log = database, clock, list[dict[str, Any]]()
        self.site = Site(open_config(folder / "config.yaml"), database, clock, self._note)
        self.serving: Serving = start(make_app(self.site), "127.0.0.1", 0)

    def _note(self, event: str, /, **facts: object) -> None:
        self.log.append({"event": event, **facts})

    def signed(self, body: bytes, url: str = f"{PUBLIC}/webhooks/hubspot", secret: str = SECRET) -> dict[str, str]:
        stamp = str(round(self.clock.now().timestamp() * 1000))
        told = hmac.new(secret.encode(), b"POST" + url.encode() + body + stamp.encode(), hashlib.sha256).digest()
        return {"X-HubSpot-Request-Timestamp": stamp, "X-HubSpot-Signature-v3": base64.b64encode(told).decode()}

    def post(
        self, body: bytes, headers: dict[str, str] | None = None, path: str = "/webhooks/hubspot", method: str = "POST"
    ) -> int:
        connection = HTTPConnection("127.0.0.1", self.serving.port, timeout=10)
        connection.request(method, path, body, self.signed(body) if headers is None else headers)
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        assert len(told) < 300
        return answer.status

    def tell(self, *events: Any) -> int:
        return self.post(json.dumps(events).encode())

    def marked(self) -> list[Marked]:
        return self.database.store("hubspot").marks.standing()


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET", "HUBSPOT_SERVICE_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", SECRET)
    text, key = (starter() / "config.example.yaml").read_text(), "token: ${ENV:HUBSPOT_SERVICE_KEY}\n"
    assert key in text
    return (
        text.replace(key, f"{key}    client_secret: ${{ENV:HUBSPOT_CLIENT_SECRET}}\n")
        + f"\nweb: {{public_url: {PUBLIC}/}}\n"
    )


@pytest.fixture
def house(config: str, tmp_path: Path, store_url: str, clock: StillClock) -> Iterator[House]:
    database = open_database(store_url)
    made = House(tmp_path, database, clock, config)
    yield made
    made.serving.stop()
    database.engine.dispose()


def test_an_event_marks_its_record_and_nothing_else_of_it_is_kept(house: House) -> None:
    told = {**DELETION, "propertyName": "hs_meeting_title", "propertyValue": "Dr. Adeyemi, knee"}

    assert house.tell(told, {"subscriptionType": "company.deletion", "objectId": 7}) == 204

    assert house.marked() == [Marked("companies", CrmId("7"), 1), MARK]
    kept, tables = "", MetaData()
    tables.reflect(house.database.engine)
    with house.database.engine.connect() as connection:
        for table in tables.sorted_tables:
            kept += str(connection.execute(table.select()).all())
    assert "meetings/123" in kept
    assert "Adeyemi" not in f"{kept}{house.log}"
    assert SECRET not in f"{kept}{house.log}"
    assert house.log == [{"event": "heard", "crm": "hubspot", "marks": 2}]


def test_deliveries_of_the_same_event_leave_one_mark(house: House) -> None:
    for _ in range(3):
        assert house.tell({**DELETION, "attemptNumber": house.clock.slept}) == 204
        house.clock.sleep(1)

    assert [(mark.id, mark.times) for mark in house.marked()] == [("meetings/123", 3)]


def test_a_delivery_that_comes_again_as_it_was_is_refused_until_it_is_too_old(house: House) -> None:
    body = json.dumps([DELETION]).encode()
    headers = house.signed(body)
    first = house.post(body, headers)
    house.clock.sleep(299)
    again = house.post(body, headers)
    house.clock.sleep(2)

    assert (first, again, house.post(body, headers)) == (204, 409, 401)
    assert house.marked() == [MARK]


def test_a_wrong_signature_an_old_one_and_none_at_all_are_refused(house: House) -> None:
    body = json.dumps([DELETION]).encode()
    old = house.signed(body)
    house.clock.sleep(301)

    assert house.post(body, house.signed(body, secret="of somebody else")) == 401
    assert house.post(body, house.signed(body, url="http://127.0.0.1/webhooks/hubspot")) == 401
    assert house.post(body, old) == 401
    assert house.post(body, {}) == 401
    assert house.marked() == []


def test_strangers_wait_after_sixty_in_a_minute_and_hubspot_does_not(house: House) -> None:
    statuses = [house.post(b"[]", {}) for _ in range(61)]

    assert statuses == [401] * 60 + [429]
    assert len(house.log) == 60
    assert house.tell(DELETION) == 204
    house.clock.sleep(60)
    assert house.post(b"[]", {}) == 401


def test_what_cannot_be_read_is_refused(house: House) -> None:
    assert house.post(b"{") == 400
    assert house.post(b'{"objectId": 1}') == 400
    assert house.marked() == []


def test_the_query_of_the_address_is_part_of_what_is_signed(house: House) -> None:
    body = json.dumps([DELETION]).encode()
    headers = house.signed(body, url=f"{PUBLIC}/webhooks/hubspot?from=a/b&c=%20")

    assert house.post(body, headers, "/webhooks/hubspot") == 401
    assert house.post(body, headers, "/webhooks/hubspot?from=a%2Fb&c=%20") == 204


def test_other_addresses_and_methods_are_not_there(house: House) -> None:
    body = json.dumps([DELETION]).encode()

    assert house.post(body, path="/webhooks/salesforce") == 404
    assert house.post(body, path="/webhooks/memory") == 404
    assert house.post(body, path="/elsewhere") == 404
    assert house.post(b"", method="GET") == 405


def test_a_body_that_is_too_long_is_refused_before_it_has_come(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.serving.port), timeout=10) as wire:
        head = f"POST /webhooks/hubspot HTTP/1.1\r\nHost: x\r\nContent-Length: {MOST_BYTES + 1}\r\n\r\n"
        wire.sendall(head.encode())  # and not a byte of the body

        assert wire.recv(100).split()[1] == b"413"


def test_a_long_body_in_pieces_is_cut_off_at_the_same_length(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.serving.port), timeout=10) as wire:
        wire.sendall(b"POST /webhooks/hubspot HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        wire.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")  # and no end

        assert wire.recv(100).split()[1] == b"413"


def test_a_good_delivery_may_come_in_pieces(house: House) -> None:
    body = json.dumps([DELETION]).encode()
    lines = [f"{name}: {value}" for name, value in house.signed(body).items()]
    head = "\r\n".join(["POST /webhooks/hubspot HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", *lines, "", ""])
    with socket.create_connection(("127.0.0.1", house.serving.port), timeout=10) as wire:
        wire.sendall(head.encode() + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")

        assert wire.recv(100).split()[1] == b"204"
    assert house.marked() == [MARK]


def test_without_a_secret_the_door_is_shut(config: str, tmp_path: Path, clock: StillClock) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'callplan.db'}")
    house = House(tmp_path, database, clock, config.replace("    client_secret: ${ENV:HUBSPOT_CLIENT_SECRET}\n", ""))

    status = house.tell(DELETION)
    house.serving.stop()

    assert status == 404


def test_without_a_public_address_the_one_that_was_called_is_signed(
    config: str, tmp_path: Path, clock: StillClock
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'callplan.db'}")
    house = House(tmp_path, database, clock, config.partition("\nweb:")[0])
    body = json.dumps([DELETION]).encode()

    status = house.post(body, house.signed(body, f"http://127.0.0.1:{house.serving.port}/webhooks/hubspot"))
    house.serving.stop()

    assert (status, house.marked()) == (204, [MARK])


def test_a_store_that_is_busy_asks_hubspot_to_come_again(config: str, tmp_path: Path, clock: StillClock) -> None:
    url = f"sqlite:///{tmp_path / 'callplan.db'}?timeout=0"
    house = House(tmp_path, open_database(url), clock, config)

    with open_database(url).engine.begin():
        busy = house.tell(DELETION)
    afterwards = house.tell(DELETION)
    house.serving.stop()

    assert (busy, afterwards) == (503, 204)  # what was not marked was not taken for heard
    assert house.marked() == [MARK]


def test_serve_answers_beside_the_scheduler_until_it_is_stopped(config: str, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(config)
    command = [sys.executable, "-m", "connector.host.cli", "serve", "--port", "0", "--log", "json"]
    served = subprocess.Popen(
        [*command, "--config", str(tmp_path / "config.yaml")], stderr=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert served.stderr
    port = json.loads(served.stderr.readline())["port"]
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/webhooks/hubspot", b"[]")
    status = connection.getresponse().status

    served.send_signal(signal.SIGTERM)

    assert (status, served.wait(20)) == (401, 0)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
    served.stderr.close()


def test_what_is_under_way_when_the_stop_comes_is_answered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    entered, go_on, marks = threading.Event(), threading.Event(), house.database.store("hubspot").marks
    hear = type(marks).hear

    def slowly(*given: Any) -> bool:
        entered.set()
        go_on.wait(10)
        return hear(*given)

    monkeypatch.setattr(type(marks), "hear", slowly)
    statuses: list[int] = []
    dispatcher = house.serving.server.task_dispatcher
    shut_down = dispatcher.shutdown

    def notice() -> None:
        go_on.set()  # not before the stop is under way
        shut_down()

    monkeypatch.setattr(dispatcher, "shutdown", notice)
    client = threading.Thread(target=lambda: statuses.append(house.tell(DELETION)))
    client.start()
    entered.wait(10)
    house.serving.stop()
    client.join()

    assert statuses == [204]


def test_a_port_that_is_taken_needs_a_human(house: House) -> None:
    with pytest.raises(NeedsHuman, match="choose another --port"):
        start(make_app(house.site), "127.0.0.1", house.serving.port)
