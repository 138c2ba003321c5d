"""Registry, affiliations and payments as columns: the real files, and made-up ones of the layouts that they lack."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import numpy as np
import pytest

from connector.errors import NeedsHuman
from connector.intake import read_registries
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, registries, silent, source, written

# Doctors and Clinicians, Facility Affiliation

CLINICIANS = (
    *("NPI", "Ind_PAC_ID", "Ind_enrl_ID", "Provider Last Name", "Facility Name", "org_pac_id", "num_org_mem"),
    *("adr_ln_1", "City/Town", "State", "ZIP Code", "adrs_id\t"),
)


def clinician(provider: str, group: str, size: object, street: str, zip_code: str) -> tuple[object, ...]:
    return (provider, "1", "I1", "X", f"{group} group", group, size, street, "Portland", "ME", zip_code, f"{street}ID")


def test_clinicians_have_their_practice_its_size_and_their_address(tmp_path: Path) -> None:
    rows = [
        clinician(ADEYEMI, "42", 120, "22 Bramhall St", "41023134"),
        clinician(ADEYEMI, "42", 120, "1 Main St", "4401"),
        clinician(BRANDT, "42", 120, "22 Bramhall St", "041023134"),
        clinician(CASTILLO, "", "", "9 Oak St", "04416"),
    ]

    found = registries(written(tmp_path / "DAC_NationalDownloadableFile.csv", CLINICIANS, *rows)).affiliations

    assert found.npi.tolist() == [ADEYEMI, ADEYEMI, BRANDT, CASTILLO]
    assert found.zip[found.address].tolist() == ["04102", "04401", "04102", "04416"]
    assert found.organisation_id[found.organisation].tolist() == ["42", "42", "42", ""]
    assert found.size[found.organisation].tolist()[:3] == [120, 120, 120]
    assert np.isnan(found.size[found.organisation[3]])
    assert (len(found.street), len(found.organisation_id)) == (3, 2)


def test_facilities_stand_beside_practices(tmp_path: Path) -> None:
    numbers = ("Facility Affiliations Certification Number", "Facility Type Certification Number")
    header = ("NPI", "Ind_PAC_ID", "Provider Last Name", "suff", "facility_type", *numbers)
    rows = [(ADEYEMI, "1", "X", "", "Hospital", "200009", ""), (BRANDT, "2", "X", "", "Nursing home", "205001", "")]
    practices = written(
        tmp_path / "clinicians.csv", CLINICIANS, clinician(ADEYEMI, "42", 120, "22 Bramhall St", "04102")
    )

    found = registries(practices, written(tmp_path / "Facility_Affiliation.csv", header, *rows)).affiliations

    named = zip(
        found.npi.tolist(), found.sort[found.organisation], found.organisation_id[found.organisation], strict=True
    )
    assert list(named) == [
        (ADEYEMI, "practice", "42"),
        (ADEYEMI, "Hospital", "200009"),
        (BRANDT, "Nursing home", "205001"),
    ]


def test_the_real_2021_file_names_hospitals_and_its_zips_have_five_digits(shared_data: Path) -> None:
    found = registries(shared_data / "dac/clinicians_2021_layout.csv").affiliations

    first = found.npi == "1215911011"
    assert found.organisation_id[found.organisation[first]].tolist() == ["", "100018", "100286"]
    assert {len(zip_code) for zip_code in found.zip.tolist()} == {0, 5}
    assert found.zip[found.address[found.street[found.address] != ""]].tolist().count("34108") >= 1


def test_the_lost_zeros_of_maine_are_put_back(shared_data: Path) -> None:
    found = registries(shared_data / "dac/maine_clinicians.csv").affiliations

    assert found.zip[found.address[found.npi == "1003005174"]].tolist() == ["04102"]
    elsewhere = [zip_code for zip_code in found.zip.tolist() if zip_code[:2] not in ("03", "04")]
    assert elsewhere == ["55108", "55110"]  # the file itself says that these are in Minnesota


# The NPI registry

TAXONOMY, SWITCH = "Healthcare Provider Taxonomy Code", "Healthcare Provider Primary Taxonomy Switch"
NPPES = (
    *("NPI", "Entity Type Code", "Employer Identification Number (EIN)", "Provider Last Name (Legal Name)"),
    "Provider Business Practice Location Address State Name",
    "Provider Business Practice Location Address Postal Code",
    *("Provider Enumeration Date", "NPI Deactivation Date", "NPI Reactivation Date"),
    *(name for n in range(1, 16) for name in (f"{TAXONOMY}_{n}", f"{SWITCH}_{n}")),
)


def enumerated(
    provider: str,
    *taxonomies: tuple[str, str],
    entity: str = "1",
    off: str = "",
    on: str = "",
    zip_code: str = "503091234",
) -> tuple[str, ...]:
    given = [cell for pair in taxonomies for cell in pair]
    return (provider, entity, "", "X", "IA", zip_code, "05/23/2005", off, on, *given, *[""] * (30 - len(given)))


def gone(provider: str, on: str) -> tuple[str, ...]:
    """As NPPES leaves it."""
    return (provider, *[""] * 6, on, *[""] * 31)


def test_the_primary_taxonomy_is_the_one_whose_switch_says_so(tmp_path: Path) -> None:
    rows = [
        enumerated(ADEYEMI, ("207R00000X", "N"), ("207RC0000X", "Y")),
        enumerated(BRANDT, ("207X00000X", "N"), ("208600000X", "N"), entity="2"),
        enumerated(CASTILLO),
    ]

    found = registries(written(tmp_path / "npidata_pfile_20261109-20261115.csv", NPPES, *rows)).registry

    assert found.taxonomy.tolist() == ["207RC0000X", "207X00000X", ""]
    assert found.entity.tolist() == [1, 2, 1]
    assert found.zip.tolist() == ["50309"] * 3
    assert str(found.enumerated[0]) == "2005-05-23"
    assert np.isnat(found.deactivated).all()


def test_a_week_replaces_what_the_month_said_of_those_that_changed(tmp_path: Path) -> None:
    month = written(
        tmp_path / "npidata_pfile_20050523-20261108.csv",
        NPPES,
        *(enumerated(one, ("207R00000X", "Y")) for one in (ADEYEMI, BRANDT, CASTILLO)),
    )
    week = written(
        tmp_path / "npidata_pfile_20261109-20261115.csv",
        NPPES,
        gone(ADEYEMI, "11/10/2026"),
        enumerated(BRANDT, ("207R00000X", "Y"), off="01/02/2020", on="03/04/2021"),
    )

    found = registries(month, week).registry

    assert found.npi.tolist() == [ADEYEMI, BRANDT, CASTILLO]
    assert [str(day) for day in found.deactivated] == ["2026-11-10", "NaT", "NaT"]
    assert found.entity.tolist() == [0, 1, 1]


def test_of_millions_only_the_rows_of_our_accounts_are_kept(tmp_path: Path) -> None:
    nppes = written(tmp_path / "npidata.csv", NPPES, enumerated(ADEYEMI), enumerated(BRANDT))
    group = clinician(BRANDT, "42", 120, "22 Bramhall St", "04102")
    practices = written(
        tmp_path / "clinicians.csv", CLINICIANS, clinician(ADEYEMI, "7", 3, "1 Main St", "04401"), group
    )

    found = read_registries([source(nppes), source(practices)], base=tmp_path, log=silent, only={BRANDT, CASTILLO})

    assert (found.registry.npi.tolist(), found.affiliations.npi.tolist()) == ([BRANDT], [BRANDT])
    assert found.affiliations.organisation_id.tolist() == ["42"]
    assert [file.used for file in found.files] == [2, 2]
    assert found.knows == {"registry", "practices"}


def test_a_missing_week_stops_the_reading(tmp_path: Path) -> None:
    spans = ("20050523-20261108", "20261109-20261115", "20261123-20261129")
    files = [written(tmp_path / f"npidata_pfile_{span}.csv", NPPES, enumerated(ADEYEMI)) for span in spans]

    with pytest.raises(NeedsHuman, match=r"changes from 2026-11-16 to 2026-11-22 are missing before this file"):
        registries(*files)

    assert len(registries(*files[:2]).registry.npi) == 1


def test_of_the_tables_in_an_archive_that_of_providers_is_read(tmp_path: Path) -> None:
    inside = "npidata_pfile_20261109-20261115.csv"
    week = written(tmp_path / inside, NPPES, enumerated(ADEYEMI), enumerated(BRANDT))
    archive = tmp_path / "NPPES_Data_Dissemination_110926_111526_Weekly.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(week, inside)
        for other in ("npidata_pfile_20261109-20261115_fileheader.csv", "pl_pfile_20261109-20261115.csv"):
            file.writestr(other, "NPI,Entity Type Code\n")

    assert registries(archive).registry.npi.tolist() == [ADEYEMI, BRANDT]


def test_the_header_of_the_whole_registry_is_known(shared_data: Path, tmp_path: Path) -> None:
    header = (shared_data / "nppes/nppes_columns_329.txt").read_text().split()
    row = {"npi": ADEYEMI, "entity_type_code": "1", "npi_deactivation_date": "11/10/2026"}
    row |= {"healthcare_provider_taxonomy_code_15": "207RC0000X", "healthcare_provider_primary_taxonomy_switch_15": "Y"}

    found = registries(written(tmp_path / "npidata.csv", header, [row.get(name, "") for name in header])).registry

    assert len(header) == 329
    assert found.taxonomy.tolist() == ["207RC0000X"]
    assert str(found.deactivated[0]) == "2026-11-10"


def test_the_real_registry_rows_that_were_deactivated_are_blank(shared_data: Path) -> None:
    found = registries(shared_data / "nppes/npi_small.csv").registry

    assert [int((found.entity == entity).sum()) for entity in (1, 2, 0)] == [14_750, 3_408, 491]
    assert int((found.taxonomy == "").sum()) == 491


# Open Payments

MAKER = "Applicable_Manufacturer_or_Applicable_GPO_Making_Payment"
PAYMENTS = (
    *("Covered_Recipient_Type", "Covered_Recipient_Profile_ID", "Covered_Recipient_NPI", f"{MAKER}_ID"),
    *(f"{MAKER}_Name", "Total_Amount_of_Payment_USDollars", "Date_of_Payment"),
    *("Number_of_Payments_Included_in_Total_Amount", "Record_ID"),
)
PHYSICIAN, HOSPITAL = "Covered Recipient Physician", "Covered Recipient Teaching Hospital"


def test_payments_are_summed_by_clinician_and_maker(tmp_path: Path) -> None:
    rows = [
        (PHYSICIAN, "7", ADEYEMI, "100", "Acme", "10.10", "02/03/2025", 1, 1),
        (PHYSICIAN, "7", ADEYEMI, "100", "Acme Inc", "20.20", "01/15/2025", 2, 2),
        (PHYSICIAN, "7", ADEYEMI, "200", "Bolt", "5", "12/31/2025", 1, 3),
        ("Covered Recipient Non-Physician Practitioner", "8", "", "100", "Acme Inc", "1", "12/30/2025", 1, 4),
        (HOSPITAL, "", "", "100", "Acme Inc", "90000", "12/30/2025", 1, 5),
    ]

    whole = registries(written(tmp_path / "OP_DTL_GNRL_PGYR2025.csv", PAYMENTS, *rows))

    paid = whole.payments
    assert list(zip(paid.profile, paid.npi, paid.maker_id[paid.maker], paid.amount, paid.payments, strict=True)) == [
        ("7", ADEYEMI, "100", 30.30, 3),
        ("7", ADEYEMI, "200", 5.00, 1),
        ("8", "", "100", 1.00, 1),
    ]
    assert [str(day) for day in paid.last] == ["2025-02-03", "2025-12-31", "2025-12-30"]
    assert paid.maker_name.tolist() == ["Acme Inc", "Bolt"]
    assert whole.files[0].passed_over == 1


def test_what_is_paid_for_is_kept_by_year_and_apart_from_meals(tmp_path: Path) -> None:
    header = (*PAYMENTS, "Nature_of_Payment_or_Transfer_of_Value", "Physician_Ownership_Indicator", "Program_Year")
    first = (PHYSICIAN, "7", ADEYEMI, "100", "Acme")
    rows = [
        (*first, "10", "02/03/2025", 1, 1, "Food and Beverage", "No", 2025),
        (*first, "20", "02/04/2025", 1, 2, "Food and Beverage", "No", 2025),
        (*first, "3000", "02/04/2025", 1, 3, "Consulting Fee", "No", 2025),
        (*first, "4000", "01/02/2025", 1, 4, "Royalty or License", "No", 2024),
        (*first, "15", "03/04/2023", 1, 5, "Food and Beverage", "Yes", ""),
    ]

    paid = registries(written(tmp_path / "OP_DTL_GNRL_PGYR2025.csv", header, *rows)).payments

    assert list(zip(paid.year.tolist(), paid.meals.tolist(), paid.amount.tolist(), strict=True)) == [
        (2023, False, 15),
        (2024, False, 4000),
        (2025, False, 3000),
        (2025, True, 30),
    ]


def test_of_payments_to_others_only_the_program_year_and_a_missing_npi_are_kept(tmp_path: Path) -> None:
    """Which years are the last three is not decided by whom we have as accounts."""
    rows = [
        (PHYSICIAN, "7", ADEYEMI, "100", "Acme", "3000", "02/03/2022", 1, 1),
        (PHYSICIAN, "8", BRANDT, "100", "Acme", "3000", "02/03/2025", 1, 2),
        (PHYSICIAN, "9", "", "100", "Acme", "3000", "02/03/2019", 1, 3),
    ]
    path = written(tmp_path / "OP_DTL_GNRL_PGYR2025.csv", PAYMENTS, *rows)

    paid = read_registries([source(path)], base=tmp_path, log=silent, only={ADEYEMI}).payments

    assert paid.npi.tolist() == [ADEYEMI]
    assert (paid.newest, paid.nameless) == (2025, 1)


def test_the_real_payments_add_up_without_an_npi(shared_data: Path) -> None:
    path = shared_data / "openpayments/general_2016_2019_excerpt.csv"
    with path.open(encoding="utf-8", newline="") as file:
        cents = sum(round(float(row["Total_Amount_of_Payment_USDollars"]) * 100) for row in csv.DictReader(file))

    paid = registries(path).payments

    assert round(float(paid.amount.sum()) * 100) == cents
    assert set(paid.npi.tolist()) == {""}
    assert str(paid.last.max())[:4] == "2019"
    assert set(paid.year.tolist()) == {2016, 2017, 2018, 2019}
    assert 0 < int(paid.meals.sum()) < len(paid.meals)
