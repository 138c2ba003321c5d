"""A week as a calendar: one event a visit, that a later export of the same week updates instead of doubling.

Times are in UTC. A visit is one moment, never a rule that repeats, so that UTC is right on both sides of a clock
change, and no calendar has to understand a time-zone table of ours; it shows the visit at the reader's hour. UIDs are
made of NPI and week, and SEQUENCE is the number of the run that made the list, so that it grows. A visit that lost its
slot is cancelled.

Source   RFC 5545 (3.1 lines, 3.3.11 text, 3.8 properties), RFC 7986 (NAME)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector.host.week.links import apple, geo, google
from connector.host.week.visits import Account, Dropped, Visit, Week, said_drive

OCTETS = 75  # of a line, without its end


def as_calendar(week: Week) -> bytes:
    """The events of a week are in the order of its days; those that are cancelled come last."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Callplan//The week//EN", "METHOD:PUBLISH"]
    lines += [f"NAME:{_text(f'Visits of {week.rep}')}", f"X-WR-CALNAME:{_text(f'Visits of {week.rep}')}"]
    lines += [line for visit in week.visits for line in _event(week, visit)]
    lines += [line for dropped in week.dropped for line in _cancelled(week, dropped)]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _event(week: Week, visit: Visit) -> Iterator[str]:
    account = visit.account
    begins = moment(visit.day, visit.starts, week.zone)
    yield from _head(week, account)
    yield f"DTSTART:{_stamp(begins)}"
    yield f"DTEND:{_stamp(begins + timedelta(minutes=visit.minutes))}"
    yield f"SUMMARY:{_text(_summary(account))}"
    if account.sought:
        yield f"LOCATION:{_text(account.sought)}"
    if account.exact and account.place:
        yield f"GEO:{account.place.latitude:.6f};{account.place.longitude:.6f}"
    described = "\n".join(_described(week, visit))
    yield f"DESCRIPTION:{_text(described)}"
    yield f"STATUS:{'CONFIRMED' if visit.kept else 'TENTATIVE'}"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _cancelled(week: Week, dropped: Dropped) -> Iterator[str]:
    yield from _head(week, dropped.account)
    yield f"DTSTART:{_stamp(moment(dropped.day, dropped.starts, week.zone))}"
    yield f"SUMMARY:{_text(_summary(dropped.account))}"
    yield f"DESCRIPTION:{_text(dropped.reason)}"
    yield "STATUS:CANCELLED"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _head(week: Week, account: Account) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{account.npi}-{week.monday.isoformat()}@callplan"
    yield f"DTSTAMP:{_stamp(week.made)}"
    yield f"SEQUENCE:{week.run}"


def _summary(account: Account) -> str:
    return f"{account.called} (Tier {account.tier})" if account.tier else account.called


def _described(week: Week, visit: Visit) -> Iterator[str]:
    yield f"{visit.account.why}"
    yield f"Visit: {visit.in_words}; {visit.account.seen}. NPI {visit.account.npi}."
    if visit.drive_minutes is not None:
        drive = said_drive(visit.drive_minutes, visit.drive_miles)
        yield f"Drive there: {drive}; {week.roads}."
    yield f"Google Maps: {google(visit.account)}"
    yield f"Apple Maps: {apple(visit.account)}"
    yield geo(visit.account)


def moment(day: date, minutes: int, zone: str) -> datetime:
    """Where the clock on the rep's wall says so."""
    local = datetime.combine(day, time(), ZoneInfo(zone)) + timedelta(minutes=minutes)  # moves the wall's clock
    return local.astimezone(UTC)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(said: str) -> str:
    for sign in ("\\", ";", ","):
        said = said.replace(sign, f"\\{sign}")
    return said.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Cut after at most 75 octets, never within a sign; what follows begins with a space."""
    parts, part = [], ""
    for sign in line:
        if len(f"{part}{sign}".encode()) > OCTETS:
            parts.append(part)
            part = " "
        part += sign
    return "\r\n".join([*parts, part])
