"""Scheduled nights: called once, taken once, and taken again from a worker that is dead."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.clock import last_due
from connector.host.scheduler import CronTrigger
from connector.store import Database
from connector.store.nights import LEASE, Night, Nights

TWO = datetime(2026, 11, 23, 2, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def nights(database: Database) -> Nights:
    return database.nights


def take(nights: Nights, worker: str, now: datetime = TWO) -> Night:
    night = nights.take(worker, now)
    assert night
    return night


def test_a_night_is_called_once_by_however_many_schedulers(nights: Nights) -> None:
    assert [nights.call("salesforce", "nightly", TWO) for _ in range(3)] == [True, False, False]
    assert nights.call("hubspot", "nightly", TWO)


def test_a_night_is_taken_once_by_however_many_workers(database: Database) -> None:
    database.nights.call("salesforce", "nightly", TWO)
    taken: list[Night | None] = []
    workers = [
        threading.Thread(target=lambda name=str(n): taken.append(database.nights.take(name, TWO))) for n in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len([night for night in taken if night]) == 1


def test_a_night_is_not_taken_before_its_time(nights: Nights) -> None:
    nights.call("salesforce", "nightly", TWO)

    assert nights.take("one", TWO - timedelta(seconds=1)) is None


def test_a_worker_that_lets_its_lease_lapse_loses_the_night_and_cannot_end_it(nights: Nights) -> None:
    nights.call("salesforce", "nightly", TWO)
    slept, later = take(nights, "slept"), TWO + LEASE + timedelta(seconds=1)
    assert nights.take("other", TWO + LEASE) is None

    again = take(nights, "other", later)

    assert again.attempt == 2
    assert not nights.renew(slept, later)
    assert not nights.finish(slept, "done", later)
    assert nights.finish(again, "done", later)


def test_a_renewed_lease_keeps_the_night(nights: Nights) -> None:
    nights.call("salesforce", "nightly", TWO)
    mine = take(nights, "one")

    assert nights.renew(mine, TWO + LEASE)
    assert nights.take("other", TWO + LEASE + timedelta(seconds=1)) is None


def test_two_nights_of_one_crm_do_not_run_at_once_and_those_of_two_do(nights: Nights) -> None:
    nights.call("salesforce", "nightly", TWO)
    take(nights, "one")
    nights.call("salesforce", "pull", TWO)

    assert nights.take("two", TWO) is None
    nights.call("hubspot", "nightly", TWO)
    assert take(nights, "two").crm == "hubspot"


def test_nights_that_waited_while_nobody_worked_are_skipped_for_the_newest(nights: Nights) -> None:
    for day in range(3):
        nights.call("salesforce", "nightly", TWO + timedelta(days=day))

    assert take(nights, "one", TWO + timedelta(days=2)).scheduled == TWO + timedelta(days=2)
    assert [night.state for night in nights.last("salesforce")] == ["running", "skipped", "skipped"]


def test_a_night_that_was_put_back_waits_for_its_time(nights: Nights) -> None:
    nights.call("salesforce", "nightly", TWO)
    nights.put_back(take(nights, "one"), TWO + timedelta(minutes=1), "Another run is going.")

    assert nights.take("two", TWO) is None
    assert take(nights, "two", TWO + timedelta(minutes=1)).attempt == 2


@pytest.mark.parametrize(
    ("line", "day", "times"),
    [
        ("30 1 * * *", datetime(2026, 11, 1, tzinfo=NEW_YORK), ["01:30"]),  # 01:30 comes twice
        ("30 2 * * *", datetime(2027, 3, 14, tzinfo=NEW_YORK), ["03:00"]),  # 02:30 does not come
        ("30 2 * * *", datetime(2026, 7, 1, tzinfo=NEW_YORK), ["02:30"]),
    ],
)
def test_a_night_comes_once_on_days_when_clocks_change(line: str, day: datetime, times: list[str]) -> None:
    trigger, fired, now = CronTrigger(line, NEW_YORK), [], day
    while (now := trigger.get_next_fire_time(now, now)).date() == day.date():
        fired.append(f"{now:%H:%M}")

    assert fired == times
    due = {last_due(line, NEW_YORK, day.astimezone(UTC) + timedelta(minutes=m)) for m in range(0, 23 * 60, 7)}
    assert len({moment.astimezone(UTC) for moment in due}) == 2  # the day's, and the one before
