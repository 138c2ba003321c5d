"""Three limits: calls in ten seconds, searches in a second, calls in a day.

Search and associations are outside the ten seconds; search answers carry no rate headers at all.

Source   developers.hubspot.com, "Usage guidelines": 190 in ten seconds for Professional, 5 searches a second
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sandbox.hubspot.errors import rate_limited

SEARCHES = 5


@dataclass
class Rates:
    now: Callable[[], datetime]
    burst: int
    daily: int
    used: int = 0
    day: date | None = None
    calls: deque[datetime] = field(default_factory=deque)
    searches: deque[datetime] = field(default_factory=deque)

    def count(self, *, search: bool, exempt: bool) -> None:
        """Count one call, or refuse it."""
        now = self.now()
        if self.day != now.date():
            self.day, self.used = now.date(), 0
        if self.used >= self.daily:
            raise rate_limited("DAILY", "You have reached your daily limit.")
        if search:
            self._room(self.searches, now - timedelta(seconds=1), SEARCHES, "SECONDLY", "secondly")
            self.searches.append(now)
        elif not exempt:
            self._room(
                self.calls, now - timedelta(seconds=10), self.burst, "TEN_SECONDLY_ROLLING", "ten_secondly_rolling"
            )
            self.calls.append(now)
        self.used += 1

    @staticmethod
    def _room(calls: deque[datetime], since: datetime, most: int, policy: str, name: str) -> None:
        while calls and calls[0] <= since:
            calls.popleft()
        if len(calls) >= most:
            raise rate_limited(policy, f"You have reached your {name} limit.")

    def headers(self) -> dict[str, str]:
        return {
            "X-HubSpot-RateLimit-Max": str(self.burst),
            "X-HubSpot-RateLimit-Remaining": str(self.burst - len(self.calls)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Daily": str(self.daily),
            "X-HubSpot-RateLimit-Daily-Remaining": str(self.daily - self.used),
        }
