"""Whoever comes in: a session by its cookie, a form by its token, an answer with its headers.

Without `web.login` whoever sits at this machine is its admin: only a loopback address is answered, and only under a
loopback name, so that no page of another site can reach it by a name of its own.

Views say who may have them by `allowed`; one that says nothing is nobody's. Webhooks and health are open, the API has
tokens of its own: their blueprints are named in OPEN.
"""

from __future__ import annotations

import getpass
import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, redirect, request
from werkzeug.exceptions import BadRequest, Forbidden

from connector.errors import NeedsHuman
from connector.host.web.site import Site
from connector.host.web.who import Role, Viewer
from connector.serving import LOOPBACK
from connector.store.sessions import Lasting, Session, Sessions

OPEN = {"webhooks", "health", "login", "static"}  # blueprints that let in by themselves, or let everybody in
SAFE = {"GET", "HEAD", "OPTIONS"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def lasting(site: Site) -> Lasting:
    login = site.settings.login
    if not login:
        return Lasting()
    return Lasting(timedelta(minutes=login.idle_minutes), timedelta(hours=login.longest_hours))


class Door:
    def __init__(self, site: Site) -> None:
        self.site, self.sessions = site, Sessions(site.database, lasting(site))
        stop_if_open_to_all(site)

    @property
    def local(self) -> bool:
        return self.site.settings.login is None

    @property
    def secure(self) -> bool:
        return (self.site.settings.public_url or "").startswith("https://")

    @property
    def cookie(self) -> str:
        return "__Host-callplan" if self.secure else "callplan"

    def set_up(self, app: Flask) -> None:
        app.before_request(self.let_in)
        app.after_request(self.see_out)

    def let_in(self) -> Any:
        if request.blueprint in OPEN or request.endpoint is None:
            return None
        if self.local:
            self._demand_loopback()
        session = self.sessions.find(request.cookies.get(self.cookie, ""), self.site.clock.now())
        if session is None or not session.role:
            if not self.local:
                return redirect("/login", HTTPStatus.SEE_OTHER) if request.method in SAFE else _log_in_first()
            session = self.begin("local", getpass.getuser(), Role.ADMIN)
            if request.method not in SAFE:
                raise Forbidden("The page is too old. Load it again.")
        self._demand_own_form(session)
        g.viewer = Viewer(session.email, Role[session.role], session)
        return None

    def begin(self, subject: str, email: str, role: Role) -> Session:
        """A session with a new key: what a browser held before is worth nothing afterwards."""
        g.key, session = self.sessions.begin(subject, email, role.name, self.site.clock.now())
        return session

    def see_out(self, answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if self.secure:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000"
        if key := g.get("key"):
            answer.set_cookie(self.cookie, key, secure=self.secure, httponly=True, samesite="Lax", path="/")
        return answer

    def _demand_loopback(self) -> None:
        if request.host.rsplit(":", 1)[0].strip("[]") not in LOOPBACK:
            raise BadRequest("Without `web.login` these pages are for this machine: open http://localhost.")

    def _demand_own_form(self, session: Session) -> None:
        if request.method in SAFE:
            return
        given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise Forbidden("This came from another site.")
        if not secrets.compare_digest(given.encode(), session.csrf.encode()):
            raise Forbidden("The form does not belong to this login. Load the page again.")


def stop_if_open_to_all(site: Site) -> None:
    if site.settings.login is None and site.settings.host not in LOOPBACK:
        raise NeedsHuman(
            f"Pages without `web.login` are for this machine alone, and `web.host` is {site.settings.host}.",
            where=site.config.at("web", "host"),
            next_step="Add `login:` under `web:`, or listen at 127.0.0.1.",
        )


def _log_in_first() -> Response:
    raise Forbidden("The login is over. Load the page again to log in.")
