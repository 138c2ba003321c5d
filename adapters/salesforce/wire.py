"""Calls to one org: one renewal of a lapsed login, the limits as the org says them, errors in our words.

Source   REST API Developer Guide, Status Codes and Error Responses
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce as Carrier
from simple_salesforce.exceptions import SalesforceError
from urllib3.exceptions import NewConnectionError

from adapters.salesforce import Settings
from adapters.salesforce.errors import translate, unreachable
from adapters.salesforce.login import Login
from adapters.salesforce.session import Session
from connector.contract import Clock, Keep, Limits, Meter, WritePath


class AnswerLost(Exception):
    """The request went out and no answer came back: it may or may not have been carried out."""


class Wire:
    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        paths: tuple[WritePath, ...],
        meter: Meter,
        keep: Keep,
        transport: HTTPAdapter | None,
    ) -> None:
        self._settings, self.clock, self._paths, self._meter = settings, clock, paths, meter
        self._session = Session(settings.base_url, transport)
        self._login = Login(settings, self._session, clock, keep)
        self._carrier: Any = None

    def __repr__(self) -> str:
        return f"Wire({self._settings.base_url})"

    @property
    def limits(self) -> Limits:
        if self._session.used is None:
            return Limits(self._paths)
        used, most = self._session.used
        return Limits(self._paths, most - used, most)

    def now(self) -> datetime:
        """The server's own clock, as its last answer told it."""
        return self._session.server_time or self.clock.now()

    def ask(self, method: str, path: str, **given: Any) -> Any:
        """One call; its JSON, or None where there is none."""
        answer = self.fetch(method, path, **given)
        return content_of(answer) if answer.content else None

    def fetch(self, method: str, path: str, **given: Any) -> requests.Response:
        """One call. A login that has lapsed is renewed once, and the call repeated once."""
        carrier = self._carrier or self._log_in(None)
        try:
            return self._call(carrier, method, path, **given)
        except _Lapsed:
            carrier = self._log_in(carrier.session_id)
        try:
            return self._call(carrier, method, path, **given)
        except _Lapsed as lapsed:
            raise translate(401, lapsed.content) from None

    def versions(self) -> list[dict[str, str]]:
        """The API versions that the org offers, oldest first; no login is needed to ask."""
        try:
            answer = self._session.get(f"https://{self._session.host}/services/data")
        except requests.exceptions.RequestException as error:
            raise unreachable(self._session.host, "it takes no connection, or breaks it") from error
        return list(content_of(answer))

    def _call(self, carrier: Any, method: str, path: str, **given: Any) -> requests.Response:
        self._meter(self.limits)
        url = f"{carrier.base_url}{path}"
        try:
            answer: requests.Response = carrier._call_salesforce(method, url, name=path, **given)
        except SalesforceError as error:
            raise _refused(error.status, error.content) from None
        except requests.exceptions.RequestException as error:
            raise self._no_answer(error) from error
        return answer

    def _no_answer(self, error: requests.exceptions.RequestException) -> Exception:
        """Only where no connection came about is it sure that nothing was carried out."""
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(reason, NewConnectionError):
            return unreachable(self._session.host, "it takes no connection")
        return AnswerLost(type(error).__name__)

    def _log_in(self, lapsed: str | None) -> Any:
        self._carrier = Carrier(
            session_id=self._login.token(lapsed),
            instance_url=self._settings.base_url,
            session=self._session,
            version=self._settings.api_version,
        )
        return self._carrier


def content_of(answer: requests.Response) -> Any:
    """The JSON of a good answer; a page of HTML with status 200 is none."""
    try:
        return answer.json()
    except ValueError:
        raise translate(answer.status_code, None) from None


class _Lapsed(Exception):
    def __init__(self, content: Any) -> None:
        self.content = content


def _refused(status: int, content: Any) -> Exception:
    if status == 401:
        return _Lapsed(content)
    if status in (502, 503, 504) and not isinstance(content, list):
        return AnswerLost(str(status))
    return translate(status, content)
