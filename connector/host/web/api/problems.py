"""What cannot be answered: what happened and the next step, never a trace.

Source   RFC 9457, "Problem Details for HTTP APIs"
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from flask import Response
from pydantic import ValidationError

from connector.host.web.api.models import Mistake, Problem

NEXT = {
    400: "Correct the request.",
    401: "Send `Authorization: Bearer TOKEN`; an admin makes one with `callplan tokens make`.",
    403: "Ask an admin for a token of that role.",
    404: "Look at the address, and whether the token may see it.",
    405: "Look at /api/v1/openapi.json for what may be done there.",
    409: "Ask again for its present state.",
    413: "Send less.",
    415: "Send application/json.",
    422: "Correct what `mistakes` names.",
    429: "Wait as long as Retry-After says.",
    503: "Ask again in a minute.",
}
ON_RECORD = "It is on record in Callplan's log: look there, and whether the request was carried out."


class Refused(Exception):
    """Raised where a request cannot be answered."""

    def __init__(
        self, status: int, detail: str, mistakes: tuple[Mistake, ...] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.detail, self.mistakes, self.headers = status, detail, mistakes, headers or {}
        super().__init__(detail)


def refuse_invalid(error: ValidationError, place: str) -> Refused:
    """With each mistake at its place; what was sent is not told back."""
    found = tuple(
        Mistake(at=".".join((place, *map(str, one["loc"]))), what=one["msg"])
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    )
    return Refused(422, f"The {place} is not as it should be.", found)


def problem(refused: Refused) -> Response:
    status = HTTPStatus(refused.status)
    told = Problem(
        title=status.phrase,
        status=status,
        detail=refused.detail,
        next_step=NEXT.get(status, ON_RECORD),
        mistakes=list(refused.mistakes),
    )
    answer = Response(orjson.dumps(told.model_dump(mode="json")), status, content_type="application/problem+json")
    answer.headers.update(refused.headers)
    return answer
