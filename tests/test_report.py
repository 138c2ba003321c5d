"""`callplan report` of a log in a file, as a manager asks for it: text, Excel, page, and the figures of a real log."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from connector.cycle import CycleSettings, cycle_of
from connector.errors import NeedsHuman
from connector.host.cli import cli
from connector.host.report.figures import FIGURES
from tests.sandbox.test_page import browser, seen

__all__ = ["browser"]

ROWS = """Account,Visit Date,Segment,Rep,Purpose,Created
Adeyemi,12/15/2025,A,kim,Planned,12/15/2025
Adeyemi,2026-01-12,A,kim,Planned,2026-01-13
Adeyemi,2026-01-12,A,kim,Planned,2026-01-12
Adeyemi,2/9/2026,A,lee,Complaint,2/20/2026
Brandt,2025-12-30,B,kim,Planned,2025-12-30
Brandt,2025-11-30,C,lee,Planned,2025-11-30
Brandt,2026-02-03,B,kim,Planned,2026-02-03
Brandt,2026-02-04,B,kim,Planned,2026-02-04
=Castillo,2025-11-02,B,lee,Complaint,2025-11-02
Okafor,2026-03-03,A,kim,Planned,2026-03-03
,2026-03-04,A,kim,Planned,2026-03-04
"""
QUARTER = ("--cycle", "2026-Q1", "--goal", "A=3", "--goal", "B=1")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "visits.csv"
    path.write_text(ROWS, encoding="utf-8-sig")
    return path


def told(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["report", *map(str, words)], catch_exceptions=True)
    if isinstance(done.exception, NeedsHuman):
        assert code == 2
        return " ".join(str(done.exception).split())
    assert done.exit_code == code, done.output
    return done.stdout


def figures(*words: object) -> dict[str, dict[str, float | None]]:
    return {group["name"]: group for group in json.loads(told(*words, "--json"))[0]["groups"]}


def test_a_log_is_measured_by_goals_and_says_what_it_rests_on(log: Path) -> None:
    said = told("--log", log, *QUARTER)

    assert "Everybody: 3 targets." in said
    assert "Reach 66.7 %: 2 of 3 targets had a qualifying touch. Frequency 2.00." in said
    assert "Call plan attainment 60.0 % capped, 80.0 % uncapped" in said
    assert "Adherence 80.0 %: 4 of 5 touches on targets." in said  # Okafor was not seen before
    assert "1 row could not be used, such as visits.csv:12: it names no account." in said
    assert "The cycle runs from 1 Jan 2026 to 31 Mar 2026; 44 of its 64 weekdays have passed." in said


def test_targets_are_those_seen_on_any_row_and_touches_are_the_rows_that_count(log: Path) -> None:
    named = ("--kind", "Purpose", "--counts", "kind=planned")
    found = figures("--log", log, *QUARTER, *named, "--cadence", "A=60")

    assert (found["everybody"]["targets"], found["A"]["attainment_capped"]) == (3, 1 / 3)
    assert (found["lee"]["targets"], found["lee"]["reach"], found["lee"]["adherence"]) == (1, 0.0, None)
    assert found["A"]["coverage"] == 1.0  # 12 January, 51 days before the log's last day is over
    assert found["everybody"]["logged_within_a_day"] == 1.0
    assert found["everybody"]["notes_complete"] is None


def test_a_log_says_the_same_packed_and_in_any_order(log: Path, tmp_path: Path) -> None:
    head, *rows = ROWS.splitlines()
    packed = tmp_path / "visits.csv.gz"
    packed.write_bytes(gzip.compress("\n".join([head, *reversed(rows)]).encode()))

    assert figures("--log", packed, *QUARTER) == figures("--log", log, *QUARTER)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cycle", "2026-Q1"], "A log says no goals. Write --goal 2"),
        (["--goal", "Z=2"], '--goal: no account had the tier "Z" before the cycle.'),
        (["--goal", "A=often"], '--goal "A=often": often is no whole number.'),
        (["--goal", "2", "--cycle", "2024"], "No account was seen before 2024-01-01"),
        (["--goal", "2", "--cycle", "spring"], '"spring" is no cycle. Write 2026, 2026-Q4'),
        (["--goal", "2", "--account", "Acount"], 'the column "Acount" is missing. The nearest is "Account".'),
        (["--goal", "2", "--counts", "purpose=Planed"], 'no row says "Planed". The nearest is "Planned".'),
        (["--goal", "2", "--manager", "pat@example.com"], "--manager is of a CRM, not of a log."),
        (["--goal", "2", "--out", "r.pdf"], "a report is .xlsx or .html."),
    ],
)
def test_a_wrong_question_is_answered_with_what_to_write(log: Path, words: list[str], said: str) -> None:
    assert said in told("--log", log, *words, code=2)


def test_the_workbook_holds_the_figures_the_targets_and_what_they_mean(log: Path, tmp_path: Path) -> None:
    told("--log", log, *QUARTER, "--out", tmp_path / "r.xlsx")

    book = CalamineWorkbook.from_path(tmp_path / "r.xlsx")
    rows = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    all_, *groups = (dict(zip(rows["Figures"][0], row, strict=True)) for row in rows["Figures"][1:])
    assert (all_["Name"], all_["Reach"], all_["Notes complete"]) == ("everybody", 2 / 3, "not read")
    assert [group["Name"] for group in groups] == ["kim", "lee", "A", "B"]
    assert rows["Targets"][1][:5] == ["=Castillo", "lee", "B", 1, 0] or rows["Targets"][2][0] == "=Castillo"
    assert {row[0] for row in rows["Definitions"][1:]} == {figure.name for figure in FIGURES}
    assert any("Targets were seen on any row before" in str(row[0]) for row in rows["About"])


def test_the_page_is_no_wider_than_a_phone_and_fetches_nothing(log: Path, tmp_path: Path, browser: str) -> None:
    log.write_text(ROWS.replace("Castillo", "Castillo" * 20 + "<script>").replace("kim", "kim.with.a.long@example.com"))
    page = tmp_path / "r.html"
    told("--log", log, *QUARTER, "--out", page)
    measure = "<script>document.title = innerWidth + ' ' + document.documentElement.scrollWidth</script>"

    (tmp_path / "measured.html").write_text(page.read_text() + measure)
    dom = seen(browser, (tmp_path / "measured.html").as_uri(), tmp_path / "profile", "--window-size=360,800")

    found = re.search(r"<title>(\d+) (\d+)</title>", dom)
    assert found
    assert int(found[1]) <= 500
    assert int(found[2]) <= int(found[1])
    assert "kim.with.a.long@<wbr>example.com" in page.read_text()
    assert not re.search(r"https?://|<script|<link|@import|url\(", page.read_text())


@pytest.mark.parametrize(
    ("settings", "day", "name"),
    [
        ({}, date(2026, 11, 23), "2026-Q4"),
        ({"length": "month", "starts": date(2026, 1, 15)}, date(2026, 11, 3), "15 Oct 2026 to 14 Nov 2026"),
        ({"length": "quarter", "starts": date(2026, 2, 1)}, date(2026, 1, 31), "1 Nov 2025 to 31 Jan 2026"),
        ({"length": "6 weeks", "starts": date(2026, 1, 5)}, date(2026, 2, 16), "16 Feb 2026 to 29 Mar 2026"),
        ({"length": "year", "starts": date(2026, 7, 1)}, date(2026, 6, 30), "1 Jul 2025 to 30 Jun 2026"),
    ],
)
def test_a_cycle_is_as_long_as_it_is_set_and_begins_when_it_is_set(
    settings: dict[str, object], day: date, name: str
) -> None:
    assert CycleSettings.model_validate(settings).at(day).name == name


def test_a_cycle_by_name_is_the_one_that_its_days_are() -> None:
    for name in ("2026", "2026-Q2", "2026-02"):
        cycle = cycle_of(name)
        assert cycle_of(f"{cycle.first}..{cycle.last}") == cycle
        assert cycle.name == name


REAL = "visits/field_visits_2011_2013.csv.gz"
HIGH = ("--cycle", "2013", "--goal", "Risk 1 (High)=2")


@pytest.mark.parametrize(
    ("counts", "reach", "attained", "attainment"),
    [
        ((), "91.1", "37.7", "64.4 % capped, 71.0 % uncapped"),
        (("--counts", "purpose=Canvass"), "85.2", "11.7", "48.5 % capped, 48.7 % uncapped"),
    ],
)
def test_a_real_log_has_the_figures_that_were_computed_apart_from_us(
    shared_data: Path, counts: tuple[str, ...], reach: str, attained: str, attainment: str
) -> None:
    said = told("--log", shared_data / REAL, *HIGH, *counts)

    assert f"Everybody: 6,470 targets.\n  Reach {reach} %:" in said
    assert f"Frequency attainment {attained} %" in said
    assert f"Call plan attainment {attainment}" in said
