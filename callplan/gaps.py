"""Whose log has fallen silent: a rep or a feed that logs nothing any more is a gap, not two hundred cold accounts.

Silence is counted in days on which that rep works: holidays and leave are no silence. Where nobody has logged anything
it is one gap for everybody, and no rep is named beside it; nor is one afterwards for days that everybody lacks.

Shapes   one `Diary` a rep; days datetime64[D]
Units    working days, those between the last sign of life and today, neither of them counted
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.model import Days, GapRules, Marks

ONE_DAY = np.timedelta64(1, "D")
NEVER = "has never logged anything"


@dataclass(frozen=True, slots=True)
class Diary:
    """On which days a rep works, and the last on which anything was logged."""

    rep: str
    last: date | None  # None: never
    began: date  # since when there has been anything to log
    weekdays: tuple[bool, ...]  # from Monday
    off: frozenset[date]  # holidays and leave

    def works(self, days: Days) -> Marks:
        found: Marks = np.is_busday(days, weekmask=list(self.weekdays), holidays=[*self.off])
        return found


@dataclass(frozen=True, slots=True)
class Silence:
    team: bool
    reps: tuple[str, ...]  # none, where the team is silent


def find_gaps(
    diaries: Sequence[Diary],
    team_last: date | None,
    excused: date | None,
    standing: AbstractSet[str],
    rules: GapRules,
    today: date,
) -> Silence:
    """`excused` is the day on which the last gap of everybody ended: what lies before it begins no gap of a rep.
    `standing` are those who have one already; it stands until they log again."""
    began = min((diary.began for diary in diaries), default=today)
    days = _between(_latest(team_last, excused) or began, today)
    worked = np.any([diary.works(days) for diary in diaries], axis=0) if diaries else days < days
    silent = {diary.rep: silent_for(diary, None if diary.rep in standing else excused, today) for diary in diaries}
    team = int(worked.sum()) >= rules.team_days
    reps = [rep for rep, days in silent.items() if days >= rules.rep_days and (rep in standing or not team)]
    return Silence(team, tuple(reps))


def silent_for(diary: Diary, excused: date | None, today: date) -> int:
    """How many days a rep has worked without a word."""
    return int(diary.works(_between(_latest(diary.last or diary.began, excused) or diary.began, today)).sum())


def _between(last: date, today: date) -> Days:
    found: Days = np.arange(np.datetime64(last, "D") + ONE_DAY, np.datetime64(max(last, today), "D"))
    return found


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day), default=None)


def say_gaps(silent: Mapping[str, date | None]) -> str:
    """One sentence for all that are open: by rep the last day on which anything was logged, "" being everybody."""
    if "" in silent:
        since = f" since {day(last)}" if (last := silent[""]) else " yet"
        return (
            f"Logging gap: nobody has logged anything{since}. No account is flagged for what is not logged. "
            "Next step: look whether the CRM still gets what reps log."
        )
    told = [
        f"{rep} {f'has logged nothing since {day(last)}' if last else NEVER}" for rep, last in sorted(silent.items())
    ]
    return (
        (
            f"Logging gap: {'; '.join(told)}. No account of theirs is flagged for what is not logged. "
            "Next step: ask them whether what they log reaches the CRM; give accounts of one who has left to another."
        )
        if told
        else ""
    )


def day(of: date) -> str:
    return f"{of.day} {of:%b %Y}"
