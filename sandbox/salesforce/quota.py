"""The org's calls of the last 24 hours: a rolling window, counted by the hour, refused when it is full.

Source   Salesforce limits cheat sheet, API requests; the header Sforce-Limit-Info: api-usage=18/5000
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sandbox.salesforce.errors import quota_spent


class Quota:
    def __init__(self, now: Callable[[], datetime], daily_calls: int) -> None:
        self.now, self.daily_calls = now, daily_calls
        self.hours: Counter[int] = Counter()

    @property
    def used(self) -> int:
        this = self._hour()
        return sum(calls for hour, calls in self.hours.items() if this - 24 < hour <= this)

    @property
    def left(self) -> int:
        return max(0, self.daily_calls - self.used)

    def count(self) -> None:
        if not self.left:
            raise quota_spent()
        self.hours[self._hour()] += 1

    def spend(self) -> None:
        self.hours[self._hour()] += self.left

    def header(self) -> str:
        return f"api-usage={self.used}/{self.daily_calls}"

    def _hour(self) -> int:
        return int(self.now().timestamp() // 3600)
