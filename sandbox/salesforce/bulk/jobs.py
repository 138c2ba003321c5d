"""The jobs of one org: their states, what a client is told of them, and how they move with the clock.

Open -> UploadComplete -> InProgress -> JobComplete, or Failed, or Aborted. A job is forgotten after 7 days.
Jobs move when a call arrives, before it is answered, and after the call that closed them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sandbox.salesforce import ids
from sandbox.salesforce.bulk.faults import Faults, Limits
from sandbox.salesforce.errors import Refused, not_found
from sandbox.salesforce.quota import Quota
from sandbox.salesforce.records import Records
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.syntax import Statement
from sandbox.salesforce.values import stamp

OPEN, CLOSED, IN_PROGRESS = "Open", "UploadComplete", "InProgress"
COMPLETE, FAILED, ABORTED = "JobComplete", "Failed", "Aborted"
ENDED = (COMPLETE, FAILED, ABORTED)
_KEPT = timedelta(days=7)
DAILY_BATCHES, DAILY_QUERY_JOBS = 15_000, 10_000


class Done(NamedTuple):
    id: str
    created: bool


class Failure(NamedTuple):
    id: str
    error: str


@dataclass(slots=True, kw_only=True)
class Job:
    id: str
    kind: Kind
    operation: str
    version: str
    made: datetime
    changed: datetime
    owner: str
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    state: str = OPEN
    error: str | None = None
    starts: datetime | None = None  # when its first batch is due

    def enter(self, state: str, now: datetime) -> None:
        self.state, self.changed = state, now

    def fail(self, words: str, now: datetime) -> None:
        self.error = words
        self.enter(FAILED, now)

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.kind.name,
            "createdById": self.owner,
            "createdDate": stamp(self.made),
            "systemModstamp": stamp(self.changed),
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version.removeprefix("v")),
            "lineEnding": self.line_ending,
            "columnDelimiter": self.delimiter,
        }


@dataclass(slots=True, kw_only=True)
class IngestJob(Job):
    key: str | None = None  # externalIdFieldName
    content: bytes | None = None
    rows: int = 0  # in it
    batches: int = 0  # done
    outcomes: list[Done | Failure] = field(default_factory=list)  # of the first rows, in the order of the file
    work: Iterator[list[Done | Failure]] | None = None

    def told(self) -> dict[str, Any]:
        url = f"services/data/{self.version}/jobs/ingest/{self.id}/batches"
        key = {} if self.key is None else {"externalIdFieldName": self.key}
        return {**Job.told(self), "contentUrl": url, **key}


@dataclass(slots=True, kw_only=True)
class QueryJob(Job):
    statement: Statement
    header: str = ""
    lines: list[str] = field(default_factory=list)


class Bulk:
    def __init__(self, records: Records, now: Callable[[], datetime]) -> None:
        self.records, self.now = records, now
        self.faults, self.limits, self.may_hard_delete = Faults(), Limits(), True
        self.batches = Quota(now, DAILY_BATCHES)
        self.query_jobs = Quota(now, DAILY_QUERY_JOBS)
        self.ingest: dict[str, IngestJob] = {}
        self.query: dict[str, QueryJob] = {}
        self.lapsed = 0  # how often the locators lapsed
        self.struck: set[str] = set()  # records that the fault `lock_share` has met
        self._made = 0

    def next_id(self) -> str:
        self._made += 1
        return ids.make("750", self._made)

    def due(self, job: Job) -> datetime:
        """When a job that is closed at this moment begins."""
        return self.now() + timedelta(seconds=self.faults.in_progress_seconds)

    def forget_old(self) -> None:
        oldest = self.now() - _KEPT
        self.ingest = {key: job for key, job in self.ingest.items() if job.made > oldest}
        self.query = {key: job for key, job in self.query.items() if job.made > oldest}

    def forget(self) -> None:
        self.ingest, self.query = {}, {}

    def expire_locators(self) -> None:
        self.lapsed += 1


def job_of(jobs: dict[str, Any], id: str) -> Any:
    job = jobs.get(ids.full(id) or "")
    if job is None:
        raise not_found()
    return job


def wrong_state(words: str) -> Refused:
    return Refused("INVALIDJOBSTATE", words)
