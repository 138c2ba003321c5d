"""A rep's week as it is taken along: accounts, visits, days, and what has no visit.

Units    minutes of a clock are minutes after midnight where the rep is; those of a drive are minutes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from callplan.model import Place, SlotKind
from connector.host.words import count

KINDS = {
    SlotKind.COMMITTED: "committed",
    SlotKind.FILL: "fills a free slot",
    SlotKind.RELEASED: "was kept for Tier A",
}


@dataclass(frozen=True, slots=True)
class Account:
    npi: str
    name: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    place: Place | None = None
    exact: bool = False  # the place is the account's own, not the middle of its ZIP or town
    tier: str = ""
    why: str = ""  # this tier
    touch: str = ""  # such as "overdue"
    last_seen: date | None = None

    @property
    def called(self) -> str:
        return self.name or f"NPI {self.npi}"

    @property
    def address(self) -> str:
        return ", ".join(part for part in (self.street, self.city, f"{self.state} {self.zip}".strip()) if part)

    @property
    def sought(self) -> str:
        """What a map service finds it by."""
        return self.address if self.street else ", ".join(part for part in (self.name, self.address) if part)

    @property
    def unseen(self) -> tuple[bool, date, str]:
        """To put the longest unseen first, and those never seen last."""
        return self.last_seen is None, self.last_seen or date.max, self.called

    @property
    def seen(self) -> str:
        last = f"last seen {day_and_month(self.last_seen)} {self.last_seen.year}" if self.last_seen else "never seen"
        return f"{self.touch}, {last}" if self.touch else last


@dataclass(frozen=True, slots=True)
class Visit:
    account: Account
    day: date
    order: int  # within its day, from 1
    slot: int  # as the CRM has it
    starts: int
    minutes: int
    kind: str
    drive_minutes: float | None
    drive_miles: float | None

    @property
    def ends(self) -> int:
        return self.starts + self.minutes

    @property
    def kept(self) -> bool:
        return self.kind == SlotKind.COMMITTED

    @property
    def in_words(self) -> str:
        return next((words for kind, words in KINDS.items() if kind == self.kind), self.kind)


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    visits: tuple[Visit, ...]
    start: Place | None = None
    end: Place | None = None
    home_minutes: float | None = None  # from the last visit to the end point, always estimated
    home_miles: float | None = None

    @property
    def leaves(self) -> int:
        first = self.visits[0]
        return first.starts - round(first.drive_minutes or 0) if self.start else first.starts

    @property
    def back(self) -> int:
        return self.visits[-1].ends + round(self.home_minutes or 0)

    @property
    def returns(self) -> bool:
        """It is known when the rep is at the end point; else `back` is when the last visit is over."""
        return self.home_minutes is not None

    @property
    def driving(self) -> float:
        """Minutes to the visits, and to the end point."""
        return sum(visit.drive_minutes or 0 for visit in self.visits) + (self.home_minutes or 0)

    @property
    def miles(self) -> float | None:
        known = [visit.drive_miles for visit in self.visits if visit.drive_miles is not None]
        return sum(known) + (self.home_miles or 0) if len(known) == len(self.visits) else None

    @property
    def in_short(self) -> str:
        start = "leave" if self.start else "first visit"
        ends = f"{start} {clock(self.leaves)}, {'back' if self.returns else 'done'} {clock(self.back)}"
        visits = count(len(self.visits), "visit")
        return f"{self.day:%A} {day_and_month(self.day)}: {visits}, {ends}, driving {self.driven}"

    @property
    def towns(self) -> str:
        return ", ".join(dict.fromkeys(visit.account.city for visit in self.visits if visit.account.city))

    @property
    def driven(self) -> str:
        return said_drive(self.driving, self.miles)


@dataclass(frozen=True, slots=True)
class NotPlaced:
    account: Account
    reason: str


@dataclass(frozen=True, slots=True)
class Lighter:
    account: Account
    channel: str
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A visit that had a slot and has none any more."""

    account: Account
    day: date
    starts: int
    reason: str


@dataclass(frozen=True, slots=True)
class Week:
    crm: str
    rep: str
    monday: date
    zone: str
    roads: str  # what the minutes of driving rest on
    days: tuple[Day, ...]
    not_placed: tuple[NotPlaced, ...]
    lighter: tuple[Lighter, ...]
    dropped: tuple[Dropped, ...]
    away: Mapping[date, str]
    run: int  # that made the list
    made: datetime

    @property
    def visits(self) -> list[Visit]:
        return [visit for day in self.days for visit in day.visits]

    @property
    def touches_due(self) -> list[Lighter]:
        """By the end of the week."""
        return [touch for touch in self.lighter if touch.due_on < self.monday + timedelta(days=7)]

    @property
    def in_short(self) -> str:
        told = f"{count(len(self.visits), 'visit')}, {sum(visit.kept for visit in self.visits)} of them committed"
        planned = sum(visit.minutes for visit in self.visits)
        of_a = sum(visit.minutes for visit in self.visits if visit.account.tier == "A")
        return f"{told}, {of_a / planned * 100:.0f} % of visit time on Tier A" if planned else told

    @property
    def title(self) -> str:
        return f"{self.rep}, week of {self.monday:%A} {day_and_month(self.monday, whole=True)} {self.monday.year}"

    @property
    def rests_on(self) -> str:
        parts = f"Drive times: {self.roads}." if self.roads else "Drive times are not known."
        if any(day.home_minutes is not None for day in self.days):
            parts += " The drive from the last visit to the end point is estimated."
        if any(day.start is None for day in self.days):
            parts += " Without a start point (home_zip) a day's first drive is from the middle of the accounts."
        return parts


def clock(minutes: int) -> str:
    hour, minute = divmod(minutes % 1440, 60)
    return f"{hour % 12 or 12}:{minute:02} {'am' if hour < 12 else 'pm'}"


def day_and_month(day: date, *, whole: bool = False) -> str:
    return f"{day.day} {day:%B}" if whole else f"{day.day} {day:%b}"


def said_drive(minutes: float, miles: float | None) -> str:
    hours, rest = divmod(round(minutes), 60)
    told = f"{hours} h {rest:02} min" if hours else f"{rest} min"
    return told if miles is None else f"{told}, {miles:,.0f} mi"
