"""Telling a receiver of changes: batches of events, signed, and sent again until somebody answers 2xx.

Nothing is sent by itself: `deliver` sends what is due, so that a test knows when. What receivers must bear with can be
asked for: events twice, out of order, or late.

Source   developers.hubspot.com, "Webhooks": at most 100 events a request, an answer within 5 seconds, at most 10
         more attempts within 24 hours; the times between them are not documented
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from random import Random
from typing import Any
from urllib.parse import urlsplit

from sandbox.hubspot import signatures
from sandbox.hubspot.changes import Change, WatchedPortal
from sandbox.hubspot.kinds import PORTAL, Kind
from sandbox.hubspot.tables import SOURCES
from sandbox.hubspot.tokens import APP

BATCH, ANSWER_SECONDS = 100, 5
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 180, 240, 300, 360))  # 22 hours in all
WHATS = ("creation", "propertyChange", "deletion", "merge", "associationChange")
NAMED = ("contact", "company", "deal")  # of other types only `object.` tells
AGENT = "HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebhooksExecutionService"
Event = dict[str, Any]


@dataclass(frozen=True)
class Subscription:
    """`company.creation`, or `object.creation` with an object type id, as a project's app has it."""

    type: str
    property: str = ""
    object_type: str = ""

    def __post_init__(self) -> None:
        name, _, what = self.type.partition(".")
        known = re.fullmatch(r"\d+-\d+", self.object_type) if name == "object" else name in NAMED
        if what not in WHATS or not known or (what == "propertyChange") is not bool(self.property):
            raise ValueError(f"HubSpot has no such subscription: {self}")

    def wants(self, change: Change, kind: Kind) -> bool:
        name, _, what = self.type.partition(".")
        its = kind.id == self.object_type if name == "object" else kind.singular == name
        return its and what == change.what and self.property in ("", change.more.get("propertyName"))


@dataclass(frozen=True)
class Receiver:
    target: str
    secret: str
    subscriptions: tuple[Subscription, ...]


@dataclass
class Parcel:
    """What goes to a receiver in one request."""

    receiver: Receiver
    events: list[Event]
    due: datetime
    attempt: int = 0


@dataclass(frozen=True)
class Sent:
    status: int  # 0 where nobody answered, or not in time
    events: int
    attempt: int


@dataclass
class Webhooks:
    portal: WatchedPortal
    late: timedelta = timedelta(0)
    twice: bool = False
    shuffled: Random | None = None
    receivers: list[Receiver] = field(default_factory=list)
    waiting: list[Parcel] = field(default_factory=list)
    given_up: list[Parcel] = field(default_factory=list)
    heard: int = 0

    def subscribe(self, target: str, secret: str, *subscriptions: Subscription) -> None:
        """From here on; of what was before, nobody is told."""
        self.portal.watched = True
        self.receivers.append(Receiver(target, secret, subscriptions))

    def deliver(self) -> list[Sent]:
        """Send what is due."""
        self._gather()
        now = self.portal.now()
        due = [parcel for parcel in self.waiting if parcel.due <= now]
        return [sent for parcel in due for sent in self._deliver(parcel, now)]

    def _gather(self) -> None:
        ripe = self.portal.now() - self.late
        kinds = self.portal.schema.kinds
        fresh = [change for change in self.portal.changes[self.heard :] if change.at <= ripe]
        for receiver in self.receivers:
            events = [
                _event(change, subscription, at, number, kinds)
                for at, change in enumerate(fresh, self.heard)
                for number, subscription in enumerate(receiver.subscriptions)
                if subscription.wants(change, kinds[change.kind])
            ]
            if self.shuffled:
                self.shuffled.shuffle(events)
            parts = [events[start : start + BATCH] for start in range(0, len(events), BATCH)]
            self.waiting += [Parcel(receiver, part, self.portal.now()) for part in parts]
        self.heard += len(fresh)

    def _deliver(self, parcel: Parcel, now: datetime) -> list[Sent]:
        sent = [self._post(parcel, now) for _ in range(2 if self.twice else 1)]
        if any(200 <= one.status < 300 for one in sent):
            self.waiting.remove(parcel)
        elif parcel.attempt == len(WAITS):
            self.waiting.remove(parcel)
            self.given_up.append(parcel)
        else:
            parcel.due = now + WAITS[parcel.attempt]
            parcel.attempt += 1
        return sent

    def _post(self, parcel: Parcel, now: datetime) -> Sent:
        body = json.dumps([{**event, "attemptNumber": parcel.attempt} for event in parcel.events]).encode()
        target, secret, stamp = parcel.receiver.target, parcel.receiver.secret, str(round(now.timestamp() * 1000))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            "X-HubSpot-Signature": signatures.v1(secret, body),
            "X-HubSpot-Signature-Version": "v1",
            "X-HubSpot-Signature-v3": signatures.v3(secret, "POST", target, body, stamp),
            "X-HubSpot-Request-Timestamp": stamp,
        }
        return Sent(_status(target, body, headers), len(parcel.events), parcel.attempt)


def _status(target: str, body: bytes, headers: dict[str, str]) -> int:
    """A redirect is not followed: it is no 2xx."""
    url = urlsplit(target)
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = kind(url.netloc, timeout=ANSWER_SECONDS)
    try:
        connection.request("POST", target.removeprefix(f"{url.scheme}://{url.netloc}") or "/", body, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def _event(change: Change, subscription: Subscription, at: int, number: int, kinds: Mapping[str, Kind]) -> Event:
    generic, kind = subscription.type.startswith("object."), kinds[change.kind]
    more = dict(change.more)
    if change.to and generic:
        more |= {"fromObjectTypeId": kind.id, "toObjectTypeId": kinds[change.to].id}
    elif change.to:
        names = f"{kind.singular}_to_{kinds[change.to].singular}"
        more |= {"associationType": names.upper(), "isPrimaryAssociation": False}
    return {
        "eventId": 1_000 + at,
        "subscriptionId": 500_001 + number,
        "portalId": PORTAL,
        "appId": APP,
        "occurredAt": round(change.at.timestamp() * 1000),
        "subscriptionType": subscription.type,
        **({"objectTypeId": kind.id} if generic else {}),
        **more,
        "changeSource": SOURCES.get(change.who, "CRM"),
    }
