"""Which parts of this process are to live, and when each was last heard of.

A part that beats is silent once it has not for as long as was said; one that can be asked is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class Part:
    last: datetime
    within: timedelta
    lives: Callable[[], bool]


@dataclass
class Pulse:
    parts: dict[str, Part] = field(default_factory=dict)

    def expect(
        self, part: str, now: datetime, *, within: timedelta = timedelta.max, lives: Callable[[], bool] = lambda: True
    ) -> None:
        """From now on this part is to live: `lives` says so, and it beats at least once `within`."""
        self.parts[part] = Part(now, within, lives)

    def beat(self, part: str, now: datetime) -> None:
        if part in self.parts:
            self.parts[part].last = now

    def silent(self, now: datetime) -> list[str]:
        return [name for name, part in self.parts.items() if not part.lives() or now - part.last > part.within]
