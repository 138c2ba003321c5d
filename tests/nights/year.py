"""A year of nights of two reps on the memory CRM: visits made, missed and logged late, leave, silence, dismissals.

What is told of the year is what the store's flags say, held against a diary of its own: what was done and logged, and
when. With `full` each night is a whole one and reps drive by the list; without, only what flags hang on is done, and
reps see whom they owe a visit most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from callplan.flags import TURN
from callplan.model import Npi
from connector.config import Config
from connector.contract import CrmId, Interaction, Kind, Result
from connector.host.discover import job
from connector.mapping import Mapping
from connector.run import Run
from connector.store.flags import DISMISSED, TOUCHED, WITHDRAWN, End, Flag
from connector.yamlfile import Loaded
from tests.conftest import StillClock
from tests.connector.samples import npi
from tests.nights.desk import Desk
from tests.nights.twenty import IOWA

FIRST, NIGHTS = date(2026, 1, 5), 365
KIM, LEE = "kim@example.com", "lee@example.com"
MANAGERS = {KIM: "pat@example.com", LEE: "dana@example.com"}
PER_DAY, ZONE = 2, ZoneInfo("America/Chicago")


def _days(since: date, days: int) -> frozenset[date]:
    return frozenset(since + timedelta(days=n) for n in range(days))


LEAVES = _days(date(2026, 1, 26), 12), _days(date(2026, 7, 6), 14)  # Kim is away
SILENT = _days(date(2026, 2, 16), 28)  # Lee visits, and logs nothing until it is over
OUTAGES = _days(date(2026, 3, 23), 9), _days(date(2026, 9, 14), 12)  # nothing that is logged arrives
LEAVE, OUTAGE = frozenset().union(*LEAVES), frozenset().union(*OUTAGES)
MADE, NO_SHOW, LATE = 0.7, 0.8, 0.25  # of planned visits; and of those made, the share that is logged days later
AVOIDED = 5  # every so many-eth account is one that its rep likes to put off
OFF = ", ".join(f"{{since: {min(days)}, until: {max(days)}}}" for days in LEAVES)
CONFIG = f"""
time_zone: America/Chicago
ready_made: {{path: tiers.csv, columns: {{npi: npi, tier: tier, volume: volume}}}}
cadence: {{A: 28, B: 90}}
tiers: {{visits_per_week: 40}}
week: {{visits_per_day: 3, effort: 2}}
cold: {{flag: {{per_day: {PER_DAY}}}}}
reps:
  - {{email: {KIM}, manager: {MANAGERS[KIM]}, home_zip: "50309", leave: [{OFF}]}}
  - {{email: {LEE}, manager: {MANAGERS[LEE]}, home_zip: "50010"}}
