"""Visits of the last weeks that count for no account, beside the stops at which nobody logged any."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callplan.model import Suggestion
from callplan.orphans import Orphan, Planned, suggest_visits
from connector.run import Run
from connector.store.logged import by_rep

WEEKS = 6  # that are looked back at: reps log late, and nobody remembers more


def astray(run: Run) -> list[Suggestion]:
    roster, found = run.matched()
    now, zone = run.clock.now(), ZoneInfo(run.config.time_zone)
    account = dict(zip(roster.npi[found.rows].tolist(), roster.id[found.rows].tolist(), strict=True))
    counting, since = set(account.values()), now - timedelta(weeks=WEEKS)
    visits = run.store.matches.logged.visits(since, now)
    lost = [visit for visit in visits if visit.account not in counting]
    run.store.mirror.remember("astray", json.dumps(by_rep(lost)))
    orphans = [Orphan(visit.id, visit.owner, visit.at.astimezone(zone), visit.own) for visit in lost]
    days = {(orphan.rep, orphan.at.date()) for orphan in orphans}
    stops = [stop for stop in _planned(run, account, zone) if (stop.rep, stop.day) in days] if days else []
    near = {stop.account for stop in stops}
    seen = {(visit.account, visit.at.astimezone(zone).date()) for visit in visits if visit.account in near}
    return suggest_visits(orphans, stops, seen)


def _planned(run: Run, account: dict[str, str], zone: ZoneInfo) -> Iterator[Planned]:
    """What reps had in their calendars first, then this week's list, then what was committed in the weeks before."""
    for booked in run.store.bookings.all().values():
        at = (booked.moved_to or booked.starts).astimezone(zone)
        if booked.npi in account and not (booked.off or booked.cancelled):
            yield Planned(booked.owner, account[booked.npi], at.date(), _minute(at))
    for npi, stop in run.store.plan.call_list().items():
        if npi in account:
            yield Planned(stop.rep, account[npi], stop.day, stop.starts)
    for weeks in range(WEEKS + 1):
        for event in reversed(run.store.slots.of_week(run.monday - timedelta(weeks=weeks))):
            if event.npi in account:
                day, starts = event.to_day or event.day, event.starts if event.to_starts is None else event.to_starts
                yield Planned(event.rep, account[event.npi], day, starts)


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute
