"""One host over TLS and nowhere else: no redirects, a timeout on everything, the server's clock and limits kept.

simple-salesforce carries the calls. It has no timeouts, follows redirects and would send its token to any host that
an id names, so that the session it is given refuses all but the configured host before a header is attached.

Source   Setup, My Domain: the forms of an org's host; REST API Developer Guide, Sforce-Limit-Info
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter

from connector.errors import NeedsHuman

VENDOR = re.compile(
    r"^[a-z0-9-]+(--[a-z0-9-]+\.sandbox|\.sandbox|\.develop|\.scratch|\.trailblaze)?\.my\.salesforce\.(com|mil)$"
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TIMEOUT = (5.0, 60.0)  # seconds to connect, and between bytes
USAGE = re.compile(r"api-usage=(\d+)/(\d+)")


class Session(requests.Session):
    """`used` is calls of the day and how many there are, as the last answer said, whether good or bad."""

    def __init__(self, base_url: str, transport: HTTPAdapter | None) -> None:
        super().__init__()
        parts = urlsplit(checked(base_url))
        self.host = parts.netloc
        self.server_time: datetime | None = None
        self.used: tuple[int, int] | None = None
        self.trust_env = parts.hostname not in LOOPBACK
        self.mount("https://", transport or (_Loopback() if parts.scheme == "http" else HTTPAdapter()))

    def request(self, method: Any, url: Any, *args: Any, **given: Any) -> requests.Response:
        parts = urlsplit(str(url))
        if parts.netloc != self.host or parts.scheme != "https":
            raise NeedsHuman(f"A call to {parts.netloc or 'nowhere'} was stopped: only {self.host} is ours.")
        given.setdefault("timeout", TIMEOUT)
        given["allow_redirects"] = False
        answer = super().request(method, url, *args, **given)
        if "Date" in answer.headers:
            self.server_time = parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
        if usage := USAGE.match(answer.headers.get("Sforce-Limit-Info", "")):
            self.used = int(usage[1]), int(usage[2])
        return answer


class _Loopback(HTTPAdapter):
    """simple-salesforce knows only https; the sandbox on this machine speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> requests.Response:
        request.url = urlunsplit(("http", *urlsplit(str(request.url))[1:]))
        return super().send(request, *args, **given)


def checked(base_url: str) -> str:
    """My Domain over https, or the sandbox on this machine; a config must not point the token elsewhere."""
    parts = urlsplit(base_url)
    ours = parts.scheme == "https" and VENDOR.match(parts.netloc)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (ours or local) or parts.path not in ("", "/"):
        raise NeedsHuman(
            f"{base_url} is not a Salesforce My Domain.",
            next_step="Write https://yourcompany.my.salesforce.com, as Setup, My Domain shows it.",
            setting="base_url",
        )
    return base_url
