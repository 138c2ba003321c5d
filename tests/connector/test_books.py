"""A targeting platform's Excel export, and a data team's Parquet file, are read as a CSV file would be."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from connector.errors import NeedsHuman
from tests.connector.samples import ADEYEMI, BRANDT, WRONG, claims, npi, workbook, written

HEADER = ("NPI Number", "Full Name", "CPT Code", "Procedures", "Postal Code")
COLUMNS = {"npi": "NPI Number", "name": "Full Name", "code": "CPT Code", "volume": "Procedures", "zip": "Postal Code"}
ROWS = ((int(ADEYEMI), "Ngozi Adeyemi", 92928, 40, 2134), (int(BRANDT), "Jürgen Brandt", "33249", 12.5, "50309-1234"))


def test_an_excel_export_is_read_by_its_columns_with_numbers_for_texts(tmp_path: Path) -> None:
    path = workbook(tmp_path / "export.xlsx", Providers=[HEADER, *ROWS])

    found = claims(path, columns=COLUMNS).claims

    assert found.npi.tolist() == [ADEYEMI, BRANDT]
    assert found.code.tolist() == ["92928", "33249"]
    assert found.volume.tolist() == [40, 12.5]
    assert found.zip.tolist() == ["02134", "50309"]
    assert found.name.tolist() == ["Ngozi Adeyemi", "Jürgen Brandt"]


def test_a_title_above_the_header_and_empty_rows_do_not_move_the_lines(tmp_path: Path) -> None:
    bad = (int(WRONG), "Nobody", 92928, 40, 2134)
    good = [(int(ADEYEMI), "Ngozi Adeyemi", f"9{n:04}", 40, 2134) for n in range(20)]
    path = workbook(tmp_path / "export.xlsx", Providers=[(), ("Your targets of Monday",), HEADER, *good, (), bad])

    intake = claims(path, columns=COLUMNS)

    assert [(one.line, one.reason[:10]) for one in intake.rejected] == [(25, WRONG)]


def test_of_several_sheets_the_config_names_one(tmp_path: Path) -> None:
    path = workbook(tmp_path / "export.xlsx", Providers=[HEADER, *ROWS], Zips=[("ZIP", "City"), (50309, "Des Moines")])

    with pytest.raises(NeedsHuman, match="holds 2 sheets with tables, not one: Providers, Zips"):
        claims(path, columns=COLUMNS)

    assert len(claims(path, columns=COLUMNS, sheet="Providers").claims.npi) == 2
    with pytest.raises(NeedsHuman, match=r'there is no sheet "Provider"\.\nSheets: Providers, Zips'):
        claims(path, columns=COLUMNS, sheet="Provider")


def test_a_sheet_with_notes_beside_the_table_s_sheet_is_no_second_table(tmp_path: Path) -> None:
    path = workbook(tmp_path / "export.xlsx", Notes=[("As of Monday",), ("All rights reserved",)], T=[HEADER, *ROWS])

    assert len(claims(path, columns=COLUMNS).claims.npi) == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"NPI,Name\n1,2\n"])
@pytest.mark.parametrize(("name", "form"), [("export.xlsx", "an Excel workbook"), ("export.parquet", "a Parquet file")])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, form: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(NeedsHuman, match=f"{name}: cannot be opened as {form}"):
        claims(tmp_path / name)


def parquet(path: Path, select: str) -> Path:
    duckdb.connect().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def test_parquet_is_read_with_its_numbers_and_dates(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "services.parquet",
        f"SELECT {ADEYEMI}::BIGINT AS npi, '92928' AS hcpcs, 40::DOUBLE AS services, DATE '2026-01-31' AS loaded "
        f"UNION ALL SELECT {BRANDT}, '33249', 12.5, NULL",
    )

    intake = claims(path)

    assert intake.files[0].layout == "provider_hcpcs"
    assert dict(zip(intake.claims.code.tolist(), intake.claims.volume.tolist(), strict=True)) == {
        "92928": 40,
        "33249": 12.5,
    }
    assert intake.files[0].unused == ("loaded",)


def test_parquet_and_csv_of_the_same_rows_are_the_same_claims(tmp_path: Path) -> None:
    rows = [(npi(n), "92928", n + 11) for n in range(25_000)]
    plain = written(tmp_path / "services.csv", ("npi", "hcpcs", "services"), *rows, (WRONG, "92928", 40))
    packed = parquet(tmp_path / "services.parquet", f"SELECT * FROM read_csv('{plain}', all_varchar=true)")

    first, second = claims(plain), claims(packed)

    assert first.claims.volume.tolist() == second.claims.volume.tolist()
    assert first.rejected[0].line == second.rejected[0].line == 25_002
