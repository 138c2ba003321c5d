"""Twenty nights: a committed slot moves only for a reason that is on record, and the reason is true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callplan.model import Npi
from connector.store.plan import Stop
from connector.store.slots import ENDED, MOVED, SlotEvent
from tests.nights.twenty import FIRST, HOLD, LEAVE, NIGHTS, Night, Twenty, committed


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Twenty:
    return Twenty(tmp_path_factory.mktemp("twenty"))


@pytest.fixture(scope="module")
def nights(town: Twenty) -> list[Night]:
    return list(town.nights())


def test_a_committed_slot_that_is_another_the_next_night_has_its_reason_on_record(nights: list[Night]) -> None:
    changed = 0
    for night in nights:
        said = {event.npi: event for event in night.events if event.event in (MOVED, ENDED)}
        for npi, was in committed(night.before, night.today).items():
            now = night.after.get(npi)
            if now is None or (now.rep, now.kind, now.day) != (was.rep, was.kind, was.day) or _shifted(now, night):
                assert said[npi].reason
                changed += 1

    assert len(nights) == NIGHTS
    assert changed > 15


def _shifted(now: Stop, night: Night) -> bool:
    return abs(now.starts - night.promised[now.npi]) > HOLD


def test_the_reasons_are_true(town: Twenty, nights: list[Night]) -> None:
    for night in nights:
        for event in night.events:
            if event.event in (MOVED, ENDED):
                assert _is_true(event, night, town), (night.today, event)


def _is_true(event: SlotEvent, night: Night, town: Twenty) -> bool:
    reason = event.reason
    if reason.startswith("Visited on "):
        return any(event.week <= day < night.today for day in town.visits[event.npi])
    if reason.startswith("Not Tier A any more. "):
        return night.tier[event.npi] != "A" or event.npi in night.closed
    if reason.startswith("The day is over"):
        return event.day < night.today and event.day not in town.visits.get(event.npi, [])
    if reason.startswith("The rep is away: on leave"):
        return event.day == LEAVE and event.rep == "kim@example.com"
    if reason.startswith("It made room for NPI "):
        cold = Npi(reason[21:31])
        return cold in night.cold and cold in night.after and cold not in night.before
    return reason == "Nothing"


def test_what_moves_is_little(nights: list[Night]) -> None:
    """Of what was committed for the days after the current one."""
    held = sum(len(committed(night.before, night.today)) for night in nights if night.today.weekday())
    moved = sum(event.event == MOVED for night in nights for event in night.events)

    assert held > 100
    assert 0 < moved <= held * 0.05


def test_nothing_of_the_current_day_is_planned_again(nights: list[Night]) -> None:
    days = [night for night in nights if night.today.weekday()]
    for night in days:
        was = {npi: stop for npi, stop in night.before.items() if stop.day == night.today}
        now = {npi: stop for npi, stop in night.after.items() if stop.day == night.today}

        assert now.keys() <= was.keys()
        assert all((now[npi].slot, now[npi].starts) == (was[npi].slot, was[npi].starts) for npi in now)


def test_no_visit_is_planned_on_a_day_on_which_nobody_works(nights: list[Night]) -> None:
    for night in nights:
        for stop in night.after.values():
            assert stop.day != FIRST + timedelta(days=24)  # Thanksgiving
            assert stop.day != FIRST + timedelta(days=9)  # Veterans Day
            assert night.today < LEAVE - timedelta(days=1) or (stop.rep, stop.day) != ("kim@example.com", LEAVE)


def test_every_tier_a_that_is_due_is_listed_or_named(town: Twenty, nights: list[Night]) -> None:
    """As the last night left it."""
    store, last = town.desk.store, nights[-1]
    sunday = last.today + timedelta(days=6 - last.today.weekday())
    due = {
        npi
        for npi, cover in store.plan.coverage().items()
        if store.plan.assignments()[npi].tier == "A" and cover.due_on and cover.due_on <= sunday
    }

    assert due
    assert due <= store.plan.call_list().keys() | store.plan.unplaced().keys()
