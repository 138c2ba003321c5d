"""What reps log, object by object: which properties tell it, and when it counts as what.

Meetings, calls, emails and notes are in every portal; tasks and communications (SMS, WhatsApp, LinkedIn) are read where
the mapping names them. A meeting that is still SCHEDULED is a plan, however old; what lies ahead is for the engine to
judge. An id is unique only within its object, so that ours names both: meetings/123.
Mail that a sequence or a workflow sent, and tasks that bear our key, are a machine's. Which property tells of such mail
no documentation says: hs_sequence_id and hs_object_source are what public code goes by, and were seen in no portal. Of
notes, only whether the properties are filled is told.

Source   developers.hubspot.com, "Engagements" (2026-09)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from connector.contract import CrmId, Direction, Interaction, Kind, Reading, Result

Row = Mapping[str, Any]
Held = Mapping[str, str | None]
DIRECTIONS = {
    "INBOUND": Direction.INBOUND,
    "OUTBOUND": Direction.OUTBOUND,
    "INCOMING_EMAIL": Direction.INBOUND,
    "EMAIL": Direction.OUTBOUND,
    "FORWARDED_EMAIL": Direction.OUTBOUND,
}
OUTCOMES = {
    "SCHEDULED": Result.PLANNED,
    "RESCHEDULED": Result.CANCELED,
    "CANCELED": Result.CANCELED,
    "CANCELLED": Result.CANCELED,
    "NO_SHOW": Result.NO_SHOW,
}
STATUSES = {
    **dict.fromkeys(("QUEUED", "RINGING"), Result.PLANNED),
    "CANCELED": Result.CANCELED,
    **dict.fromkeys(("BUSY", "FAILED", "MISSED", "NO_ANSWER"), Result.NO_ANSWER),
}
DISPOSITIONS = {  # those that every portal starts with; a portal's own are taken as answered
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": ("Connected", Result.DONE),
    "9d9162e7-6cf3-4944-bf63-4dff82258764": ("Busy", Result.NO_ANSWER),
    "73a0d17f-1163-4015-bdd5-ec830791da20": ("No answer", Result.NO_ANSWER),
    "b2cf5968-551e-4856-9783-52b3da59a7d0": ("Left voicemail", Result.NO_ANSWER),
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": ("Left live message", Result.DONE),
    "17b47fee-58de-441e-a44c-c6300d46f273": ("Wrong number", Result.NO_ANSWER),
}
MACHINES = ("SEQUENCES", "WORKFLOWS", "AUTOMATION_PLATFORM", "AUTOMATION_JOURNEY", "PROSPECTING_AGENT")
MAILS = {
    **dict.fromkeys(("DRAFT", "SCHEDULED", "SENDING"), Result.PLANNED),
    **dict.fromkeys(("BOUNCED", "FAILED"), Result.NO_ANSWER),
}
TASKS = {"COMPLETED": Result.DONE, "DEFERRED": Result.CANCELED}
MARKUP = re.compile(r"<[^>]*>|&nbsp;")


@dataclass(frozen=True, slots=True)
class Profile:
    """`archive` is whether HubSpot lists what was deleted of it."""

    object: str
    fields: tuple[str, ...]
    of: Callable[[Held], dict[str, Any]]
    archive: bool = True
    notes: tuple[str, ...] = ()  # the properties that the mapping names for them
    key: str = ""  # the property that marks our tasks


def profile_of(kind: str, reading: Reading) -> Profile:
    """As this mapping has it: HubSpot passes over a property that it does not know."""
    profile, notes = PROFILES[kind], reading.notes.get(kind, ())
    key = reading.tasks.key if reading.tasks and reading.tasks.object == kind else ""
    fields = dict.fromkeys((*profile.fields, *notes, *filter(None, [key])))
    return replace(profile, fields=tuple(fields), notes=notes, key=key)


def interaction_of(row: Row, profile: Profile, account: CrmId | None, owners: Mapping[str, str]) -> Interaction:
    held, modified = row["properties"], moment(row["updatedAt"])
    told = profile.of(held)
    at = told.pop("at", None) or held.get("hs_timestamp")
    return Interaction(
        id=named(profile.object, row["id"]),
        account=account,
        modified=modified,
        owner=email_of(held, owners),
        gone=bool(row.get("archived")),
        at=moment(at) if at else modified,
        created=moment(row["createdAt"]),
        automated=told.pop("automated", False) or bool(held.get(profile.key)),
        noted=all(_filled(held.get(name)) for name in profile.notes) if profile.notes else None,
        **told,
    )


def _filled(text: str | None) -> bool:
    """HubSpot keeps notes as HTML, in which an empty paragraph is nothing."""
    return bool(MARKUP.sub("", text or "").strip())


def named(kind: str, id_: str) -> CrmId:
    return CrmId(f"{kind}/{id_}")


def row_of(id_: CrmId) -> str:
    return id_.rpartition("/")[2]


def by_object(ids: Iterable[CrmId]) -> dict[str, list[CrmId]]:
    """Each once."""
    found: dict[str, list[CrmId]] = {}
    for id_ in dict.fromkeys(ids):
        found.setdefault(id_.rpartition("/")[0], []).append(id_)
    return found


def email_of(held: Held, owners: Mapping[str, str]) -> str | None:
    return owners.get(held.get("hubspot_owner_id") or "")


def _task(held: Held) -> dict[str, Any]:
    """A completed task happened when it was completed; an open one is a plan for its due date."""
    return {
        "kind": Kind.TASK,
        "at": held.get("hs_task_completion_date"),
        "result": TASKS.get(held.get("hs_task_status") or "", Result.PLANNED),
        "status": held.get("hs_task_status") or None,
    }


def _meeting(held: Held) -> dict[str, Any]:
    """One without an outcome is taken as held once its time has come."""
    start, end = held.get("hs_meeting_start_time"), held.get("hs_meeting_end_time")
    return {
        "kind": Kind.VISIT,
        "at": start,
        "result": OUTCOMES.get(held.get("hs_meeting_outcome") or "", Result.DONE),
        "outcome": held.get("hs_meeting_outcome") or None,
        "minutes": (moment(end) - moment(start)).total_seconds() / 60 if start and end else None,
    }


def _email(held: Held) -> dict[str, Any]:
    way = held.get("hs_email_direction") or ""
    status = "DRAFT" if way == "DRAFT_EMAIL" else held.get("hs_email_status") or ""
    by_machine = bool(held.get("hs_sequence_id")) or held.get("hs_object_source") in MACHINES
    return {
        "kind": Kind.EMAIL,
        "result": MAILS.get(status, Result.DONE),
        "direction": DIRECTIONS.get(way),
        "status": status or None,
        "automated": by_machine and way != "INCOMING_EMAIL",  # an answer to one is a person's
    }


def _call(held: Held) -> dict[str, Any]:
    milliseconds = held.get("hs_call_duration")
    said, status = held.get("hs_call_disposition") or "", held.get("hs_call_status") or ""
    outcome, answered = DISPOSITIONS.get(said, (said, Result.DONE))
    return {
        "kind": Kind.CALL,
        "result": STATUSES.get(status, answered),
        "outcome": outcome or None,
        "status": status or None,
        "direction": DIRECTIONS.get(held.get("hs_call_direction") or ""),
        "minutes": float(milliseconds) / 60_000 if milliseconds else None,
    }


def _note(_held: Held) -> dict[str, Any]:
    return {"kind": Kind.NOTE, "result": Result.DONE}


def _message(_held: Held) -> dict[str, Any]:
    return {"kind": Kind.MESSAGE, "result": Result.DONE}


def moment(text: str) -> datetime:
    """ISO 8601, or milliseconds since 1970."""
    if text.lstrip("-").isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


SYSTEM = ("hs_object_id", "hs_timestamp", "hs_lastmodifieddate", "hubspot_owner_id")
CALL = ("hs_call_direction", "hs_call_status", "hs_call_duration", "hs_call_disposition")
MEETING = ("hs_meeting_start_time", "hs_meeting_end_time", "hs_meeting_outcome")
EMAIL = ("hs_email_direction", "hs_email_status", "hs_sequence_id", "hs_object_source")
PROFILES = {
    profile.object: profile
    for profile in (
        Profile("meetings", (*SYSTEM, *MEETING), _meeting, archive=False),
        Profile("calls", (*SYSTEM, *CALL), _call),
        Profile("emails", (*SYSTEM, *EMAIL), _email),
        Profile("notes", SYSTEM, _note),
        Profile("tasks", (*SYSTEM, "hs_task_status", "hs_task_completion_date"), _task),
        Profile("communications", (*SYSTEM, "hs_communication_channel_type"), _message, archive=False),
    )
}
