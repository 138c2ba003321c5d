"""The front door: who calls, for which version, with which body, and is there a call left today.

Everything under /services/data needs a token and counts against the quota; the list of versions and the
token call itself do neither.
"""

from __future__ import annotations

import json
import re
from typing import Any

from werkzeug.wrappers import Request

from sandbox.salesforce.calls import Answer, Call, Org
from sandbox.salesforce.composite import count_rows
from sandbox.salesforce.errors import Refused, not_found, unreadable
from sandbox.salesforce.routes import serve
from sandbox.salesforce.tokens import NotAuthorized, Tokens

_FIRST, _RETIRED, _LAST = 31, 30, 68  # Summer '25 took 21 to 30 away; Winter '27 brought 68
_LONGEST_URI = 16_384  # bytes of address and headers (Salesforce limits cheat sheet)


def answer(org: Org, tokens: Tokens, request: Request) -> Answer:
    try:
        if request.path.rstrip("/") == "/services/oauth2/token":
            return _grant(org, tokens, request)
        if request.path.rstrip("/") == "/services/data":
            return Answer(200, _versions())
        return _serve(org, tokens, request)
    except Refused as refusal:
        return Answer(refusal.status, refusal.as_answer())
    except NotAuthorized as refusal:
        return Answer(400, {"error": refusal.error, "error_description": refusal.description})


def _grant(org: Org, tokens: Tokens, request: Request) -> Answer:
    if request.method != "POST":
        raise NotAuthorized("invalid_request", "must use HTTP POST")
    host, given = request.host_url.rstrip("/"), request.headers.get("Authorization", "")
    token = tokens.grant(request.form, given, host)
    return Answer(
        200,
        {
            "access_token": token,
            "scope": "api",
            "instance_url": host,
            "id": f"{host}/id/{org.id}/{org.records.login}",
            "token_type": "Bearer",
            "issued_at": str(int(org.records.now().timestamp() * 1000)),
        },
    )


def _serve(org: Org, tokens: Tokens, request: Request) -> Answer:
    version = _version(request.path)
    tokens.check(request.headers.get("Authorization", ""))
    org.quota.count()
    if len(request.path) + len(request.query_string) > _LONGEST_URI:
        raise Refused("URI_TOO_LONG", "The requested URI is too long", status=414)
    call = Call(
        org,
        request.method,
        request.path.rstrip("/"),
        version,
        request.args.to_dict(),
        dict(request.headers),
        _body(request),
    )
    rows = count_rows(call)
    if rows is not None:
        request.environ["sandbox.rows"] = rows
    return serve(call)


def _versions() -> list[dict[str, str]]:
    numbers = (f"{n}.0" for n in range(_FIRST, _LAST + 1))
    return [{"label": f"v{n}", "url": f"/services/data/v{n}", "version": n} for n in numbers]


def _version(path: str) -> str:
    found = re.match(r"/services/data/v(\d+)\.0(/|$)", path)
    if found is None or int(found[1]) > _LAST:
        raise not_found()
    if int(found[1]) <= _RETIRED:
        words = f"The requested API version v{found[1]}.0 has been retired."
        raise Refused("GONE", words, status=410)
    return f"v{found[1]}.0"


def _body(request: Request) -> Any:
    if request.method in ("GET", "DELETE", "HEAD"):
        return None
    if request.mimetype != "application/json":
        words = f"The content type is not supported: {request.mimetype or 'none'}"
        raise Refused("UNSUPPORTED_MEDIA_TYPE", words, status=415)
    try:
        return json.loads(request.get_data())
    except ValueError as error:
        raise unreadable(f"Unexpected character or end of input at line:1: {error}") from error
