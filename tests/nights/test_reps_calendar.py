"""What reps do with booked visits in the CRM's calendar comes before the plan, and is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from callplan.model import Npi
from connector.contract import CrmId, Result
from connector.store.plan import Plan, Stop
from connector.store.slots import ENDED, MOVED, SlotEvent
from jobs._slots import NOT_LOGGED
from tests.conftest import TODAY
from tests.connector.samples import ADEYEMI, BRANDT
from tests.nights.desk import Desk

CONFIG = """
time_zone: America/Chicago
ready_made: {path: tiers.csv}
week: {appointments: true, days: [wed, fri]}
reps: [{email: kim@example.com, home_zip: "50309"}]
"""
FRIDAY, NEXT_FRIDAY = date(2026, 11, 27), date(2026, 12, 4)
TWO = 14 * 60


class Killed(BaseException):
    pass


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, CONFIG, reads="zip: zip", mapping="appointment: {object: Task, key: key, outcome: outcome}\n")
    for npi in (ADEYEMI, BRANDT):
        desk.org.add_account("kim@example.com", npi=npi, zip="50309")
    desk.write("tiers.csv", "npi,tier", f"{ADEYEMI},A", f"{BRANDT},A")
    return desk


def listed(desk: Desk, npi: str) -> Stop:
    return desk.store.plan.call_list()[Npi(npi)]


def events(desk: Desk) -> list[SlotEvent]:
    return [event for event in desk.store.slots.of_week(TODAY) if event.event in (MOVED, ENDED)]


def night(desk: Desk, today: date = TODAY) -> None:
    desk.clock.sleep(3600)
    desk.night(today)


def says(desk: Desk, npi: str, at: datetime | None = None, result: Result = Result.PLANNED) -> None:
    """A rep moves the booked visit, or says what became of it."""
    desk.clock.sleep(3600)
    record = next(one.record for one in desk.store.bookings.all().values() if one.npi == npi)
    visit = desk.org.interactions[CrmId(record or "")]
    desk.org.log(replace(visit, at=at or visit.at, result=result, modified=desk.clock.now()))


def two_pm(day: date) -> datetime:
    """In Chicago, in winter."""
    return datetime(day.year, day.month, day.day, 20, tzinfo=UTC)


def test_a_visit_that_a_rep_moved_stays_there_for_the_week_and_the_record_says_who_moved_it(desk: Desk) -> None:
    night(desk)
    says(desk, ADEYEMI, two_pm(FRIDAY))

    for later in (0, 0, 1, 2):
        night(desk, TODAY + timedelta(days=later))

        assert (listed(desk, ADEYEMI).day, listed(desk, ADEYEMI).starts) == (FRIDAY, TWO)
    (moved,) = events(desk)
    assert (moved.event, moved.to_day, moved.to_starts) == (MOVED, FRIDAY, TWO)
    assert moved.reason == "The rep moved it to Fri 27 Nov, 14:00, in the CRM."
    assert {one.at for one in desk.store.bookings.all().values() if one.npi == ADEYEMI} == {two_pm(FRIDAY)}


def test_a_visit_that_a_rep_moved_into_the_next_week_is_planned_there_at_that_hour(desk: Desk) -> None:
    night(desk)
    says(desk, ADEYEMI, two_pm(NEXT_FRIDAY))

    night(desk)
    this_week = set(desk.store.plan.call_list())
    night(desk, date(2026, 11, 30))

    assert (this_week, events(desk)[0].reason) == ({BRANDT}, "The rep moved it to Fri 4 Dec, 14:00, in the CRM.")
    assert (listed(desk, ADEYEMI).day, listed(desk, ADEYEMI).starts) == (NEXT_FRIDAY, TWO)


def test_a_visit_that_a_rep_moved_off_a_day_that_is_over_keeps_the_hour_that_the_rep_set(desk: Desk) -> None:
    night(desk)
    says(desk, ADEYEMI, two_pm(FRIDAY))

    desk.clock.sleep(3 * 24 * 3600)
    night(desk, date(2026, 11, 26))
    night(desk, date(2026, 11, 26))

    assert (listed(desk, ADEYEMI).day, listed(desk, ADEYEMI).starts) == (FRIDAY, TWO)
    reasons = [event.reason for event in desk.store.slots.of_week(TODAY) if event.npi == ADEYEMI]
    assert reasons[1:] == [NOT_LOGGED, "The rep moved it to Fri 27 Nov, 14:00, in the CRM."]


def test_a_visit_that_a_rep_cancelled_gets_another_day_and_the_record_says_why(desk: Desk) -> None:
    night(desk)
    was = listed(desk, ADEYEMI)
    says(desk, ADEYEMI, result=Result.CANCELED)

    night(desk)

    assert listed(desk, ADEYEMI).day not in (was.day, None)
    assert [(one.npi, one.reason) for one in events(desk)] == [(ADEYEMI, "It was cancelled in the CRM.")]


def test_a_night_that_is_killed_before_its_list_is_saved_leaves_no_empty_list(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Plan, "save_unplaced", dies)
        with pytest.raises(Killed):
            desk.night()
    left = desk.store.plan.call_list(), desk.store.slots.of_week(TODAY)

    again = desk.night()

    assert left == ({}, [])
    assert (again["visits_listed"], len(desk.store.slots.of_week(TODAY))) == (2, 2)


def test_a_list_of_an_older_version_is_planned_anew_and_the_current_day_with_it(desk: Desk) -> None:
    desk.config = CONFIG.replace("[wed, fri]", "[mon]")
    old = Stop(Npi(ADEYEMI), "kim@example.com", TODAY, TODAY, 1, 5.0, "estimated")
    desk.store.plan.save_call_list([old])

    desk.night()

    assert {stop.day for stop in desk.store.plan.call_list().values()} == {TODAY}
    assert listed(desk, ADEYEMI).kind == "committed"
