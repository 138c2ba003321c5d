"""Hours, weekdays, places and cron lines as people write them in a config or a table.

Units    minutes after midnight, by the clock on the wall
Errors   ValueError for what a config must say right; of a table's cells, nothing where they say nothing
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from cronsim import CronSim
from pydantic import AfterValidator

from callplan.model import Place

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
CLOCK = re.compile(r"(?P<hour>\d\d?):(?P<minute>[0-5]\d)(:00)?( ?(?P<half>[ap])\.?m\.?)?", re.IGNORECASE)
POINT = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)")


def clock(written: str) -> int | None:
    """Minutes after midnight of 9:00, 13:30 or 1:30 PM, or of 09:00:00 as Excel has it."""
    found = CLOCK.fullmatch(written.strip())
    if not found:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"]), (found["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    minutes = (hour % 12 + 12 * (half == "p") if half else hour) * 60 + minute
    return minutes if minutes <= 24 * 60 else None


def weekdays(written: str) -> tuple[int, ...]:
    """Of "mon-thu" or "mon, wed", also written out; Monday is 0. Empty where it is neither."""
    found: set[int] = set()
    for part in re.split(r"\s*[,;/]\s*", written.strip().lower()):
        begins, _, ends = (name.strip()[:3] for name in part.partition("-"))
        if not {begins, ends or begins} <= set(WEEKDAYS):
            return ()
        days = range(WEEKDAYS.index(begins), WEEKDAYS.index(ends or begins) + 1)
        if not days:
            return ()
        found |= set(days)
    return tuple(sorted(found))


def span(text: str) -> tuple[int, int]:
    """Both ends of "8:30-17:00"."""
    begins, ends = (clock(end) for end in text.split("-", 1)) if "-" in text else (None, None)
    if begins is None or ends is None:
        raise ValueError(f'"{text}" are no hours. Write them as "8:30-17:00".')
    if begins >= ends:
        raise ValueError(f'"{text}" ends before it begins. Write it as "8:30-17:00".')
    return begins, ends


def point(spot: str) -> Place | None:
    """Of "41.59, -93.62"; None for a ZIP."""
    found = POINT.fullmatch(spot.strip())
    return Place(float(found[1]), float(found[2])) if found else None


def last_due(line: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The last time that a cron line named, up to now."""
    minute = now.astimezone(zone).replace(second=0, microsecond=0)
    return next(CronSim(line, minute + timedelta(minutes=1), reverse=True))


def _span(text: str) -> str:
    span(text)
    return text


def _spot(text: str) -> str:
    there = point(text)
    on_earth = there and abs(there.latitude) <= 90 and abs(there.longitude) <= 180
    if not on_earth and not re.fullmatch(r"\d{5}", text):
        raise ValueError(f'"{text}" is neither a ZIP nor a point. Write it as "50309" or as "41.59, -93.62".')
    return text


Hours = Annotated[str, AfterValidator(_span)]
Spot = Annotated[str, AfterValidator(_spot)]
