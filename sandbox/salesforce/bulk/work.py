"""How a job is worked through: a file by batches of 10,000 rows as the clock goes on, a query at once.

A row that is refused is an outcome of its own. When too many rows of a batch were locked, the others of that batch
are not tried. A job that fails or is aborted leaves its other rows unprocessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from sandbox.salesforce.bulk import answers
from sandbox.salesforce.bulk.columns import Unreadable
from sandbox.salesforce.bulk.jobs import (
    CLOSED,
    COMPLETE,
    IN_PROGRESS,
    Bulk,
    Done,
    Failure,
    IngestJob,
    QueryJob,
)
from sandbox.salesforce.bulk.rows import Rows
from sandbox.salesforce.bulk.sheet import Row, header_of, is_ended_as_told, read
from sandbox.salesforce.errors import Refused

_TOO_MANY = Refused("TooManyLockFailure", "Too many lock failure 200 Trying again later.")


def run(bulk: Bulk) -> bool:
    """Whatever is due. True if records were written."""
    bulk.forget_old()
    written = [_run_ingest(bulk, job) for job in bulk.ingest.values() if job.state in (CLOSED, IN_PROGRESS)]
    for job in bulk.query.values():
        if job.state in (CLOSED, IN_PROGRESS) and _begins(bulk, job):
            _run_query(bulk, job)
    return any(written)


def count_rows(content: bytes, delimiter: str) -> int:
    """Without the header. None in a file that nobody can read."""
    try:
        return max(0, sum(1 for _ in read(content.decode(), delimiter)) - 1)
    except UnicodeDecodeError:
        return 0


def _begins(bulk: Bulk, job: IngestJob | QueryJob) -> bool:
    if job.state == CLOSED:
        job.enter(IN_PROGRESS, bulk.now())
    return job.starts is not None and job.starts <= bulk.now()


def _run_ingest(bulk: Bulk, job: IngestJob) -> bool:
    written = False
    while job.state in (CLOSED, IN_PROGRESS) and _begins(bulk, job):
        written = _step(bulk, job) or written
        if job.starts and job.state == IN_PROGRESS:
            job.starts += timedelta(seconds=bulk.limits.seconds_per_batch)
    if job.state not in (CLOSED, IN_PROGRESS):
        job.work = None
    return written


def _step(bulk: Bulk, job: IngestJob) -> bool:
    if job.batches == bulk.faults.fail_after_batches:
        job.fail(bulk.faults.failure, bulk.now())
        return False
    if not bulk.batches.left:
        job.fail("ExceededQuota : ApiBatchItems Limit exceeded.", bulk.now())
        return False
    job.work = job.work or _batches(bulk, job)
    try:
        outcomes = next(job.work, [])
    except Unreadable as refusal:
        job.fail(str(refusal), bulk.now())
        return False
    job.outcomes += outcomes
    job.batches += 1
    bulk.batches.count()
    if len(job.outcomes) >= job.rows:
        job.enter(COMPLETE, bulk.now())
    return True


def _batches(bulk: Bulk, job: IngestJob) -> Iterator[list[Done | Failure]]:
    text = _text(job)
    if len(header_of(text)) > bulk.limits.header_chars:
        raise Unreadable(f"ClientInputError : The header is longer than {bulk.limits.header_chars} characters")
    found = read(text, job.delimiter)
    header = next(found, "nothing was uploaded")
    if isinstance(header, str):
        raise Unreadable(f"InvalidBatch : Failed to parse CSV header: {header}")
    rows = Rows(bulk, job, header)
    while batch := list(islice(found, bulk.limits.batch_rows)):
        yield _batch(bulk, rows, batch)


def _text(job: IngestJob) -> str:
    content = job.content or b""
    if not is_ended_as_told(content, job.line_ending):
        words = f"LineEnding is invalid on user data. Current LineEnding setting is {job.line_ending}"
        raise Unreadable(f"ClientInputError : {words}")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Unreadable("ClientInputError : The data is not UTF-8") from None


def _batch(bulk: Bulk, rows: Rows, batch: Sequence[Row]) -> list[Done | Failure]:
    outcomes: list[Done | Failure] = []
    size, locked = bulk.limits.chunk_rows, 0
    for start in range(0, len(batch), size):
        chunk = batch[start : start + size]
        rows.begin(chunk)
        for row in chunk:
            outcome = _outcome(rows, row, locked >= bulk.limits.lock_failures)
            locked += isinstance(outcome, Failure) and outcome.error.startswith("UNABLE_TO_LOCK_ROW:")
            outcomes.append(outcome)
    return outcomes


def _outcome(rows: Rows, row: Row, given_up: bool) -> Done | Failure:
    try:
        if given_up:
            raise _TOO_MANY
        if isinstance(row, str):
            raise Refused("InvalidBatch", f"The row cannot be read: {row}")
        return rows.write(row)
    except Refused as refusal:
        return Failure(rows.id_of(row), f"{refusal.code}:{refusal.message}:{' '.join(refusal.fields)}--")


def _run_query(bulk: Bulk, job: QueryJob) -> None:
    if bulk.faults.query_failure:
        job.fail(bulk.faults.query_failure, bulk.now())
        return
    try:
        job.header, job.lines = answers.lines_of(bulk.records, job)
    except Refused as refusal:
        job.fail(f"{refusal.code} : {refusal.message}", bulk.now())
    else:
        job.enter(COMPLETE, bulk.now())
