"""Whatever strikes, what was made for the questions is taken away, or it is told what was not."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from sandbox.wire import Fault
from tests.conformance.hubspot.conform import QUESTIONS
from tests.conformance.hubspot.portal import CannotRun, Portal
from tests.conformance.hubspot.workshop import Workshop
from tests.conformance.served import KEY, Asked, portal_of
from tests.conftest import StillClock


def test_limits_are_waited_out(clock: StillClock) -> None:
    with portal_of(clock, burst=9) as portal:
        assert portal.ask() == 0

        refused = [call for call in portal.wire.calls if call.status == 429]
        assert refused
        assert portal.content() == portal.before


def test_pauses_keep_the_calls_within_every_account_s_limits(clock: StillClock) -> None:
    with portal_of(clock, burst=100) as portal:
        portal.ask()

        assert [call for call in portal.wire.calls if call.status == 429] == []
        assert clock.slept > len(portal.wire.calls) / 5


@pytest.mark.parametrize("lines", [0, 10, 20, 30, 48])
def test_whoever_stops_it_leaves_nothing_behind(portal: Asked, lines: int) -> None:
    said = iter(range(100))

    def stop(line: str) -> None:
        if next(said) == lines:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        portal.ask(say=stop)

    assert portal.content() == portal.before


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_it_twice_leaves_nothing_behind_either(portal: Asked, second: signal.Signals) -> None:
    def press(asked: signal.Signals) -> Callable[[], None]:
        return lambda: os.kill(os.getpid(), asked)

    portal.wire.faults.append(Fault("/companies/merge", before=press(signal.SIGINT)))
    portal.wire.faults.append(Fault("/batch/archive", before=press(second)))

    with pytest.raises(KeyboardInterrupt):
        portal.ask()

    assert portal.lines[-1].startswith("Stopped")
    assert portal.content() == portal.before


@pytest.mark.parametrize("path", ["/companies$", "/batch/create$", "/batch/upsert$", "/lists/2026-09$", "/groups$"])
def test_what_was_made_is_taken_away_though_its_answer_was_lost(portal: Asked, path: str) -> None:
    portal.wire.faults.append(Fault(path, "POST", lose_reply=True))

    code = portal.ask()

    assert code == 2
    assert "not asked: no answer (ProtocolError)" in "\n".join(portal.lines)
    assert portal.content() == portal.before


def test_what_cannot_be_taken_away_at_once_is_a_little_later(portal: Asked) -> None:
    portal.wire.faults.append(Fault("/companies/(batch/archive|groups/)", status=503, times=2))

    assert portal.ask() == 0

    assert portal.content() == portal.before


def test_more_records_than_a_batch_takes_are_taken_away_too(portal: Asked) -> None:
    shop = Workshop(Portal(portal.url, KEY, portal.clock), "1a")
    for _ in range(101):
        shop.make()

    assert [*shop.made.clear()] == []

    assert portal.content() == portal.before


def test_what_cannot_be_taken_away_is_told(portal: Asked) -> None:
    portal.wire.faults.append(Fault("/companies/groups/", "DELETE", status=503, times=99))

    code = portal.ask()

    assert code == 2
    assert "left behind: companies/groups/callplan_conform: HubSpot answers 503" in portal.lines
    assert portal.lines[-1] == f"{len(QUESTIONS)} as assumed, 0 otherwise, 0 not asked"


def test_a_spent_day_ends_it(clock: StillClock) -> None:
    with portal_of(clock, daily_calls=30) as portal:
        with pytest.raises(CannotRun, match="tomorrow"):
            portal.ask()

        assert "left behind: companies named Callplan conformance: " in "\n".join(portal.lines)
        assert clock.slept < 60
