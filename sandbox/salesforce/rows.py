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
from sandbox.salesforce.errors import Refused, unreadable, wrong_id
from sandbox.salesforce.records import Records
from sandbox.salesforce.resources import laid_out, values_of
from sandbox.salesforce.schema import Kind

Row = dict[str, Any]

ROWS, CHUNKS, SAME_ID, RETRIEVED = 200, 10, 12, 2000


def update_rows(call: Call) -> Answer:
    rows = rows_of(call)
    seen: Counter[str] = Counter()
    return Answer(200, each(call, rows, lambda row: _update(call.org.records, row, seen)))


def create_rows(call: Call) -> Answer:
    return Answer(200, each(call, rows_of(call), lambda row: _create(call.org.records, row)))


def delete_rows(call: Call) -> Answer:
    sent = [one.strip() for one in call.args.get("ids", "").split(",") if one.strip()]
    if not sent:
        raise Refused("MISSING_ARGUMENT", "ids: at least one id was expected")
    _check_count(len(sent), ROWS)
    whole = call.args.get("allOrNone", "false").lower() == "true"
    answers = each(call, [{"id": one} for one in sent], lambda row: _delete(call.org.records, row["id"]), whole=whole)
    return Answer(200, answers)


def retrieve_rows(call: Call) -> Answer:
    """In the order of the ids; null where there is nothing that the login can see."""
    records = call.org.records
    kind, sent, names = records.kind_named(call.parts["kind"]), *_asked_for(call)
    _check_count(len(sent), RETRIEVED)
    out: list[Row | None] = []
    for one in sent:
        if ids.full(one) is None:
            raise Refused("MALFORMED_ID", f"malformed id {one}")
        record = records.get(one)
        there = record and records.is_seen(record) and not record.get("IsDeleted")
        of_kind = record is not None and records.kind_of(str(record["Id"])) is kind
        out.append(laid_out(call, kind, record, names) if record and there and of_kind else None)
    return Answer(200, out)


def _asked_for(call: Call) -> tuple[list[str], list[str]]:
    if call.method == "GET":
        return call.args.get("ids", "").split(","), call.args.get("fields", "").split(",")
    lists = call.fields.get("ids"), call.fields.get("fields")
    if not all(isinstance(one, list) and all(isinstance(word, str) for word in one) for one in lists):
        raise unreadable("ids and fields: two lists were expected")
    return lists[0] or [], lists[1] or []


def rows_of(call: Call) -> list[Row]:
    rows = call.fields.get("records")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unreadable("records: a list of objects was expected")
    _check_count(len(rows), ROWS)
    if len(list(groupby(rows, _type_of))) > CHUNKS:
        words = f"Cannot have more than {CHUNKS} chunks in a single operation."
        raise Refused("LIMIT_EXCEEDED", f"{words} Please rearrange the data to reduce chunking.")
    return rows


def _check_count(rows: int, most: int) -> None:
    if rows > most:
        words = f"record limit reached. cannot submit more than {most} records into this call"
        raise Refused("EXCEEDED_ID_LIMIT", words)


def each(call: Call, rows: list[Row], write: Callable[[Row], str], *, whole: bool | None = None) -> list[Row]:
    records = call.org.records
    whole = bool(call.fields.get("allOrNone")) if whole is None else whole
    before, writes = (records.snapshot(), len(records.history)) if whole else (None, 0)
    answers = [_outcome(row, write) for row in rows]
    if before is not None and not all(answer["success"] for answer in answers):
        records.restore(before, writes)
        answers = [_rolled_back() if answer["success"] else answer for answer in answers]
    return answers


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
    records.update(kind_of_row(records, row), sent, values, "api")
    return ids.full(sent) or sent


def _create(records: Records, row: Row) -> str:
    return records.create(kind_of_row(records, row), values_of(row), "api")


def _delete(records: Records, id: str) -> str:
    kind = records.kind_of(id)
    if kind is None or ids.full(id) is None:
        raise wrong_id("Record ID", id, "Id")
    records.delete(kind, id, "api")
    return ids.full(id) or id


def kind_of_row(records: Records, row: Row) -> Kind:
    kind = records.find_kind(_type_of(row))
    if kind is None:
        raise Refused("INVALID_TYPE", f"sObject type '{_type_of(row)}' is not supported.")
    return kind


def _type_of(row: Row) -> str:
    attributes = row.get("attributes")
    return str(attributes.get("type", "")) if isinstance(attributes, dict) else ""


def _rolled_back() -> Row:
    words = "Record rolled back because not all records were valid and the request was using AllOrNone header"
    return Refused("ALL_OR_NONE_OPERATION_ROLLED_BACK", words).as_row()
