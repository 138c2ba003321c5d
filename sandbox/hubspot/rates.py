"""Three limits: calls in ten seconds, searches in a second, calls in a day.

Each key has ten seconds of its own; the day and the searches are the account's. Search and associations are outside
the ten seconds; search answers carry no rate headers at all. Calls of an OAuth app are outside the day.

Source   developers.hubspot.com, "Usage guidelines": 100, 190 or 250 in ten seconds, 110 for an OAuth app, 5 searches
         a second; the day ends at midnight in the account's time zone
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.hubspot.errors import rate_limited

SEARCHES, TEN_SECONDS = 5, timedelta(seconds=10)


@dataclass
class Bucket:
    """The ten seconds of one key, or of one app, whichever of its tokens it uses."""

    burst: int
    daily: bool = True  # whether its calls count for the day
    calls: deque[datetime] = field(default_factory=deque)

    def left(self, now: datetime) -> int:
        _forget(self.calls, now - TEN_SECONDS)
        return self.burst - len(self.calls)


@dataclass
class Rates:
    now: Callable[[], datetime]
    zone: ZoneInfo
    daily: int
    used: int = 0
    told: bool = True  # whether headers tell the day
    day: date | None = None
    searches: deque[datetime] = field(default_factory=deque)

    def count(self, bucket: Bucket, *, search: bool, exempt: bool) -> None:
        """Count one call, or refuse it."""
        now = self.now()
        self._begin_day()
        if bucket.daily and self.used >= self.daily:
            raise rate_limited("DAILY", "You have reached your daily limit.")
        if search:
            _forget(self.searches, now - timedelta(seconds=1))
            if len(self.searches) >= SEARCHES:
                raise rate_limited("SECONDLY", "You have reached your secondly limit.")
            self.searches.append(now)
        elif not exempt:
            if bucket.left(now) <= 0:
                raise rate_limited("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.")
            bucket.calls.append(now)
        self.used += bucket.daily

    def spend(self, left: float = 0) -> None:
        """Other applications leave this share of the day's calls."""
        self._begin_day()
        self.used = max(self.used, round(self.daily * (1 - left)))

    def midnight(self) -> datetime:
        """When the day's calls come back."""
        tomorrow = self._today() + timedelta(days=1)
        return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=self.zone).astimezone(UTC)

    def headers(self, bucket: Bucket) -> dict[str, str]:
        now, second = self.now(), bucket.burst // 10  # a tenth: seen, not documented, and not enforced
        lately = sum(at > now - timedelta(seconds=1) for at in bucket.calls)
        told = {
            "X-HubSpot-RateLimit-Max": str(bucket.burst),
            "X-HubSpot-RateLimit-Remaining": str(bucket.left(now)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Secondly": str(second),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(max(0, second - lately)),
        }
        if bucket.daily and self.told:
            self._begin_day()
            told["X-HubSpot-RateLimit-Daily"] = str(self.daily)
            told["X-HubSpot-RateLimit-Daily-Remaining"] = str(self.daily - self.used)
        return told

    def _begin_day(self) -> None:
        if self.day != self._today():
            self.day, self.used = self._today(), 0

    def _today(self) -> date:
        return self.now().astimezone(self.zone).date()


def _forget(calls: deque[datetime], upto: datetime) -> None:
    while calls and calls[0] <= upto:
        calls.popleft()
