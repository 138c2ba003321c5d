"""What counts as an interaction in each object that reps log in, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

import adapters.hubspot
from connector.contract import Crm, CrmId, Direction, Interaction, Kind, Reading, Result, Secret
from connector.errors import NeedsHuman
from sandbox.hubspot import CustomObject, HubSpot
from sandbox.hubspot.linking import link
from sandbox.hubspot.properties import Property
from sandbox.hubspot.tables import Record
from sandbox.server import listen
from sandbox.wire import Wire
from sandbox.world import World
from tests.adapters.benches import KIM
from tests.conftest import StillClock

SITES = CustomObject("2-1234567", "sites", (Property("site_name"),), ("site_name",))
CONNECTED, BUSY = "f240bbac-87c9-4f6e-bf70-924b57d47db7", "9d9162e7-6cf3-4944-bf63-4dff82258764"
NO_ANSWER, VOICEMAIL = "73a0d17f-1163-4015-bdd5-ec830791da20", "b2cf5968-551e-4856-9783-52b3da59a7d0"
LIVE_MESSAGE, WRONG_NUMBER = "a4c4c377-d246-4b32-a13b-75a56a4cd0ff", "17b47fee-58de-441e-a44c-c6300d46f273"


@dataclass
class Portal:
    vendor: HubSpot
    wire: Wire
    url: str
    clock: StillClock

    def connect(self, *kinds: str, object: str = "companies", **more: Any) -> Crm:
        settings = adapters.hubspot.Settings(base_url=self.url, token=Secret("pat-na1-sandbox"))
        return adapters.hubspot.connect(settings, Reading(object, (), kinds, **more), clock=self.clock)

    def read(self, *kinds: str, object: str = "companies") -> list[Interaction]:
        self.clock.sleep(2)
        return [row for page in self.connect(*kinds, object=object).interactions(None) for row in page.rows]

    def one(self, kind: str, object: str = "companies") -> Interaction:
        [found] = self.read(kind, object=object)
        return found

    def when(self, **ago: float) -> str:
        return (self.clock.now() - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def add(self, kind: str, *on: Record, **fields: Any) -> Record:
        when = {} if kind in ("companies", "contacts", "sites") else {"hs_timestamp": self.when(days=1)}
        record = self.vendor.portal.create(kind, {**when, **fields})
        for other in on:
            self.vendor.portal.link(record.key, other.key)
        return record

    def make_primary(self, contact: Record, company: Record) -> None:
        types = self.vendor.portal.types.primary(("contacts", "companies"))
        assert types
        link(self.vendor.portal, contact.key, company.key, [types])

    def company(self, name: str = "Practice") -> Record:
        return self.add("companies", name=name)


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Portal]:
    with opened(clock) as portal:
        yield portal


@contextmanager
def opened(clock: StillClock) -> Iterator[Portal]:
    vendor = HubSpot(World(reps=(KIM,)), now=clock.now, custom=[SITES])
    wire = Wire(vendor)
    listening = listen(wire)
    try:
        yield Portal(vendor, wire, listening.url, clock)
    finally:
        listening.close()


def test_a_meeting_logged_on_a_contact_alone_is_with_its_primary_company(portal: Portal) -> None:
    first, primary = portal.company("First"), portal.company("Primary")
    contact = portal.add("contacts", first, primary, lastname="Okafor")
    portal.add("meetings", contact)

    before = portal.one("meetings").account
    portal.make_primary(contact, primary)

    assert (before, portal.one("meetings").account) == (first.id, primary.id)


def test_a_label_of_the_portal_s_own_is_not_taken_for_the_primary_company(portal: Portal) -> None:
    """Labels are numbered from 1 in each portal, and 1 is also HubSpot's own number for the primary company."""
    other, primary = portal.company("Other"), portal.company("Primary")
    contact = portal.add("contacts", primary, other, lastname="Okafor")
    portal.vendor.portal.types.last_id = 0
    consults, _ = portal.vendor.portal.types.add(("contacts", "companies"), "consults", "Consults for")
    link(portal.vendor.portal, contact.key, other.key, [consults])
    portal.add("meetings", contact)

    assert consults.id == 1
    assert portal.one("meetings").account == primary.id


def test_a_meeting_with_the_account_and_its_people_is_with_the_account(portal: Portal) -> None:
    elsewhere, account = portal.company("Elsewhere"), portal.company("Account")
    visitor = portal.add("contacts", elsewhere, lastname="Okafor")
    portal.add("meetings", visitor, account)

    assert portal.one("meetings").account == account.id


def test_a_custom_object_that_is_the_account_has_the_interactions_logged_on_it(portal: Portal) -> None:
    site, company = portal.add("sites", site_name="Mercy"), portal.company()
    portal.add("meetings", site, company)
    portal.add("calls", portal.add("contacts", company, lastname="Okafor"))

    meeting, call = portal.read("meetings", "calls", object="2-1234567")

    assert (meeting.account, call.account) == (site.id, None)


