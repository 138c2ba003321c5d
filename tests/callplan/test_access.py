"""Who is closed on a day; who was paid by a competitor for more than meals, year after year; and how that is said."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from callplan.access import closed_on, relationships
from callplan.model import Closure, CompetitorRules, Npi, Payments

ACME = CompetitorRules(("Acme, Inc.",))


def paid(*rows: tuple[str, str, int, bool], profile: str = "") -> Payments:
    """Rows of NPI, maker, year and whether it was for meals; one profile each, the NPI's unless it is told."""
    makers = sorted({row[1] for row in rows})
    return Payments(
        profile=np.array([profile or row[0] for row in rows], dtype=np.str_),
        npi=np.array([row[0] for row in rows], dtype=np.str_),
        maker=np.array([makers.index(row[1]) for row in rows], dtype=np.int64),
        year=np.array([row[2] for row in rows], dtype=np.int64),
        meals=np.array([row[3] for row in rows], dtype=np.bool_),
        amount=np.full(len(rows), 3000.0),
        payments=np.ones(len(rows), dtype=np.int64),
        last=np.array([f"{row[2]}-06-01" for row in rows], dtype="datetime64[D]"),
        maker_id=np.array([f"id {maker}" for maker in makers], dtype=np.str_),
        maker_name=np.array(makers, dtype=np.str_),
        newest=max((row[2] for row in rows), default=0),
    )


def test_two_of_the_last_three_years_make_a_relationship_and_it_is_said_neutrally() -> None:
    found = relationships(paid(("1", "ACME INC", 2022, False), ("1", "ACME INC", 2023, False)), ACME)

    assert found.told == {"1": "reported payments from ACME INC in 2022 and 2023"}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([("1", "Acme Inc", 2023, False)], "one year only"),
        ([("1", "Acme Inc", 2022, True), ("1", "Acme Inc", 2023, True)], "meals alone"),
        ([("1", "Acme Inc", 2022, True), ("1", "Acme Inc", 2023, False)], "a year of meals is none"),
        ([("1", "Bolt", 2022, False), ("1", "Bolt", 2023, False)], "a maker that is not listed"),
        ([("1", "Acme Inc", 2020, False), ("1", "Acme Inc", 2021, False), ("2", "Bolt", 2023, True)], "too long ago"),
        ([], "no payments on file"),
    ],
)
def test_less_than_that_makes_none(rows: list[tuple[str, str, int, bool]], why: str) -> None:
    assert relationships(paid(*rows), ACME).told == {}, why


def test_a_maker_may_be_named_by_its_id_and_several_are_told_one_after_the_other() -> None:
    years = [(maker, year) for maker in ("Acme", "Bolt") for year in (2021, 2022, 2023)]

    found = relationships(paid(*(("1", m, y, False) for m, y in years)), CompetitorRules(("id Acme", "Bolt", "Cord")))

    one, other = found.told[Npi("1")].split("; ")
    assert one == "reported payments from Acme in 2021, 2022 and 2023"
    assert other.startswith("reported payments from Bolt in")
    assert found.unknown == ("Cord",)


def test_payments_without_an_npi_are_matched_to_nobody() -> None:
    rows = [("", "Acme Inc", 2018, False), ("", "Acme Inc", 2019, False)]

    assert relationships(paid(*rows, profile="7"), ACME).told == {}


def test_of_several_closures_the_one_that_lasts_longest_is_told() -> None:
    npi, today = Npi("1"), date(2026, 11, 23)
    short, long = Closure(npi, "credentialing", until=today), Closure(npi, "contract", until=date(2027, 6, 30))

    assert closed_on((short, long), today) == closed_on((long, short), today) == {npi: "contract, until 30 Jun 2027"}
    assert closed_on((Closure(npi, "opted out"), long), today) == {npi: "opted out"}
