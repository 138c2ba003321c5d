"""Why an account is in its tier, in sentences that fit a field of the CRM and are read aloud in a meeting.

They hold facts that move only with the account itself: never a rank among others or a count of days, because a value
that moves by itself would be written every night.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import nan

from callplan.gates import Gate, shown, why_shut
from callplan.model import AssessRules, Tier, TierRules
from callplan.moves import Hold


@dataclass(frozen=True, slots=True)
class Standing:
    """One account as it was assessed and dealt its tier."""

    npi: str
    specialty: str
    tier: Tier
    since: date
    previous: Tier | None
    toward: Tier
    held: str  # a Hold, or ""
    gate: int
    volume: float
    family: str
    percentile: float
    share: float = nan  # of its procedures, those for the listed diagnoses
    locked: str = ""  # by whom, why and until when
    nominated: int = 0  # by signals: 1 up, -1 down
    signal: str = ""  # the one that nominates it
    outside: str = ""  # the part of the plan's filter that it fails


def reason(standing: Standing, assess: AssessRules, tiers: TierRules) -> str:
    one = standing
    if one.held == Hold.LOCK:
        return f"Tier {one.tier}: kept by {one.locked}."
    if one.gate != Gate.OPEN:
        why = why_shut(one.gate, one.npi, one.specialty, one.volume, assess, one.outside, one.share)
        return f"Tier C{_before(one)}, no visits planned: {why}."
    told = (
        f"Tier {one.tier}{_before(one)}: {shown(one.volume)} relevant procedures a year, most of them {one.family}; "
        f"{_place(one)}."
    )
    return " ".join(part for part in (told, _waiting(one, tiers), _nomination(one)) if part)


def _place(one: Standing) -> str:
    if one.percentile >= 100:
        return f"nobody in {one.specialty} does more"
    return f"{_ordinal(max(int(one.percentile), 1))} percentile of {one.specialty}"


def _before(one: Standing) -> str:
    return f" since {_day(one.since)}, before that {one.previous}" if one.previous else ""


def _waiting(one: Standing, tiers: TierRules) -> str:
    """Why it is not where its volume alone would put it."""
    if one.held == Hold.BAND:
        return f"Near the edge of two tiers; it stays in {one.tier} until it is clearly beyond."
    if one.held == Hold.DWELL:
        first = one.since + timedelta(days=tiers.dwell_days)
        return f"It is to be {one.toward}, from {_day(first)}: a tier stands for {tiers.dwell_days} days."
    if one.held == Hold.TURN:
        return f"It is to be {one.toward} and waits its turn, so that a rep's list changes step by step."
    if one.held == Hold.PLACE:
        return f"It is to be {one.toward} as soon as a place is free."
    return ""


def _nomination(one: Standing) -> str:
    goal = list(Tier).index(one.tier) - one.nominated
    if not one.nominated or not 0 <= goal < len(Tier):
        return ""
    return f"Nominated for {list(Tier)[goal]}: {one.signal}."


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
