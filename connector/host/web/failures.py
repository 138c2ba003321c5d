"""What cannot be answered, as a page that says what to do next; of a fault of ours nothing but that it is on record."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException, default_exceptions

from connector.errors import ConnectorError, NeedsHuman, TryAgain
from connector.host.web.api.problems import Refused, problem
from connector.host.web.who import Absent

TITLES = {
    400: "This cannot be read",
    403: "Not for you",
    404: "Not found",
    405: "Not found",
    409: "Somebody was faster",
    413: "Too large",
    429: "Too often",
    500: "A fault in Callplan",
    503: "Not now",
}

WORDS = {  # in place of those of the library
    400: "What was sent is not what this page asks for. Go back, look at what you wrote, and send it again.",
    404: Absent.description,
    405: Absent.description,
    413: "A request has at most a megabyte. Send less at once.",
}


def set_up(app: Flask) -> None:
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(ConnectorError, _answer_ours)
    app.register_error_handler(Exception, _answer_fault)


def _answer(error: HTTPException) -> Response:
    allow = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    code = error.code or 500
    ours = WORDS.get(code) if error.description == getattr(default_exceptions.get(code), "description", None) else None
    return _page(code, ours or error.description or "", allow)


def _answer_ours(error: ConnectorError) -> Response:
    if _is_api():
        current_app.extensions["site"].log("not_answered", why=error.what)
        return problem(Refused(503, "Callplan cannot answer now: its log says why."))
    status = 400 if isinstance(error, NeedsHuman) else 503 if isinstance(error, TryAgain) else 409
    return _page(status, str(error))


def _answer_fault(error: Exception) -> Response:
    """Where, and which kind of error: its text may hold what nobody should read in a log."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    current_app.extensions["site"].log("fault", error=type(error).__name__, at=f"{at.name}:{at.lineno}")
    return _page(500, "It is on record in the log. What you did may not have been done: look before you do it again.")


def _page(status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    if _is_api():
        return problem(Refused(status, why, headers=headers))
    title = TITLES.get(status, "This did not work")
    if request.blueprint == "webhooks" or not request.accept_mimetypes.accept_html:
        return Response(f"{why}\n", status, headers, content_type="text/plain; charset=utf-8")
    return make_response(render_template("failure.html", title=title, why=why, back=_back()), status, headers or {})


def _back() -> str:
    """The page of ours that a form was on."""
    before = urlsplit(request.referrer or "")
    ours = request.method == "POST" and before.netloc == request.host and not before.path.startswith("//")
    return urlunsplit(("", "", before.path, before.query, "")) if ours else ""


def _is_api() -> bool:
    return request.path.startswith("/api/")
