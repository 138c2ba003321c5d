"""The resources for one record, one object and the org: describe, read, write, replicate, limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused, no_such_field, not_found
from sandbox.salesforce.records import kind_named
from sandbox.salesforce.schema import KINDS, Kind, describe
from sandbox.salesforce.values import Record, moment, stamp

# getUpdated reaches 30 days back, getDeleted 15 (REST guide, resources_getupdated and resources_getdeleted).
_UPDATED_DAYS, _DELETED_DAYS = 30, 15


def home(call: Call) -> Answer:
    names = ("composite", "limits", "query", "queryAll", "sobjects")
    identity = f"/id/{call.org.id}/{call.org.records.login}"
    return Answer(200, {name: f"{call.base}/{name}" for name in names} | {"identity": identity})


def limits(call: Call) -> Answer:
    quota = call.org.quota
    return Answer(200, {"DailyApiRequests": {"Max": quota.daily_calls, "Remaining": quota.left}})


def list_objects(call: Call) -> Answer:
    kinds = [{k: v for k, v in _describe(call, kind).items() if k != "fields"} for kind in KINDS.values()]
    return Answer(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": kinds})


def describe_object(call: Call) -> Answer:
    return Answer(200, _describe(call, kind_named(call.parts["kind"])))


def _describe(call: Call, kind: Kind) -> dict[str, Any]:
    hidden = frozenset(name for owner, name in call.org.records.hidden if owner == kind.name)
    url = f"{call.base}/sobjects/{kind.name}"
    return {**describe(kind, hidden), "urls": {"sobject": url, "describe": f"{url}/describe"}}


def read_record(call: Call) -> Answer:
    kind = kind_named(call.parts["kind"])
    record, records = _find(call, kind), call.org.records
    asked = call.args["fields"].split(",") if "fields" in call.args else list(kind.fields)
    out: dict[str, Any] = {"attributes": {"type": kind.name, "url": f"{call.base}/sobjects/{kind.name}/{record['Id']}"}}
    for name in asked:
        field = records.field(kind, name.strip())
        if field is not None:
            out[field.name] = record[field.name]
        elif "fields" in call.args:
            raise no_such_field(name, kind.name)
    if "IsArchived" in out:
        out["IsArchived"] = records.is_archived(record)
    return Answer(200, out)


def create_record(call: Call) -> Answer:
    kind = kind_named(call.parts["kind"])
    made = call.org.records.create(kind, values_of(call.fields), "api")
    location = f"{call.base}/sobjects/{kind.name}/{made}"
    return Answer(201, {"id": made, "success": True, "errors": []}, {"Location": location})


def update_record(call: Call) -> Answer:
    kind = kind_named(call.parts["kind"])
    record = _find(call, kind)
    call.org.records.update(kind, str(record["Id"]), values_of(call.fields), "api")
    return Answer(204)


def delete_record(call: Call) -> Answer:
    kind = kind_named(call.parts["kind"])
    record = _find(call, kind)
    call.org.records.delete(kind, str(record["Id"]), "api")
    return Answer(204)


def _find(call: Call, kind: Kind) -> Record:
    record = call.org.records.get(call.parts["id"])
    if record is None or not str(record["Id"]).startswith(kind.prefix):
        raise not_found()
    if record.get("IsDeleted"):
        raise Refused("ENTITY_IS_DELETED", "entity is deleted", status=404)
    return record


def values_of(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "attributes"}


def updated(call: Call) -> Answer:
    """Ids changed in a span, and how far it is safe to say so: to the start of any open long transaction."""
    start, end = _span(call, _UPDATED_DAYS)
    covered = min(end, call.org.long_transaction or end)
    rows = _changed(call, start, covered, gone=False)
    return Answer(200, {"ids": [row["Id"] for row in rows], "latestDateCovered": stamp(covered)})


def deleted(call: Call) -> Answer:
    start, end = _span(call, _DELETED_DAYS)
    covered = min(end, call.org.long_transaction or end)
    rows = _changed(call, start, covered, gone=True)
    return Answer(
        200,
        {
            "deletedRecords": [{"id": r["Id"], "deletedDate": r["SystemModstamp"]} for r in rows],
            "earliestDateAvailable": stamp(call.org.records.now() - timedelta(days=_DELETED_DAYS)),
            "latestDateCovered": stamp(covered),
        },
    )


def _changed(call: Call, start: datetime, end: datetime, *, gone: bool) -> list[Record]:
    table = call.org.records.tables[kind_named(call.parts["kind"]).name]
    span = stamp(start), stamp(end)
    rows = (row for row in table.values() if bool(row.get("IsDeleted")) is gone)
    return [row for row in rows if span[0] <= str(row["SystemModstamp"]) <= span[1]]


def _span(call: Call, days: int) -> tuple[datetime, datetime]:
    now = call.org.records.now()
    try:
        start, end = (moment(call.args.get(name, "").replace(" ", "+")) for name in ("start", "end"))
    except ValueError:
        raise Refused("INVALID_REPLICATION_DATE", "start and end must be dates with a time zone") from None
    if end - start < timedelta(minutes=1):
        raise Refused("INVALID_REPLICATION_DATE", "endDate must be at least one minute after startDate")
    if start < now - timedelta(days=days):
        raise Refused("INVALID_REPLICATION_DATE", f"startDate cannot be more than {days} days ago")
    return start, min(end, now)
