"""HTTP to one org and to nowhere else: login, one renewal, timeouts, limits, errors in our words.

simple-salesforce carries the calls. It has no timeouts, follows redirects and would send its token to any host that
an id names, so that the session it is given refuses all but the configured host before a header is attached.

Source   salesforce help, OAuth 2.0 Client Credentials Flow: the token is to be had on My Domain only
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce as Carrier
from simple_salesforce.exceptions import SalesforceError
from urllib3.exceptions import NewConnectionError

from adapters.salesforce import Settings
from adapters.salesforce.errors import translate, unreachable
from connector.contract import Clock, Limits, Meter, WritePath
from connector.errors import NeedsHuman

VENDOR = re.compile(
    r"^[a-z0-9-]+(--[a-z0-9-]+\.sandbox|\.sandbox|\.develop|\.scratch|\.trailblaze)?\.my\.salesforce\.(com|mil)$"
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TIMEOUT = (5.0, 60.0)  # seconds to connect, and between bytes


class AnswerLost(Exception):
    """The request went out and no answer came back: it may or may not have been carried out."""


class Wire:
    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        paths: tuple[WritePath, ...],
        meter: Meter,
        transport: HTTPAdapter | None,
    ) -> None:
        self._settings, self._clock, self._paths, self._meter = settings, clock, paths, meter
        self._session = _Session(_checked(settings.base_url), transport)
        self._carrier: Any = None
        self._used: tuple[int, int] | None = None

    def __repr__(self) -> str:
        return f"Wire({self._settings.base_url})"

    @property
    def limits(self) -> Limits:
        if self._used is None:
            return Limits(self._paths)
        used, most = self._used
        return Limits(self._paths, most - used, most)

    def now(self) -> datetime:
        """The server's own clock, as its last answer told it."""
        return self._session.server_time or self._clock.now()

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """One call. A login that has lapsed is renewed once, and the call repeated once."""
        try:
            return self._call(method, path, **given)
        except _Lapsed:
            self._carrier = None
        try:
            return self._call(method, path, **given)
        except _Lapsed as lapsed:
            raise translate(401, lapsed.content) from None

    def _call(self, method: str, path: str, **given: Any) -> Any:
        carrier = self._login()
        self._meter(self.limits)
        try:
            answer = carrier.restful(path, method=method, **given)
        except SalesforceError as error:
            raise _refused(error.status, error.content) from None
        except requests.exceptions.RequestException as error:
            raise self._no_answer(error) from error
        if carrier.api_usage.get("api-usage"):
            self._used = (carrier.api_usage["api-usage"].used, carrier.api_usage["api-usage"].total)
        return answer

    def _no_answer(self, error: requests.exceptions.RequestException) -> Exception:
        """Only where no connection came about is it sure that nothing was carried out."""
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(reason, NewConnectionError):
            return unreachable(self._session.host, "it takes no connection")
        return AnswerLost(type(error).__name__)

    def _login(self) -> Any:
        if self._carrier is None:
            self._carrier = Carrier(
                session_id=self._token(),
                instance_url=self._settings.base_url,
                session=self._session,
                version=self._settings.api_version,
            )
        return self._carrier

    def _token(self) -> str:
        secret = self._settings.client_secret.reveal()
        url = f"https://{self._session.host}/services/oauth2/token"
        try:
            answer = self._session.post(
                url, data={"grant_type": "client_credentials"}, auth=(self._settings.client_id, secret)
            )
        except requests.exceptions.RequestException as error:
            raise unreachable(self._session.host, "it takes no connection, or breaks it") from error
        content = _json(answer)
        if answer.status_code != 200 or "access_token" not in content:
            raise translate(answer.status_code, content)
        return str(content["access_token"])


class _Lapsed(Exception):
    def __init__(self, content: Any) -> None:
        self.content = content


def _refused(status: int, content: Any) -> Exception:
    if status == 401:
        return _Lapsed(content)
    if status in (502, 503, 504) and not isinstance(content, list):
        return AnswerLost(str(status))
    return translate(status, content)


class _Session(requests.Session):
    """One host, no redirects, a timeout on everything."""

    def __init__(self, base_url: str, transport: HTTPAdapter | None) -> None:
        super().__init__()
        parts = urlsplit(base_url)
        self.host, self.server_time = parts.netloc, None
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
        return answer

    server_time: datetime | None


class _Loopback(HTTPAdapter):
    """simple-salesforce knows only https; the sandbox on this machine speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> requests.Response:
        request.url = urlunsplit(("http", *urlsplit(str(request.url))[1:]))
        return super().send(request, *args, **given)


def _checked(base_url: str) -> str:
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


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {}
