"""Whose token it is. A cookie counts for nothing here, so that no page of another site can ask in somebody's name.

Whoever sends wrong tokens is answered 429 after a while; a good one always passes, so that nobody who guesses behind
the same proxy locks the others out.

Source   RFC 6750, "Bearer Token Usage"
"""

from __future__ import annotations

from flask import current_app, request

from connector.host.web.api.problems import Refused
from connector.host.web.limits import asking
from connector.host.web.site import Site
from connector.host.web.who import Role, Viewer

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="callplan"'}
MISTAKEN = {"WWW-Authenticate": 'Bearer realm="callplan", error="invalid_token"'}


def by_token() -> Viewer:
    """The person, or the program, whose token came with the request."""
    site: Site = current_app.extensions["site"]
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not key:
        raise Refused(401, "There is no token in the request.", headers=CHALLENGE)
    found = site.database.tokens.find(key.strip(), site.clock.now())
    if not found:
        raise _wrong(site)
    return Viewer(found.email or f"token {found.name}", Role[found.role])


def _wrong(site: Site) -> Refused:
    limit, address = current_app.extensions["limits"].tokens, asking()
    if wait := limit.wait(address):
        return Refused(429, "Too many wrong tokens.", headers={"Retry-After": str(wait)})
    limit.count(address)
    site.log("token_refused", address=address)
    return Refused(401, "The token is not good: unknown, expired or revoked.", headers=MISTAKEN)
