"""Who is logged in to the pages. A cookie holds a random key, the store its hash: whoever reads the store is not in.

Units   a session ends after so long without a request, and after so long in any case; a login under way after minutes
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, bindparam, insert, select, update

from connector.errors import TryAgain
from connector.store.rows import Readable
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


COLUMNS = [sessions.c[name] for name in Session.__slots__]
OPEN = select(*COLUMNS).where(sessions.c.id == bindparam("key"), sessions.c.ended.is_(None))


@dataclass(frozen=True, slots=True)
class Lasting:
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    login: timedelta = timedelta(minutes=10)

    def over(self, session: Session, now: datetime) -> bool:
        longest = self.longest if session.role else self.login
        return now > session.seen + self.idle or now > session.started + longest


class Sessions:
    def __init__(self, database: Readable, lasting: Lasting) -> None:
        self._database, self._lasting = database, lasting

    def begin(
        self, subject: str, email: str, role: str, now: datetime, kept: Mapping[str, Any] | None = None
    ) -> tuple[str, Session]:
        """The key for the cookie, and what it opens."""
        key, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        made = Session(_hash(key), subject, email.lower(), role, csrf, now, now, dict(kept or {}))
        with self._database.begin() as connection:
            connection.execute(insert(sessions), {name: getattr(made, name) for name in Session.__slots__})
        return key, made

    def find(self, key: str, now: datetime) -> Session | None:
        """What a key opens; a store that is busy makes no page wait for the time of its last request."""
        if not key:
            return None
        with self._database.reading() as connection:
            row = connection.execute(OPEN, {"key": _hash(key)}).first()
        found = Session(*row) if row else None
        if not found or self._lasting.over(found, now):
            return None
        if now > found.seen + GLANCE:
            with suppress(TryAgain), self._database.at_once() as connection:
                connection.execute(_setting(found.id, seen=now))
        return found

    def keep(self, session: Session, kept: dict[str, Any]) -> None:
        self._set(session.id, kept=kept)

    def end(self, session: Session, now: datetime) -> bool:
        """Whether it had not ended before: of two who bring the same, one has it."""
        return self._set(session.id, ended=now)

    def open(self, now: datetime) -> list[Session]:
        """Of those who are logged in, the last request first."""
        query = select(*COLUMNS).where(sessions.c.ended.is_(None), sessions.c.role != "")
        query = query.where(sessions.c.seen >= now - self._lasting.idle).order_by(sessions.c.seen.desc())
        with self._database.reading() as connection:
            found = [Session(*row) for row in connection.execute(query)]
        return [session for session in found if not self._lasting.over(session, now)]

    def _set(self, number: str, **values: Any) -> bool:
        with self._database.begin() as connection:
            return connection.execute(_setting(number, **values)).rowcount == 1


def _setting(number: str, **values: Any) -> Update:
    return update(sessions).where(sessions.c.id == number, sessions.c.ended.is_(None)).values(**values)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
