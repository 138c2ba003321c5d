"""The resources for one record, one object and the version: describe, read, write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from werkzeug.http import parse_date

from sandbox.salesforce import ids
from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.describe import as_listed, describe, describe_briefly
from sandbox.salesforce.errors import Refused, no_such_field, not_found, wrong_id
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.values import Record

_LEADS_TO = (
    *("actions", "analytics", "appMenu", "async-queries", "chatter", "commerce", "compactLayouts", "composite"),
    *("connect", "consent", "dedupe", "eclair", "event", "flexiPage", "folders", "identity-setup", "jobs"),
    *("jsonxform", "knowledgeManagement", "licensing", "limits", "match", "metadata", "nouns", "parameterizedSearch"),
    *("prechatForms", "process", "query", "queryAll", "quickActions", "recent", "scheduling", "search", "sobjects"),
    *("support", "tabs", "theme", "tooling", "ui-api", "wave"),
)


def home(call: Call) -> Answer:
    """Whither the version leads; of these, the sandbox serves those that a nightly sync and the command line use."""
    identity = f"{call.host}/id/{call.org.id}/{call.org.records.login}"
    return Answer(200, {name: f"{call.base}/{name}" for name in _LEADS_TO} | {"identity": identity})


def list_objects(call: Call) -> Answer:
    records = call.org.records

    def shapes() -> Any:
        kinds = records.kinds_seen().values()
        listed = [as_listed(describe_briefly(kind, f"{call.base}/sobjects/{kind.name}")) for kind in kinds]
        return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed}

    return _if_modified(call, shapes)


def describe_object(call: Call) -> Answer:
    records = call.org.records
    kind = records.kind_named(call.parts["kind"])
    url = f"{call.base}/sobjects/{kind.name}"
    return _if_modified(call, lambda: describe(records.kinds_seen(), kind, records.fields(kind), url))


def show_object(call: Call) -> Answer:
    """What an object is, in few words, and the records that were last used: none, in an org without a screen."""
    kind = call.org.records.kind_named(call.parts["kind"])
    shape = describe_briefly(kind, f"{call.base}/sobjects/{kind.name}")
    return Answer(200, {"objectDescribe": shape, "recentItems": []})


def _if_modified(call: Call, shape: Callable[[], Any]) -> Answer:
    """304 where no administrator has changed anything since the day that the client names."""
    known = call.org.changed is not None
    moments = (call.org.changed or call.org.records.now(), call.org.records.access.changed)
    changed = max(moment for moment in moments if moment).replace(microsecond=0)
    headers = {"Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True)}
    since = parse_date(call.headers.get("If-Modified-Since"))
    if known and since and changed <= since:
        return Answer(304, None, headers)
    return Answer(200, shape(), headers)


def read_record(call: Call) -> Answer:
    kind = call.org.records.kind_named(call.parts["kind"])
    if ids.full(call.parts["id"]) is None:
        words = f"Provided external ID field does not exist or is not accessible: {call.parts['id']}"
        raise Refused("NOT_FOUND", words, status=404)
    return read_found(call, kind, _find(call, kind))


def read_found(call: Call, kind: Kind, record: Record) -> Answer:
    asked = call.args["fields"].split(",") if "fields" in call.args else None
    return Answer(200, laid_out(call, kind, record, asked))


def laid_out(call: Call, kind: Kind, record: Record, asked: list[str] | None) -> dict[str, Any]:
    records = call.org.records
    out: dict[str, Any] = {"attributes": {"type": kind.name, "url": f"{call.base}/sobjects/{kind.name}/{record['Id']}"}}
    for name in asked if asked is not None else kind.fields:
        field = records.field(kind, name.strip())
        if field is not None:
            out[field.name] = record[field.name]
        elif asked is not None:
            raise no_such_field(name, kind.name)
    if "IsArchived" in out:
        out["IsArchived"] = records.is_archived(record)
    return out


def create_record(call: Call) -> Answer:
    kind = call.org.records.kind_named(call.parts["kind"])
    made = call.org.records.create(kind, values_of(call.fields), "api")
    location = f"{call.base}/sobjects/{kind.name}/{made}"
    return Answer(201, {"id": made, "success": True, "errors": []}, {"Location": location})


def update_record(call: Call) -> Answer:
    kind = call.org.records.kind_named(call.parts["kind"])
    record = _find(call, kind)
    call.org.records.update(kind, str(record["Id"]), values_of(call.fields), "api")
    return Answer(204)


def delete_record(call: Call) -> Answer:
    kind = call.org.records.kind_named(call.parts["kind"])
    return delete_found(call, kind, _find(call, kind))


def delete_found(call: Call, kind: Kind, record: Record) -> Answer:
    call.org.records.delete(kind, str(record["Id"]), "api")
    return Answer(204)


def _find(call: Call, kind: Kind) -> Record:
    records, key = call.org.records, call.parts["id"]
    record = records.get(key)
    if call.method != "GET" and (ids.full(key) is None or not key.startswith(kind.prefix)):
        raise wrong_id(f"{kind.label} ID", key, "Id")
    if record is None or records.kind_of(str(record["Id"])) is not kind or not records.is_seen(record):
        raise not_found()
    if record.get("IsDeleted"):
        raise Refused("ENTITY_IS_DELETED", "entity is deleted", status=404)
    return record


def values_of(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "attributes"}
