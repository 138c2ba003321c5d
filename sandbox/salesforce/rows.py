"""Many records in one call: sObject Collections.

A collection takes 200 rows and answers them in order. A bad row is an error in its place, not of the call,
unless `allOrNone` undoes the good ones too.
Source   REST guide v67.0, sObject Collections
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

from sandbox.salesforce import ids
from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused, unreadable
from sandbox.salesforce.records import Records
from sandbox.salesforce.resources import values_of
from sandbox.salesforce.schema import Kind, find_kind

Row = dict[str, Any]

ROWS, CHUNKS, SAME_ID = 200, 10, 12


def update_rows(call: Call) -> Answer:
    rows = _rows_of(call)
    seen: Counter[str] = Counter()
    return _each(call, rows, lambda row: _update(call.org.records, row, seen))


def create_rows(call: Call) -> Answer:
    return _each(call, _rows_of(call), lambda row: _create(call.org.records, row))


def _rows_of(call: Call) -> list[Row]:
    rows = call.fields.get("records")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unreadable("records: a list of objects was expected")
    if len(rows) > ROWS:
        words = f"record limit reached. cannot submit more than {ROWS} records into this call"
        raise Refused("EXCEEDED_ID_LIMIT", words)
    if len(list(groupby(rows, _type_of))) > CHUNKS:
        words = f"Cannot have more than {CHUNKS} chunks in a single operation."
        raise Refused("LIMIT_EXCEEDED", f"{words} Please rearrange the data to reduce chunking.")
    return rows


def _each(call: Call, rows: list[Row], write: Callable[[Row], str]) -> Answer:
    records = call.org.records
    before, writes = (records.snapshot(), len(records.history)) if call.fields.get("allOrNone") else (None, 0)
    answers = [_outcome(row, write) for row in rows]
    if before is not None and not all(answer["success"] for answer in answers):
        records.restore(before, writes)
        answers = [_rolled_back() if answer["success"] else answer for answer in answers]
    return Answer(200, answers)


def _outcome(row: Row, write: Callable[[Row], str]) -> Row:
    try:
        return {"id": write(row), "success": True, "errors": []}
    except Refused as refusal:
        return refusal.as_row()


def _update(records: Records, row: Row, seen: Counter[str]) -> str:
    values = values_of(row)
    sent = next((str(values.pop(name)) for name in ("id", "Id") if name in values), None)
    if sent is None:
        raise Refused("MISSING_ARGUMENT", "Id not specified in an update call")
    seen[sent[:15]] += 1
    if seen[sent[:15]] > SAME_ID:
        words = (
            f"Maximum number of duplicate updates in one batch ({SAME_ID} allowed). "
            f"Attempt to update Id more than once in this Api call: {sent}"
        )
        raise Refused("DUPLICATE_VALUE", words)
    records.update(_kind_of(row), sent, values, "api")
    return ids.full(sent) or sent


def _create(records: Records, row: Row) -> str:
    return records.create(_kind_of(row), values_of(row), "api")


def _kind_of(row: Row) -> Kind:
    kind = find_kind(_type_of(row))
    if kind is None:
        raise Refused("INVALID_TYPE", f"sObject type '{_type_of(row)}' is not supported.")
    return kind


def _type_of(row: Row) -> str:
    attributes = row.get("attributes")
    return str(attributes.get("type", "")) if isinstance(attributes, dict) else ""


def _rolled_back() -> Row:
    words = "Record rolled back because not all records were valid and the request was using AllOrNone header"
    return Refused("ALL_OR_NONE_OPERATION_ROLLED_BACK", words).as_row()
