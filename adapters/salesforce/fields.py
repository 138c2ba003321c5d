"""Salesforce's words and ours: describe, account rows, values to write, rows of a CSV file.

Source   REST API Developer Guide v67.0, sObject Describe; Bulk API 2.0 Developer Guide, prepare data files
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.salesforce.interactions import email_of, moment
from connector.contract import Account, Change, CrmId, Field, FieldType, Reading, Shape, Value

TYPES = {
    **dict.fromkeys(("string", "textarea", "phone", "email", "url", "id", "reference"), FieldType.TEXT),
    **dict.fromkeys(("double", "int", "currency", "percent"), FieldType.NUMBER),
    **dict.fromkeys(("picklist", "combobox"), FieldType.PICKLIST),
    "boolean": FieldType.CHECKBOX,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
}
ACCOUNT_FIELDS = ("Id", "IsDeleted", "SystemModstamp")
NULL = "#N/A"  # what clears a field in a CSV file, where an empty cell leaves it alone


def shape_of(described: Mapping[str, Any]) -> Shape:
    return Shape(described["name"], {field["name"]: _field(field) for field in described["fields"]})


def _field(described: Mapping[str, Any]) -> Field:
    options = (
        [o["value"] for o in described["picklistValues"] if o["active"]] if described["restrictedPicklist"] else []
    )
    kind = TYPES.get(described["type"], FieldType.OTHER)
    length = described["length"] or None
    unique = described["unique"] and described["externalId"]
    label = str(described.get("label") or "")
    return Field(described["name"], kind, described["updateable"], length, tuple(options), unique, label)


def account_fields(reading: Reading, shape: Shape) -> tuple[str, ...]:
    """What is read of each account. A custom object has no master record, and a detail record no owner of its own."""
    some = [name for name in ("MasterRecordId",) if name in shape.fields]
    some += ["Owner.Email"] if "OwnerId" in shape.fields else []
    only = [reading.only] if reading.only else []
    return tuple(dict.fromkeys([*ACCOUNT_FIELDS, *some, *reading.fields, *only]))


def account_of(row: Mapping[str, Any], reading: Reading) -> Account:
    master = row.get("MasterRecordId")
    return Account(
        id=CrmId(row["Id"]),
        modified=moment(row["SystemModstamp"]),
        owner=email_of(row, "Owner"),
        fields={name: row.get(name) for name in reading.fields},
        gone=row["IsDeleted"] or bool(reading.only and not row.get(reading.only)),
        merged_into=CrmId(master) if master else None,
    )


def record_of(change: Change, kind: str) -> dict[str, Value | dict[str, str]]:
    """JSON null clears a field."""
    return {"attributes": {"type": kind}, "id": change.id, **change.fields}


def fits_csv(change: Change) -> bool:
    """Line breaks in a cell fail a whole job, and the word for null cannot be written as text."""
    texts = [value for value in change.fields.values() if isinstance(value, str)]
    return not any("\n" in text or "\r" in text or text == NULL for text in texts)


def cell_of(value: Value) -> str:
    if value is None or value == "":
        return NULL
    return str(value).lower() if isinstance(value, bool) else str(value)


def rows_of_csv(lines: Iterable[str], shape: Shape) -> Iterator[dict[str, Any]]:
    """Rows as a JSON answer has them: typed, null for an empty cell, Owner.Email inside Owner."""
    read = csv.reader(lines)
    header = next(read, [])
    kinds = [shape.fields[name].type if name in shape.fields else FieldType.TEXT for name in header]
    for cells in read:
        row: dict[str, Any] = {}
        for name, kind, cell in zip(header, kinds, cells, strict=True):
            parent, _, child = name.rpartition(".")
            if parent:
                row[parent] = {child: cell or None}
            else:
                row[name] = _typed(cell, kind)
        yield row


def _typed(cell: str, kind: FieldType) -> Value:
    if kind is FieldType.CHECKBOX:
        return cell == "true"
    if cell == "":
        return None
    return float(cell) if kind is FieldType.NUMBER else cell


def literal(at: datetime) -> str:
    """A datetime as SOQL writes it, unquoted."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
