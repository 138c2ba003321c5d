"""What the sandbox HubSpot tells a receiver of: which changes, and what it says of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.hubspot.webhooks import Subscription
from tests.conftest import StillClock
from tests.sandbox.hubspot_receiver import TIER, Line, open_line
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, touch

COMPANIES = "/crm/objects/2026-09/companies"


@pytest.fixture
def line(clock: StillClock) -> Iterator[Line]:
    with open_line(clock) as opened:
        yield opened


def test_a_changed_property_is_told_with_its_value(line: Line) -> None:
    line.subscribe(TIER)
    line.portal.hubspot.edit(line.portal.id(ADEYEMI), hcp_tier="A", hcp_call_order=3)

    sent = line.deliver()

    assert sent == [(200, 1)]
    event = line.receiver.events()[0]
    assert (event["subscriptionType"], event["propertyName"], event["propertyValue"]) == (TIER.type, "hcp_tier", "A")
    assert (event["objectId"], event["portalId"], event["attemptNumber"]) == (
        int(line.portal.id(ADEYEMI)),
        20_000_001,
        0,
    )
    assert (event["changeSource"], event["occurredAt"]) == ("CRM_UI", 1_795_417_200_000)
    assert line.deliver() == []


def test_what_stays_as_it_is_and_what_was_before_is_not_told(line: Line) -> None:
    line.set_tier(ADEYEMI)
    line.subscribe(TIER)

    line.set_tier(ADEYEMI)

    assert line.deliver() == []


def test_a_write_by_the_api_says_so(line: Line) -> None:
    line.subscribe(TIER)
    inputs = [{"id": line.portal.id(ADEYEMI), "properties": {"hcp_tier": "A"}}]

    line.portal.ask("POST", f"{COMPANIES}/batch/update", {"inputs": inputs})
    line.deliver()

    assert line.receiver.told("changeSource") == ["INTEGRATION"]


def test_a_batch_that_was_refused_is_not_told(line: Line) -> None:
    line.subscribe(TIER)
    inputs = [
        {"id": line.portal.id(npi), "properties": {"hcp_tier": tier}} for npi, tier in ((ADEYEMI, "A"), (BRANDT, "X"))
    ]

    refused = line.portal.ask("POST", f"{COMPANIES}/batch/update", {"inputs": inputs})

    assert (refused.status, line.deliver()) == (400, [])


def test_a_record_is_told_from_its_beginning_to_its_end(line: Line) -> None:
    line.subscribe(Subscription("company.creation"), Subscription("company.deletion"), TIER)

    id_ = line.portal.hubspot.add_account("2000000044", "Dr. Diaz", hcp_tier="C")
    line.portal.hubspot.delete(id_)
    line.deliver()

    assert line.receiver.told("subscriptionType") == ["company.creation", "company.propertyChange", "company.deletion"]
    assert set(line.receiver.told("objectId")) == {int(id_)}
    assert len(set(line.receiver.told("eventId"))) == 3


def test_a_merge_names_both_records_and_the_one_they_became(line: Line) -> None:
    line.portal.hubspot.log_touch(line.portal.id(BRANDT), touch(npi=BRANDT))
    line.subscribe(Subscription("company.merge"), Subscription("company.associationChange"))
    kept, lost = line.portal.id(ADEYEMI), line.portal.id(BRANDT)

    fresh = line.portal.hubspot.merge(loser=lost, winner=kept)
    line.deliver()

    event = line.receiver.events()[0]
    assert (event["primaryObjectId"], event["mergedObjectIds"], event["newObjectId"]) == (
        int(kept),
        [int(lost)],
        int(fresh),
    )
    assert len(line.receiver.events()) == 1


def test_a_link_is_told_from_the_side_that_was_asked_for(line: Line) -> None:
    line.subscribe(Subscription("company.associationChange"), Subscription("object.associationChange", "", "0-47"))
    company = line.portal.id(ADEYEMI)

    meeting = line.portal.hubspot.log_touch(company, touch())
    line.deliver()

    ends = list(zip(line.receiver.told("fromObjectId"), line.receiver.told("toObjectId"), strict=True))
    assert sorted(ends) == sorted([(int(company), int(meeting)), (int(meeting), int(company))])
    assert set(line.receiver.told("associationType")) == {"COMPANY_TO_MEETING", None}
    assert set(line.receiver.told("fromObjectTypeId")) == {"0-47", None}


def test_a_link_that_is_taken_away_is_told_as_well(line: Line) -> None:
    company = line.portal.id(ADEYEMI)
    meeting = line.portal.hubspot.log_touch(company, touch())
    line.subscribe(Subscription("company.associationChange"))

    gone = line.portal.ask("DELETE", f"/crm/objects/2026-09/meetings/{meeting}/associations/companies/{company}")
    line.deliver()

    assert (gone.status, line.receiver.told("associationRemoved")) == (204, [True])


def test_a_project_s_app_is_told_by_type_ids(line: Line) -> None:
    line.subscribe(Subscription("object.creation", object_type="0-47"))

    line.portal.hubspot.log_touch(line.portal.id(ADEYEMI), touch())
    line.deliver()

    assert line.receiver.told("objectTypeId") == ["0-47"]


@pytest.mark.parametrize(
    ("type", "property", "object_type"),
    [
        ("company.propertyChange", "", ""),
        ("company.creation", "hcp_tier", ""),
        ("company.explosion", "", ""),
        ("meeting.creation", "", ""),
        ("object.creation", "", ""),
    ],
)
def test_a_subscription_that_cannot_be_is_refused(type: str, property: str, object_type: str) -> None:
    with pytest.raises(ValueError, match="no such subscription"):
        Subscription(type, property, object_type)
