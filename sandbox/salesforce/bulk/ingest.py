"""The resources of jobs that write: make one, give it its file, close or abort it, ask about it, remove it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.bulk.jobs import (
    ABORTED,
    CLOSED,
    ENDED,
    IN_PROGRESS,
    OPEN,
    Failure,
    IngestJob,
    job_of,
    wrong_state,
)
from sandbox.salesforce.bulk.refusals import check_format, check_object, invalid, not_in_bulk
from sandbox.salesforce.bulk.work import count_rows
from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused
from sandbox.salesforce.schema import Kind

_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
_FIELDS = ("object", "operation", "externalIdFieldName", "contentType", "lineEnding", "columnDelimiter")


def create(call: Call) -> Answer:
    """An open job; or, of a form with a file, one that is closed at once."""
    form = call.fields if isinstance(call.fields.get("content"), bytes) else None
    asked = form["job"] if form else call.fields
    if not isinstance(asked, dict):
        raise invalid("the part named job must be a JSON object")
    job = _made(call, asked)
    if form is None:
        call.org.bulk.ingest[job.id] = job
        return Answer(200, job.told())
    if len(form["content"].decode(errors="replace")) > call.org.bulk.limits.multipart_chars:
        raise invalid(f"a form holds {call.org.bulk.limits.multipart_chars} characters of data")
    call.org.bulk.ingest[job.id] = job
    _take(call, job, form["content"])
    return _close(call, job)


def _made(call: Call, asked: Mapping[str, Any]) -> IngestJob:
    check_format(asked, (*_FIELDS, "assignmentRuleId", "concurrencyMode"))
    bulk, operation = call.org.bulk, asked.get("operation")
    if operation not in _OPERATIONS:
        raise invalid(f"operation must be one of {', '.join(_OPERATIONS)}, not {operation}")
    if operation == "hardDelete" and not bulk.may_hard_delete:
        raise Refused("FEATURENOTENABLED", "FeatureNotEnabled : hardDelete is not enabled for this user")
    if not bulk.batches.left:
        raise Refused("EXCEEDED_QUOTA", "ExceededQuota : ApiBatchItems Limit exceeded.")
    check_object(str(asked.get("object", "")))
    kind = call.org.records.find_kind(str(asked.get("object", "")))
    if kind is None:
        raise not_in_bulk(asked.get("object"))
    now = bulk.now()
    return IngestJob(
        id=bulk.next_id(),
        kind=kind,
        operation=operation,
        version=call.version,
        made=now,
        changed=now,
        owner=call.org.records.login,
        delimiter=asked.get("columnDelimiter", "COMMA"),
        line_ending=asked.get("lineEnding", "LF"),
        key=_key(call, kind, asked) if operation == "upsert" else None,
    )


def _key(call: Call, kind: Kind, asked: Mapping[str, Any]) -> str:
    name = asked.get("externalIdFieldName")
    if not name:
        raise invalid("an upsert needs externalIdFieldName")
    field = call.org.records.field(kind, str(name))
    if field is None or not (field.key or field.name == "Id"):
        raise invalid(f"{name} is no external id of {kind.name}")
    return field.name


def upload(call: Call) -> Answer:
    job = _job(call)
    if job.state != OPEN or job.content is not None:
        raise wrong_state("Data is uploaded once, to a job that is open")
    if len(call.body) > call.org.bulk.limits.file_bytes:
        raise Refused("REQUEST_ENTITY_TOO_LARGE", "The file is larger than 150 MB in base64", status=413)
    _take(call, job, call.body)
    return Answer(201)


def _take(call: Call, job: IngestJob, content: bytes) -> None:
    job.content, job.rows = content, count_rows(content, job.delimiter)


def change(call: Call) -> Answer:
    job, state = _job(call), call.fields.get("state")
    if state == CLOSED and job.state == OPEN:
        return _close(call, job)
    if state == ABORTED and job.state in (OPEN, CLOSED, IN_PROGRESS):
        job.work = None
        job.enter(ABORTED, call.org.bulk.now())
        return Answer(200, job.told())
    raise wrong_state(f"A job that is {job.state} cannot become {state}")


def _close(call: Call, job: IngestJob) -> Answer:
    """The org begins once the answer is on its way; this is the call that writes the rows."""
    job.enter(CLOSED, call.org.bulk.now())
    job.starts = call.org.bulk.due(job)
    return Answer(200, job.told(), rows=job.rows)


def info(call: Call) -> Answer:
    job, bulk = _job(call), call.org.bulk
    failed = sum(isinstance(outcome, Failure) for outcome in job.outcomes)
    spent = round(1000 * bulk.limits.seconds_per_batch * job.batches)
    return Answer(
        200,
        {
            **job.told(),
            "jobType": "V2Ingest",
            "numberRecordsProcessed": len(job.outcomes),
            "numberRecordsFailed": failed,
            "retries": 0,
            "totalProcessingTime": spent,
            "apiActiveProcessingTime": spent,
            "apexProcessingTime": 0,
            "isPkChunkingSupported": False,
            **({} if job.error is None else {"errorMessage": job.error}),
        },
    )


def remove(call: Call) -> Answer:
    job = _job(call)
    if job.state not in (CLOSED, *ENDED):
        raise wrong_state(f"A job that is {job.state} cannot be deleted")
    del call.org.bulk.ingest[job.id]
    return Answer(204)


def list_jobs(call: Call) -> Answer:
    """The oldest first, 1,000 at a time."""
    bulk, kind = call.org.bulk, call.path.rpartition("/")[2]
    jobs: list[Any] = list((bulk.ingest if kind == "ingest" else bulk.query).values())
    mine = "V2Ingest" if kind == "ingest" else "V2Query"
    listed = [{**job.told(), "jobType": mine} for job in jobs] if call.args.get("jobType", mine) == mine else []
    start, size = _place(call.args.get("queryLocator")), bulk.limits.list_page
    done = start + size >= len(listed)
    locator = base64.urlsafe_b64encode(str(start + size).encode()).decode()
    more = None if done else f"{call.base}/jobs/{kind}?jobType={mine}&queryLocator={locator}"
    return Answer(200, {"done": done, "records": listed[start : start + size], "nextRecordsUrl": more})


def _place(locator: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(locator or "MA=="))
    except (binascii.Error, ValueError):
        raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator") from None


def _job(call: Call) -> IngestJob:
    job: IngestJob = job_of(call.org.bulk.ingest, call.parts["id"])
    return job
