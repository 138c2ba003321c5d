"""Committed visits in the calendar of a CRM, over several nights, with a rep who has her own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, event

from callplan.model import Npi, Tier
from connector.config import Guards, read_config
from connector.contract import Appointment, CrmId
from connector.errors import NeedsHuman, StopForTonight
from connector.host.discover import adapters, job, starter
from connector.host.open import Parts, begin_run
from connector.mapping import read_mapping
from connector.store import open_database
from connector.store.archive import Archive, write_archive
from connector.store.bookings import Booking
from connector.store.database import NEWEST
from connector.store.journal import Tally
from connector.store.plan import Assignment, Stop
from connector.store.restore import restore_archive
from connector.sync.guard import stop_if_much_is_cancelled
from tests.adapters.benches import BENCHES, KIM, SandboxBench
from tests.conftest import TODAY, StillClock
from tests.nights.desk import empty_store

TUESDAY, WEDNESDAY, THURSDAY = (TODAY + timedelta(days=days) for days in (1, 2, 3))
NINE, ELEVEN = 9 * 60, 11 * 60
ADEYEMI, BRANDT = Npi("1003000126"), Npi("1003000134")
CONFIG = """
crm: {memory: {mapping: mapping.yaml}}
ready_made: {path: tiers.csv, columns: {npi: npi, tier: tier}}
time_zone: America/Chicago
week: {appointments: true}
"""


class Killed(BaseException):
    """Our process ended here."""


@dataclass
class Place:
    bench: SandboxBench
    parts: Parts
    audit: Path
    dies: bool = False
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def commits(self, *stops: tuple[Npi, date, int], kind: str = "committed") -> None:
        """The call list, whoever has made it."""
        told = [(npi, KIM.email, TODAY, day, slot, None, "", starts) for slot, (npi, day, starts) in enumerate(stops)]
        self.parts.store.plan.save_call_list(Stop(*one, minutes=45, kind=kind) for one in told)

    def night(self, today: date = TODAY, jobs: tuple[str, ...] = ("pull", "book_visits")) -> Tally:
        self.bench.clock.sleep(60)
        self.bench.wire.calls.clear()
        with begin_run(self.parts, "nightly", today) as run:
            for name in jobs:
                run.tally.update(job(name)(run))
            return {name: run.tally[name] for name in run.tally if name.startswith("visits_") and run.tally[name]}

    def booked(self) -> list[Booking]:
        return list(self.parts.store.bookings.all().values())

    def calendar(self) -> list[tuple[datetime, str]]:
        """As a reading tells it: what stands there."""
        self.bench.clock.sleep(60)
        rows = [row for page in self.bench.connect().interactions(None) for row in page.rows if not row.gone]
        return sorted((row.at, row.result.value) for row in rows)


@pytest.fixture(params=["salesforce", "hubspot"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    crm, told = request.param, list[tuple[str, dict[str, object]]]()
    with BENCHES[crm](StillClock()) as bench:
        assert isinstance(bench, SandboxBench)
        (tmp_path / "config.yaml").write_text(CONFIG)
        config = read_config(tmp_path / "config.yaml", {name: one.Settings for name, one in adapters().items()})
        (tmp_path / "callplan.db").write_bytes(empty_store())
        database = open_database(f"sqlite:///{tmp_path / 'callplan.db'}", tmp_path / "audit.jsonl")
        store, mapping = database.store(crm), read_mapping(starter() / "mappings" / f"{crm}.yaml")
        for npi in (ADEYEMI, BRANDT):
            bench.vendor.add_account(npi, f"Practice {npi}", KIM.email)
        store.plan.save_assignments(
            Assignment(npi, Tier.A, TODAY, None, 400.0, 94.0, "", "", "v1") for npi in (ADEYEMI, BRANDT)
        )
        link: Any = partial(bench.adapter.connect, bench.settings, bench.reading, clock=bench.clock)
        log = lambda event, /, **facts: told.append((event, facts))  # noqa: E731
        made = Place(
            bench, Parts(config, mapping, link, store, bench.clock, Random(7), log), tmp_path / "audit.jsonl", told=told
        )

        @event.listens_for(database.engine, "commit")
        def _(_connection: Connection) -> None:
            if made.dies and bench.write_calls():
                raise Killed

        yield made
        database.engine.dispose()


def test_a_visit_that_was_booked_after_a_back_up_is_moved_and_not_booked_twice(place: Place, tmp_path: Path) -> None:
    database, file = place.parts.store.database, tmp_path / "back-up.zip"
    place.night()
    write_archive(database.engine, NEWEST, file, "test", place.bench.clock.now())
    place.commits((ADEYEMI, WEDNESDAY, NINE))
    place.night()

    restore_archive(database, Archive(file), [place.parts.store.crm], place.bench.clock.now(), replace=True)
    place.commits((ADEYEMI, THURSDAY, NINE))
    place.night(TUESDAY)

    assert [said for _, said in place.calendar()].count("planned") == 1


def at(day: date, hour: int) -> datetime:
    """In Chicago, in winter."""
    return datetime(day.year, day.month, day.day, hour + 6, tzinfo=UTC)


def test_a_committed_visit_is_booked_once_and_follows_the_plan(place: Place) -> None:
    place.commits((ADEYEMI, WEDNESDAY, ELEVEN), kind="fill")
    assert place.night() == {}
    place.commits((ADEYEMI, WEDNESDAY, NINE), (BRANDT, THURSDAY, NINE))

    first, second, calls = place.night(), place.night(), place.bench.write_calls()
    place.commits((ADEYEMI, THURSDAY, ELEVEN), (BRANDT, THURSDAY, NINE))
    third, unread = place.night(TUESDAY), place.night(TUESDAY, ("book_visits",))

    assert (first, second, third, unread, calls) == ({"visits_booked": 2}, {}, {"visits_booked": 1}, {}, [])
    assert place.calendar() == [(at(THURSDAY, 9), "planned"), (at(THURSDAY, 11), "planned")]
    assert {one.key for one in place.booked()} == {f"{ADEYEMI}-20261123", f"{BRANDT}-20261123"}


def test_a_visit_that_the_plan_gives_up_is_called_off_and_may_come_again(place: Place) -> None:
    place.commits((ADEYEMI, WEDNESDAY, NINE))
    place.night()
    place.commits()
    off = [place.night(), place.night()]
    place.commits((ADEYEMI, WEDNESDAY, NINE))

    again = place.night()

    assert (off, again) == ([{"visits_cancelled": 1}, {}], {"visits_booked": 1})
    assert place.calendar() == [(at(WEDNESDAY, 9), "canceled"), (at(WEDNESDAY, 9), "planned")]
    assert [one.key for one in place.booked()] == [f"{ADEYEMI}-20261123", f"{ADEYEMI}-20261123-2"]


def test_what_a_rep_has_told_of_a_visit_stays_and_its_date_alone_says_nothing(place: Place) -> None:
    place.commits((ADEYEMI, TUESDAY, NINE), (BRANDT, TUESDAY, ELEVEN))
    place.night()
    done, other = (one.record for one in place.booked())
    place.bench.clock.sleep(2 * 24 * 3600)
    place.bench.say(done or CrmId(""), "done")

    tally = place.night(WEDNESDAY)

    assert (tally, place.bench.write_calls()) == ({}, [])
    assert place.calendar() == [(at(TUESDAY, 9), "done"), (at(TUESDAY, 11), "planned")]
    assert [(one.record, one.open, one.over) for one in place.booked()] == [(done, False, True), (other, True, False)]


@pytest.mark.parametrize("place", ["hubspot"], indirect=True)
def test_a_visit_that_was_told_early_is_not_booked_again_for_its_day(place: Place) -> None:
    place.commits((ADEYEMI, WEDNESDAY, NINE))
    place.night()
    place.bench.say(place.booked()[0].record or CrmId(""), "done")

    assert place.night() == {"visits_left": 1}
    assert place.calendar() == [(at(WEDNESDAY, 9), "done")]


def test_a_visit_that_a_rep_has_moved_stays_there_and_the_plan_may_follow(place: Place) -> None:
    place.commits((ADEYEMI, WEDNESDAY, NINE))
    place.night()
    place.bench.move(place.booked()[0].record or CrmId(""), at(WEDNESDAY, 9) + timedelta(minutes=15))

    left, [seen] = place.night(), place.booked()
    place.commits((ADEYEMI, WEDNESDAY, NINE + 15))
    followed = place.night()
    place.commits((ADEYEMI, THURSDAY, ELEVEN))
    moved = place.night()

    assert (left, seen.moved_to) == ({"visits_left": 1}, at(WEDNESDAY, 9) + timedelta(minutes=15))
    assert (followed, moved) == ({}, {"visits_booked": 1})
    assert place.calendar() == [(at(THURSDAY, 11), "planned")]


def test_a_visit_that_a_rep_has_deleted_frees_its_slot_and_is_booked_for_another_day_only(place: Place) -> None:
    place.commits((ADEYEMI, WEDNESDAY, NINE))
    place.night()
    place.bench.unlog(place.booked()[0].record or CrmId(""))

    same_day, [seen] = place.night(), place.booked()
    place.commits((ADEYEMI, THURSDAY, NINE))
    another = place.night()

    assert (same_day, seen.off) == ({"visits_left": 1}, True)
    assert another == {"visits_booked": 1}
    assert place.calendar() == [(at(THURSDAY, 9), "planned")]


def test_a_process_killed_between_the_answer_and_the_settling_leaves_one_record(place: Place) -> None:
    place.commits((ADEYEMI, WEDNESDAY, NINE))
    place.dies = True
    with pytest.raises(Killed):
        place.night()
    place.dies, announced = False, place.audit.read_text()
    states = [(one.state, one.record) for one in place.booked()]

    again, quiet = place.night(), place.night()

    assert states == [("intended", None)]
    assert "intend_booking" in announced
    assert (again, quiet) == ({"visits_booked": 1}, {})
    assert place.calendar() == [(at(WEDNESDAY, 9), "planned")]
    assert [(one.state, bool(one.record)) for one in place.booked()] == [("written", True)]


@pytest.mark.parametrize("place", ["hubspot"], indirect=True)
def test_a_refused_visit_is_told_with_its_remedy_and_held_for_a_week(place: Place) -> None:
    place.commits((ADEYEMI, WEDNESDAY + timedelta(days=14), NINE))
    place.parts.store.plan.save_call_list(
        Stop(npi, "gone@example.com", TODAY, WEDNESDAY + timedelta(days=14), 1, None, "", NINE, 45, "committed")
        for npi in (ADEYEMI,)
    )

    told = [place.night(), place.night()]
    place.bench.clock.sleep(8 * 24 * 3600)
    told.append(place.night())

    assert told == [{"visits_refused": 1}, {"visits_held": 1}, {"visits_refused": 1}]
    said = dict(place.told)["visit_refused"]
    assert (said["code"], bool(said["remedy"])) == ("UNKNOWN_OWNER", True)


def test_an_org_without_the_fields_needs_a_human_before_anything_is_sent(place: Place) -> None:
    place.commits((ADEYEMI, WEDNESDAY, NINE))
    if place.parts.store.crm == "salesforce":
        place.bench.vendor.records.hidden.add(("Event", "Call_Outcome__c"))
    else:
        del place.bench.vendor.portal.schema.properties["meetings"]["callplan_key"]

    with pytest.raises(NeedsHuman, match=r"Call_Outcome__c|callplan_key"):
        place.night()

    assert (place.booked(), place.bench.write_calls()) == ([], [])


@pytest.mark.parametrize("place", ["hubspot"], indirect=True)
def test_where_nobody_asks_for_it_nothing_is_booked(place: Place) -> None:
    value = place.parts.config.value
    off = value.model_copy(update={"week": value.week.model_copy(update={"appointments": False})})
    object.__setattr__(place.parts.config, "value", off)
    place.commits((ADEYEMI, WEDNESDAY, NINE))

    assert place.night() == {}
    assert place.calendar() == []


@pytest.mark.parametrize("place", ["hubspot"], indirect=True)
def test_a_call_list_that_came_out_empty_does_not_clear_the_calendars(place: Place) -> None:
    ahead = [Appointment(f"{n}-20261123", CrmId("1"), KIM.email, "", at(WEDNESDAY, 9), 45) for n in range(11)]
    place.parts.store.bookings.intend(
        place.parts.store.journal.begin_run("x", TODAY, at(TODAY, 1)), ahead, at(TODAY, 1)
    )
    place.commits()

    with pytest.raises(StopForTonight, match="11 of the 11 visits booked ahead would be cancelled"):
        place.night()

    stop_if_much_is_cancelled(10, 11, Guards())  # a few may always go
    stop_if_much_is_cancelled(20, 40, Guards())
