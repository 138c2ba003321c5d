"""Appointments: which ones the CRM lacks, has at another time, or has too many; and sending those.

A visit keeps its key, and with it its record, for as long as it is committed. What a rep has done with it in the CRM
comes first: one that he moved stays where he put it, and the plan follows or differs; one that he cancelled, deleted or
told the outcome of is not booked again for the same day. Only visits from the first day that can still be planned are
touched: a past one waits for the rep's word.

Units    `starts` is a moment, UTC; days are those of the territory
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from callplan.model import Npi
from connector.contract import Appointment, Crm, CrmId, Verdict
from connector.store.bookings import Booking, Bookings, key_of
from connector.store.journal import Tally
from connector.sync.deliver import deliver
from connector.sync.patience import Patience

WORDS = {"made": "booked", "ended": "cancelled"}  # of an appointment
WEEKLY = timedelta(days=7)  # how long a refused one is held back, unless something about it changes


@dataclass(frozen=True, slots=True)
class Visit:
    """One committed slot of a call list."""

    npi: Npi
    account: CrmId
    owner: str  # e-mail of the rep
    subject: str
    starts: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Due:
    send: list[Appointment] = field(default_factory=list)
    follow: dict[str, datetime] = field(default_factory=dict)  # keys that a rep moved, and the plan with them
    left: int = 0  # that a rep moved elsewhere, or took off the day
    held: int = 0  # refused, and nothing about them is different
    open: int = 0  # booked ahead, as the night began


def due(visits: Sequence[Visit], held: Mapping[str, Booking], today: date, zone: tzinfo, now: datetime) -> Due:
    """What is to be sent so that each visit has its one appointment, and no other is left."""
    ahead = {one.npi: one for one in held.values() if one.open and _day(_stands(one), zone) >= today}
    over = {(one.npi, _day(at, zone)) for one in held.values() if one.over for at in (one.starts, one.at or one.starts)}
    send, follow, tally, taken = list[Appointment](), dict[str, datetime](), Counter[str](), set(held)
    for visit in visits:
        booked = ahead.get(visit.npi)
        if booked is None and (visit.npi, _day(visit.starts, zone)) in over:
            tally["left"] += 1
        elif booked is None:
            send.append(_appointment(visit, key_of(visit.npi, today, taken)))
        elif booked.moved_to == visit.starts:
            follow[booked.key] = visit.starts
        elif booked.moved_to:
            tally["left"] += 1
        elif not _says(booked, visit):
            send.append(_appointment(visit, booked.key, booked.record))
        elif booked.state != Verdict.WRITTEN:
            _again(booked, visit, now, send, tally)
    wanted = {visit.npi for visit in visits}
    off = [one for npi, one in ahead.items() if npi not in wanted and not one.moved_to]
    return Due([*send, *map(_off, off)], follow, tally["left"], tally["held"], len(ahead))


def _stands(booked: Booking) -> datetime:
    return booked.moved_to or booked.starts


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


def _says(booked: Booking, visit: Visit) -> bool:
    same = (booked.starts, booked.minutes, booked.owner) == (visit.starts, visit.minutes, visit.owner)
    return same and not booked.cancelled


def _again(booked: Booking, visit: Visit, now: datetime, send: list[Appointment], tally: Counter[str]) -> None:
    """What got no answer is sent again; what was refused, after a week."""
    if booked.state == Verdict.REFUSED and booked.settled and now - booked.settled < WEEKLY:
        tally["held"] += 1
    else:
        send.append(_appointment(visit, booked.key, booked.record))


def _appointment(visit: Visit, key: str, record: CrmId | None = None) -> Appointment:
    told = (visit.account, visit.owner, visit.subject, visit.starts, visit.minutes)
    return Appointment(key, *told, record=record)


def _off(booked: Booking) -> Appointment:
    told = (booked.account, booked.owner, booked.subject, booked.starts, booked.minutes)
    return Appointment(booked.key, *told, cancelled=True, record=booked.record)


def book(run: int, appointments: Sequence[Appointment], crm: Crm, bookings: Bookings, patience: Patience) -> Tally:
    told = deliver(run, appointments, crm.book, bookings, patience)
    return {WORDS.get(word, word): number for word, number in told.items()}
