"""A tier's reason is a sentence that fits a field of the CRM and reads well aloud."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callplan.assess import Gate
from callplan.model import AssessRules, Npi, Tier, TierRules
from callplan.reasons import Standing, reason

ADEYEMI = Standing("2000000010", "Cardiology", Tier.A, Gate.OPEN, 1214.4, "coronary", 94.2, held=False)
RULES = AssessRules((), volume_floor=11, closed=((Npi("2000000010"), "exclusive contract until June"),))


def test_the_reason_of_a_tier_gives_volume_family_and_place_in_the_specialty() -> None:
    told = reason(ADEYEMI, RULES, TierRules())

    assert told == "Tier A: 1,214 relevant procedures a year (coronary), 94th percentile of Cardiology."


def test_an_account_held_by_the_band_says_so() -> None:
    assert reason(replace(ADEYEMI, held=True), RULES, TierRules()).endswith(" Held by the 20% band.")


@pytest.mark.parametrize(
    ("gate", "told"),
    [
        (Gate.SPECIALTY, "Tier C: Cardiology is not targeted."),
        (Gate.PROCEDURES, "Tier C: no relevant procedures on file."),
        (Gate.FLOOR, "Tier C: 1,214 relevant procedures a year, below the floor of 11."),
        (Gate.ACCESS, "Tier C: exclusive contract until June."),
    ],
)
def test_an_account_that_is_out_says_which_gate_is_shut(gate: Gate, told: str) -> None:
    assert reason(replace(ADEYEMI, gate=gate, tier=Tier.C), RULES, TierRules()) == told
