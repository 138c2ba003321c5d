"""Who may ask: the keys of one portal, each with scopes and ten seconds of its own.

A service key does not expire; the access token of an OAuth app does, after half an hour.

Source   developers.hubspot.com, "Account service keys", "Working with OAuth"; the texts of 401 as live captures have
         them: the header must be `Bearer`, one space and the token, to the letter
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.hubspot.errors import Refusal, envelope, unauthorized
from sandbox.hubspot.rates import Bucket
from sandbox.hubspot.values import iso

BEARER = "Bearer "


@dataclass
class Key:
    token: str
    scopes: frozenset[str]
    bucket: Bucket
    expires: datetime | None = None


@dataclass
class Keys:
    now: Callable[[], datetime]
    held: dict[str, Key] = field(default_factory=dict)

    def add(self, token: str, scopes: Iterable[str], bucket: Bucket | int, expires: datetime | None = None) -> Key:
        bucket = Bucket(bucket) if isinstance(bucket, int) else bucket
        self.held[token] = Key(token, frozenset(scopes), bucket, expires)
        return self.held[token]

    def admit(self, header: str | None) -> Key:
        """The key that a call shows."""
        written = header or ""
        key = self.held.get(written.removeprefix(BEARER)) if written.startswith(BEARER) else None
        if not key:
            raise unauthorized()
        if key.expires and key.expires <= self.now():
            raise _expired(key.expires, self.now())
        return key

    def revoke_static(self) -> None:
        """A service key does not renew itself."""
        self.held = {token: key for token, key in self.held.items() if key.expires}


def _expired(at: datetime, now: datetime) -> Refusal:
    ago = int((now - at).total_seconds())
    text = f"The OAuth token used to make this call expired {ago} second(s) ago."
    return Refusal(401, envelope(text, "EXPIRED_AUTHENTICATION", context={"expire time": [iso(at)]}))
