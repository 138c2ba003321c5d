"""A rep's week as the store's present plan has it. Neither the CRM nor a map service is asked.

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

from callplan.model import Channel, Place, Workday
from connector.config import Config
from connector.errors import NeedsHuman
from connector.holidays import holidays_of
from connector.host.open import chosen_crms, open_config, open_store
from connector.host.week.accounts import read_accounts
from connector.host.week.visits import Account, Day, Dropped, Lighter, NotPlaced, Visit, Week
from connector.host.weeks import leave_of
from connector.intake import LeaveOf
from connector.mapping import read_mapping
from connector.roads.estimate import miles_from, minutes_for, roads_of
from connector.store import Store
from connector.store.plan import LighterTouch, Stop
from connector.store.slots import ENDED
from connector.sync.territories import read_territories
from connector.weeks import DaysOff, rep_week
from connector.yamlfile import Loaded, nearest

LONG_AGO = date(2000, 1, 3)


def read_weeks(path: Path, only_crm: str | None, rep: str | None) -> list[Week]:
    """Of each CRM and rep, the weeks of the present list in order."""
    loaded = open_config(path)
    books = [_open(loaded, crm) for crm in chosen_crms(loaded, only_crm)]
    keys = [(book, key) for book in books for key in book.listed()]
    reps = sorted({key[0] for _, key in keys})
    if not reps:
        raise NeedsHuman("There is no call list yet.", next_step="`callplan nightly` makes it.")
    if rep and rep.lower() not in {name.lower() for name in reps}:
        raise NeedsHuman(f'No rep "{rep}" has a call list.', next_step=nearest(rep, reps))
    return [book.week(*key) for book, key in keys if not rep or key[0].lower() == rep.lower()]


@dataclass(frozen=True)
class _Book:
    """What one CRM's store says, read once for all its reps."""

    crm: str
    config: Config
    store: Store
    accounts: dict[str, Account]
    rep_of: dict[str, str]
    leave: LeaveOf
    stops: list[Stop]
    run: int
    made: datetime

    def listed(self) -> list[tuple[str, date]]:
        waiting = self.store.plan.unplaced().values()
        return sorted({(stop.rep, stop.week) for stop in self.stops} | {(one.rep, one.week) for one in waiting})

    def week(self, rep: str, monday: date) -> Week:
        ours = [stop for stop in self.stops if (stop.rep, stop.week) == (rep, monday)]
        config = self.config.rep(rep)
        listed = self.leave.get(rep.lower(), ())
        off = DaysOff(holidays_of(self.config.week.holidays, monday), (*(config.leave if config else ()), *listed))
        as_set = rep_week(self.config.week, config, monday)  # a visit may stand on a day that has gone off since
        workdays = {workday.day: workday for workday in as_set.workdays}
        unplaced = sorted(self.store.plan.unplaced().values(), key=lambda one: self.account(one.npi).unseen)
        return Week(
            crm=self.crm,
            rep=rep,
            monday=monday,
            zone=self.config.time_zone,
            roads="; ".join(sorted({stop.roads for stop in ours})),
            days=tuple(self._days(ours, workdays)),
            not_placed=tuple(
                NotPlaced(self.account(one.npi), one.reason) for one in unplaced if (one.rep, one.week) == (rep, monday)
            ),
            lighter=tuple(self._lighter(rep)),
            dropped=tuple(self._dropped(rep, monday)),
            away=rep_week(self.config.week, config, monday, off).away,
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
        roads = roads_of(self.config.roads)
        straight = miles_from(end, np.array([last.latitude]), np.array([last.longitude]))
        return float(minutes_for(straight, roads)[0]), float(straight[0] * roads.circuity)

    def _lighter(self, rep: str) -> Iterator[Lighter]:
        def when(touch: LighterTouch) -> tuple[date, str]:
            return touch.due_on, touch.npi

        for touch in sorted(self.store.plan.lighter_touches().values(), key=when):
            if touch.channel != Channel.VISIT and self.rep_of.get(touch.npi, "").lower() == rep.lower():
                yield Lighter(self.account(touch.npi), touch.channel.replace("_", " "), touch.due_on, touch.reason)

    def _dropped(self, rep: str, monday: date) -> Iterator[Dropped]:
        """From the day of the list on: what is past was visited or missed, and stays in the calendar as it was."""
        last = {event.npi: event for event in self.store.slots.of_week(monday) if event.rep == rep}
        today = self.made.astimezone(ZoneInfo(self.config.time_zone)).date()
        there = {stop.npi for stop in self.stops}
        for npi, event in sorted(last.items()):
            if event.event == ENDED and npi not in there and event.day >= today:
                yield Dropped(self.account(npi), event.day, event.starts, event.reason)


def _open(loaded: Loaded[Config], crm: str) -> _Book:
    store = open_store(loaded, crm)
    stops = sorted(store.plan.call_list().values(), key=lambda stop: (stop.week, stop.day, stop.slot, stop.npi))
    if any(not stop.minutes for stop in stops):
        raise NeedsHuman(f"{crm}: the call list has no hours.", next_step="`callplan nightly` makes it anew.")
    runs = store.journal.last_runs(1)
    begun = datetime.combine(min((stop.week for stop in stops), default=LONG_AGO), time(), UTC)
    number, made = (runs[0].id, runs[0].started.astimezone(UTC)) if runs else (0, begun)
    accounts, rep_of = read_accounts(store, _named(store, stops), read_territories(loaded), _street(loaded, crm))
    leave = leave_of(loaded.value, loaded.path.parent)
    return _Book(crm, loaded.value, store, accounts, rep_of, leave.said if leave else {}, stops, number, made)


def _named(store: Store, stops: list[Stop]) -> set[str]:
    """Whoever is spoken of."""
    waiting, touches = store.plan.unplaced().values(), store.plan.lighter_touches().values()
    weeks = {stop.week for stop in stops} | {one.week for one in waiting}
    events = (event for monday in weeks for event in store.slots.of_week(monday))
    return {one.npi for several in (stops, waiting, touches, events) for one in several}


def _street(loaded: Loaded[Config], crm: str) -> str | None:
    return read_mapping(loaded.path.parent / loaded.value.connection(crm).mapping).value.account.street
