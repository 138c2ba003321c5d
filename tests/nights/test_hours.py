"""What a night takes from a team's settings of the week: each rep's days, when accounts see reps, and what is wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from callplan.model import Npi, Window
from tests.connector.samples import ADEYEMI, BRANDT, WRONG, npi
from tests.nights.desk import Desk

CONFIG = """
ready_made: {path: tiers.csv}
week: {leave: leave.csv, windows: windows.csv, open: "8:00-17:00"}
reps: [{email: Kim@example.com, home_zip: "00000", leave: [{since: 2026-11-27}]}]
"""
SATURDAY = date(2026, 11, 28)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, CONFIG)
    adeyemi, _ = desk.has(ADEYEMI, BRANDT)
    desk.visited(adeyemi, days_ago=40)
    desk.write("tiers.csv", "NPI,Tier", *(f"{npi(number)},B" for number in range(10)), f"{ADEYEMI},A", f"{BRANDT},Z")
    desk.write("leave.csv", "email,since,why", "KIM@example.com,2026-11-24,vacation")
    desk.write("windows.csv", "npi,days,from,to", f"{ADEYEMI},mon,9:00,12:00", f"{WRONG},mon,9:00,12:00")
    desk.night(name="pull")
    return desk


def test_a_reps_week_knows_holidays_and_leave_of_the_config_and_of_the_file(desk: Desk) -> None:
    with desk.run() as run:
        found, lees = run.rep_week("Kim@example.com"), run.rep_week("lee@example.com")

    assert [day.day.day for day in found.workdays] == [23, 25]
    assert list(found.away.values()) == ["on leave: vacation", "Thanksgiving Day", "on leave"]
    assert [day.day.day for day in lees.workdays] == [23, 24, 25, 27]


def test_an_account_that_the_file_does_not_list_is_open_as_all_are(desk: Desk) -> None:
    with desk.run() as run:
        windows = run.windows

    assert windows == {Npi(ADEYEMI): {0: Window(540, 720)}, Npi(BRANDT): dict.fromkeys(range(7), Window(480, 1020))}


def test_a_saturday_that_somebody_works_is_planned_on_saturdays_night(desk: Desk) -> None:
    with desk.run(SATURDAY) as run:
        next_week = run.monday
    desk.config = "ready_made: {path: tiers.csv}\nweek: {days: [tue, sat]}\n"
    with desk.run(SATURDAY) as run:
        days = [day.day for day in run.rep_week("kim@example.com").workdays]

    assert next_week == date(2026, 11, 30)
    assert days == [date(2026, 11, 24), SATURDAY]


def test_a_wrong_line_is_announced_once_and_kept_beside_those_of_other_files(desk: Desk) -> None:
    with desk.run() as run:
        for make in (lambda: run.intake, lambda: run.windows, lambda: run.windows):
            make()
        announced = list(run.announced)
    desk.write("windows.csv", "npi,days,from,to", f"{WRONG},mon,9:00,12:00", f"{ADEYEMI},mon,9:00,12:00")
    with desk.run() as run:
        assert Npi(ADEYEMI) in run.windows

    rows = [json.loads(row) for row in (desk.folder / "callplan.rejected.jsonl").read_text().splitlines()]
    assert [(row["file"], row["line"]) for row in rows] == [("tiers.csv", 13), ("windows.csv", 2)]
    (told,) = announced
    assert told.startswith(f"windows.csv:3: {WRONG} is not an NPI")
    assert told.endswith("Of 2 lines, 1 cannot be used; correct what is wrong. All are in callplan.rejected.jsonl.")


def test_a_first_night_in_the_morning_plans_no_visit_for_hours_that_are_gone(desk: Desk) -> None:
    desk.write("windows.csv", "npi,days,from,to", f"{BRANDT},mon,9:00,17:00")
    desk.clock.sleep(8.6 * 3600)  # it is 10:36 in New York

    desk.night()

    assert desk.store.plan.call_list()[Npi(ADEYEMI)].starts >= 11 * 60
    assert desk.store.plan.call_list()[Npi(ADEYEMI)].day.day == 23


def test_a_home_that_nobody_knows_is_announced_once_for_all_reps(desk: Desk) -> None:
    with desk.run() as run:
        kims = run.rep_week("kim@example.com")
        run.say_of_weeks()

    assert {day.start for day in kims.workdays} == {None}
    (told,) = run.announced
    assert told.startswith("kim@example.com: 00000 is no ZIP that is known here")


def test_a_working_saturday_takes_what_is_due_in_its_week_and_not_in_the_next(desk: Desk) -> None:
    desk.config = "ready_made: {path: tiers.csv}\nweek: {days: [tue, sat]}\n"
    desk.write("tiers.csv", "NPI,Tier", f"{ADEYEMI},A", f"{BRANDT},A")
    _, brandt = desk.org.accounts
    desk.visited(brandt, days_ago=12)  # due from Wednesday, 2 December

    done = desk.night(SATURDAY)

    (stop,) = desk.store.plan.call_list().values()
    assert (stop.npi, stop.day, stop.week) == (ADEYEMI, SATURDAY, date(2026, 11, 23))
    assert done["not_placed"] == 0  # what is due in the next week is not missed in this one


def test_a_visit_is_listed_when_the_account_sees_reps(desk: Desk) -> None:
    desk.write("windows.csv", "npi,days,from,to", f"{ADEYEMI},wed,10:00,12:00")

    desk.night()

    (stop,) = desk.store.plan.call_list().values()
    assert (stop.day, stop.starts) == (date(2026, 11, 25), 600)


def test_a_rep_who_is_away_all_week_has_no_list_and_the_night_says_what_is_due(desk: Desk) -> None:
    desk.config = CONFIG.replace("since: 2026-11-27", "since: 2026-11-23, until: 2026-11-27")

    done = desk.night()

    assert (done["visits_listed"], done["not_placed"]) == (0, 1)
