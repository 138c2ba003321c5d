"""Calls to one portal, as plain as any client makes them: one host, a pause before each, a limit waited out.

Source   developers.hubspot.com, "Usage guidelines": 100 calls in ten seconds, 5 searches in one; "Error handling"
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

from adapters.hubspot.session import checked
from connector.contract import Clock
from connector.errors import NeedsHuman

OBJECTS, V3 = "/crm/objects/2026-09", "/crm/v3/objects"
ONE_S_LINKS, LINKS = "/crm/objects/2026-03", "/crm/associations/2026-03"
PROPERTIES, LISTS, ACCOUNT = "/crm/properties/2026-09", "/crm/lists/2026-09", "/account-info/2026-09"
PAUSE = 0.25  # seconds: four calls a second are within every limit, that of searches too
WAITS = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0}
TRIES = 6
WORD = re.compile(r"[A-Za-z0-9_.]+")


class CannotRun(Exception):
    """Nothing more can be asked of this portal."""


class NotAsked(Exception):
    """A question that could not be put, and why."""


class Scopeless(NotAsked):
    """The key may not do that; nothing has come of it."""


class Odd(Exception):
    """What was answered where a question's preparations wanted another answer."""


@dataclass(frozen=True)
class Answer:
    status: int
    said: Any  # parsed, or the text of a page
    headers: Mapping[str, str]  # by their names in small letters

    @property
    def told(self) -> str:
        """Status and HubSpot's own words for it; never a text, which could hold values of the portal."""
        if isinstance(self.said, str):
            return f"{self.status} page" if self.said else str(self.status)
        errors = self.row.get("errors") or [] if self.status >= 400 else []
        words = [self.row.get("category"), *(error.get("code") for error in errors)]
        return " ".join([str(self.status), *dict.fromkeys(w for w in words if w and WORD.fullmatch(w))])

    @property
    def row(self) -> dict[str, Any]:
        """What was said, where that is a row of names and values."""
        return self.said if isinstance(self.said, dict) else {}

    def demand(self, *statuses: int) -> Answer:
        if self.status not in statuses:
            raise Odd(self.told)
        return self


class Portal:
    def __init__(self, url: str, key: str, clock: Clock) -> None:
        try:
            self._url = checked(url).rstrip("/")
        except NeedsHuman:
            raise CannotRun("--url is neither HubSpot over https nor http on this machine.") from None
        if not re.fullmatch(r"[!-~]+", key):  # what else a header holds, an error would show
            raise CannotRun("HUBSPOT_KEY is no key: it is empty, or has blanks or other signs in it.")
        self._key, self.clock, self._http = key, clock, urllib3.PoolManager()

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, **query: Any
    ) -> Answer:
        sent = {"Authorization": f"Bearer {self._key}", "Accept": "application/json", **(headers or {})}
        sent |= {"Content-Type": "application/json"} if body is not None else {}
        address = self._url + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        written = None if body is None else json.dumps(body)
        for _ in range(TRIES):
            self.clock.sleep(PAUSE)
            answer = self._send(method, address, sent, written)
            if answer.status != 429:
                return _askable(answer)
            self.clock.sleep(_wait(answer))
        raise NotAsked(f"the limit of calls was reached {TRIES} times in a row")

    def bearer(self, word: str) -> dict[str, str]:
        """The key behind another word than HubSpot's."""
        return {"Authorization": f"{word} {self._key}"}

    def _send(self, method: str, address: str, headers: Mapping[str, str], body: str | None) -> Answer:
        try:
            answer = self._http.request(method, address, headers=headers, body=body, retries=False, timeout=60)
        except urllib3.exceptions.HTTPError as error:
            raise NotAsked(f"no answer ({type(error).__name__})") from None
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, _parsed(answer.data.decode(errors="replace"), told.get("content-type", "")), told)


def _parsed(text: str, kind: str) -> Any:
    try:
        return json.loads(text) if "json" in kind else text
    except ValueError:
        return text


def _askable(answer: Answer) -> Answer:
    """An answer to the question, and not to who asked it."""
    if answer.status == 403:
        missing = _missing_scopes(answer.row)
        raise Scopeless(f"the key lacks {', '.join(missing)}" if missing else f"HubSpot answers {answer.told}")
    if answer.status >= 500:
        raise NotAsked(f"HubSpot answers {answer.status}")
    return answer


def _missing_scopes(said: dict[str, Any]) -> list[str]:
    told = [error.get("context") or {} for error in said.get("errors") or []]
    return [scope for context in told for scope in context.get("requiredGranularScopes") or []]


def _wait(answer: Answer) -> float:
    policy = answer.row.get("policyName")
    if policy == "DAILY":
        raise CannotRun("The calls of this day are spent. Run it again tomorrow.")
    return WAITS.get(str(policy), 10.0)
