"""The tokens of one app, installed in the portal by one user: codes, refresh tokens, access tokens of half an hour.

Where the documentation is silent, the stricter way is taken: a code works once, and revoking a refresh token ends
the access tokens that came of it. A token of the app itself, without a user, reads no customer's records.

Source   developers.hubspot.com, "OAuth tokens"; RFC 6749, 7009, 7636, 7662
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.hubspot.errors import Refusal
from sandbox.hubspot.keys import Key, Keys
from sandbox.hubspot.kinds import PORTAL
from sandbox.hubspot.rates import Bucket

CLIENT, SECRET, REFRESH = "sandbox-client", "sandbox-secret", "sandbox-refresh"
REDIRECT = "http://localhost/callback"
APP, USER = 30_000_001, 40_000_001
LIFE, CODE_LIFE, BURST = timedelta(seconds=1800), timedelta(minutes=10), 110
V1_ENDS = datetime(2027, 2, 16, tzinfo=UTC)
APP_SCOPES = frozenset({"developer.webhooks_journal.read", "developer.webhooks_journal.subscriptions.read"})


@dataclass(frozen=True)
class Grant:
    """What a user consented to: a code, or the refresh token that came of it."""

    scopes: frozenset[str]
    until: datetime | None = None
    challenge: str | None = None  # PKCE, S256


@dataclass
class OAuth:
    keys: Keys
    scopes: frozenset[str]
    rotates: bool = False
    v1_ends: datetime = V1_ENDS
    bucket: Bucket = field(default_factory=lambda: Bucket(BURST, daily=False))
    codes: dict[str, Grant] = field(default_factory=dict)
    refreshes: dict[str, Grant] = field(default_factory=dict)
    children: dict[str, str] = field(default_factory=dict)  # access token -> the refresh token it came of

    def __post_init__(self) -> None:
        self.refreshes[REFRESH] = Grant(self.scopes)

    def consent(self, *scopes: str, challenge: str | None = None) -> str:
        """A user agrees on HubSpot's page; the code is what the browser brings back."""
        code = uuid.uuid4().hex
        self.codes[code] = Grant(frozenset(scopes) or self.scopes, self.keys.now() + CODE_LIFE, challenge)
        return code

    def by_code(self, form: dict[str, str]) -> dict[str, Any]:
        if form.get("redirect_uri") != REDIRECT:
            raise refused("invalid_grant", "MISMATCH_REDIRECT_URI_AUTH_CODE", "redirect uri does not match the code's")
        grant = self.codes.pop(form.get("code", ""), None)
        if not grant or (grant.challenge and grant.challenge != _challenge(form.get("code_verifier", ""))):
            raise refused("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
        if grant.until and grant.until <= self.keys.now():
            raise refused("invalid_grant", "EXPIRED_AUTH_CODE", "auth code has expired")
        return self._answer(self._new_refresh(grant), grant)

    def by_refresh(self, form: dict[str, str]) -> dict[str, Any]:
        token = form.get("refresh_token", "")
        grant = self.refreshes.get(token)
        if not grant:
            raise refused("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
        if self.rotates:
            del self.refreshes[token]
            token = self._new_refresh(grant)
        return self._answer(token, grant)

    def by_credentials(self, form: dict[str, str]) -> dict[str, Any]:
        asked = frozenset(form.get("scope", "").split())
        if not asked or not asked <= APP_SCOPES:
            raise refused("invalid_scope", "BAD_SCOPE", "missing or unknown scope")
        return {**self._token(asked, "client_credentials"), "token_use": "client_credentials"}

    def revoke(self, token: str) -> None:
        self.refreshes.pop(token, None)
        for access in [token, *(a for a, came_of in self.children.items() if came_of == token)]:
            if access in self.children:
                self.keys.held.pop(access, None)

    def told(self, token: str) -> dict[str, Any]:
        """What introspection says of a token."""
        about = {"token": token, "token_type": "bearer", "client_id": CLIENT, "app_id": APP, "hub_id": PORTAL}
        about |= {"active": True, "user_id": USER, "hub_domain": "sandbox.example"}
        if grant := self.refreshes.get(token):
            return {**about, "token_use": "refresh_token", "scopes": sorted(grant.scopes)}
        key = self.keys.held.get(token) if token in self.children else None
        if not key or not key.expires or key.expires <= self.keys.now():
            return {"active": False}
        left = int((key.expires - self.keys.now()).total_seconds())
        private = {"is_private_distribution": False, "signed_access_token": _signed(key)}
        return {**about, "token_use": "access_token", "scopes": sorted(key.scopes), "expires_in": left, **private}

    def _new_refresh(self, grant: Grant) -> str:
        token = uuid.uuid4().hex
        self.refreshes[token] = Grant(grant.scopes)
        return token

    def _answer(self, refresh: str, grant: Grant) -> dict[str, Any]:
        whose = {"hub_id": PORTAL, "user_id": USER, "refresh_token": refresh, "token_use": "access_token"}
        return {**self._token(grant.scopes, refresh), **whose}

    def _token(self, scopes: frozenset[str], came_of: str) -> dict[str, Any]:
        access = uuid.uuid4().hex
        self.keys.add(access, scopes, self.bucket, self.keys.now() + LIFE)
        self.children[access] = came_of
        life = int(LIFE.total_seconds())
        return {"token_type": "bearer", "access_token": access, "expires_in": life, "scopes": sorted(scopes)}


def refused(error: str, status: str, text: str) -> Refusal:
    return Refusal(400, {"error": error, "error_description": text, "status": status, "message": text})


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _signed(key: Key) -> dict[str, Any]:
    """Opaque to a client; the fields are the documented ones, the signatures none."""
    texts = ("newSignature", "scopeToScopeGroupPks", "signature", "trialScopes", "trialScopeToScopeGroupPks")
    flags = ("isPrivateDistribution", "isServiceAccount", "isUserLevel")
    return {
        "appId": APP,
        "hubId": PORTAL,
        "userId": USER,
        "installingUserId": USER,
        "hublet": "na1",
        "expiresAt": round(key.expires.timestamp() * 1000) if key.expires else 0,
        "scopes": "",
        **dict.fromkeys(texts, ""),
        **dict.fromkeys(flags, False),
    }
