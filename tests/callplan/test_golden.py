"""Numbers that were computed once from public files, independently of this code, and that it reproduces."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from callplan.model import npi_is_valid
from callplan.tiers import cut
from tests.conftest import SHARED

FAMILIES = {
    "cardiology": ("Cardiology", "Interventional Cardiology", "Clinical Cardiac Electrophysiology"),
    "orthopaedic": ("Orthopedic Surgery",),
    "vascular": ("Vascular Surgery",),
}
# Family, band: share of all accounts that enter or leave Tier A a year, and next year's value held, both in percent.
GOLDEN = {
    ("cardiology", 0.0): (6.7, 96.0),
    ("cardiology", 0.2): (4.4, 95.2),
    ("cardiology", 0.3): (3.7, 94.7),
    ("orthopaedic", 0.0): (8.7, 96.5),
    ("orthopaedic", 0.1): (6.6, 96.4),
    ("orthopaedic", 0.2): (5.1, 96.0),
    ("orthopaedic", 0.3): (4.3, 95.5),
    ("vascular", 0.0): (8.6, 92.8),
    ("vascular", 0.1): (6.8, 92.6),
    ("vascular", 0.2): (5.8, 91.9),
    ("vascular", 0.3): (4.7, 91.0),
}


@pytest.fixture(scope="module")
def years() -> dict[str, np.ndarray]:
    """Payments by family: accounts down, the years 2014 to 2023 across; a missing year is 0."""
    folder = SHARED / "medicare"
    if not folder.exists():
        pytest.skip("the real public files are not here (../shared/data)")
    people = [row for row in rows(folder / "providers.csv.gz") if row["entity_type"] in ("Individual", "I")]
    specialty = {row["npi"]: row["specialty"] for row in people}
    paid = {npi: np.zeros(10) for npi in sorted(specialty)}
    for row in rows(folder / "provider_year.csv.gz"):
        if row["npi"] in paid:
            paid[row["npi"]][int(row["year"]) - 2014] = float(row["total_payments"] or 0)
    return {
        name: np.array([value for npi, value in paid.items() if specialty[npi] in of]) for name, of in FAMILIES.items()
    }


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


@pytest.mark.parametrize(("family", "band"), GOLDEN)
def test_the_band_calms_tier_a_and_costs_hardly_any_value(
    years: dict[str, np.ndarray], family: str, band: float
) -> None:
    value = years[family]
    k = round(0.2 * len(value))
    inside, changes, captured = np.zeros(len(value), dtype=np.bool_), [], []
    for year in range(10):
        rank = np.argsort(np.argsort(-value[:, year], kind="stable"))
        now = rank < k if year == 0 else cut(rank, inside, k, band)
        if 0 < year < 9:  # the lists that have both a list before them and a year after them
            changes.append(100 * np.mean(now != inside))
            following = value[:, year + 1]
            captured.append(100 * following[now].sum() / np.sort(following)[::-1][: now.sum()].sum())
        inside = now

    assert (np.mean(changes), np.mean(captured)) == pytest.approx(GOLDEN[family, band], abs=0.06)


@pytest.mark.parametrize(
    ("npi", "valid"),
    [("1234567893", True), ("1234567890", False), ("123456789", False), ("１２３４５６７８９３", False)],
)
def test_the_check_digit_is_that_of_the_published_example(npi: str, valid: bool) -> None:
    assert npi_is_valid(npi) is valid
