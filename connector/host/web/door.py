"""Whoever comes in: a session by its cookie, a form by its token, an answer with its headers.

Without `web.login` whoever sits at this machine is its admin: only a loopback address is answered, and only under a
loopback name, so that no page of another site can reach it by a name of its own.

Views say who may have them by `allowed`; one that says nothing is nobody's. Webhooks and health are open, the API has
tokens of its own: their blueprints are named in OPEN. What somebody may is decided anew at each request, from the
groups of their login and the config: a group that the config no longer names opens nothing.
"""

from __future__ import annotations

import getpass
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, g, make_response, redirect, request, url_for
from werkzeug.exceptions import BadRequest, Forbidden

from connector.host.web.address import Address, stop_if_open_to_all
from connector.host.web.limits import Limits
from connector.host.web.site import Site
from connector.host.web.who import Absent, Role, Viewer
from connector.serving import Login, Web
from connector.store.sessions import Lasting, Session, Sessions

OPEN = {"webhooks", "health", "login", "static", "api"}  # blueprints that let in by themselves or let all in
NAMELESS = {"webhooks", "health", "api"}  # reached under any name: no browser's login counts there
SAFE = {"GET", "HEAD", "OPTIONS"}
REFUSED = {403, 404}  # told to the log: what is not theirs is 404, as what is not there
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser sends `Origin: null` with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


def lasting(settings: Web) -> Lasting:
    login = settings.login
    if not login:
        return Lasting()
    return Lasting(timedelta(minutes=login.idle_minutes), timedelta(hours=login.longest_hours))


def role_of(groups: Iterable[str], login: Login) -> Role | None:
    """The highest of any group, by its exact name."""
    mine = set(groups)
    return next((role for role in sorted(Role, reverse=True) if mine & set(named(role, login))), None)


def named(role: Role, login: Login) -> tuple[str, ...]:
    groups: tuple[str, ...] = getattr(login.groups, role.name.lower())
    return groups


class Door:
    def __init__(self, site: Site) -> None:
        stop_if_open_to_all(site)
        self.site, self.sessions = site, Sessions(site.database, lasting(site.settings))
        self.address, self.limits = Address(site), Limits(site.clock)

    @property
    def login(self) -> Login | None:
        return self.site.settings.login

    def set_up(self, app: Flask) -> None:
        app.wsgi_app = self.address.mounted(app.wsgi_app)  # type: ignore[method-assign, assignment]
        app.before_request(self.let_in)
        app.after_request(self.see_out)

    def let_in(self) -> Any:
        if request.blueprint not in NAMELESS:
            self.address.demand_ours()
        if request.endpoint is None:
            g.viewer = self.viewer()  # whoever has lost the way finds it again by the head of the page
            return None
        if request.blueprint in OPEN:
            return None
        if not hasattr(current_app.view_functions[request.endpoint], "allowed"):
            raise Absent
        found = self.viewer()
        if found is None:
            if self.login:
                return _to_login()
            found = self._at_this_machine()
        g.viewer = found
        demand_text()
        self.demand_own_form(found.session)
        return None

    def viewer(self) -> Viewer | None:
        """Whoever is logged in, with the role that is theirs today."""
        session = self.session()
        role = self._role(session) if session else None
        return Viewer(session.email, role, session) if session and role else None

    def session(self) -> Session | None:
        """Also of somebody whose login is under way."""
        return self.sessions.find(request.cookies.get(self.address.cookie, ""), self.site.clock.now())

    def _role(self, session: Session) -> Role | None:
        if not session.role or not self.login:
            return Role[session.role] if session.role else None
        if session.kept.get("issuer") != self.login.issuer:
            return None
        return role_of(session.kept.get("groups", ()), self.login)

    def _at_this_machine(self) -> Viewer:
        session = self.begin("local", getpass.getuser(), Role.ADMIN.name)
        if request.method not in SAFE:
            raise Forbidden("The page is too old. Load it again.")
        return Viewer(session.email, Role.ADMIN, session)

    def begin(self, subject: str, email: str, role: str, kept: Mapping[str, Any] | None = None) -> Session:
        """A session with a new key: what a browser held before is worth nothing afterwards."""
        g.key, session = self.sessions.begin(subject, email, role, self.site.clock.now(), kept)
        return session

    def see_out(self, answer: Response) -> Response:
        self._tell_refusal(answer.status_code)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if self.address.secure:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if (key := g.get("key")) is not None:
            secure, age = request.is_secure, None if key else 0
            answer.set_cookie(self.address.cookie, key, age, secure=secure, httponly=True, samesite="Lax", path="/")
        return answer

    def _tell_refusal(self, status: int) -> None:
        """Of somebody who is let in and asks for what is not theirs: by page or by API, under no name."""
        found: Viewer | None = g.get("viewer")
        if found and status in REFUSED:
            told = {
                "role": found.role.name.lower(),
                "who": hidden(found.session.subject if found.session else found.email),
            }
            self.site.log("refused", status=status, at=request.endpoint or "", **told)

    def demand_own_form(self, session: Session | None) -> None:
        """That a page of ours sent this, for the one who is logged in."""
        if request.method in SAFE:
            return
        given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden("This came from another site.")
        if request.headers.get("Origin", self.address.origin) != self.address.origin:
            raise Forbidden("This came from another site.")
        if not session or not secrets.compare_digest(given.encode(), session.csrf.encode()):
            raise Forbidden("The form does not belong to this login. Load the page again.")


def demand_text() -> None:
    """No text has a NUL in it: PostgreSQL takes none, and would answer by a fault."""
    if any("\0" in value for given in (request.args, request.form) for _, value in given.items(multi=True)):
        raise BadRequest("There is a sign in what was sent that no text has.")


def hidden(subject: str) -> str:
    """Who, for the log: the same for the same person, and no name."""
    return hashlib.sha256(subject.encode()).hexdigest()[:12]


def _to_login() -> Response:
    """With the page that was wanted; a part of a page that htmx asks for cannot follow to another site."""
    if request.method not in SAFE:
        raise Forbidden("The login is over. Load the page again to log in.")
    if request.headers.get("HX-Request"):
        answer = make_response("", HTTPStatus.FORBIDDEN)
        answer.headers["HX-Redirect"] = url_for("login.begin")
        return answer
    query = request.query_string.decode("latin-1")
    wanted = quote(request.path) + (f"?{query}" if query else "")
    return make_response(redirect(url_for("login.begin", next=wanted), HTTPStatus.SEE_OTHER))
