"""One call and its answer, whether it came by itself or as one of 25 inside a composite call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.salesforce.bulk.jobs import Bulk
from sandbox.salesforce.errors import unreadable
from sandbox.salesforce.metadata.deploys import Metadata
from sandbox.salesforce.quota import Quota
from sandbox.salesforce.records import Records

HTML = {"Content-Type": "text/html;charset=UTF-8"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is JSON, unless the headers name another type: then it is that text. `content` takes its place."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    content_type: str = "application/json;charset=UTF-8"
    rows: int | None = None  # written, where the call does not say it

    def as_bytes(self) -> bytes:
        if self.content is not None:
            return self.content
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return (str(self.body) if "Content-Type" in self.headers else json.dumps(self.body)).encode()


@dataclass(slots=True)
class Org:
    """All that a call may meet. `long_transaction` began then and has not committed: reads stop before it."""

    id: str
    records: Records
    quota: Quota
    page_size: int
    bulk: Bulk
    long_transaction: datetime | None = None
    troubles: list[Any] = field(default_factory=list)  # see troubles.py
    slow_rows: int | None = None  # a query that would find more than these times out
    most_ids: int = 600_000  # in an answer of updated or deleted (REST guide, resources_getupdated)
    changed: datetime | None = None  # when an administrator last changed an object or who may see it
    metadata: Metadata = field(default_factory=Metadata)
    cursors: dict[str, tuple[datetime, list[dict[str, Any]]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    org: Org
    method: str
    path: str
    version: str  # v67.0
    args: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    parts: Mapping[str, str] = field(default_factory=dict)  # what the path names: kind, id, locator
    host: str = ""  # https://acme.my.salesforce.com, as the caller named it

    @property
    def base(self) -> str:
        return f"/services/data/{self.version}"

    @property
    def fields(self) -> dict[str, Any]:
        """The body as an object."""
        if not isinstance(self.body, dict):
            raise unreadable("The HTTP entity body is required, but this request has no entity body.")
        return self.body


def is_write(method: str, path: str) -> bool:
    """To retrieve a collection is to read, though it is sent with POST."""
    return method != "GET" and not (method == "POST" and re.search(r"/composite/sobjects/\w+$", path))
