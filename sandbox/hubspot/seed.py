"""A world into a portal: reps to owners, accounts to companies, what was logged to engagements."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.hubspot.owners import Owners
from sandbox.hubspot.records import Portal
from sandbox.hubspot.tables import Record
from sandbox.hubspot.values import iso
from sandbox.world import Provider, Touch, World

CONNECTED, NO_ANSWER = "f240bbac-87c9-4f6e-bf70-924b57d47db7", "73a0d17f-1163-4015-bdd5-ec830791da20"
OUTCOMES = {"done": "COMPLETED", "planned": "SCHEDULED", "no_show": "NO_SHOW", "canceled": "CANCELED"}


def fill(portal: Portal, owners: Owners, world: World) -> None:
    """Long known to search, and no change in anybody's history."""
    began = portal.now() - timedelta(days=400)
    companies = {
        provider.npi: portal.create("companies", _company(portal, provider, owners), at=began)
        for provider in world.providers
    }
    for touch in sorted(world.touches, key=lambda t: (t.at, t.npi)):
        log(portal, owners, companies[touch.npi], touch, touch.at + timedelta(hours=1))
    portal.history.clear()
    portal.lag.older.clear()


def number(portal: Portal, world: World) -> None:
    """Each account's NPI into its property; the accounts stand in the order in which they came."""
    for company, provider in zip(list(portal.all("companies")), world.providers, strict=False):
        portal.update(company, {"npi": provider.npi})


def _company(portal: Portal, provider: Provider, owners: Owners) -> dict[str, object]:
    given = {
        "name": provider.name,
        "npi": provider.npi,
        "city": provider.city,
        "state": provider.state,
        "zip": provider.zip,
        "latitude": provider.latitude,
        "longitude": provider.longitude,
        "hubspot_owner_id": owners.ids.get(provider.rep.lower()),
    }
    return {name: value for name, value in given.items() if portal.schema.find("companies", name)}


def log(portal: Portal, owners: Owners, company: Record, touch: Touch, logged: datetime) -> Record:
    """One engagement, associated with its company, whose last contact it may be."""
    kind, given = _engagement(touch)
    given |= {"hs_timestamp": iso(touch.at), "hubspot_owner_id": owners.ids.get(touch.rep.lower())}
    at = min(logged, portal.now())
    record = portal.create(kind, given, at=at)
    if touch.machine:
        record.properties |= {"hs_sequence_id": "1", "hs_object_source": "SEQUENCES"}
    portal.link(record.key, company.key, at)
    return record


def _engagement(touch: Touch) -> tuple[str, dict[str, object]]:
    if touch.kind == "visit":
        return "meetings", {
            "hs_meeting_title": "Visit",
            "hs_meeting_start_time": iso(touch.at),
            "hs_meeting_end_time": iso(touch.at + timedelta(minutes=touch.minutes)),
            "hs_meeting_outcome": OUTCOMES.get(touch.result, "NO_SHOW"),
            "hs_internal_meeting_notes": touch.note or None,
        }
    if touch.kind == "call":
        statuses = {"planned": "QUEUED", "canceled": "CANCELED", "no_answer": "NO_ANSWER", "no_show": "NO_ANSWER"}
        return "calls", {
            "hs_call_title": "Call",
            "hs_call_direction": touch.direction.upper(),
            "hs_call_status": statuses.get(touch.result, "COMPLETED"),
            "hs_call_duration": round(touch.minutes * 60_000),
            "hs_call_disposition": CONNECTED if touch.result == "done" else NO_ANSWER,
            "hs_call_body": touch.note or None,
        }
    if touch.kind == "email":
        way = "INCOMING_EMAIL" if touch.direction == "inbound" else "EMAIL"
        return "emails", {"hs_email_subject": "Follow-up", "hs_email_direction": way}
    return "notes", {"hs_note_body": "Logged by the rep."}
