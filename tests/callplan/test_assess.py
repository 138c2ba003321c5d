"""Three gates decide who deserves a rep's time at all, and a score who comes first: relevance, volume, access."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callplan.assess import Assessment, Gate, relevant, why_shut
from callplan.model import AssessRules, Claims, Family, Indications, Npi, ScoreRules
from connector.config import EngineSettings
from tests.callplan.columns import assessed, claims, indications, npi, practices
from tests.callplan.plain import assess_plainly

CORONARY, JOINTS = Family("coronary", ("92920-92944", "93458")), Family("joints", ("27130", "27447"))
RULES = AssessRules((CORONARY, JOINTS))
RHYTHM = AssessRules((Family("rhythm", ("33249",)),), diagnoses=("I48", "I50"), min_share=0.1)
CODES = ["92928", "27447", "93458", "99213", "J1234"]
VOLUMES = st.integers(0, 60) | st.sampled_from([0.001, 1.005, 12.5]) | st.floats(0.001, 60)
LINES = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(CODES), VOLUMES), min_size=1, max_size=25)
TOLD = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(CODES[:3]),
        st.sampled_from(["I48", "I50", "E11", ""]),
        st.integers(0, 40),
    ),
    max_size=12,
)
A_FEW = settings(max_examples=20)


# Relevance


@pytest.mark.parametrize(
    ("code", "inside"),
    [("92920", True), ("92944", True), ("92945", False), ("92919", False), ("93458", True), ("9345T", False)],
)
def test_a_family_holds_its_ranges_with_both_ends_and_its_single_codes(code: str, inside: bool) -> None:
    assert (code in relevant([code], [CORONARY])["code"]) == inside


def test_relevant_procedures_are_summed_by_weight_and_the_largest_family_names_the_account() -> None:
    rules = AssessRules((CORONARY, Family("joints", ("27447",), weight=3)))

    found = assessed(claims((0, "92928", 50), (0, "93458", 10), (0, "27447", 30), (0, "99213", 900)), rules)

    assert found.volume.tolist() == [150]
    assert found.family.tolist() == ["joints"]
    assert found.eligible.tolist() == [True]


def test_of_two_families_with_as_much_the_first_names_the_account() -> None:
    both = claims((0, "92928", 50), (0, "27447", 50))

    assert assessed(both, RULES).family.tolist() == ["coronary"]
    assert assessed(both, AssessRules((JOINTS, CORONARY))).family.tolist() == ["joints"]


# Gates


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
        (100, replace(RHYTHM, families=(CORONARY,), closed=((Npi(npi(0)), "exclusive contract"),)), "0% of its"),
    ],
)
def test_the_first_gate_that_is_shut_gives_the_reason(volume: float, rules: AssessRules, reason: str) -> None:
    found = assessed(claims((0, "92928", volume)), rules, indications((0, "92928", "E11", 50)))

    assert found.eligible.tolist() == [reason == ""]
    assert told(found, rules)[0].startswith(reason)


def test_a_provider_without_any_line_has_no_volume() -> None:
    found = assessed(claims((1, "92928", 40)), RULES)

    assert found.volume.tolist() == [0, 40]
    assert told(found, RULES) == ["no relevant procedures on file", ""]


def test_a_provider_who_works_for_other_diagnoses_is_out_and_one_without_any_on_file_is_not() -> None:
    lines = claims((0, "33249", 100), (1, "33249", 100), (2, "33249", 100))
    counts = [(0, "I48", 4), (0, "E11", 96), (1, "I50", 10), (1, "E11", 90)]
    on_file = indications(*((who, "33249", diagnosis, volume) for who, diagnosis, volume in counts))

    found = assessed(lines, RHYTHM, on_file)

    assert told(found, RHYTHM) == ["fewer than 11 of its procedures are for the listed diagnoses, below 10%", "", ""]
    assert np.array_equal(found.share, [0.04, 0.1, np.nan], equal_nan=True)


def test_only_relevant_procedures_of_the_newest_twelve_months_say_what_for() -> None:
    lines = claims((0, "33249", 100))
    now = indications((0, "33249", "I48", 50), (0, "99213", "E11", 5000))
    before = indications((0, "33249", "E11", 5000), since="2017-01-01")
    on_file = Indications(*(np.concatenate([getattr(part, one.name) for part in (now, before)]) for one in fields(now)))

    assert told(assessed(lines, RHYTHM, on_file), RHYTHM) == [""]


def told(found: Assessment, rules: AssessRules) -> list[str]:
    """Why each is out, "" where it is not."""
    columns = (found.gate.tolist(), found.npi.tolist(), found.volume.tolist(), found.share.tolist())
    return [
        why_shut(gate, who, "Cardiology", volume, rules, share=part) if gate else ""
        for gate, who, volume, part in zip(*columns, strict=True)
    ]


# Score


def test_volumes_of_different_specialties_are_compared_by_percentile() -> None:
    lines = [(at, "92928", volume) for at, volume in enumerate([10, 20, 20, 3000, 4000])]

    found = assessed(claims(*lines, specialties="ccchh"), replace(RULES, volume_floor=0))

    assert found.percentile.tolist() == [100 / 3, 100, 100, 50, 100]


def test_a_decile_is_a_tenth_of_the_volume_and_the_tenth_one_holds_few() -> None:
    lines = [(at, "92928", volume) for at, volume in enumerate([30, 20, *[5] * 10])]  # 100 in all

    found = assessed(claims(*lines), replace(RULES, volume_floor=0))

    assert found.decile.tolist() == [10, 7, *[5] * 10]


def test_a_large_practice_lifts_the_score_as_much_as_its_weight_says_and_an_unknown_one_counts_as_volume() -> None:
    lines = claims((0, "92928", 20), (1, "92928", 30), (2, "92928", 40), (3, "92928", 50))
    rules = replace(RULES, score=ScoreRules(volume=3, practice_size=1))

    found = assessed(lines, rules, sizes=practices((0, 400), (0, 7), (1, 2)))

    assert found.percentile.tolist() == [25, 50, 75, 100]
    assert found.score.tolist() == [0.75 * 25 + 0.25 * 100, 0.75 * 50 + 0.25 * 50, 75, 100]


@A_FEW
@given(TOLD.filter(bool), st.integers(2, 9))
def test_more_volume_of_the_same_kind_never_lowers_a_score(
    lines: list[tuple[int, str, str, float]], times: int
) -> None:
    rules = replace(RULES, diagnoses=("I48",), min_share=0, volume_floor=0, score=ScoreRules(1, 1, 0))
    who = lines[0][0]
    more = [(one, code, told, volume * (times if one == who else 1)) for one, code, told, volume in lines]

    before, after = (
        assessed(claims(*((one, code, volume) for one, code, _, volume in these)), rules, indications(*these))
        for these in (lines, more)
    )

    assert after.score[who] >= before.score[who]


# Exactly, in any order


@A_FEW
@given(LINES, TOLD, st.lists(st.sampled_from(["Cardiology", "Orthopedics", ""]), min_size=8, max_size=8))
def test_the_engine_says_what_one_gets_on_paper(
    lines: list[tuple[int, str, float]], diagnoses: list[tuple[int, str, str, float]], specialties: list[str]
) -> None:
    rules = replace(
        AssessRules((CORONARY, Family("93", ("93000-93999",), 0.7), JOINTS), ("Cardiology", ""), 20),
        closed=((Npi(npi(1)), "contract"),),
        diagnoses=("I48", "I50"),
        min_share=0.3,
        score=ScoreRules(0.5, 0.25, 0.25),
    )
    given_, on_file = claims(*lines, (7, "99213", 1), specialties=specialties), indications(*diagnoses)

    found = assessed(given_, rules, on_file, practices((0, 3), (2, 40), (3, 40)))

    expected = assess_plainly(given_, rules, on_file, {npi(0): 3, npi(2): 40, npi(3): 40})
    assert np.allclose(found.score, expected.score, rtol=1e-14, atol=0)
    assert bytes_of(replace(found, score=expected.score)) == bytes_of(expected)


@A_FEW
@given(LINES, st.lists(st.floats(0.001, 60), min_size=8, max_size=20), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_the_number_of_threads_changes_a_byte(
    lines: list[tuple[int, str, float]], busy: list[float], random: object
) -> None:
    lines = [*lines, *((0, "92928", volume) for volume in busy)]
    shuffled = [*lines]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    one = assessed(claims(*lines, (7, "99213", 0)), RULES)
    other = assessed(claims(*shuffled, (7, "99213", 0)), RULES, engine=EngineSettings(threads=2))

    assert bytes_of(one) == bytes_of(other)


def test_a_sum_is_of_thousandths_and_exact_where_floating_point_is_not() -> None:
    lines = [(0, "92928", 1 / 3)] * 1000 + [(0, "92928", 1e9)] + [(0, "92928", 0.001)] * 10

    found = [assessed(claims(*these), RULES).volume.tolist() for these in (lines, lines[::-1])]

    assert found == [[1_000_000_333.01]] * 2


@A_FEW
@given(LINES, st.integers(0, 9999))
def test_what_is_outside_every_family_changes_nothing(lines: list[tuple[int, str, float]], much: int) -> None:
    without, with_it = (assessed(claims(*these), RULES) for these in (lines, [*lines, (lines[0][0], "99499", much)]))

    assert bytes_of(without) == bytes_of(with_it)


@A_FEW
@given(LINES)
def test_two_vintages_together_hold_the_volume_of_both(lines: list[tuple[int, str, float]]) -> None:
    once, twice = assessed(claims(*lines), RULES), assessed(claims(*lines, *lines), RULES)

    assert (2 * once.volume).tolist() == twice.volume.tolist()


def test_no_decile_is_above_ten_where_a_sum_of_fractions_would_round_off_below_nothing() -> None:
    lines = [(step, "92928", 0.1 * step) for step in range(1, 9)]

    assert assessed(claims(*lines), replace(RULES, volume_floor=0)).decile.max() == 10


def test_no_claims_make_no_assessment() -> None:
    nobody: Claims = claims()

    assert len(assessed(nobody, RULES).npi) == 0


def bytes_of(found: Assessment) -> list[bytes]:
    """All of it; texts as they read, because numpy pads them to the longest."""
    columns = (getattr(found, one.name) for one in fields(found))
    return [repr(c.tolist()).encode() if c.dtype.kind == "U" else c.tobytes() for c in columns]


def test_the_order_of_gates_is_that_in_which_they_are_tried() -> None:
    tried = ["OPEN", "SPECIALTY", "FILTER", "PROCEDURES", "FLOOR", "DIAGNOSIS", "ACCESS"]
    assert [gate.name for gate in Gate][:7] == tried
