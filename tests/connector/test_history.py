"""Files of past periods: years and months, lists beside them, every way of being broken."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from connector.errors import NeedsHuman
from connector.intake.history import History, read_history
from connector.intake.periods import name_of, period_of

ADEYEMI, BRANDT, CASTILLO, WRONG = "2000000010", "2000000028", "2000000036", "2000000011"
YEARS = [f"{ADEYEMI},2021,10", f"{ADEYEMI},2022,20", f"{ADEYEMI},2023,30", f"{BRANDT},2022,5"]


def written(folder: Path, header: str, *rows: str, name: str = "years.csv") -> str:
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]))
    return str(path)


def read(*files: str, value: str = "total_payments") -> History:
    return read_history(files, value, log=lambda *_, **__: None)


def values(history: History) -> dict[str, list[float]]:
    return dict(zip(history.npi.tolist(), history.value.tolist(), strict=True))


# What is right


def test_a_year_without_a_row_counts_0(tmp_path: Path) -> None:
    history = read(written(tmp_path, "npi,year,total_payments", *YEARS, f"{BRANDT},2023,"))

    assert values(history) == {ADEYEMI: [10, 20, 30], BRANDT: [0, 5, 0]}
    assert history.periods == ("2021", "2022", "2023")


def test_a_file_of_one_year_from_cms_has_its_year_said_before_it(tmp_path: Path) -> None:
    now = "Rndrng_NPI,Rndrng_Prvdr_Ent_Cd,Rndrng_Prvdr_Type,Tot_Mdcr_Pymt_Amt"
    then = "npi,nppes_entity_code,provider_type,total_medicare_payment_amt"
    first = written(tmp_path, then, f"{ADEYEMI},I,Cardiology,10", f"{BRANDT},O,Hospital,9", name="then.csv")
    rest = [written(tmp_path, now, f'{ADEYEMI},I,Electrophysiology,"{y},000"', name=f"{y}.csv") for y in (22, 23)]

    history = read(f"2021={first}", f"2022={rest[0]}", f"2023={rest[1]}")

    assert values(history) == {ADEYEMI: [10, 22_000, 23_000]}
    assert history.specialty.tolist() == ["Electrophysiology"]  # the newest
    assert history.left_out == 1


def test_a_list_beside_the_years_says_who_is_an_individual_of_which_specialty(tmp_path: Path) -> None:
    listed = written(
        tmp_path,
        "NPI,Specialty,Entity Type,Total Payments",
        f"{ADEYEMI},Cardiology,Individual,999",
        f"{BRANDT},Cardiology,Organization,999",
        f"{CASTILLO},Cardiology,Individual,999",
        name="list.csv",
    )
    years = Path(written(tmp_path, "npi,year,total_payments", *YEARS))
    packed = tmp_path / "years.csv.gz"
    packed.write_bytes(gzip.compress(years.read_bytes()))

    history = read(listed, str(packed))

    assert values(history) == {ADEYEMI: [10, 20, 30]}  # Brandt is none, Castillo was never paid
    assert history.specialty.tolist() == ["Cardiology"]


def test_providers_stand_in_the_order_of_their_npis_however_the_rows_do(tmp_path: Path) -> None:
    history = read(written(tmp_path, "npi,year,total_payments", *YEARS[::-1]))

    assert history.npi.tolist() == [ADEYEMI, BRANDT]
    assert history.value.tolist() == [[10, 20, 30], [0, 5, 0]]


def test_another_column_can_be_the_value(tmp_path: Path) -> None:
    file = written(
        tmp_path, "npi,year,total_payments,Joints Done", *[f"{ADEYEMI},{y},1,{y}" for y in (2021, 2022, 2023)]
    )

    assert values(read(file, value="joints done")) == {ADEYEMI: [2021, 2022, 2023]}


@pytest.mark.parametrize(
    ("cell", "name", "a_year"),
    [
        ("2023", "2023", 1),
        ("2023-11", "2023-11", 12),
        ("202311", "2023-11", 12),
        ("2023-11-30", "2023-11", 12),
        ("2023Q4", "2023-Q4", 4),
        ("2023-q4", "2023-Q4", 4),
    ],
)
def test_years_quarters_and_months_are_read_as_people_write_them(cell: str, name: str, a_year: int) -> None:
    period = period_of(cell)

    assert period is not None
    assert (name_of(period), period[0]) == (name, a_year)


@pytest.mark.parametrize("cell", ["", "23", "2023-13", "2023-00", "2023Q5", "11/2023", "٢٠٢٣", "2023 "])
def test_what_is_no_period_is_not_taken_for_one(cell: str) -> None:
    assert period_of(cell) is None


def test_december_is_followed_by_january(tmp_path: Path) -> None:
    file = written(
        tmp_path, "npi,month,total_payments", *[f"{ADEYEMI},{m},1" for m in ("2022-12", "2023-01", "2022-11")]
    )

    assert read(file).periods == ("2022-11", "2022-12", "2023-01")


def test_a_bad_row_is_rejected_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    many = [f"{ADEYEMI},{year},1" for year in range(1980, 2020)]
    bad = [f"{WRONG},2001,1", f"{ADEYEMI},2001,7", f"{BRANDT},2001,-1"]

    history = read(written(tmp_path, "npi,year,total_payments", *many, *bad))

    assert [(r.line, r.reason.split(":")[0]) for r in history.rejected] == [
        (42, f"{WRONG} is not an NPI"),
        (43, f"{ADEYEMI} stands in 2001 a second time"),
        (44, '"-1" is not an amount of 0 or more'),
    ]
    assert values(history) == {ADEYEMI: [1.0] * 40}


# What is wrong


def test_a_row_with_too_few_cells_is_rejected_and_not_a_bug(tmp_path: Path) -> None:
    more = [f"{BRANDT},{year},5" for year in range(2011, 2022)]

    history = read(written(tmp_path, "npi,year,total_payments", *more, BRANDT, *YEARS))

    assert [(row.line, row.reason) for row in history.rejected] == [(13, "it has 1 cells under 3 columns")]


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        (
            "npi,year,total_payment",
            YEARS,
            ':1: the column "total_payments" is missing. The nearest is "total_payment".',
        ),
        ("provider,year,total_payments", YEARS, ':1: the column "npi" is missing.'),
        ("npi,yr,total_payments", YEARS, ':1: the column "year" is missing. The nearest is "yr".'),
        ("npi,specialty,total_payments", YEARS, "No file says of which period its rows are."),
        ("patient_id,npi,year,total_payments", YEARS, ':1: the column "patient_id" speaks of patients.'),
        ("npi,year,total_payments", YEARS[:2], "There are values for 2021 and 2022 only."),
        ("npi,year,total_payments", [*YEARS, f"{BRANDT},2025,1"], "2024 is missing between 2023 and 2025."),
        ("npi,period,total_payments", [*YEARS, f"{BRANDT},2023-02,1"], "2021 and 2023-02 are periods of two lengths."),
        ("npi,year,total_payments", [*YEARS, f"{BRANDT},last,1"], ':6: "last" is not a period: 2023, 2023-Q4'),
        ("npi,year,total_payments", [*YEARS, f"{BRANDT},2021,many"], ':6: "many" is not an amount of 0 or more'),
        ("npi,year,total_payments", [YEARS[0], *YEARS], f":3: {ADEYEMI} stands in 2021 a second time"),
        ("npi,year,total_payments", [*YEARS, f"{BRANDT},20"], ":6: the file ends in the middle of a row."),
        ("npi,year,total_payments", [], "holds a header and no rows."),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_with_line_and_next_step(
    tmp_path: Path, header: str, rows: list[str], said: str
) -> None:
    with pytest.raises(NeedsHuman) as refused:
        read(written(tmp_path, header, *rows))

    assert said in refused.value.what
    assert refused.value.next_step


def test_a_file_that_is_not_there_is_said_by_name() -> None:
    with pytest.raises(NeedsHuman, match=r"nowhere\.csv: there is no such file"):
        read("2021=nowhere.csv")
