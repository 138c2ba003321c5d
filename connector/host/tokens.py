"""`callplan tokens`: each making and each end of one is in the audit log, with the account on this machine that did it.

Errors   NeedsHuman: no token of that number, or one that is revoked already
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from connector.contract import Clock
from connector.errors import NeedsHuman
from connector.host.open import WallClock, open_base, open_config
from connector.store import Database
from connector.store.tokens import Token, Wanted

WALL: Clock = WallClock()


@dataclass(frozen=True, slots=True)
class Made:
    key: str
    said: str


def make(config: Path, name: str, role: str, email: str, days: int, clock: Clock = WALL) -> Made:
    database, now = _open(config), clock.now()
    key, token = database.tokens.make(Wanted(name, role.upper(), email, getpass.getuser(), timedelta(days=days)), now)
    _note(config, database, "token made", token, clock)
    until = f"{token.expires:%Y-%m-%d}"
    return Made(key, f"Token {token.id}, {name}, {role}, until {until}. Keep it: it is not shown again.")


def said(config: Path, clock: Clock = WALL) -> Iterator[str]:
    for token in _open(config).tokens.all():
        yield f"{token.id}  {token.name}, {token.role.lower()}{_whose(token)}: {_state(token, clock)}; {_used(token)}"


def revoke(config: Path, number: int, clock: Clock = WALL) -> str:
    database = _open(config)
    found = next((one for one in database.tokens.all() if one.id == number), None)
    if not found or found.revoked:
        raise NeedsHuman(
            f"There is no token {number}{' that is not revoked already' if found else ''}.",
            next_step="See `callplan tokens list`.",
        )
    database.tokens.revoke(number, clock.now())
    _note(config, database, "token revoked", found, clock)
    return f"Token {number}, {found.name}, is revoked. No request passes by it any more."


def _open(config: Path) -> Database:
    return open_base(open_config(config))


def _note(config: Path, database: Database, event: str, token: Token, clock: Clock) -> None:
    crm = next(iter(open_config(config).value.crm))
    facts = {"token": token.id, "name": token.name, "role": token.role.lower(), "email": token.email}
    database.store(crm).journal.note(event, clock.now(), **facts, by=getpass.getuser())


def _whose(token: Token) -> str:
    return f" {token.email}" if token.email else ""


def _state(token: Token, clock: Clock) -> str:
    if token.revoked:
        return f"revoked {token.revoked:%Y-%m-%d}"
    return f"{'until' if token.good(clock.now()) else 'expired'} {token.expires:%Y-%m-%d}"


def _used(token: Token) -> str:
    return f"last used {token.used:%Y-%m-%d %H:%M} UTC" if token.used else "never used"
