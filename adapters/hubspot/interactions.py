"""What reps log, object by object: which properties tell it, and when it counts as what.

Meetings, calls, emails and notes are in every portal; tasks and communications (SMS, WhatsApp, LinkedIn) are read where
the mapping names them. A meeting that is still SCHEDULED is a plan, however old; what lies ahead is for the engine to
judge. An id is unique only within its object, so that ours names both: meetings/123.

Source   developers.hubspot.com, "Engagements" (2026-09)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connector.contract import CrmId, Direction, Interaction, Kind, Result

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
    "9d9162e7-6cf3-4944-bf63-4dff82258764": Result.NO_ANSWER,  # busy
    "73a0d17f-1163-4015-bdd5-ec830791da20": Result.NO_ANSWER,  # no answer
    "b2cf5968-551e-4856-9783-52b3da59a7d0": Result.NO_ANSWER,  # left voicemail
    "17b47fee-58de-441e-a44c-c6300d46f273": Result.NO_ANSWER,  # wrong number
}
MAILS = {
    **dict.fromkeys(("DRAFT", "SCHEDULED", "SENDING"), Result.PLANNED),
    **dict.fromkeys(("BOUNCED", "FAILED"), Result.NO_ANSWER),
}
TASKS = {"COMPLETED": Result.DONE, "DEFERRED": Result.CANCELED}


@dataclass(frozen=True, slots=True)
class Profile:
    """`archive` is whether HubSpot lists what was deleted of it."""

    fields: tuple[str, ...]
    of: Callable[[Held], dict[str, Any]]
    archive: bool = True


def interaction_of(kind: str, row: Row, account: CrmId | None, owners: Mapping[str, str]) -> Interaction:
    held, modified = row["properties"], moment(row["updatedAt"])
    told = PROFILES[kind].of(held)
    at = told.pop("at", None) or held.get("hs_timestamp")
    return Interaction(
        id=named(kind, row["id"]),
        account=account,
        modified=modified,
        owner=email_of(held, owners),
        gone=bool(row.get("archived")),
        at=moment(at) if at else modified,
        **told,
    )


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
    }


def _meeting(held: Held) -> dict[str, Any]:
    """One without an outcome is taken as held once its time has come."""
    start, end = held.get("hs_meeting_start_time"), held.get("hs_meeting_end_time")
    return {
        "kind": Kind.VISIT,
        "at": start,
        "result": OUTCOMES.get(held.get("hs_meeting_outcome") or "", Result.DONE),
        "minutes": (moment(end) - moment(start)).total_seconds() / 60 if start and end else None,
    }


def _email(held: Held) -> dict[str, Any]:
    way = held.get("hs_email_direction") or ""
    status = "DRAFT" if way == "DRAFT_EMAIL" else held.get("hs_email_status") or ""
    return {"kind": Kind.EMAIL, "result": MAILS.get(status, Result.DONE), "direction": DIRECTIONS.get(way)}


def _call(held: Held) -> dict[str, Any]:
    milliseconds = held.get("hs_call_duration")
    answered = DISPOSITIONS.get(held.get("hs_call_disposition") or "", Result.DONE)
    return {
        "kind": Kind.CALL,
        "result": STATUSES.get(held.get("hs_call_status") or "", answered),
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
PROFILES = {
    "meetings": Profile(
        (*SYSTEM, "hs_meeting_start_time", "hs_meeting_end_time", "hs_meeting_outcome"), _meeting, archive=False
    ),
    "calls": Profile((*SYSTEM, *CALL), _call),
    "emails": Profile((*SYSTEM, "hs_email_direction", "hs_email_status"), _email),
    "notes": Profile(SYSTEM, _note),
    "tasks": Profile((*SYSTEM, "hs_task_status", "hs_task_completion_date"), _task),
    "communications": Profile((*SYSTEM, "hs_communication_channel_type"), _message, archive=False),
}
