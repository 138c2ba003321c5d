"""Who may ask the API. Whoever made a token saw it once; the store has its hash, so that whoever reads it is not in.

A token is `callplan_` and 32 random bytes: what leaked into a log or a repository is found by its beginning, and no
guess comes near it. One is found by the hash of all of it, so that no time tells how much of a guess was right.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Select, insert, select, update

from connector.store.rows import Transactions
from connector.store.tables import tokens

PREFIX = "callplan_"
FORM = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}", re.ASCII)
GLANCE = timedelta(minutes=1)  # how exactly the last use is known: a question writes nothing most of the time


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    name: str
    role: str
    email: str  # whose accounts it sees; "" of an admin's, which sees all
    made: datetime
    by: str
    expires: datetime
    used: datetime | None
    revoked: datetime | None

    def good(self, now: datetime) -> bool:
        return self.revoked is None and now < self.expires


@dataclass(frozen=True, slots=True)
class Wanted:
    name: str
    role: str
    email: str
    by: str
    lasts: timedelta


class Reads(Transactions, Protocol):
    def reading(self) -> AbstractContextManager[Connection]: ...


class Tokens:
    def __init__(self, database: Reads) -> None:
        self._database = database

    def make(self, wanted: Wanted, now: datetime) -> tuple[str, Token]:
        """The token, which is never told again, and what is kept of it."""
        key = PREFIX + secrets.token_urlsafe(32)
        row: dict[str, object] = {
            "name": wanted.name,
            "role": wanted.role,
            "email": wanted.email.lower(),
            "by": wanted.by,
        }
        row |= {"email": wanted.email.lower(), "hash": _hash(key), "made": now, "expires": now + wanted.lasts}
        with self._database.begin() as connection:
            number = connection.execute(insert(tokens).values(**row).returning(tokens.c.id)).scalar_one()
        made = next(one for one in self.all() if one.id == number)
        return key, made

    def find(self, key: str, now: datetime) -> Token | None:
        """None where nobody made it, or it has expired or was revoked."""
        if not FORM.fullmatch(key):
            return None
        with self._database.reading() as connection:
            row = connection.execute(_all().where(tokens.c.hash == _hash(key))).first()
        found = Token(*row) if row else None
        if not found or not found.good(now):
            return None
        if found.used is None or now > found.used + GLANCE:
            self._set(found.id, used=now)
        return found

    def all(self) -> list[Token]:
        with self._database.reading() as connection:
            return [Token(*row) for row in connection.execute(_all().order_by(tokens.c.id))]

    def revoke(self, number: int, now: datetime) -> None:
        self._set(number, revoked=now)

    def _set(self, number: int, **values: datetime) -> None:
        with self._database.begin() as connection:
            connection.execute(update(tokens).where(tokens.c.id == number).values(**values))


def _all() -> Select[Any]:
    return select(*(tokens.c[name] for name in Token.__slots__))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
