"""The index behind search, some time behind the records: it still holds what each was before its last change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.hubspot.policy import Policy
from sandbox.hubspot.tables import Record

Values = dict[str, str | None]


@dataclass(slots=True)
class Older:
    """What the index holds of a record until then; None where it does not know of it yet."""

    until: datetime
    reads: int
    values: Values | None


@dataclass
class Lag:
    now: Callable[[], datetime]
    policy: Policy
    older: dict[tuple[str, str], list[Older]] = field(default_factory=dict)
    searches: Counter[str] = field(default_factory=Counter)

    def note(self, record: Record, *, known: bool = True) -> Callable[[], object] | None:
        """Before a change; gives back how to forget it again."""
        if not self.policy.search_lag and not self.policy.search_lag_reads:
            return None
        until, reads = self.now() + self.policy.search_lag, self.searches[record.kind] + self.policy.search_lag_reads
        held = self.older.setdefault(record.key, [])
        held.append(Older(until, reads, dict(record.properties) if known and record.live else None))
        return held.pop

    def search(self, kind: str) -> None:
        """One search more; what has arrived by now is forgotten."""
        now, reads = self.now(), self.searches[kind]
        self.searches[kind] += 1
        for key in [key for key in self.older if key[0] == kind]:
            left = [one for one in self.older[key] if one.until > now or one.reads > reads]
            self.older[key] = left
            if not left:
                del self.older[key]

    def seen(self, record: Record) -> Values | None:
        """The record as search knows it."""
        if self.older and (held := self.older.get(record.key)):
            return held[0].values
        return record.properties if not (record.archived or record.consumed) else None
