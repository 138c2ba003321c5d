"""One host over TLS and nowhere else: no redirects, a timeout on everything, the server's clock and limits kept.

hubspot-api-client carries the calls, by its generated `ApiClient.call_api`: the paths that it knows end in 2027, so
that ours are the dated ones. Its pool has no timeout and repeats some calls by itself; both are set here.

Source   developers.hubspot.com, "Usage guidelines": the headers of the limits, which search does not send
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

from connector.errors import NeedsHuman

VENDOR = re.compile(r"^api(-[a-z0-9]+)?\.hubapi\.com$")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TIMEOUT = (5.0, 60.0)  # seconds to connect, and between bytes
GOOD = dict.fromkeys((200, 201, 202, 207), "object")  # 204 has no content
FORM = "application/x-www-form-urlencoded"
BURST = 100  # calls in ten seconds, until an answer has told the portal's own number


class Session:
    """`used` is calls of the day and how many there are, as the last answer said, whether good or bad."""

    def __init__(self, base_url: str, transport: urllib3.PoolManager | None) -> None:
        self.host = urlsplit(checked(base_url)).netloc
        self.server_time: datetime | None = None
        self.used: tuple[int, int] | None = None
        self.burst = BURST
        self.status = 0  # of the last good answer
        given = Configuration(host=base_url.rstrip("/"))
        given.retries = False  # no repeats, no redirects: the engine decides
        self._client: Any = ApiClient(given)
        self._client.user_agent = "callplan"
        if transport:
            self._client.rest_client.pool_manager = transport

    def request(self, method: str, path: str, token: str | None = None, **given: Any) -> Any:
        """One call; its JSON as it came, or None. `names` fill the path, `form` goes where a body would.

        Errors   hubspot-api-client's ApiException, and urllib3's for want of an answer
        """
        headers = {"Accept": "application/json", "Content-Type": FORM if "form" in given else "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            content, self.status, told = self._client.call_api(
                path,
                method,
                given.get("names"),
                given.get("query") or [],
                headers,
                body=given.get("body"),
                post_params=given.get("form"),
                response_types_map=GOOD,
                _request_timeout=TIMEOUT,
            )
        except ApiException as error:
            self._listen(error.headers or {})
            raise
        self._listen(told)
        return content

    def _listen(self, headers: Any) -> None:
        told = {name.lower(): value for name, value in dict(headers).items()}
        if "date" in told:
            self.server_time = parsedate_to_datetime(told["date"]).astimezone(UTC)
        if "x-hubspot-ratelimit-max" in told:
            self.burst = int(told["x-hubspot-ratelimit-max"])
        if "x-hubspot-ratelimit-daily-remaining" in told:
            most = int(told["x-hubspot-ratelimit-daily"])
            self.used = most - int(told["x-hubspot-ratelimit-daily-remaining"]), most


def checked(base_url: str) -> str:
    """HubSpot over https, or the sandbox on this machine; a config must not point the key elsewhere."""
    parts = urlsplit(base_url)
    ours = parts.scheme == "https" and VENDOR.match(parts.netloc)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (ours or local) or parts.path not in ("", "/"):
        raise NeedsHuman(f"{base_url} is not HubSpot.", next_step="Leave `base_url:` out.", setting="base_url")
    return base_url
