"""What reps did in the CRM's calendar with visits that Callplan booked: they come before the plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from callplan.model import Npi, SlotKind
from connector.run import Run
from connector.store.plan import Stop

CANCELLED = "It was cancelled in the CRM."
BY_THE_REP = "The rep moved it to "


@dataclass(frozen=True, slots=True)
class Said:
    moved: dict[Npi, datetime] = field(default_factory=dict)  # where a rep has moved a visit, by the clock on the wall
    off: dict[Npi, set[date]] = field(default_factory=dict)  # days on which a visit was cancelled or deleted

    def reasons(self, before: Sequence[Stop], due: Iterable[str]) -> dict[Npi, str]:
        """Why a committed visit is not as it was planned, or is planned where a rep has put it."""
        stops, found = {stop.npi: stop for stop in before}, {}
        for npi in map(Npi, dict.fromkeys([*due, *stops])):
            at, stop = self.moved.get(npi), stops.get(npi)
            if at and (not stop or (at.date(), _minute(at)) != (stop.day, stop.starts)):
                found[npi] = f"{BY_THE_REP}{at:%a} {at.day} {at:%b}, {at:%H:%M}, in the CRM."
            elif stop and stop.day in self.off.get(npi, ()):
                found[npi] = CANCELLED
        return found

    def follow(self, before: Sequence[Stop], monday: date) -> list[Stop]:
        """The list so far as the reps have it: moved as they moved it, into this week too, and without what is off."""
        came = sorted(self.moved.keys() - {stop.npi for stop in before})
        anew = (Stop(npi, "", monday, self.moved[npi].date(), 0, None, "", kind=SlotKind.COMMITTED) for npi in came)
        stops = [*before, *anew]
        return [self._moved(stop) for stop in stops if stop.day not in self.off.get(stop.npi, ())]

    def elsewhere(self, worked: set[date]) -> set[Npi]:
        """Visits that a rep has moved to a day that is not among these: they are settled, and no part of the week."""
        return {npi for npi, at in self.moved.items() if at.date() not in worked}

    def _moved(self, stop: Stop) -> Stop:
        at = self.moved.get(stop.npi)
        return replace(stop, day=at.date(), starts=_minute(at)) if at else stop


def said_in_the_calendar(run: Run) -> Said:
    said, zone = Said(), ZoneInfo(run.config.time_zone)
    if not run.config.week.appointments:
        return said
    for booked in run.store.bookings.all().values():
        if booked.off:
            said.off.setdefault(booked.npi, set()).add(booked.starts.astimezone(zone).date())
        elif booked.moved_to and booked.moved_to.astimezone(zone).date() >= run.today:
            said.moved[booked.npi] = booked.moved_to.astimezone(zone)
    return said


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute
