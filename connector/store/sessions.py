"""Who is logged in to the pages. A cookie holds a random key, the store its hash: whoever reads the store is not in.

Units   a session ends after so long without a request, and after so long in any case
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from connector.store.rows import Transactions
from connector.store.tables import sessions

GLANCE = timedelta(minutes=1)  # how exactly the last request is known: a page that is only read writes nothing


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    subject: str
    email: str
    role: str  # "" before login
    csrf: str
    started: datetime
    seen: datetime
    kept: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lasting:
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)


class Sessions:
    def __init__(self, database: Transactions, lasting: Lasting) -> None:
        self._database, self._lasting = database, lasting

    def begin(self, subject: str, email: str, role: str, now: datetime) -> tuple[str, Session]:
        """The key for the cookie, and what it opens."""
        key = secrets.token_urlsafe(32)
        made = Session(_hash(key), subject, email.lower(), role, secrets.token_urlsafe(32), now, now, {})
        with self._database.begin() as connection:
            connection.execute(insert(sessions), {name: getattr(made, name) for name in Session.__slots__})
        return key, made

    def find(self, key: str, now: datetime) -> Session | None:
        columns = [sessions.c[name] for name in Session.__slots__]
        query = select(*columns).where(sessions.c.id == _hash(key), sessions.c.ended.is_(None))
        with self._database.begin() as connection:
            row = connection.execute(query).first()
        found = Session(*row) if row else None
        if not found or now > found.seen + self._lasting.idle or now > found.started + self._lasting.longest:
            return None
        if now > found.seen + GLANCE:
            self._set(found.id, seen=now)
        return found

    def keep(self, session: Session, kept: dict[str, Any]) -> None:
        self._set(session.id, kept=kept)

    def end(self, session: Session, now: datetime) -> None:
        self._set(session.id, ended=now)

    def _set(self, number: str, **values: Any) -> None:
        with self._database.begin() as connection:
            connection.execute(update(sessions).where(sessions.c.id == number).values(**values))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
