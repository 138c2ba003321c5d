"""The portal's properties, and the values that each takes. Values are texts on the wire; unset is null.

Custom are `npi` (unique, which can be set only at creation), latitude and longitude, and the hcp_ properties that our
set-up creates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

TYPES = {  # as a client may write them, in any case, to the object's type id and plural name
    "0-1": ("contacts", "contact"),
    "0-2": ("companies", "company"),
    "0-27": ("tasks", "task"),
    "0-46": ("notes", "note"),
    "0-47": ("meetings", "meeting"),
    "0-48": ("calls", "call"),
    "0-49": ("emails", "email"),
    "0-18": ("communications", "communication"),
}
ENGAGEMENTS = frozenset({"tasks", "notes", "meetings", "calls", "emails", "communications"})
LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    type: str = "string"  # string, number, date, datetime, enumeration, bool
    field_type: str = "text"
    options: tuple[str, ...] = ()
    unique: bool = False
    read_only: bool = False

    def wire(self) -> dict[str, Any]:
        options = [{"label": o, "value": o, "displayOrder": at, "hidden": False} for at, o in enumerate(self.options)]
        return {
            "name": self.name,
            "label": self.name.replace("_", " ").capitalize(),
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": "information",
            "options": options,
            "hasUniqueValue": self.unique,
            "hidden": False,
            "archived": False,
            "modificationMetadata": {
                "archivable": True,
                "readOnlyDefinition": self.read_only,
                "readOnlyValue": self.read_only,
            },
        }


def _texts(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name) for name in names)


def _stamps(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, "datetime", "date", read_only=True) for name in names)


def _pick(name: str, *options: str) -> Property:
    return Property(name, "enumeration", "select", options)


def _bool(name: str) -> Property:
    return Property(name, "bool", "booleancheckbox", ("true", "false"))


_CALL_PLAN = (
    Property("npi", unique=True),
    Property("latitude", "number", "number"),
    Property("longitude", "number", "number"),
    _pick("hcp_tier", "A", "B", "C"),
    *_texts("hcp_tier_reason", "hcp_cold_reason"),
    *(Property(n, "date", "date") for n in ("hcp_tier_since", "hcp_next_visit", "hcp_cold_since", "hcp_last_visit")),
    Property("hcp_call_order", "number", "number"),
    Property("hcp_procedure_volume", "number", "number"),
    _bool("hcp_going_cold"),
)
_SYSTEM = (Property("hs_object_id", "number", "number", read_only=True), Property("hubspot_owner_id"))
_MERGED = Property("hs_merged_object_ids", read_only=True)
_ENGAGEMENT = (*_SYSTEM, *_stamps("hs_createdate", "hs_lastmodifieddate"), Property("hs_timestamp", "datetime", "date"))

SCHEMA: dict[str, tuple[Property, ...]] = {
    "companies": (
        *_SYSTEM,
        _MERGED,
        *_stamps("createdate", "hs_lastmodifieddate", "notes_last_contacted"),
        *_texts("name", "domain", "address", "city", "state", "zip"),
        *_CALL_PLAN,
    ),
    "contacts": (
        *_SYSTEM,
        _MERGED,
        *_stamps("createdate", "lastmodifieddate"),
        Property("email", unique=True),
        *_texts("firstname", "lastname", "address", "city", "state", "zip"),
        *_CALL_PLAN,
    ),
    "meetings": (
        *_ENGAGEMENT,
        *_texts("hs_meeting_title", "hs_meeting_body", "hs_meeting_location"),
        Property("hs_meeting_start_time", "datetime", "date"),
        Property("hs_meeting_end_time", "datetime", "date"),
        _pick("hs_meeting_outcome", "SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"),
    ),
    "calls": (
        *_ENGAGEMENT,
        *_texts("hs_call_title", "hs_call_body", "hs_call_disposition"),
        _pick("hs_call_direction", "INBOUND", "OUTBOUND"),
        _pick("hs_call_status", "BUSY", "CANCELED", "COMPLETED", "FAILED", "MISSED", "NO_ANSWER", "QUEUED", "RINGING"),
        Property("hs_call_duration", "number", "number"),
    ),
    "emails": (
        *_ENGAGEMENT,
        *_texts("hs_email_subject", "hs_email_text", "hs_email_status"),
        _pick("hs_email_direction", "EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"),
    ),
    "notes": (*_ENGAGEMENT, Property("hs_note_body")),
    "tasks": (
        *_ENGAGEMENT,
        *_texts("hs_task_subject", "hs_task_body"),
        _pick("hs_task_status", "NOT_STARTED", "IN_PROGRESS", "COMPLETED", "DEFERRED", "WAITING"),
        _pick("hs_task_type", "TODO", "CALL", "EMAIL"),
    ),
    "communications": (
        *_ENGAGEMENT,
        Property("hs_communication_body"),
        _pick("hs_communication_channel_type", "SMS", "WHATS_APP", "LINKEDIN_MESSAGE"),
    ),
}
REQUIRED = {
    **dict.fromkeys(ENGAGEMENTS, ("hs_timestamp",)),
    "emails": ("hs_timestamp", "hs_email_direction"),
    "communications": ("hs_timestamp", "hs_communication_channel_type"),
}


def plural(written: str) -> str | None:
    """companies, company, 0-2, in any letter case."""
    asked = written.lower()
    return next((names[0] for id_, names in TYPES.items() if asked in (id_, *names)), None)


def modified_name(kind: str) -> str:
    return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"


def created_name(kind: str) -> str:
    return "hs_createdate" if kind in ENGAGEMENTS else "createdate"


def checked(found: Property, value: Any, *, normalise: bool) -> tuple[str | None, tuple[str, str] | None]:
    """The value as it is kept, or the code and message of why not. `normalise`: dates, as from 2026-09 on."""
    if value is None or value == "":
        return None, None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if found.read_only:
        return None, ("READ_ONLY_VALUE", f'"{found.name}" is a read only property; its value cannot be set.')
    if found.options and text not in found.options:
        labels = ", ".join(f"label: {o}" for o in found.options)
        return None, ("INVALID_OPTION", f"{text} was not one of the allowed options: [{labels}]")
    if found.type == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return None, ("INVALID_LONG", f"{text} was not a valid long.")
    if found.type in ("date", "datetime"):
        return _moment(found, text, normalise)
    if len(text) > LONGEST:
        return None, ("PROPERTY_VALUE_TOO_LONG", f"{found.name} is longer than {LONGEST} characters.")
    return text, None


def _moment(found: Property, text: str, normalise: bool) -> tuple[str | None, tuple[str, str] | None]:
    try:
        at = (
            datetime.fromtimestamp(int(text) / 1000, UTC)
            if re.fullmatch(r"-?\d{9,}", text)
            else datetime.fromisoformat(text)
        )
    except ValueError:
        return None, ("INVALID_DATE", f"{text} was not a valid {found.type}.")
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if found.type == "datetime":
        return iso(at), None
    if not normalise and at.time().isoformat() != "00:00:00":
        return None, ("INVALID_DATE", f"{text} is at {at.time()}, not midnight!")
    return at.date().isoformat(), None


def iso(at: datetime) -> str:
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
