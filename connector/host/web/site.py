"""What the application stands on: a config, a store, a clock and a log, so that a test makes its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from connector.config import Config
from connector.contract import Clock
from connector.host.open import Way, link
from connector.host.web.pulse import Pulse
from connector.run import Log
from connector.serving import Web
from connector.store import Database
from connector.yamlfile import Loaded

MOST_BYTES = 1_000_000  # of a request's body: a hundred events are some 50,000


@dataclass(frozen=True)
class Site:
    config: Loaded[Config]
    database: Database
    clock: Clock
    log: Log
    way: Way = link
    pulse: Pulse = field(default_factory=Pulse, compare=False)

    def local(self, at: datetime) -> datetime:
        """By the clock where the team is."""
        return at.astimezone(ZoneInfo(self.config.value.time_zone))

    @property
    def settings(self) -> Web:
        return self.config.value.web or Web()
