"""A program with a token of a person, in front of a house: what it asks and what it is told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from typing import Any

from connector.store.tokens import Wanted
from tests.web.house import ROLES, House

NINETY_DAYS = timedelta(days=90)


def token(home: House, who: str, lasts: timedelta = NINETY_DAYS) -> str:
    wanted = Wanted("a script", ROLES[who].name, who, "robin", lasts)
    return home.site.database.tokens.make(wanted, home.site.clock.now())[0]


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    headers: Message
    text: str

    @property
    def told(self) -> Any:
        return json.loads(self.text)


def ask(home: House, path: str, key: str = "", body: Any = None, **headers: str) -> Answer:
    """GET, or POST where there is a body."""
    sent = {"Authorization": f"Bearer {key}"} if key else {}
    if body is not None:
        sent["Content-Type"] = "application/json"
    text = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
    got = home.ask("POST" if body is not None else "GET", path, {**sent, **headers}, text)
    return Answer(got.status, got.headers.get_content_type(), got.headers, got.read().decode())
