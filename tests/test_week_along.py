"""A rep's week to take along: Excel, calendar, GPX and maps, each read back by a program that is not ours."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from math import dist
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar
from lxml import etree
from python_calamine import CalamineWorkbook

from callplan.model import Npi, Place, SlotKind, Tier
from connector.contract import Account as CrmAccount
from connector.contract import CrmId, Cursor, Page
from connector.host.cli import cli
from connector.host.open import open_config, open_store
from connector.host.week.export import file_names
from connector.host.week.ground import Ground, ground_of
from connector.host.week.ics import as_calendar
from connector.host.week.labels import apart, names
from connector.host.week.links import google, routes
from connector.host.week.reading import read_weeks
from connector.host.week.sketch import sketch
from connector.host.week.visits import Account, Day, Visit, Week
from connector.store import Store
from connector.store.books import Held
from connector.store.mirror import AccountFields
from connector.store.plan import Assignment, Coverage, LighterTouch, Stop, Unplaced
from connector.store.slots import ENDED, MOVED, SlotEvent
from tests.conftest import TODAY
from tests.connector.samples import npi

KIM, LEE = "kim@example.com", "lee@example.com"
ADEYEMI, BRANDT, CASTILLO, DANGER, WAITING = (Npi(npi(at)) for at in range(1, 6))
ROADS = "estimated (great circle x 1.3)"
EMOJI = f"Dr. Brandt & Söhne 🦴\\new, M.D.; {'é' * 60}"
FORMULA = '=HYPERLINK("http://198.51.100.7")'
CONFIG = f"""
crm: {{memory: {{mapping: memory.yaml}}}}
time_zone: America/Chicago
ready_made: {{path: tiers.csv}}
reps: [{{email: {KIM}, home_zip: "50309"}}]
"""
MAPPING = """
crm: memory
account: {object: account, npi: npi, name: name, street: street, city: city, zip: zip, latitude: lat, longitude: lon}
interactions: [visits]
fields: {tier: {field: tier}}
"""
FIELDS = AccountFields("npi", "name", "city", "state", "zip", "lat", "lon")


def account(of: Npi, name: str, owner: str = KIM, **fields: Any) -> CrmAccount:
    known = {"npi": of, "name": name, "city": "Des Moines", "state": "IA", "zip": "50309"}
    return CrmAccount(CrmId(f"001-{of}"), datetime(2026, 11, 1, tzinfo=UTC), owner, {**known, **fields})


def stop(of: Npi, slot: int, starts: int, kind: SlotKind, rep: str = KIM) -> Stop:
    day = TODAY + timedelta(days=slot // 100 - 1)
    return Stop(of, rep, TODAY, day, slot, 12.4, ROADS, starts, 45 if kind == "committed" else 30, kind, 6.1)


def assignment(of: Npi, tier: Tier) -> Assignment:
    why = f"Tier {tier}: 412 relevant procedures a year, most of them rhythm; 94th percentile of Cardiology."
    return Assignment(of, tier, date(2026, 11, 1), None, 412.0, 94.0, why, "Cardiology", "v1")


def planned(store: Store) -> None:
    accounts = (
        account(ADEYEMI, "Dr. Adeyemi", street="1 Grand\nAvenue", lat=41.6, lon=-93.7),
        account(BRANDT, EMOJI),
        account(CASTILLO, "Dr. Castillo", city="Nowhere", zip="", lat=None),
        account(DANGER, FORMULA, LEE),
        account(WAITING, "Dr. \x1b[31mWaiting"),
    )
    store.mirror.save_accounts(Page(accounts, Cursor("1")), FIELDS)
    tiers = {ADEYEMI: Tier.A, BRANDT: Tier.B, CASTILLO: Tier.A, DANGER: Tier.B, WAITING: Tier.A}
    held = {CASTILLO: KIM, WAITING: KIM, ADEYEMI: KIM, BRANDT: KIM, DANGER: LEE}
    store.books.keep({of: Held(CrmId(f"001-{of}"), rep) for of, rep in held.items()})
    store.plan.save_assignments(assignment(of, tier) for of, tier in tiers.items())
    seen = date(2026, 10, 12)
    store.plan.save_coverage(Coverage(of, "overdue", 1.2, seen, seen, False, None, "") for of in tiers)
    store.plan.save_call_list(
        [
            stop(ADEYEMI, 110, 525, SlotKind.COMMITTED),
            stop(BRANDT, 120, 600, SlotKind.RELEASED),
            stop(CASTILLO, 310, 780, SlotKind.COMMITTED),
            stop(DANGER, 110, 540, SlotKind.FILL, LEE),
        ]
    )
    store.plan.save_unplaced([Unplaced(WAITING, KIM, TODAY, "No day has 45 minutes left.")])
    store.plan.save_lighter_touches([LighterTouch(BRANDT, "network_message", date(2026, 12, 1), "Between visits.")])


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("along")
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "memory.yaml").write_text(MAPPING)
    planned(open_store(open_config(folder / "config.yaml"), "memory"))
    return folder


@pytest.fixture
def folder(planned_once: Path, tmp_path: Path) -> Path:
    """A copy, to go on with."""
    shutil.copytree(planned_once, tmp_path / "copy")
    return tmp_path / "copy"


def callplan(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--config", str(folder / "config.yaml")])


@pytest.fixture(scope="module")
def files(planned_once: Path) -> Path:
    done = callplan(planned_once, "export", "week", "--out", str(planned_once / "out"))
    assert done.exception is None, done.exception
    return planned_once / "out"


@pytest.fixture(scope="module")
def week(planned_once: Path) -> Week:
    return read_weeks(planned_once / "config.yaml", None, KIM)[0]


def store_of(folder: Path) -> Store:
    return open_store(open_config(folder / "config.yaml"), "memory")


def test_each_rep_has_a_workbook_a_calendar_a_route_file_and_a_map_a_day(files: Path) -> None:
    names = sorted(file.name for file in files.iterdir())

    kim = [f"kim-2026-11-23{end}" for end in ("-mon.svg", "-wed.svg", ".gpx", ".ics", ".xlsx")]
    assert names == [*kim, *(f"lee-2026-11-23{end}" for end in ("-mon.svg", ".gpx", ".ics", ".xlsx"))]


def test_a_day_that_has_no_visits_any_more_keeps_no_map(folder: Path) -> None:
    callplan(folder, "export", "week", "--format", "svg", "--out", str(folder / "maps"))
    store_of(folder).plan.save_call_list([stop(ADEYEMI, 210, 600, SlotKind.COMMITTED)])

    callplan(folder, "export", "week", "--format", "svg", "--out", str(folder / "maps"))

    assert [file.name for file in (folder / "maps").glob("kim*")] == ["kim-2026-11-23-tue.svg"]


def test_a_row_of_the_workbook_is_as_high_as_its_text(files: Path) -> None:
    sheet = zipfile.ZipFile(files / "kim-2026-11-23.xlsx").read("xl/worksheets/sheet2.xml").decode()
    heights = [float(height) for height in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', sheet)]

    assert min(heights) < 16  # the start
    assert max(heights) > 27  # a reason of two lines


def rows(file: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(file).get_sheet_by_name(sheet).to_python()


def test_a_day_in_excel_has_hours_reasons_and_drives_in_order(files: Path) -> None:
    book = files / "kim-2026-11-23.xlsx"

    sheet = rows(book, "Mon 23 Nov")
    heads = next(at for at, row in enumerate(sheet) if row[0] == "#")
    start, adeyemi, brandt, end = (dict(zip(sheet[heads], row, strict=True)) for row in sheet[heads + 1 :])

    assert (start["Account"], end["Account"]) == ("Start", "End")
    assert (adeyemi["#"], str(adeyemi["Arrive"]), str(adeyemi["Leave"])) == (1, "08:45:00", "09:30:00")
    assert (adeyemi["Address"], adeyemi["Tier"]) == ("1 Grand Avenue, Des Moines, IA 50309", "A")
    assert brandt["Account"] == EMOJI
    assert (brandt["Slot"], brandt["Last seen"]) == ("was kept for Tier A", "overdue, last seen 12 Oct 2026")
    assert (brandt["Drive min"], brandt["Drive mi"], brandt["CRM order"]) == (12.4, 6.1, 120)
    assert brandt["Why this tier"].startswith("Tier B: 412 relevant procedures")
    assert ROADS in sheet[1][0]
    assert "Leave the start 8:33 am" in sheet[1][0]


def test_excel_says_what_found_no_place_and_what_gets_a_lighter_touch(files: Path) -> None:
    book = files / "kim-2026-11-23.xlsx"

    assert [row[0] for row in rows(book, "Not placed")][-1] == "Dr. [31mWaiting"
    assert rows(book, "Not placed")[-1][-1] == "No day has 45 minutes left."
    assert rows(book, "Lighter touches")[-1][5:] == ["network message", date(2026, 12, 1), "Between visits."]


def test_a_name_that_begins_like_a_formula_stays_text(files: Path) -> None:
    book = files / "lee-2026-11-23.xlsx"

    with zipfile.ZipFile(book) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]

    assert not any("<f>" in sheet for sheet in sheets)
    assert FORMULA in [cell for row in rows(book, "Mon 23 Nov") for cell in row]


def test_a_sheet_prints_across_on_letter_paper_with_its_headings(files: Path) -> None:
    with zipfile.ZipFile(files / "kim-2026-11-23.xlsx") as parts:
        day, book = parts.read("xl/worksheets/sheet2.xml").decode(), parts.read("xl/workbook.xml").decode()

    set_up = re.findall(r"<pageSetup [^>]*>", day)[0]
    assert all(part in set_up for part in ('paperSize="1"', 'orientation="landscape"', 'fitToHeight="0"'))
    assert '<pageSetUpPr fitToPage="1"/>' in day
    assert "'Mon 23 Nov'!$A$1:$K$" in book  # what is printed: no links
    assert re.search(r"Print_Titles[^<]*>'Mon 23 Nov'!\$5:\$5<", book)


def events(told: bytes) -> dict[str, Any]:
    return {str(event["UID"]): event for event in Calendar.from_ical(told).walk("VEVENT")}


def test_another_calendar_reads_each_visit_as_it_was_meant(files: Path) -> None:
    found = events((files / "kim-2026-11-23.ics").read_bytes())

    adeyemi, brandt = found[f"{ADEYEMI}-2026-11-23@callplan"], found[f"{BRANDT}-2026-11-23@callplan"]
    assert len(found) == 3
    assert adeyemi.decoded("DTSTART") == datetime(2026, 11, 23, 14, 45, tzinfo=UTC)
    assert adeyemi.decoded("DTEND") - adeyemi.decoded("DTSTART") == timedelta(minutes=45)
    assert adeyemi["LOCATION"] == "1 Grand Avenue, Des Moines, IA 50309"
    assert (adeyemi["GEO"].latitude, adeyemi["GEO"].longitude) == (41.6, -93.7)
    assert (adeyemi["STATUS"], brandt["STATUS"], adeyemi["TRANSP"]) == ("CONFIRMED", "TENTATIVE", "OPAQUE")
    assert brandt["SUMMARY"] == f"{EMOJI} (Tier B)"
    assert "GEO" not in brandt  # the middle of a ZIP is nowhere to go
    assert adeyemi["DESCRIPTION"].splitlines()[0].startswith("Tier A: 412 relevant procedures a year, most")


def test_no_line_of_the_calendar_is_longer_than_its_standard_allows(files: Path) -> None:
    told = (files / "kim-2026-11-23.ics").read_bytes()

    assert max(len(line) for line in told.split(b"\r\n")) <= 75
    assert told.count(b"\n") == told.count(b"\r\n")
    assert all(line.decode() for line in told.split(b"\r\n")[:-1])


def test_a_later_export_updates_the_visits_and_cancels_those_that_lost_their_slot(folder: Path) -> None:
    before = events(as_calendar(read_weeks(folder / "config.yaml", None, KIM)[0]))

    store = store_of(folder)
    run = store.journal.begin_run("nightly", TODAY, datetime(2026, 11, 23, 7, tzinfo=UTC), "")
    gone = SlotEvent(CASTILLO, KIM, TODAY, ENDED, date(2026, 11, 25), 780, "The account closed its doors to reps.")
    past = replace(gone, npi=WAITING, day=date(2026, 11, 22), reason="visited on 22 Nov")
    store.slots.log(run, [gone, past])
    store.plan.save_call_list([stop(ADEYEMI, 210, 600, SlotKind.COMMITTED)])
    after = events(as_calendar(read_weeks(folder / "config.yaml", None, KIM)[0]))

    moved, cancelled = (f"{of}-2026-11-23@callplan" for of in (ADEYEMI, CASTILLO))
    assert set(after) == {moved, cancelled}
    assert after[moved].decoded("DTSTART") - before[moved].decoded("DTSTART") == timedelta(days=1, minutes=75)
    assert after[moved]["SEQUENCE"] > before[moved]["SEQUENCE"]
    assert (after[cancelled]["STATUS"], after[cancelled]["DESCRIPTION"]) == ("CANCELLED", gone.reason)


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2026, 3, 6), 15),  # the Friday before the clocks go forward
        (date(2026, 3, 8), 14),
        (date(2026, 3, 9), 14),
        (date(2026, 10, 30), 14),
        (date(2026, 11, 1), 15),  # the Sunday on which they go back
        (date(2026, 11, 2), 15),
    ],
)
def test_a_visit_at_nine_is_at_nine_on_both_sides_of_a_clock_change(week: Week, day: date, utc: int) -> None:
    visit = replace(week.visits[0], day=day, starts=540)

    (event,) = events(as_calendar(replace(week, days=(Day(day, (visit,)),)))).values()

    assert event.decoded("DTSTART") == datetime(day.year, day.month, day.day, utc, tzinfo=UTC)


def test_a_navigation_device_gets_a_route_a_day_without_stops_of_unknown_place(files: Path) -> None:
    gpx = etree.parse(files / "kim-2026-11-23.gpx").getroot()
    space = {"g": "http://www.topografix.com/GPX/1/1"}

    assert (gpx.get("version"), [etree.QName(part).localname for part in gpx]) == ("1.1", ["metadata", "rte", "rte"])
    monday, wednesday = gpx.findall("g:rte", space)
    assert [point.findtext("g:name", None, space) for point in monday.findall("g:rtept", space)] == [
        "Start",
        "1 Dr. Adeyemi",
        f"2 {EMOJI}",
        "End",
    ]
    assert [etree.QName(part).localname for part in wednesday] == ["name", "desc", "number", *["rtept"] * 2]
    assert "Dr. Castillo" in wednesday.findtext("g:desc", "", space)
    adeyemi = monday.findall("g:rtept", space)[1]
    assert (float(adeyemi.get("lat", "")), float(adeyemi.get("lon", ""))) == (41.6, -93.7)


def made(count: int, place: Callable[[int], Place | None], start: Place | None = None) -> Day:
    kinds = (SlotKind.COMMITTED, SlotKind.FILL)
    visits = tuple(
        Visit(
            Account(
                npi(at), f"Dr. {at}", city="Des Moines", state="IA", place=place(at), exact=True, tier="BA"[at % 2]
            ),
            *(TODAY, at, 100 + 10 * at, 480 + 40 * at, 30, kinds[at % 2], 10.0, 5.0),
        )
        for at in range(1, count + 1)
    )
    return Day(TODAY, visits, start, start)


DES_MOINES = Place(41.5887, -93.6212)


def test_a_long_day_is_split_into_routes_that_open_on_every_device() -> None:
    day = made(9, lambda at: Place(41.5 + at / 100, -93.5), DES_MOINES)

    parts = list(routes(day))

    assert [name for name, _ in parts] == ["start to 4", "4 to 8", "8 to end"]
    assert all(len(re.findall("%7C", url)) <= 2 for _, url in parts)  # three waypoints
    assert "origin=41.58870,-93.62120" in parts[0][1]
    assert "origin=41.54000,-93.50000" in parts[1][1]


def test_an_account_without_a_point_of_its_own_is_found_by_its_address(week: Week) -> None:
    adeyemi, brandt, _ = (visit.account for visit in week.visits)

    assert "destination=41.60000,-93.70000" in google(adeyemi)
    assert "S%C3%B6hne" in google(brandt)
    assert "41.58" not in google(brandt)


def shapes(drawn: str) -> dict[str, str]:
    """What is drawn round each number of the map."""
    inside = drawn.split('<g transform="')[1].split("</g>")[0]
    pairs = re.findall(r"<(rect|circle|path)[^>]*/><text class=\"number[^>]*>(\w+)</text>", inside)
    return {number: shape for shape, number in pairs}


def test_the_map_of_a_day_has_its_stops_in_order_and_fetches_nothing(week: Week) -> None:
    drawn = sketch(week, made(3, lambda at: Place(41.6, -93.6 - at / 50), DES_MOINES))

    assert shapes(drawn) == {"S": "path", "1": "rect", "2": "circle", "3": "rect", "N": "path"}
    assert "straight lines, not roads" in drawn
    assert ROADS in drawn
    assert Xml.fromstring(drawn).find("{http://www.w3.org/2000/svg}desc") is not None
    assert re.findall(r"https?:[^\"]*|href|url\(", drawn) == ["http://www.w3.org/2000/svg"]


def test_stops_at_one_address_are_fanned_out() -> None:
    marks = apart([(100.0, 100.0)] * 7 + [(110.0, 100.0)])

    assert min(dist(one, other) for one, other in combinations(marks, 2)) > 24
    assert max(dist(mark, (100.0, 100.0)) for mark in marks) < 60


@pytest.mark.parametrize("degrees", [0.0, 0.01, 0.3, 5.0])  # one point, a mile, a county, three hundred miles
def test_the_scale_bar_is_as_long_as_it_says(degrees: float) -> None:
    ground = ground_of([DES_MOINES, Place(DES_MOINES.latitude + degrees, DES_MOINES.longitude)])

    ends = [ground.spot(Place(DES_MOINES.latitude + north, DES_MOINES.longitude)) for north in (0, ground.bar() / 69.1)]

    assert dist(*ends) == pytest.approx(ground.bar() * ground.a_mile, rel=0.01)
    assert 40 < dist(*ends) < 113
    assert isinstance(ground, Ground)


def test_names_of_towns_hide_neither_stops_nor_one_another(week: Week) -> None:
    drawn = sketch(week, made(4, lambda at: Place(41.5 + at / 8, -93.6 - (at % 2) / 3), DES_MOINES))

    towns = re.findall(r'class="town" x="([\d.]+)" y="([\d.]+)">([^<]+)<', drawn)
    boxes = [(float(x), float(y) - 9, float(x) + 6 * len(name), float(y) + 2) for x, y, name in towns]
    dots = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="2"', drawn)]
    stops = [
        (float(x), float(y)) for x, y in re.findall(r'class="number(?: light)?" x="([\d.]+)" y="([\d.]+)"', drawn)[:4]
    ]

    assert len(towns) >= 8
    assert "Des Moines" in [name for *_, name in towns]
    for a, b in combinations(boxes, 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    assert not any(x0 - 9 < x < x1 + 9 and y0 - 4 < y < y1 + 13 for x0, y0, x1, y1 in boxes for x, y in stops)
    assert not any(x0 < x < x1 and y0 < y < y1 for x0, y0, x1, y1 in boxes for x, y in dots)


def test_a_day_in_one_town_shows_the_towns_around_it_and_fits_a_phone(week: Week) -> None:
    drawn = sketch(week, made(3, lambda _: DES_MOINES))

    assert len(re.findall('class="town"', drawn)) >= 3
    assert 'style="max-width:100%;height:auto"' in drawn


def test_no_dot_of_a_town_lies_in_the_name_of_another() -> None:
    towns = [("West Des Moines", (200.0, 200.0)), ("Clive", (200.0, 210.0)), ("Ames", (200.0, 60.0))]

    assert [name for name, *_ in names(towns, [], 14)] == ["West Des Moines", "Ames"]


def test_the_town_of_a_stop_is_named_however_small_it_is(week: Week) -> None:
    day = made(3, lambda at: (Place(42.16, -93.3), Place(40.7, -90.5), Place(43.3, -96.4))[at - 1])  # across the state
    first, *others = day.visits
    near_zearing = replace(first, account=replace(first.account, city="Zearing"))

    assert ">Zearing<" in sketch(week, replace(day, visits=(near_zearing, *others)))
    assert ">Zearing<" not in sketch(week, day)


def test_a_stop_of_unknown_place_is_listed_under_the_map(week: Week) -> None:
    drawn = sketch(week, made(2, lambda at: DES_MOINES if at == 1 else None))

    assert "2" not in shapes(drawn)
    assert "Not on the map, because their place is not known: 2 Dr. 2." in drawn
    assert "No place is known" in sketch(week, made(1, lambda _: None))


def test_the_week_reads_well_on_a_terminal(folder: Path) -> None:
    said = callplan(folder, "week", "--rep", "Kim@example.com").stdout

    assert max(map(len, said.splitlines())) <= 100
    assert "Monday 23 Nov: 2 visits, leave 8:33 am" in said
    assert "8:45 am-9:30 am" in said
    assert "No day has 45 minutes left." in said
    assert "\x1b" not in said
    assert LEE not in said
    assert "\n  No day has 45 minutes left.\n      Dr." in said  # the reason once, and all whom it keeps out


def test_a_rep_sees_the_touches_of_the_week_and_how_many_are_later(folder: Path) -> None:
    now, later = (
        ("email", date(2026, 11, 27), "Last called on 28 Oct 2026; and so on."),
        ("call", date(2026, 12, 1), "No"),
    )
    touches = [LighterTouch(BRANDT, *now), LighterTouch(CASTILLO, *later), LighterTouch(ADEYEMI, "visit", *now[1:])]
    store_of(folder).plan.save_lighter_touches(touches)

    said = " ".join(callplan(folder, "week", "--rep", KIM).stdout.split())

    assert "Lighter touches: 1 due this week, 1 later" in said
    assert "due 27 Nov. Last called on 28 Oct 2026. NPI" in said
    assert "visit:" not in said


def test_holidays_and_leave_stand_in_the_week_with_their_reasons(folder: Path) -> None:
    (folder / "leave.csv").write_text(f"email,since,why\n{LEE},2026-11-24,dentist\n")
    with (folder / "config.yaml").open("a") as config:
        config.write("week: {leave: leave.csv}\n")

    said = callplan(folder, "week").stdout

    assert said.count("Thursday 26 Nov: Thanksgiving Day") == 2  # of Kim and of Lee
    assert said.count("Tuesday 24 Nov: on leave: dentist") == 1


def test_a_day_without_a_start_point_says_where_its_first_drive_is_from(folder: Path) -> None:
    said = " ".join(callplan(folder, "week", "--rep", LEE).stdout.split())

    assert "first visit 9:00 am, done 9:30 am" in said
    assert "first drive is from the middle of the accounts" in said
    assert "middle of the accounts" not in callplan(folder, "week", "--rep", KIM).stdout


def test_whoever_asks_why_is_told_the_slot_where_it_was_before_and_why_another_has_none(folder: Path) -> None:
    friday = date(2026, 11, 27)
    moved = SlotEvent(ADEYEMI, KIM, TODAY, MOVED, friday, 600, "Closed on Friday.", TODAY, 525)
    store = store_of(folder)
    store.slots.log(store.journal.begin_run("nightly", TODAY, datetime(2026, 11, 23, 7, tzinfo=UTC), ""), [moved])

    placed, missed = (callplan(folder, "explain", npi).stdout for npi in (ADEYEMI, WAITING))

    assert "on Monday 23 November, 8:45 am to 9:30 am, 12 minutes' drive" in placed
    assert ": committed.\n  Moved from Friday 10:00 am: Closed on Friday." in placed
    assert f"Due, and on no day of {KIM}'s week of 2026-11-23: No day has 45 minutes left." in missed


def test_two_reps_whose_names_begin_alike_have_files_of_their_own(folder: Path) -> None:
    store_of(folder).plan.save_call_list(
        [stop(ADEYEMI, 110, 525, SlotKind.COMMITTED), stop(DANGER, 110, 540, SlotKind.FILL, "kim@example.org")]
    )

    said = callplan(folder, "export", "week", "--format", "gpx", "--out", str(folder)).stdout

    assert "kim-example-com-2026-11-23.gpx" in said
    assert "kim-example-org-2026-11-23.gpx" in said


def test_reps_whose_whole_addresses_make_one_name_have_files_of_their_own() -> None:
    dot, dash, other = "kim.lee@example.com", "kim-lee@example.com", "lee@example.com"

    names = file_names([dot, dash, other])

    assert names == {dash: "kim-lee-example-com", dot: "kim-lee-example-com-2", other: "lee"}


def test_a_week_says_on_which_days_nobody_works_and_when_its_rep_is_away(folder: Path) -> None:
    (folder / "config.yaml").write_text(f"{CONFIG}\nweek: {{leave: leave.csv}}\n")
    (folder / "leave.csv").write_text(f"email,since,why\n{KIM.upper()},2026-11-25,a wedding\n")

    kim, lee = (callplan(folder, "week", "--rep", rep).stdout for rep in (KIM, LEE))

    assert "Wednesday 25 Nov: on leave: a wedding" in kim
    assert "Thursday 26 Nov: Thanksgiving Day" in kim
    assert "leave: a wedding" not in lee
    assert "first drive is from the middle" not in kim  # the day that has visits still starts at home


def test_the_drive_home_is_estimated_at_the_speeds_that_are_set(folder: Path) -> None:
    store_of(folder).plan.save_call_list([stop(ADEYEMI, 110, 525, SlotKind.COMMITTED)])
    as_is = read_weeks(folder / "config.yaml", None, KIM)[0].days[0].home_minutes
    (folder / "config.yaml").write_text(f"{CONFIG}\nroads: {{speeds: {{town_mph: 50}}}}\n")

    twice_as_fast = read_weeks(folder / "config.yaml", None, KIM)[0].days[0].home_minutes

    assert as_is
    assert twice_as_fast
    assert twice_as_fast < 0.9 * as_is


def test_whoever_asks_for_a_week_that_is_not_there_learns_what_to_do(folder: Path) -> None:
    unknown = callplan(folder, "week", "--rep", "kin@example.com").exception
    taken = callplan(folder, "export", "week", "--out", str(folder / "config.yaml")).exception
    store_of(folder).plan.save_call_list([replace(stop(ADEYEMI, 110, 525, SlotKind.COMMITTED), minutes=0)])
    hourless = callplan(folder, "week").exception
    store_of(folder).plan.save_call_list([])
    store_of(folder).plan.save_unplaced([])
    none = callplan(folder, "week").exception

    assert str(unknown) == f'No rep "kin@example.com" has a call list.\nThe nearest is "{KIM}".'
    assert "cannot be written" in str(taken)
    assert "`callplan nightly`" in str(hourless)
    assert str(none) == "There is no call list yet.\n`callplan nightly` makes it."
