"""Our share of the CRM's calls: other applications live on the same daily quota.

Every call is counted, in the store, before it is made; a run that would pass our share, or leave less than the reserve,
stops where it is and goes on the next night.

Errors   StopForTonight
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from connector.config import Guards
from connector.contract import Clock, Limits
from connector.errors import StopForTonight

TOMORROW = "Nothing to do: what is missing follows on the next night. To allow more: `guards:` in the config"


@dataclass
class Budget:
    """The meter that an adapter asks before each call."""

    count: Callable[[date, int | None], int]
    clock: Clock
    guards: Guards
    told: int | None = None  # calls left, as the CRM last said
    since: int = 0  # calls made since it said so

    def __call__(self, limits: Limits) -> None:
        spent = self.count(self.clock.now().date(), limits.calls_per_day)
        self.since = self.since + 1 if limits.calls_left == self.told else 1
        self.told = limits.calls_left
        if limits.calls_left is None or limits.calls_per_day is None:
            return  # the CRM says it with its first answer
        left = limits.calls_left - self.since
        if not spent <= self.guards.quota_share * limits.calls_per_day:
            raise StopForTonight(
                f"Callplan has used its {self.guards.quota_share:.0%} of the {limits.calls_per_day:,} calls a day.",
                next_step=f"{TOMORROW} (`guards.quota_share`).",
            )
        if not left >= self.guards.quota_reserve * limits.calls_per_day:
            raise StopForTonight(
                f"Only {limits.calls_left:,} of the {limits.calls_per_day:,} calls of the day are left.",
                next_step=f"{TOMORROW} (`guards.quota_reserve`, {self.guards.quota_reserve:.0%}).",
            )
