"""Which logged interactions count, why others do not, and the last of them by account.

A qualifying touch is something that happened, of a kind, direction, length, outcome and status that the rules name for
the account's tier. Plans, no-shows and unanswered calls never count, nor does what a machine has sent. A touch by
another than the account's owner counts.

The night asks the database the same in one question (connector.store.touches); a test holds the two together.

Shapes   touches (m,); accounts (n,); days datetime64[D], NaT where there was none
Units    minutes
Errors   none: a missing date is a case, not a mistake
Source   docs/how-to/qualifying-touches.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import floor

import numpy as np

from callplan.model import Channel, Counts, Days, Marks, Numbers, Texts, Tier, Touch, TouchRule

DONE, PLANNED = "done", "planned"
DID_NOT = {"no_show": "no-show", "no_answer": "no answer", "canceled": "canceled"}
SAID = {"visit": "a visit", "call": "a call", "email": "an e-mail", "message": "a message", "note": "a note"}
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
    return took_place(touches, today) & counted


def took_place(touches: Touches, today: date) -> Marks:
    """Somebody did it, with one of our accounts."""
    happened: Marks = (touches.result == DONE) & (touches.at <= np.datetime64(today, "D")) & (touches.account >= 0)
    return happened & ~touches.automated


def why_not(touch: Touch, tier: Tier, rules: Iterable[TouchRule], today: date) -> str:
    """Why it does not count for an account of this tier, in words; "" where it counts."""
    if touch.at > today or touch.result == PLANNED:
        day = f"{touch.at.day} {touch.at:%b}" + (f" {touch.at.year}" if touch.at.year != today.year else "")
        return f"planned for {day}" + ("" if touch.at >= today else ", and nothing was logged of it since")
    if touch.result != DONE:
        return DID_NOT.get(touch.result, touch.result)
    if touch.automated:
        return "sent automatically"
    lacks = [tuple(_lacks(touch, rule)) for rule in rules if rule.kind == touch.kind and tier in rule.tiers]
    if not lacks:
        return f"{SAID.get(touch.kind, f'a {touch.kind}')} does not count for Tier {tier}"
    return ", ".join(sorted(lacks, key=len)[0])  # of the rule that it comes nearest to


def _lacks(touch: Touch, rule: TouchRule) -> Iterator[str]:
    if rule.min_minutes > 0 and touch.minutes is None:
        yield f"its minutes are not logged, and {rule.min_minutes:g} are wanted"
    elif rule.min_minutes > 0 and touch.minutes is not None and not touch.minutes >= rule.min_minutes:
        yield f"{floor(touch.minutes * 10) / 10:g} minutes, fewer than {rule.min_minutes:g}"
    if rule.direction and touch.direction != rule.direction:
        yield f"{touch.direction}, not {rule.direction}" if touch.direction else f"not logged as {rule.direction}"
    for name, said, words in (("outcome", touch.outcome, rule.outcomes), ("status", touch.status, rule.statuses)):
        if words and not _is_among(said, words):
            yield f"{name} {said} is none of: {', '.join(words)}" if said else f"its {name} is not logged"


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
    """Each word once: they are few, and numpy knows no `casefold`."""
    distinct, at = np.unique(said, return_inverse=True)
    found: Marks = np.array([_is_among(one, words) for one in distinct.tolist()], dtype=np.bool_)[at]
    return found


def _is_among(said: str, words: Iterable[str]) -> bool:
    return said.casefold() in {word.casefold() for word in words}
