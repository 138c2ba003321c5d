"""What is believed of HubSpot's webhooks: their signature, checked as HubSpot's own client makes it, and their age."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hubspot.utils.signature import Signature

import adapters.hubspot
from adapters.hubspot.webhooks import decoded
from connector.contract import Delivery, Mark, NotHeard, Secret

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://callplan.example.com/webhooks/hubspot"
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
SETTINGS = adapters.hubspot.Settings(token=Secret("pat"), client_secret=Secret(SECRET))
DELETION = {"subscriptionType": "object.deletion", "objectTypeId": "0-47", "objectId": 123, "eventId": 1}


def delivery(
    events: Any = (DELETION,), *, at: datetime = NOW, url: str = URL, called: str | None = None, body: str | None = None
) -> Delivery:
    """Signed by HubSpot's client for the address `url`, and `called` at another one where that is given."""
    stamp, content = str(round(at.timestamp() * 1000)), json.dumps(list(events)) if body is None else body
    signature = Signature.get_signature(SECRET, content, "v3", url, "POST", stamp)
    headers = {"x-hubspot-request-timestamp": stamp, "x-hubspot-signature-v3": signature}
    return Delivery("POST", called or url, headers, content.encode())


def marks(*events: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(mark.object, mark.id) for mark in adapters.hubspot.hear(SETTINGS, delivery(events), NOW).marks]


def refused(given: Delivery, settings: adapters.hubspot.Settings = SETTINGS, now: datetime = NOW) -> int:
    with pytest.raises(NotHeard) as caught:
        adapters.hubspot.hear(settings, given, now)
    assert SECRET not in caught.value.why
    return caught.value.status


@pytest.mark.parametrize("text", ["plain", "Ärzte 东京 🫀", 'with "quotes" and \\ and %2F'])
def test_what_hubspots_own_client_signs_is_heard(text: str) -> None:
    signed = delivery([{**DELETION, "propertyValue": text}], url=f"{URL}?portal=1&x=a+b")

    assert adapters.hubspot.hear(SETTINGS, signed, NOW).marks == (Mark("meetings", "meetings/123"),)  # type: ignore[arg-type]


def test_the_address_is_signed_with_the_listed_escapes_decoded_and_no_others() -> None:
    called = f"{URL}?a=%3A%2f%3F%40%21%24%27%28%29%2A%2C%3B&b=%20%26%3D%25%2Fend%253A%"
    signed = f"{URL}?a=:/?@!$'()*,;&b=%20%26%3D%25/end%253A%"

    assert decoded(called) == signed
    assert adapters.hubspot.hear(SETTINGS, delivery(url=signed, called=called), NOW).marks


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_delivery_is_heard_within_five_minutes_either_way(minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    beyond = at + timedelta(seconds=1 if minutes > 0 else -1)

    assert adapters.hubspot.hear(SETTINGS, delivery(at=at), NOW).marks
    assert refused(delivery(at=beyond)) == 401


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e12", "１７９５４１７２００００", "9" * 5000])
def test_a_stamp_that_is_no_number_of_milliseconds_is_refused(stamp: str) -> None:
    good = delivery()

    assert refused(replace(good, headers={**good.headers, "x-hubspot-request-timestamp": stamp})) == 401


def test_anything_else_than_what_was_signed_is_refused() -> None:
    good = delivery()
    other_stamp = str(round(NOW.timestamp() * 1000) + 1)

    assert refused(replace(good, body=good.body + b" ")) == 401
    assert refused(replace(good, method="PUT")) == 401
    assert refused(replace(good, url=URL.replace("https", "http"))) == 401
    assert refused(replace(good, url=f"{URL}?x=1")) == 401
    assert refused(replace(good, headers={**good.headers, "x-hubspot-request-timestamp": other_stamp})) == 401
    assert refused(replace(good, headers={**good.headers, "x-hubspot-signature-v3": "ü"})) == 401
    assert refused(replace(good, headers={})) == 401
    assert refused(good, SETTINGS.model_copy(update={"client_secret": Secret("another")})) == 401


def test_without_a_secret_nothing_is_awaited() -> None:
    assert refused(delivery(), SETTINGS.model_copy(update={"client_secret": None})) == 404


@pytest.mark.parametrize("body", ["", "{", "{}", '"x"', "[1]", "[null]", "[" * 100_000])
def test_a_signed_body_that_is_no_list_of_events_cannot_be_read(body: str) -> None:
    assert refused(delivery(body=body)) == 400


def test_each_delivery_has_a_seal_of_its_own() -> None:
    seals = {
        adapters.hubspot.hear(SETTINGS, given, NOW).seal
        for given in (delivery(), delivery(), delivery(at=NOW + timedelta(milliseconds=1)), delivery([]))
    }

    assert len(seals) == 3
    assert max(len(seal) for seal in seals) < 200


def test_an_event_marks_its_record_whichever_way_the_subscription_names_the_object() -> None:
    assert marks(
        DELETION,
        DELETION,
        {"subscriptionType": "company.deletion", "objectId": 7},
        {"eventType": "object.propertyChange", "objectTypeId": "0-1", "objectId": "8", "propertyValue": "Dr. Adeyemi"},
        {"subscriptionType": "object.restore", "objectTypeId": "0-48", "objectId": 9},
        {"subscriptionType": "object.deletion", "objectTypeId": "2-1234567", "objectId": 10},
    ) == [
        ("meetings", "meetings/123"),
        ("companies", "7"),
        ("contacts", "8"),
        ("calls", "calls/9"),
        ("2-1234567", "10"),
    ]


def test_a_merge_marks_all_that_it_names_and_an_association_both_ends() -> None:
    merge = {"primaryObjectId": 1, "mergedObjectIds": [2, 3], "newObjectId": 4, "objectId": 4}
    ends = {"fromObjectTypeId": "0-47", "fromObjectId": 5, "toObjectTypeId": "0-2", "toObjectId": 6}

    assert sorted(marks({"subscriptionType": "company.merge", **merge})) == [("companies", id_) for id_ in "1234"]
    assert marks({"subscriptionType": "object.associationChange", **ends}) == [
        ("meetings", "meetings/5"),
        ("companies", "6"),
    ]


def test_what_nobody_reads_and_what_is_no_number_is_passed_over() -> None:
    assert (
        marks(
            {"subscriptionType": "object.deletion", "objectTypeId": "0-5", "objectId": 1},
            {"subscriptionType": "deal.creation", "objectId": 1},
            {"subscriptionType": "company.deletion", "objectId": "1/../2"},
            {"subscriptionType": "company.deletion", "objectId": True},
            {"subscriptionType": ["company"], "objectId": 1, "mergedObjectIds": 5},
            {},
        )
        == []
    )
