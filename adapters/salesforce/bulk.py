"""Bulk API 2.0: a query whose rows come as files, and an update of up to 150,000 rows as one job.

A query job is named in the cursor, so that a reading that broke off goes on in the same file. An update job's id is
kept before its rows may be processed: whoever finds one that a dead process left ends it before anything else is
read or written, so that nothing lands behind our back. (A job that comes with its rows, in one call, holds 100,000
characters: fewer rows than composite requests write in as many calls.)

Source   Bulk API 2.0 Developer Guide v66
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from adapters.salesforce.errors import GONE, NotThere, Unready, job_failed
from adapters.salesforce.fields import cell_of
from adapters.salesforce.rows import row_remedy
from adapters.salesforce.wire import AnswerLost, Wire, content_of
from connector.contract import Change, CrmId, Keep, Outcome, Verdict
from connector.errors import TryAgain

MOST_ROWS = 150_000  # of one job: a job that fails halfway leaves no more than these to be sent again
MOST_BYTES = 100_000_000  # of one file; Salesforce takes 150 MB after base64
CALLS = 8  # of an update: create, upload, close, two looks, three files of results
FILE_ROWS = 20_000  # of a query's rows in one call
DRAWER = "bulk job"
ENDED = ("JobComplete", "Failed", "Aborted")
LOOKS = 5  # at a job, before a failing network is the caller's
LONGEST_WAIT = 30.0  # seconds between two looks at a job
CSV = {"Content-Type": "text/csv; charset=UTF-8", "Accept": "text/csv"}

T = TypeVar("T")


def start_query(wire: Wire, soql: str) -> str:
    """The job's id, once its rows are there to be fetched."""
    job = _ask(wire, "POST", "jobs/query", json={"operation": "queryAll", "query": soql})
    state = _wait(wire, f"jobs/query/{job['id']}", job)
    if state["state"] != "JobComplete":
        raise job_failed(str(state.get("errorMessage", ""))) or Unready("A bulk query came to nothing.")
    return str(job["id"])


def fetch_rows(wire: Wire, job: str, locator: str | None) -> tuple[str, str | None]:
    """One file of a query's rows, and where the next begins."""
    given = {"maxRecords": str(FILE_ROWS), **({"locator": locator} if locator else {})}
    answer = _fetch(wire, "GET", f"jobs/query/{job}/results", params=given, headers={"Accept": "text/csv"})
    more = answer.headers.get("Sforce-Locator", "null")
    return answer.content.decode("utf-8"), None if more == "null" else more


def update(wire: Wire, keep: Keep, kind: str, changes: Sequence[Change]) -> Iterator[Outcome]:
    """Send the changes in as few jobs as their size allows."""
    end_left_job(wire, keep)
    for part, file in _files(changes):
        job = _start(wire, keep, kind, file)
        yield from _outcomes(wire, part, _wait(wire, f"jobs/ingest/{job['id']}", job))
        keep.put(DRAWER, None)


def end_left_job(wire: Wire, keep: Keep) -> None:
    """End what a dead process left: what its job has written stands, and the rest stays undone."""
    job = keep.get(DRAWER)
    if job is None:
        return
    try:
        state = _ask(wire, "GET", f"jobs/ingest/{job}")
        if state["state"] not in ENDED:
            _ask(wire, "PATCH", f"jobs/ingest/{job}", json={"state": "Aborted"})
    except (Unready, NotThere):
        pass  # it has ended meanwhile, or is older than a week
    keep.put(DRAWER, None)


def _start(wire: Wire, keep: Keep, kind: str, file: str) -> dict[str, Any]:
    """A job is made, its rows are brought, and it is set to work; until then it does nothing."""
    job = _ask(
        wire,
        "POST",
        "jobs/ingest",
        json={"object": kind, "operation": "update", "contentType": "CSV", "lineEnding": "LF"},
    )
    keep.put(DRAWER, job["id"])
    path = f"jobs/ingest/{job['id']}"
    _fetch(wire, "PUT", f"{path}/batches", data=file.encode(), headers=CSV)
    try:
        return dict(_ask(wire, "PATCH", path, json={"state": "UploadComplete"}))
    except TryAgain:
        state = _patiently(wire, lambda: _ask(wire, "GET", path))
        return state if state["state"] != "Open" else dict(_ask(wire, "PATCH", path, json={"state": "UploadComplete"}))


