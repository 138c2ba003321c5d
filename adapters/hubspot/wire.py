"""Calls to one portal: one renewal of a lapsed login, the limits as the portal says them, errors in our words.

Source   developers.hubspot.com, "Date-based versions", "Error handling", "Usage guidelines"
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import urllib3
from hubspot.crm.objects.exceptions import ApiException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from adapters.hubspot import Settings
from adapters.hubspot.errors import APP, KEY, Words, translate, unreachable
from adapters.hubspot.login import Login
from adapters.hubspot.pace import Pace
from adapters.hubspot.session import Session
from connector.contract import Clock, Keep, Limits, Meter, WritePath
from connector.errors import ConnectorError

OBJECTS, PROPERTIES, LISTS = "/crm/objects/2026-09", "/crm/properties/2026-09", "/crm/lists/2026-09"
PATHS = {
    "account": "/account-info/2026-09/details",
    "usage": "/account-info/2026-09/api-usage/daily/private-apps",
    "owners": "/crm/owners/2026-09",
    "properties": f"{PROPERTIES}/{{kind}}",
    "property": f"{PROPERTIES}/{{kind}}/{{name}}",
    "groups": f"{PROPERTIES}/{{kind}}/groups",
    "list": f"{OBJECTS}/{{kind}}",
    "one": f"{OBJECTS}/{{kind}}/{{id}}",
    "search": f"{OBJECTS}/{{kind}}/search",
    "read": f"{OBJECTS}/{{kind}}/batch/read",
    "update": f"{OBJECTS}/{{kind}}/batch/update",
    "create": f"{OBJECTS}/{{kind}}/batch/create",
    "associations": "/crm/associations/2026-03/{kind}/{to}/batch/read",
    "segments": LISTS,
    "segment": f"{LISTS}/object-type-id/{{type}}/name/{{name}}",
}
LOST = (502, 503, 504, 520, 522, 524)  # of the edge: the call may have been carried out behind it


class AnswerLost(Exception):
    """The request went out and no answer came back: it may or may not have been carried out."""


class Refused(Exception):
    """HubSpot refused the whole request, with a body that may say more."""

    def __init__(self, status: int, headers: Any, body: Any, login: Words = KEY) -> None:
        self.status, self.headers, self.body, self.login = status, dict(headers or {}), body, login
        super().__init__(str(status))

    def translated(self) -> ConnectorError:
        return translate(self.status, self.headers, self.body, self.login)


class Wire:
    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        paths: tuple[WritePath, ...],
        meter: Meter,
        keep: Keep,
        transport: urllib3.PoolManager | None,
    ) -> None:
        self._settings, self.clock, self._paths, self._meter = settings, clock, paths, meter
        self._session = Session(settings.base_url, transport)
        self._login, self._pace = Login(settings, self._session, clock, keep), Pace(clock, keep)

    def __repr__(self) -> str:
        return f"Wire({self._settings.base_url})"

    @property
    def limits(self) -> Limits:
        if self._session.used is None:
            return Limits(self._paths)
        used, most = self._session.used
        return Limits(self._paths, most - used, most)

    @property
    def burst(self) -> int:
        """Calls in ten seconds, as the last answer said."""
        return self._session.burst

    @property
    def status(self) -> int:
        """Of the last good answer."""
        return self._session.status

    def now(self) -> datetime:
        """The server's own clock, as its last answer told it."""
        return self._session.server_time or self.clock.now()

    def learn_usage(self) -> None:
        """What is left of the day, where no header told it; an app's login has no such limit."""
        if self._session.used is None and not self._login.renews:
            for row in self.ask("GET", "usage").get("results") or []:
                if row.get("usageLimit") and row.get("currentUsage") is not None:  # HubSpot could count them just now
                    self._session.used = int(row["currentUsage"]), int(row["usageLimit"])

    def ask(self, method: str, path: str, *, query: Any = None, body: Any = None, **names: str) -> Any:
        """One call; its JSON, or None where there is none. `query` is a list of pairs: a name may come twice."""
        try:
            return self.fetch(method, path, query=query, body=body, **names)
        except Refused as refused:
            raise refused.translated() from None

    def fetch(self, method: str, path: str, *, query: Any = None, body: Any = None, **names: str) -> Any:
        """One call that may end in Refused, for a caller that can do something about it.

        A login that has lapsed is renewed once, and the call repeated once.
        """
        token, given = self._login.token(), {"names": names, "query": query, "body": body}
        try:
            return self._call(method, path, token, given)
        except Refused as refused:
            if refused.status != 401 or not self._login.renews:
                raise
        return self._call(method, path, self._login.token(token), given)

    def _call(self, method: str, path: str, token: str, given: dict[str, Any]) -> Any:
        self._take_turn(path)
        self._meter(self.limits)
        try:
            return content_of(self._session.request(method, PATHS[path], token, **given))
        except ApiException as error:
            if error.status in LOST:
                raise AnswerLost(str(error.status)) from None
            words = APP if self._login.renews else KEY
            raise Refused(error.status, error.headers, error.body, words) from None
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise unreachable(self._session.host, "it takes no connection") from error
        except (HTTPError, UnicodeDecodeError) as error:
            raise AnswerLost(type(error).__name__) from error

    def _take_turn(self, path: str) -> None:
        if path == "search":
            self._pace.wait_to_search()
        elif path != "associations":
            self._pace.wait_to_call(self._session.burst)


def content_of(answer: Any) -> Any:
    """The JSON of a good answer; a page of HTML with status 200 is none."""
    if not isinstance(answer, dict | None):
        raise AnswerLost("it is no JSON")
    return answer
