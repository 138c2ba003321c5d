"""What booking is with one vendor and not with the other: events, meetings, tasks, and what a set-up brings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.hubspot.definitions import APPOINTMENT, TASK
from adapters.salesforce.deploy.package import choose
from connector.contract import CrmId, SetUp, Verdict
from connector.errors import NeedsHuman
from sandbox.wire import Fault
from tests.adapters.benches import SandboxBench, hubspot_bench, salesforce_bench
from tests.adapters.contract import appointment, book, booked_record, todo
from tests.conftest import StillClock


@pytest.fixture
def org(clock: StillClock) -> Iterator[SandboxBench]:
    with salesforce_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


@pytest.fixture
def portal(clock: StillClock) -> Iterator[SandboxBench]:
    with hubspot_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


def test_a_cancelled_event_says_so_in_its_subject_and_leaves_the_rep_free(org: SandboxBench) -> None:
    wanted, crm = appointment(org), org.connect()

    record = booked_record(crm, wanted)
    before = org.held(record)
    book(crm, replace(wanted, cancelled=True))

    assert (before["Subject"], before["ShowAs"]) == (wanted.subject, "Busy")
    assert (org.held(record)["Subject"], org.held(record)["ShowAs"]) == (f"Canceled: {wanted.subject}", "Free")


def test_an_event_that_was_deleted_is_found_in_the_bin_also_where_its_answer_was_lost(org: SandboxBench) -> None:
    wanted, crm = appointment(org), org.connect()
    record = booked_record(crm, wanted)
    org.delete(record)

    told = book(crm, wanted)[0]

    assert (told.verdict, told.gone, told.record) == (Verdict.REFUSED, True, record)


def test_an_event_that_the_org_s_own_field_calls_completed_is_left_too(org: SandboxBench) -> None:
    wanted, crm = appointment(org), org.connect()
    org.edit(booked_record(crm, wanted), Outcome__c="Completed")

    assert [one.verdict for one in book(crm, wanted)] == [Verdict.LEFT]


def test_an_event_without_our_key_counts_once_its_time_has_come(org: SandboxBench) -> None:
    org.log(org.add_account(), "visit", org.clock.now(), result="planned")
    org.clock.sleep(3600)

    [read] = [row for page in org.connect().interactions(None) for row in page.rows]

    assert read.result == "done"


def test_an_upsert_by_a_field_that_is_no_external_id_is_refused_before_anything_is_sent(org: SandboxBench) -> None:
    calendar = org.reading.calendar
    assert calendar
    org.reading = replace(org.reading, calendar=replace(calendar, key="Subject"))

    with pytest.raises(NeedsHuman, match="Subject is not unique"):
        book(org.connect(), appointment(org))

    assert org.write_calls() == []


def test_a_set_up_brings_the_outcome_only_where_visits_are_booked() -> None:
    asked, usual = (choose(appointments=wanted).components for wanted in (True, False))

    assert {one.name for one in asked} - {one.name for one in usual} == {"Activity.Call_Outcome__c", "Callplan_Rep"}
    assert not any(b"Call_Outcome__c" in file for one in usual for file in one.files.values())


def test_a_meeting_whose_account_is_gone_is_refused_and_the_others_are_booked(portal: SandboxBench) -> None:
    first, gone = appointment(portal, "1-20261123"), appointment(portal, "2-20261123")
    portal.delete(gone.account)

    told = {one.id: one for one in book(portal.connect(), first, gone)}

    assert told[CrmId(first.key)].verdict is Verdict.WRITTEN
    assert (told[CrmId(gone.key)].verdict, told[CrmId(gone.key)].gone) == (Verdict.REFUSED, False)


def test_a_batch_of_meetings_refused_whole_is_sent_by_halves(portal: SandboxBench) -> None:
    wanted, body = [appointment(portal, f"{n}-20261123") for n in range(3)], {"category": "VALIDATION_ERROR"}
    portal.wire.faults.append(Fault("/batch/create", status=400, body=json.dumps({"status": "error", **body})))

    told = book(portal.connect(), *wanted)

    assert {one.verdict for one in told} == {Verdict.WRITTEN}
    assert len({one.record for one in told}) == 3


def test_a_meeting_that_was_made_meanwhile_is_found_the_next_time(portal: SandboxBench) -> None:
    wanted, crm = appointment(portal), portal.connect()
    record = booked_record(crm, wanted)
    nothing = json.dumps({"status": "COMPLETE", "results": []})
    portal.wire.faults.append(Fault("/meetings/batch/read", status=200, body=nothing))

    taken, found = book(crm, wanted)[0], book(crm, wanted)[0]

    assert (taken.verdict, taken.code, taken.passing) == (Verdict.REFUSED, "CONFLICTING_UNIQUE_VALUE", True)
    assert (found.verdict, found.record) == (Verdict.WRITTEN, record)


def test_a_set_up_makes_the_unique_key_of_meetings_where_it_is_asked_for(portal: SandboxBench) -> None:
    del portal.vendor.portal.schema.properties["meetings"][APPOINTMENT.name]
    crm = portal.connect()
    list(crm.set_up(SetUp(())))
    with pytest.raises(NeedsHuman, match="callplan_key"):
        list(crm.book(()))

    made = list(crm.set_up(SetUp((), appointments=True)))

    assert "  property  callplan_key" in made
    assert list(crm.book(())) == []
    assert not [line for line in crm.set_up(SetUp((), appointments=True)) if "callplan_key" in line]


def test_a_task_in_progress_stays_so_when_it_gets_another_owner(org: SandboxBench) -> None:
    wanted, crm = todo(org), org.connect()
    record = booked_record(crm, wanted)
    org.edit(record, Status="In Progress")
    first = org.held(record)["OwnerId"]

    book(crm, replace(wanted, owner="callplan@sandbox.example"))

    assert org.held(record)["Status"] == "In Progress"
    assert org.held(record)["OwnerId"] != first


def test_an_org_that_calls_its_closed_status_otherwise_needs_a_human_before_a_task_is_made(org: SandboxBench) -> None:
    fields = org.vendor.records.kinds["Task"].fields
    fields["Status"] = replace(fields["Status"], options=("Open", "Closed"))

    with pytest.raises(NeedsHuman, match="no value Completed"):
        book(org.connect(), todo(org))

    assert org.write_calls() == []


def test_a_set_up_makes_the_unique_key_of_tasks_where_it_is_asked_for(portal: SandboxBench) -> None:
    del portal.vendor.portal.schema.properties["tasks"][TASK.name]
    crm = portal.connect()
    list(crm.set_up(SetUp((), appointments=True)))
    with pytest.raises(NeedsHuman, match="callplan_key"):
        list(crm.remind(()))

    made = list(crm.set_up(SetUp((), tasks=True)))

    assert "  property  callplan_key" in made
    assert list(crm.remind(())) == []


def test_a_task_goes_with_a_company_or_a_contact_and_no_other_object(portal: SandboxBench) -> None:
    portal.reading = replace(portal.reading, object="2-1234567")

    with pytest.raises(NeedsHuman, match="tasks go with companies and contacts"):
        list(portal.connect().remind(()))
