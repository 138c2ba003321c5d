"""Each layout is known by its header: the real files with the rows that they have, and made-up ones of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config import ClaimsSource
from connector.errors import NeedsHuman
from connector.intake.catalogue import LAYOUTS
from connector.intake.detect import layout_of
from connector.intake.layouts import LONGEST_RUN, Layout
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, claims, look, npi, registries, written

# file, layout, rows, of these used; as the README of the shared data counts them
REAL = {
    "claims/rif_carrier_synthetic.csv": ("rif_carrier", 221, 0),
    "dac/clinicians_2021_layout.csv": ("clinicians_2021", 386, 386),
    "dac/maine_clinicians.csv": ("clinicians_short", 6_090, 3_516),
    "demo/fl_device_specialties_accounts.csv.gz": ("provider_list", 848, 848),
    "demo/fl_device_specialties_hcpcs10y.csv.gz": ("provider_hcpcs", 16_922, 16_922),
    "demo/fl_device_specialties_year.csv.gz": ("provider_year", 8_360, 8_360),
    "medicare/partb_2012_excerpt.csv.gz": ("cms_provider_service_2012", 17_028, 17_028),
    "medicare/providers.csv.gz": ("provider_list", 30_712, 30_712),
    "nppes/npi_small.csv": ("nppes_short", 18_649, 18_649),
    "openpayments/general_2016_2019_excerpt.csv": ("open_payments_2020", 1_137, 1_137),
}


@pytest.mark.parametrize("name", REAL)
def test_each_real_file_is_known_and_read_whole(shared_data: Path, name: str) -> None:
    found = look(shared_data / name).file

    assert (found.layout, found.rows, found.used) == REAL[name]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_the_header_of_a_layout_is_taken_for_it_and_no_other(layout: Layout) -> None:
    header = [theirs.replace("#", str(n + 1)) for theirs in layout.columns.values() for n in range(LONGEST_RUN)]
    header = list(dict.fromkeys(header))

    assert layout_of(ClaimsSource(path="x"), header, "x") is layout
    assert layout_of(ClaimsSource(path="x"), [f" {name.upper()}\t" for name in header], "x") is layout


# What is withheld, and what stands in the wrong list


def test_a_withheld_count_is_absent_and_not_zero(tmp_path: Path) -> None:
    header = ("Rndrng_NPI", "HCPCS_Cd", "Place_Of_Srvc", "Tot_Benes", "Tot_Srvcs")
    rows = [(ADEYEMI, "92928", "F", 11, 40), (BRANDT, "92928", "F", 10, 40), (CASTILLO, "92928", "F", "*", "*")]
    rows += [(npi(1), "92928", "F", "", "<11"), (npi(2), "92928", "F", "", "#")]

    intake = claims(written(tmp_path / "claims.csv", header, *rows))

    assert intake.claims.npi.tolist() == [ADEYEMI]
    assert (intake.files[0].passed_over, intake.files[0].rejected) == (4, 0)


def test_a_file_in_the_wrong_list_is_refused_with_the_right_one(tmp_path: Path) -> None:
    registry = written(tmp_path / "npidata.csv", ("NPI", "Entity_Type_Code", "Taxonomy_Code"), (ADEYEMI, "1", ""))
    counts = written(tmp_path / "claims.csv", ("npi", "hcpcs", "services"), (ADEYEMI, "92928", 40))

    with pytest.raises(NeedsHuman, match=r"npidata\.csv: is no file of claims: its header is that of nppes_short"):
        claims(registry)
    with pytest.raises(NeedsHuman, match=r"claims\.csv: holds claims: its header is that of provider_hcpcs"):
        registries(counts)


def test_an_unknown_header_is_told_how_to_name_its_columns(tmp_path: Path) -> None:
    path = written(tmp_path / "export.csv", ("NPI Number", "CPT Code", "Procedures"), (ADEYEMI, "92928", 40))

    with pytest.raises(NeedsHuman) as refused:
        claims(path)

    assert 'perhaps {npi: "NPI Number", code: "CPT Code", volume: "Procedures"}' in str(refused.value)
    assert len(claims(path, columns={"npi": "npi number", "code": "CPT Code", "volume": "Procedures"}).claims.npi) == 1
