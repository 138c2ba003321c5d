"""A rep's week: which days are worked and from where to where, who is away and why, when accounts see reps."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory import Settings
from callplan.model import Npi, RepWeek, Window
from connector.config import Config, read_config
from connector.errors import NeedsHuman
from connector.holidays import holidays_of, stop_at_unknown_names
from connector.host.weeks import leave_of, say_idle, say_strangers, say_weeks
from connector.hours import Holidays, Leave, Rep, Week
from connector.intake import read_leave, read_windows
from connector.roads.places import place
from connector.weeks import DaysOff, days_of, monday_of, overfull, rep_week, team_days
from connector.yamlfile import Loaded
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO, WRONG, written

THANKSGIVING = date(2026, 11, 23)  # its Monday
DES_MOINES, AMES = place("50309"), place("50010")
KIM: dict[str, Any] = {"email": "kim@example.com", "home_zip": "50309"}
CLOCKS_CHANGE = (date(2026, 10, 26), date(2026, 11, 2), date(2026, 3, 2), date(2026, 3, 9))  # about a Sunday at 2:00


def config(folder: Path, told: str) -> Loaded[Config]:
    path = folder / "config.yaml"
    path.write_text(f"crm: {{memory: {{mapping: m.yaml}}}}\nready_made: {{path: tiers.csv}}\n{told}\n")
    return read_config(path, {"memory": Settings})


def week_of(monday: date, week: Week | None = None, leave: tuple[Leave, ...] = (), **rep: Any) -> RepWeek:
    week = week or Week()
    return rep_week(week, Rep(**KIM | rep), monday, DaysOff(holidays_of(week.holidays, monday), leave))


def hours(found: RepWeek) -> dict[str, tuple[int, int]]:
    return {f"{day.day:%a}": (day.starts, day.ends) for day in found.workdays}


# Days, hours and ends


def test_without_a_word_in_the_config_a_rep_works_monday_to_friday_and_not_on_thanksgiving() -> None:
    off = DaysOff(holidays_of(Week().holidays, THANKSGIVING))

    found = rep_week(Week(), None, THANKSGIVING, off)

    assert hours(found) == dict.fromkeys(("Mon", "Tue", "Wed", "Fri"), (510, 1020))
    assert found.away == {date(2026, 11, 26): "Thanksgiving Day"}
    assert {(day.start, day.end) for day in found.workdays} == {(None, None)}


def test_kims_friday_is_short_and_ends_in_ames() -> None:
    *others, friday = week_of(date(2026, 11, 16), on={"fri": {"hours": "8:30-13:00", "end": "50010"}}).workdays

    assert (friday.starts, friday.ends, friday.start, friday.end) == (510, 780, DES_MOINES, AMES)
    assert {(day.ends, day.start, day.end) for day in others} == {(1020, DES_MOINES, DES_MOINES)}


def test_a_days_own_end_goes_before_the_reps_and_the_reps_before_home() -> None:
    point = "41.59, -93.62"

    found = week_of(date(2026, 11, 16), days=["mon", "tue"], start=point, on={"tue": {"start": "50010"}})

    monday, tuesday = found.workdays
    assert monday.start
    assert (monday.start.latitude, monday.start.longitude) == (41.59, -93.62)
    assert (monday.end, tuesday.start) == (DES_MOINES, AMES)


def test_a_weekday_that_differs_is_worked_though_the_team_does_not() -> None:
    found = week_of(date(2026, 11, 16), hours="9:00-16:00", on={"sat": {"hours": "9:00-12:00"}})

    assert list(hours(found)) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    assert (hours(found)["Mon"], hours(found)["Sat"]) == ((540, 960), (540, 720))


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ("  - {email: a@b.c, home: Des Moines}", '4:26: "Des Moines" is neither a ZIP nor a point'),
        ('  - {email: a@b.c, home: "141.59, -93.62"}', '"141.59, -93.62" is neither a ZIP nor a point'),
        ('  - {email: a@b.c, hours: "17:00-8:30"}', '"17:00-8:30" ends before it begins'),
        ('  - {email: a@b.c, on: {fri: {hours: "8:30-24:30"}}}', '"8:30-24:30" are no hours'),
        ('  - {email: a@b.c, home: "50309", home_zip: "50309"}', "home and home_zip are both given"),
        ("  - {email: a@b.c, leave: [{since: 2026-12-24, until: 2026-12-21}]}", "until 2026-12-21 is before since"),
        ("  - {email: a@b.c, start: 50309}", 'Quote it: "50309"'),
    ],
)
def test_what_cannot_be_is_said_at_its_line(tmp_path: Path, told: str, complaint: str) -> None:
    with pytest.raises(NeedsHuman) as caught:
        config(tmp_path, f"reps:\n{told}")

    assert complaint in str(caught.value)
    assert "config.yaml:4:" in str(caught.value)


# Holidays and leave


def test_a_fourth_of_july_on_a_saturday_is_kept_on_friday_and_on_saturday_itself() -> None:
    found = week_of(date(2026, 6, 29), days=["thu", "fri", "sat"])

    assert list(hours(found)) == ["Thu"]
    assert list(found.away.values()) == ["Independence Day (observed)", "Independence Day"]


def test_a_team_works_on_columbus_day_and_has_the_friday_after_thanksgiving() -> None:
    told = Holidays.model_validate({"except": ["columbus day"], "also": {"2026-11-27": "day after Thanksgiving"}})

    kept = [week_of(monday, Week(holidays=told)).away for monday in (date(2026, 10, 12), THANKSGIVING)]

    assert kept == [
        {},
        {date(2026, 11, 26): "Thanksgiving Day", date(2026, 11, 27): "day after Thanksgiving"},
    ]


def test_new_years_day_is_off_in_the_week_that_began_the_year_before() -> None:
    assert week_of(date(2026, 12, 28)).away == {date(2027, 1, 1): "New Year's Day"}


@pytest.mark.parametrize("none", ["null", "none"])
def test_a_team_may_have_no_holidays(tmp_path: Path, none: str) -> None:
    week = config(tmp_path, f"week: {{holidays: {none}}}").value.week

    assert len(week_of(THANKSGIVING, week).workdays) == 5


def test_a_states_list_stands_in_place_of_the_federal_one() -> None:
    iowa = holidays_of(Holidays(state="IA"), date(2026, 10, 12))

    assert iowa[date(2026, 2, 12)] == "Lincoln's Birthday"
    assert date(2026, 10, 12) not in iowa


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"country": "XX"}, 'there are no holidays of "XX"'),
        ({"state": "QQ"}, '"QQ" is no state of "US"'),
        ({"except": ["Colombus Day"]}, 'The nearest is "Columbus Day"'),
    ],
)
def test_a_name_that_nobody_knows_is_said_with_the_nearest(told: dict[str, Any], complaint: str) -> None:
    with pytest.raises(NeedsHuman, match=complaint):
        stop_at_unknown_names(Holidays.model_validate(told), 2026)


def test_a_week_of_leave_has_no_workday_and_a_holiday_in_it_stays_one() -> None:
    leave = Leave(since=THANKSGIVING, until=date(2026, 11, 27), why="vacation")

    found = week_of(THANKSGIVING, leave=(leave,))

    assert found.workdays == ()
    assert list(found.away.values()) == [*["on leave: vacation"] * 3, "Thanksgiving Day", "on leave: vacation"]


@pytest.mark.parametrize(
    ("off", "left"),
    [
        ("13:00-17:00", (510, 780)),
        ("8:00-12:00", (720, 1020)),
        ("10:00-11:00", (660, 1020)),
        ("18:00-19:00", (510, 1020)),
        ("8:30-17:00", None),
    ],
)
def test_some_hours_of_leave_leave_the_longer_part_of_the_day(off: str, left: tuple[int, int] | None) -> None:
    tuesday = date(2026, 11, 24)

    found = week_of(THANKSGIVING, leave=(Leave(since=tuesday, hours=off, why="dentist"),))

    assert hours(found).get("Tue") == left
    assert found.away.get(tuesday) == (None if left else "on leave: dentist")
    assert hours(found)["Mon"] == (510, 1020)


# Which week


@pytest.mark.parametrize(
    ("today", "days", "monday"),
    [
        ("Friday 27", "mon-fri", 23),
        ("Saturday 28", "mon-fri", 30),
        ("Saturday 28", "mon-sat", 23),
        ("Sunday 29", "mon-sat", 30),
        ("Sunday 29", "mon-sun", 23),
        ("Friday 27", "mon-thu", 30),
    ],
)
def test_the_list_turns_to_the_next_week_when_the_last_working_day_is_over(today: str, days: str, monday: int) -> None:
    last = ["thu", "fri", "sat", "sun"].index(days[-3:]) + 3

    assert monday_of(date(2026, 11, int(today[-2:])), range(last + 1)) == date(2026, 11, monday)


def test_one_rep_who_works_saturdays_holds_the_week_for_the_team(tmp_path: Path) -> None:
    found = config(tmp_path, "reps: [{email: kim@example.com, on: {sat: {}}}, {email: lee@example.com}]").value

    assert monday_of(date(2026, 11, 28), team_days(found)) == THANKSGIVING


LEAVE = st.builds(
    lambda since, more, half: Leave(since=since, until=since + timedelta(more), hours=half, why="vacation"),
    st.dates(date(2026, 2, 25), date(2026, 12, 5)),
    st.integers(0, 9),
    st.sampled_from([None, "8:00-12:00", "13:00-17:00", "6:00-24:00"]),
)
DAY = st.builds(lambda begins, long: f"{begins}:30-{begins + long}:15", st.integers(5, 13), st.integers(1, 10))
WEEKDAY = st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])


@settings(max_examples=30)
@given(
    st.sampled_from([*CLOCKS_CHANGE, THANKSGIVING]),
    st.sets(WEEKDAY, min_size=1),
    st.dictionaries(WEEKDAY, st.fixed_dictionaries({"hours": DAY}), max_size=2),
    DAY,
    st.lists(LEAVE, max_size=4),
)
def test_each_day_of_the_week_is_worked_or_away_and_none_both_whatever_the_clocks_do(
    monday: date, days: set[Any], on: dict[Any, Any], day: str, leave: list[Leave]
) -> None:
    rep = Rep(email="kim@example.com", days=tuple(days), hours=day, on=on)
    holidays = holidays_of(Holidays(), monday)

    found = rep_week(Week(), rep, monday, DaysOff(holidays, leave))

    worked, asked = [one.day for one in found.workdays], [monday + timedelta(n) for n in days_of(Week(), rep)]
    assert sorted([*worked, *found.away]) == asked
    assert worked == sorted(worked)
    assert not {one for one in worked if one in holidays or any(off.covers(one) and not off.hours for off in leave)}
    for one in found.workdays:
        whole = rep_week(Week(), rep, monday).workdays[asked.index(one.day)]
        assert whole.starts <= one.starts < one.ends <= whole.ends
        if not any(off.covers(one.day) for off in leave):
            assert one == whole


# When accounts see reps


def test_an_account_has_a_window_on_the_weekdays_of_its_lines_and_none_on_the_others(tmp_path: Path) -> None:
    lines = [(ADEYEMI, "mon-wed", "9:00", "12:00"), (ADEYEMI, "Friday", "1:00 PM", "3:30 PM")]

    found = read_windows(written(tmp_path / "windows.csv", ("NPI", "Days", "From", "To"), *lines))

    assert found.said == {Npi(ADEYEMI): dict.fromkeys((0, 1, 2), Window(540, 720)) | {4: Window(780, 930)}}
    assert found.rejected == ()


def test_a_line_that_is_wrong_is_told_and_the_others_are_used(tmp_path: Path) -> None:
    lines = [
        (BRANDT, "mon;wed", "13:00", "17:00"),
        (BRANDT, "wed", "9:00", "11:00"),
        (CASTILLO, "mon", "12:00", "9:00"),
        (CASTILLO, "tue;fri-mon", "9:00", "12:00"),
        (CASTILLO, "fri", "9h", "12:00"),
        (WRONG, "fri", "9:00", "12:00"),
        (ADEYEMI, "tue", "9:00", ""),
        (ADEYEMI, "tue", "9:00", "12:00"),
    ]

    found = read_windows(written(tmp_path / "windows.csv", ("npi", "days", "from", "to"), *lines))

    assert found.said == {
        Npi(BRANDT): {0: Window(780, 1020), 2: Window(780, 1020)},
        Npi(ADEYEMI): {1: Window(540, 720)},
    }
    assert [(one.line, one.reason.split(".")[0]) for one in found.rejected] == [
        (3, "it has a window on wed already"),
        (4, "it closes at 9:00, and opens at 12:00"),
        (5, '"tue;fri-mon" are no weekdays such as mon-thu, or mon,wed'),
        (6, '"9h" is not a time such as 9:00, 13:30 or 1:30 PM'),
        (7, f"{WRONG} is not an NPI: ten digits with a right check digit"),
        (8, "an empty cell is not a time such as 9:00, 13:30 or 1:30 PM"),
    ]
    assert found.say_rejected().startswith("windows.csv:3: it has a window on wed already.")


def test_times_and_days_of_a_workbook_are_read_as_excel_keeps_them(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "week.xlsx")
    sheet, clock = book.add_worksheet(), book.add_format({"num_format": "h:mm"})
    sheet.write_row(0, 0, ["npi", "days", "from", "to"])
    sheet.write_row(1, 0, [int(ADEYEMI), "mon"])
    sheet.write_datetime(1, 2, time(9, 0), clock)
    sheet.write_datetime(1, 3, time(15, 30), clock)
    book.close()

    found = read_windows(tmp_path / "week.xlsx")

    assert found.said == {Npi(ADEYEMI): {0: Window(540, 930)}}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("npi,days,from,to\n1,mon,9:00,12:00\n", r"windows.csv:2: 1 is not an NPI.*No line of this file can be used"),
        ("npi,days,from,until\n1,mon,9:00,12:00\n", r"windows.csv:1: the column \"to\" is missing"),
        (None, r"windows.csv: there is no such file.*`windows:` under `week:`"),
    ],
)
def test_a_file_that_cannot_be_used_stops(tmp_path: Path, content: str | None, complaint: str) -> None:
    if content:
        (tmp_path / "windows.csv").write_text(content)

    with pytest.raises(NeedsHuman, match=f"(?s){complaint}"):
        read_windows(tmp_path / "windows.csv")


# What check says

LINES = (
    ("Kim@Example.com", "11/24/2026", "", "13:00-17:00", "dentist"),
    ("kin@example.com", "2026-11-30", "2026-12-04", "", "vacation"),
    ("lee@example.com", "2026-12-04", "2026-12-01", "", "vacation"),
    ("lee@example.com", "2026-12-04", "", "1-5", "dentist"),
)


def said(loaded: Loaded[Config], today: date = THANKSGIVING) -> list[str]:
    return list(say_weeks(loaded, today, leave_of(loaded.value, loaded.path.parent)))


def test_check_says_where_days_begin_when_they_are_and_who_is_away(tmp_path: Path) -> None:
    written(tmp_path / "leave.csv", ("email", "since", "until", "hours", "why"), *LINES)
    kim = '{email: kim@example.com, home_zip: "50309", on: {fri: {hours: "8:30-13:00", end: "50010"}}}'

    found = said(config(tmp_path, f"week: {{leave: leave.csv}}\nreps: [{kim}]"))

    assert found == [
        "ok  week of Mon 23 Nov",
        "    kim@example.com: 50309 Des Moines, mon-thu 8:30-17:00, fri 8:30-13:00 to 50010 Ames, "
        "Tue 24 Nov 8:30-13:00, away Thu 26 Nov Thanksgiving Day",
        "    any other rep: the middle of the accounts, mon-fri 8:30-17:00, away Thu 26 Nov Thanksgiving Day",
        "ok  leave: 2 entries of 2 reps",
        "    leave.csv:4: it ends on 2026-12-01, before it begins on 2026-12-04. Correct one of them",
        '    leave.csv:5: "1-5" are no hours from earlier to later, such as 13:00-17:00',
    ]


@pytest.mark.parametrize(("reps", "owners"), [("{email: Kim@example.com}", []), ("", ["Kim@example.com"])])
def test_leave_of_somebody_who_is_no_rep_is_told_with_the_nearest(tmp_path: Path, reps: str, owners: list[str]) -> None:
    written(tmp_path / "leave.csv", ("email", "since", "until", "hours", "why"), *LINES)
    loaded, leave = config(tmp_path, f"reps: [{reps}]"), read_leave(tmp_path / "leave.csv")

    (found,) = say_strangers(leave, loaded.value, owners)

    assert found.strip().startswith("leave.csv:3: kin@example.com owns no account in the CRM")
    assert found.endswith('The nearest is "kim@example.com".')


def test_a_rep_of_the_config_without_accounts_is_told_at_its_line(tmp_path: Path) -> None:
    loaded = config(tmp_path, "reps: [{email: kim@example.com}, {email: lea@example.com}]")

    (found,) = say_idle(loaded, ["Kim@example.com", "lee@example.com", ""])

    assert re.search(r"config\.yaml:\d+:\d+: lea@example.com has no account in the CRM. The nearest is \"lee@", found)
    assert list(say_idle(loaded, [""])) == []  # before the first pull


def test_check_stops_at_all_zips_that_nobody_knows_each_at_its_line(tmp_path: Path) -> None:
    reps = ['  - {email: kim@example.com, home_zip: "00000"}', "  - email: lee@example.com", "    on:"]
    loaded = config(tmp_path, "\n".join(["reps:", *reps, '      fri: {end: "99999"}']))

    with pytest.raises(NeedsHuman) as caught:
        said(loaded)

    first, second = str(caught.value).replace(f"{tmp_path}/", "").splitlines()
    assert first.startswith("config.yaml:4:40: 00000 is no ZIP that is known here.")
    assert second.startswith("config.yaml:7:18: 99999 is no ZIP that is known here.")


@pytest.mark.parametrize(
    ("told", "whose"),
    [
        ("", []),
        (
            "week: {visits_per_day: 2}",
            ["A full week: the tiers plan 10.2 visits a week, and 5 days of 2 visits hold 10."],
        ),
        (
            "reps: [{email: kim@example.com, days: [tue, wed, thu]}]",
            ["kim@example.com: the tiers plan 10.2 visits a week, and 3 days of 3 visits hold 9."],
        ),
        ("reps: [{email: kim@example.com, days: [tue, wed, thu], part_time: 0.6}]", []),
        (
            "tiers: {workload: {hours_per_week: 40, travel_minutes: 15}}",
            ["A full week: the tiers plan 38.5 visits a week, and 5 days of 3 visits hold 15."],
        ),
        ("tiers: {a_accounts: 60, b_accounts: 30}", ["A full week: the tiers plan 16.3 visits a week"]),
    ],
)
def test_tiers_that_plan_more_than_the_days_hold_are_told(tmp_path: Path, told: str, whose: list[str]) -> None:
    found = overfull(config(tmp_path, told).value.model_copy(update={"ready_made": None}))

    assert len(found) == len(whose)
    assert all(line.startswith(start) for line, start in zip(found, whose, strict=True))
