"""The last touches of each account, asked of the store once a night; and all that is logged, row by row.

What lies ahead is planned, whatever its row says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from callplan.model import Channel, Counts, Days, Texts, Tier, TouchRule
from callplan.touches import NEVER, Seen, Touches
from connector.contract import Clock, Result
from connector.run import Run
from connector.store.days import end_of, local_days
from connector.store.touches import Latest, Rules
from connector.sync.book import Book

ByTier = Mapping[Tier, Rules]
BY_CHANNEL: Mapping[Channel, Rules] = {channel: (TouchRule(channel.value),) for channel in Channel}


def seen(run: Run, book: Book) -> Seen:
    """The last touches of each account of the book."""
    found, counts, inbound = _Found.of(run, book), _counts(run), _from_its_side(run)
    return Seen(
        last=_of_its_tier(book.tier, {tier: found.last(rules) for tier, rules in counts.items()}, NEVER),
        inbound=_of_its_tier(book.tier, {tier: found.last(rules) for tier, rules in inbound.items()}, NEVER),
        inbounds=_of_its_tier(book.tier, {tier: found.times(rules) for tier, rules in inbound.items()}, np.int64(0)),
        by_channel={channel: found.last(rules) for channel, rules in BY_CHANNEL.items()},
    )


def latest_touches(run: Run) -> Latest:
    """By every set of rules that is asked for; `pull` has it asked anew."""
    inbound = dict.fromkeys(_from_its_side(run).values())
    asked = dict.fromkeys([*_counts(run).values(), *inbound, *BY_CHANNEL.values()])
    this_second = run.clock.now().replace(microsecond=0)
    ahead = min(this_second + timedelta(seconds=1), end_of(run.today, ZoneInfo(run.config.time_zone)))
    return run.store.touches.latest([*asked], [*inbound], ahead)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the store has found, by the rows of a book."""

    latest: Latest
    row: Counts  # -1 where it is none of ours
    many: int
    zone: ZoneInfo

    @classmethod
    def of(cls, run: Run, book: Book) -> _Found:
        latest = run.once(latest_touches)
        return cls(latest, book.rows_of(latest.account), len(book.npi), ZoneInfo(run.config.time_zone))

    def last(self, rules: Rules) -> Days:
        moment, ours = np.full(self.many, np.datetime64("NaT", "s")), self.row >= 0
        np.fmax.at(moment, self.row[ours], self.latest.at[rules][ours])
        return local_days(moment, self.zone)

    def times(self, rules: Rules) -> Counts:
        times, ours = np.zeros(self.many, dtype=np.int64), self.row >= 0
        np.add.at(times, self.row[ours], self.latest.times[rules][ours])
        return times


def _counts(run: Run) -> ByTier:
    return _by_tier(run.config.cold_rules().touches)


def _from_its_side(run: Run) -> ByTier:
    return _by_tier(run.config.cold.relationship.rules().touches)


def _by_tier(rules: Iterable[TouchRule]) -> ByTier:
    """The rules of each tier without its name, so that tiers that count the same are asked about once."""
    rules = [*rules]
    return {tier: tuple(replace(rule, tiers=tuple(Tier)) for rule in rules if tier in rule.tiers) for tier in Tier}


def _of_its_tier(tier: Texts, columns: Mapping[Tier, np.ndarray], none: np.generic) -> np.ndarray:
    return np.select([tier == one.value for one in columns], [*columns.values()], none)


def logged(run: Run, book: Book) -> Touches:
    """Every interaction: for what asks of more than the last."""
    seen = run.store.mirror.interactions()
    return Touches(
        account=book.rows_of(seen.account),
        at=seen.days(ZoneInfo(run.config.time_zone)),
        kind=seen.kind,
        direction=seen.direction,
        result=np.where(seen.at > _utc(run.clock), Result.PLANNED.value, seen.result),
        minutes=seen.minutes,
        outcome=seen.outcome,
        status=seen.status,
        automated=seen.automated,
        owner=seen.owner,
    )


def _utc(clock: Clock) -> np.datetime64:
    return np.datetime64(clock.now().astimezone(UTC).replace(tzinfo=None), "s")
