"""The wire in front of a sandbox CRM: counts every call, and fails on request as real networks do.

A `Wire` is a WSGI application round a vendor's WSGI application. Tests add faults to it directly, other
processes through `/__sandbox__/`:
    GET  /__sandbox__/calls    {"calls", "writes", "rows", "log": [[method, path, status, rows or null], ...]}
    POST /__sandbox__/calls    start counting again
    POST /__sandbox__/faults   the fields of `Fault`: {"path": regex, "status": 503, "times": 2}; with
                               "lose_reply": true the vendor does the work and the answer is cut off
A vendor marks a write by putting the number of rows into environ["sandbox.rows"].
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Answer = tuple[str, list[tuple[str, str]], bytes]


class ReplyLost(ConnectionError):
    """The vendor did the work and the connection broke before the answer arrived."""


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    status: int
    rows: int | None  # rows written; None for a call that writes nothing


@dataclass(slots=True)
class Fault:
    """Strikes the calls that match, after `skip` of them, `times` times; `before`, `after` are for tests."""

    path: str
    method: str | None = None
    skip: int = 0
    times: int = 1
    status: int | None = None
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    lose_reply: bool = False
    slow: float = 0  # seconds between the pieces of an answer, of which there are ten
    before: Callable[[], None] | None = None
    after: Callable[[], None] | None = None

    def strikes(self, method: str, path: str) -> bool:
        if self.times <= 0 or (self.method and self.method != method) or not re.search(self.path, path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class Wire:
    def __init__(self, vendor: WSGIApplication) -> None:
        self.vendor = vendor
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self._lock = threading.RLock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        with self._lock:
            if path.startswith("/__sandbox__/"):
                return _send(self._control(environ, path), start_response)
            if not _is_api(path):
                return self.vendor(environ, start_response)
            return self._serve(environ, start_response, environ["REQUEST_METHOD"], path)

    def _serve(
        self, environ: WSGIEnvironment, start_response: StartResponse, method: str, path: str
    ) -> Iterable[bytes]:
        fault = next((f for f in self.faults if f.strikes(method, path)), None)
        if fault and fault.before:
            fault.before()
        answer = _faulty(fault) if fault and fault.status else _ask(self.vendor, environ)
        self.calls.append(Call(method, path, int(answer[0][:3]), environ.get("sandbox.rows")))
        if fault and fault.after:
            fault.after()
        if fault and fault.lose_reply:
            return _cut_off(answer, start_response)
        return _trickle(answer, start_response, fault.slow) if fault and fault.slow else _send(answer, start_response)

    def _control(self, environ: WSGIEnvironment, path: str) -> Answer:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if path.endswith("/faults") and environ["REQUEST_METHOD"] == "POST":
            self.faults.append(Fault(**json.loads(body)))
        elif path.endswith("/calls") and environ["REQUEST_METHOD"] == "POST":
            self.calls.clear()
        return _json(self.tally())

    def tally(self) -> dict[str, Any]:
        writes = [c.rows for c in self.calls if c.rows is not None]
        log = [[c.method, c.path, c.status, c.rows] for c in self.calls]
        return {"calls": len(self.calls), "writes": len(writes), "rows": sum(writes), "log": log}


def _is_api(path: str) -> bool:
    """The pages for people, at `/` and `/account/...`, are not calls."""
    return path != "/" and not path.startswith(("/account/", "/favicon"))


def _ask(vendor: WSGIApplication, environ: WSGIEnvironment) -> Answer:
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        said.append((status, headers))
        return lambda _chunk: None

    body = b"".join(vendor(environ, start))
    status, headers = said[-1]
    return status, headers, body


def _faulty(fault: Fault) -> Answer:
    body = fault.body.encode()
    headers = {"Content-Type": "text/html" if body.startswith(b"<") else "application/json", **fault.headers}
    return f"{fault.status} Fault", [*headers.items(), ("Content-Length", str(len(body)))], body


def _json(content: object) -> Answer:
    body = json.dumps(content).encode()
    return "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    start_response(answer[0], answer[1])
    return [answer[2]]


def _trickle(answer: Answer, start_response: StartResponse, pause: float) -> Iterator[bytes]:
    start_response(answer[0], answer[1])
    step = len(answer[2]) // 10 + 1
    for at in range(0, len(answer[2]), step):
        time.sleep(pause)
        yield answer[2][at : at + step]


def _cut_off(answer: Answer, start_response: StartResponse) -> Iterator[bytes]:
    headers = [(k, v) for k, v in answer[1] if k.lower() != "content-length"]
    start_response(answer[0], [*headers, ("Content-Length", str(len(answer[2]) + 1000))])
    yield answer[2][:1] or b" "  # without a byte, the server would answer for us
    raise ReplyLost("the answer was cut off")
