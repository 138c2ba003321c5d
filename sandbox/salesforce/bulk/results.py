"""What became of the rows of an upload, in three files: successful, failed, unprocessed.

Each repeats the header as it was sent, after columns of its own. Rows come in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random

from sandbox.salesforce.bulk.jobs import ENDED, Bulk, Done, Failure, IngestJob, job_of, wrong_state
from sandbox.salesforce.bulk.sheet import DELIMITERS, ENDINGS, Row, Written, header_of, read
from sandbox.salesforce.calls import Answer, Call

_OURS = {"successfulresults": ("sf__Id", "sf__Created"), "failedresults": ("sf__Id", "sf__Error")}


def results(call: Call) -> Answer:
    job: IngestJob = job_of(call.org.bulk.ingest, call.parts["id"])
    if job.state not in ENDED:
        raise wrong_state(f"A job that is {job.state} has no results yet")
    which = call.parts["which"].lower()
    text = (job.content or b"").decode(errors="replace")
    lines = Written(job.delimiter, job.line_ending)
    lines.add(_rows(job, text, which))
    if not call.org.bulk.faults.results_in_order:
        Random(job.id).shuffle(lines)
    header = _header(job, text, _OURS.get(which, ()))
    return as_csv(call.org.bulk, "".join([header, *lines]))


def as_csv(bulk: Bulk, text: str, **headers: str) -> Answer:
    kind = "text/csv; charset=UTF-8" if bulk.faults.results_charset else "text/csv"
    return Answer(200, None, headers, content=text.encode(), content_type=kind)


def _header(job: IngestJob, text: str, ours: tuple[str, ...]) -> str:
    sign, end = DELIMITERS[job.delimiter], ENDINGS[job.line_ending]
    return sign.join([*(f'"{name}"' for name in ours), header_of(text)]) + end


def _rows(job: IngestJob, text: str, which: str) -> Iterator[list[str]]:
    rows = islice(read(text, job.delimiter), 1, None)
    if which == "unprocessedrecords":
        yield from map(_cells, islice(rows, len(job.outcomes), None))
        return
    for row, outcome in zip(rows, job.outcomes, strict=False):
        if isinstance(outcome, Done) and which == "successfulresults":
            yield [outcome.id, "true" if outcome.created else "false", *_cells(row)]
        elif isinstance(outcome, Failure) and which == "failedresults":
            yield [outcome.id, outcome.error, *_cells(row)]


def _cells(row: Row) -> list[str]:
    return [row] if isinstance(row, str) else row
