"""Twenty nights of two reps on the memory CRM, with five accounts in a hundred changing every day.

Tiers go up and down, access closes, a rep goes on leave, reps make most of their visits and log them, and some they
miss. What is told of each night is what a second reading of the lists before and after it says, not what the night
says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from callplan.cold import GONE_COLD
from callplan.model import Npi, SlotKind
from connector.contract import CrmId, Interaction, Kind, Result
from connector.store.plan import Stop
from connector.store.slots import COMMITTED, MOVED, SlotEvent
from tests.conftest import StillClock
from tests.connector.samples import CASTILLO, npi
from tests.nights.desk import Desk

FIRST, NIGHTS = date(2026, 11, 2), 20  # the Monday after the clocks went back; the fourth week has Thanksgiving
ACCOUNTS, REPS = 200, ("kim@example.com", "lee@example.com")
CHANGES = 0.05
HOLD = 60
ZONE = ZoneInfo("America/Chicago")
LEAVE = date(2026, 11, 18)  # a Wednesday that Kim takes off, told the day before
IOWA = [
    f"50{n:03}" for n in (9, 10, 21, 23, 36, 47, 61, 111, 125, 131, 156, 158, 208, 211, 226, 263, 265, 309, 312, 315)
]
CONFIG = """
time_zone: America/Chicago
ready_made: {path: tiers.csv, columns: {npi: npi, tier: tier}}
access: [{path: access.csv}]
cadence: {A: 21, B: 60}
tiers: {visits_per_week: 30}
week: {visits_per_day: 6, leave: leave.csv}
reps: [{email: kim@example.com, home_zip: "50309"}, {email: lee@example.com, home_zip: "50010"}]
"""


@dataclass
class Night:
    today: date
    before: dict[Npi, Stop]
    after: dict[Npi, Stop]
    events: list[SlotEvent]
    rewritten: int
    cold: set[Npi]
    promised: dict[Npi, int]  # of committed visits before the night: the hour at which each was placed or last moved
    tier: dict[Npi, str]
    closed: set[Npi]


@dataclass
class Twenty:
    folder: Path
    rng: Random = field(default_factory=lambda: Random(20))
    seen: dict[date, int] = field(default_factory=dict)
    promised: dict[Npi, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = Desk(self.folder, CONFIG, reads="zip: zip", clock=StillClock(datetime(2026, 11, 1, tzinfo=ZONE)))
        self.npis = [Npi(npi(n)) for n in range(ACCOUNTS)]
        self.tier = {one: "A" if n % 3 == 0 else "B" for n, one in enumerate(self.npis)}
        self.closed, self.visits, self.ids = {Npi(CASTILLO)}, dict[Npi, list[date]](), dict[Npi, CrmId]()
        self.owner = {one: REPS[n % 2] for n, one in enumerate(self.npis)}
        for n, one in enumerate(self.npis):
            self.ids[one] = self.desk.org.add_account(self.owner[one], npi=one, zip=IOWA[n % len(IOWA)])
            ago = self.rng.randrange(1, 100 if self.tier[one] == "B" else 40)
            self._log(one, FIRST - timedelta(days=ago), Result.DONE)
        self.desk.write("leave.csv", "email,since,why", "lee@example.com,2026-10-05,a move")

    def nights(self) -> Iterator[Night]:
        for n in range(NIGHTS):
            today = FIRST + timedelta(days=n // 5 * 7 + n % 5)
            self._wake(today)
            self._change(today)
            before = dict(self.desk.store.plan.call_list())
            self.desk.night(today)
            yield self._told(today, before)
            self._work(today)

    def _told(self, today: date, before: dict[Npi, Stop]) -> Night:
        store, monday = self.desk.store, today - timedelta(days=today.weekday())
        after = store.plan.call_list()
        said = {one: (stop.day, stop.slot, stop.kind) for one, stop in after.items()}
        was = {one: (stop.day, stop.slot, stop.kind) for one, stop in before.items() if stop.week == monday}
        rewritten = sum(said.get(one) != was.get(one) for one in said.keys() | was.keys())
        cold = {one for one, cover in store.plan.coverage().items() if cover.state in GONE_COLD}
        events = [event for week in (monday - timedelta(days=7), monday) for event in self._new(week)]
        promised, self.promised = self.promised, self._promises(after, events)
        return Night(today, before, after, events, rewritten, cold, promised, dict(self.tier), set(self.closed))

    def _promises(self, after: dict[Npi, Stop], events: list[SlotEvent]) -> dict[Npi, int]:
        """Each keeps the hour that it was promised, unless it is said to be new or to have moved."""
        anew = {event.npi for event in events if event.event in (COMMITTED, MOVED)}
        kept = {one: hour for one, hour in self.promised.items() if one not in anew}
        return {one: kept.get(one, stop.starts) for one, stop in committed(after, date.min).items()}

    def _new(self, week: date) -> list[SlotEvent]:
        """What has come into that week's log since the last look."""
        told = self.desk.store.slots.of_week(week)
        seen, self.seen[week] = self.seen.get(week, 0), len(told)
        return told[seen:]

    def _wake(self, today: date) -> None:
        """Two in the morning."""
        self.desk.clock.sleep((datetime.combine(today, time(2), ZONE) - self.desk.clock.now()).total_seconds())

    def _change(self, today: date) -> None:
        for one in self.rng.sample(self.npis, round(CHANGES * ACCOUNTS)):
            self.tier[one] = self.rng.choice([tier for tier in "ABC" if tier != self.tier[one]])
        if today.day % 5 == 0:
            self.closed.add(self.rng.choice(self.npis))
        self.desk.write("tiers.csv", "npi,tier", *(f"{one},{tier}" for one, tier in self.tier.items()))
        self.desk.write("access.csv", "npi,why", *(f"{one},value analysis" for one in sorted(self.closed)))
        if today == LEAVE - timedelta(days=1):
            self.desk.write("leave.csv", "email,since,why", f"kim@example.com,{LEAVE},a wedding")

    def _work(self, today: date) -> None:
        """The day's list, as it goes; and now and then a visit that no list has."""
        for one, stop in self.desk.store.plan.call_list().items():
            if stop.day == today and (chance := self.rng.random()) < 0.95:
                self._log(one, today, Result.DONE if chance < 0.85 else Result.NO_SHOW)
        self._log(self.rng.choice(self.npis), today, Result.DONE)

    def _log(self, one: Npi, day: date, result: Result) -> None:
        at = datetime.combine(day, time(10), ZONE)
        self.desk.org.log(
            Interaction(CrmId(f"v{one}{day}"), self.ids[one], Kind.VISIT, at, at, result, owner=self.owner[one])
        )
        if result is Result.DONE:
            self.visits.setdefault(one, []).append(day)


def committed(stops: dict[Npi, Stop], since: date) -> dict[Npi, Stop]:
    return {one: stop for one, stop in stops.items() if stop.kind == SlotKind.COMMITTED and stop.day >= since}
