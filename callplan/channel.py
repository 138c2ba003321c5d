"""How and when each Tier B account is touched next: calls, mails and messages between its quarterly visits.

From its last touch of any kind the next is due after so many days, and the channels take turns: after a call a mail,
after a mail a message. One that is on the week's list is driven to, on that day. Tier A is visited; Tier C waits for a
signal. A day on which a touch was due stays that day until something happens: no value here moves by itself.

Shapes   accounts (n,), days datetime64[D], NaT where there is none -> one suggestion a Tier B account
Units    days
Errors   none: an account never touched counts from the day it became Tier B
Source   docs/decisions/0004-only-facts-travel.md; docs/decisions/0023-between-visits.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from callplan.model import Channel, ChannelRules, Days, Texts, Tier

DID = {
    Channel.VISIT: "visited",
    Channel.CALL: "called",
    Channel.EMAIL: "written to",
    Channel.MESSAGE: "sent a message",
}
DO = {Channel.CALL: "a call", Channel.EMAIL: "an e-mail", Channel.MESSAGE: "a message"}
Seen = dict[Channel, date]  # the last touch by each channel


@dataclass(frozen=True, slots=True)
class Served:
    """Accounts, as columns."""

    tier: Texts
    since: Days  # when it got its tier
    visit_on: Days  # its day on this week's list
    thin: Mapping[int, str]  # the rows that are served without visits, and why


@dataclass(frozen=True, slots=True)
class Suggestion:
    row: int
    channel: Channel
    due_on: date
    reason: str


def suggest(last: Mapping[Channel, Days], accounts: Served, rules: ChannelRules) -> Iterator[Suggestion]:
    """The next touch of each Tier B account; `last` is the day of each account's latest touch by each channel."""
    for row in np.flatnonzero(accounts.tier == Tier.B.value).tolist():
        seen: Seen = {channel: days[row].item() for channel, days in last.items() if not np.isnat(days[row])}
        if visit := accounts.visit_on[row].item():
            yield Suggestion(row, Channel.VISIT, visit, f"On this week's list, for {_day(visit)}.")
        else:
            yield _between_visits(row, seen, accounts, rules)


def _between_visits(row: int, seen: Seen, accounts: Served, rules: ChannelRules) -> Suggestion:
    since: date = accounts.since[row].item()
    channel, thin = _turn(seen, rules), accounts.thin.get(row, "")
    due_on = max(seen.values(), default=since) + timedelta(days=rules.every_days)
    where = f"{thin}. " if thin else ""
    every = f"Tier B is touched every {rules.every_days} days{'' if thin else ' between its visits'}"
    return Suggestion(row, channel, due_on, f"{where}{_last(seen, since)}; {every}, next by {DO[channel]}.")


def _turn(seen: Seen, rules: ChannelRules) -> Channel:
    """The channel after the one that was used last; of two on one day, after the later in turn."""
    used = [(seen[channel], turn) for turn, channel in enumerate(rules.turns) if channel in seen]
    return rules.turns[(max(used)[1] + 1) % len(rules.turns)] if used else rules.turns[0]


def _last(seen: Seen, since: date) -> str:
    if not seen:
        return f"Not touched since it became Tier B on {_day(since)}"
    latest = max(seen, key=lambda channel: seen[channel])
    return f"Last {DID[latest]} on {_day(seen[latest])}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
