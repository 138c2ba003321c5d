"""The days that a rep can work in one calendar week, and when accounts see reps.

A holiday is nobody's day and a day of leave is not the rep's. Leave for some hours leaves the longer part of the day
that is before or after them.

Units    minutes after midnight by the clock on the rep's wall, so that a day of 23 or 25 hours is a day like others
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from callplan.model import Npi, Place, RepWeek, Window, Windows, Workday
from connector.clock import WEEKDAYS, point, span
from connector.config import Config
from connector.hours import Leave, OneDay, Rep, Week
from connector.roads.places import place

MON_TO_FRI = range(5)
ROUNDING = 1e-9  # what floating point adds


@dataclass(frozen=True, slots=True)
class DaysOff:
    holidays: Mapping[date, str] = field(default_factory=dict)
    leave: Sequence[Leave] = ()


WORKS_ALWAYS = DaysOff()


def monday_of(today: date, days: Iterable[int] = MON_TO_FRI) -> date:
    """Of this week; of the next when the last of its working days is over."""
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * (today.weekday() > max(days)))


def team_days(config: Config) -> set[int]:
    """On which anybody works. All lists turn to the next week together, when the last of these is over."""
    return set().union(_of_team(config.week), *(days_of(config.week, rep) for rep in config.reps))


def days_of(week: Week, rep: Rep | None) -> list[int]:
    """Of the rep's week, Monday being 0: the rep's own or the team's, and those that `on` names."""
    if not rep:
        return sorted(_of_team(week))
    own = {WEEKDAYS.index(name) for name in rep.days or week.days}
    return sorted(own | {WEEKDAYS.index(name) for name in rep.on})


def _of_team(week: Week) -> set[int]:
    return {WEEKDAYS.index(name) for name in week.days}


def rep_week(week: Week, rep: Rep | None, monday: date, off: DaysOff = WORKS_ALWAYS) -> RepWeek:
    """`rep` is None for one of whom the config says nothing."""
    days = [workday(week, rep, monday + timedelta(days=n)) for n in days_of(week, rep)]
    left = {day.day: _left(day, off) for day in days}
    away = {day: why for day, why in left.items() if isinstance(why, str)}
    return RepWeek(tuple(day for day in left.values() if isinstance(day, Workday)), away)


def working_days(week: Week, rep: Rep | None, first: date, last: date, off: DaysOff = WORKS_ALWAYS) -> list[date]:
    """Of a longer time, in order, both days included."""
    mondays = range((first - timedelta(days=first.weekday())).toordinal(), last.toordinal() + 1, 7)
    weeks = (rep_week(week, rep, date.fromordinal(monday), off) for monday in mondays)
    return [one.day for found in weeks for one in found.workdays if first <= one.day <= last]


def workday(week: Week, rep: Rep | None, day: date) -> Workday:
    """A day as it is when nothing is off."""
    one = as_set(week, rep, day.weekday())
    return Workday(day, *span(one.hours or week.hours), spot(one.start), spot(one.end))


def as_set(week: Week, rep: Rep | None, weekday: int) -> OneDay:
    """What the config says of a weekday: the day's own before the rep's, the rep's before the team's."""
    if not rep:
        return OneDay(hours=week.hours)
    one = rep.on.get(WEEKDAYS[weekday], OneDay())
    return OneDay(
        hours=one.hours or rep.hours or week.hours,
        start=one.start or rep.start or rep.lives,
        end=one.end or rep.end or rep.lives,
    )


def spot(written: str | None) -> Place | None:
    """A point, or the middle of a ZIP; None where there is none, or nobody knows the ZIP."""
    return (point(written) or place(written)) if written else None


def unknown_spots(rep: Rep) -> list[tuple[tuple[str, ...], str]]:
    """ZIPs of the rep that are in no list, and the keys under which they stand."""
    written: list[tuple[tuple[str, ...], str | None]] = [
        *(((key,), getattr(rep, key)) for key in ("home_zip", "home", "start", "end")),
        *((("on", day, key), getattr(one, key)) for day, one in rep.on.items() for key in ("start", "end")),
    ]
    return [(keys, text) for keys, text in written if text and not spot(text)]


def say_unknown(config: Config) -> list[str]:
    return [
        f"{rep.email.lower()}: {text} is no ZIP that is known here, and the middle of the accounts stands for it. "
        f"Correct `{'.'.join(keys)}` under `reps:`, or write a point."
        for rep in config.reps
        for keys, text in unknown_spots(rep)
    ]


def _left(day: Workday, off: DaysOff) -> Workday | str:
    """What can be worked of a day, or why nothing can."""
    if holiday := off.holidays.get(day.day):
        return holiday
    for leave in off.leave:
        if leave.covers(day.day):
            rest = _rest(day, leave)
            if not rest:
                return f"on leave: {leave.why}" if leave.why else "on leave"
            day = rest
    return day


def _rest(day: Workday, leave: Leave) -> Workday | None:
    if not leave.hours:
        return None
    begins, ends = span(leave.hours)
    before, after = (day.starts, min(day.ends, begins)), (max(day.starts, ends), day.ends)
    starts, stops = max(before, after, key=lambda part: part[1] - part[0])
    return replace(day, starts=starts, ends=stops) if starts < stops else None


def windows_of(week: Week, listed: Windows, accounts: Iterable[str]) -> Windows:
    """Those of the file; of the other accounts those that hold for all, if there are any."""
    if not week.open:
        return listed
    all_days = dict.fromkeys(range(7), Window(*span(week.open)))
    return dict.fromkeys(map(Npi, accounts), all_days) | dict(listed)


def overfull(config: Config) -> list[str]:
    """For whom the tiers plan more visits a week than the days of that week hold."""
    if config.ready_made:
        return []
    own = [rep for rep in config.reps if rep.days or rep.on or rep.part_time < 1]
    return [said for rep in (None, *own) if (said := _say_overfull(config, rep))]


def _say_overfull(config: Config, rep: Rep | None) -> str:
    planned, days = _visits_planned(config, rep), len(days_of(config.week, rep))
    holds = days * config.week.visits_per_day
    if planned <= holds + ROUNDING:
        return ""
    whose = rep.email.lower() if rep else "A full week"
    return (
        f"{whose}: the tiers plan {planned:.1f} visits a week, and {days} days of {config.week.visits_per_day} visits "
        f"hold {holds}. Give more `days` or `visits_per_day`, or plan less: `part_time` of a rep, `tiers` of the team."
    )


def _visits_planned(config: Config, rep: Rep | None) -> float:
    """What the accounts that a rep can hold take in visits, drives left aside."""
    rules = config.tier_rules()
    time = rules.week * rules.utilization * (rep.part_time if rep else 1.0)
    fixed_a, fixed_b = rules.a_accounts, rules.b_accounts
    a = time * rules.a_share / rules.a_visit if fixed_a is None else fixed_a * 7 / rules.cadence.a_days
    b = time * (1 - rules.a_share) / rules.b_visit if fixed_b is None else fixed_b * 7 / rules.cadence.b_days
    return a + b
