"""Both vendors' HTTP without a network, with a fault at any call.

Each wire takes the place of the transport that the adapter's own library would use, so that all of the adapter's code
is in play: requests' for Salesforce, urllib3's for HubSpot.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError
from werkzeug.test import Client

from sandbox.wire import Wire
from tests.nights.sim.faults import Died, Faults

Answer = tuple[int, dict[str, str], bytes]
HTML = (503, {"Content-Type": "text/html"}, b"<html><body>Service unavailable</body></html>")


class Lost(Exception):
    """No answer came."""


class Line:
    """One vendor's end of the wire, and what happens on the way."""

    def __init__(self, wire: Wire, vendor: Any, faults: Faults, busy: Answer, overtake: Callable[[], None]) -> None:
        self._client, self._vendor, self._faults, self._busy = Client(wire), vendor, faults, busy
        self._overtake = overtake

    def carry(self, method: str, url: str, headers: Any, body: bytes | str | None) -> Answer:
        kind = self._faults.at("call", _site(method, url))
        if kind in ("die_before", "refuse_before"):
            raise Died if kind == "die_before" else Lost
        if kind in ("html_503", "busy"):
            return HTML if kind == "html_503" else self._busy
        if kind == "overtaken":
            self._overtake()
        if kind == "log_out":
            self._vendor.expire_tokens()
        if kind == "spend_quota":
            self._vendor.spend_quota()
        parts = urlsplit(url)
        answer = self._client.open(
            parts.path, method=method, query_string=parts.query, headers=list(dict(headers).items()), data=body
        )
        if kind in ("die_after", "lose_answer"):
            raise Died if kind == "die_after" else Lost
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
        response.status_code, response.raw, response.url = status, io.BytesIO(body), str(request.url)
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


def _site(method: str, url: str) -> str:
    """A call's name: its path, without ids and versions."""
    path = urlsplit(url).path
    asked = re.search(r"FROM(?:\+|%20)(\w+)", url)
    return f"{method} {re.sub(r'/v?[0-9][0-9.-]*(?=/|$)', '', path)}{' ' + asked[1] if asked else ''}"
