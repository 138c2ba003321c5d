"""Who may call: access tokens for the two machine flows, client credentials and JWT bearer, and no others.

A token lives `seconds` and is not renewed: the client asks for the next one. The password flow is refused, as
in orgs made since Summer '23. A refresh token is not given out by these flows; one that a person got in a
browser (`give_refresh_token`) works, and with `rotates` once only.

Source   help, OAuth 2.0 JWT bearer flow and OAuth error codes; errors have {"error", "error_description"}
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jwt

from sandbox.salesforce.errors import session_expired

if TYPE_CHECKING:
    from jwt.types import Options

CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SHARED_HOSTS = ("login.salesforce.com", "test.salesforce.com")
_AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")


class NotAuthorized(Exception):
    def __init__(self, error: str, description: str) -> None:
        self.error, self.description = error, description
        super().__init__(f"{error}: {description}")


@dataclass(frozen=True, slots=True)
class Granted:
    token: str
    refresh_token: str | None = None


class Tokens:
    def __init__(self, now: Callable[[], datetime], seconds: float, org: str, clients: Mapping[str, str]) -> None:
        self.now, self.lifetime, self.org = now, timedelta(seconds=seconds), org
        self.clients = dict(clients)  # id and secret
        self.jwt_keys: dict[str, str] = {}  # client id and its certificate's public key, PEM
        self.usernames: Callable[[], set[str]] = set
        self.approved: set[str] | None = None  # usernames let in by an administrator; None is everybody
        self.inactive: Callable[[str], bool] = lambda _username: False
        self.has_run_as = True  # whether the app names a user for client credentials
        self.blocked: NotAuthorized | None = None  # what every login is told
        self.rotates = False
        self._issued: dict[str, datetime] = {}
        self._refresh_tokens: set[str] = set()

    def grant(self, form: Mapping[str, str], authorization: str, host: str) -> Granted:
        """An access token for what the form asks, or NotAuthorized."""
        flow = form.get("grant_type", "")
        if self.blocked:
            raise self.blocked
        if flow == CLIENT_CREDENTIALS:
            if urlsplit(host).hostname in _SHARED_HOSTS:
                raise NotAuthorized("invalid_grant", "request not supported on this domain")
            self._check_client(form, authorization)
            if not self.has_run_as:
                raise NotAuthorized("invalid_grant", "no client credentials user enabled")
        elif flow == JWT_BEARER:
            self._check_assertion(form.get("assertion", ""), host)
        elif flow == "password":
            raise NotAuthorized("invalid_grant", "authentication failure")
        elif flow == "refresh_token":
            return self._refresh(form, authorization)
        else:
            raise NotAuthorized("unsupported_grant_type", "grant type not supported")
        return Granted(self._issue())

    def give_refresh_token(self) -> str:
        token = f"5Aep861{secrets.token_urlsafe(48)}"
        self._refresh_tokens.add(token)
        return token

    def _refresh(self, form: Mapping[str, str], authorization: str) -> Granted:
        self._check_client(form, authorization)
        sent = form.get("refresh_token", "")
        if sent not in self._refresh_tokens:
            raise NotAuthorized("invalid_grant", "expired access/refresh token")
        if not self.rotates:
            return Granted(self._issue())
        self._refresh_tokens.discard(sent)
        return Granted(self._issue(), self.give_refresh_token())

    def revoke(self, token: str) -> bool:
        known = token in self._issued or token in self._refresh_tokens
        self._issued.pop(token, None)
        self._refresh_tokens.discard(token)
        return known

    def revoke_app(self) -> None:
        """An administrator takes the app's access away: no session lives on, and none begins."""
        self.expire()
        self._refresh_tokens.clear()
        self.blocked = NotAuthorized("invalid_grant", "user hasn't approved this consumer")

    def signature(self, token: str) -> str:
        return base64.b64encode(hashlib.sha256(token.encode()).digest()).decode()

    def check(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        expires = self._issued.get(token) if scheme in ("Bearer", "OAuth") else None
        if expires is None or expires <= self.now():
            raise session_expired()

    def expire(self) -> None:
        self._issued.clear()

    def _issue(self) -> str:
        token = f"{self.org[:15]}!{secrets.token_urlsafe(48)}"
        self._issued[token] = self.now() + self.lifetime
        return token

    def _check_client(self, form: Mapping[str, str], authorization: str) -> None:
        client, secret = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
        if client not in self.clients:
            raise NotAuthorized("invalid_client_id", "client identifier invalid")
        if not secrets.compare_digest(self.clients[client].encode(), secret.encode()):
            raise NotAuthorized("invalid_client", "invalid client credentials")

    def _check_assertion(self, assertion: str, host: str) -> None:
        claims = self._claims(assertion)
        if str(claims.get("aud", "")).rstrip("/") not in (*_AUDIENCES, host.rstrip("/")):
            raise NotAuthorized("invalid_grant", "Audience validation failed")
        if _seconds(claims.get("exp")) <= self.now().timestamp():
            raise NotAuthorized("invalid_grant", "expired authorization code")
        user = str(claims.get("sub"))
        if user not in self.usernames():
            raise NotAuthorized("invalid_grant", "user hasn't approved this consumer")
        if self.inactive(user):
            raise NotAuthorized("inactive_user", "user is inactive")
        if self.approved is not None and user not in self.approved:
            raise NotAuthorized("invalid_grant", "user is not admin approved to access this app")

    def _claims(self, assertion: str) -> dict[str, Any]:
        """The claims of an assertion that was signed with the certificate of its own client."""
        unchecked: Options = {"verify_signature": False, "verify_exp": False, "verify_aud": False}
        try:
            client = jwt.decode(assertion, options=unchecked).get("iss")
            if client not in self.jwt_keys:
                raise NotAuthorized("invalid_client_id", "client identifier invalid")
            checked: Options = {**unchecked, "verify_signature": True}
            return jwt.decode(assertion, self.jwt_keys[client], algorithms=["RS256"], options=checked)
        except jwt.PyJWTError:
            raise NotAuthorized("invalid_grant", "invalid assertion") from None


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, word = authorization.partition(" ")
    if scheme != "Basic":
        return None
    try:
        client, _, secret = base64.b64decode(word, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret


def _seconds(exp: object) -> float:
    """Some clients send the expiry as text, and some in milliseconds; Salesforce takes both."""
    try:
        number = float(str(exp))
    except ValueError:
        return 0.0
    return number / 1000 if number > 1e11 else number
