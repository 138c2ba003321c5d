"""A sandbox on a port, and what was said of it when all questions had been put."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.hubspot import HubSpot
from sandbox.server import listen
from sandbox.wire import Wire
from tests.conformance.hubspot.conform import SCOPES, conform
from tests.conformance.hubspot.portal import Portal
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import WORLD

KEY = "pat-na1-conformance"
STANDARD = '{"portalId": 20000001, "accountType": "STANDARD", "timeZone": "US/Central"}'


@dataclass
class Asked:
    """A sandbox on a port, and what was said of it."""

    clock: StillClock
    hubspot: HubSpot
    wire: Wire
    url: str
    lines: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = self.content()

    def ask(self, run: str = "1a", say: Callable[[str], object] | None = None) -> int:
        return conform(Portal(self.url, KEY, self.clock), run, say or self.lines.append)

    def said(self, verdict: str) -> list[str]:
        return [line for line in self.lines if f"? {verdict}" in line]

    def content(self) -> dict[str, Any]:
        """All that is live: records with their values, properties, groups, lists."""
        portal = self.hubspot.portal
        kinds = portal.schema.kinds
        return {
            "records": {r.key: dict(r.properties) for kind in kinds for r in portal.all(kind)},
            "properties": {
                kind: [p.name for p in portal.schema.properties[kind].values() if not p.archived] for kind in kinds
            },
            "groups": {kind: [g.name for g in portal.schema.groups[kind].values() if not g.archived] for kind in kinds},
            "lists": [segment.name for segment in self.hubspot.segments.live()],
        }


@contextmanager
def portal_of(clock: StillClock, **settings: Any) -> Iterator[Asked]:
    hubspot = HubSpot(WORLD, now=clock.now, **{"token": KEY, "scopes": SCOPES, **settings})
    wire = Wire(hubspot)
    listening = listen(wire)
    try:
        yield Asked(clock, hubspot, wire, listening.url)
    finally:
        listening.close()
