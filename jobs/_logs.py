"""Whose log shows life, whose has fallen silent, and who is on leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from callplan.gaps import Diary, Silence, day, find_gaps
from callplan.model import Days, Texts, Tier
from connector.holidays import holidays_of
from connector.hours import Leave
from connector.run import Run
from connector.store.flags import Gap
from connector.sync.book import Book
from connector.weeks import days_of

EVERYBODY = ""
LONG_AGO = timedelta(days=400)  # silence of more days than any rule asks for


@dataclass(frozen=True, slots=True)
class Logs:
    last: Mapping[str, date]  # by rep, the last day on which anything was logged
    team: date | None
    silence: Silence

    def shown(self, owner: Texts) -> Days:
        """Up to which day each account's log shows life; of one that nobody owns, the team's."""
        found = [self.last.get(one.lower()) if one else self.team for one in owner.tolist()]
        return np.array(found, dtype="datetime64[D]")

    def silent(self, owner: str) -> bool:
        return self.silence.team or owner.lower() in self.silence.reps

    def open(self) -> dict[str, date | None]:
        """Who has a gap, and since when."""
        everybody = {EVERYBODY: self.team} if self.silence.team else {}
        return everybody | {rep: self.last.get(rep) for rep in self.silence.reps}


def read_logs(run: Run, book: Book, gaps: Iterable[Gap]) -> Logs:
    zone = ZoneInfo(run.config.time_zone)
    last = {rep: at.astimezone(zone).date() for rep, at in run.store.logs.last_signs(run.clock.now()).items()}
    team = max(last.values(), default=None)
    ours = np.isin(book.tier, (Tier.A.value, Tier.B.value)) & (book.owner != "")
    diaries = [
        _diary(run, rep, last.get(rep), book.since[book.owner == owner].min().item())
        for owner, rep in _reps(book.owner[ours])
    ]
    known = list(gaps)
    excused = max((gap.ended for gap in known if gap.who == EVERYBODY and gap.ended), default=None)
    standing = frozenset(gap.who for gap in known if not gap.ended)
    return Logs(last, team, find_gaps(diaries, team, excused, standing, run.config.cold.gaps.rules(), run.today))


def _reps(owner: Texts) -> list[tuple[str, str]]:
    return [(one, one.lower()) for one in sorted(set(owner.tolist()))]


def _diary(run: Run, rep: str, last: date | None, began: date) -> Diary:
    week, earliest = run.config.week, run.today - LONG_AGO
    years = range(earliest.year, run.today.year + 1)
    holidays = {off for year in years for off in holidays_of(week.holidays, date(year, 7, 1))}
    away = {off for leave in leave_of(run, rep) for off in _days(leave, earliest, run.today)}
    worked = days_of(week, run.config.rep(rep))
    weekdays = tuple(weekday in worked for weekday in range(7))
    return Diary(rep, max(last, earliest) if last else None, max(began, earliest), weekdays, frozenset(holidays | away))


def leave_of(run: Run, rep: str) -> list[Leave]:
    """Whole days of it."""
    own = run.config.rep(rep)
    return [leave for leave in (*(own.leave if own else ()), *run.leave.get(rep.lower(), ())) if not leave.hours]


def _days(leave: Leave, earliest: date, latest: date) -> Iterable[date]:
    since, until = max(leave.since, earliest), min(leave.until or leave.since, latest)
    return (since + timedelta(days=n) for n in range((until - since).days + 1))


def say_leave(run: Run, rep: str) -> str:
    """That the rep is on leave today; "" where not."""
    ends = [leave.until or leave.since for leave in leave_of(run, rep) if leave.covers(run.today)]
    return f"rep on leave until {day(max(ends))}" if ends else ""
