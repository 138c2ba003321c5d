"""Drives out of a table: its own minutes where it has the pair, the estimate where not, and how many of each."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from callplan.model import Place
from connector.config import RoadSettings
from connector.roads.places import place
from tests.roads.town import ESTIMATED, Town, points

CSV = "To,Minutes,from,MILES,note\n50010,42,50309,36.1,\n50309,44,50010,36.4,by day\n\n50266,15,50309,8,\n"


def at(zip_code: str) -> tuple[float, float]:
    found = place(zip_code)
    assert found
    return found.latitude, found.longitude


def book(file: Path, text: str = CSV) -> Town:
    file.write_text(text)
    return Town(RoadSettings(engine="table", path=str(file)))


def test_a_pair_of_the_table_takes_its_minutes_each_way(tmp_path: Path) -> None:
    kim = book(tmp_path / "drive.csv")

    drives = kim.book.drives(*points(at("50309"), at("50010")))

    assert drives.label == "table drive.csv"
    assert (drives.minutes[0, 1], drives.minutes[1, 0]) == (42, 44)
    assert drives.miles[0, 1] == pytest.approx(36.1)


def test_a_missing_pair_is_estimated_and_counted(tmp_path: Path) -> None:
    kim = book(tmp_path / "drive.csv")

    drives = kim.book.drives(*points(at("50309"), at("50010"), at("50266"), at("52240")))

    assert drives.minutes[2, 0] == 15  # the row for the way there serves the way back
    assert drives.minutes[0, 3] > 90  # Iowa City
    # 50010 and 50266 with one another, and the three with Iowa City
    assert drives.label == f"table drive.csv, in part {ESTIMATED}: 8 of 12 drives are not in the table"


def test_an_excel_table_has_zips_that_lost_their_zero_and_points(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "drive.xlsx") as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["from", "to", "minutes", "miles"])
        sheet.write_row(1, 0, [4101, "43.70, -70.30", 12.5, 6])

    kim = Town(RoadSettings(engine="table", path=str(tmp_path / "drive.xlsx")))

    assert kim.book.drives(*points(at("04101"), (43.70, -70.30))).minutes[0, 1] == 12.5
    assert kim.engine.about(Place(0, 0)) == "table drive.xlsx, 1 drives between 2 places"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from,to,minutes\n", 'drive.csv:1: there is no column "miles".'),
        ("from,to,minutes,miles\n50309,00000,1,1\n", 'drive.csv:2: "00000" is neither a known ZIP nor a point.'),
        ("from,to,minutes,miles\n50309,50010,soon,1\n", 'drive.csv:2: "soon" is no number of minutes or miles.'),
        ("from,to,minutes,miles\n50309,50010,inf,1\n", 'drive.csv:2: "inf" is no number'),
        ("from,to,minutes,miles\n50309,50010\n", 'drive.csv:2: "" is no number'),
        ("from,to,minutes,miles\n", "has no row"),
    ],
)
def test_a_table_that_cannot_be_read_is_named_with_its_line_and_the_night_goes_on(
    tmp_path: Path, text: str, told: str
) -> None:
    kim = book(tmp_path / "drive.csv", text)

    drives = kim.book.drives(*points(at("50309"), at("50010")))

    assert drives.label.startswith(f"{ESTIMATED}: table drive.csv ")
    assert told in kim.said[0]


def test_a_table_that_is_not_there_is_an_engine_that_failed(tmp_path: Path) -> None:
    kim = Town(RoadSettings(engine="table", path=str(tmp_path / "none.csv")))

    assert kim.book.drives(*points(at("50309"), at("50010"))).label == f"{ESTIMATED}: table none.csv cannot be read"
