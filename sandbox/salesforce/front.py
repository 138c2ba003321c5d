"""The front door: who calls, for which version, with which body, and is there a call left today.

Everything under /services/data needs a token and counts against the quota; the list of versions and the
token call itself do neither.
"""

from __future__ import annotations

import re

from werkzeug.wrappers import Request

from sandbox.salesforce import identity, soap
from sandbox.salesforce.bodies import body_of
from sandbox.salesforce.bulk.work import run
from sandbox.salesforce.calls import Answer, Call, Org
from sandbox.salesforce.composite import count_rows
from sandbox.salesforce.errors import Refused, not_found
from sandbox.salesforce.routes import serve
from sandbox.salesforce.tokens import NotAuthorized, Tokens
from sandbox.salesforce.troubles import Happening

_FIRST, _RETIRED, _LAST = 31, 30, 68  # Summer '25 took 21 to 30 away; Winter '27 brought 68
_BULK_SINCE = {"ingest": 41, "query": 47}
_SOAP = r"/services/Soap/m/\d+\.0(/|$)"
_LONGEST_URI = 16_384  # bytes of address and headers (Salesforce limits cheat sheet)


def answer(org: Org, tokens: Tokens, request: Request) -> Answer:
    path = request.path.rstrip("/")
    try:
        return _struck(org, request, at_edge=True) or _answer(org, tokens, request, path)
    except Refused as refusal:
        return Answer(refusal.status, refusal.as_answer())
    except NotAuthorized as refusal:
        return Answer(400, {"error": refusal.error, "error_description": refusal.description})


def _answer(org: Org, tokens: Tokens, request: Request, path: str) -> Answer:
    if path == "/services/oauth2/token":
        return _grant(org, tokens, request)
    if path == "/services/oauth2/revoke":
        return identity.revoke(tokens, request)
    if path == "/services/oauth2/userinfo" or path.startswith("/id/"):
        return identity.who(org, tokens, request)
    if path.startswith(("/services/Soap/u/", "/services/Soap/c/")):
        return identity.soap_login(request)
    if re.match(_SOAP, request.path):
        return _serve_soap(org, tokens, request)
    if path == "/services/data":
        return Answer(200, _versions())
    return _serve(org, tokens, request)


def _struck(org: Org, request: Request, *, at_edge: bool) -> Answer | None:
    happens = (h for h in org.troubles if h.strikes(request.method, request.path, at_edge=at_edge))
    struck: Happening | None = next(happens, None)
    return struck.trouble.as_answer() if struck else None


def _grant(org: Org, tokens: Tokens, request: Request) -> Answer:
    if request.method != "POST":
        raise NotAuthorized("invalid_request", "must use HTTP POST")
    host, given = request.host_url.rstrip("/"), request.headers.get("Authorization", "")
    granted = tokens.grant(request.form, given, host)
    return Answer(
        200,
        {
            "access_token": granted.token,
            **({"refresh_token": granted.refresh_token} if granted.refresh_token else {}),
            "signature": tokens.signature(granted.token),
            "scope": "api",
            "instance_url": host,
            "id": f"{host}/id/{org.id}/{org.records.login}",
            "token_type": "Bearer",
            "issued_at": str(int(org.records.now().timestamp() * 1000)),
        },
    )


def _serve_soap(org: Org, tokens: Tokens, request: Request) -> Answer:
    if request.method != "POST":
        raise not_found()
    _settle(org, request)
    return soap.answer(org, tokens.check, request.get_data())


def _settle(org: Org, request: Request) -> None:
    """A deployment whose time has come is done before anything else is looked at."""
    if org.metadata.settle(org.records):
        org.changed = org.records.now()
        request.environ["sandbox.rows"] = 0


def _serve(org: Org, tokens: Tokens, request: Request) -> Answer:
    version = _version(request.path)
    tokens.check(request.headers.get("Authorization", ""))
    org.quota.count()
    if struck := _struck(org, request, at_edge=False):
        return struck
    _settle(org, request)
    if len(request.path) + len(request.query_string) > _LONGEST_URI:
        raise Refused("URI_TOO_LONG", "The requested URI is too long", status=414)
    call = Call(
        org,
        request.method,
        request.path.rstrip("/"),
        version,
        request.args.to_dict(),
        dict(request.headers),
        body_of(request),
        host=request.host_url.rstrip("/"),
    )
    if "/jobs/" in call.path:
        return _serve_bulk(org, call, request)
    rows = count_rows(call)
    if rows is not None:
        request.environ["sandbox.rows"] = rows
    _move_jobs(org, request)
    wish = call.headers.get("Sforce-Duplicate-Rule-Header", "").replace(" ", "").lower()
    org.records.policy.may_save_duplicates = "allowsave=true" in wish
    return serve(call)


def _serve_bulk(org: Org, call: Call, request: Request) -> Answer:
    """The call that closes a job is the one that writes its rows, and the org begins with them after its answer."""
    since = next((since for name, since in _BULK_SINCE.items() if f"/jobs/{name}" in call.path), 0)
    if int(call.version[1:-2]) < since:
        raise not_found()
    _move_jobs(org, request)
    reply = serve(call)
    if reply.rows is not None:
        request.environ["sandbox.rows"] = reply.rows
    _move_jobs(org, request)
    return reply


def _move_jobs(org: Org, request: Request) -> None:
    org.records.policy.may_save_duplicates = False  # no header of a call speaks for the rows of a job
    if run(org.bulk):
        org.records.roll_up()
        request.environ["sandbox.changed"] = True


def _versions() -> list[dict[str, str]]:
    return [
        {"label": _label(n), "url": f"/services/data/v{n}.0", "version": f"{n}.0"} for n in range(_FIRST, _LAST + 1)
    ]


def _label(version: int) -> str:
    """Three releases a year, and Winter is named after the year that begins: 67 is Summer '26."""
    return f"{('Spring', 'Summer', 'Winter')[version % 3]} '{(version + 1) // 3 + 4:02}"


def _version(path: str) -> str:
    found = re.match(r"/services/data/v(\d+)\.0(/|$)", path)
    if found is None or int(found[1]) > _LAST:
        raise not_found()
    if int(found[1]) <= _RETIRED:
        words = f"The requested API version v{found[1]}.0 has been retired."
        raise Refused("GONE", words, status=410)
    return f"v{found[1]}.0"
