"""The ordered week: who gets a slot, on which day and when, and what never moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callplan.calls import NONE, Kept, Stops, Workdays, workdays
from callplan.model import SlotKind, WeekRules, Workday
from callplan.week import Week, order_week

MONDAY = date(2026, 11, 23)
RULES = WeekRules(visits_per_day=3, a_visit=45, b_visit=30, reserved=0.5, effort=4)
OPENS, CLOSES = 510, 1020  # 8:30 and 17:00
NOWHERE = np.datetime64("NaT", "D")
NIGHTS = [MONDAY - timedelta(days=2), *(MONDAY + timedelta(days=n) for n in range(5))]


def stops(tiers: str, **given: object) -> Stops:
    """Accounts that are due and open all day, each at the row of the drive matrix after the start."""
    count = len(tiers)
    all_day = np.zeros((count, 5), dtype=np.int64), np.full((count, 5), 1440)
    found = Stops(
        npi=np.array([f"N{n:03}" for n in range(count)], dtype=np.str_),
        tier=np.array(list(tiers), dtype=np.str_),
        due_on=np.full(count, np.datetime64(MONDAY)),
        urgency=np.ones(count),
        cold=np.zeros(count, dtype=np.bool_),
        volume=np.ones(count),
        place=np.arange(1, count + 1),
        opens=all_day[0],
        closes=all_day[1],
    )
    return replace(found, **{name: np.array(column) for name, column in given.items()})


def on_a_line(*minutes: float) -> np.ndarray:
    """Drive minutes between places on one road, the start at its beginning."""
    at = np.array([0.0, *minutes])
    apart: np.ndarray = np.abs(at[:, None] - at)
    return apart


def days(*numbers: int, today: date = MONDAY, frozen: bool = False, rules: WeekRules = RULES) -> Workdays:
    ahead = [Workday(MONDAY + timedelta(days=n), OPENS, CLOSES) for n in numbers or range(5)]
    home = np.zeros(len(ahead), dtype=np.int64)
    return workdays(ahead, today, home, home, frozen, rules)


def nothing(count: int) -> Kept:
    zeros = np.zeros(count, dtype=np.int64)
    return Kept(np.full(count, NOWHERE), zeros, zeros, zeros + RULES.hold, zeros, np.full(count, "", dtype="<U9"))


def kept(week: Week) -> Kept:
    hold = np.full(len(week.slot), RULES.hold)
    return Kept(week.day, week.starts, week.starts, hold, week.slot, week.kind)


def ordered(found: Stops, minutes: np.ndarray, of: Workdays | None = None, was: Kept | None = None) -> Week:
    of = of or days()
    found = replace(found, opens=found.opens[:, : len(of.day)], closes=found.closes[:, : len(of.day)])
    return order_week(found, was or nothing(len(found.npi)), of, minutes, RULES)


def weekday(week: Week, row: int) -> int:
    """0 is Monday."""
    return int((week.day[row] - np.datetime64(MONDAY)) / np.timedelta64(1, "D"))


def test_tier_a_is_placed_before_any_tier_b() -> None:
    many = stops("B" * 12 + "A" * 13)

    week = ordered(many, on_a_line(*[5.0] * 25))

    assert (week.kind[12:] == SlotKind.COMMITTED).all()
    assert (week.slot[:12] > 0).sum() == 2


def test_a_tier_a_that_does_not_fit_is_named_and_is_the_least_urgent() -> None:
    many = stops("A" * 16, urgency=[3.0] * 10 + [1.0] + [3.0] * 5)

    week = ordered(many, on_a_line(*[5.0] * 16))

    assert np.flatnonzero(week.slot == 0).tolist() == [10]
    assert week.unplaced[10].startswith("No slot is left this week")


def test_a_rep_with_hundreds_of_tier_a_visits_due_gets_a_full_week() -> None:
    many = stops("A" * 240)

    week = ordered(many, on_a_line(*[5.0] * 240))

    assert (week.slot > 0).sum() == 15


def test_accounts_of_one_town_are_seen_on_one_day() -> None:
    east_and_west = stops("AAAAAA")
    minutes = on_a_line(60, 62, 64, 0, 0, 0)
    minutes[:, 4:], minutes[4:, :] = minutes[:, 4:] + 70, minutes[4:, :] + 70
    minutes[4:, 4:] = 2.0
    np.fill_diagonal(minutes, 0.0)

    week = ordered(east_and_west, minutes)

    assert len(set(week.day[:3].tolist())) == len(set(week.day[3:].tolist())) == 1
    assert week.day[0] != week.day[3]


def test_an_account_that_no_day_can_reach_is_named_with_its_drive() -> None:
    far = stops("AA")

    week = ordered(far, on_a_line(10, 300))

    assert week.slot[0] > 0
    assert week.unplaced[1].startswith("It is too far for a day: 600 minutes of driving")


def test_a_place_that_no_road_leads_to_is_named() -> None:
    minutes = on_a_line(10, 20)
    minutes[2, :2] = minutes[:2, 2] = np.nan

    week = ordered(stops("AA"), minutes)

    assert week.unplaced.tolist() == ["", "No road leads there from where the days start."]


def test_a_visit_lies_within_the_hours_in_which_the_account_sees_reps() -> None:
    tuesday_morning_or_friday_afternoon = stops("AB")
    tuesday_morning_or_friday_afternoon.closes[0] = [0, 600, 0, 0, 0]
    tuesday_morning_or_friday_afternoon.opens[1] = [0, 0, 0, 0, 840]
    tuesday_morning_or_friday_afternoon.closes[1] = [0, 540, 0, 0, 900]

    week = ordered(tuesday_morning_or_friday_afternoon, on_a_line(30, 20))

    assert (weekday(week, 0), weekday(week, 1)) == (1, 4)
    assert OPENS + 30 <= week.starts[0] <= 600 - 45
    assert 840 <= week.starts[1] <= 900 - 30


def test_five_that_see_reps_in_one_and_the_same_hour_are_seen_on_five_days() -> None:
    nine_to_ten = np.full((5, 5), 540), np.full((5, 5), 600)
    few = stops("AAAAA", opens=nine_to_ten[0], closes=nine_to_ten[1])

    week = ordered(few, on_a_line(20, 25, 20, 25, 20))

    assert sorted(weekday(week, row) for row in range(5)) == [0, 1, 2, 3, 4]


def test_one_that_sees_nobody_this_week_is_named() -> None:
    shut = stops("A", closes=[[0] * 5])

    assert ordered(shut, on_a_line(5)).unplaced[0] == "It sees nobody on the days that are left this week."


def test_what_is_due_on_friday_alone_is_told_what_friday_cannot_hold() -> None:
    friday = [np.datetime64(MONDAY + timedelta(days=4))]

    shut = stops("A", due_on=friday, closes=[[900, 900, 900, 900, 0]])
    early = stops("A", due_on=friday, closes=[[900, 900, 900, 900, 540]])

    assert ordered(shut, on_a_line(5)).unplaced[0] == "It sees nobody on the days of this week on which it is due."
    assert ordered(early, on_a_line(90)).unplaced[0].startswith("It is too far for the days on which it is due: 180")
    home = np.zeros(5, dtype=np.int64)
    ahead = [Workday(MONDAY + timedelta(days=n), OPENS, CLOSES) for n in range(5)]
    from_there = workdays(ahead, MONDAY, np.array([2, 0, 0, 0, 0]), home, False, RULES)  # on Monday
    assert "due: 180 minutes" in ordered(early, on_a_line(90, 90), from_there).unplaced[0]


def test_one_whose_hours_are_shorter_than_a_visit_is_named_with_both() -> None:
    half_an_hour = stops("A", opens=[[540] * 5], closes=[[570] * 5])

    assert (
        ordered(half_an_hour, on_a_line(5)).unplaced[0] == "It sees reps for 30 minutes at most, and a visit takes 45."
    )


def test_a_visit_is_not_made_before_it_is_due() -> None:
    due_on_thursday = stops("A", due_on=[np.datetime64(MONDAY + timedelta(days=3))])

    assert weekday(ordered(due_on_thursday, on_a_line(5)), 0) >= 3


def test_a_share_of_the_slots_waits_for_tier_a_until_the_day_before() -> None:
    only_b = stops("B" * 15)

    week = ordered(only_b, on_a_line(*[5.0] * 15))

    a_day = [int((week.day == np.datetime64(MONDAY + timedelta(days=n))).sum()) for n in range(5)]
    assert a_day == [3, 3, 1, 1, 1]
    assert (week.kind == SlotKind.RELEASED).sum() == 4


def test_a_tier_b_is_not_driven_to_when_the_detour_is_not_worth_it() -> None:
    near_and_far = stops("BB")

    week = ordered(near_and_far, on_a_line(10, 90))

    assert (week.slot > 0).tolist() == [True, False]


def test_tier_a_is_driven_to_whatever_the_detour() -> None:
    assert ordered(stops("A"), on_a_line(200)).slot[0] > 0


def test_a_committed_visit_keeps_its_day_and_hour_when_a_more_urgent_one_appears() -> None:
    before = ordered(stops("AA"), on_a_line(30, 60))
    more = stops("AAA", urgency=[1, 1, 3])

    after = ordered(more, on_a_line(30, 60, 45), was=_with_new(before, 1))

    assert (after.day[:2] == before.day).all()
    assert (np.abs(after.starts[:2] - before.starts) <= RULES.hold).all()
    assert after.slot[2] > 0
    assert (after.moved == "").all()


def test_one_that_has_gone_cold_gets_room_and_the_one_that_makes_it_says_so() -> None:
    many = stops("A" * 15)
    before = ordered(many, on_a_line(*[5.0] * 15))
    closed_but_on_monday = stops("A" * 15 + "A", cold=[False] * 15 + [True])
    closed_but_on_monday.closes[15, 1:] = 0
    monday = np.flatnonzero(before.day == np.datetime64(MONDAY))
    gone = monday[0] if len(monday) else 0
    other = np.flatnonzero(before.day != np.datetime64(MONDAY))[0]
    was = _with_new(before, 1)
    was.day[other] = NOWHERE  # a slot is free on another day than Monday
    closed_but_on_monday.closes[other] = 0

    after = ordered(closed_but_on_monday, on_a_line(*[5.0] * 16), was=was)

    assert weekday(after, 15) == 0
    moved = np.flatnonzero(after.moved != "")
    assert {after.moved[row] for row in moved if row != other} == {"It made room for NPI N015, which has gone cold."}
    assert gone in monday


def test_when_the_rep_is_away_a_committed_visit_gets_another_day_with_the_reason() -> None:
    before = ordered(stops("A"), on_a_line(5))
    others = [n for n in range(5) if n != weekday(before, 0)]

    after = ordered(stops("A"), on_a_line(5), days(*others), kept(before))

    assert weekday(after, 0) in others
    assert after.moved[0] == "The rep does not work on that day."


def test_the_current_day_is_not_planned_again() -> None:
    before = ordered(stops("AABB"), on_a_line(5, 6, 7, 8))
    today = MONDAY + timedelta(days=weekday(before, 0))
    ahead = days(*range(weekday(before, 0), 5), today=today, frozen=True)
    more = stops("AABBA", urgency=[1, 1, 1, 1, 9], cold=[False] * 4 + [True])

    after = ordered(more, on_a_line(5, 6, 7, 8, 1), ahead, _with_new(before, 1))

    on_today = before.day == np.datetime64(today)
    assert (after.day[:4][on_today] == before.day[on_today]).all()
    assert (after.starts[:4][on_today] == before.starts[on_today]).all()
    assert (after.slot[:4][on_today] == before.slot[on_today]).all()
    assert weekday(after, 4) > weekday(before, 0)


def test_an_order_that_has_been_planned_is_planned_again_the_same() -> None:
    found, minutes = stops("AAABBBBB"), on_a_line(10, 40, 20, 15, 45, 22, 60, 5)

    before = ordered(found, minutes)
    after = ordered(found, minutes, was=kept(before))

    assert (after.slot == before.slot).all()


def test_a_week_without_a_working_day_names_every_tier_a() -> None:
    none_left = workdays([], MONDAY, np.zeros(0, np.int64), np.zeros(0, np.int64), False, RULES)

    week = ordered(stops("AB"), on_a_line(5, 6), none_left)

    assert week.unplaced.tolist() == ["No working day is left this week.", ""]


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Stops, np.ndarray, Workdays]:
    """Up to nine accounts on a map of an hour and a half, with hours and due days of their own; some days are off."""
    tiers = draw(st.text("AB", min_size=1, max_size=9))
    count = len(tiers)
    at = np.array([(0, 0), *(draw(st.tuples(st.integers(-90, 90), st.integers(-90, 90))) for _ in tiers)], dtype=float)
    minutes = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    worked = sorted(draw(st.sets(st.integers(0, 4), min_size=1)))
    found = stops(
        tiers,
        urgency=[draw(st.sampled_from([0.7, 1.0, 2.5, np.inf])) for _ in tiers],
        due_on=[np.datetime64(MONDAY + timedelta(days=draw(st.integers(-9, 4)))) for _ in tiers],
        opens=draw(
            st.lists(st.lists(st.sampled_from([0, 540, 780]), min_size=5, max_size=5), min_size=count, max_size=count)
        ),
        closes=draw(
            st.lists(st.lists(st.sampled_from([0, 720, 960]), min_size=5, max_size=5), min_size=count, max_size=count)
        ),
    )
    return found, minutes, days(*worked, today=draw(st.sampled_from(NIGHTS[:2])))


@given(drawn=weeks())
@settings(max_examples=60)
def test_every_day_keeps_its_hours_and_every_tier_a_is_placed_or_named(
    drawn: tuple[Stops, np.ndarray, Workdays],
) -> None:
    found, minutes, of = drawn

    week = ordered(found, minutes, of)

    planned, is_a = week.slot > 0, found.tier == "A"
    assert (planned == ~np.isnat(week.day)).all()
    assert (is_a & (planned == (week.unplaced != ""))).sum() == 0
    assert len(set(week.slot[planned])) == planned.sum()
    for number, day in enumerate(of.day):
        rows = np.flatnonzero(week.day == day)
        _holds(rows[np.argsort(week.slot[rows])], number, found, week, minutes)


def _holds(rows: np.ndarray, day: int, found: Stops, week: Week, minutes: np.ndarray) -> None:
    """Driven through as a rep would: leaves at the start, is in time everywhere, and back by the end."""
    here, now = 0, float(OPENS)
    for row in rows.tolist():
        assert week.starts[row] >= now + minutes[here, row + 1]
        assert found.opens[row, day] <= week.starts[row]
        assert found.due_on[row] <= week.day[row]
        assert week.leg[row] == here
        here, now = row + 1, week.starts[row] + (45 if found.tier[row] == "A" else 30)
        assert now <= found.closes[row, day]
    assert now + minutes[here, 0] <= CLOSES
    assert len(rows) <= RULES.visits_per_day


@given(drawn=weeks(), due=st.lists(st.booleans(), min_size=9, max_size=9), night=st.integers(1, 3))
@settings(max_examples=40)
def test_the_next_night_moves_no_tier_a_of_a_day_to_come(
    drawn: tuple[Stops, np.ndarray, Workdays], due: list[bool], night: int
) -> None:
    found, minutes, of = drawn
    before = ordered(found, minutes, of)
    ahead = of.day >= np.datetime64(MONDAY + timedelta(days=night))
    later = days(
        *np.flatnonzero([MONDAY + timedelta(n) in of.day[ahead].tolist() for n in range(5)]).tolist() or [4],
        today=MONDAY + timedelta(days=night),
        frozen=True,
    )
    still = np.flatnonzero(due[: len(found.npi)])
    asked = Stops(*(getattr(found, name)[still] for name in Stops.__slots__))
    columns = [of.day.tolist().index(day) if day in of.day else NONE for day in later.day.tolist()]
    asked = replace(asked, opens=asked.opens[:, columns], closes=asked.closes[:, columns])

    after = order_week(
        asked, Kept(*(getattr(kept(before), name)[still] for name in Kept.__slots__)), later, minutes, RULES
    )

    stays = (asked.tier == "A") & np.isin(before.day[still], later.day)
    assert (after.day[stays] == before.day[still][stays]).all()
    assert (np.abs(after.starts - before.starts[still])[stays] <= RULES.hold).all()
    assert (after.moved[stays] == "").all()


def _with_new(week: Week, count: int) -> Kept:
    """The plan so far, and more accounts that are not in it."""
    both = zip(Kept.__slots__, (getattr(kept(week), name) for name in Kept.__slots__), strict=True)
    empty = nothing(count)
    return Kept(*(np.concatenate([column, getattr(empty, name)]) for name, column in both))


@pytest.mark.parametrize("numbers", [(), (2,)])
def test_an_empty_list_of_accounts_is_an_empty_week(numbers: tuple[int, ...]) -> None:
    assert ordered(stops(""), on_a_line(), days(*numbers)).slot.tolist() == []
