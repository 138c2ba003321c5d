"""How the sandbox HubSpot tells a receiver: signed, in batches, again where nobody took it, and as badly as asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from sandbox.hubspot import signatures
from tests.conftest import StillClock
from tests.sandbox.hubspot_receiver import SECRET, TIER, Line, open_line
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO


@pytest.fixture
def line(clock: StillClock) -> Iterator[Line]:
    with open_line(clock) as opened:
        yield opened


def test_signatures_are_those_that_hubspot_published() -> None:
    event = {
        "eventId": 1,
        "subscriptionId": 12345,
        "portalId": 62515,
        "occurredAt": 1564113600000,
        "subscriptionType": "contact.creation",
        "attemptNumber": 0,
        "objectId": 123,
        "changeSource": "CRM",
        "changeFlag": "NEW",
        "appId": 54321,
    }
    body = json.dumps([event], separators=(",", ":")).encode()

    first = signatures.v1(SECRET, body)
    second = signatures.v2(SECRET, "GET", "https://www.example.com/webhook_uri", b"")

    assert first == "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
    assert second == "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"


def test_the_third_signature_decodes_so_much_of_the_uri_and_no_more() -> None:
    plain = "https://x/a:b@c?q=it's,(fine)*;!$/%20%25"
    coded = "https://x/a%3ab%40c%3Fq=it%27s%2C%28fine%29%2A%3B%21%24%2F%20%25"

    assert signatures.v3("s", "POST", coded, b"{}", "1") == signatures.v3("s", "POST", plain, b"{}", "1")
    assert signatures.v3("s", "POST", plain, b"{}", "1") != signatures.v3(
        "s", "POST", plain.replace("%20", " "), b"{}", "1"
    )


def test_a_request_is_signed_twice_over_what_was_sent(line: Line) -> None:
    line.subscribe(TIER)
    line.set_tier(ADEYEMI)
    line.deliver()

    headers, body = line.receiver.came[0]
    uri = line.target.replace("%2F", "/")
    signed = b"POST" + uri.encode() + body + headers["X_HUBSPOT_REQUEST_TIMESTAMP"].encode()
    third = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()

    assert headers["X_HUBSPOT_SIGNATURE"] == hashlib.sha256(SECRET.encode() + body).hexdigest()
    assert (headers["X_HUBSPOT_SIGNATURE_V3"], headers["X_HUBSPOT_SIGNATURE_VERSION"]) == (third, "v1")
    assert headers["X_HUBSPOT_REQUEST_TIMESTAMP"] == str(round(line.portal.clock.now().timestamp() * 1000))


def test_a_request_has_a_hundred_events_at_most(line: Line) -> None:
    line.subscribe(TIER)
    for number in range(251):
        line.set_tier(ADEYEMI, tier="AB"[number % 2])

    assert line.deliver() == [(200, 100), (200, 100), (200, 51)]
    assert line.receiver.told("propertyValue") == list("AB" * 125 + "A")


def test_what_was_not_taken_is_sent_again_signed_anew(line: Line) -> None:
    line.receiver.answers = [500, 302]
    line.subscribe(TIER)
    line.set_tier(ADEYEMI)

    first, at_once = line.deliver(), line.deliver()
    line.portal.clock.sleep(60)
    second = line.deliver()
    line.portal.clock.sleep(300)
    third = line.deliver()

    assert (first, at_once, second, third) == ([(500, 1)], [], [(302, 1)], [(200, 1)])
    assert line.receiver.told("attemptNumber") == [0, 1, 2]
    assert len({headers["X_HUBSPOT_SIGNATURE_V3"] for headers, _ in line.receiver.came}) == 3


def test_after_ten_more_attempts_within_a_day_it_is_given_up(line: Line) -> None:
    line.receiver.answers = [503] * 20
    line.subscribe(TIER)
    line.set_tier(ADEYEMI)

    for _ in range(24 * 60):
        line.deliver()
        line.portal.clock.sleep(60)

    assert line.receiver.told("attemptNumber") == list(range(11))
    assert len(line.portal.hubspot.webhooks.given_up) == 1


def test_a_receiver_that_is_not_there_is_tried_again(line: Line) -> None:
    line.portal.hubspot.webhooks.subscribe("http://127.0.0.1:9/", SECRET, TIER)
    line.set_tier(ADEYEMI)

    assert line.deliver() == [(0, 1)]
    assert len(line.portal.hubspot.webhooks.waiting) == 1


def test_events_may_come_twice(line: Line) -> None:
    line.portal.hubspot.webhooks.twice = True
    line.subscribe(TIER)
    line.set_tier(ADEYEMI)
    line.deliver()

    first, second = line.receiver.told("eventId")
    assert first == second


def test_events_may_come_out_of_order(line: Line) -> None:
    line.portal.hubspot.webhooks.shuffled = Random(1)
    line.subscribe(TIER)
    line.set_tier(ADEYEMI, BRANDT, CASTILLO)
    line.set_tier(ADEYEMI, BRANDT, CASTILLO, tier="B")
    line.deliver()

    ids = line.receiver.told("eventId")
    assert (sorted(ids) != ids, len(set(ids))) == (True, 6)


def test_events_may_come_late(line: Line) -> None:
    line.portal.hubspot.webhooks.late = timedelta(minutes=5)
    line.subscribe(TIER)
    line.set_tier(ADEYEMI)

    line.portal.clock.sleep(299)
    before = line.deliver()
    line.portal.clock.sleep(1)

    assert (before, line.deliver()) == ([], [(200, 1)])
    assert line.receiver.told("occurredAt") == [1_795_417_200_000]
