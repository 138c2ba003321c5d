"""Records by an external id of the customer's: read, upsert, delete, one at a time or in a collection.

One record with the key is updated, none is made; several are refused, with their addresses.
Source   REST guide v67.0, Insert or Update (Upsert) a Record Using an External ID; sObject Collections, Upsert
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused, not_found
from sandbox.salesforce.records import Records
from sandbox.salesforce.resources import delete_found, read_found, values_of
from sandbox.salesforce.rows import Row, each, kind_of_row, rows_of
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.values import Record, accept

_SAYS_CREATED = 46  # versions from here on answer 200 with `created`; before, 204


class SeveralFound(Refused):
    """300 and the addresses of them all, where there is one record; a row of a collection is just refused."""

    def __init__(self, kind: Kind, field: Field, found: list[Record], base: str) -> None:
        ids = ", ".join(str(row["Id"]) for row in found)
        words = f"{field.name}: more than one record found for external id field: [{ids}]"
        super().__init__("DUPLICATE_EXTERNAL_ID", words, field.name, status=300)
        self.urls = [f"{base}/sobjects/{kind.name}/{row['Id']}" for row in found]

    def as_answer(self) -> list[Any]:
        return list(self.urls)


def read(call: Call) -> Answer:
    kind, record = _named(call)
    return read_found(call, kind, _or_not_found(record))


def delete(call: Call) -> Answer:
    kind, record = _named(call)
    return delete_found(call, kind, _or_not_found(record))


def upsert(call: Call) -> Answer:
    kind, record = _named(call)
    field, values = _key(call.org.records, kind, call.parts["key"]), values_of(call.fields)
    if any(name.lower() == field.name.lower() for name in values):
        words = f"The {kind.name}.{field.name} field should not be specified in the sobject data."
        raise Refused("INVALID_FIELD", words, field.name)
    if record is None and (field.type == "id" or call.args.get("updateOnly") == "true"):
        raise not_found()
    key, made = _upsert(call.org.records, kind, record, values, {field.name: call.parts["value"]})
    if int(call.version[1:-2]) < _SAYS_CREATED and not made:
        return Answer(204)
    location = {"Location": f"{call.base}/sobjects/{kind.name}/{key}"} if made else {}
    says = {"created": made} if int(call.version[1:-2]) >= _SAYS_CREATED else {}
    return Answer(201 if made else 200, {"id": key, "success": True, "errors": [], **says}, location)


def upsert_rows(call: Call) -> Answer:
    records = call.org.records
    kind = records.kind_named(call.parts["kind"])
    field, rows = _key(records, kind, call.parts["key"]), rows_of(call)
    keys = Counter(_text(value) for row in rows if (value := _key_of(row, field)) is not None)
    made: dict[int, bool] = {}

    def write(row: Row) -> str:
        if kind_of_row(records, row) is not kind:
            raise Refused("INVALID_TYPE", f"The row is not of type {kind.name}")
        key = _key_of(row, field)
        if key is not None and keys[_text(key)] > 1:
            raise Refused("DUPLICATE_VALUE", f"Duplicate external id specified: {key}", field.name)
        if key is None and field.type != "id":
            raise Refused("MISSING_ARGUMENT", f"{field.name} not specified", field.name)
        record = None if key is None else _find(records, kind, field, str(key), call.base)
        if record is None and key is not None and field.type == "id":
            raise Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        values = {name: value for name, value in values_of(row).items() if name.lower() != field.name.lower()}
        sent = {} if field.type == "id" else {field.name: key}
        written, made[id(row)] = _upsert(records, kind, record, values, sent)
        return written

    answer = each(call, rows, write)
    return Answer(200, [{**said, "created": made.get(id(row), False)} for said, row in zip(answer, rows, strict=True)])


def _upsert(
    records: Records, kind: Kind, record: Record | None, values: dict[str, Any], key: dict[str, Any]
) -> tuple[str, bool]:
    if record is None:
        return records.create(kind, {**values, **key}, "api"), True
    records.update(kind, str(record["Id"]), values, "api")
    return str(record["Id"]), False


def _named(call: Call) -> tuple[Kind, Record | None]:
    kind = call.org.records.kind_named(call.parts["kind"])
    field = _key(call.org.records, kind, call.parts["key"])
    return kind, _find(call.org.records, kind, field, call.parts["value"], call.base)


def _key(records: Records, kind: Kind, name: str) -> Field:
    field = records.field(kind, name)
    if field is None or not (field.key or field.type == "id"):
        words = f"Provided external ID field does not exist or is not accessible: {name}"
        raise Refused("NOT_FOUND", words, status=404)
    return field


def _find(records: Records, kind: Kind, field: Field, value: str, base: str) -> Record | None:
    if field.type == "id":
        record = records.get(value)
        found = [record] if record and records.kind_of(str(record["Id"])) is kind else []
    else:
        accept(field, value)
        found = records.find_all(kind.name, field.name, value.strip())
    found = [row for row in found if records.is_seen(row) and not row.get("IsDeleted")]
    if len(found) > 1:
        raise SeveralFound(kind, field, found, base)
    return found[0] if found else None


def _key_of(row: Row, field: Field) -> Any:
    return next((value for name, value in row.items() if name.lower() == field.name.lower()), None)


def _text(value: object) -> str:
    return str(value).strip().lower()


def _or_not_found(record: Record | None) -> Record:
    if record is None:
        raise not_found()
    return record
