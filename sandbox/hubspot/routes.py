"""Paths to handlers. Each family answers under its dated path and its legacy one, with or without a slash at the end.

Source   developers.hubspot.com, "Date-based versions": 2026-03 and 2026-09 (2025-09 still answers)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from sandbox.hubspot import associations, definitions, objects, tracking
from sandbox.hubspot.errors import html

if TYPE_CHECKING:
    from sandbox.hubspot.app import HubSpot

DATED = ("2025-09", "2026-03", "2026-09")
Route = Callable[[str, str, str, Callable[..., Response], str], None]


def add_routes(flask: Flask, hub: HubSpot) -> None:
    def route(family: str, legacy: str, rest: str, handler: Callable[..., Response], method: str = "GET") -> None:
        for path in (f"/{legacy}{rest}", *(f"/{family}/{version}{rest}" for version in DATED)):
            flask.add_url_rule(path, f"{method} {path}", handler, methods=[method])

    flask.before_request(_refuse_other_types)
    flask.register_error_handler(404, lambda _: html(404))
    flask.register_error_handler(405, lambda _: html(405))
    handlers = Handlers(hub)
    route("account-info", "account-info/v3", "/details", handlers.details)
    route("account-info", "account-info/v3", "/api-usage/daily/private-apps", handlers.usage)
    route("crm/owners", "crm/v3/owners", "", handlers.owners)
    for family in (objects, definitions, associations, tracking):
        family.add_routes(route, hub)


def _refuse_other_types() -> Response | None:
    """Who does not take JSON is refused before anything else is looked at."""
    return None if request.accept_mimetypes.accept_json or not request.accept_mimetypes else html(406)


class Handlers:
    def __init__(self, hub: HubSpot) -> None:
        self.hub = hub

    def details(self) -> Response:
        self._plain()
        zone = {"timeZone": "US/Central", "utcOffset": "-06:00", "utcOffsetMilliseconds": -21_600_000}
        told = {"portalId": 20_000_001, "accountType": "DEVELOPER_TEST", "companyCurrency": "USD", **zone}
        return self.hub.answer({**told, "additionalCurrencies": [], "uiDomain": "app.hubspot.com"})

    def usage(self) -> Response:
        self._plain()
        rates = self.hub.rates
        used = {"usageLimit": rates.daily, "currentUsage": rates.used, "fetchStatus": "SUCCESS"}
        return self.hub.answer({"results": [{"name": "private-apps-api-calls-daily", **used}]})

    def owners(self) -> Response:
        self._plain("crm.objects.owners.read")
        return self.hub.answer({"results": self.hub.owners.wire()})

    def _plain(self, *scopes: str) -> None:
        self.hub.admit()
        self.hub.need(*scopes)
        self.hub.rates.count(search=False, exempt=False)
