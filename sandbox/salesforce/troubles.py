"""What a whole call meets on a bad day of the org or of the edge before it, on request of a test.

A trouble named in KNOWN strikes calls that match a path, so many times or until it is ended. Those at the edge
answer before anybody has looked at the token, and mostly in HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.salesforce.calls import HTML, Answer
from sandbox.salesforce.errors import Refused


@dataclass(frozen=True, slots=True)
class Trouble:
    code: str
    message: str
    status: int = 400
    path: str = "/services/data"
    writes_only: bool = False
    at_edge: bool = False
    html: bool = False

    def as_answer(self) -> Answer:
        if self.html:
            return Answer(self.status, self.message, HTML)
        return Answer(self.status, Refused(self.code, self.message).as_answer())


@dataclass(slots=True)
class Happening:
    trouble: Trouble
    path: str
    times: int | None  # None is until it is ended

    def strikes(self, method: str, path: str, *, at_edge: bool) -> bool:
        trouble = self.trouble
        if trouble.at_edge is not at_edge or self.times == 0 or not re.search(self.path, path):
            return False
        if trouble.writes_only and method == "GET":
            return False
        if self.times is not None:
            self.times -= 1
        return True


def _page(words: str) -> str:
    return f"<html><head><title>{words}</title></head><body>{words}</body></html>" if words else ""


def _edge(status: int, words: str) -> Trouble:
    return Trouble("", _page(words), status, at_edge=True, html=True)


_CLOSED = "The org is locked. Please try again later."
_TOO_MANY = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."

KNOWN: dict[str, Trouble] = {
    # The whole org
    "concurrent_requests": Trouble("REQUEST_LIMIT_EXCEEDED", _TOO_MANY, 403),
    "long_transactions": Trouble("UNKNOWN_EXCEPTION", "ConcurrentPerOrgLongTxn Limit exceeded", 500),
    "server_unavailable": Trouble("SERVER_UNAVAILABLE", "Server is unavailable", 503),
    "org_locked": Trouble("ORG_LOCKED", _CLOSED, 403),
    "maintenance": Trouble(
        "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "Org is read only for maintenance", writes_only=True
    ),
    "function_unavailable": Trouble(
        "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", "This function is temporarily unavailable", 503
    ),
    "circuit_breaker": Trouble("CIRCUIT_BREAKER_OPEN_EXCEPTION", "Circuit breaker is open", 503),
    # The login's rights
    "api_disabled": Trouble("API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.", 403),
    "api_currently_disabled": Trouble("API_CURRENTLY_DISABLED", "API is disabled for this User", 403),
    "insufficient_access": Trouble("INSUFFICIENT_ACCESS", "insufficient access rights", 403),
    "transaction_security": Trouble("TXN_SECURITY_METERING_ERROR", "Transaction security metering error", 403),
    "transaction_blocked": Trouble("TXN_SECURITY_NO_ACCESS", "The operation was blocked by a security policy", 403),
    # One query or write
    "query_timeout": Trouble("QUERY_TIMEOUT", "Your query request was running for too long.", path="/query"),
    "query_too_complicated": Trouble("QUERY_TOO_COMPLICATED", "Query is too complicated", path="/query"),
    "operation_too_large": Trouble("OPERATION_TOO_LARGE", "exceeded 100000 distinct who/what's", path="/query"),
    "too_many_ids": Trouble("EXCEEDED_ID_LIMIT", "Exceeded id limit", path="/(updated|deleted)"),
    # The edge
    "html_401": _edge(401, "Session expired or invalid"),
    "html_406": _edge(406, "Not Acceptable"),
    "html_420": _edge(420, "We are setting things up ..."),
    "html_429": _edge(429, ""),
    "html_500": _edge(500, "An internal server error has occurred"),
    "html_502": _edge(502, "Bad Gateway"),
    "html_503": _edge(503, "Service Unavailable"),
    "html_504": _edge(504, "Gateway Timeout"),
}
