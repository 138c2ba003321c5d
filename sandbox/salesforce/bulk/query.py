"""The resources of jobs that read, and their results page by page.

A place in the results is opaque to the client, and the word null at the end. Only the version of the API that
made a job may read its results.
"""

from __future__ import annotations

import base64
import binascii

from sandbox.salesforce.bulk.ingest import list_jobs as list_jobs
from sandbox.salesforce.bulk.jobs import ABORTED, CLOSED, COMPLETE, ENDED, IN_PROGRESS, QueryJob, job_of, wrong_state
from sandbox.salesforce.bulk.refusals import check_format, check_query, invalid
from sandbox.salesforce.bulk.results import as_csv
from sandbox.salesforce.calls import Answer, Call
from sandbox.salesforce.errors import Refused, not_found
from sandbox.salesforce.select import check
from sandbox.salesforce.soql import parse

_FIELDS = ("operation", "query", "contentType", "lineEnding", "columnDelimiter")
_PAGES = 5  # in one answer of resultPages
_PAGES_SINCE = 58


def create(call: Call) -> Answer:
    asked, bulk = call.fields, call.org.bulk
    check_format(asked, _FIELDS)
    if asked.get("operation") not in ("query", "queryAll"):
        raise invalid(f"operation must be query or queryAll, not {asked.get('operation')}")
    text = str(asked.get("query") or "")
    check_query(text)
    statement = parse(text)
    check(call.org.records, statement)
    if not bulk.query_jobs.left:
        raise Refused("LIMIT_EXCEEDED", "The daily limit of bulk query jobs is exceeded.")
    bulk.query_jobs.count()
    kind, now = call.org.records.find_kind(statement.kind.text), bulk.now()
    assert kind is not None
    job = QueryJob(
        id=bulk.next_id(),
        kind=kind,
        operation=asked["operation"],
        version=call.version,
        made=now,
        changed=now,
        owner=call.org.records.login,
        delimiter=asked.get("columnDelimiter", "COMMA"),
        line_ending=asked.get("lineEnding", "LF"),
        statement=statement,
        state=CLOSED,
    )
    job.starts = bulk.due(job)
    bulk.query[job.id] = job
    return Answer(200, job.told())


def info(call: Call) -> Answer:
    job = _job(call)
    return Answer(
        200,
        {
            **job.told(),
            "jobType": "V2Query",
            "numberRecordsProcessed": len(job.lines),
            "retries": 0,
            "totalProcessingTime": len(job.lines) // 100,
            "isPkChunkingSupported": job.statement.limit is None and not job.statement.order,
            **({} if job.error is None else {"errorMessage": job.error}),
        },
    )


def change(call: Call) -> Answer:
    job, state = _job(call), call.fields.get("state")
    if state != ABORTED or job.state not in (CLOSED, IN_PROGRESS):
        raise wrong_state(f"A job that is {job.state} cannot become {state}")
    job.enter(ABORTED, call.org.bulk.now())
    return Answer(200, job.told())


def remove(call: Call) -> Answer:
    job = _job(call)
    if job.state not in ENDED:
        raise wrong_state(f"A job that is {job.state} cannot be deleted")
    del call.org.bulk.query[job.id]
    return Answer(204)


def results(call: Call) -> Answer:
    job, start, size = _finished(call), _place(call), _size(call)
    end = min(start + size, len(job.lines))
    locator = "null" if end >= len(job.lines) else _locator(call, end)
    told = {"Sforce-Locator": locator, "Sforce-NumberOfRecords": str(end - start)}
    return as_csv(call.org.bulk, "".join([job.header, *job.lines[start:end]]), **told)


def result_pages(call: Call) -> Answer:
    """Five addresses at a time, which may be read side by side."""
    if float(call.version.removeprefix("v")) < _PAGES_SINCE:
        raise not_found()
    job, start, size = _finished(call), _place(call), _size(call)
    starts = list(range(start, max(len(job.lines), 1), size))
    base = call.path.removesuffix("/resultPages")
    asked = f"&maxRecords={size}" if "maxRecords" in call.args else ""
    pages = [{"resultUrl": f"{base}/results?locator={_locator(call, n)}{asked}"} for n in starts[:_PAGES]]
    done = len(starts) <= _PAGES
    more = None if done else f"{call.path}?locator={_locator(call, starts[_PAGES])}{asked}"
    return Answer(200, {"resultPages": pages, "nextRecordsUrl": more, "done": done})


def _finished(call: Call) -> QueryJob:
    job = _job(call)
    if job.version != call.version:
        words = f"The results of a job made with {job.version} are read with {job.version}, not {call.version}"
        raise Refused("INVALIDVERSION", words, status=409)
    if job.state != COMPLETE:
        raise wrong_state(f"A job that is {job.state} has no results")
    return job


def _locator(call: Call, place: int) -> str:
    return base64.urlsafe_b64encode(f"{call.org.bulk.lapsed}.{place}".encode()).decode().rstrip("=")


def _place(call: Call) -> int:
    sent = call.args.get("locator")
    if not sent:
        return 0
    try:
        lapsed, place = (int(n) for n in base64.urlsafe_b64decode(sent + "=" * (-len(sent) % 4)).split(b"."))
    except (binascii.Error, ValueError):
        lapsed, place = -1, 0
    if lapsed != call.org.bulk.lapsed:
        raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
    return place


def _size(call: Call) -> int:
    most = call.org.bulk.limits.query_page
    asked = call.args.get("maxRecords", str(most))
    if not asked.isdigit() or int(asked) < 1:
        raise Refused("INVALID_QUERY_OPTIONS", f"maxRecords must be a number above 0, not {asked}")
    return min(int(asked), most)


def _job(call: Call) -> QueryJob:
    job: QueryJob = job_of(call.org.bulk.query, call.parts["id"])
    return job