def _outcomes(wire: Wire, sent: Sequence[Change], job: dict[str, Any]) -> Iterator[Outcome]:
    """Each row is in one of three files, in any order. What is in none of them has no answer."""
    path, left = f"jobs/ingest/{job['id']}", {change.id for change in sent}
    for row in _results(wire, f"{path}/successfulResults"):
        yield from _once(left, Outcome(CrmId(row["Id"]), Verdict.WRITTEN))
    for row in _results(wire, f"{path}/failedResults"):
        yield from _once(left, _refused(row))
    if error := job_failed(str(job.get("errorMessage") or "")):
        raise error
    for row in _results(wire, f"{path}/unprocessedrecords"):
        yield from _once(left, Outcome(CrmId(row["Id"]), Verdict.REFUSED, "UNPROCESSED", passing=True))
    yield from [Outcome(id_, Verdict.UNKNOWN) for id_ in sorted(left)]


def _once(left: set[CrmId], outcome: Outcome) -> Iterator[Outcome]:
    if outcome.id in left:
        left.discard(outcome.id)
        yield outcome


def _refused(row: dict[str, str]) -> Outcome:
    """sf__Error is `CODE:message:fields--`."""
    code, _, rest = row["sf__Error"].partition(":")
    message = rest.rpartition(":")[0] or rest
    passing, remedy = row_remedy(code, message)
    return Outcome(CrmId(row["Id"]), Verdict.REFUSED, code, message, code in GONE, passing=passing, remedy=remedy)


def _files(changes: Sequence[Change]) -> Iterator[tuple[list[Change], str]]:
    """The changes in files of at most so many rows and bytes. A field that a row leaves alone is an empty cell."""
    names = list(dict.fromkeys(name for change in changes for name in change.fields))
    part: list[Change] = []
    lines, size = _header(names), 0
    for change in changes:
        line = _line([change.id, *(cell_of(change.fields[n]) if n in change.fields else "" for n in names)])
        size += len(line.encode())
        if part and (len(part) == MOST_ROWS or size > MOST_BYTES):
            yield part, "".join(lines)
            part, lines, size = [], _header(names), len(line.encode())
        part.append(change)
        lines.append(line)
    if part:
        yield part, "".join(lines)


def _header(names: Sequence[str]) -> list[str]:
    return [_line(["Id", *names])]


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _results(wire: Wire, path: str) -> Iterator[dict[str, str]]:
    """Decoded by us: without a charset, a library would take UTF-8 for Latin-1."""
    answer = _patiently(wire, lambda: _fetch(wire, "GET", path, headers={"Accept": "text/csv"}))
    yield from csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline=""))


def _wait(wire: Wire, path: str, job: dict[str, Any]) -> dict[str, Any]:
    pause = 1.0
    while job["state"] not in ENDED:
        wire.clock.sleep(pause)
        pause = min(pause * 2, LONGEST_WAIT)
        job = _patiently(wire, lambda: _ask(wire, "GET", path))
    return job


def _patiently(wire: Wire, look: Callable[[], T]) -> T:
    """A look that fails is repeated: the work that it asks about goes on meanwhile."""
    for attempt in range(LOOKS):
        try:
            return look()
        except Unready:
            raise
        except TryAgain as error:
            wire.clock.sleep(max(error.after, 2.0**attempt))
    return look()


def _ask(wire: Wire, method: str, path: str, **given: Any) -> Any:
    return content_of(_fetch(wire, method, path, **given))


def _fetch(wire: Wire, method: str, path: str, **given: Any) -> Any:
    try:
        return wire.fetch(method, path, **given)
    except AnswerLost as error:
        raise TryAgain(f"Salesforce did not finish its answer ({error}).", after=5) from error
