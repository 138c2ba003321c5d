"""Waitress in a thread of its own. When it is stopped, requests under way are answered first.

Errors   NeedsHuman: the port is not to be had
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import create_server

from connector.errors import NeedsHuman
from connector.host.web.site import MOST_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# What the config may say, for the address to show; compared, never listened at by default.
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # nosec B104
GLANCE = 0.2  # seconds, after which it looks whether it is to stop


@dataclass(frozen=True)
class Serving:
    server: Any
    sockets: dict[int, Any]
    thread: threading.Thread
    ending: threading.Event

    @property
    def port(self) -> int:
        return self._place[1]

    @property
    def pages(self) -> str:
        """Where a browser on this machine finds them."""
        host, port = self._place
        called = "localhost" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
        return f"http://{called}:{port}"

    @property
    def _place(self) -> tuple[str, int]:
        """The first, where a name such as localhost stands for several addresses."""
        several = getattr(self.server, "effective_listen", None)
        host, port = several[0] if several else (self.server.effective_host, self.server.effective_port)
        return str(host), int(port)

    def stop(self) -> None:
        self.ending.set()
        with suppress(OSError):
            self.server.pull_trigger()
        self.thread.join()


def start(app: WSGIApplication, host: str, port: int, threads: int = 4) -> Serving:
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            app,
            map=sockets,
            listen=f"{host}:{port}",
            threads=threads,
            ident="",
            max_request_body_size=MOST_BYTES,
            clear_untrusted_proxy_headers=False,  # address.py must see that there is a proxy; it believes none
        )
    except (OSError, ValueError) as error:
        raise NeedsHuman(
            f"Nothing can be served at {host}:{port}: {error}.",
            next_step="Is it running already? Else choose another --port or --host, or those under `web:`.",
        ) from error
    ending = threading.Event()
    thread = threading.Thread(target=_run, args=(server, sockets, ending), name="web", daemon=True)
    thread.start()
    return Serving(server, sockets, thread, ending)


def _run(server: Any, sockets: dict[int, Any], ending: threading.Event) -> None:
    while not ending.is_set():
        wasyncore.loop(GLANCE, map=sockets, count=1)
    server.task_dispatcher.shutdown()
    wasyncore.close_all(sockets, ignore_all=True)
