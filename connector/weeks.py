"""The days that a rep can work in one calendar week, and when accounts see reps."""

from __future__ import annotations

from datetime import date, timedelta

from callplan.model import RepWeek, Workday
from connector.hours import WEEKDAYS, Rep, Week, span
from connector.roads.places import place


def monday_of(today: date) -> date:
    """Of this week; of the next when today is Saturday or Sunday."""
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * (today.weekday() > 4))


def rep_week(week: Week, rep: Rep | None, monday: date) -> RepWeek:
    """`rep` is None for one of whom the config says nothing."""
    begins, ends = span(week.hours)
    home = place(rep.home_zip) if rep and rep.home_zip else None
    days = [monday + timedelta(days=WEEKDAYS.index(name)) for name in week.days]
    return RepWeek(tuple(Workday(day, begins, ends, home, home) for day in sorted(days)), {})
