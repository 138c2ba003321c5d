"""How HubSpot says no: one envelope, in which every part may be missing.

Source   developers.hubspot.com, "Error handling"; texts as the documentation and published captures give them
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Response

Body = dict[str, Any]
SCOPES_TEXT = (
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: "
    "https://developers.hubspot.com/scopes."
)
PAGES = {404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable"}


class Refusal(Exception):
    """A whole request refused, with status and body."""

    def __init__(self, status: int, body: Body | str, headers: dict[str, str] | None = None) -> None:
        self.status, self.body, self.headers = status, body, headers or {}
        super().__init__(str(body))


def envelope(message: str, category: str | None = None, **more: Any) -> Body:
    body = {"status": "error", "message": message, "correlationId": str(uuid.uuid4())}
    return {**body, **({"category": category} if category else {}), **more}


def validation(message: str, status: int = 400, **more: Any) -> Refusal:
    return Refusal(status, envelope(message, "VALIDATION_ERROR", **more))


def invalid_properties(found: list[tuple[str, str, str]]) -> Refusal:
    """One or more (property, code, message)."""
    told = [{"isValid": False, "message": m, "error": c, "name": n, "localizedErrorMessage": m} for n, c, m in found]
    errors = [{"message": m, "code": c, "context": {"propertyName": [n]}} for n, c, m in found]
    return validation(f"Property values were not valid: {json.dumps(told)}", errors=errors)


def unauthorized() -> Refusal:
    text = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
    return Refusal(401, envelope(text, "INVALID_AUTHENTICATION"))


def missing_scopes(scopes: list[str]) -> Refusal:
    errors = [
        {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": scopes},
        }
    ]
    links = {"scopes": "https://developers.hubspot.com/scopes"}
    return Refusal(403, envelope(SCOPES_TEXT, "MISSING_SCOPES", errors=errors, links=links))


def rate_limited(policy: str, text: str) -> Refusal:
    body = envelope(text, "RATE_LIMITS", errorType="RATE_LIMIT", policyName=policy, requestId=str(uuid.uuid4()))
    return Refusal(429, body)


def not_found(id_: str) -> Refusal:
    """A number that is no record gets a page of HTML, anything else JSON."""
    if id_.isdigit() and int(id_) > 0:
        return Refusal(404, page(404))
    return Refusal(404, envelope("Object not found", "OBJECT_NOT_FOUND", context={"id": [id_]}))


def page(status: int) -> str:
    """Where a request does not get as far as JSON."""
    told = f"{status} {PAGES[status]}"
    return f"<html><head><title>{told}</title></head><body><h1>{told}</h1></body></html>"


def html(status: int) -> Response:
    return Response(page(status), status, content_type="text/html;charset=iso-8859-1")
