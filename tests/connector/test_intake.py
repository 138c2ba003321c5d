"""Claims files: every layout, every way of being broken, and counts that are neither lost nor doubled."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.config import ClaimsSource
from connector.errors import NeedsHuman
from connector.intake import Intake, read_claims

ADEYEMI, BRANDT, WRONG = "2000000010", "2000000028", "2000000011"
HEADER = "Rndrng_NPI,Rndrng_Prvdr_Last_Org_Name,Rndrng_Prvdr_First_Name,Rndrng_Prvdr_City,Rndrng_Prvdr_State_Abrvtn,"
HEADER += "Rndrng_Prvdr_Zip5,Rndrng_Prvdr_Type,HCPCS_Cd,Place_Of_Srvc,Tot_Srvcs"


def row(
    npi: str = ADEYEMI, code: str = "92928", place: str = "F", services: str = "40", zip_code: str = "02134"
) -> str:
    return f"{npi},Adeyemi,Ngozi,Boston,MA,{zip_code},Cardiology,{code},{place},{services}"


def written(folder: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8", name: str = "claims.csv") -> Path:
    path = folder / name
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return path


def read(*paths: Path, **source: Any) -> Intake:
    sources = [ClaimsSource(path=str(path), **source) for path in paths]
    return read_claims(sources, base=Path("/"), log=lambda *_, **__: None)


def volumes(intake: Intake) -> dict[tuple[str, str], float]:
    claims = intake.claims
    return {
        (str(claims.npi[at]), str(code)): float(volume)
        for at, code, volume in zip(claims.provider, claims.code, claims.volume, strict=True)
    }


# What is right


def test_services_in_office_and_facility_are_summed_by_provider_and_code(tmp_path: Path) -> None:
    intake = read(written(tmp_path, row(place="F"), row(place="O", services="2.5"), row(BRANDT), row(code="93458")))

    assert volumes(intake) == {
        (ADEYEMI, "92928"): 42.5,
        (ADEYEMI, "93458"): 40,
        (BRANDT, "92928"): 40,
    }
    assert intake.claims.name[0] == "Ngozi Adeyemi"
    assert intake.files[0].layout == "cms_provider_service"


@pytest.mark.parametrize(("there", "kept"), [("02134", "02134"), ("2134", "02134"), ("021341234", "02134"), ("", "")])
def test_a_zip_gets_its_lost_zero_back(tmp_path: Path, there: str, kept: str) -> None:
    assert read(written(tmp_path, row(zip_code=there))).claims.zip[0] == kept


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_survive_every_encoding_that_cms_and_excel_write(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, row().replace("Adeyemi", "Núñez"), encoding=encoding)

    assert read(path).claims.name[0] == "Ngozi Núñez"


def test_a_windows_byte_in_the_last_line_does_not_spoil_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path, *[row(code=f"9{at:04d}") for at in range(9000)])
    path.write_bytes(path.read_bytes() + row(BRANDT).replace("Adeyemi", "Núñez").encode("cp1252") + b"\n")

    assert read(path).claims.name.tolist() == ["Ngozi Adeyemi", "Ngozi Núñez"]


@pytest.mark.parametrize("separator", ["\t", "|", ";"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    path = written(tmp_path, row().replace(",", separator), header=HEADER.replace(",", separator))

    assert volumes(read(path)) == {(ADEYEMI, "92928"): 40}


def test_packed_files_are_read_as_they_come(tmp_path: Path) -> None:
    plain = written(tmp_path, row())
    packed, archive = tmp_path / "claims.csv.gz", tmp_path / "claims.zip"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with zipfile.ZipFile(archive, "w") as file:
        file.write(plain, "inside.csv")

    assert volumes(read(packed)) == volumes(read(archive)) == volumes(read(plain))


def test_a_platform_s_export_is_read_by_its_own_columns(tmp_path: Path) -> None:
    path = written(tmp_path, f"{ADEYEMI},92928,17,Dr. Adeyemi", header="NPI,CPT Code,Procedures,Provider")

    intake = read(path, columns={"npi": "NPI", "code": "CPT Code", "volume": "Procedures", "name": "Provider"})

    assert volumes(intake) == {(ADEYEMI, "92928"): 17}
    assert intake.claims.name[0] == "Dr. Adeyemi"


def test_counts_over_several_years_become_a_year_s(tmp_path: Path) -> None:
    assert volumes(read(written(tmp_path, row(services="120")), years=10)) == {(ADEYEMI, "92928"): 12}


@given(st.lists(st.tuples(st.sampled_from([ADEYEMI, BRANDT]), st.sampled_from("FO"), st.integers(11, 9999))))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_service_is_lost_or_counted_twice(tmp_path: Path, cells: list[tuple[str, str, int]]) -> None:
    distinct = {(npi, place): services for npi, place, services in cells}
    if not distinct:
        return
    rows = [row(npi, place=place, services=str(services)) for (npi, place), services in distinct.items()]

    intake = read(written(tmp_path, *rows))

    assert sum(volumes(intake).values()) == sum(distinct.values())
    assert np.all(np.diff(intake.claims.provider) >= 0)


# What is wrong


def test_a_bad_row_is_rejected_with_line_and_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = [row(code=f"9{at:04d}") for at in range(40)]
    bad = [row(WRONG), row(code="928"), row(services="many"), good[0]]

    intake = read(written(tmp_path, *good, *bad))

    assert [(rejected.line, rejected.reason) for rejected in intake.rejected] == [
        (42, f"{WRONG} is not an NPI: ten digits with a right check digit"),
        (43, '"928" is not a procedure code: five characters'),
        (44, '"many" is not a count'),
        (45, "stands here a second time"),
    ]
    assert len(volumes(intake)) == 40


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"   \n \n", "the file is empty"),
        (b"just words\n", "this is no header of columns"),
        (HEADER.encode() + b"\n", "holds a header and no rows"),
        (f"{HEADER}\n{row()}\n{row()[:30]}".encode(), ":3: the file ends in the middle of a row"),
        (f"{HEADER}\n{row()}\n".encode() + b"\0\0", "holds NUL bytes"),
        (f"{HEADER.replace('Tot_Srvcs', 'Srvcs')}\n{row()}\n".encode(), ':1: the column "Tot_Srvcs" is missing'),
        (f"{HEADER}\n{row(WRONG)}\n".encode(), f":2: {WRONG} is not an NPI"),
        (f"npi,ref,hcpcs,services\n{ADEYEMI},1EG4-TE5-MK73,92928,4\n".encode(), '"ref" holds numbers of patients'),
        (f"npi,ref,hcpcs,services\n{ADEYEMI},1EG4TE5MK73,92928,4\n".encode(), "holds numbers of patients"),
        (f"npi,ref,hcpcs,services\n{ADEYEMI},078-05-1120,92928,4\n".encode(), "holds numbers of patients"),
        (f"npi,patient_dob,hcpcs,services\n{ADEYEMI},1950-01-01,92928,4\n".encode(), "speaks of patients"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_with_its_line(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "claims.csv"
    path.write_bytes(content)

    with pytest.raises(NeedsHuman) as caught:
        read(path)

    assert told in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["claims.csv.gz", "claims.zip"])
def test_a_packed_file_that_was_cut_off_is_refused(tmp_path: Path, name: str) -> None:
    packed = gzip.compress(written(tmp_path, *[row(code=f"9{at:04d}") for at in range(200)]).read_bytes())
    (tmp_path / name).write_bytes(packed[: len(packed) // 2])

    with pytest.raises(NeedsHuman, match="cut off or damaged"):
        read(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NeedsHuman, match=r"claims/nowhere\.csv: there is no such file"):
        read(tmp_path / "claims/nowhere.csv")


# The real ones


def test_the_real_florida_accounts_are_read_whole(shared_data: Path) -> None:
    folder = shared_data / "demo"

    intake = read(*(path for path in sorted(folder.iterdir()) if path.name.endswith(".csv.gz")))

    assert len(intake.claims.npi) == 848
    assert len(set(intake.claims.specialty.tolist())) == 11
    assert sum(file.rejected for file in intake.files) == 0
