"""What reps log, object by object: which fields tell it, and when it counts as what.

Task and Event are in every org. EmailMessage, VoiceCall, the visits of Life Sciences Cloud and the calls of Veeva CRM
are read where the mapping names them. Templates of a series and attendees' copies are none; a canceled or declined
meeting did not take place; what lies ahead is for the engine to judge. An event that we booked is a plan, however old,
until somebody says what became of it; one that a person made took place once its time has come. Mail to a list, steps
of a cadence and tasks that bear our key are a machine's. Of notes, only whether the fields are filled is told.

Source   Object Reference v67.0; Life Sciences Cloud Developer Guide, Visit and ProviderVisit; Veeva's objects as public
         code uses them (no such org was reached)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from connector.contract import Calendar, CrmId, Direction, Interaction, Kind, Result, Tasks

Row = Mapping[str, Any]
OUTCOME = "Outcome__c"  # how a visit went, where an org has such a field; Salesforce itself has none
DIRECTIONS = {"Inbound": Direction.INBOUND, "Outbound": Direction.OUTBOUND}
OUTCOMES = {"No Show": Result.NO_SHOW, "Canceled": Result.CANCELED, "Completed": Result.DONE}
DISPOSITIONS = {  # orgs word these themselves
    "no answer": Result.NO_ANSWER,
    "voicemail": Result.NO_ANSWER,
    "busy": Result.NO_ANSWER,
    "no show": Result.NO_SHOW,
    "canceled": Result.CANCELED,
}
PLANNED, CANCELLED = "Planned", "Cancelled"  # what we write of an appointment
BOOKED = {PLANNED: Result.PLANNED, "Done": Result.DONE, "No show": Result.NO_SHOW, CANCELLED: Result.CANCELED}
CALLED_OFF = ("canceled:", "cancelled:", "declined:")  # how calendars mark the subject of a meeting that is off
TASK_KINDS = {"Call": Kind.CALL, "Email": Kind.EMAIL, "ListEmail": Kind.EMAIL}
MACHINES = ("ListEmail", "Cadence")  # of TaskSubtype
MAILS = {"0": "New", "1": "Read", "2": "Replied", "3": "Sent", "4": "Forwarded", "5": "Draft"}  # EmailMessage.Status
DRAFT = "5"
VISITS = {
    "Planned": Result.PLANNED,
    "InProgress": Result.PLANNED,
    "Completed": Result.DONE,
    "Canceled": Result.CANCELED,
    "Cancelled": Result.CANCELED,
    "Missed": Result.NO_SHOW,
}
VEEVA = {"Submitted_vod": Result.DONE, "Planned_vod": Result.PLANNED, "Saved_vod": Result.PLANNED}
VEEVA_KINDS = {"Phone_vod": Kind.CALL, "Email_vod": Kind.EMAIL, "Message_vod": Kind.MESSAGE}


@dataclass(frozen=True, slots=True)
class Profile:
    """`parties` name the records that an interaction is with, the account first. The optional ones may be missing."""

    fields: tuple[str, ...]
    optional: tuple[str, ...]
    parties: tuple[str, ...]
    owner: str
    of: Callable[[Row], dict[str, Any]]
    told_by: tuple[str, str] | None = None  # the field that names the record, and its object, which tells the same
    notes: tuple[str, ...] = ()  # the fields that the mapping names for them


def interaction_of(row: Row, profile: Profile, account: CrmId | None, read: tuple[str, ...]) -> Interaction:
    """`read` are the objects that are read: what another of them tells too is none of its own."""
    told, modified = profile.of(row), moment(row["SystemModstamp"])
    at = told.pop("at")
    twice = profile.told_by is not None and profile.told_by[1] in read and bool(row[profile.told_by[0]])
    return Interaction(
        id=CrmId(row["Id"]),
        account=account,
        modified=modified,
        owner=email_of(row, profile.owner),
        gone=told.pop("gone", False) or twice or row["IsDeleted"],
        at=moment(at) if at else modified,
        created=moment(row["CreatedDate"]),
        noted=all(_filled(row.get(name)) for name in profile.notes) if profile.notes else None,
        **told,
    )


def _filled(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def email_of(row: Row, relation: str) -> str | None:
    person = row.get(relation) or {}
    return person["Email"].lower() if person.get("Email") else None


def _task(row: Row) -> dict[str, Any]:
    """A closed task happened when it was completed; an open one is a plan for its due date."""
    seconds = row["CallDurationInSeconds"]
    return {
        "kind": TASK_KINDS.get(row["TaskSubtype"], Kind.TASK),
        "at": row["CompletedDateTime"] or row["ActivityDate"],
        "result": _task_result(row),
        "outcome": row.get(OUTCOME) or row["CallDisposition"] or None,
        "status": row["Status"],
        "automated": row["TaskSubtype"] in MACHINES,
        "direction": DIRECTIONS.get(row["CallType"]),
        "minutes": seconds / 60 if seconds is not None else None,
        "gone": row["IsRecurrence"],
    }


def _task_result(row: Row) -> Result:
    if row.get(OUTCOME) in OUTCOMES:
        return OUTCOMES[row[OUTCOME]]
    if not row["IsClosed"]:
        return Result.CANCELED if row["Status"] == "Deferred" else Result.PLANNED
    disposition = (row["CallDisposition"] or "").lower()
    return next((result for words, result in DISPOSITIONS.items() if words in disposition), Result.DONE)


def _event(row: Row) -> dict[str, Any]:
    """An event is a visit, done once its time has come. Attendees' copies and templates of a series are none."""
    off = (row.get("Subject") or "").lower().startswith(CALLED_OFF)
    return {
        "kind": Kind.VISIT,
        "at": row["StartDateTime"] or row["ActivityDate"],
        "result": OUTCOMES.get(row.get(OUTCOME) or "", Result.CANCELED if off else Result.DONE),
        "outcome": row.get(OUTCOME) or None,
        "minutes": row["DurationInMinutes"],
        "gone": row["IsRecurrence"] or row["IsChild"] or bool(row.get("IsRecurrence2Exclusion")),
    }


