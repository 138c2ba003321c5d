"""Between its visits: which touch a Tier B account gets next, on which day, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.channel import Served, Suggestion, suggest
from callplan.model import Channel, ChannelRules
from callplan.touches import last_by_channel
from tests.callplan.test_cold import TODAY, touches

SINCE = TODAY - timedelta(days=200)


def served(tier: str = "B", visit_on: date | None = None, thin: str = "") -> Served:
    """One account, in its tier for 200 days."""
    since, visit = (np.array([day], "datetime64[D]") for day in (SINCE, visit_on))
    return Served(np.array([tier]), since, visit, {0: thin} if thin else {})


def next_touch(
    *rows: tuple[int, str, str], account: Served | None = None, today: date = TODAY, rules: ChannelRules | None = None
) -> Suggestion:
    """Of an account with touches so many days ago, of a kind, with a result."""
    logged = touches(*((ago, kind, "", result, 30.0) for ago, kind, result in rows))
    (found,) = suggest(last_by_channel(logged, 1, today), account or served(), rules or ChannelRules())
    return found


@pytest.mark.parametrize(
    ("last", "then"), [("call", "email"), ("email", "message"), ("message", "call"), ("visit", "call")]
)
def test_calls_mails_and_messages_take_turns(last: str, then: str) -> None:
    found = next_touch((10, last, "done"))

    assert found.channel == then


def test_a_visit_in_between_does_not_start_the_turns_anew() -> None:
    found = next_touch((50, "call", "done"), (10, "visit", "done"))

    assert found.channel == Channel.EMAIL


def test_of_two_touches_on_one_day_the_later_in_turn_counts() -> None:
    either = [next_touch((10, a, "done"), (10, b, "done")) for a, b in (("call", "email"), ("email", "call"))]

    assert [found.channel for found in either] == [Channel.MESSAGE, Channel.MESSAGE]


def test_a_team_that_sends_no_messages_calls_and_writes_in_turn() -> None:
    rules = ChannelRules(turns=(Channel.CALL, Channel.EMAIL))

    found = next_touch((10, "email", "done"), rules=rules)

    assert found.channel == Channel.CALL


def test_the_next_touch_is_due_so_many_days_after_the_last_of_any_kind() -> None:
    found = next_touch((80, "visit", "done"), (10, "email", "done"))

    assert found.due_on == TODAY + timedelta(days=20)
    assert found.reason == (
        "Last written to on 13 Nov 2026; Tier B is touched every 30 days between its visits, next by a message."
    )


@pytest.mark.parametrize(
    "row",
    [
        (5, "call", "no_answer"),
        (5, "visit", "no_show"),
        (5, "email", "planned"),
        (-5, "call", "done"),
        (5, "note", "done"),
        (5, "task", "done"),
    ],
)
def test_what_the_account_did_not_notice_is_no_touch(row: tuple[int, str, str]) -> None:
    found = next_touch((40, "call", "done"), row)

    assert (found.channel, found.due_on) == (Channel.EMAIL, TODAY - timedelta(days=10))


def test_an_account_that_nobody_touched_counts_from_the_day_it_became_tier_b() -> None:
    found = next_touch()

    assert (found.channel, found.due_on) == (Channel.CALL, SINCE + timedelta(days=30))
    assert found.reason.startswith("Not touched since it became Tier B on 7 May 2026; ")


def test_an_account_on_the_list_is_driven_to_on_its_day() -> None:
    found = next_touch((10, "email", "done"), account=served(visit_on=date(2026, 11, 25)))

    assert (found.channel, found.due_on) == (Channel.VISIT, date(2026, 11, 25))
    assert found.reason == "On this week's list, for 25 Nov 2026."


def test_where_a_region_is_thin_the_reason_says_that_nobody_drives_there() -> None:
    thin = "62 minutes from the next account: called and written to instead of visited"

    found = next_touch((10, "call", "done"), account=served(thin=thin))

    assert found.reason == f"{thin}. Last called on 13 Nov 2026; Tier B is touched every 30 days, next by an e-mail."


@pytest.mark.parametrize("tier", ["A", "C"])
def test_tier_a_is_visited_and_tier_c_waits_for_a_signal(tier: str) -> None:
    found = list(
        suggest(last_by_channel(touches((10, "call", "", "done", 30.0)), 1, TODAY), served(tier), ChannelRules())
    )

    assert found == []


KINDS, RESULTS = st.sampled_from(["visit", "call", "email", "message", "note"]), st.sampled_from(["done", "no_answer"])


@given(st.lists(st.tuples(st.integers(0, 300), KINDS, RESULTS), max_size=6), st.integers(1, 400))
def test_a_suggestion_stands_until_something_happens(rows: list[tuple[int, str, str]], later: int) -> None:
    tonight = next_touch(*rows)

    some_night = next_touch(*rows, today=TODAY + timedelta(days=later))

    assert some_night == tonight
