"""What counts as an interaction in each object that reps log in, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

import adapters.salesforce
from connector.contract import CrmId, Direction, Interaction, Kind, Reading, Result, Secret
from connector.errors import NeedsHuman
from sandbox.salesforce import Salesforce
from sandbox.server import listen
from sandbox.wire import Wire
from sandbox.world import World
from tests.adapters.benches import KIM
from tests.conftest import StillClock

OPTIONAL = {"EmailMessage", "VoiceCall", "Visit", "ProviderVisit", "Call2_vod__c", "Practice__c", "PersonAccount"}


@dataclass
class Org:
    vendor: Salesforce
    url: str
    clock: StillClock

    def read(self, *kinds: str, object: str = "Account", only: str | None = None, **more: Any) -> list[Interaction]:
        settings = adapters.salesforce.Settings(
            base_url=self.url, client_id="sandbox-client", client_secret=Secret("sandbox-secret")
        )
        reading = Reading(object, ("Name",), kinds, only, **more)
        self.clock.sleep(2)
        crm = adapters.salesforce.connect(settings, reading, clock=self.clock)
        return [row for page in crm.interactions(None) for row in page.rows]

    def one(self, kind: str, object: str = "Account") -> Interaction:
        [found] = self.read(kind, object=object)
        return found

    def when(self, **ago: float) -> str:
        return (self.clock.now() - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def add(self, kind: str, **fields: Any) -> str:
        return str(self.vendor.add(kind, **fields))

    def account(self) -> str:
        return str(self.vendor.add_account("2000000001", "Practice", KIM.email))


@pytest.fixture
def org(clock: StillClock) -> Iterator[Org]:
    with opened(clock) as org:
        yield org


@contextmanager
def opened(clock: StillClock) -> Iterator[Org]:
    vendor = Salesforce(World(reps=(KIM,)), now=clock.now, has=OPTIONAL)
    listening = listen(Wire(vendor))
    try:
        yield Org(vendor, listening.url, clock)
    finally:
        listening.close()


def test_a_task_is_with_its_contact_s_account(org: Org) -> None:
    account = org.account()
    contact = org.add("Contact", LastName="Okafor", AccountId=account)
    org.add("Task", Subject="Call", TaskSubtype="Call", Status="Completed", WhoId=contact)

    assert org.one("Task").account == account


def test_a_contact_that_is_the_account_gets_its_own_tasks(org: Org) -> None:
    contact = org.add("Contact", LastName="Okafor", AccountId=org.account())
    org.add("Task", Subject="Call", TaskSubtype="Call", Status="Completed", WhoId=contact)

    assert org.one("Task", object="Contact").account == contact


def test_an_event_about_a_custom_object_is_with_that_record(org: Org) -> None:
    practice = org.add("Practice__c", Name="North clinic")
    org.add("Event", Subject="Visit", StartDateTime=org.when(days=2), DurationInMinutes=30, WhatId=practice)

    assert org.one("Event", object="Practice__c").account == practice


def test_a_meeting_that_was_called_off_did_not_take_place(org: Org) -> None:
    account = org.account()
    for subject in ("Canceled: lunch", "Declined: lunch", "Lunch"):
        org.add("Event", Subject=subject, StartDateTime=org.when(days=2), DurationInMinutes=30, WhatId=account)

    assert sorted(row.result for row in org.read("Event")) == [Result.CANCELED, Result.CANCELED, Result.DONE]


def test_no_subject_leaves_the_crm(org: Org) -> None:
    org.add("Event", Subject="About Mr. X", StartDateTime=org.when(days=2), DurationInMinutes=30, WhatId=org.account())

    assert "Mr. X" not in repr(org.one("Event"))


def test_a_mail_counts_once_though_it_has_a_task(org: Org) -> None:
    account = org.account()
    task = org.add("Task", Subject="Mail", TaskSubtype="Email", Status="Completed", WhatId=account)
    told = {"RelatedToId": account, "MessageDate": org.when(days=1), "Status": "3"}
    org.add("EmailMessage", Incoming=False, ActivityId=task, **told)
    org.add("EmailMessage", Incoming=True, **told)

    read = org.read("Task", "EmailMessage")

    assert [(row.kind, row.direction) for row in read if not row.gone] == [
        (Kind.EMAIL, None),
        (Kind.EMAIL, Direction.INBOUND),
    ]


def test_a_mail_with_a_task_counts_where_tasks_are_not_read(org: Org) -> None:
    account = org.account()
    task = org.add("Task", Subject="Mail", TaskSubtype="Email", Status="Completed", WhatId=account)
    told = {"RelatedToId": account, "MessageDate": org.when(days=1), "Status": "3", "ActivityId": task}
    org.add("EmailMessage", Incoming=False, **told)

    assert not org.one("EmailMessage").gone


def test_a_draft_is_no_mail_yet(org: Org) -> None:
    org.add("EmailMessage", Incoming=False, RelatedToId=org.account(), MessageDate=org.when(days=1), Status="5")

    assert org.one("EmailMessage").result is Result.PLANNED


@pytest.mark.parametrize(("number", "word"), [("0", "New"), ("2", "Replied"), ("3", "Sent"), ("5", "Draft")])
def test_a_mail_says_where_it_stands_in_the_word_that_people_see(org: Org, number: str, word: str) -> None:
    org.add("EmailMessage", Incoming=False, RelatedToId=org.account(), MessageDate=org.when(days=1), Status=number)

    assert org.one("EmailMessage").status == word


def test_a_mail_that_came_back_has_reached_nobody(org: Org) -> None:
    told = {"RelatedToId": org.account(), "MessageDate": org.when(days=1), "Status": "3"}
    mail = org.add("EmailMessage", Incoming=False, **told)
    org.vendor.records.tables["EmailMessage"][mail]["IsBounced"] = True  # as Salesforce itself does

    assert org.one("EmailMessage").result is Result.NO_ANSWER


@pytest.mark.parametrize(
    ("subtype", "machine"), [("Email", False), ("ListEmail", True), ("Cadence", True), ("Call", False)]
)
def test_mail_to_a_list_and_steps_of_a_cadence_are_a_machine_s(org: Org, subtype: str, machine: bool) -> None:
    org.add("Task", Subject="Follow-up", TaskSubtype=subtype, Status="Completed", WhatId=org.account())

    assert org.one("Task").automated is machine


def test_a_call_s_outcome_is_the_org_s_own_field_and_else_the_result_of_the_call(org: Org) -> None:
    told = {"TaskSubtype": "Call", "Status": "Completed", "WhatId": org.account(), "CallDisposition": "We'll call back"}
    org.add("Task", Subject="Call", **told)
    org.add("Task", Subject="Call", Outcome__c="No Show", **told)

    assert [row.outcome for row in org.read("Task")] == ["We'll call back", "No Show"]


def test_notes_in_a_field_that_was_deleted_stop_the_reading(org: Org) -> None:
    org.add("Task", Subject="Call", WhatId=org.account())
    with pytest.raises(NeedsHuman, match=r"Task\.Next_Steps__c does not exist"):
        org.read("Task", notes={"Task": ("Description", "Next_Steps__c")})


def test_a_voice_call_tells_its_length_and_direction(org: Org) -> None:
    org.add(
        "VoiceCall",
        RelatedRecordId=org.account(),
        CallType="Inbound",
        CallStartDateTime=org.when(days=1),
        CallDurationInSeconds=600,
    )

    call = org.one("VoiceCall")

    assert (call.kind, call.direction, call.minutes) == (Kind.CALL, Direction.INBOUND, 10)


@pytest.mark.parametrize("kind", ["Visit", "ProviderVisit"])
@pytest.mark.parametrize(
    ("status", "result"),
    [("Planned", Result.PLANNED), ("Completed", Result.DONE)],
)
def test_a_visit_of_life_sciences_cloud_is_done_when_completed(
    org: Org, kind: str, status: str, result: Result
) -> None:
    org.add(kind, AccountId=org.account(), PlannedVisitStartTime=org.when(days=1), Status=status)

    visit = org.one(kind)

    assert (visit.kind, visit.result) == (Kind.VISIT, result)


def test_each_attendee_of_a_veeva_call_is_seen_and_a_saved_call_is_not_done(org: Org) -> None:
    first, second = org.account(), str(org.vendor.add_account("2000000002", "Other", KIM.email))
    told = {"Call_Date_vod__c": org.when(days=1)[:10]}
    parent = org.add("Call2_vod__c", Account_vod__c=first, Status_vod__c="Submitted_vod", **told)
    org.add("Call2_vod__c", Account_vod__c=second, Status_vod__c="Submitted_vod", Parent_Call_vod__c=parent, **told)
    org.add("Call2_vod__c", Account_vod__c=second, Status_vod__c="Saved_vod", **told)

    read = [(row.account, row.result) for row in org.read("Call2_vod__c")]

    assert sorted(read) == sorted([(first, Result.DONE), (second, Result.DONE), (second, Result.PLANNED)])


def test_an_object_that_the_org_lacks_is_named(clock: StillClock) -> None:
    with opened(clock) as org, pytest.raises(NeedsHuman, match="Nope"):
        org.read("Nope__c")


def test_only_the_records_in_which_a_checkbox_is_set_are_accounts(org: Org) -> None:
    person = org.add("Account", LastName="Okafor", FirstName="Ada", NPI__c="2000000009")
    business = org.add("Account", Name="Practice", NPI__c="2000000001")
    org.clock.sleep(2)
    settings = adapters.salesforce.Settings(
        base_url=org.url, client_id="sandbox-client", client_secret=Secret("sandbox-secret")
    )
    crm = adapters.salesforce.connect(settings, Reading("Account", ("Name",), (), "IsPersonAccount"), clock=org.clock)

    gone = {row.id: row.gone for page in crm.accounts(None) for row in page.rows}

    assert gone == {CrmId(person): False, CrmId(business): True}
