"""Logging in and out. The identity provider says who somebody is and in which groups; the config says what those may.

A login under way is a session of its own, of ten minutes, in the browser that began it: what comes back must fit it,
and counts once. Nothing that went wrong leads back to the provider by itself: no browser goes in circles.

Errors   Forbidden: not proven, or in no group that the config names; ServiceUnavailable: the provider
Source   docs/decisions/0027-who-comes-in.md
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden, ServiceUnavailable

from connector.errors import ConnectorError
from connector.host.web.door import Door, hidden, named, role_of
from connector.host.web.limits import asking
from connector.host.web.provider import Asked, NotProven, Provider
from connector.host.web.site import Site
from connector.host.web.who import Role
from connector.serving import Login

PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,500}")
ERROR = re.compile(r"[a-z_]{1,40}")
AGAIN = "Nobody was logged in. Go to the start to log in again."


@dataclass(frozen=True, slots=True)
class Person:
    subject: str
    email: str
    role: Role
    groups: list[str]  # those that the config names


def routes(site: Site) -> Blueprint:
    """Without a login in the config they lead to the pages."""
    found, login = Blueprint("login", __name__), site.settings.login
    provider = Provider(login, site.clock) if login else None
    found.add_url_rule("/login", "begin", partial(_begin, provider))
    found.add_url_rule("/login/callback", "callback", partial(_callback, provider))
    found.add_url_rule("/logout", "leave", _leave, methods=["POST"])
    found.add_url_rule("/logged-out", "left", partial(_left, provider))
    return found


def _begin(provider: Provider | None) -> Any:
    """To the provider, with what its answer must fit; whoever is logged in stays so."""
    door, wanted = _door(), own_path(request.args.get("next", ""))
    if provider is None or door.viewer():
        return redirect(request.root_path + wanted, 303)
    door.limits.refused.demand(asking())
    door.limits.begun.take(asking())
    if before := door.session():
        door.sessions.end(before, door.site.clock.now())
    secret = partial(secrets.token_urlsafe, 32)
    callback = door.address.origin + url_for("login.callback")
    asked = Asked(secret(), secret(), secret(), callback)
    to = _asked_of_provider(lambda: provider.address(asked))
    door.begin("", "", "", {"asked": asdict(asked), "next": wanted})
    return redirect(to, 303)


def _callback(provider: Provider | None) -> Any:
    door, login = _door(), _door().login
    if provider is None or login is None or door.viewer():
        return redirect(url_for("home"), 303)
    door.limits.refused.demand(asking())
    try:
        asked, wanted = _under_way(door)
        claims = _asked_of_provider(lambda: provider.claims(asked, request.args))
        person = person_of(claims, login)
    except NotProven as error:
        door.limits.refused.count(asking())
        door.site.log("login_refused", why=str(error))
        raise Forbidden(f"This login does not hold. {AGAIN}") from error
    if isinstance(person, str):
        return _refuse(door, provider, claims, person)
    kept = {"issuer": login.issuer, "groups": person.groups}
    door.begin(person.subject, person.email, person.role.name, kept)
    door.site.log("logged_in", who=hidden(person.subject), role=person.role.name.lower())
    _note(door, "logged in", by=person.email, role=person.role.name.lower())
    return redirect(request.root_path + wanted, 303)


def _under_way(door: Door) -> tuple[Asked, str]:
    """The login that this browser began; it is over now, whatever comes of it."""
    session, came = door.session(), request.args
    if session is None or session.role or not door.sessions.end(session, door.site.clock.now()):
        raise NotProven("no login is under way in this browser")
    asked = Asked(**session.kept["asked"])
    if not secrets.compare_digest(came.get("state", "").encode(), asked.state.encode()):
        raise NotProven("state")
    if told := came.get("error"):
        raise NotProven(f"the provider said {told if ERROR.fullmatch(told) else 'no'}")
    return asked, str(session.kept["next"])


def person_of(claims: Mapping[str, Any], login: Login) -> Person | str:
    """Whom the claims speak of, or why they may not come in."""
    told = claims.get(login.groups_claim)
    listed = told if isinstance(told, list) else [told]
    groups = [one for one in listed if isinstance(one, str)]
    email = claims.get(login.email_claim)
    if not isinstance(email, str) or "@" not in email or email.isascii() != email.lower().isascii():  # a Kelvin's K
        return f"The identity provider does not tell your e-mail address (claim {login.email_claim})."
    if claims.get("email_verified", True) not in (True, "true"):
        return "The identity provider has not verified your e-mail address."
    role = role_of(groups, login)
    if role is None:
        return f"You came as {email}, and none of the groups that the identity provider tells of you has a role here."
    known = {name for one in Role for name in named(one, login)}
    return Person(str(claims["sub"]), email.lower(), role, sorted(known & set(groups)))


def _refuse(door: Door, provider: Provider, claims: Mapping[str, Any], why: str) -> Response:
    door.limits.refused.count(asking())
    door.site.log("login_refused", who=hidden(str(claims["sub"])), why="no role")
    _note(door, "login refused", who=hidden(str(claims["sub"])))
    return _page(provider, "You may not come in", f"{why} Ask whoever administers Callplan for you.", 403)


def _leave() -> Any:
    door, found = _door(), _door().viewer()
    if found and found.session:
        door.demand_own_form(found.session)
        door.sessions.end(found.session, door.site.clock.now())
        door.site.log("logged_out", who=hidden(found.session.subject))
        _note(door, "logged out", by=found.email)
        g.key = ""
    return redirect(url_for("login.left"), 303)


def _left(provider: Provider | None) -> Response:
    return _page(provider, "You are logged out", "Of Callplan; perhaps not of the identity provider.", 200)


def _page(provider: Provider | None, title: str, why: str, status: int) -> Response:
    """A link leaves the provider and not a redirect: it is the login of everything else, too."""
    back = _door().address.origin + url_for("login.left")
    leave = provider.leave(back) if provider else None
    return make_response(render_template("login.html", title=title, why=why, leave=leave), status)


def _asked_of_provider(question: Any) -> Any:
    try:
        return question()
    except ConnectorError as error:
        _door().site.log("login_impossible", why=error.what)
        raise ServiceUnavailable("The identity provider cannot be asked just now; Callplan's log says why.") from error


def own_path(told: str) -> str:
    """A path of ours; anything else may lead to another site."""
    return told if PATH.fullmatch(told) else "/"


def _note(door: Door, event: str, **facts: object) -> None:
    """Into the audit log; of no CRM."""
    door.site.database.store("").journal.note(event, door.site.clock.now(), **facts)


def _door() -> Door:
    door: Door = current_app.extensions["door"]
    return door
