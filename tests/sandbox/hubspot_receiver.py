"""Somebody whom the sandbox HubSpot tells of changes, and the portal that tells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.hubspot.webhooks import Subscription
from sandbox.server import listen
from tests.conftest import StillClock
from tests.sandbox.hubspot_served import Served, serve_portal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"  # the one of the published vectors
TIER = Subscription("company.propertyChange", "hcp_tier")


@dataclass
class Receiver:
    """Somebody's address: notes what comes, and answers with what it was told to."""

    answers: list[int] = field(default_factory=list)  # 200 where there are none left
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.came.append(({k[5:]: v for k, v in environ.items() if k.startswith("HTTP_")}, body))
        start_response(f"{self.answers.pop(0) if self.answers else 200} Said", [("Content-Length", "0")])
        return [b""]

    def events(self) -> list[dict[str, Any]]:
        return [event for _, body in self.came for event in json.loads(body)]

    def told(self, name: str) -> list[Any]:
        return [event.get(name) for event in self.events()]


@dataclass
class Line:
    """A portal, a receiver, and the address in between."""

    portal: Served
    receiver: Receiver
    target: str

    def subscribe(self, *subscriptions: Subscription) -> None:
        self.portal.hubspot.webhooks.subscribe(self.target, SECRET, *subscriptions)

    def deliver(self) -> list[tuple[int, int]]:
        return [(sent.status, sent.events) for sent in self.portal.hubspot.webhooks.deliver()]

    def set_tier(self, *npis: str, tier: str = "A") -> None:
        for npi in npis:
            self.portal.hubspot.edit(self.portal.id(npi), hcp_tier=tier)


@contextmanager
def open_line(clock: StillClock) -> Iterator[Line]:
    receiver = Receiver()
    with ExitStack() as stack:
        portal = stack.enter_context(serve_portal(clock))
        listening = listen(receiver)
        stack.callback(listening.close)
        yield Line(portal, receiver, f"{listening.url}/hooks?source=hubspot%2Fsandbox%20one")