def keeps(profile: Profile, calendar: Calendar) -> Profile:
    """The profile of the object in which we book, whose two fields may be missing."""

    def of(row: Row) -> dict[str, Any]:
        told = profile.of(row)
        told["outcome"] = told["outcome"] or row.get(calendar.outcome) or None
        if row.get(calendar.key):
            nothing_said = told["result"] is Result.DONE and row.get(OUTCOME) not in OUTCOMES
            said = BOOKED.get(row.get(calendar.outcome) or "", Result.PLANNED)
            told["result"] = said if nothing_said or said is not Result.PLANNED else told["result"]
        return told

    return replace(profile, optional=(*profile.optional, calendar.key, calendar.outcome), of=of)


def marks(profile: Profile, tasks: Tasks) -> Profile:
    """The profile of the object in which we put tasks, whose key may be missing."""

    def of(row: Row) -> dict[str, Any]:
        told = profile.of(row)
        return {**told, "automated": told.get("automated", False) or bool(row.get(tasks.key))}

    return replace(profile, optional=(*profile.optional, tasks.key), of=of)


def _email(row: Row) -> dict[str, Any]:
    """One that came back has reached nobody."""
    reached = Result.NO_ANSWER if row.get("IsBounced") else Result.DONE
    return {
        "kind": Kind.EMAIL,
        "at": row["MessageDate"],
        "result": Result.PLANNED if row["Status"] == DRAFT else reached,
        "status": MAILS.get(row["Status"], row["Status"]),
        "direction": Direction.INBOUND if row["Incoming"] else Direction.OUTBOUND,
    }


