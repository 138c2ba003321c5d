"""A tier's reason is told in sentences that fit a field of the CRM and read well aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from callplan.assess import Gate
from callplan.gates import why_shut
from callplan.model import AssessRules, Npi, Tier, TierRules
from callplan.moves import Hold
from callplan.reasons import Standing, reason

ADEYEMI = Standing(
    npi="2000000010",
    specialty="Cardiology",
    tier=Tier.A,
    since=date(2026, 5, 12),
    previous=None,
    toward=Tier.A,
    held="",
    gate=Gate.OPEN,
    volume=1214.4,
    family="coronary",
    percentile=94.2,
)
BRANDT = replace(ADEYEMI, tier=Tier.B, previous=Tier.A, toward=Tier.B, volume=610.0, percentile=71.0)
CASTILLO = replace(ADEYEMI, tier=Tier.C, toward=Tier.C, volume=96.0, percentile=42.0)
RULES = AssessRules((), volume_floor=11, closed=((Npi("2000000010"), "exclusive contract, until 30 Jun 2027"),))


def told(standing: Standing) -> str:
    return reason(standing, RULES, TierRules())


def test_a_tier_a_account_says_how_much_of_what_and_its_place_in_the_specialty() -> None:
    assert told(ADEYEMI) == (
        "Tier A: 1,214 relevant procedures a year, most of them coronary; 94th percentile of Cardiology."
    )


def test_a_tier_b_account_that_was_a_says_since_when() -> None:
    assert told(BRANDT) == (
        "Tier B since 12 May 2026, before that A: 610 relevant procedures a year, most of them coronary; "
        "71st percentile of Cardiology."
    )


def test_a_nominated_account_says_by_which_signal() -> None:
    signal = "volume up from 40 to 96 procedures a year"

    up, down = (told(replace(CASTILLO, nominated=way, signal=signal)) for way in (1, -1))

    assert up.endswith(f"42nd percentile of Cardiology. Nominated for B: {signal}.")
    assert down.endswith("42nd percentile of Cardiology.")  # there is nothing below C


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (Hold.BAND, "Near the edge of two tiers; it stays in B until it is clearly beyond."),
        (Hold.DWELL, "It is to be A, from 11 Jul 2026: a tier stands for 60 days."),
        (Hold.TURN, "It is to be A and waits its turn, so that a rep's list changes step by step."),
        (Hold.PLACE, "It is to be A as soon as a place is free."),
    ],
)
def test_an_account_that_waits_says_for_what(held: Hold, said: str) -> None:
    found = told(replace(BRANDT, previous=None, toward=Tier.A, held=held))

    assert found.endswith(f"71st percentile of Cardiology. {said}")


def test_a_count_that_may_point_at_patients_is_in_no_reason() -> None:
    assert told(replace(CASTILLO, volume=7.0)).startswith("Tier C: fewer than 11 relevant procedures a year")


def test_a_share_that_tells_such_a_count_is_in_no_reason() -> None:
    few, enough = (why_shut(Gate.DIAGNOSIS, "1", "", 200.0, RULES, share=share) for share in (0.05, 0.06))

    assert few.startswith("fewer than 11 of its procedures are for the listed diagnoses, below")
    assert enough.startswith("6% of its procedures")


def test_a_tier_that_a_person_fixed_says_who_and_until_when() -> None:
    found = told(replace(ADEYEMI, held=Hold.LOCK, locked="Lee, until 30 Jun 2027 (training centre)"))

    assert found == "Tier A: kept by Lee, until 30 Jun 2027 (training centre)."


@pytest.mark.parametrize(
    ("gate", "why"),
    [
        (Gate.SPECIALTY, "Cardiology is not targeted."),
        (Gate.PROCEDURES, "no relevant procedures on file."),
        (Gate.FLOOR, "1,214 relevant procedures a year, below the floor of 11."),
        (Gate.ACCESS, "exclusive contract, until 30 Jun 2027."),
        (Gate.DEACTIVATED, "its NPI is deactivated in the registry."),
        (Gate.ABSENT, "not in the claims, which leave out what had fewer than 11 patients."),
    ],
)
def test_a_suppressed_account_says_which_gate_is_shut(gate: Gate, why: str) -> None:
    assert told(replace(ADEYEMI, gate=gate, tier=Tier.C)) == f"Tier C, no visits planned: {why}"


def test_the_longest_sentence_of_a_tier_fits_a_field_of_the_crm() -> None:
    longest = replace(
        BRANDT, held=Hold.TURN, specialty="Physical Medicine and Rehabilitation", family="veins and access"
    )

    assert len(told(longest)) <= 255


def test_an_account_outside_the_plans_filter_names_the_part_that_it_fails() -> None:
    outside = "practice of 2, fewer than 5"

    found = told(replace(ADEYEMI, tier=Tier.C, toward=Tier.C, gate=Gate.FILTER, outside=outside))

    assert found == "Tier C, no visits planned: outside the plan's filter: practice of 2, fewer than 5."
