"""HubSpot's words and ours: property definitions, company rows, values to write.

Source   developers.hubspot.com, "Properties" (2026-09): values are texts; booleancheckbox, however typed
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.hubspot.interactions import email_of, moment
from connector.contract import Account, Change, CrmId, Field, FieldType, Reading, Shape, Value

TYPES = {
    **dict.fromkeys(("string", "phone_number"), FieldType.TEXT),
    "number": FieldType.NUMBER,
    "bool": FieldType.CHECKBOX,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "enumeration": FieldType.PICKLIST,
}
LONGEST = 65_536  # characters in a text property
MERGED = "hs_merged_object_ids"


def shape_of(kind: str, described: list[dict[str, Any]]) -> Shape:
    return Shape(kind, {row["name"]: _field(row) for row in described})


def _field(described: Mapping[str, Any]) -> Field:
    kind = TYPES.get(described["type"], FieldType.OTHER)
    if described.get("fieldType") == "booleancheckbox":
        kind = FieldType.CHECKBOX
    options = [o["value"] for o in described.get("options") or [] if not o.get("hidden")]
    fixed = (described.get("modificationMetadata") or {}).get("readOnlyValue") or described.get("calculated")
    length = LONGEST if kind is FieldType.TEXT else None
    words = tuple(options) if kind is FieldType.PICKLIST else ()
    unique, label = bool(described.get("hasUniqueValue")), str(described.get("label") or "")
    return Field(described["name"], kind, not fixed, length, words, unique, label)


def account_fields(reading: Reading) -> tuple[str, ...]:
    """What is read of each account."""
    only = [reading.only] if reading.only else []
    return tuple(dict.fromkeys([*reading.fields, *only, "hubspot_owner_id", MERGED]))


def account_of(row: Mapping[str, Any], reading: Reading, shape: Shape, owners: Mapping[str, str]) -> Account:
    held = row["properties"]
    return Account(
        id=CrmId(row["id"]),
        modified=moment(row["updatedAt"]),
        owner=email_of(held, owners),
        fields={name: value_of(held.get(name), shape.fields.get(name)) for name in reading.fields},
        gone=bool(row.get("archived")) or bool(reading.only and held.get(reading.only) != "true"),
    )


def merged_away(row: Mapping[str, Any]) -> list[Account]:
    """The ids that a record has swallowed; HubSpot lists them nowhere else."""
    swallowed = (row["properties"].get(MERGED) or "").split(";")
    at, into = moment(row["updatedAt"]), CrmId(row["id"])
    return [Account(CrmId(old), at, gone=True, merged_into=into) for old in swallowed if old and old != into]


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


def literal(at: datetime) -> str:
    """A datetime as search compares it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
