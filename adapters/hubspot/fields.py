"""HubSpot's words and ours: properties, company rows, engagements, values to write.

On the wire every value is text and unset is null; "" clears.

Source   developers.hubspot.com, "Properties", "Engagements" (2026-09)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
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
    Reading,
    Result,
    Shape,
    Value,
)

TYPES = {
    **dict.fromkeys(("string", "phone_number"), FieldType.TEXT),
    "number": FieldType.NUMBER,
    "bool": FieldType.CHECKBOX,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "enumeration": FieldType.PICKLIST,
}
LONGEST = 65_536  # characters in a text property
KINDS = {"meetings": Kind.VISIT, "calls": Kind.CALL, "emails": Kind.EMAIL, "notes": Kind.NOTE}
COMMON = ("hs_object_id", "hs_timestamp", "hs_lastmodifieddate", "hubspot_owner_id")
INTERACTION_FIELDS = {
    "meetings": (*COMMON, "hs_meeting_start_time", "hs_meeting_end_time", "hs_meeting_outcome"),
    "calls": (*COMMON, "hs_call_direction", "hs_call_status", "hs_call_duration", "hs_call_disposition"),
    "emails": (*COMMON, "hs_email_direction"),
    "notes": COMMON,
}
MERGED = "hs_merged_object_ids"
OUTCOMES = {
    "SCHEDULED": Result.PLANNED,
    "RESCHEDULED": Result.CANCELED,
    "CANCELED": Result.CANCELED,
    "CANCELLED": Result.CANCELED,
    "NO_SHOW": Result.NO_SHOW,
}
UNANSWERED = (  # the dispositions that every portal starts with; a portal's own are taken as answered
    "9d9162e7-6cf3-4944-bf63-4dff82258764",  # busy
    "73a0d17f-1163-4015-bdd5-ec830791da20",  # no answer
    "b2cf5968-551e-4856-9783-52b3da59a7d0",  # left voicemail
    "17b47fee-58de-441e-a44c-c6300d46f273",  # wrong number
)
STATUSES = {
    "QUEUED": Result.PLANNED,
    "RINGING": Result.PLANNED,
    "CANCELED": Result.CANCELED,
    **dict.fromkeys(("BUSY", "FAILED", "MISSED", "NO_ANSWER"), Result.NO_ANSWER),
}
DIRECTIONS = {
    "INBOUND": Direction.INBOUND,
    "OUTBOUND": Direction.OUTBOUND,
    "INCOMING_EMAIL": Direction.INBOUND,
    "EMAIL": Direction.OUTBOUND,
    "FORWARDED_EMAIL": Direction.OUTBOUND,
}


def shape_of(kind: str, described: list[dict[str, Any]]) -> Shape:
    return Shape(kind, {row["name"]: _field(row) for row in described})


def _field(described: Mapping[str, Any]) -> Field:
    kind = TYPES.get(described["type"], FieldType.OTHER)
    if described.get("fieldType") == "booleancheckbox":
        kind = FieldType.CHECKBOX
    options = [o["value"] for o in described.get("options") or [] if not o.get("hidden")]
    fixed = (described.get("modificationMetadata") or {}).get("readOnlyValue") or described.get("calculated")
    length = LONGEST if kind is FieldType.TEXT else None
    return Field(described["name"], kind, not fixed, length, tuple(options) if kind is FieldType.PICKLIST else ())


def account_of(row: Mapping[str, Any], reading: Reading, shape: Shape, owners: Mapping[str, str]) -> Account:
    held = row["properties"]
    return Account(
        id=CrmId(row["id"]),
        modified=moment(row["updatedAt"]),
        owner=owners.get(held.get("hubspot_owner_id") or ""),
        fields={name: value_of(held.get(name), shape.fields.get(name)) for name in reading.fields},
        gone=bool(row.get("archived")) or bool(reading.only and held.get(reading.only) != "true"),
    )


def merged_away(row: Mapping[str, Any]) -> list[Account]:
    """The ids that a record has swallowed; HubSpot lists them nowhere else."""
    swallowed = (row["properties"].get(MERGED) or "").split(";")
    at, into = moment(row["updatedAt"]), CrmId(row["id"])
    return [Account(CrmId(old), at, gone=True, merged_into=into) for old in swallowed if old and old != into]


def interaction_of(
    kind: str, row: Mapping[str, Any], accounts: Mapping[str, CrmId], owners: Mapping[str, str]
) -> Interaction:
    held = row["properties"]
    return Interaction(
        id=CrmId(row["id"]),
        account=accounts.get(row["id"]),
        kind=KINDS[kind],
        at=moment(held.get("hs_meeting_start_time") or held.get("hs_timestamp") or row["updatedAt"]),
        modified=moment(row["updatedAt"]),
        result=_result(held),
        direction=DIRECTIONS.get(held.get("hs_call_direction") or held.get("hs_email_direction") or ""),
        minutes=_minutes(held),
        owner=owners.get(held.get("hubspot_owner_id") or ""),
        gone=bool(row.get("archived")),
    )


def _result(held: Mapping[str, str | None]) -> Result:
    """A meeting without an outcome is taken as held; one that is still SCHEDULED is a plan, however old."""
    if outcome := held.get("hs_meeting_outcome"):
        return OUTCOMES.get(outcome, Result.DONE)
    if status := held.get("hs_call_status"):
        unanswered = held.get("hs_call_disposition") in UNANSWERED
        return STATUSES.get(status, Result.NO_ANSWER if unanswered else Result.DONE)
    return Result.DONE


def _minutes(held: Mapping[str, str | None]) -> float | None:
    if milliseconds := held.get("hs_call_duration"):
        return float(milliseconds) / 60_000
    start, end = held.get("hs_meeting_start_time"), held.get("hs_meeting_end_time")
    return (moment(end) - moment(start)).total_seconds() / 60 if start and end else None


def value_of(text: str | None, field: Field | None) -> Value:
    if text is None or text == "":
        return None
    if field and field.type is FieldType.NUMBER:
        return float(text)
    if field and field.type is FieldType.CHECKBOX:
        return text == "true"
    return text


def record_of(change: Change) -> dict[str, Any]:
    """The trace id opts in to answers row by row; without it one bad row refuses the whole batch."""
    return {
        "id": change.id,
        "objectWriteTraceId": change.id,
        "properties": {name: _text(value) for name, value in change.fields.items()},
    }


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def moment(text: str) -> datetime:
    """ISO 8601, or milliseconds since 1970."""
    if text.lstrip("-").isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
