"""The right to call one portal: a service key as it is, or an app's access token, shared by all processes of one store.

An access token lives for half an hour and is fetched anew a minute before its end. It is kept sealed with the app's own
secret, together with the refresh token that came with it, should HubSpot ever give another one. A process that is
refused looks first whether another process has fetched the next.

Source   developers.hubspot.com, "OAuth", version 2026-09; RFC 6749
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from hubspot.crm.objects.exceptions import ApiException
from urllib3.exceptions import HTTPError

from adapters.hubspot import Settings
from adapters.hubspot.errors import APP, translate, unreachable
from adapters.hubspot.session import Session
from connector.contract import Clock, Keep, Secret
from connector.errors import NeedsHuman

TOKEN = "/oauth/2026-09/token"  # noqa: S105  (a path)
MARGIN = timedelta(minutes=1)  # before its end a token is fetched anew
DRAWER = "login"


class Login:
    def __init__(self, settings: Settings, session: Session, clock: Clock, keep: Keep) -> None:
        self._settings, self._session, self._clock, self._keep = settings, session, clock, keep

    @property
    def renews(self) -> bool:
        """Whether a new token can be had without a person."""
        return self._settings.token is None

    def token(self, lapsed: str | None = None) -> str:
        """The token that is kept, unless it has lapsed; else a new one."""
        if not self.renews:
            return _shown(self._settings.token)
        kept = self._unseal(self._keep.get(DRAWER))
        if kept and kept["access_token"] != lapsed and self._clock.now().timestamp() < kept["until"]:
            return str(kept["access_token"])
        fresh = self._fetch(kept)
        self._keep.put(DRAWER, self._seal().encrypt(json.dumps(fresh).encode()).decode())
        return str(fresh["access_token"])

    def _fetch(self, kept: dict[str, Any] | None) -> dict[str, Any]:
        refresh = str(kept["refresh_token"]) if kept else _shown(self._settings.refresh_token)
        asked_at = self._clock.now()
        try:
            content = self._session.request("POST", TOKEN, form=self._asked(refresh))
        except ApiException as error:
            if (other := self._unseal(self._keep.get(DRAWER))) and other != kept:
                return other  # fetched by another process, which made ours invalid
            raise translate(error.status, dict(error.headers or {}), error.body, APP) from None
        except HTTPError as error:
            raise unreachable(self._session.host, "it takes no connection, or breaks it") from error
        if not isinstance(content, dict) or "access_token" not in content:
            raise translate(500, {}, None)
        until = asked_at + timedelta(seconds=float(content.get("expires_in") or 1800)) - MARGIN
        return {
            "access_token": str(content["access_token"]),
            "refresh_token": str(content.get("refresh_token") or refresh),
            "until": until.timestamp(),
        }

    def _asked(self, refresh: str) -> list[tuple[str, str]]:
        return [
            ("grant_type", "refresh_token"),
            ("client_id", str(self._settings.client_id)),
            ("client_secret", _shown(self._settings.client_secret)),
            ("refresh_token", refresh),
        ]

    def _seal(self) -> Fernet:
        settings = self._settings
        told = "\n".join((settings.base_url, _shown(settings.client_secret), _shown(settings.refresh_token)))
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(told.encode()).digest()))

    def _unseal(self, sealed: str | None) -> dict[str, Any] | None:
        """What another app, secret or refresh token sealed is none."""
        try:
            return dict(json.loads(self._seal().decrypt(sealed.encode()))) if sealed else None
        except InvalidToken:
            return None


def _shown(secret: Secret | None) -> str:
    if secret is None or not secret.reveal().isascii() or not secret.reveal().isprintable():
        raise NeedsHuman("The HubSpot login has a character that no key has.", next_step="Copy the key anew.")
    return secret.reveal()
