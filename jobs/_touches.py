"""The last touches of each account, asked of the store once a night; and all that is logged, row by row.

What lies ahead is planned, whatever its row says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import numpy as np

from callplan.model import Channel, Counts, Days, Texts, Tier, TouchRule
from callplan.touches import NEVER, Seen, Touches
from connector.contract import Result
from connector.run import Run
from connector.store import Store
from connector.store.days import end_of, local_days
from connector.store.mirror import Interactions
from connector.store.touches import Latest, Rules
from connector.sync.book import Book

BY_CHANNEL: Mapping[Channel, Rules] = {channel: (TouchRule(channel.value),) for channel in Channel}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the log, and as of when."""

    touches: Mapping[Tier, Rules]  # that count
    inbound: Mapping[Tier, Rules]  # from the account's side
    now: datetime
    today: date
    zone: tzinfo

    @classmethod
    def by(cls, run: Run) -> Asked:
        cold, zone = run.config.cold, ZoneInfo(run.config.time_zone)
        sides = by_tier(cold.rules().touches), by_tier(cold.relationship.rules().touches)
        return cls(*sides, run.clock.now(), run.today, zone)

    def before(self) -> datetime:
        """From here on all lies ahead."""
        return min(self.now.replace(microsecond=0) + timedelta(seconds=1), end_of(self.today, self.zone))


def by_tier(rules: Iterable[TouchRule]) -> Mapping[Tier, Rules]:
    """The rules of each tier without its name, so that tiers for which the same counts are asked about once."""
    rules = [*rules]
    return {tier: tuple(replace(rule, tiers=tuple(Tier)) for rule in rules if tier in rule.tiers) for tier in Tier}


def seen(run: Run, book: Book) -> Seen:
    """The last touches of each account of the book."""
    return seen_by(run.once(latest_touches), Asked.by(run), book)


def latest_touches(run: Run) -> Latest:
    """By every set of rules that is asked for; `pull` has it asked anew."""
    return ask(run.store, Asked.by(run))


def ask(store: Store, asked: Asked) -> Latest:
    inbound = dict.fromkeys(asked.inbound.values())
    rules = dict.fromkeys([*asked.touches.values(), *inbound, *BY_CHANNEL.values()])
    return store.touches.latest([*rules], [*inbound], asked.before())


def seen_by(latest: Latest, asked: Asked, book: Book) -> Seen:
    row, many = book.rows_of(latest.account), len(book.npi)
    ours = row >= 0

    def last(rules: Rules) -> Days:
        moment = np.full(many, np.datetime64("NaT", "s"))
        np.fmax.at(moment, row[ours], latest.at[rules][ours])
        return local_days(moment, asked.zone)

    def times(rules: Rules) -> Counts:
        found = np.zeros(many, dtype=np.int64)
        np.add.at(found, row[ours], latest.times[rules][ours])
        return found

    return Seen(
        last=_of_its_tier(book.tier, {tier: last(rules) for tier, rules in asked.touches.items()}, NEVER),
        inbound=_of_its_tier(book.tier, {tier: last(rules) for tier, rules in asked.inbound.items()}, NEVER),
        inbounds=_of_its_tier(book.tier, {tier: times(rules) for tier, rules in asked.inbound.items()}, np.int64(0)),
        by_channel={channel: last(rules) for channel, rules in BY_CHANNEL.items()},
    )


def _of_its_tier(tier: Texts, columns: Mapping[Tier, np.ndarray], none: np.generic) -> np.ndarray:
    return np.select([tier == one.value for one in columns], [*columns.values()], none)


def log_of(store: Store, asked: Asked, book: Book) -> Touches:
    """Every interaction, for what asks of more than the last."""
    seen = store.mirror.interactions()
    return touches_of(seen, book.rows_of(seen.account), asked.zone, asked.now)


def touches_of(seen: Interactions, account: Counts, zone: tzinfo, now: datetime | None = None) -> Touches:
    """As the rules read them, `account` being the row of each; what lies beyond `now` is planned, whatever is said."""
    result = seen.result
    if now:
        ahead = seen.at > np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "s")
        result = np.where(ahead, Result.PLANNED.value, seen.result)
    return Touches(
        account=account,
        at=seen.days(zone),
        kind=seen.kind,
        direction=seen.direction,
        result=result,
        minutes=seen.minutes,
        outcome=seen.outcome,
        status=seen.status,
        automated=seen.automated,
        owner=seen.owner,
    )
