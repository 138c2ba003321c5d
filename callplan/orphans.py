"""Visits that are logged on no account that counts, and the planned stop at which each perhaps was.

A rep's stop of that day at which no visit is logged is what she perhaps logged elsewhere. The nearer the hours, the
likelier; several such stops share. Among what is possible is always a visit that nobody had planned.

Units    minutes; hours are those of the territory. The weights are a judgement: no log that we have tells both sides
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime

from callplan.model import Sort, Suggestion

AT_THE_HOUR, NEAR = 30, 90  # minutes
WEIGHTS = (8.0, 3.0, 1.0)  # at the hour, near it, that day; a visit that was not planned is 1
LEAST, FEW = 30, 2


@dataclass(frozen=True, slots=True)
class Orphan:
    id: str
    rep: str
    at: datetime
    own: str  # the account that the CRM says, "" where none


@dataclass(frozen=True, slots=True)
class Planned:
    rep: str
    account: str
    day: date
    starts: int  # minutes after midnight


def suggest_visits(
    orphans: Iterable[Orphan], stops: Iterable[Planned], seen: Set[tuple[str, date]]
) -> list[Suggestion]:
    """`seen`: accounts and days with a visit that counts already."""
    by_day: dict[tuple[str, date], dict[str, Planned]] = {}
    for stop in stops:
        if (stop.account, stop.day) not in seen:
            by_day.setdefault((stop.rep, stop.day), {}).setdefault(stop.account, stop)
    return [
        found
        for orphan in sorted(orphans, key=lambda one: one.id)
        for found in _of_one(orphan, list(by_day.get((orphan.rep, orphan.at.date()), {}).values()))
    ]


def _of_one(orphan: Orphan, stops: list[Planned]) -> list[Suggestion]:
    weights = {stop.account: _weight(_apart(orphan, stop)) for stop in stops}
    whole = 1.0 + sum(weights.values())
    shares = [(int(100 * weights[stop.account] / whole), stop) for stop in stops]
    best = sorted(shares, key=lambda pair: (-pair[0], pair[1].account))[:FEW]
    return [
        Suggestion(Sort.VISIT, orphan.id, stop.account, share, _says(orphan, stop, len(stops)), orphan.own)
        for share, stop in best
        if share >= LEAST
    ]


def _apart(orphan: Orphan, stop: Planned) -> int:
    return abs(orphan.at.hour * 60 + orphan.at.minute - stop.starts)


def _weight(apart: int) -> float:
    at_the_hour, near, that_day = WEIGHTS
    return at_the_hour if apart <= AT_THE_HOUR else near if apart <= NEAR else that_day


def _says(orphan: Orphan, stop: Planned, stops: int) -> str:
    planned = f"{stop.starts // 60:02d}:{stop.starts % 60:02d}"
    alone = "the only stop" if stops == 1 else f"one of {stops} stops"
    where = f"on account {orphan.own}, which does not count" if orphan.own else "on no account"
    return (
        f"{orphan.rep} logged it {where} for {orphan.at:%Y-%m-%d %H:%M}; planned there for {planned}, "
        f"{alone} of that day without a logged visit"
    )
