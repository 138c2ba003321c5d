"""HTTP to one portal and to nowhere else: key, timeouts, limits, errors in our words.

hubspot-api-client carries the calls, by its generated `ApiClient.call_api`: the paths that it knows end in 2027, so
that ours are the dated ones, in one table. Its pool has no timeout and repeats some calls by itself; both are set here.

Source   developers.hubspot.com, "Date-based versions"
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import urllib3
from hubspot.crm.objects import ApiClient, Configuration
from hubspot.crm.objects.exceptions import ApiException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from adapters.hubspot import Settings
from adapters.hubspot.errors import translate, unreachable
from connector.contract import Clock, Limits, Meter, WritePath
from connector.errors import NeedsHuman, TryAgain

VENDOR = re.compile(r"^api(-[a-z0-9]+)?\.hubapi\.com$")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TIMEOUT = (5.0, 60.0)  # seconds to connect, and between bytes

PATHS = {
    "properties": "/crm/properties/2026-09/{kind}",
    "owners": "/crm/owners/2026-09",
    "list": "/crm/objects/2026-09/{kind}",
    "one": "/crm/objects/2026-09/{kind}/{id}",
    "search": "/crm/objects/2026-09/{kind}/search",
    "read": "/crm/objects/2026-09/{kind}/batch/read",
    "update": "/crm/objects/2026-09/{kind}/batch/update",
    "associations": "/crm/associations/2026-03/{kind}/{to}/batch/read",
}


class AnswerLost(Exception):
    """The request went out and no answer came back: it may or may not have been carried out."""


class Refused(Exception):
    """HubSpot refused the whole request, with a body that may say more."""

    def __init__(self, status: int, headers: Any, body: Any) -> None:
        self.status, self.headers, self.body = status, dict(headers or {}), body
        super().__init__(str(status))


class Wire:
    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        paths: tuple[WritePath, ...],
        meter: Meter,
        transport: urllib3.PoolManager | None,
    ) -> None:
        self._clock, self._host, self._paths, self._meter = clock, _checked(settings.base_url), paths, meter
        given = Configuration(host=settings.base_url.rstrip("/"))
        given.access_token = settings.token.reveal()
        given.retries = False  # no repeats, no redirects: the engine decides
        self._client: Any = ApiClient(given)
        self._client.user_agent = "callplan"
        if transport:
            self._client.rest_client.pool_manager = transport
        self._left: tuple[int, int] | None = None
        self._server_time: datetime | None = None

    def __repr__(self) -> str:
        return f"Wire({self._host})"

    @property
    def limits(self) -> Limits:
        return Limits(self._paths, *(self._left or (None, None)))

    def now(self) -> datetime:
        """The server's own clock, as its last answer told it."""
        return self._server_time or self._clock.now()

    def ask(self, method: str, path: str, *, query: Any = None, body: Any = None, **names: str) -> Any:
        """One call. `query` is a list of pairs, since a name may come twice."""
        try:
            return self.try_asking(method, path, query=query, body=body, **names)
        except Refused as refused:
            raise translate(refused.status, refused.headers, refused.body) from None

    def try_asking(self, method: str, path: str, *, query: Any = None, body: Any = None, **names: str) -> Any:
        """One call that may end in Refused, for a caller that can do something about it."""
        self._meter(self.limits)
        try:
            answer, _status, headers = self._client.call_api(
                PATHS[path],
                method,
                names,
                query or [],
                {"Accept": "application/json", "Content-Type": "application/json"},
                body=body,
                response_types_map=dict.fromkeys((200, 201, 207), "object"),
                auth_settings=["oauth2"],
                _request_timeout=TIMEOUT,
            )
        except ApiException as error:
            self._listen(error.headers or {})
            if error.status in (502, 503, 504):
                raise AnswerLost(str(error.status)) from None
            raise Refused(error.status, error.headers, error.body) from None
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise unreachable(self._host, "it takes no connection") from error
        except (HTTPError, UnicodeDecodeError) as error:
            raise AnswerLost(type(error).__name__) from error
        self._listen(headers)
        if not isinstance(answer, dict):
            raise AnswerLost("it is no JSON")
        return answer

    def read(self, method: str, path: str, **given: Any) -> Any:
        """A call that changes nothing: a lost answer is asked for again."""
        try:
            return self.ask(method, path, **given)
        except AnswerLost as error:
            raise TryAgain(f"HubSpot did not finish its answer ({error}).", after=5) from error

    def _listen(self, headers: Any) -> None:
        told = {name.lower(): value for name, value in dict(headers).items()}
        if "date" in told:
            self._server_time = parsedate_to_datetime(told["date"]).astimezone(UTC)
        if "x-hubspot-ratelimit-daily-remaining" in told:
            self._left = (
                int(told["x-hubspot-ratelimit-daily-remaining"]),
                int(told["x-hubspot-ratelimit-daily"]),
            )


def _checked(base_url: str) -> str:
    """HubSpot over https, or the sandbox on this machine; a config must not point the key elsewhere."""
    parts = urlsplit(base_url)
    ours = parts.scheme == "https" and VENDOR.match(parts.netloc)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (ours or local) or parts.path not in ("", "/"):
        raise NeedsHuman(f"{base_url} is not HubSpot.", next_step="Leave `base_url:` out.", setting="base_url")
    return parts.netloc
