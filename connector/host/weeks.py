"""What `callplan check` says of the reps' weeks: where the days begin, when they are, and who is away in the next one.

Errors   NeedsHuman: all ZIPs that nobody knows, each at its line; a holiday that is none; a file that cannot be used
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path

from callplan.model import RepWeek, Workday
from connector.clock import WEEKDAYS, span
from connector.config import Config
from connector.errors import NeedsHuman
from connector.holidays import holidays_of, stop_at_unknown_names
from connector.host.words import count
from connector.hours import OneDay, Rep, Week
from connector.intake import LeaveOf, TableRead, read_leave, read_windows
from connector.intake.tally import Rejected
from connector.roads.places import town
from connector.weeks import DaysOff, as_set, days_of, monday_of, overfull, rep_week, team_days, unknown_spots
from connector.yamlfile import Loaded

SHOWN = 5

Leaves = TableRead[LeaveOf]


def leave_of(config: Config, base: Path) -> Leaves | None:
    return read_leave(base / config.week.leave) if config.week.leave else None


def say_weeks(loaded: Loaded[Config], today: date, leave: Leaves | None) -> Iterator[str]:
    config = loaded.value
    _stop_at_unknown_places(loaded)
    monday = monday_of(today, team_days(config))
    holidays, listed = _holidays(loaded, monday), leave.said if leave else {}
    yield f"ok  week of {_day(monday)}"
    for rep in (*config.reps, None):
        off = DaysOff(holidays, (*rep.leave, *listed.get(rep.email.lower(), ())) if rep else ())
        yield f"    {_say_rep(config.week, rep, rep_week(config.week, rep, monday, off))}"
    yield from (f"    {what}" for what in overfull(config))
    if leave:
        yield f"ok  leave: {sum(map(len, listed.values())):,} entries of {len(listed):,} reps"
        yield from _say_rejected(leave.rejected)
    if config.week.windows:
        windows = read_windows(loaded.path.parent / config.week.windows)
        yield f"ok  windows: {count(len(windows.said), 'account')} in {count(windows.file.used, 'line')}"
        yield from _say_rejected(windows.rejected)


def _holidays(loaded: Loaded[Config], monday: date) -> Mapping[date, str]:
    settings = loaded.value.week.holidays
    try:
        stop_at_unknown_names(settings, monday.year)
        return holidays_of(settings, monday)
    except NeedsHuman as error:
        where = loaded.at("week", "holidays")
        raise NeedsHuman(f"{where}: {error.args[0]}", next_step=error.next_step) from error


def say_strangers(leave: Leaves, config: Config, owners: Collection[str]) -> Iterator[str]:
    """E-mails of the leave file that are neither an owner's in the CRM nor under `reps:`."""
    known = {*map(str.lower, owners), *(rep.email.lower() for rep in config.reps)} - {""}
    strangers = [email for email in leave.said if email not in known]
    for email in strangers[:SHOWN]:
        where = f"{leave.file.path.name}:{leave.lines[email]}"
        yield f"    {where}: {email} owns no account in the CRM, and is not under `reps:`.{_near(email, known)}"
    if len(strangers) > SHOWN:
        yield f"    and {len(strangers) - SHOWN:,} more"


def say_idle(loaded: Loaded[Config], owners: Collection[str]) -> Iterator[str]:
    """Of those under `reps:`, who has no account; before the first pull nobody's are known."""
    known = set(map(str.lower, owners)) - {""}
    for at, rep in enumerate(loaded.value.reps if known else ()):
        if rep.email.lower() not in known:
            where, near = loaded.at("reps", at, "email"), _near(rep.email, known)
            yield f"    {where}: {rep.email} has no account in the CRM.{near}"


def _near(email: str, known: Collection[str]) -> str:
    close = get_close_matches(email.lower(), known, 1, 0.5)
    return f' The nearest is "{close[0]}".' if close else ""


def _stop_at_unknown_places(loaded: Loaded[Config]) -> None:
    wrong = [
        f"{loaded.at('reps', at, *keys)}: {text} is no ZIP that is known here. "
        'Correct it, or write a point: "41.59, -93.62".'
        for at, rep in enumerate(loaded.value.reps)
        for keys, text in unknown_spots(rep)
    ]
    if wrong:
        raise NeedsHuman("\n".join(wrong))


def _say_rejected(rows: tuple[Rejected, ...]) -> Iterator[str]:
    yield from (f"    {one.file}:{one.line}: {one.reason}" for one in rows[:SHOWN])
    if len(rows) > SHOWN:
        yield f"    and {len(rows) - SHOWN:,} more lines that were not used"


def _say_rep(week: Week, rep: Rep | None, found: RepWeek) -> str:
    who, home = (rep.email.lower(), _named(rep.lives)) if rep else ("any other rep", _named(None))
    alike = groupby(days_of(week, rep), key=lambda weekday: as_set(week, rep, weekday))
    days = [_say_days(list(weekdays), one, rep) for one, weekdays in alike]
    short = [
        f"{_day(day.day)} {_clock(day.starts)}-{_clock(day.ends)}" for day in found.workdays if _is_cut(week, rep, day)
    ]
    away = [f"away {_day(day)} {why}" for day, why in found.away.items()]
    return f"{who}: {', '.join([home, *days, *short, *away])}"


def _is_cut(week: Week, rep: Rep | None, day: Workday) -> bool:
    return (day.starts, day.ends) != span(as_set(week, rep, day.day.weekday()).hours or week.hours)


def _say_days(days: list[int], one: OneDay, rep: Rep | None) -> str:
    """Days that follow one another and are alike, such as mon-thu 8:30-17:00; where they begin, if not at home."""
    last = f"-{WEEKDAYS[days[-1]]}" if len(days) > 1 else ""
    lives = rep.lives if rep else None
    begins = f" from {_named(one.start)}" if one.start != lives else ""
    ends = f" to {_named(one.end)}" if one.end != lives else ""
    return f"{WEEKDAYS[days[0]]}{last} {one.hours}{begins}{ends}"


def _named(spot: str | None) -> str:
    return f"{spot} {town(spot)}".strip() if spot else "the middle of the accounts"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
