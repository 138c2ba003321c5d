"""Which logged interactions count, and the last of them by account.

A qualifying touch is something that happened, of a kind, direction, length, outcome and status that the rules name for
the account's tier. Plans, no-shows and unanswered calls never count, nor does what a machine has sent. A touch by
another than the account's owner counts.

Shapes   touches (m,); accounts (n,); days datetime64[D], NaT where there was none
Units    minutes
Errors   none: a missing date is a case, not a mistake
Source   docs/how-to/qualifying-touches.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.model import Channel, Counts, Days, Marks, Numbers, Texts, TouchRule

DONE = "done"
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Touches:
    account: Counts  # the row of its account, -1 where it is none of ours
    at: Days
    kind: Texts
    direction: Texts  # "" where it has none
    result: Texts
    minutes: Numbers  # NaN where not logged
    outcome: Texts  # the CRM's own words, "" where it has none
    status: Texts
    automated: Marks
    owner: Texts


@dataclass(frozen=True, slots=True)
class Seen:
    """The last touches of each account, as columns (n,)."""

    last: Days  # that counts for its tier
    inbound: Days  # from the account's side
    inbounds: Counts  # how many of those
    by_channel: Mapping[Channel, Days]  # that took place, whoever began it


def qualifies(touches: Touches, tier: Texts, rules: Iterable[TouchRule], today: date) -> Marks:
    """Which touches count for their account, by its tier."""
    tier_of = tier[touches.account] if len(tier) else np.full(len(touches.account), "")
    counted = np.zeros(len(touches.account), dtype=np.bool_)
    for rule in rules:
        fits = (touches.kind == rule.kind) & np.isin(tier_of, [t.value for t in rule.tiers])
        if rule.min_minutes > 0:
            fits &= touches.minutes >= rule.min_minutes
        if rule.direction:
            fits &= touches.direction == rule.direction
        if rule.outcomes:
            fits &= _among(touches.outcome, rule.outcomes)
        if rule.statuses:
            fits &= _among(touches.status, rule.statuses)
        counted |= fits
    return took_place(touches, today) & ~touches.automated & counted


def took_place(touches: Touches, today: date) -> Marks:
    happened: Marks = (touches.result == DONE) & (touches.at <= np.datetime64(today, "D")) & (touches.account >= 0)
    return happened


def last_touch(touches: Touches, counted: Marks, accounts: int) -> Days:
    """The day of each account's latest counted touch."""
    last = np.full(accounts, NEVER)
    rows = np.flatnonzero(counted)
    in_time = rows[np.argsort(touches.at[rows], kind="stable")]
    last[touches.account[in_time]] = touches.at[in_time]  # of equal indices numpy keeps the last
    return last


def last_by_channel(touches: Touches, accounts: int, today: date) -> dict[Channel, Days]:
    """The day of each account's latest touch by each channel that took place, whoever began it."""
    done = took_place(touches, today)
    return {channel: last_touch(touches, done & (touches.kind == channel.value), accounts) for channel in Channel}


def _among(said: Texts, words: Iterable[str]) -> Marks:
    found: Marks = np.isin(np.char.lower(said), [word.lower() for word in words])
    return found