@pytest.mark.parametrize("object", ["companies", "company", "0-2"])
def test_a_company_is_one_by_whatever_name_the_mapping_calls_it(portal: Portal, object: str) -> None:
    company = portal.company()
    portal.add("meetings", portal.add("contacts", company, lastname="Okafor"))

    assert portal.one("meetings", object=object).account == company.id


def test_a_contact_that_is_the_account_gets_its_own_meetings(portal: Portal) -> None:
    contact = portal.add("contacts", portal.company(), lastname="Okafor")
    portal.add("meetings", contact)

    assert portal.one("meetings", object="contacts").account == contact.id


def test_of_several_companies_it_is_the_same_every_night(portal: Portal) -> None:
    first, second = portal.company("First"), portal.company("Second")
    portal.add("meetings", second, first)

    assert portal.one("meetings").account == first.id


def test_a_meeting_on_nobody_is_read_without_an_account(portal: Portal) -> None:
    portal.add("meetings")

    assert portal.one("meetings").account is None


@pytest.mark.parametrize(
    ("outcome", "result"),
    [
        ("SCHEDULED", Result.PLANNED),
        ("COMPLETED", Result.DONE),
        ("RESCHEDULED", Result.CANCELED),
        ("NO_SHOW", Result.NO_SHOW),
        ("CANCELED", Result.CANCELED),
        ("", Result.DONE),
    ],
)
def test_a_meeting_is_what_its_outcome_says(portal: Portal, outcome: str, result: Result) -> None:
    portal.add("meetings", portal.company(), hs_meeting_outcome=outcome)

    meeting = portal.one("meetings")

    assert (meeting.kind, meeting.result) == (Kind.VISIT, result)


@pytest.mark.parametrize(
    ("status", "disposition", "result", "outcome"),
    [
        ("COMPLETED", CONNECTED, Result.DONE, "Connected"),
        ("COMPLETED", LIVE_MESSAGE, Result.DONE, "Left live message"),
        ("COMPLETED", VOICEMAIL, Result.NO_ANSWER, "Left voicemail"),
        ("COMPLETED", BUSY, Result.NO_ANSWER, "Busy"),
        ("COMPLETED", NO_ANSWER, Result.NO_ANSWER, "No answer"),
        ("COMPLETED", WRONG_NUMBER, Result.NO_ANSWER, "Wrong number"),
        ("COMPLETED", "one-of-the-portal-s-own", Result.DONE, "one-of-the-portal-s-own"),
        ("COMPLETED", "", Result.DONE, None),
        ("", "", Result.DONE, None),
        ("MISSED", CONNECTED, Result.NO_ANSWER, "Connected"),
        ("BUSY", "", Result.NO_ANSWER, None),
        ("NO_ANSWER", "", Result.NO_ANSWER, None),
        ("FAILED", "", Result.NO_ANSWER, None),
        ("QUEUED", "", Result.PLANNED, None),
        ("RINGING", "", Result.PLANNED, None),
        ("CANCELED", CONNECTED, Result.CANCELED, "Connected"),
    ],
)
def test_a_call_is_what_its_status_says_and_then_its_disposition(
    portal: Portal, status: str, disposition: str, result: Result, outcome: str | None
) -> None:
    told = {"hs_call_status": status, "hs_call_disposition": disposition, "hs_call_duration": 90_000}
    portal.add("calls", portal.company(), hs_call_direction="OUTBOUND", **told)

    call = portal.one("calls")

    assert (call.kind, call.result, call.direction, call.minutes) == (Kind.CALL, result, Direction.OUTBOUND, 1.5)
    assert (call.outcome, call.status) == (outcome, status or None)


@pytest.mark.parametrize(
    ("way", "sequence", "source", "machine"),
    [
        ("EMAIL", "7", "CRM_UI", True),
        ("EMAIL", None, "AUTOMATION_PLATFORM", True),
        ("EMAIL", None, "CRM_UI", False),
        ("EMAIL", None, "INTEGRATION", False),
        ("INCOMING_EMAIL", "7", "CRM_UI", False),
    ],
    ids=["a sequence's", "a workflow's", "a rep's", "another program's log", "an answer to a sequence"],
)
def test_mail_of_a_sequence_or_a_workflow_is_a_machine_s_and_an_answer_is_not(
    portal: Portal, way: str, sequence: str | None, source: str, machine: bool
) -> None:
    mail = portal.add("emails", portal.company(), hs_email_direction=way)
    mail.properties |= {"hs_sequence_id": sequence, "hs_object_source": source}  # HubSpot's own to write

    assert portal.one("emails").automated is machine


