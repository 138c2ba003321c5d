"""What every portal has before anybody adds to it, and what Callplan's set-up adds on accounts.

Source   developers.hubspot.com, "Companies", "Contacts", "Engagements"
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sandbox.hubspot.kinds import ENGAGEMENTS, Kind, created_name, modified_name
from sandbox.hubspot.properties import Property, dates, flag, moments, numbers, pick, texts

CALL_PLAN = (
    Property("npi", unique=True),
    pick("hcp_tier", "A", "B", "C"),
    pick("hcp_slot_kind", "committed", "fill", "released"),
    pick("hcp_channel", "visit", "call", "email", "message"),
    pick("hcp_touch_state", "on_track", "due", "overdue", "cold", "lost_contact", "never_visited", "new", "waiting"),
    pick("hcp_relationship", "warm", "quiet", "little_known"),
    pick("hcp_activity", "steady", "down", "not_known"),
    *texts("hcp_tier_reason", "hcp_cold_reason", "hcp_next_step"),
    *dates("hcp_tier_since", "hcp_next_visit", "hcp_cold_since", "hcp_last_visit", "hcp_call_week", "hcp_next_touch"),
    *numbers("hcp_call_order", "hcp_procedure_volume", "hcp_volume_at_risk"),
    flag("hcp_going_cold"),
    *numbers("hcp_cycle_goal", "hcp_cycle_calls", "hcp_cycle_remaining"),
)
APPOINTMENTS = (Property("callplan_key", unique=True),)  # on meetings and tasks, where it is asked for
PLACE = numbers("latitude", "longitude")  # the customer's own, before and after the set-up
ROLLUPS = (
    *moments("notes_last_contacted", "notes_last_updated", "notes_next_activity_date", read_only=True),
    *(replace(p, read_only=True) for p in numbers("num_notes", "num_contacted_notes")),
)
_SYSTEM = (
    Property("hs_object_id", "number", "number", read_only=True),
    Property("hubspot_owner_id"),
    Property("hs_merged_object_ids", read_only=True),
)


def _of(kind: str, *properties: Property) -> tuple[Property, ...]:
    return (*_SYSTEM, *moments(created_name(kind), modified_name(kind), read_only=True), *properties)


def _engagement(kind: str, *properties: Property) -> tuple[Property, ...]:
    return _of(kind, *moments("hs_timestamp"), *properties)


PROPERTIES: dict[str, tuple[Property, ...]] = {
    "companies": _of(
        "companies",
        *ROLLUPS,
        *texts("name", "domain", "phone", "website", "address", "city", "state", "zip", "country"),
    ),
    "contacts": _of(
        "contacts",
        *ROLLUPS,
        Property("email", unique=True),
        *texts("firstname", "lastname", "phone", "address", "city", "state", "zip", "country"),
    ),
    "deals": _of("deals", *ROLLUPS, *texts("dealname", "dealstage", "pipeline"), *numbers("amount")),
    "meetings": _engagement(
        "meetings",
        *texts("hs_meeting_title", "hs_meeting_body", "hs_meeting_location", "hs_internal_meeting_notes"),
        *moments("hs_meeting_start_time", "hs_meeting_end_time"),
        pick("hs_meeting_outcome", "SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"),
    ),
    "calls": _engagement(
        "calls",
        *texts("hs_call_title", "hs_call_body", "hs_call_disposition"),
        pick("hs_call_direction", "INBOUND", "OUTBOUND"),
        pick(
            "hs_call_status",
            *("BUSY", "CALLING_CRM_USER", "CANCELED", "COMPLETED", "CONNECTING", "FAILED", "IN_PROGRESS"),
            *("MISSED", "NO_ANSWER", "QUEUED", "RINGING"),
        ),
        *numbers("hs_call_duration"),
    ),
    "emails": _engagement(
        "emails",
        *texts("hs_email_subject", "hs_email_text", "hs_email_html", "hs_email_status"),
        *(replace(p, read_only=True) for p in texts("hs_sequence_id", "hs_object_source")),
        pick("hs_email_direction", "EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL", "DRAFT_EMAIL"),
    ),
    "notes": _engagement("notes", *texts("hs_note_body")),
    "tasks": _engagement(
        "tasks",
        *texts("hs_task_subject", "hs_task_body"),
        *moments("hs_task_completion_date"),
        pick("hs_task_status", "NOT_STARTED", "IN_PROGRESS", "COMPLETED", "DEFERRED", "WAITING"),
        pick("hs_task_priority", "LOW", "MEDIUM", "HIGH"),
        pick("hs_task_type", "TODO", "CALL", "EMAIL"),
    ),
    "communications": _engagement(
        "communications",
        *texts("hs_communication_body"),
        pick("hs_communication_channel_type", "SMS", "WHATS_APP", "LINKEDIN_MESSAGE"),
    ),
}
GROUPS = {"companies": "companyinformation", "contacts": "contactinformation", "deals": "dealinformation"}
REQUIRED = {  # of a new record: one name of each
    "companies": (("name", "domain"),),
    "contacts": (("email", "firstname", "lastname"),),
    **dict.fromkeys(ENGAGEMENTS, (("hs_timestamp",),)),
    "emails": (("hs_timestamp",), ("hs_email_direction",)),
    "communications": (("hs_timestamp",), ("hs_communication_channel_type",)),
}
SHOWN = {  # where a client names no properties
    "companies": ("name", "domain"),
    "contacts": ("firstname", "lastname", "email"),
    "deals": ("dealname", "amount", "dealstage", "pipeline"),
}
SEARCHED = {  # by `query`
    "companies": ("name", "domain", "phone", "website"),
    "contacts": ("firstname", "lastname", "email", "phone"),
    "deals": ("dealname", "dealstage", "pipeline"),
    "calls": ("hs_call_title",),
    "meetings": ("hs_meeting_title",),
    "tasks": ("hs_task_subject",),
    "emails": ("hs_email_subject",),
}


@dataclass(frozen=True, slots=True)
class CustomObject:
    """An object that the customer defined, e.g. the sites of a hospital."""

    id: str  # 2-1234567
    name: str
    properties: tuple[Property, ...] = ()
    required: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        return Kind(self.id, self.name, self.name, custom=True)

    @property
    def all_properties(self) -> tuple[Property, ...]:
        return (*_of(self.name), *(replace(p, own=True) for p in self.properties))
