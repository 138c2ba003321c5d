"""What a flag says: why it was raised, and what to do next. Facts only: no number here moves by itself.

Units    volume in relevant procedures a year, NaN where not known; no count of fewer than 11 is told
Source   docs/decisions/0004-only-facts-travel.md
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from callplan.gaps import day
from callplan.gates import FEWEST
from callplan.model import Relationship


@dataclass(frozen=True, slots=True)
class Plea:
    """What is known of one account that is flagged."""

    tier: str
    last: date | None  # its last qualifying touch
    every: int  # days between two visits, as they are effectively
    set: int  # and as the config has them
    volume: float
    relationship: str
    inbound: date | None  # the last touch from its side
    declined: str  # what the claims say of it, "" where its activity is not down


def say_why(of: Plea) -> str:
    silence = f"No counted visit since {day(of.last)}" if of.last else "No counted visit yet"
    held = "" if of.every == of.set else f" here, not {of.set}"
    risk = f" {of.volume:,.0f} relevant procedures a year at risk." if of.volume >= FEWEST else ""  # none known: NaN
    step = say_next_step(of)
    told = f"{silence}; Tier {of.tier} is seen every {of.every} days{held}.{risk}{_besides(of)}"
    return f"{told} Next step: {step[0].lower()}{step[1:]}"


def _besides(of: Plea) -> str:
    """One thing at most: all of it is to fit a field of 255 characters."""
    if of.declined:
        return f" Activity is down: {of.declined}."
    return f" Nothing from its side since {day(of.inbound)}." if _is_quiet(of) and of.inbound else ""


def say_next_step(of: Plea) -> str:
    if of.last is None:
        return "Book a first visit."
    if of.declined:
        return "Book a visit and ask what has changed."
    if _is_quiet(of):
        return "Call before you book a visit."
    return "Book a visit."


def _is_quiet(of: Plea) -> bool:
    return of.relationship == Relationship.QUIET
