"""As many calls as HubSpot allows and no more, wherever its window lies, by several processes together."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from adapters.hubspot.pace import Pace
from connector.contract import Drawer
from tests.conftest import StillClock

TEN_SECONDS = timedelta(seconds=10)


def most_in(window: timedelta, moments: list[float]) -> int:
    ordered, most, first = sorted(moments), 0, 0
    for at, moment in enumerate(ordered):
        while ordered[first] <= moment - window.total_seconds():
            first += 1
        most = max(most, at - first + 1)
    return most


@pytest.mark.parametrize("burst", [100, 110, 190, 250])
def test_one_process_keeps_the_pace_and_hardly_loses_any(clock: StillClock, burst: int) -> None:
    pace, moments = Pace(clock, Drawer()), list[float]()

    for _ in range(5 * burst):
        pace.wait_to_call(burst)
        moments.append(clock.now().timestamp())

    seconds = moments[-1] - moments[0]
    assert most_in(TEN_SECONDS, moments) <= burst
    assert len(moments) / seconds >= 0.97 * burst / 10


def test_processes_that_share_a_store_share_the_limit(clock: StillClock) -> None:
    """Each has a clock of its own here, and the one that is furthest behind goes next, as processes side by side do."""
    drawer, rng = Drawer(), Random(7)
    clocks = [StillClock(clock.now()) for _ in range(4)]
    paces = [Pace(one, drawer) for one in clocks]
    moments = list[float]()

    for _ in range(1500):
        at = min(range(4), key=lambda n: clocks[n].now())
        clocks[at].sleep(rng.choice([0, 0.01, 0.2]))
        paces[at].wait_to_call(190)
        moments.append(clocks[at].now().timestamp())

    assert most_in(TEN_SECONDS, moments) <= 190


def test_no_more_than_four_searches_go_in_a_second(clock: StillClock) -> None:
    drawer, moments = Drawer(), list[float]()
    paces = [Pace(clock, drawer), Pace(clock, drawer)]

    for n in range(40):
        paces[n % 2].wait_to_search()
        moments.append(clock.now().timestamp())

    assert most_in(timedelta(seconds=1), moments) <= 5


def test_a_process_that_was_idle_does_not_make_up_for_it(clock: StillClock) -> None:
    pace, moments = Pace(clock, Drawer()), list[float]()

    for _ in range(30):
        clock.sleep(0.9)
        for _ in range(19):
            pace.wait_to_call(190)
            moments.append(clock.now().timestamp())

    assert most_in(TEN_SECONDS, moments) <= 190


def test_a_clock_that_was_wrong_holds_nobody_up(clock: StillClock) -> None:
    drawer, before = Drawer(), clock.now()
    ahead = StillClock(before + timedelta(days=400))
    Pace(ahead, drawer).wait_to_call(190)

    Pace(clock, drawer).wait_to_call(190)

    assert clock.now() - before < timedelta(seconds=1)
