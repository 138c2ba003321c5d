"""Ledgerly over HTTP: a token for the key, renewed once when it lapses; what a refusal means; the calls left.

Errors   NeedsHuman, TryAgain, StopForTonight by the table below; AnswerLost where it may have been carried out
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from connector.contract import Limits, Meter, WritePath
from connector.errors import ConnectorError, NeedsHuman, StopForTonight, TryAgain

if TYPE_CHECKING:
    from . import Settings

ROWS = 50  # in a batch
TIMEOUT = (5, 60)
LAPSED = 401
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class AnswerLost(Exception):
    pass


class Wire:
    def __init__(self, settings: Settings, meter: Meter) -> None:
        self._settings, self._meter, self._session = settings, meter, requests.Session()
        demand_host(settings.base_url)
        self._token = ""
        self.limits = Limits((WritePath("batch", ROWS),))

    def __repr__(self) -> str:
        return f"<Ledgerly at {urlsplit(self._settings.base_url).netloc}>"

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """Its JSON. A token that has lapsed is renewed once."""
        if not self._token:
            self._log_in()
        answer = self._call(method, path, **given)
        if answer.status_code == LAPSED:
            self._log_in()
            answer = self._call(method, path, **given)
        if answer.status_code != requests.codes.ok:
            raise refused(answer, path)
        return answer.json()

    def _call(self, method: str, path: str, **given: Any) -> requests.Response:
        self._meter(self.limits)
        answer = self._send(method, path, headers={"Authorization": f"Bearer {self._token}"}, **given)
        if "X-Calls-Left" in answer.headers:
            left, day = (int(answer.headers[name]) for name in ("X-Calls-Left", "X-Calls-Day"))
            self.limits = Limits(self.limits.paths, left, day)
        return answer

    def _send(self, method: str, path: str, **given: Any) -> requests.Response:
        try:
            url = f"{self._settings.base_url}/{path}"
            return self._session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **given)
        except requests.RequestException as error:
            reason = getattr(error.args[0] if error.args else None, "reason", None)
            if isinstance(reason, NewConnectionError):
                raise TryAgain("Ledgerly does not answer.", after=30, setting="base_url") from error
            raise AnswerLost(type(error).__name__) from error

    def _log_in(self) -> None:
        try:
            answer = self._send("POST", "token", json={"key": self._settings.key.reveal()})
        except AnswerLost as error:
            raise TryAgain("Ledgerly gave no token.", after=10) from error
        if answer.status_code != requests.codes.ok:
            raise NeedsHuman("Ledgerly refuses the key.", next_step="Make another in Ledgerly.", setting="key")
        self._token = str(answer.json()["token"])


def demand_host(address: str) -> None:
    """A config must not send the key to somebody else."""
    parts = urlsplit(address)
    vendor = parts.scheme == "https" and (parts.hostname or "").endswith(".ledgerly.example")
    if parts.username or not (vendor or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise NeedsHuman(
            "That is no address of Ledgerly.",
            next_step="Write https://yourteam.ledgerly.example.",
            setting="base_url",
        )


def refused(answer: requests.Response, path: str) -> ConnectorError:
    code = _code_of(answer)
    if code == "QUOTA":
        return StopForTonight("Ledgerly's calls of today are spent.", next_step="Run again tomorrow.")
    if answer.status_code in (429, 503):
        return TryAgain("Ledgerly is busy.", after=float(answer.headers.get("Retry-After", 5)))
    if answer.status_code == LAPSED:
        return NeedsHuman("Ledgerly refuses the token.", next_step="Make another key in Ledgerly.", setting="key")
    return NeedsHuman(f"Ledgerly refuses {path}: {code or answer.status_code}.", next_step="Run `callplan check`.")


def _code_of(answer: requests.Response) -> str:
    """A proxy's page has none."""
    try:
        return str(answer.json()["code"])
    except (ValueError, LookupError, TypeError):
        return ""
