"""What has become of one account, the newest first: tiers written, flags, slots, signals, what people decided.

Each kind is asked for as many as are shown, so that the newest of all are among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from connector.host.show import say_value
from connector.host.web.here import Here
from connector.host.week.visits import clock
from connector.host.words import day as day_said
from connector.store.flags import Flag
from connector.store.overrides import Override
from connector.store.reads.account import Account
from connector.store.reads.history import Written, flags_of, overrides_of, signals_of, slots_of, tiers_of
from connector.store.signals import OPEN, Kept
from connector.store.slots import SlotEvent

SHOWN, MOST = 15, 240  # events at first, and at most
ENDED = {"touched": "The flag ended", "dismissed": "The flag was taken off", "withdrawn": "The flag was withdrawn"}
SLOT = {
    "committed": "Visit committed",
    "moved": "Visit moved",
    "ended": "Out of the week",
    "released": "Released",
}


@dataclass(frozen=True, slots=True)
class Event:
    day: date
    what: str
    said: str
    by: str = ""
    run: int | None = None  # that wrote it


@dataclass(frozen=True, slots=True)
class History:
    events: list[Event]
    more: int  # how many to ask for next, 0 where these are all
    overrides: list[Override]
    slots: list[SlotEvent]
    flag: Flag | None  # the last


def history(at: Here, connection: Connection, of: Account, field: str | None, most: int) -> History:
    crm, zone, ask = at.crm, ZoneInfo(at.config.time_zone), min(most, MOST) + 1
    overrides, slots = overrides_of(connection, crm, of.record, ask), slots_of(connection, crm, of.npi, ask)
    flags = flags_of(connection, crm, of.npi, ask)
    events = [event for flag in flags for event in _of_flag(flag)]
    events += (_of_slot(today, slot) for today, slot in slots)
    events += (_of_signal(one) for one in signals_of(connection, crm, of.npi, ask))
    events += (event for one in overrides for event in _of_override(one, zone))
    if field:
        events += (_of_tier(one, zone) for one in tiers_of(connection, crm, of.record, field, ask))
    events.sort(key=lambda event: event.day, reverse=True)
    more = min(most * 2, MOST) if len(events) > most and most < MOST else 0
    return History(events[:most], more, overrides, [slot for _, slot in slots], next(iter(flags), None))


def _of_flag(flag: Flag) -> Iterator[Event]:
    if flag.ended:
        again = f". Not again before {day_said(flag.snoozed_until)}" if flag.snoozed_until else ""
        yield Event(flag.ended, ENDED.get(flag.how or "", "The flag ended"), f"{flag.said}{again}.", flag.by or "")
    yield Event(flag.raised, "Flagged as going cold", flag.reason)


def _of_slot(today: date, slot: SlotEvent) -> Event:
    was = f"{slot.day:%a} {day_said(slot.day)}, {clock(slot.starts)}"
    to = f" to {slot.to_day:%a} {day_said(slot.to_day)}, {clock(slot.to_starts or 0)}" if slot.to_day else ""
    reason = f": {slot.reason}" if slot.reason else ""
    return Event(today, SLOT.get(slot.event, slot.event), f"{was}{to}{reason}", slot.rep)


def _of_signal(one: Kept) -> Event:
    state = "" if one.state == OPEN else f" ({one.state}{': ' + one.reason if one.reason else ''})"
    return Event(one.seen, "Signal", f"{one.signal.text}{state}", one.by or "")


def _of_override(one: Override, zone: ZoneInfo) -> Iterator[Event]:
    value = f"{one.field} {say_value(one.edited)}"
    if one.decided:
        until = f", until {day_said(one.until)}" if one.until else ""
        reason = f": {one.reason}" if one.reason else ""
        yield Event(_day(one.decided, zone), f"Edit {one.state}", f"{value}{until}{reason}", one.by or "")
    if one.decided != one.proposed:
        yield Event(
            _day(one.proposed, zone), "Edited in the CRM", f"{value}, where the plan says {say_value(one.planned)}"
        )


def _of_tier(one: Written, zone: ZoneInfo) -> Event:
    before = f", before that {one.before}" if one.before else ""
    return Event(_day(one.at, zone), "Tier written into the CRM", f"Tier {one.after or 'none'}{before}", run=one.run)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
