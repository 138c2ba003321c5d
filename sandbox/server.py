"""Both CRMs in one process, on two ports of this machine and of no other.

State lives in memory; with a file, it is read at the start and written after every write call, at most once a second.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

from sandbox.hubspot import HubSpot
from sandbox.hubspot.tokens import CLIENT, REFRESH, SECRET
from sandbox.page import Pages
from sandbox.salesforce import Salesforce
from sandbox.wire import Wire
from sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Listening:
    """One WSGI application behind a port of this machine."""

    server: Any
    thread: threading.Thread
    ending: threading.Event

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.effective_port}"

    def close(self) -> None:
        """The thread wakes by itself five times a second, so it may be gone before it is woken."""
        self.ending.set()
        with suppress(OSError):
            self.server.pull_trigger()
        self.thread.join(5)


@dataclass(frozen=True)
class Serving:
    """Both CRMs while they are served. The applications can be reached directly, as tests do."""

    world: World
    salesforce: Salesforce
    hubspot: HubSpot
    salesforce_wire: Wire
    hubspot_wire: Wire
    listening: tuple[Listening, Listening]

    def reach(self) -> dict[str, dict[str, str]]:
        """What a client must be told; for HubSpot either the key or the app will do."""
        salesforce, hubspot = self.listening
        return {
            "salesforce": {
                "url": salesforce.url,
                "client_id": "sandbox-client",
                "client_secret": "sandbox-secret",
            },
            "hubspot": {"url": hubspot.url, "token": "pat-na1-sandbox"},
            "hubspot_app": {
                "url": hubspot.url,
                "client_id": CLIENT,
                "client_secret": SECRET,
                "refresh_token": REFRESH,
            },
        }

    def close(self) -> None:
        for one in self.listening:
            one.close()


def serve(
    world: World,
    *,
    today: date | None = None,
    ports: tuple[int, int] = (0, 0),
    state: Path | None = None,
    has: Collection[str] = (),
    deployed: bool = True,
) -> Serving:
    """Start both. With `today`, their clock is the real one, moved to that day; `has` is for Salesforce."""
    now = _clock(today)
    salesforce = Salesforce(world, now=now, has=has, deployed=deployed)
    hubspot = HubSpot(world, now=now, set_up=deployed)
    wires = Wire(Pages(salesforce, "Salesforce", world.label)), Wire(Pages(hubspot, "HubSpot", world.label))
    apps: tuple[WSGIApplication, WSGIApplication] = wires
    if state:
        keep = Keeper(state, {"salesforce": salesforce, "hubspot": hubspot})
        apps = keep.around(wires[0]), keep.around(wires[1])
    return Serving(world, salesforce, hubspot, *wires, (listen(apps[0], ports[0]), listen(apps[1], ports[1])))


def listen(app: WSGIApplication, port: int = 0) -> Listening:
    server, ending = create_server(app, host=HOST, port=port, threads=4), threading.Event()
    thread = threading.Thread(target=_run, args=(server, ending), daemon=True)
    thread.start()
    return Listening(server, thread, ending)


def _run(server: Any, ending: threading.Event) -> None:
    """Until it is to end; clients that keep their connection open do not hold it."""
    while not ending.is_set():
        server.asyncore.loop(map=server._map, timeout=0.2, count=1)
    server.task_dispatcher.shutdown()
    server.asyncore.close_all(server._map, ignore_all=True)


def _clock(today: date | None) -> Callable[[], datetime]:
    start = datetime.now(UTC)
    shift = datetime.combine(today, start.timetz()) - start if today else timedelta(0)
    return lambda: datetime.now(UTC) + shift


class Keeper:
    """The state of both CRMs in one file."""

    def __init__(self, path: Path, vendors: dict[str, Any]) -> None:
        self._path, self._vendors, self._saved = path, vendors, 0.0
        if path.exists():
            for name, content in json.loads(path.read_text(encoding="utf-8")).items():
                vendors[name].load(content)

    def around(self, wire: Wire) -> WSGIApplication:
        def app(environ: Any, start_response: Any) -> Any:
            answer = wire(environ, start_response)
            if not {"sandbox.rows", "sandbox.changed"}.isdisjoint(environ) and time.monotonic() - self._saved > 1:
                self.save()
            return answer

        return app

    def save(self) -> None:
        self._saved = time.monotonic()
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({name: v.dump() for name, v in self._vendors.items()}), encoding="utf-8")
        os.replace(fresh, self._path)
