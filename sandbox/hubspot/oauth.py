"""How an app gets in: the paths where codes and refresh tokens are changed for access tokens.

All requests are forms, never JSON, and are refused in the words of RFC 6749 with HubSpot's older status beside them.

Source   developers.hubspot.com, "OAuth tokens": version 1 ends on 2027-02-16
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Response, request

from sandbox.hubspot.errors import Refusal, envelope
from sandbox.hubspot.tokens import CLIENT, SECRET, refused

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot
    from sandbox.hubspot.routes import Route

FORM = "application/x-www-form-urlencoded"


def add_routes(route: Route, hub: HubSpot) -> None:
    at = partial(route, "oauth", "oauth/v3")
    at("/token", partial(token, hub), "POST")
    at("/token/introspect", partial(introspect, hub), "POST")
    at("/token/revoke", partial(revoke, hub), "POST")
    hub.flask.add_url_rule("/oauth/v1/token", "oauth v1", partial(token_v1, hub), methods=["POST"])


def token(hub: HubSpot) -> Response:
    form, oauth = _form(), hub.oauth
    ways = {
        "authorization_code": oauth.by_code,
        "refresh_token": oauth.by_refresh,
        "client_credentials": oauth.by_credentials,
    }
    way = ways.get(form.get("grant_type", ""))
    if not way:
        raise refused("unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")
    return hub.answer(way(form))


def token_v1(hub: HubSpot) -> Response:
    """The old path: four fields, until it ends. Gone is 410 here; the documentation names no code."""
    if hub.now() >= hub.oauth.v1_ends:
        raise Refusal(410, envelope("This version of the OAuth API is no longer available.", "GONE"))
    answer = token(hub)
    kept = ("token_type", "access_token", "refresh_token", "expires_in")
    return hub.answer({name: value for name, value in answer.get_json().items() if name in kept})


def introspect(hub: HubSpot) -> Response:
    return hub.answer(hub.oauth.told(_form().get("token", "")))


def revoke(hub: HubSpot) -> Response:
    """An unknown token is revoked already."""
    form = _form()
    if not form.get("token"):
        raise refused("invalid_request", "BAD_TOKEN", "missing token")
    hub.oauth.revoke(form["token"])
    return Response(status=200)


def _form() -> dict[str, str]:
    """The form of a client that we know."""
    if request.mimetype != FORM:
        raise refused("invalid_request", "BAD_REQUEST", f"the body must be {FORM}")
    form = request.form.to_dict()
    if form.get("client_id") != CLIENT:
        raise refused("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
    if form.get("client_secret") != SECRET:
        raise refused("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret")
    return form
