"""What HubSpot's webhooks say to look at; only what is signed with the app's secret, just now, for our address.

An event is believed in nothing but which record it is about: what became of that is asked of HubSpot itself. Events of
objects that nobody reads are passed over, as HubSpot brings whatever the app is subscribed to.

Source   developers.hubspot.com, "Webhooks", "Validating requests" (signature v3); merges and associations, whose events
         name their records otherwise, as integrators describe them: what is not there is not missed
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from adapters.hubspot import Settings
from adapters.hubspot.interactions import PROFILES, named
from connector.contract import CrmId, Delivery, Heard, Mark, NotHeard

FRESH = 300_000  # milliseconds, in either direction
DECODED = {  # of the address, before it is signed; all other escapes stay
    f"%{ord(mark):02X}": mark for mark in ":/?@!$'()*,;"
}
OBJECTS = {
    "0-1": "contacts",
    "0-2": "companies",
    "0-18": "communications",
    "0-27": "tasks",
    "0-46": "notes",
    "0-47": "meetings",
    "0-48": "calls",
    "0-49": "emails",
}
SINGULAR = {"company": "companies", **{name.removesuffix("s"): name for name in OBJECTS.values()}}
CUSTOM = re.compile(r"^2-[0-9]{1,18}$", re.ASCII)
RECORDS = ("objectId", "primaryObjectId", "newObjectId")


def hear(settings: Settings, delivery: Delivery, now: datetime) -> Heard:
    """Errors   NotHeard"""
    if settings.client_secret is None:
        raise NotHeard(404, "no client_secret")
    stamp, given = (delivery.headers.get(f"x-hubspot-{name}", "") for name in ("request-timestamp", "signature-v3"))
    if (
        not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16)
        or abs(now.timestamp() * 1000 - int(stamp)) > FRESH
    ):
        raise NotHeard(401, "not of the last five minutes")
    if not hmac.compare_digest(sign(settings.client_secret.reveal(), delivery, stamp).encode(), given.encode()):
        raise NotHeard(401, "wrong signature")
    return Heard(f"{stamp} {given}", tuple(dict.fromkeys(_marks(delivery.body))))


def sign(secret: str, delivery: Delivery, stamp: str) -> str:
    told = f"{delivery.method}{decoded(delivery.url)}".encode() + delivery.body + stamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), told, hashlib.sha256).digest()).decode()


def decoded(url: str) -> str:
    """The listed escapes alone: since %25 stays, nothing is decoded twice."""
    head, *rest = url.split("%")
    return head + "".join(DECODED.get(f"%{part[:2].upper()}", f"%{part[:2]}") + part[2:] for part in rest)


def _marks(body: bytes) -> Iterator[Mark]:
    try:
        events = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotHeard(400, "no JSON") from error
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise NotHeard(400, "no list of events")
    for event in events:
        yield from _marks_of(event)


def _marks_of(event: Mapping[str, Any]) -> Iterator[Mark]:
    merged = event.get("mergedObjectIds")
    rows = [*(event.get(name) for name in RECORDS), *(merged if isinstance(merged, list) else [])]
    yield from _marks_in(_object_of(event, "objectTypeId"), rows)
    for side in ("from", "to"):
        yield from _marks_in(_object_of(event, f"{side}ObjectTypeId"), [event.get(f"{side}ObjectId")])


def _object_of(event: Mapping[str, Any], key: str) -> str | None:
    """By its number, or as the subscription begins: company.deletion."""
    number = str(event.get(key))
    about = str(event.get("subscriptionType") or event.get("eventType") or "").partition(".")[0]
    if CUSTOM.match(number):
        return number  # as a mapping names it
    return OBJECTS.get(number) or (SINGULAR.get(about) if key == "objectTypeId" else None)


def _marks_in(kind: str | None, rows: list[Any]) -> Iterator[Mark]:
    """Accounts go by their number alone."""
    for row in (str(row) for row in rows if kind):
        if row.isascii() and row.isdigit() and len(row) < 20:
            yield Mark(str(kind), named(str(kind), row) if kind in PROFILES else CrmId(row))
