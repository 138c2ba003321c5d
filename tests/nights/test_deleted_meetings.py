"""A meeting that somebody deletes in HubSpot, of which no list tells: gone with its event, or within a week without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from connector.contract import Secret
from connector.host.log import silent
from connector.host.web import Site, make_app, start
from sandbox.hubspot.webhooks import Subscription
from tests.nights.sim.ground import lay_ground
from tests.nights.sim.laws.follows import flags_follow_from_the_interactions, no_interaction_is_lost_or_doubled
from tests.nights.sim.world import World, world

SECRET = "a secret of the app"
TOLD = ("object.deletion", "object.associationChange")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[World]:
    with world(lay_ground(tmp_path / "ground"), "hubspot", tmp_path) as place:
        assert place.start() == "done"
        yield place


def delete_last_meeting(place: World) -> str:
    """The last of those that were held."""
    meetings = [
        row for row in place.vendor.portal.all("meetings") if row.properties["hs_meeting_outcome"] == "COMPLETED"
    ]
    last = max(meetings, key=lambda row: str(row.properties["hs_meeting_start_time"]))
    place.vendor.delete(last.id, "meetings")
    return str(last.id)


def seen(place: World) -> set[str]:
    return set(place.store.mirror.interactions().id.tolist())


@contextmanager
def hearing(place: World) -> Iterator[None]:
    """Our door is open while the portal is told of it, and of its secret."""
    reach = place.config.value.crm["hubspot"].model_copy(update={"client_secret": Secret(SECRET)})
    config = replace(place.config, value=place.config.value.model_copy(update={"crm": {"hubspot": reach}}))
    serving = start(make_app(Site(config, place.database, place.clock, silent)), "127.0.0.1", 0)
    target = f"http://127.0.0.1:{serving.port}/webhooks/hubspot"
    place.vendor.webhooks.subscribe(target, SECRET, *(Subscription(told, object_type="0-47") for told in TOLD))
    try:
        yield
    finally:
        serving.stop()


def night(place: World) -> list[str]:
    """The next one; what it asked of meetings by name."""
    before = len(place.wire.calls)
    place.pass_day()
    assert place.start() == "done"
    return [call.path for call in place.wire.calls[before:] if call.path.endswith("/meetings/batch/read")]


def test_with_its_event_a_deleted_meeting_is_gone_the_next_night(place: World) -> None:
    with hearing(place):
        id_ = delete_last_meeting(place)
        sent = place.vendor.webhooks.deliver()

    assert len(night(place)) == 1

    assert [(one.status, one.events) for one in sent] == [(204, 1)]
    assert f"meetings/{id_}" not in seen(place)
    assert list(no_interaction_is_lost_or_doubled(place)) == []
    assert list(flags_follow_from_the_interactions(place)) == []
    assert place.store.marks.standing() == []


def test_events_that_come_twice_out_of_order_and_signed_anew_are_one_look(place: World) -> None:
    place.vendor.webhooks.twice, place.vendor.webhooks.shuffled = True, Random(7)
    with hearing(place):
        for _ in range(3):
            delete_last_meeting(place)
        sent = place.vendor.webhooks.deliver()

    assert sorted(one.status for one in sent) == [204, 409]  # to the letter the same, and taken once
    assert len(night(place)) == 1
    assert list(no_interaction_is_lost_or_doubled(place)) == []


def test_an_event_that_nobody_heard_comes_again(place: World) -> None:
    with hearing(place):
        place.vendor.webhooks.receivers[:] = [replace(one, secret="old") for one in place.vendor.webhooks.receivers]
        id_ = delete_last_meeting(place)
        refused = place.vendor.webhooks.deliver()
        place.vendor.webhooks.waiting[0].receiver = replace(place.vendor.webhooks.waiting[0].receiver, secret=SECRET)
        place.clock.sleep(60)
        taken = place.vendor.webhooks.deliver()
    night(place)

    assert ([one.status for one in refused], [one.status for one in taken]) == ([401], [204])
    assert f"meetings/{id_}" not in seen(place)


def test_without_its_event_a_deleted_meeting_is_gone_within_a_week(place: World) -> None:
    id_, there = delete_last_meeting(place), []

    for _ in range(8):
        night(place)
        there.append(f"meetings/{id_}" in seen(place))

    assert there == [True] * 6 + [False] * 2
    assert list(no_interaction_is_lost_or_doubled(place)) == []
    assert list(flags_follow_from_the_interactions(place)) == []


def test_the_week_s_look_costs_two_calls_for_few_meetings_and_none_in_other_nights(place: World) -> None:
    asked = []
    for _ in range(15):
        before = len(place.wire.calls)
        place.pass_day()
        assert place.start() == "done"
        asked.append([call.path.split("/", 4)[4] for call in place.wire.calls[before:] if "/meetings/" in call.path])

    assert [night for night, paths in enumerate(asked, 1) if "meetings/batch/read" in paths] == [7, 14]
    assert sorted(asked[6]) == ["meetings/batch/read", "meetings/companies/batch/read", "meetings/search"]
    assert asked[7] == ["meetings/search"]
