"""An access token for one org, by client credentials or by a signed assertion, shared by all processes of one store.

A token is kept sealed with the app's own secret, so that the store never holds one that it could use. When one lapses,
a process first looks whether another has fetched the next.

Source   Salesforce help, OAuth 2.0 Client Credentials Flow (My Domain only) and JWT Bearer Flow; RFC 7523
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import jwt
import requests
from cryptography.fernet import Fernet, InvalidToken

from adapters.salesforce import Settings
from adapters.salesforce.errors import translate, unreachable
from adapters.salesforce.session import Session
from connector.contract import Clock, Keep
from connector.errors import NeedsHuman

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
VALID = timedelta(minutes=3)  # the longest that Salesforce takes
DRAWER = "login"


class Login:
    def __init__(self, settings: Settings, session: Session, clock: Clock, keep: Keep) -> None:
        self._settings, self._session, self._clock, self._keep = settings, session, clock, keep

    def token(self, lapsed: str | None = None) -> str:
        """The token that is kept, unless it is the one that has lapsed; else a new one."""
        kept = self._unseal(self._keep.get(DRAWER))
        if kept and kept != lapsed:
            return kept
        fresh = self._fetch()
        self._keep.put(DRAWER, self._seal().encrypt(fresh.encode()).decode())
        return fresh

    def _fetch(self) -> str:
        form, auth = self._asked()
        url = f"https://{self._session.host}/services/oauth2/token"
        try:
            answer = self._session.post(url, data=form, auth=auth)
        except requests.exceptions.RequestException as error:
            raise unreachable(self._session.host, "it takes no connection, or breaks it") from error
        content = _json(answer)
        if answer.status_code != 200 or "access_token" not in content:
            raise translate(answer.status_code, content)
        return str(content["access_token"])

    def _asked(self) -> tuple[dict[str, str], tuple[str, str] | None]:
        if self._settings.client_secret:
            secret = self._settings.client_secret.reveal()
            return {"grant_type": "client_credentials"}, (self._settings.client_id, secret)
        return {"grant_type": JWT_BEARER, "assertion": self._assertion()}, None

    def _assertion(self) -> str:
        claims = {
            "iss": self._settings.client_id,
            "sub": self._settings.username,
            "aud": self._settings.audience or self._settings.base_url.rstrip("/"),
            "exp": int((self._clock.now() + VALID).timestamp()),
        }
        try:
            return jwt.encode(claims, self._secret(), algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise NeedsHuman(
                "The private key cannot be read.",
                next_step="It is the PEM file whose certificate was uploaded to the app: ${FILE:callplan.key}.",
                setting="private_key",
            ) from None

    def _secret(self) -> str:
        secret = self._settings.client_secret or self._settings.private_key
        return secret.reveal() if secret else ""

    def _seal(self) -> Fernet:
        told = f"{self._settings.base_url}\n{self._settings.client_id}\n{self._secret()}"
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(told.encode()).digest()))

    def _unseal(self, sealed: str | None) -> str | None:
        """What another app or secret sealed is none."""
        try:
            return self._seal().decrypt(sealed.encode()).decode() if sealed else None
        except InvalidToken:
            return None


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {}