"""


class Office(Desk):
    """Whose config never changes."""

    @cached_property
    def once(self) -> tuple[Loaded[Config], Loaded[Mapping]]:
        return super().loaded()

    def loaded(self) -> tuple[Loaded[Config], Loaded[Mapping]]:
        return self.once


@dataclass
class Month:
    raised: int = 0
    touched: int = 0
    dismissed: int = 0
    withdrawn: int = 0
    open: int = 0
    waiting: int = 0  # at most, on one day
    gaps: int = 0  # begun


@dataclass
class Year:
    folder: Path
    accounts: int = 60
    full: bool = False
    rng: Random = field(default_factory=lambda: Random(8))
    visited: dict[Npi, list[date]] = field(default_factory=dict)  # and logged by now
    moved: dict[Npi, list[date]] = field(default_factory=dict)  # to another tier
    waiting: dict[date, int] = field(default_factory=dict)
    run: Run | None = None
    late: list[tuple[date, Npi, date, Result]] = field(default_factory=list)  # logged on, of whom, happened on

    def __post_init__(self) -> None:
        clock = StillClock(datetime.combine(FIRST - timedelta(days=1), time(2), ZONE))
        self.desk = Office(self.folder, CONFIG, reads="zip: zip", clock=clock)
        self.npis = [Npi(npi(n)) for n in range(self.accounts)]
        self.tier = {one: "B" if n % 4 == 3 else "A" for n, one in enumerate(self.npis)}
        self.owner = {one: (KIM, LEE)[n % 2] for n, one in enumerate(self.npis)}
        self.ids = {one: self._opened(n, one) for n, one in enumerate(self.npis)}
        for one in self.npis:
            self._put(one, FIRST - timedelta(days=self.rng.randrange(1, 35)), FIRST, Result.DONE)
        self._write_tiers()

    def _opened(self, n: int, one: Npi) -> CrmId:
        return self.desk.org.add_account(self.owner[one], npi=one, zip=IOWA[n % len(IOWA)])

    def live(self, nights: int = NIGHTS) -> Year:
        with nullcontext() if self.full else self.desk.run(FIRST) as self.run:  # one run of all nights is cheaper
            for n in range(nights):
                today = FIRST + timedelta(days=n)
                self.desk.clock.sleep((datetime.combine(today, time(2), ZONE) - self.desk.clock.now()).total_seconds())
                self._night(today)
                self._work(today)
        return self

    def _night(self, today: date) -> None:
        if self.run is None:
            self.desk.night(today)
        else:
            weekly = ("refresh_tiers",) * (today.weekday() == 0)
            for name in ("pull", *weekly, "flag_cold"):
                job(name)(self.run.but(today=today, announced=[]))
        self.cover = self.desk.store.plan.coverage()
        self.waiting[today] = sum(one.paused == TURN for one in self.cover.values())

    def _work(self, today: date) -> None:
        """The day that follows the night."""
        for one, happened, result in [late[1:] for late in self.late if late[0] <= today]:
            self._put(one, happened, today, result)
        self.late = [late for late in self.late if late[0] > today]
        if today.weekday() < 5:
            self._log_something(today)
            for one in list(self._planned(today)):
                self._visit(one, today)
            self._dismiss(today)
        if today.day == 1 and today.month % 3 == 1:
            self._review(today)

    def _log_something(self, today: date) -> None:
        """A day without a visit is no silence."""
        for rep in MANAGERS:
            away = today in LEAVE if rep == KIM else today in SILENT
            if not away and today not in OUTAGE:
                self.desk.at_work(rep)

    def _planned(self, today: date) -> Iterator[Npi]:
        if self.full:
            yield from (one for one, stop in self.desk.store.plan.call_list().items() if stop.day == today)
            return
        due = [one for one in self.cover.values() if one.due_on and one.due_on <= today]
        due.sort(key=lambda one: (-(one.urgency or 9), one.npi))
        for rep in MANAGERS:
            yield from [one.npi for one in due if self.owner[one.npi] == rep][: max(1, self.accounts // 40)]

    def _visit(self, one: Npi, today: date) -> None:
        if (self.owner[one] == KIM and today in LEAVE) or (chance := self.rng.random()) > NO_SHOW:
            return
        if self.npis.index(one) % AVOIDED == 0 and self.rng.random() < 0.9:
            return
        result, logged = Result.DONE if chance < MADE else Result.NO_SHOW, today
        if self.rng.random() < LATE:
            logged += timedelta(days=self.rng.randrange(1, 7))
        for days in (*OUTAGES, *([SILENT] if self.owner[one] == LEE else [])):
            if logged in days:
                logged = max(days) + timedelta(days=1)
        if logged == today:
            self._put(one, today, today, result)
        else:
            self.late.append((logged, one, today, result))

    def _put(self, one: Npi, day: date, logged: date, result: Result) -> None:
        at, created = (datetime.combine(on, time(10), ZONE) for on in (day, logged))
        id_, owner = CrmId(f"v{one}{day}"), self.owner[one]
        visit = Interaction(id_, self.ids[one], Kind.VISIT, at, created, result, owner=owner, created=created)
        self.desk.org.log(visit)
        if result is Result.DONE:
            self.visited.setdefault(one, []).append(day)

    def _dismiss(self, today: date) -> None:
        """Now and then a manager takes one off for a month."""
        for one, flag in self.desk.store.flags.open().items():
            if self.rng.random() < 0.02:
                until = today + timedelta(days=30)
                self.desk.store.flags.end([End(flag.id, today, DISMISSED, "on sabbatical", flag.manager, until)])
                assert one not in self.desk.store.flags.open()

    def _review(self, today: date) -> None:
        """A quarter's tiers: one account in ten changes."""
        for one in self.rng.sample(self.npis, len(self.npis) // 10):
            self.tier[one] = "B" if self.tier[one] == "A" else "A"
            self.moved.setdefault(one, []).append(today)
        self._write_tiers()
        if self.run:
            self.run.__dict__.pop("intake", None)

    def _write_tiers(self) -> None:
        rows = (f"{one},{self.tier[one]},{100 + 7 * n}" for n, one in enumerate(self.npis))
        self.desk.write("tiers.csv", "npi,tier,volume", *rows)

    # What is told of the year

    def flags(self) -> list[Flag]:
        return self.desk.store.flags.all()

    def most_in_a_day(self) -> int:
        """New flags of one manager."""
        return max(Counter((flag.manager, flag.raised) for flag in self.flags()).values(), default=0)

    def unjustified(self) -> list[Flag]:
        """Flags that ended and should not have, by the diary."""
        return [flag for flag in self.flags() if flag.ended and not self._is_just(flag)]

    def _is_just(self, flag: Flag) -> bool:
        if flag.how == TOUCHED:
            was = flag.last_touch or date.min
            return any(was < day <= (flag.ended or was) for day in self.visited.get(flag.npi, ()))
        if flag.how == WITHDRAWN:
            return any(flag.raised <= day <= (flag.ended or day) for day in self.moved.get(flag.npi, ()))
        return flag.how == DISMISSED

    def flapping(self) -> list[tuple[Flag, Flag]]:
        """Flagged, cleared and flagged again, without a touch, a tier or a snooze between."""
        of: dict[Npi, list[Flag]] = {}
        for flag in self.flags():
            of.setdefault(flag.npi, []).append(flag)
        pairs = [pair for flags in of.values() for pair in pairwise(flags)]
        return [(one, other) for one, other in pairs if not self._between(one, other)]

    def _between(self, one: Flag, other: Flag) -> bool:
        if one.how == DISMISSED:
            return bool(one.snoozed_until and one.snoozed_until <= other.raised)
        return self._is_just(one) and (one.how == WITHDRAWN or one.last_touch != other.last_touch)

    def months(self) -> dict[str, Month]:
        last = max(self.waiting)
        found = {f"{day:%Y-%m}": Month() for day in self.waiting}
        for flag in self.flags():
            found[f"{flag.raised:%Y-%m}"].raised += 1
            if flag.ended and flag.how:
                month = found[f"{min(flag.ended, last):%Y-%m}"]
                setattr(month, flag.how, getattr(month, flag.how) + 1)
        for name, month in found.items():
            ends = max(day for day in self.waiting if f"{day:%Y-%m}" == name)
            month.open = sum(f.raised <= ends and (not f.ended or f.ended > ends) for f in self.flags())
            month.waiting = max(n for day, n in self.waiting.items() if f"{day:%Y-%m}" == name)
        for gap in self.desk.store.flags.gaps(ended=True):
            found[f"{gap.seen:%Y-%m}"].gaps += 1
        return found
