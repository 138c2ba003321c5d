"""How far a call plan was carried out: worked by hand for three accounts, and what holds for any."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.discipline import follow, how_logged, protect
from callplan.goals import set_goals
from callplan.metrics import adhere, attain, calls_made, cover
from callplan.model import Cadence, CallPlan, Calls, Committed, Cycle, Flagged, Group, Material, Measured
from callplan.scorecard import measure

OCTOBER = Cycle("2026-10", date(2026, 10, 1), date(2026, 10, 31))
ALL = np.ones(3, dtype=np.bool_)
ADEYEMI, BRANDT, CASTILLO = range(3)
Made = list[tuple[int, int]]  # account and day of October


def days(*written: str | None) -> np.ndarray:
    return np.array(written, dtype="datetime64[D]")


def calls(*made: tuple[int, int], logged: int = 0) -> Calls:
    """Account and day of October; put on record so many days later."""
    at = np.array([np.datetime64("2026-09-30") + day for _, day in made], dtype="datetime64[D]")
    nothing = np.full(len(made), np.nan)
    return Calls(np.array([account for account, _ in made], dtype=np.int64), at, at + logged, nothing)


def plan(*goals: float, elapsed: float = 1.0) -> CallPlan:
    n = len(goals)
    first, last = np.full(n, np.datetime64(OCTOBER.first)), np.full(n, np.datetime64(OCTOBER.last))
    return CallPlan(np.array(goals), first, last, np.full(n, elapsed), np.zeros(n))


WORKED = calls((ADEYEMI, 2), (ADEYEMI, 2), (ADEYEMI, 9), (BRANDT, 5), (BRANDT, 6), (BRANDT, 7), (CASTILLO, 8))
ASKED = plan(4, 1, 0, elapsed=0.5)  # of Adeyemi four, of Brandt one; Castillo is no target


def test_attainment_is_what_the_hand_reckons() -> None:
    made = calls_made(WORKED, ASKED)

    found = attain(ASKED, made, ALL)

    assert made.tolist() == [2, 3, 0]
    assert (found.reach, found.frequency, found.frequency_attainment) == (1.0, 2.5, 0.5)
    assert (found.capped, found.uncapped) == (3 / 5, 5 / 5)
    assert (found.prorated, found.difference) == ((2 + 0.5) / 2.5, 2.5)
    assert (found.remaining, found.to_schedule) == (2, 2)


def test_a_goal_is_reached_by_as_many_touches_as_it_asks_for() -> None:
    asked = plan(2, 4, 0)

    assert attain(asked, calls_made(WORKED, asked), ALL).frequency_attainment == 0.5


def test_a_visit_on_the_list_is_scheduled() -> None:
    listed = CallPlan(ASKED.goal, ASKED.first, ASKED.last, ASKED.elapsed, np.array([1.0, 1.0, 1.0]))

    found = attain(listed, calls_made(WORKED, listed), ALL)

    assert (found.remaining, found.to_schedule) == (2, 1)


def test_touches_off_plan_are_those_on_no_target_and_those_outside_an_account_s_time() -> None:
    asked = CallPlan(ASKED.goal, days("2026-10-05", "2026-10-01", "2026-10-01"), ASKED.last, ASKED.elapsed, ASKED.goal)

    found = adhere(WORKED, asked, np.ones(7, dtype=np.bool_))

    assert (found.on_target, found.calls) == (4, 6)  # Adeyemi on the 9th and Brandt three times, of six days
    assert found.off_plan == pytest.approx(2 / 6)


def test_what_was_done_before_there_was_a_plan_is_not_off_it() -> None:
    begun = CallPlan(ASKED.goal, days("2026-10-10", "2026-10-08", "2026-10-01"), ASKED.last, ASKED.elapsed, ASKED.goal)

    found = adhere(calls((ADEYEMI, 7), (ADEYEMI, 9), (CASTILLO, 7), (CASTILLO, 8)), begun, np.ones(4, dtype=np.bool_))

    assert (found.on_target, found.calls) == (0, 2)  # from the 8th on, when Brandt is the first target


def test_who_has_no_targets_has_no_attainment() -> None:
    found = attain(ASKED, calls_made(WORKED, ASKED), np.array([False, False, True]))

    shares = (found.reach, found.frequency, found.frequency_attainment, found.capped, found.uncapped, found.prorated)
    assert found.targets == 0
    assert {*shares, found.difference} == {None}


@pytest.mark.parametrize(("cadence", "covered", "by_volume"), [(30.0, 1 / 3, 0.5), (29.0, 0.0, 0.0)])
def test_coverage_counts_whom_somebody_saw_within_the_cadence_and_nobody_whose_visit_lies_ahead(
    cadence: float, covered: float, by_volume: float
) -> None:
    last = days("2026-10-01", None, "2026-11-02")  # 30 days ago, never, and in two days

    found = cover(last, np.full(3, cadence), np.array([100.0, 60.0, 40.0]), ALL, date(2026, 10, 31))

    assert (found.coverage, found.volume_weighted) == (covered, by_volume)


@pytest.mark.parametrize(
    ("tier", "before", "since", "goal", "counted"),
    [
        ("A", "", "2026-01-01", 3, ("2026-10-01", "2026-12-31")),
        ("B", "", "2026-01-01", 1, ("2026-10-01", "2026-12-31")),
        ("C", "", "2026-01-01", 0, None),
        ("A", "C", "2026-11-01", 2, ("2026-11-01", "2026-12-31")),  # 61 of 30 days
        ("C", "A", "2026-12-01", 2, ("2026-10-01", "2026-11-30")),
        ("A", "B", "2026-11-15", 2, ("2026-10-01", "2026-12-31")),  # 45 of 90 days and 47 of 30: 2.07
        ("A", "C", "2026-10-15", 3, ("2026-10-15", "2026-12-31")),  # 78 days: 2.6
        ("A", "C", "2026-12-20", 0, None),  # 12 days leave no room
    ],
)
def test_a_goal_is_what_the_days_of_a_tier_leave_room_for(
    tier: str, before: str, since: str, goal: int, counted: tuple[str, str] | None
) -> None:
    quarter = Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))

    found = set_goals(quarter, np.array([tier]), np.array([before]), days(since), Cadence(30, 90))

    assert found.goal.tolist() == [goal]
    assert counted is None or (found.first.astype(str)[0], found.last.astype(str)[0]) == counted


def test_a_slot_is_kept_when_it_never_moved_and_somebody_came_in_its_week() -> None:
    slots = Committed(
        account=np.array([ADEYEMI, BRANDT, CASTILLO, ADEYEMI]),
        week=days("2026-10-05", "2026-10-05", "2026-10-12", "2026-10-26"),
        day=days("2026-10-08", "2026-10-06", "2026-10-14", "2026-10-28"),
        moved=np.array([False, True, False, False]),
        with_reason=np.array([True, True, True, True]),
    )

    made = calls((ADEYEMI, 9), (BRANDT, 5), (CASTILLO, 8), (CASTILLO, 25))  # before its week, and after

    found = protect(slots, made, np.ones(4, dtype=np.bool_), today=date(2026, 10, 28))

    assert (found.committed, found.kept, found.moved, found.with_reason, found.ended) == (3, 1, 1, 1, 1)
    assert found.protection == pytest.approx(1 / 3)


def flags(last: str | None = "2026-08-01", *, dismissed: bool = False) -> Flagged:
    one = np.array([ADEYEMI])
    return Flagged(one, days("2026-09-20"), days(last), np.array([30.0]), np.array([dismissed]))


@pytest.mark.parametrize(
    ("last", "came", "today", "decided", "cold", "waited"),
    [
        ("2026-08-01", 2, date(2026, 10, 31), 1, 1, 12.0),  # two cadences were over on 30 September
        ("2026-08-10", 2, date(2026, 10, 31), 1, 0, 12.0),  # on 9 October: acted on in time
        ("2026-08-10", None, date(2026, 10, 8), 0, 0, None),  # not yet
        ("2026-08-10", None, date(2026, 10, 9), 1, 1, None),
        (None, 19, date(2026, 10, 31), 1, 0, 29.0),  # never seen: it had had one cadence when it was flagged
        (None, 20, date(2026, 10, 31), 1, 1, 30.0),
    ],
)
def test_a_flag_was_right_where_nobody_came_until_twice_the_cadence(
    last: str | None, came: int | None, today: date, decided: int, cold: int, waited: float | None
) -> None:
    made = calls(*([(ADEYEMI, came)] if came else []), (BRANDT, 3))

    found = follow(flags(last), made, np.array([True]), today)

    assert (found.decided, found.truly_cold, found.median_days) == (decided, cold, waited)


def test_a_flag_that_was_dismissed_counts_against_the_precision_and_recovers_nothing() -> None:
    for made, today in ((calls((ADEYEMI, 20)), date(2026, 10, 31)), (calls(), date(2026, 9, 21))):
        found = follow(flags(dismissed=True), made, np.array([True]), today)

        assert (found.precision, found.recovered, found.dismissed) == (0.0, 0, 1)


def test_what_was_put_in_ahead_of_its_day_does_not_say_how_soon_it_was_logged() -> None:
    late = np.array([-3, 0, 1, 2])
    made = calls(*((ADEYEMI, day) for day in (5, 6, 7, 8)))
    told = Calls(made.account, made.at, made.at + late, np.array([1.0, 0.0, np.nan, 1.0]))

    found = how_logged(told, OCTOBER, np.ones(4, dtype=np.bool_))

    assert (found.soon, found.complete) == (2 / 3, 2 / 3)
    assert how_logged(told, Cycle("none", date(2020, 1, 1), date(2020, 1, 2)), np.ones(4, dtype=np.bool_)).soon is None


made_up = st.lists(st.tuples(st.integers(-1, 2), st.integers(1, 40)), max_size=20)
goals = st.tuples(*[st.integers(0, 4)] * 3)


def measured(made: Made, asked: tuple[int, ...], elapsed: float) -> Measured:
    touches = calls(*made)
    material = Material(plan(*map(float, asked), elapsed=elapsed), touches, np.full(3, 14.0), np.full(3, 9.0))
    group = Group("all", "everybody", ALL, ALL, np.ones(len(made), dtype=np.bool_))
    return measure(material, [group], OCTOBER, date(2026, 10, 20))[0]


@given(made_up, goals, st.floats(0, 1), st.randoms())
def test_capped_is_never_above_uncapped_or_the_whole_and_no_order_of_rows_matters(
    made: Made, asked: tuple[int, ...], elapsed: float, order: object
) -> None:
    found, mixed = measured(made, asked, elapsed), [*made]
    order.shuffle(mixed)  # type: ignore[attr-defined]

    plan = found.attainment
    assert plan.capped is None or plan.capped <= min(1.0, plan.uncapped or 0.0)
    assert plan.prorated is None or plan.prorated <= 1 + 1e-9
    assert found.adherence.adherence is None or found.adherence.adherence + (found.adherence.off_plan or 0) == 1
    assert measured(mixed, asked, elapsed) == found


@given(made_up)
def test_a_touch_that_lies_ahead_covers_nobody(made: Made) -> None:
    ahead = [(account, day) for account, day in made if day > 20]

    assert (
        measured(made, (1, 1, 1), 1.0).coverage.covered
        == measured([one for one in made if one not in ahead], (1, 1, 1), 1.0).coverage.covered
    )
