"""Who fits a filter: each part alone, all together, and what is not on file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from callplan.assess import Gate, assess, narrowed
from callplan.find import find
from callplan.fit import fit
from callplan.model import (
    Affiliations,
    AssessRules,
    Between,
    Family,
    Filter,
    Indications,
    Market,
    Panel,
    Registry,
)
from tests.callplan.columns import OVER, claims, npi

CORONARY, JOINTS = Family("coronary", ("92920-92944",)), Family("joints", ("27447",), weight=2)
RULES = AssessRules((CORONARY, JOINTS))
NO_DAY = np.array(["NaT"] * 2, dtype="datetime64[D]")
WHO = "ABC"  # Dr. Adeyemi in Des Moines, Dr. Brandt in Chicago, Dr. Castillo in Iowa City


def market() -> Market:
    told = claims(
        *((0, "92928", 100), (1, "92928", 40), (1, "27447", 30), (2, "27447", 60)),
        specialties=["Cardiology", "Cardiology", "Orthopedic Surgery"],
    )
    return Market(
        over=OVER,
        claims=replace(told, state=np.array(["IA", "IL", "IA"]), zip=np.array(["50309", "60601", "52240"])),
        indications=Indications(
            npi=np.array([npi(0), npi(0), npi(0), npi(1)]),
            code=np.array(["92928"] * 4),
            diagnosis=np.array(["I48", "I25", "I48", "I48"]),
            since=np.array(["2025-01-01", "2025-01-01", "2024-01-01", "2025-01-01"], dtype="datetime64[D]"),
            volume=np.array([50.0, 30.0, 500.0, 7.0]),
        ),
        registry=Registry(
            npi=np.array([npi(0), npi(1)]),
            entity=np.array([1, 1]),
            taxonomy=np.array(["207RC0000X", "207RI0011X"]),
            state=np.array(["MN", "MN"]),
            zip=np.array(["", ""]),
            enumerated=NO_DAY,
            deactivated=NO_DAY,
        ),
        affiliations=Affiliations(
            npi=np.array([npi(0), npi(0), npi(1), npi(1), npi(2)]),
            organisation=np.array([1, 0, 2, 3, 4]),
            address=np.zeros(5, dtype=np.int64),
            organisation_id=np.array(["7", "42", "8", "160001", ""]),
            organisation_name=np.array(["Small Group", "Iowa Heart", "Lake Group", "Mercy Hospital", ""]),
            sort=np.array(["practice", "practice", "practice", "Hospital", "practice"]),
            size=np.array([3.0, 12.0, 2.0, np.nan, np.nan]),
            street=np.array([""]),
            city=np.array([""]),
            state=np.array([""]),
            zip=np.array([""]),
        ),
        county=np.array(["Polk, IA", "Cook, IL", "Johnson, IA"]),
        miles=np.array([0.0, 308.0, np.nan]),
        minutes=np.array([5.0, 420.0, np.nan]),
        before=claims((0, "92928", 80), (1, "92928", 125)),
        compared="against the earlier claims",
    )


MARKET = market()


def matched(where: Filter, among: Market = MARKET, rules: AssessRules = RULES) -> str:
    """The letters of those who fit, the best first."""
    found = find(where, among, rules)
    assert not found.problems
    return "".join(WHO[int(one[1:])] for one in found.npi.tolist())


@pytest.mark.parametrize(
    ("where", "who", "not_on_file"),
    [
        (Filter(), "CAB", []),
        (Filter(codes=("92920-92944",)), "AB", [(1, "procedures of 92920-92944")]),
        (Filter(codes=("92928",), volume=Between(least=41)), "A", [(1, "procedures of 92928")]),
        (Filter(codes=("27447",), volume=Between(most=60)), "CB", [(1, "procedures of 27447")]),
        (Filter(volume=Between(least=100)), "CAB", []),  # by weight: 100, 40 + 2 x 30, 2 x 60
        (Filter(volume=Between(least=101)), "C", []),
        (Filter(diagnoses=("I48",)), "AB", [(1, "procedures for I48")]),
        (Filter(diagnoses=("I20-I25",)), "A", [(2, "procedures for I20-I25")]),
        (Filter(diagnoses=("I48",), diagnosis_share=0.5), "A", [(1, "procedures for I48")]),  # 50 of 100; 7 of 70
        (Filter(diagnoses=("I48",), diagnosis_share=0.51), "", [(1, "procedures for I48")]),
        (Filter(diagnoses=("I48",), diagnosis_volume=50), "A", [(1, "procedures for I48")]),  # the year before: 500
        (Filter(specialties=("orthopedic surgery",)), "C", []),
        (Filter(taxonomies=("207RC",)), "A", [(1, "taxonomy")]),
        (Filter(taxonomies=("207R",)), "AB", [(1, "taxonomy")]),
        (Filter(states=("IA",)), "CA", []),
        (Filter(zips=("60601", "503")), "AB", []),
        (Filter(counties=("polk, IA", "Johnson, IA")), "CA", []),
        (Filter(near="50309", within_miles=308), "AB", [(1, "place")]),
        (Filter(near="50309", within_minutes=60), "A", [(1, "place")]),
        (Filter(practice_size=Between(5, 50)), "A", [(1, "practice size")]),
        (Filter(practice_size=Between(most=11)), "B", [(1, "practice size")]),  # the largest practice counts: 12, not 3
        (Filter(affiliation="mercy"), "B", [(1, "affiliation")]),
        (Filter(affiliation="42"), "A", [(1, "affiliation")]),
        (Filter(trend=0.2), "A", [(1, "volume of an earlier year")]),  # 100 against 80: +25 %; 100 against 125: -20 %
        (Filter(trend=-0.2), "B", [(1, "volume of an earlier year")]),
        (Filter(states=("IA",), taxonomies=("207R",)), "A", [(1, "taxonomy")]),
        (Filter(states=("IL",), taxonomies=("207R",)), "B", []),  # Dr. Castillo would be out all the same
    ],
)
def test_each_part_keeps_those_of_whom_it_is_known_to_hold(
    where: Filter, who: str, not_on_file: list[tuple[int, str]]
) -> None:
    assert matched(where) == who
    assert list(find(where, MARKET, RULES).not_on_file) == not_on_file


def test_the_totals_of_years_tell_a_trend_by_the_last_two() -> None:
    years = Panel(np.array([npi(1), npi(2), npi(0)]), np.array([[1.0, 100, 100], [200, 100, 130], [9, 100, 110]]))

    assert matched(Filter(trend=0.2), replace(MARKET, before=years)) == "C"


def test_a_change_of_a_count_that_is_not_told_is_not_told() -> None:
    years = Panel(np.array([npi(0), npi(1)]), np.array([[1.0, 10, 20], [1, 11, 22]]))
    found = fit(Filter(trend=2), replace(MARKET, before=years), RULES)

    told = [found.why(row).partition(",")[0] for row in (0, 1)]

    assert told == ["volume from or to fewer than 11", "volume +100%"]


def test_without_a_state_in_the_claims_the_registry_tells_it() -> None:
    told = replace(MARKET, claims=replace(MARKET.claims, state=np.array(["IA", "", ""])))

    assert matched(Filter(states=("MN",)), told) == "B"


@pytest.mark.parametrize(
    ("where", "who", "why"),
    [
        (Filter(practice_size=Between(5, 50)), "B", "practice of 2, fewer than 5"),
        (Filter(practice_size=Between(most=10)), "A", "practice of 12, more than 10"),
        (Filter(practice_size=Between(5)), "C", "no practice size on file"),
        (Filter(volume=Between(101)), "B", "100 relevant procedures a year, fewer than 101"),
        (Filter(codes=("92928",), volume=Between(101)), "B", "40 procedures of 92928 a year, fewer than 101"),
        (Filter(codes=("92928",)), "C", "no procedures of 92928 on file"),
        (Filter(states=("IL",), practice_size=Between(5)), "A", "state IA"),
        (Filter(taxonomies=("207RC",)), "B", "taxonomy 207RI0011X"),
        (Filter(near="50309", within_minutes=60), "B", "420 estimated minutes from 50309, more than 60"),
        (Filter(affiliation="Mercy"), "A", "not with Mercy"),
        # 10% of 100 is a count that may point at patients
        (
            Filter(diagnoses=("I48",), diagnosis_share=0.2),
            "B",
            "fewer than 11 of its procedures for I48, less than 20%",
        ),
        # 7 is a count that may point at patients
        (
            Filter(diagnoses=("I48",), diagnosis_volume=20),
            "B",
            "fewer than 11 procedures a year for I48, fewer than 20",
        ),
        (Filter(trend=0.2), "B", "volume -20%, against the earlier claims, not up by 20%"),
        (Filter(trend=-0.1), "A", "volume +25%, against the earlier claims, not down by 10%"),
        (Filter(trend=-0.1), "B", ""),
    ],
)
def test_who_is_outside_is_told_the_first_part_that_fails(where: Filter, who: str, why: str) -> None:
    assert fit(where, MARKET, RULES).why(WHO.index(who)) == why


@pytest.mark.parametrize(
    ("where", "without", "key", "told"),
    [
        (Filter(specialties=("Cardiolgy",)), "", "specialties", '"Cardiolgy". The nearest is "Cardiology".'),
        (Filter(specialties=("Cardiology", "Urology")), "", "specialties", 'no provider on file has "Urology".'),
        (Filter(states=("ZZ",)), "", "states", "There are: IA, IL."),
        (Filter(affiliation="Mercey Hospital"), "", "affiliation", 'The nearest is "Mercy Hospital".'),
        (Filter(diagnoses=("Z99",)), "", "diagnoses", 'no provider on file has "Z99".'),
        (Filter(codes=("99999",)), "", "codes", "no procedures of 99999 on file."),
        (Filter(diagnoses=("I48",)), "indications", "diagnoses", "no procedures for I48 on file."),
        (Filter(taxonomies=("207R",)), "registry", "taxonomies", "no taxonomy on file."),
        (Filter(practice_size=Between(5)), "affiliations", "practice_size", "no practice size on file."),
        (Filter(affiliation="Mercy"), "affiliations", "affiliation", "no affiliation on file."),
        (Filter(trend=0.1), "before", "trend", "no volume of an earlier year on file."),
        (Filter(counties=("Polk, IA",)), "county", "counties", "no county on file."),
        (Filter(near="50309", within_miles=5), "miles", "near", "no place on file."),
    ],
)
def test_what_no_file_can_answer_is_said_and_nobody_is_found(where: Filter, without: str, key: str, told: str) -> None:
    less: dict[str, Any] = {without: None} if without else {}

    found = find(where, replace(MARKET, **less), RULES)

    assert [problem.key for problem in found.problems] == [key]
    assert told in found.problems[0].what
    assert found.problems[0].next_step
    assert len(found.npi) == 0


def test_of_several_entries_only_specialties_must_all_be_known() -> None:
    assert matched(Filter(states=("IA", "ZZ"))) == "CA"


def test_a_filter_moves_no_percentile() -> None:
    alone = find(Filter(states=("IL",)), MARKET, RULES)

    assert (alone.npi.tolist(), alone.percentile.tolist()) == ([npi(1)], [100.0])  # 100 of 100 and 100
    inside = narrowed(assess(OVER(MARKET.claims, None), AssessRules((CORONARY,))), np.array([False, True, False]))
    assert inside.percentile.tolist() == [0, 50, 0]
    assert inside.gate.tolist() == [Gate.FILTER, Gate.OPEN, Gate.FILTER]


def test_the_list_is_in_the_order_of_the_plan() -> None:
    told = claims(
        *((at, "92928", volume) for at, volume in enumerate((40, 90, 40, 200, 300))), specialties=list("cccoo")
    )

    found = find(Filter(), Market(told, over=OVER), AssessRules((CORONARY,)))

    assert found.npi.tolist() == [npi(4), npi(1), npi(0), npi(2), npi(3)]  # percentile, then volume, then NPI
    assert found.percentile.tolist() == pytest.approx([100, 100, 200 / 3, 200 / 3, 50])


def test_whom_the_plan_leaves_out_for_another_reason_is_found_and_told() -> None:
    rules = replace(RULES, specialties=("Cardiology",))

    found = find(Filter(states=("IA",)), MARKET, rules)

    assert found.left_out.tolist() == ["Orthopedic Surgery is not targeted", ""]
    assert found.percentile.tolist() == [100, 100]


def test_the_specialty_gate_stands_before_the_filter_and_the_filter_before_the_rest() -> None:
    rules = AssessRules((CORONARY,), specialties=("Cardiology",), volume_floor=50)

    found = narrowed(assess(OVER(MARKET.claims, None), rules), np.array([False, False, False]))

    assert found.gate.tolist() == [Gate.FILTER, Gate.FILTER, Gate.SPECIALTY]
