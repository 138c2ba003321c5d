"""Who may call: access tokens for the two machine flows, client credentials and JWT bearer, and no others.

A token lives `seconds` and is not renewed: the client asks for the next one. The password flow is refused,
as in orgs made since Summer '23, and a refresh token has never been given out.

Source   help, OAuth 2.0 JWT bearer flow and OAuth error codes; errors have {"error", "error_description"}
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import jwt

from sandbox.salesforce.errors import session_expired

if TYPE_CHECKING:
    from jwt.types import Options

CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")


class NotAuthorized(Exception):
    def __init__(self, error: str, description: str) -> None:
        self.error, self.description = error, description
        super().__init__(f"{error}: {description}")


class Tokens:
    def __init__(self, now: Callable[[], datetime], seconds: float, org: str, clients: Mapping[str, str]) -> None:
        self.now, self.lifetime, self.org = now, timedelta(seconds=seconds), org
        self.clients = dict(clients)  # id and secret
        self.jwt_keys: dict[str, str] = {}  # client id and its certificate's public key, PEM
        self.usernames: Callable[[], set[str]] = set
        self._issued: dict[str, datetime] = {}

    def grant(self, form: Mapping[str, str], authorization: str, host: str) -> str:
        """An access token for what the form asks, or NotAuthorized."""
        flow = form.get("grant_type", "")
        if flow == CLIENT_CREDENTIALS:
            self._check_client(form, authorization)
        elif flow == JWT_BEARER:
            self._check_assertion(form.get("assertion", ""), host)
        elif flow == "password":
            raise NotAuthorized("invalid_grant", "authentication failure")
        elif flow == "refresh_token":
            raise NotAuthorized("invalid_grant", "expired access/refresh token")
        else:
            raise NotAuthorized("unsupported_grant_type", "grant type not supported")
        return self._issue()

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
        if claims.get("sub") not in self.usernames():
            raise NotAuthorized("invalid_grant", "user hasn't approved this consumer")

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