def _voice_call(row: Row) -> dict[str, Any]:
    seconds = row["CallDurationInSeconds"]
    disposition = (row.get("CallDisposition") or "").lower()
    return {
        "kind": Kind.CALL,
        "at": row["CallStartDateTime"],
        "result": next((result for words, result in DISPOSITIONS.items() if words in disposition), Result.DONE),
        "outcome": row.get("CallDisposition") or None,
        "direction": DIRECTIONS.get(row["CallType"]),
        "minutes": seconds / 60 if seconds is not None else None,
    }


def _visit(row: Row) -> dict[str, Any]:
    began, ended = row.get("ActualVisitStartTime"), row.get("ActualVisitEndTime")
    return {
        "kind": Kind.VISIT,
        "at": began or row["PlannedVisitStartTime"],
        "result": VISITS.get(row["Status"], Result.PLANNED),
        "status": row["Status"],
        "minutes": (moment(ended) - moment(began)).total_seconds() / 60 if began and ended else None,
    }


def _veeva_call(row: Row) -> dict[str, Any]:
    """A call with several people is one record for each of them, under a parent; each stands for its own account."""
    return {
        "kind": VEEVA_KINDS.get(row.get("Call_Channel_vod__c") or "", Kind.VISIT),
        "at": row.get("Call_Datetime_vod__c") or row["Call_Date_vod__c"],
        "result": VEEVA.get(row["Status_vod__c"], Result.PLANNED),
        "status": row["Status_vod__c"],
    }


def moment(text: str) -> datetime:
    """2026-11-23T12:00:00.000+0000, or a date, which is taken as its noon."""
    if len(text) == 10:
        return datetime.combine(datetime.fromisoformat(text).date(), time(12), UTC)
    return datetime.fromisoformat(text).astimezone(UTC)


SYSTEM = ("Id", "IsDeleted", "SystemModstamp", "CreatedDate")
ACTIVITY = (*SYSTEM, "AccountId", "WhatId", "WhoId", "Owner.Email", "IsRecurrence", "ActivityDate")
PARTIES = ("AccountId", "WhatId", "WhoId")
TASK = ("IsClosed", "Status", "TaskSubtype", "CompletedDateTime", "CallType", "CallDurationInSeconds")
EMAIL = (*SYSTEM, "RelatedToId", "CreatedBy.Email", "Incoming", "MessageDate", "Status", "ActivityId")
VOICE = (*SYSTEM, "RelatedRecordId", "Owner.Email", "CallType", "CallStartDateTime", "CallDurationInSeconds")
VISIT = (*SYSTEM, "AccountId", "Owner.Email", "PlannedVisitStartTime", "Status")
ACTUAL = ("ActualVisitStartTime", "ActualVisitEndTime")
VEEVA_CALL = (*SYSTEM, "Account_vod__c", "Owner.Email", "Call_Date_vod__c", "Status_vod__c")
PROFILES = {
    "Task": Profile((*ACTIVITY, *TASK, "CallDisposition"), (OUTCOME,), PARTIES, "Owner", _task),
    "Event": Profile(
        (*ACTIVITY, "IsChild", "StartDateTime", "DurationInMinutes", "Subject"),
        (OUTCOME, "IsRecurrence2Exclusion"),
        PARTIES,
        "Owner",
        _event,
    ),
    "EmailMessage": Profile(
        EMAIL, ("IsBounced",), ("RelatedToId",), "CreatedBy", _email, told_by=("ActivityId", "Task")
    ),
    "VoiceCall": Profile(VOICE, ("CallDisposition",), ("RelatedRecordId",), "Owner", _voice_call),
    "Visit": Profile(VISIT, ACTUAL, ("AccountId",), "Owner", _visit),
    "ProviderVisit": Profile(VISIT, ACTUAL, ("AccountId",), "Owner", _visit),
    "Call2_vod__c": Profile(
        VEEVA_CALL, ("Call_Datetime_vod__c", "Call_Channel_vod__c"), ("Account_vod__c",), "Owner", _veeva_call
    ),
}
