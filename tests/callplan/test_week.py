"""The ordered week: who gets a slot, which slot, and what never moves."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callplan.model import Npi, WeekRules
from callplan.week import Stops, Week, order_week, working_days

MONDAY = date(2026, 11, 23)
DAYS = working_days(MONDAY)
RULES = WeekRules(visits_per_day=2)


def stops(*tiers: str, urgency: list[float] | None = None) -> Stops:
    return Stops(
        npi=np.array([f"N{n:03}" for n in range(len(tiers))]),
        tier=np.array(tiers, dtype=np.str_),
        due=np.ones(len(tiers), dtype=np.bool_),
        urgency=np.array(urgency or [1.0] * len(tiers)),
        volume=np.ones(len(tiers)),
    )


def on_a_line(*miles: float) -> np.ndarray:
    """Drive minutes between places on one road, the start at mile 0."""
    at = np.array([0.0, *miles])
    minutes: np.ndarray = np.abs(at[:, None] - at)
    return minutes


def ordered(found: Stops, minutes: np.ndarray, first: date = MONDAY, **kept: int) -> Week:
    return order_week(found, DAYS, first, {Npi(k): v for k, v in kept.items()}, minutes, RULES)


@pytest.mark.parametrize(("today", "monday"), [(23, 23), (27, 23), (28, 30), (29, 30)])
def test_a_weekend_plans_the_next_week(today: int, monday: int) -> None:
    days = working_days(date(2026, 11, today))

    assert days[0].item() == date(2026, 11, monday)
    assert len(days) == 5


def test_tier_a_takes_the_slots_before_any_tier_b() -> None:
    many = stops(*"B" * 6, *"A" * 8)

    week = ordered(many, on_a_line(*range(14)))

    assert (week.slot[6:] > 0).all()
    assert (week.slot[:6] > 0).sum() == 2


def test_a_tier_a_that_does_not_fit_is_named_and_the_least_urgent() -> None:
    many = stops(*"A" * 11, urgency=[3.0] * 10 + [1.0])

    week = ordered(many, on_a_line(*range(11)))

    assert week.unplaced.tolist()[:10] == [""] * 10
    assert week.unplaced[10] == "No slot is left this week."


def test_neighbours_share_a_day() -> None:
    east_and_west = stops("A", "A", "A", "A", urgency=[4.0, 3.0, 2.0, 1.0])

    week = ordered(east_and_west, on_a_line(50, -50, 52, -52))

    assert week.day[0] == week.day[2] != week.day[1] == week.day[3]


def test_a_planned_stop_keeps_its_slot_when_a_more_urgent_one_appears() -> None:
    two = stops("A", "A", urgency=[1.0, 9.0])

    week = ordered(two, on_a_line(10, 20), N000=1)

    assert week.slot[0] == 1


def test_a_planned_tier_b_gives_way_only_when_tier_a_would_not_fit() -> None:
    full = stops("B", *"A" * 10)
    easy = stops("B", *"A" * 9)

    assert ordered(full, on_a_line(*range(11)), N000=3).slot[0] == 0
    assert ordered(easy, on_a_line(*range(10)), N000=3).slot[0] == 3


def test_nothing_is_planned_before_the_first_day() -> None:
    week = ordered(stops(*"A" * 10), on_a_line(*range(10)), date(2026, 11, 26), N000=1)

    assert np.nanmin(week.day) == np.datetime64("2026-11-26")
    assert week.slot[0] != 1


def test_the_first_stop_of_a_day_is_driven_to_from_the_start() -> None:
    week = ordered(stops("A", "A"), on_a_line(30, 40))

    assert week.drive_minutes.tolist() == [30.0, 10.0]


weeks = st.integers(0, 24).flatmap(
    lambda n: st.tuples(
        st.lists(st.sampled_from("AB"), min_size=n, max_size=n),
        st.lists(st.floats(0.7, 9), min_size=n, max_size=n),
        st.lists(st.floats(-90, 90), min_size=n, max_size=n),
        st.lists(st.integers(0, 10), min_size=n, max_size=n),
        st.integers(23, 27),
    )
)


@settings(max_examples=150, deadline=None)
@given(weeks)
def test_a_week_never_drops_a_tier_a_for_a_tier_b(
    drawn: tuple[list[str], list[float], list[float], list[int], int],
) -> None:
    tiers, urgency, miles, slots, first = drawn
    found, opens = stops(*tiers, urgency=urgency), date(2026, 11, first)
    kept = {str(npi): slot for npi, slot in zip(found.npi, slots, strict=True) if slot}

    week = ordered(found, on_a_line(*miles), opens, **kept)
    again = ordered(found, on_a_line(*miles), opens, **kept)

    planned, is_a = week.slot > 0, found.tier == "A"
    assert len(set(week.slot[planned])) == planned.sum()
    assert not (is_a & ~planned).any() or not (~is_a & planned).any()
    assert planned.sum() == min(len(tiers), 2 * (28 - first))
    assert not planned.any() or week.day[planned].min() >= np.datetime64(opens)
    assert (week.slot == again.slot).all()


@settings(max_examples=150, deadline=None)
@given(weeks)
def test_the_next_night_moves_no_tier_a_slot_of_a_day_to_come(
    drawn: tuple[list[str], list[float], list[float], list[int], int],
) -> None:
    tiers, urgency, miles, _, first = drawn
    found = stops(*tiers, urgency=urgency)
    before = ordered(found, on_a_line(*miles))
    kept = {str(npi): int(slot) for npi, slot in zip(found.npi, before.slot, strict=True) if slot}

    after = ordered(found, on_a_line(*miles), date(2026, 11, first), **kept)

    stays = (found.tier == "A") & (before.day >= np.datetime64(date(2026, 11, first)))
    assert (after.slot[stays] == before.slot[stays]).all()
