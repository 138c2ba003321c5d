"""A log of visits comes in as it is: by any usual name of a column, and never a row lost without a word."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from connector.errors import NeedsHuman
from connector.host.log import silent
from connector.intake.visits import LogRead, holds, read_log

HEADER = "Account ID,Visit Date,Created_Date,Segment,Owner,Purpose,Note"


def log_of(
    folder: Path, *lines: str, more: tuple[str, ...] = (), named: dict[str, str | None] | None = None
) -> LogRead:
    path = folder / "log.csv"
    path.write_bytes("\n".join([*lines, ""]).encode("cp1252"))
    return read_log([path], named or {}, more, tell=silent)


def test_columns_are_found_whatever_their_case_and_spaces(tmp_path: Path) -> None:
    found = log_of(tmp_path, HEADER, "7,2026-03-02,2026-03-05,A,Kim,Visit,na\u00efve").log

    [row] = zip(found.account, found.day, found.created, found.tier, found.rep, found.kind, strict=True)
    assert [str(cell) for cell in row] == ["7", "2026-03-02", "2026-03-05", "A", "Kim", "Visit"]


@pytest.mark.parametrize(
    "written", ["2026-03-02", "2026-03-02T17:30:00Z", "3/2/2026", "03/02/2026 5:30 PM", "20260302", "02-Mar-2026"]
)
def test_a_day_is_read_however_it_is_written(tmp_path: Path, written: str) -> None:
    found = log_of(tmp_path, "npi,date", f"2000000010,{written}").log

    assert str(found.day[0]) == "2026-03-02"
    assert found.created[0] == found.day[0]  # the log does not say when it was put on record


def test_what_cannot_be_used_is_rejected_with_its_line(tmp_path: Path) -> None:
    good = [f"7,2026-03-{day:02}," for day in range(1, 29)]

    found = log_of(tmp_path, "account,day,created", *good, ",2026-03-02,", "7,2026-02-30,", '7,2026-03-02,"soon"')

    assert len(found.log.account) == 28
    assert (found.rows, found.rows_rejected) == (31, 3)
    assert [(row.line, row.reason.split(":")[0]) for row in found.rejected] == [
        (30, "it names no account"),
        (31, '"2026-02-30" is not a day'),
        (32, '"soon" is not a day'),
    ]


def test_rows_are_those_of_which_all_columns_hold_and_one_value_of_each(tmp_path: Path) -> None:
    rows = ("1,2026-03-02,Visit,yes", "2,2026-03-02,Call,yes", "3,2026-03-02,Visit,no", "4,2026-03-02,Mail,yes")

    log = log_of(tmp_path, "account,date,kind,done", *rows, more=("kind", "done")).log

    asked = ["kind=visit", "kind=CALL", "done=yes"]
    assert holds(log, asked, "--counts").tolist() == [True, True, False, False]
    with pytest.raises(NeedsHuman, match=r'--counts kind=Visits: no row says "Visits". The nearest is "Visit"'):
        holds(log, ["kind=Visits"], "--counts")


@pytest.mark.parametrize(
    ("header", "named", "said"),
    [
        ("acount,date", {}, r"log.csv:1: no column says the account. There are: acount, date.\s.*--account acount"),
        ("account,when", {}, r"log.csv:1: no column says the day. There are: account, when.\s.*--date when"),
        ("Buyer Id,On,at", {}, r"the account and none the day.*\s.* such as --account 'Buyer Id' --date COLUMN"),
        ("account,date", {"tier": "risks"}, r'log.csv:1: the column "risks" is missing. [^\n]*\s.*--tier'),
        ("account,date", {"day": "dat"}, r'the column "dat" is missing. The nearest is "date".\sCorrect --date'),
    ],
)
def test_a_column_that_is_missing_is_told_with_the_nearest(
    tmp_path: Path, header: str, named: dict[str, str | None], said: str
) -> None:
    with pytest.raises(NeedsHuman, match=said):
        log_of(tmp_path, header, "7,2026-03-02", named=named)


def test_orders_set_apart_by_spaces_are_read_with_a_header_or_without(tmp_path: Path) -> None:
    rows = [" 00001 19970101  1   11.77", " 00002 19970112  5   77.00"]

    headed = log_of(tmp_path, " customer_id  date  number ", *rows).log
    bare = log_of(tmp_path, *rows, named={"account": "1", "day": "2"}).log

    for found in (headed, bare):
        assert found.account.tolist() == ["00001", "00002"]
        assert list(map(str, found.day)) == ["1997-01-01", "1997-01-12"]


def test_a_log_without_a_header_says_which_numbers_to_type(tmp_path: Path) -> None:
    with pytest.raises(NeedsHuman, match=r"first line is no header but a row.*\s.*such as --account 1 --date 3"):
        log_of(tmp_path, "7,9,19970101", "8,9,19970102")


def test_an_account_is_the_same_where_another_year_was_saved_with_a_decimal_point(tmp_path: Path) -> None:
    found = log_of(tmp_path, "account,date", "1592651,2026-03-02", "1592651.0,2027-03-02", "7.0-B,2027-03-02").log

    assert found.account.tolist() == ["1592651", "1592651", "7.0-B"]


def test_a_log_of_which_much_is_wrong_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(NeedsHuman, match=r'log.csv:3: "yesterday" is not a day.* Of 2 rows, 1 are wrong'):
        log_of(tmp_path, "account,date", "7,2026-03-02", "7,yesterday")


def test_several_files_are_one_log(tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv.gz", tmp_path / "two.tsv"
    one.write_bytes(gzip.compress("\ufeffaccount,date\n1,2026-03-02\n".encode()))
    two.write_text("date\taccount\n2026-03-03\t2\n")

    found = read_log([one, two], {}, tell=silent).log

    assert list(zip(found.account.tolist(), map(str, found.day), strict=True)) == [
        ("1", "2026-03-02"),
        ("2", "2026-03-03"),
    ]
