"""Paths to handlers. Each family answers under its dated path and its legacy one, with or without a slash at the end.

Source   developers.hubspot.com, "Date-based versions": 2026-03 and 2026-09 (2025-09 still answers)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.routing import Rule

from sandbox.hubspot import account, associations, definitions, lists, members, oauth, objects, owners, tracking
from sandbox.hubspot.errors import html

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot

DATED = ("2025-09", "2026-03", "2026-09")


class OneWay(Rule):
    """A path that is matched and never built: building is nine tenths of what a rule costs at the start."""

    def _compile_builder(self, append_unknown: bool = True) -> Any:  # werkzeug's own; without it, only slower
        return lambda _rule, **_values: None


Route = Callable[..., None]  # family, legacy family, rest of the path, handler, and the method where it is not GET


def add_routes(flask: Flask, hub: HubSpot) -> None:
    def route(family: str, legacy: str, rest: str, handler: Callable[..., Response], method: str = "GET") -> None:
        for path in (f"/{legacy}{rest}", *(f"/{family}/{version}{rest}" for version in DATED)):
            flask.add_url_rule(path, f"{method} {path}", handler, methods=[method])

    flask.before_request(_refuse_other_types)
    flask.register_error_handler(404, lambda _: html(404))
    flask.register_error_handler(405, lambda _: html(405))
    for family in (account, oauth, owners, lists, members, objects, definitions, associations, tracking):
        family.add_routes(route, hub)


def _refuse_other_types() -> Response | None:
    """Who does not take JSON is refused before anything else is looked at."""
    return None if request.accept_mimetypes.accept_json or not request.accept_mimetypes else html(406)