@pytest.mark.parametrize(
    ("body", "title", "noted"),
    [
        ("<p>Asked for a trial.</p>", "Trial", True),
        ("<p>Asked for a trial.</p>", None, False),
        ("<p>&nbsp;</p>", "Trial", False),
        (" ", "Trial", False),
    ],
)
def test_a_call_is_noted_where_all_that_is_named_is_filled_and_markup_alone_is_nothing(
    portal: Portal, body: str, title: str | None, noted: bool
) -> None:
    portal.add("calls", portal.company(), hs_call_body=body, hs_call_title=title)
    crm = portal.connect("calls", notes={"calls": ("hs_call_body", "hs_call_title")})
    portal.clock.sleep(2)

    assert [row.noted for page in crm.interactions(None) for row in page.rows] == [noted]


def test_notes_in_a_property_that_was_deleted_stop_the_reading(portal: Portal) -> None:
    crm = portal.connect("calls", notes={"calls": ("hs_call_body", "next_steps")})

    with pytest.raises(NeedsHuman, match=r"calls.next_steps does not exist"):
        list(crm.interactions(None))


@pytest.mark.parametrize(
    ("direction", "status", "result", "way"),
    [
        ("EMAIL", "SENT", Result.DONE, Direction.OUTBOUND),
        ("EMAIL", "", Result.DONE, Direction.OUTBOUND),
        ("FORWARDED_EMAIL", "", Result.DONE, Direction.OUTBOUND),
        ("EMAIL", "BOUNCED", Result.NO_ANSWER, Direction.OUTBOUND),
        ("EMAIL", "FAILED", Result.NO_ANSWER, Direction.OUTBOUND),
        ("EMAIL", "SCHEDULED", Result.PLANNED, Direction.OUTBOUND),
        ("EMAIL", "SENDING", Result.PLANNED, Direction.OUTBOUND),
        ("DRAFT_EMAIL", "", Result.PLANNED, None),
        ("INCOMING_EMAIL", "", Result.DONE, Direction.INBOUND),
    ],
)
def test_a_mail_that_did_not_arrive_is_no_touch(
    portal: Portal, direction: str, status: str, result: Result, way: Direction | None
) -> None:
    portal.add("emails", portal.company(), hs_email_direction=direction, hs_email_status=status)

    mail = portal.one("emails")

    assert (mail.kind, mail.result, mail.direction) == (Kind.EMAIL, result, way)


def test_a_completed_task_happened_when_it_was_completed_and_an_open_one_is_a_plan(portal: Portal) -> None:
    company, completed = portal.company(), portal.clock.now() - timedelta(days=3)
    portal.add("tasks", company, hs_task_status="COMPLETED", hs_task_completion_date=completed.isoformat())
    portal.add("tasks", company, hs_task_status="NOT_STARTED")

    done, planned = sorted(portal.read("tasks"), key=lambda task: task.at)

    assert (done.kind, done.result, done.at) == (Kind.TASK, Result.DONE, completed)
    assert planned.result is Result.PLANNED


def test_a_message_on_a_professional_network_is_a_message(portal: Portal) -> None:
    portal.add("communications", portal.company(), hs_communication_channel_type="LINKEDIN_MESSAGE")

    assert portal.one("communications").kind is Kind.MESSAGE


def test_no_body_leaves_the_crm(portal: Portal) -> None:
    portal.add("notes", portal.company(), hs_note_body="About Mr. X")

    assert "Mr. X" not in repr(portal.one("notes"))


def test_an_id_names_its_object_since_hubspot_counts_each_for_itself(portal: Portal) -> None:
    first, second = portal.company("First"), portal.company("Second")
    meeting, call = portal.add("meetings", first), portal.add("calls", second)

    read = {row.id: row.account for row in portal.read("meetings", "calls")}

    assert first.id == meeting.id == call.id
    assert read == {CrmId(f"meetings/{meeting.id}"): first.id, CrmId(f"calls/{call.id}"): second.id}


def test_an_object_that_is_not_read_is_named(portal: Portal) -> None:
    with pytest.raises(NeedsHuman, match="`interactions:` takes meetings, calls") as caught:
        portal.read("deals")

    assert "deals" in str(caught.value)


def test_twelve_thousand_meetings_with_the_same_stamp_come_once_each(portal: Portal) -> None:
    """More than a search pages through. Some change once more, so that the order of stamps is not that of ids."""
    company, crm = portal.company(), portal.connect("meetings")
    cursor = [page.cursor for page in crm.interactions(None)][-1]
    portal.clock.sleep(3600)
    meetings = [portal.add("meetings", company) for _ in range(12_000)]
    portal.clock.sleep(2)
    for meeting in meetings[:10]:
        portal.vendor.edit(meeting.id, "meetings", hs_meeting_title="Visit")
    portal.clock.sleep(2)
    portal.wire.calls.clear()

    ids = [row.id for page in islice(crm.interactions(cursor), 100) for row in page.rows]

    searches = [call for call in portal.wire.calls if call.path.endswith("/search")]
    assert len(ids) == len(set(ids)) == 12_000
    assert len(searches) == 12_000 // 200
    assert {call.status for call in portal.wire.calls} <= {200, 207}
