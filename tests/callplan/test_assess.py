"""Three gates decide who deserves a rep's time at all: relevance, volume, access."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.assess import Assessment, assess, deciles, in_family, percentiles, why_shut
from callplan.model import AssessRules, Family, Npi
from tests.callplan.columns import claims, npi

CORONARY, JOINTS = Family("coronary", ("92920-92944", "93458")), Family("joints", ("27130", "27447"))
RULES = AssessRules((CORONARY, JOINTS))
LINES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["92928", "27447", "93458", "99213", "J1234"]), st.integers(0, 500)),
    min_size=1,
)


@pytest.mark.parametrize(
    ("code", "inside"),
    [("92920", True), ("92944", True), ("92945", False), ("92919", False), ("93458", True), ("9345T", False)],
)
def test_a_family_holds_its_ranges_with_both_ends_and_its_single_codes(code: str, inside: bool) -> None:
    assert in_family(np.array([code]), CORONARY).tolist() == [inside]


def test_relevant_procedures_are_summed_by_weight_and_the_largest_family_names_the_account() -> None:
    rules = AssessRules((CORONARY, Family("joints", ("27447",), weight=3)))

    found = assess(claims((0, "92928", 50), (0, "93458", 10), (0, "27447", 30), (0, "99213", 900)), rules)

    assert found.volume.tolist() == [150]
    assert found.family.tolist() == ["joints"]
    assert found.eligible.tolist() == [True]


@pytest.mark.parametrize(
    ("volume", "rules", "reason"),
    [
        (100, AssessRules((CORONARY,)), ""),
        (11, AssessRules((CORONARY,)), ""),
        (10, AssessRules((CORONARY,)), "fewer than 11 relevant procedures"),
        (100, AssessRules((JOINTS,)), "no relevant procedures on file"),
        (100, AssessRules((CORONARY,), specialties=("Orthopedic Surgery",)), "Cardiology is not targeted"),
        (100, AssessRules((CORONARY,), closed=((Npi(npi(0)), "exclusive contract"),)), "exclusive contract"),
        (10, AssessRules((CORONARY,), closed=((Npi(npi(0)), "exclusive contract"),)), "fewer than 11"),
    ],
)
def test_the_first_gate_that_is_shut_gives_the_reason(volume: float, rules: AssessRules, reason: str) -> None:
    found = assess(claims((0, "92928", volume)), rules)

    assert found.eligible.tolist() == [reason == ""]
    assert told(found, rules)[0].startswith(reason)


def test_a_provider_without_any_line_has_no_volume() -> None:
    found = assess(claims((1, "92928", 40)), RULES)

    assert found.volume.tolist() == [0, 40]
    assert told(found, RULES) == ["no relevant procedures on file", ""]


def told(found: Assessment, rules: AssessRules) -> list[str]:
    """Why each is out, "" where it is not."""
    return [
        why_shut(gate, who, "Cardiology", volume, rules) if gate else ""
        for gate, who, volume in zip(found.gate.tolist(), found.npi.tolist(), found.volume.tolist(), strict=True)
    ]


def test_volumes_of_different_specialties_are_compared_by_percentile() -> None:
    volume = np.array([10.0, 20.0, 20.0, 3000.0, 4000.0])

    found = percentiles(volume, np.ones(5, dtype=np.bool_), np.array(list("ccchh")))

    assert found.tolist() == pytest.approx([100 / 3, 100, 100, 50, 100])


def test_a_decile_is_a_tenth_of_the_volume_and_the_tenth_one_holds_few() -> None:
    volume = np.array([30.0, 20.0, *[5.0] * 10])  # 100 in all

    found = deciles(volume, np.ones(12, dtype=np.bool_), np.array(["c"] * 12))

    assert found.tolist() == [10, 7, *[5] * 10]


@given(LINES)
def test_the_order_of_the_lines_does_not_matter(lines: list[tuple[int, str, int]]) -> None:
    one, other = (assess(claims(*these), RULES) for these in (lines, lines[::-1]))

    assert one.volume.tolist() == other.volume.tolist()
    assert one.gate.tolist() == other.gate.tolist()


@given(LINES, st.integers(0, 9999))
def test_what_is_outside_every_family_changes_nothing(lines: list[tuple[int, str, int]], much: int) -> None:
    without, with_it = (assess(claims(*these), RULES) for these in (lines, [*lines, (lines[0][0], "99499", much)]))

    assert without.volume.tolist() == with_it.volume.tolist()
    assert without.family.tolist() == with_it.family.tolist()


@given(LINES)
def test_two_vintages_together_hold_the_volume_of_both(lines: list[tuple[int, str, int]]) -> None:
    lines = [*lines, (3, "99213", 0)]

    once, twice = assess(claims(*lines), RULES), assess(claims(*lines, *lines), RULES)

    assert np.allclose(2 * once.volume, twice.volume)


def test_no_decile_is_above_ten_where_a_sum_of_fractions_rounds_off_below_nothing() -> None:
    volume = np.array([0.1 * step for step in range(1, 9)])

    found = deciles(volume, np.ones(len(volume), dtype=np.bool_), np.array(["c"] * len(volume)))

    assert found.max() == 10
