"""Both vendors' HTTP without a network, with a fault at any call.

Each wire takes the place of the transport that the adapter's own library would use, so that all of the adapter's code
is in play: requests' for Salesforce, urllib3's for HubSpot.
"""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError
from werkzeug.test import Client

from tests.nights.sim.faults import WRITES
from tests.nights.sim.rows import rows_of
from tests.nights.sim.watch import Spent

if TYPE_CHECKING:
    from tests.nights.sim.world import World

Answer = tuple[int, dict[str, str], bytes]
HTML = (503, {"Content-Type": "text/html"}, b"<html><body>Service unavailable</body></html>")
BUSY: dict[str, Answer] = {
    "salesforce": (503, {}, json.dumps([{"errorCode": "SERVER_UNAVAILABLE", "message": "Busy."}]).encode()),
    "hubspot": (429, {}, json.dumps({"policyName": "TEN_SECONDLY_ROLLING", "message": "Slow down."}).encode()),
}
LOCKED: Answer = (423, {}, json.dumps({"status": "error", "message": "Locked."}).encode())
ACTIVITIES = re.compile(r" (Task|Event)$|/(meetings|calls|emails|notes)(/search)?$")
BY_IDS = re.compile(r"Id\+IN\+|Id%20IN%20|/companies/batch/read$")
NEVER_ARRIVES = ("refuse_before", "time_out", "die_before")


class Lost(Exception):
    """No answer came."""


class Line:
    """One process's line to the vendor, and what happens on the way."""

    def __init__(self, world: World) -> None:
        self._world, self._client = world, Client(world.wire)
        self.overtaken = self.writing = False
        self.late: set[bytes] = set()  # batches that were sent after somebody took the night over
        self.accounts_read = self.looked = False  # all that changed; those that are written to, once more
        self.late_calls = 0  # begun after that
        self.unanswered: set[str] = set()  # records whose write got no answer
        self.told: tuple[int, int] | None = None  # calls left, of how many, as the last good answer said

    def carry(self, method: str, url: str, headers: Any, body: bytes | str | None) -> Answer:
        world, name = self._world, site_name(method, url)
        kind = world.faults.at("call", name)
        self.late_calls += self.overtaken and "/oauth2/" not in name
        self.writing = WRITES.search(name) is not None
        content = body.encode() if isinstance(body, str) else body or b""
        if kind in ("time_out", "lose_answer", "slow"):
            world.clock.sleep(700 if kind == "slow" else 60)
        if kind in NEVER_ARRIVES:
            raise world.faults.die() if kind == "die_before" else Lost
        if kind in ("html_503", "busy"):
            return HTML if kind == "html_503" else BUSY[world.crm]
        if kind == "rows_locked" and not world.lock_rows(content):
            return LOCKED
        if kind in world.happens:
            world.happens[kind](self)
        if self.overtaken and self.writing:
            self.late.add(content)
        self.accounts_read |= ACTIVITIES.search(name) is not None
        self.looked |= BY_IDS.search(url) is not None
        answer = self._deliver(method, url, headers, content, 1 if kind == "short_page" else None)
        if kind in ("die_after", "lose_answer"):
            self.unanswered |= dict(rows_of(json.loads(content))).keys() if self.writing else set()
            raise world.faults.die() if kind == "die_after" else Lost
        if "/oauth2/" not in name:
            self.told = _calls_left(answer) or (self.told and (self.told[0] - 1, self.told[1]))
        return _without_rows(answer, content, url) if kind == "empty_page" else answer

    def _deliver(self, method: str, url: str, headers: Any, content: bytes, page_size: int | None) -> Answer:
        parts, world = urlsplit(url), self._world
        with world.pages_of(page_size):
            if "/oauth2/" not in parts.path:
                world.seen.spent.append(Spent(world.clock.now().date(), self.told))
            if WRITES.search(site_name(method, url)):
                world.look_at_rows(content, self)
            given = list(dict(headers).items())
            answer = self._client.open(parts.path, method=method, query_string=parts.query, headers=given, data=content)
        return answer.status_code, dict(answer.headers), answer.get_data()


class RequestsLine(HTTPAdapter):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        try:
            status, headers, body = self._line.carry(
                str(request.method), str(request.url), request.headers, request.body
            )
        except Lost as lost:
            raise requests.exceptions.ConnectionError("no answer") from lost
        response = requests.Response()
        response.status_code, response.url = status, str(request.url)
        response.raw = HTTPResponse(io.BytesIO(body), headers=headers, status=status, preload_content=False)
        response.headers.update(headers)
        response.request = request
        return response


class PoolLine:
    """As much of a urllib3 PoolManager as hubspot-api-client asks of one."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def request(self, method: str, url: str, body: Any = None, fields: Any = None, **given: Any) -> Any:
        whole = f"{url}?{urlencode(fields)}" if fields else url
        try:
            status, headers, content = self._line.carry(method, whole, given["headers"], body)
        except Lost as lost:
            raise ProtocolError("no answer") from lost
        return HTTPResponse(io.BytesIO(content), headers=headers, status=status)


def _calls_left(answer: Answer) -> tuple[int, int] | None:
    """As an answer that was taken tells it: left, of how many."""
    status, headers, _ = answer
    if status >= 300:
        return None
    if said := headers.get("Sforce-Limit-Info"):
        used, of = (int(number) for number in said.removeprefix("api-usage=").split("/"))
        return of - used, of
    if said := headers.get("X-HubSpot-RateLimit-Daily-Remaining"):
        return int(said), int(headers["X-HubSpot-RateLimit-Daily"])
    return None


def site_name(method: str, url: str) -> str:
    """A call's name: its path, without ids and versions."""
    path = urlsplit(url).path
    asked = re.search(r"FROM(?:\+|%20)(\w+)", url)
    short = re.sub(r"/(v?[0-9][0-9.-]*|0r8\w+-\d+)(?=/|$)", "", path)
    return f"{method} {short}{' ' + asked[1] if asked else ''}"


def _without_rows(answer: Answer, content: bytes, url: str) -> Answer:
    """An empty page that leads to the one that it stands for: HubSpot says so now and then."""
    status, headers, body = answer
    told = json.loads(body) if status == 200 else {}
    if not told.get("results"):
        return answer
    asked = re.search(r"[?&]after=([^&]+)", url)
    after = asked[1] if asked else "0"
    empty = {**told, "results": [], "paging": {"next": {"after": after}}}
    return (
        status,
        {name: value for name, value in headers.items() if name != "Content-Length"},
        json.dumps(empty).encode(),
    )
