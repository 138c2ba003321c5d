"""A rep's week as the store's present plan has it, for command and page. Neither CRM nor map service is asked.

Errors   NeedsHuman: no list yet, a list without hours, a rep that has none
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection

from callplan.model import Place, Workday
from connector.config import Config
from connector.errors import NeedsHuman
from connector.holidays import holidays_of
from connector.host.open import chosen_crms, open_base, open_config
from connector.host.week.accounts import Accounts, accounts_of
from connector.host.week.visits import Account, Day, Dropped, Lighter, NotPlaced, Visit, Week
from connector.host.weeks import leave_of
from connector.intake import LeaveOf
from connector.mapping import read_mapping
from connector.roads.estimate import miles_from, minutes_for, roads_of
from connector.store.plan import LighterTouch, Stop
from connector.store.reads.week import Planned, known, last_run, planned, reps
from connector.store.slots import ENDED
from connector.weeks import DaysOff, rep_week
from connector.yamlfile import Loaded, nearest

LONG_AGO = date(2000, 1, 3)


def read_weeks(path: Path, only_crm: str | None, rep: str | None) -> list[Week]:
    """Of each CRM and rep, the weeks of the present list in order."""
    loaded = open_config(path)
    base = open_base(loaded)
    with base.reading() as connection:
        listed = {crm: reps(connection, crm) for crm in chosen_crms(loaded, only_crm)}
        everybody = sorted({one for several in listed.values() for one in several})
        if not everybody:
            raise NeedsHuman("There is no call list yet.", next_step="`callplan nightly` makes it.")
        if rep and rep.lower() not in {name.lower() for name in everybody}:
            raise NeedsHuman(f'No rep "{rep}" has a call list.', next_step=nearest(rep, everybody))
        ground = ground_of(loaded)
        return [
            week
            for crm, several in listed.items()
            for one in several
            if not rep or one.lower() == rep.lower()
            for week in weeks_of(connection, ground, crm, one)
        ]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a week rests on beside the store."""

    config: Config
    leave: LeaveOf
    streets: dict[str, str | None]  # the field of each CRM that has it


def ground_of(loaded: Loaded[Config]) -> Ground:
    leave = leave_of(loaded.value, loaded.path.parent)
    return Ground(loaded.value, leave.said if leave else {}, {crm: _street(loaded, crm) for crm in loaded.value.crm})


def weeks_of(connection: Connection, ground: Ground, crm: str, rep: str) -> list[Week]:
    """Of one rep, the weeks of the present list in order; nobody else's rows are read."""
    plan = planned(connection, crm, rep)
    if any(not stop.minutes for stop in plan.stops):
        raise NeedsHuman(f"{crm}: the call list has no hours.", next_step="`callplan nightly` makes it anew.")
    accounts = accounts_of(known(connection, crm, sorted(plan.named)), ground.streets[crm])
    begun = datetime.combine(min((stop.week for stop in plan.stops), default=LONG_AGO), time(), UTC)
    run, made = last_run(connection, crm) or (0, begun)
    book = _Book(crm, rep, ground, accounts, plan, run, made.astimezone(UTC))
    return [book.week(monday) for monday in plan.weeks]


@dataclass(frozen=True)
class _Book:
    """What one CRM's store says of one rep."""

    crm: str
    rep: str
    ground: Ground
    accounts: Accounts
    plan: Planned
    run: int
    made: datetime

    def week(self, monday: date) -> Week:
        ours = [stop for stop in self.plan.stops if stop.week == monday]
        team = self.ground.config
        config = team.rep(self.rep)
        listed = self.ground.leave.get(self.rep.lower(), ())
        off = DaysOff(holidays_of(team.week.holidays, monday), (*(config.leave if config else ()), *listed))
        as_set = rep_week(team.week, config, monday)  # a visit may stand on a day that has gone off since
        unplaced = sorted(self.plan.unplaced, key=lambda one: self.account(one.npi).unseen)
        return Week(
            crm=self.crm,
            rep=self.rep,
            monday=monday,
            zone=team.time_zone,
            roads="; ".join(sorted({stop.roads for stop in ours})),
            days=tuple(self._days(ours, {workday.day: workday for workday in as_set.workdays})),
            not_placed=tuple(NotPlaced(self.account(one.npi), one.reason) for one in unplaced if one.week == monday),
            lighter=tuple(map(self._touch, self.plan.lighter)),
            dropped=tuple(self._dropped(monday)),
            away=rep_week(team.week, config, monday, off).away,
            run=self.run,
            made=self.made,
        )

    def account(self, npi: str) -> Account:
        return self.accounts.get(npi) or Account(npi)

    def _days(self, stops: list[Stop], workdays: dict[date, Workday]) -> Iterator[Day]:
        for day, of_day in groupby(stops, key=lambda stop: stop.day):
            visits = tuple(self._visit(stop, order) for order, stop in enumerate(of_day, 1))
            workday = workdays.get(day)
            end = workday.end if workday else None
            minutes, miles = self._home(visits[-1].account.place, end)
            yield Day(day, visits, workday.start if workday else None, end, minutes, miles)

    def _visit(self, stop: Stop, order: int) -> Visit:
        return Visit(
            account=self.account(stop.npi),
            day=stop.day,
            order=order,
            slot=stop.slot,
            starts=stop.starts,
            minutes=stop.minutes,
            kind=stop.kind,
            drive_minutes=stop.drive_minutes,
            drive_miles=stop.drive_miles,
        )

    def _home(self, last: Place | None, end: Place | None) -> tuple[float | None, float | None]:
        if not last or not end:
            return None, None
        roads = roads_of(self.ground.config.roads)
        straight = miles_from(end, np.array([last.latitude]), np.array([last.longitude]))
        return float(minutes_for(straight, roads)[0]), float(straight[0] * roads.circuity)

    def _touch(self, touch: LighterTouch) -> Lighter:
        return Lighter(self.account(touch.npi), touch.channel.replace("_", " "), touch.due_on, touch.reason)

    def _dropped(self, monday: date) -> Iterator[Dropped]:
        """From the day of the list on: what is past was visited or missed, and stays in the calendar as it was."""
        last = {event.npi: event for event in self.plan.events if event.week == monday}
        today = self.made.astimezone(ZoneInfo(self.ground.config.time_zone)).date()
        there = {stop.npi for stop in self.plan.stops}
        for npi, event in sorted(last.items()):
            if event.event == ENDED and npi not in there and event.day >= today:
                yield Dropped(self.account(npi), event.day, event.starts, event.reason)


def _street(loaded: Loaded[Config], crm: str) -> str | None:
    return read_mapping(loaded.path.parent / loaded.value.connection(crm).mapping).value.account.street
