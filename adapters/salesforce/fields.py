"""Salesforce's words and ours: describe, account rows, tasks and events, values to write.

Source   Object Reference, Account, Task and Event (v67.0)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from connector.contract import (
    Account,
    Change,
    CrmId,
    Direction,
    Field,
    FieldType,
    Interaction,
    Kind,
    Result,
    Shape,
    Value,
)

TYPES = {
    **dict.fromkeys(("string", "textarea", "phone", "email", "url", "id", "reference"), FieldType.TEXT),
    **dict.fromkeys(("double", "int", "currency", "percent"), FieldType.NUMBER),
    **dict.fromkeys(("picklist", "combobox"), FieldType.PICKLIST),
    "boolean": FieldType.CHECKBOX,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
}
DIRECTIONS = {"Inbound": Direction.INBOUND, "Outbound": Direction.OUTBOUND}
OUTCOMES = {"No Show": Result.NO_SHOW, "Canceled": Result.CANCELED, "Completed": Result.DONE}
DISPOSITIONS = {  # orgs word these themselves
    "no answer": Result.NO_ANSWER,
    "voicemail": Result.NO_ANSWER,
    "busy": Result.NO_ANSWER,
    "no show": Result.NO_SHOW,
    "canceled": Result.CANCELED,
}
TASK_KINDS = {"Call": Kind.CALL, "Email": Kind.EMAIL, "ListEmail": Kind.EMAIL}

ACCOUNT_FIELDS = ("Id", "IsDeleted", "MasterRecordId", "SystemModstamp", "Owner.Email")
ACTIVITY_FIELDS = ("Id", "IsDeleted", "SystemModstamp", "AccountId", "Owner.Email", "IsRecurrence", "ActivityDate")
INTERACTION_FIELDS = {
    "Task": (
        *ACTIVITY_FIELDS,
        *("IsClosed", "Status", "TaskSubtype", "CompletedDateTime"),
        *("CallType", "CallDurationInSeconds", "CallDisposition"),
    ),
    "Event": (*ACTIVITY_FIELDS, "IsChild", "StartDateTime", "DurationInMinutes"),
}
OUTCOME = "Outcome__c"  # how a visit went, where an org has such a field; Salesforce itself has none


def shape_of(described: Mapping[str, Any]) -> Shape:
    return Shape(described["name"], {field["name"]: _field(field) for field in described["fields"]})


def _field(described: Mapping[str, Any]) -> Field:
    options = (
        [o["value"] for o in described["picklistValues"] if o["active"]] if described["restrictedPicklist"] else []
    )
    kind = TYPES.get(described["type"], FieldType.OTHER)
    length = described["length"] or None
    return Field(described["name"], kind, described["updateable"], length, tuple(options))


def account_of(row: Mapping[str, Any], names: tuple[str, ...]) -> Account:
    return Account(
        id=CrmId(row["Id"]),
        modified=moment(row["SystemModstamp"]),
        owner=_owner(row),
        fields={name: row.get(name) for name in names},
        gone=row["IsDeleted"],
        merged_into=CrmId(row["MasterRecordId"]) if row["MasterRecordId"] else None,
    )


def interaction_of(kind: str, row: Mapping[str, Any]) -> Interaction:
    return _task(row) if kind == "Task" else _event(row)


def _task(row: Mapping[str, Any]) -> Interaction:
    """A closed task happened when it was completed; an open one is a plan for its due date."""
    seconds = row["CallDurationInSeconds"]
    return Interaction(
        id=CrmId(row["Id"]),
        account=row["AccountId"],
        kind=TASK_KINDS.get(row["TaskSubtype"], Kind.TASK),
        at=moment(row["CompletedDateTime"] or row["ActivityDate"] or row["SystemModstamp"]),
        modified=moment(row["SystemModstamp"]),
        result=_task_result(row),
        direction=DIRECTIONS.get(row["CallType"]),
        minutes=seconds / 60 if seconds is not None else None,
        owner=_owner(row),
        gone=row["IsDeleted"] or row["IsRecurrence"],
    )


def _task_result(row: Mapping[str, Any]) -> Result:
    if row.get(OUTCOME) in OUTCOMES:
        return OUTCOMES[row[OUTCOME]]
    if not row["IsClosed"]:
        return Result.CANCELED if row["Status"] == "Deferred" else Result.PLANNED
    disposition = (row["CallDisposition"] or "").lower()
    return next((result for words, result in DISPOSITIONS.items() if words in disposition), Result.DONE)


def _event(row: Mapping[str, Any]) -> Interaction:
    """An event is a visit, done once its time has come. Attendees' copies and templates of a series are none."""
    return Interaction(
        id=CrmId(row["Id"]),
        account=row["AccountId"],
        kind=Kind.VISIT,
        at=moment(row["StartDateTime"] or row["ActivityDate"]),
        modified=moment(row["SystemModstamp"]),
        result=OUTCOMES.get(row.get(OUTCOME) or "", Result.DONE),
        minutes=row["DurationInMinutes"],
        owner=_owner(row),
        gone=row["IsDeleted"] or row["IsRecurrence"] or row["IsChild"],
    )


def record_of(change: Change, kind: str) -> dict[str, Value | dict[str, str]]:
    """JSON null clears a field."""
    return {"attributes": {"type": kind}, "id": change.id, **change.fields}


def _owner(row: Mapping[str, Any]) -> str | None:
    owner = row["Owner"] or {}
    return owner["Email"].lower() if owner.get("Email") else None


def moment(text: str) -> datetime:
    """2026-11-23T12:00:00.000+0000, or a date, which is taken as its noon."""
    if len(text) == 10:
        return datetime.combine(datetime.fromisoformat(text).date(), time(12), UTC)
    return datetime.fromisoformat(text).astimezone(UTC)


def literal(at: datetime) -> str:
    """A datetime as SOQL writes it, unquoted."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
