"""How often somebody may ask for what costs us something or could be guessed: in memory, and bounded in it.

Kept for each process: with two of them somebody has twice the tries. Behind a proxy all come from one address, since
its headers are not believed: so logins that went wrong are counted by fives, and those that began by sixties.

Units    `most` in any `seconds`
Errors   TooManyRequests, answered 429 with Retry-After
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock

from flask import request
from werkzeug.exceptions import TooManyRequests

from connector.contract import Clock

KEYS = 10_000  # remembered at once; beyond them the one is forgotten that has been quiet longest


@dataclass
class Limit:
    clock: Clock
    most: int
    seconds: int = 60
    _times: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def demand(self, key: str) -> None:
        """Refuse whoever has had `most` already."""
        if wait := self.wait(key):
            raise TooManyRequests(f"Try again in {wait} seconds.", retry_after=wait)

    def wait(self, key: str) -> int:
        """Seconds until there is room again; 0 where there is."""
        with self._lock:
            times = self._recent(key)
            if len(times) < self.most:
                return 0
            return ceil((times[0] + timedelta(seconds=self.seconds) - self.clock.now()).total_seconds())

    def count(self, key: str) -> None:
        with self._lock:
            times = self._times.setdefault(key, deque(maxlen=self.most))
            times.append(self.clock.now())
            self._times.move_to_end(key)
            if len(self._times) > KEYS:
                self._times.popitem(last=False)

    def take(self, key: str) -> None:
        self.demand(key)
        self.count(key)

    def _recent(self, key: str) -> deque[datetime]:
        times, since = self._times.get(key, deque()), self.clock.now() - timedelta(seconds=self.seconds)
        while times and times[0] <= since:
            times.popleft()
        return times


class Limits:
    """Of one application."""

    def __init__(self, clock: Clock) -> None:
        self.begun = Limit(clock, 60)  # logins, each a row in the store
        self.refused = Limit(clock, 5)  # logins that came to nothing
        self.tokens = Limit(clock, 10)  # of the API, that are none
        self.heard = Limit(clock, 1_200)  # deliveries of a CRM, each a transaction; of up to 100 events
        self.not_heard = Limit(clock, 60)  # deliveries that nobody signed, each a line in the log


def asking() -> str:
    """The address of the connection; a home has a whole /64 of IPv6."""
    told = request.remote_addr or ""
    try:
        address = ip_address(told.partition("%")[0])
    except ValueError:
        return told
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else str(address)
