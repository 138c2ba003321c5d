"""The silences of a log: from each touch of an account to its next one, and when each could be known.

One touch an account and day, on record from its first row on, and never before it took place. The last silence of an
account is cut off where the log ends, and any silence where the account's tier changes. A row without a tier has that
of the account's rows before it, or of the first one that has any. Two tiers
on one day follow one another as in the alphabet.

Shapes   see Silences; `counted` (m,) as the log
Units    days
Errors   none: a log without a counted row has no silences
Source   docs/how-to/evaluate-going-cold.md
"""

from __future__ import annotations

from datetime import date

import numpy as np

from callplan.model import EVERYBODY, Counts, Days, Log, Marks, Silences, Texts

NEVER = np.datetime64("9999-01-01", "D")
EPOCH = np.datetime64("1970-01-01", "D")


def silences(log: Log, counted: Marks, until: date, *, by_tier: bool = True) -> Silences:
    """Of all rows up to that day that count; `by_tier` False takes all accounts for alike."""
    names, account = np.unique(log.account, return_inverse=True)
    tier = carried(log, account) if by_tier else np.full(len(account), EVERYBODY)
    rows = np.flatnonzero(counted & (log.day <= np.datetime64(until, "D")))
    rows = rows[np.lexsort((tier[rows], log.day[rows], account[rows]))]
    of, day, first = _days(account[rows], log.day[rows])
    on_record = np.maximum(log.created, log.day)
    known = np.minimum.reduceat(on_record[rows], first) if len(first) else on_record[rows]
    following = np.append(of[1:] == of[:-1], False) if len(of) else np.zeros(0, dtype=np.bool_)
    until_next = np.where(following, np.append(day[1:], NEVER)[: len(day)], NEVER)
    turn = _turns(account, log.day, tier, of, day)
    changed, change_known = (np.where(turn >= 0, each[turn], NEVER) for each in (log.day, on_record))
    last = np.minimum(np.minimum(until_next, changed), np.datetime64(until, "D"))
    return Silences(
        account=of,
        tier=tier[rows][first] if len(first) else tier[:0],
        start=day,
        length=(last - day).astype(np.int64),
        ended=(until_next <= np.datetime64(until, "D")) & (until_next < changed),
        known=known,
        closes=np.minimum(_known_next(of, known), change_known),
        accounts=len(names),
    )


def carried(log: Log, account: Counts) -> Texts:
    """The tier of each row, with that of an account's other rows where it says none."""
    order = np.lexsort((log.tier, log.day, account))
    said = log.tier[order] != ""
    at = np.arange(len(order))
    begins = np.searchsorted(account[order], account[order], side="left")
    ends = np.searchsorted(account[order], account[order], side="right")
    before = np.maximum.accumulate(np.where(said, at, -1))
    after = np.minimum.accumulate(np.where(said, at, len(at))[::-1])[::-1]
    source = np.where(before >= begins, before, np.where(after < ends, after, at))
    tier = np.empty_like(log.tier)
    tier[order] = log.tier[order][source]
    return tier


def _days(account: Counts, day: Days) -> tuple[Counts, Days, Counts]:
    """Sorted rows as one for each account and day, with where each begins."""
    fresh = np.ones(len(day), dtype=np.bool_)
    fresh[1:] = (account[1:] != account[:-1]) | (day[1:] != day[:-1])
    return account[fresh], day[fresh], np.flatnonzero(fresh)


def _turns(account: Counts, day: Days, tier: Texts, of: Counts, start: Days) -> Counts:
    """For each touch, the account's first later row with another tier, counted or not; -1 where there is none."""
    order = np.lexsort((tier, day, account))
    who, when, has = account[order], day[order], tier[order]
    other = np.flatnonzero((who[1:] == who[:-1]) & (has[1:] != has[:-1])) + 1
    if not len(other) or not len(of):
        return np.full(len(of), -1)
    next_one = np.searchsorted(_key(who[other], when[other]), _key(of, start), side="right")
    found = np.minimum(next_one, len(other) - 1)
    mine = (next_one < len(other)) & (who[other][found] == of)
    return np.where(mine, order[other][found], -1)


def _known_next(account: Counts, known: Days) -> Days:
    """When any later touch of the same account was on record first."""
    backwards = np.minimum.accumulate(_key(account, known)[::-1])[::-1]  # accounts fall, so each begins its own minimum
    earliest = np.full(len(known), NEVER)
    if len(known) > 1:
        followed = account[1:] == account[:-1]
        days = (backwards[1:] - _key(account[1:], EPOCH)).astype("datetime64[D]")
        earliest[:-1] = np.where(followed, days, NEVER)
    return earliest


def _key(account: Counts, day: Days | np.datetime64) -> Counts:
    """Account and day as one number that sorts as they do."""
    return np.asarray(account, dtype=np.int64) * 10_000_000 + day.astype(np.int64)
