"""Silence against cadence: what counts as a visit, when an account is cold, and what its flag says."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callplan.cold import GONE_COLD, Cold, cadence_days, due_on, find_cold
from callplan.model import Cadence, ColdRules, Tier, TouchRule
from callplan.touches import Touches, last_touch, qualifies

TODAY = date(2026, 11, 23)
CADENCE = Cadence(30, 90)


def ago(days: int) -> np.datetime64:
    return np.datetime64(TODAY - timedelta(days=days), "D")


def touches(*rows: tuple[int, str, str, str, float]) -> Touches:
    """Rows of days ago, kind, direction, result and minutes, all on the first account."""
    return Touches(
        account=np.zeros(len(rows), dtype=np.int64),
        at=np.array([ago(row[0]) for row in rows], dtype="datetime64[D]"),
        kind=np.array([row[1] for row in rows], dtype=np.str_),
        direction=np.array([row[2] for row in rows], dtype=np.str_),
        result=np.array([row[3] for row in rows], dtype=np.str_),
        minutes=np.array([row[4] for row in rows], dtype=np.float64),
        outcome=np.full(len(rows), ""),
        status=np.full(len(rows), ""),
        automated=np.zeros(len(rows), dtype=np.bool_),
        owner=np.full(len(rows), "kim@example.com"),
    )


def cold(silent: int | None, tier: str = "A", since: int = 400, today: date = TODAY, stretch: float = 1.0) -> Cold:
    """One account that was last visited `silent` days before 23 November."""
    last = np.array([np.datetime64("NaT", "D") if silent is None else ago(silent)])
    days = np.round(cadence_days(np.array([tier]), CADENCE) * stretch)
    return find_cold(last, np.array([ago(since)]), days, ColdRules(), today)


def due(silent: int | None, tier: str = "A", since: int = 400) -> np.datetime64:
    last = np.array([np.datetime64("NaT", "D") if silent is None else ago(silent)])
    days = cadence_days(np.array([tier]), CADENCE)
    found: np.datetime64 = due_on(last, np.array([ago(since)]), days, ColdRules())[0]
    return found


# What counts

CALLS = (TouchRule("visit"), TouchRule("call", (Tier.B,), 5, "inbound"))


@pytest.mark.parametrize(
    ("row", "tier", "counts"),
    [
        ((3, "visit", "", "done", 30), "A", True),
        ((0, "visit", "", "done", 30), "A", True),
        ((-1, "visit", "", "done", 30), "A", False),
        ((3, "visit", "", "planned", 30), "A", False),
        ((3, "visit", "", "no_show", 30), "A", False),
        ((3, "visit", "", "canceled", 30), "A", False),
        ((3, "call", "inbound", "no_answer", 30), "B", False),
        ((3, "call", "inbound", "done", 5), "B", True),
        ((3, "call", "inbound", "done", 4.9), "B", False),
        ((3, "call", "inbound", "done", float("nan")), "B", False),
        ((3, "call", "outbound", "done", 30), "B", False),
        ((3, "call", "", "done", 30), "B", False),
        ((3, "call", "inbound", "done", 30), "A", False),
        ((3, "email", "inbound", "done", 30), "B", False),
    ],
)
def test_only_what_happened_and_is_of_a_kind_that_the_rules_name_counts(
    row: tuple[int, str, str, str, float], tier: str, counts: bool
) -> None:
    assert qualifies(touches(row), np.array([tier]), CALLS, TODAY).tolist() == [counts]


def test_a_touch_on_an_account_that_is_none_of_ours_never_counts() -> None:
    foreign = touches((3, "visit", "", "done", 30))
    foreign.account[0] = -1

    assert qualifies(foreign, np.array(["A"]), CALLS, TODAY).tolist() == [False]
    assert qualifies(foreign, np.array([], dtype=np.str_), CALLS, TODAY).tolist() == [False]


def test_the_last_touch_is_the_latest_that_counts_whatever_the_order() -> None:
    rows = [(40, "visit", "", "done", 30.0), (3, "visit", "", "no_show", 30.0), (9, "visit", "", "done", 30.0)]
    for these in (rows, rows[::-1]):
        logged = touches(*these)
        counted = qualifies(logged, np.array(["A", "A"]), CALLS, TODAY)

        last = last_touch(logged, counted, 2)

        assert last[0] == ago(9)
        assert np.isnat(last[1])


# When an account is cold


@pytest.mark.parametrize(
    ("silent", "state"),
    [
        (0, "on_track"),
        (20, "on_track"),
        (21, "due"),
        (29, "due"),
        (30, "overdue"),
        (44, "overdue"),
        (45, "cold"),
        (59, "cold"),
        (60, "lost_contact"),
        (400, "lost_contact"),
    ],
)
def test_the_states_of_a_tier_a_account(silent: int, state: str) -> None:
    assert cold(silent).state.tolist() == [state]
    assert due(silent) == ago(silent - 21)


@pytest.mark.parametrize(("silent", "state"), [(27, "on_track"), (28, "due"), (45, "overdue"), (60, "cold")])
def test_where_the_week_does_not_hold_the_cadence_silence_is_held_against_what_it_holds(
    silent: int, state: str
) -> None:
    """A third more than a week holds: every 40 days, as it was told before the week."""
    assert cold(silent, stretch=1.334).state.tolist() == [state]
    assert due(silent) == ago(silent - 21)


def test_a_tier_b_account_has_three_times_as_long() -> None:
    assert [cold(silent, "B").state[0] for silent in (62, 63, 90, 135, 180)] == [
        *("on_track", "due", "overdue", "cold", "lost_contact")
    ]


def test_a_tier_c_account_waits_for_a_signal() -> None:
    found = cold(400, "C")

    assert found.state.tolist() == ["waiting"]
    assert np.isnan(found.ratio[0])
    assert np.isnat(due(400, "C"))
    assert np.isnat(found.cold_since[0])


@pytest.mark.parametrize(("since", "state"), [(29, "new"), (30, "never_visited")])
def test_an_account_never_visited_has_one_cadence_of_grace(since: int, state: str) -> None:
    found = cold(None, since=since)

    assert found.state[0] == state
    assert due(None, since=since) == ago(since)
    assert np.isnat(found.cold_since[0]) or found.cold_since[0] == ago(since - 30)


@example(180, 243, 135)
@given(st.integers(7, 730), st.integers(0, 1500), st.integers(101, 300))
def test_a_state_is_reached_on_the_day_that_is_told_whatever_the_multiples(
    days: int, silent: int, percent: int
) -> None:
    """180 days times 1.35 are 243, though a computer says a trifle more."""
    rules, last = ColdRules(due=0.55, cold=percent / 100, lost=3.5), np.array([ago(silent)])
    found = find_cold(last, last, np.array([float(days)]), rules, TODAY)

    assert (found.state[0] in GONE_COLD) == (100 * silent >= percent * days)
    assert np.isnat(found.cold_since[0]) or found.cold_since[0] <= ago(0)
    assert (found.state[0] != "on_track") == (due_on(last, last, np.array([float(days)]), rules)[0] <= ago(0))


def test_the_day_since_when_it_is_cold_does_not_move() -> None:
    days = [cold(silent=60, today=TODAY + timedelta(days=n)).cold_since[0] for n in range(5)]

    assert set(days) == {ago(60 - 45)}


@given(st.integers(0, 300), st.integers(0, 300), st.sampled_from(["A", "B"]))
def test_a_newer_visit_never_makes_an_account_colder(one: int, other: int, tier: str) -> None:
    newer, older = sorted([one, other])

    assert cold(newer, tier).ratio[0] <= cold(older, tier).ratio[0]
    assert (cold(newer, tier).state[0] in GONE_COLD) <= (cold(older, tier).state[0] in GONE_COLD)
