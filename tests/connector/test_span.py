"""Of what sort and over how many months the counts of a vintage are."""

from __future__ import annotations

from pathlib import Path

import pytest

from callplan.model import Span
from tests.connector.samples import ADEYEMI, BRANDT, claims, line, lines, written

SERVICES = ("Rndrng_NPI", "HCPCS_Cd", "Tot_Benes", "Tot_Srvcs")
OWN = {"npi": "NPI", "code": "CPT", "volume": "Procedures"}


@pytest.mark.parametrize(
    ("names", "months", "last"),
    [
        (["MUP_PHY_R26_P05_V10_D24_Prov_Svc.csv"], 12, "2024-12"),
        (["MUP_PHY_R25_P05_V20_D23_Prov_Svc.csv", "MUP_PHY_R26_P05_V10_D24_Prov_Svc.csv"], 24, "2024-12"),
        (["claims.csv"], 12, ""),
    ],
)
def test_the_names_of_files_by_the_year_tell_which_years_they_are(
    names: list[str], months: int, last: str, tmp_path: Path
) -> None:
    files = [written(tmp_path / name, SERVICES, (ADEYEMI, "33249", 20, 40)) for name in names]

    assert claims(*files).claims.span == Span(("cms_provider_service",), months, last)


def test_a_file_of_your_own_counts_the_years_that_the_config_says(tmp_path: Path) -> None:
    own = written(tmp_path / "own.csv", ("NPI", "CPT", "Procedures"), (BRANDT, "33249", 90))

    assert claims(own, columns=OWN, years=3).claims.span == Span(("columns",), 36, "")


@pytest.mark.parametrize(
    ("days", "months", "last"),
    [(("05-Jan-2026", "18-Jul-2026"), 7, "2026-07"), (("05-Jan-2025", "18-Jul-2026"), 12, "2026-07")],
)
def test_claim_lines_cover_from_their_oldest_month_to_their_newest(
    days: tuple[str, ...], months: int, last: str, tmp_path: Path
) -> None:
    rows = [line(patient, f"{patient}-{day}", day=day) for day in days for patient in range(11)]

    assert claims(lines(tmp_path / "carrier.csv", *rows)).claims.span == Span(("rif_carrier",), months, last)
