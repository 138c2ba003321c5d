"""What every handler asks first, and what every answer carries.

The order of checks is HubSpot's: format, key, object type, JSON, scopes, rate limit, and only then the work.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from flask import Flask, Response, g, request

from sandbox.hubspot import rollups
from sandbox.hubspot.errors import Refusal, envelope, missing_scopes
from sandbox.hubspot.keys import Keys
from sandbox.hubspot.rates import Rates
from sandbox.hubspot.records import Portal

CORRELATION = "X-HubSpot-Correlation-Id"


class Door:
    now: Callable[[], datetime]
    keys: Keys
    rates: Rates
    portal: Portal

    def guard(self, flask: Flask) -> None:
        flask.register_error_handler(Refusal, self._refuse)
        flask.after_request(self._stamp)

    def kind(self, written: str, needs: str = "read", *others: str, family: str = "objects") -> str:
        """The object type, once key, types, JSON, scopes and rate have been checked."""
        self.admit()
        kinds = [self.named(name) for name in (written, *others)]
        if request.method in ("POST", "PATCH", "PUT"):
            self.json()
        for kind in kinds:
            self._need_for(kind, needs, family)
        self.count()
        rollups.catch_up(self.portal)
        return kinds[0]

    def named(self, written: str) -> str:
        """The plural name of an object type, however it is written."""
        kind = self.portal.schema.named(written)
        if kind is None:
            is_id = re.fullmatch(r"\d+-\d+", written)
            told = (
                f"Invalid object or event type id: {written}"
                if is_id
                else f"Unable to infer object type from: {written}"
            )
            raise Refusal(400, envelope(told))
        return kind

    def ask(self, *one_of: str) -> Any:
        """What was sent, once key, JSON, scopes and rate have been checked where the path names no object type."""
        self.admit()
        sent = self.json()
        if one_of and not g.key.scopes.intersection(one_of):
            raise missing_scopes(list(one_of))
        self.count()
        return sent

    def admit(self) -> None:
        g.key = self.keys.admit(request.headers.get("Authorization"))

    def has(self, scope: str) -> bool:
        return scope in g.key.scopes

    def need(self, *scopes: str) -> None:
        missing = [scope for scope in scopes if not self.has(scope)]
        if missing:
            raise missing_scopes(missing)

    def count(self) -> None:
        self.rates.count(g.key.bucket, search=_is_search(), exempt="/associations/" in request.path)

    def body(self) -> dict[str, Any]:
        content = self.json()
        if not isinstance(content, dict):
            raise _no_json()
        return content

    @staticmethod
    def json() -> Any:
        try:
            return json.loads(request.get_data() or b"{}")
        except ValueError:
            raise _no_json() from None

    def answer(self, content: Any, status: int = 200) -> Response:
        if status == 204:
            return Response(status=204)
        if "/2026-03/" in request.path:
            content = _without_unset(content)
        return Response(json.dumps(content), status, content_type="application/json;charset=utf-8")

    def _refuse(self, refusal: Refusal) -> Response:
        if isinstance(refusal.body, str):
            return Response(refusal.body, refusal.status, content_type="text/html;charset=iso-8859-1")
        answer = self.answer(refusal.body, refusal.status)
        answer.headers.update(refusal.headers)
        if "correlationId" in refusal.body:
            answer.headers[CORRELATION] = refusal.body["correlationId"]
        return answer

    def _stamp(self, answer: Response) -> Response:
        """The headers of every answer; how much is left is told to whoever showed a key, but not by search."""
        answer.headers.setdefault(CORRELATION, str(uuid.uuid4()))
        answer.headers["Date"] = format_datetime(self.now().astimezone(UTC), usegmt=True)
        if "key" in g and not _is_search():
            answer.headers.update(self.rates.headers(g.key.bucket))
        return answer

    def _need_for(self, kind: str, needs: str, family: str) -> None:
        """Mails take one scope more; definitions are read with the scope of records too, and never written with it."""
        part = self.portal.schema.kinds[kind].scopes
        mail = ("sales-email-read",) if (kind, family) == ("emails", "objects") else ()
        if family == "schemas" and needs == "read" and self.has(f"crm.objects.{part}.read"):
            return
        self.need(f"crm.{family}.{part}.{needs}", *mail)


def _is_search() -> bool:
    """Of records: a search for lists is a call like any other."""
    return request.path.rstrip("/").endswith("/search") and "/objects/" in request.path


def _no_json() -> Refusal:
    return Refusal(400, envelope("Invalid input JSON on line 1, column 1", "VALIDATION_ERROR"))


def _without_unset(content: Any) -> Any:
    """Before 2026-09 the specification knows no null among a record's properties: what is unset is left out."""
    if isinstance(content, list):
        return [_without_unset(row) for row in content]
    if not isinstance(content, dict):
        return content
    held = content.get("properties")
    known = {"properties": {n: v for n, v in held.items() if v is not None}} if isinstance(held, dict) else {}
    return {name: _without_unset(value) for name, value in content.items()} | known
