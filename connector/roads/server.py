"""One question to a routing engine's server: JSON in, JSON out, and a failure that says what happened.

Errors   EngineFailed: refused, timed out, a server's own error, or an answer that is no JSON
"""

from __future__ import annotations

from typing import Any

import requests

from connector.roads.legs import EngineFailed


class Server:
    """A 4xx is an answer too: engines say in its body what they do not do."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self.url, self._timeout, self._session = url.rstrip("/"), timeout_seconds, requests.Session()

    def get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path, None)

    def post(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        return self._ask("POST", path, question)

    def _ask(self, method: str, path: str, question: dict[str, Any] | None) -> dict[str, Any]:
        try:
            answer = self._session.request(
                method, f"{self.url}{path}", json=question, timeout=self._timeout, allow_redirects=False
            )
        except requests.Timeout as error:
            raise EngineFailed("did not answer", f"within {self._timeout:g} seconds, {self.url}") from error
        except requests.RequestException as error:
            raise EngineFailed("did not answer", f"{type(error).__name__}, {self.url}") from error
        if answer.status_code >= 500 or 300 <= answer.status_code < 400:
            raise EngineFailed(f"answered {answer.status_code}", self.url)
        try:
            found = answer.json()
        except ValueError as error:
            raise EngineFailed("answered what is no JSON", self.url) from error
        if not isinstance(found, dict):
            raise EngineFailed("answered what is no JSON object", self.url)
        return found
