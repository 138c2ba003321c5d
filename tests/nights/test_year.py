"""Nights in a row under a virtual clock: no flag flaps, no budget is passed, silence of a log is a gap.

A quarter of the year that bench/year.py spends in whole nights.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from connector.store.flags import DISMISSED, TOUCHED, WITHDRAWN
from tests.nights.year import KIM, LEAVE, LEE, OUTAGES, PER_DAY, SILENT, Year

NIGHTS = 94  # the first refresh of a quarter is among them
COLD = timedelta(days=42)  # half a cadence more than one


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return Year(tmp_path_factory.mktemp("year"), accounts=40).live(NIGHTS)


def test_no_account_is_flagged_and_cleared_without_a_touch_between(year: Year) -> None:
    how = {flag.how for flag in year.flags()}

    assert {TOUCHED, DISMISSED, WITHDRAWN} <= how  # all of it happened
    assert len(year.flags()) > 30
    assert year.unjustified() == []
    assert year.flapping() == []


def test_no_manager_hears_of_more_than_so_many_a_day_and_the_rest_waits(year: Year) -> None:
    assert year.most_in_a_day() == PER_DAY
    assert max(year.waiting.values()) > PER_DAY


def test_a_silent_feed_and_a_silent_rep_are_one_gap_each_and_nobody_goes_cold_by_them(year: Year) -> None:
    gaps = [(gap.who, gap.since) for gap in year.desk.store.flags.gaps(ended=True)]
    fridays = {rep: min(days) - timedelta(days=3) for rep, days in ((LEE, SILENT), ("", OUTAGES[0]))}

    assert gaps == [*fridays.items()]
    for flag in year.flags():
        assert flag.last_touch
        for since, days in ((fridays[LEE], SILENT if flag.rep == LEE else ()), (fridays[""], OUTAGES[0])):
            assert flag.raised not in days or flag.last_touch + COLD <= since  # cold before, and its turn came


def test_a_rep_on_leave_raises_nothing(year: Year) -> None:
    away = [day for day in LEAVE if day < max(year.waiting)]

    assert len(away) == 12
    assert not [flag for flag in year.flags() if flag.rep == KIM and flag.raised in away]
    assert [flag for flag in year.flags() if flag.rep == LEE and flag.raised < date(2026, 2, 16)]
