"""What is logged of one account, newest first: what counted, why the rest did not, and what came from its side.

The rules are the night's own, as of this moment; who has the account is who works it by the territories.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from callplan.model import Channel, Npi, Tier, TouchRule
from connector.config import Config
from connector.contract import CrmId, Interaction, Kind
from connector.host.discover import why_not
from connector.host.open import first_day
from connector.store import Store
from connector.store.mirror import Roster
from connector.store.touches import as_touch
from connector.sync.territories import Territories

SHOWN = 15
ANY = tuple(TouchRule(channel.value) for channel in Channel)


@dataclass(frozen=True, slots=True)
class Entry:
    id: CrmId
    day: date
    kind: Kind
    by: str  # e-mail, "" where the CRM names nobody
    by_another: bool  # than who has the account
    why_not: str  # it does not count for the account's tier; "" where it does
    from_its_side: bool

    @property
    def counted(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Judge:
    config: Config
    tier: Tier
    now: datetime
    instead_of_visits: bool = False  # it is called and written to, so that any touch counts

    def entry(self, one: Interaction, owner: str) -> Entry:
        today = first_day(self.now, self.config.time_zone)
        touch = as_touch(one, self.now, ZoneInfo(self.config.time_zone))
        cold, why = self.config.cold, why_not()
        said = why(touch, self.tier, (*cold.rules().touches, *(ANY if self.instead_of_visits else ())), today)
        inbound = not why(touch, self.tier, cold.relationship.rules().touches, today)
        by = (one.owner or "").lower()
        return Entry(one.id, touch.at, Kind(one.kind), by, by != owner, said, inbound)


def logged_of(store: Store, npi: Npi, territories: Territories, judge: Judge) -> list[Entry]:
    roster = store.mirror.roster()
    rows = np.flatnonzero(roster.npi == npi)
    ours = Roster(*(getattr(roster, name)[rows] for name in Roster.__slots__))
    reps = territories.align(ours).rep.tolist()
    return [
        judge.entry(one, rep.lower())
        for record, rep in zip(ours.id.tolist(), reps, strict=True)
        for one in store.touches.of(CrmId(record))
    ]


def as_data(entries: Sequence[Entry]) -> dict[str, Any]:
    shown = [asdict(entry) | {"counted": entry.counted} for entry in entries[:SHOWN]]
    return {"shown": shown, "more": len(entries) - len(shown)}


def say_logged(told: dict[str, Any]) -> Iterator[str]:
    shown, more = told["shown"], told["more"]
    if not shown:
        yield "  Nothing is logged of it."
        return
    yield "  Logged, the newest first:"
    yield from (f"    {_said(entry)}" for entry in shown)
    if more:
        yield f"    and {more:,} more before."


def _said(entry: dict[str, Any]) -> str:
    day, kind = entry["day"], {"email": "e-mail"}.get(entry["kind"], entry["kind"])
    by = f" by {entry['by']}" if entry["by"] else ""
    another = " (not the owner)" if entry["by"] and entry["by_another"] else ""
    counted = f"not counted: {entry['why_not']}" if entry["why_not"] else "counted"
    side = "; from its side" if entry["from_its_side"] else ""
    return f"{day.day} {day:%b %Y}, {kind}{by}{another}: {counted}{side}"
