"""Bulk jobs of a sandbox Salesforce, made and read over HTTP as a client does it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from sandbox.salesforce.bulk.jobs import Bulk
from sandbox.server import listen
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import Org, open_org

CSV = {"Content-Type": "text/csv; charset=UTF-8"}
Told = dict[str, Any]
Rows = list[dict[str, str]]


@dataclass
class BulkClient:
    org: Org
    url: str
    session: requests.Session

    @property
    def bulk(self) -> Bulk:
        return self.org.salesforce.org.bulk

    def call(self, method: str, path: str, body: Any = None, version: str = "v67.0", **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.org.token}", **more.pop("headers", {})}
        address = f"{self.url}/services/data/{version}{path}"
        return self.session.request(method, address, json=body, headers=headers, timeout=20, **more)

    # Jobs that write

    def made(self, operation: str = "update", object: str = "Account", **more: Any) -> str:
        answer = self.call("POST", "/jobs/ingest", {"object": object, "operation": operation, **more})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def put(self, job: str, text: str | bytes, **headers: str) -> requests.Response:
        content = text.encode() if isinstance(text, str) else text
        return self.call("PUT", f"/jobs/ingest/{job}/batches", data=content, headers={**CSV, **headers})

    def turn(self, job: str, state: str, kind: str = "ingest") -> requests.Response:
        return self.call("PATCH", f"/jobs/{kind}/{job}", {"state": state})

    def told(self, job: str, kind: str = "ingest") -> Told:
        answer: Told = self.call("GET", f"/jobs/{kind}/{job}").json()
        return answer

    def load(self, text: str | bytes, operation: str = "update", object: str = "Account", **more: Any) -> Told:
        """A job from its making to what is told at the first look."""
        job = self.made(operation, object, **more)
        assert self.put(job, text).status_code == 201
        assert self.turn(job, "UploadComplete").json()["state"] == "UploadComplete"
        return self.told(job)

    def rows(self, job: str, which: str, delimiter: str = ",") -> Rows:
        answer = self.call("GET", f"/jobs/ingest/{job}/{which}")
        assert answer.status_code == 200, answer.text
        return parsed(answer.content, delimiter)

    def errors(self, job: str) -> list[str]:
        return [row["sf__Error"] for row in self.rows(job, "failedResults")]

    # Jobs that read

    def asked(self, soql: str, operation: str = "query", **more: Any) -> requests.Response:
        return self.call("POST", "/jobs/query", {"operation": operation, "query": soql, **more})

    def found(self, soql: str, operation: str = "query") -> Rows:
        job = self.asked(soql, operation).json()["id"]
        return parsed(self.page(job).content)

    def page(self, job: str, **args: Any) -> requests.Response:
        return self.call("GET", f"/jobs/query/{job}/results", params=args)


def parsed(content: bytes, delimiter: str = ",") -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()[0]["errorCode"]


@contextmanager
def serving(clock: StillClock, **settings: Any) -> Iterator[BulkClient]:
    org = open_org(clock, **settings)
    org.salesforce.org.bulk.faults.results_in_order = True
    server = listen(org.wire)
    with requests.Session() as session:
        session.trust_env = False
        yield BulkClient(org, server.url, session)
    server.close()
