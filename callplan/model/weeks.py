"""A rep's week: the days that can be worked, the slots of the list, and what a team has set for both.

Units    minutes of a clock are minutes after midnight where the rep is, such as 510 for 8:30; those of a length are
         minutes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from callplan.model.words import Npi, Place


class SlotKind(StrEnum):
    COMMITTED = "committed"  # a Tier A visit that is due: it moves only for a reason
    FILL = "fill"  # a Tier B visit, where a slot was free
    RELEASED = "released"  # a slot that was kept for Tier A, and given to Tier B when the day was near


@dataclass(frozen=True, slots=True)
class Workday:
    day: date
    starts: int  # the rep leaves the day's start point
    ends: int  # and is at its end point by then
    start: Place | None = None  # None: in the middle of the accounts to be visited
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class RepWeek:
    """The days of one calendar week on which a rep works, and why not on the others that people work."""

    workdays: tuple[Workday, ...]
    away: Mapping[date, str]  # such as "Thanksgiving Day" or "on leave"


@dataclass(frozen=True, slots=True)
class Window:
    """When an account sees reps on one day of the week; a visit starts and ends within."""

    opens: int
    closes: int


Windows = Mapping[Npi, Mapping[int, Window]]  # by weekday, 0 being Monday; one that is listed is closed on other days


@dataclass(frozen=True, slots=True)
class WeekRules:
    visits_per_day: int = 3
    a_visit: int = 45  # minutes
    b_visit: int = 30
    reserved: float = 0.6  # of a day's slots, kept for Tier A until the day is near
    hold: int = 60  # minutes by which a committed slot may shift within its day
    move_costs: float = 20.0  # minutes of driving that it must save to move a planned Tier B
    detour: float = 60.0  # minutes of driving that a Tier B visit is worth when it is due, and more with its urgency
    effort: int = 16  # of the search, in rounds for each candidate
