"""Points in time, as the filters of a list name them: a date, today, now, and so many days from there.

Source   developers.hubspot.com, "List filters", TIME_POINT and TIME_RANGED; 'less than 3 days ago' is from the start
         of the day three days ago until now, both included
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.hubspot.errors import Refusal, envelope

Body = dict[str, Any]
CLOCK = ("hour", "minute", "second")
OFFSETS = ("days", "weeks", "hours", "minutes", "seconds", "milliseconds")


@dataclass(frozen=True)
class Now:
    """The moment at which a list is evaluated, and the portal's zone."""

    at: datetime
    zone: ZoneInfo


def unevaluated(what: str) -> Refusal:
    """What HubSpot knows and the sandbox does not: said aloud, and never answered with a guess."""
    return Refusal(501, envelope(f"The sandbox does not evaluate {what}.", "NOT_IN_THE_SANDBOX"))


def point(given: Body, now: Now) -> datetime:
    """KeyError, TypeError or ValueError where something is missing or is no date."""
    zone = ZoneInfo(given["zoneId"])
    kind = given["timeType"]
    if kind == "DATE":
        at = datetime(given["year"], given["month"], given["day"], tzinfo=zone)
        return _set(at, given)
    if kind != "INDEXED":
        raise unevaluated(f"time points of type {kind}")
    reference = given["indexReference"]
    here = now.at.astimezone(zone)
    if reference["referenceType"] == "TODAY":
        here = _set(here, reference)
    elif reference["referenceType"] != "NOW":
        raise unevaluated(f"time points from {reference['referenceType']}")
    offset = {name: amount for name, amount in (given.get("offset") or {}).items() if amount}
    if strange := set(offset) - set(OFFSETS):
        raise unevaluated(f"offsets in {', '.join(sorted(strange))}")
    return here + timedelta(**offset)


def moment(value: str, zone: ZoneInfo | None = None) -> datetime:
    """A property's value: a date is its midnight, in UTC where no zone is named."""
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=zone or UTC)


def day_start(now: Now, days: int, *, converted: bool) -> datetime:
    """The start of a day so many days from today; in UTC unless the filter asks for the portal's zone."""
    here = now.at.astimezone(now.zone if converted else UTC)
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)


def _set(at: datetime, given: Body) -> datetime:
    hour, minute, second = (given.get(name) or 0 for name in CLOCK)
    return at.replace(hour=hour, minute=minute, second=second, microsecond=(given.get("millisecond") or 0) * 1000)
