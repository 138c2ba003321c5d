"""Quiet by an account's own rhythm: what BG/NBD expects of it, from the days on which it was heard of.

An account is quiet where the model expects less than half a touch from its side in the `quiet_days` that follow, so
that it is likelier than not that none comes, and less than half of what it expected on the day of its last one. Who
writes once a year is expected to be silent for the next months on any day; that is no news until the second holds too.
While an account is silent the expectation only falls, so there is one day from which on it is quiet.

The spread is that of all accounts that were ever heard of, as in `evaluate cold --inbound`; whose own days are too few
are not judged by it. Equal histories are computed once, in their order, so the order of the accounts decides nothing.

Shapes   accounts (n,); days datetime64[D], NaT where never heard of; inside the model weeks
Errors   none: too few accounts, or a search that is broken off, and the sentence says so
Source   docs/decisions/0026-a-model-where-it-has-won.md
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.bgnbd import History, Spread, expected, fit
from callplan.model import Counts, Days, Marks, Numbers, RelationshipRules

FEWEST = 100  # accounts with enough days of their own: the spread has four parameters
WEEK = 7
NEVER = np.datetime64("NaT", "D")
INSTEAD = "So plain recency tells who is quiet tonight (`cold.relationship.model`)."


@dataclass(frozen=True, slots=True)
class Heard:
    """The days on which each account was heard of: the first, the last, and how many."""

    first: Days
    last: Days
    days: Counts


@dataclass(frozen=True, slots=True)
class Quiet:
    since: Days | None  # NaT where it is not quiet; None where the model says nothing
    why_not: str = ""


def heard(account: Counts, day: Days, accounts: int) -> Heard:
    """By touches in any order, several a day."""
    order = np.lexsort((day, account))
    account, day = account[order], day[order]
    fresh = np.append(True, (account[1:] != account[:-1]) | (day[1:] != day[:-1]))[: len(account)]
    first, last = np.full(accounts, NEVER), np.full(accounts, NEVER)
    first[account[::-1]] = day[::-1]  # of equal indices numpy keeps the last
    last[account] = day
    return Heard(first, last, np.bincount(account[fresh], minlength=accounts))


def quiet_by_model(of: Heard, rules: RelationshipRules, today: date) -> Quiet:
    known = int(np.count_nonzero(of.days >= rules.least))
    if known < FEWEST:
        least = rules.least
        return Quiet(None, f"BG/NBD wants {FEWEST} accounts heard of on {least} days, and there are {known}. {INSTEAD}")
    spread = fit(together(columns(_of(of, of.days > 0), np.datetime64(today, "D"))))
    return quiet_by_spread(of, spread, rules, today)


def quiet_by_spread(of: Heard, spread: Spread, rules: RelationshipRules, today: date) -> Quiet:
    if not spread.settled:
        return Quiet(None, f"The search for what BG/NBD takes for usual came to no end. {INSTEAD}")
    known = of.days >= rules.least
    same, at = np.unique(columns(_of(of, known), np.datetime64(today, "D")), axis=0, return_inverse=True)
    after = _quiet_after(same, spread, rules.quiet_days / WEEK)[at.reshape(-1)]
    since = np.full(len(known), NEVER)
    since[known] = np.where(after < 0, NEVER, of.first[known] + after.astype("timedelta64[D]"))
    return Quiet(since)


def _of(of: Heard, rows: Marks) -> Heard:
    return Heard(of.first[rows], of.last[rows], of.days[rows])


def columns(of: Heard, now: np.datetime64) -> Counts:
    """Days after the first, and how many days from the first to the last and to now; a row for each account."""
    return np.column_stack([of.days - 1, _whole(of.last - of.first), _whole(now - of.first)])


def together(rows: Counts) -> History:
    """Accounts with the same history as one row."""
    same, accounts = np.unique(rows, axis=0, return_counts=True)
    return History(same[:, 0], same[:, 1] / WEEK, same[:, 2] / WEEK, accounts.astype(np.float64))


def to_come(rows: Counts, spread: Spread, ahead: float) -> Numbers:
    """Touches in so many weeks, by the history of each row."""
    return expected(History(rows[:, 0], rows[:, 1] / WEEK, rows[:, 2] / WEEK, np.ones(len(rows))), spread, ahead)


def is_quiet(rows: Counts, spread: Spread, ahead: float) -> Marks:
    return to_come(rows, spread, ahead) < _bar(rows, spread, ahead)


def _bar(rows: Counts, spread: Spread, ahead: float) -> Numbers:
    """Half a touch, and half of what was expected on the day of the last one."""
    found: Numbers = np.minimum(to_come(_on(rows, rows[:, 1]), spread, ahead), 1.0) / 2
    return found


def _on(rows: Counts, day: Counts) -> Counts:
    """The same histories, seen so many days after the first."""
    return np.column_stack([rows[:, 0], rows[:, 1], day])


def _quiet_after(rows: Counts, spread: Spread, ahead: float) -> Counts:
    """From how many days after the first on, -1 where it is not quiet: halving, as what is expected only falls."""
    found, quiet = np.full(len(rows), -1), is_quiet(rows, spread, ahead)
    rows = rows[quiet]
    bar, not_yet, since = _bar(rows, spread, ahead), rows[:, 1], rows[:, 2]
    while len(open_ := np.flatnonzero(since - not_yet > 1)):
        middle = (not_yet[open_] + since[open_]) // 2
        already = to_come(_on(rows[open_], middle), spread, ahead) < bar[open_]
        since, not_yet = since.copy(), not_yet.copy()
        since[open_[already]], not_yet[open_[~already]] = middle[already], middle[~already]
    found[quiet] = since
    return found


def _whole(of: np.typing.NDArray[np.timedelta64]) -> Counts:
    return of.astype("timedelta64[D]").astype(np.int64)
