"""Why an account is in its tier, in a sentence that fits a field of the CRM and is read aloud in a meeting.

A sentence holds facts that move only with the account itself: never a rank among others or a count of days, because a
value that moves by itself would be written every night.
"""

from __future__ import annotations

from dataclasses import dataclass

from callplan.assess import Gate, why_shut
from callplan.model import AssessRules, Tier, TierRules


@dataclass(frozen=True, slots=True)
class Standing:
    """One account as it was assessed."""

    npi: str
    specialty: str
    tier: Tier
    gate: int
    volume: float
    family: str
    percentile: float
    held: bool


def reason(standing: Standing, assess: AssessRules, tiers: TierRules) -> str:
    one = standing
    if one.gate != Gate.OPEN:
        return f"Tier C: {why_shut(one.gate, one.npi, one.specialty, one.volume, assess)}."
    held = f" Held by the {tiers.band:.0%} band." if one.held else ""
    return (
        f"Tier {one.tier}: {one.volume:,.0f} relevant procedures a year ({one.family}), "
        f"{_ordinal(int(one.percentile))} percentile of {one.specialty}.{held}"
    )


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
