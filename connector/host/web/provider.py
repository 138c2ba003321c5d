"""The OpenID Connect provider, as its discovery document describes it: where people go, and whom its tokens prove.

Authorization Code with PKCE S256; a token counts when its signature, `iss`, `aud`, `azp`, `exp`, `iat` and `nonce` do.
Only the ID token is read. Signatures by a shared secret are refused: whoever knows the public key could make one.

Errors   NeedsHuman, TryAgain: the provider; NotProven: what somebody brought back
Source   OpenID Connect Core 1.0, 3.1.3.7; RFC 9207; docs/decisions/0027-who-comes-in.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from connector.contract import Clock
from connector.errors import NeedsHuman, TryAgain
from connector.host.web.wire import Wire, silent
from connector.serving import Login

SIGNED_BY = tuple(f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512))
DISCOVERY = "/.well-known/openid-configuration"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KNOWN_FOR = timedelta(hours=1)
PAUSE = timedelta(seconds=10)
LEEWAY = 60  # seconds by which the clocks may differ


class NotProven(Exception):
    """What came back does not say who this is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a login under way has told the provider, and must hear again."""

    state: str
    nonce: str
    verifier: str
    redirect: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the provider said of itself, and when."""

    about: Mapping[str, Any]
    keys: KeySet
    when: datetime


class Provider:
    def __init__(self, login: Login, clock: Clock) -> None:
        self._login, self._clock = login, clock
        self._known: Known | None = None
        self._silent_since: datetime | None = None

    def address(self, asked: Asked) -> str:
        """Where a browser goes to log in."""
        at = self._about()["authorization_endpoint"]
        with self._client(asked) as client:
            url, _ = client.create_authorization_url(
                at, state=asked.state, nonce=asked.nonce, code_verifier=asked.verifier
            )
        return str(url)

    def leave(self, back: str) -> str | None:
        """Where a browser goes to log out of the provider, too; None where it has no such place."""
        at = self._known.about.get("end_session_endpoint") if self._known else None
        told = urlencode({"client_id": self._login.client_id, "post_logout_redirect_uri": back})
        return f"{at}?{told}" if at else None

    def claims(self, asked: Asked, came: Mapping[str, str]) -> dict[str, Any]:
        """Of the person for whom the provider gave this code."""
        if came.get("iss", self._login.issuer) != self._login.issuer:
            raise NotProven("the answer is another provider's")
        token = self._token(asked, came.get("code", ""))
        try:
            return self._proven(str(token.get("id_token", "")), asked.nonce, str(token.get("access_token", "")))
        except (JoseError, ValueError, TypeError) as error:
            raise NotProven(f"{type(error).__name__}: {getattr(error, 'claim', '')}".rstrip(": ")) from error

    def _token(self, asked: Asked, code: str) -> Mapping[str, Any]:
        at = self._about()["token_endpoint"]
        with self._client(asked) as client:
            try:
                got: Mapping[str, Any] = client.fetch_token(
                    at, code=code, code_verifier=asked.verifier, grant_type="authorization_code"
                )
            except OAuthError as error:
                if str(error.error) in ("invalid_client", "unauthorized_client"):
                    raise self._broken("does not take client_id and client_secret", "client_id") from error
                raise NotProven(f"the provider refused the code: {str(error.error)[:40]!r}") from error
            except (requests.RequestException, ValueError) as error:
                raise silent(error) from error
        return got

    def _proven(self, token: str, nonce: str, access: str) -> dict[str, Any]:
        try:
            read = jwt.decode(token, self._keys(), algorithms=SIGNED_BY)
        except InvalidKeyIdError:
            read = jwt.decode(token, self._keys(again=True), algorithms=SIGNED_BY)
        login, said = self._login, read.claims
        wanted: Any = {"aud": {"essential": True, "value": login.client_id}}
        params = {"nonce": nonce, "client_id": login.client_id, "access_token": access}
        CodeIDToken(said, read.header, wanted, params).validate(int(self._clock.now().timestamp()), LEEWAY)
        if said["iss"] != login.issuer:
            raise NotProven("another issuer")
        if not isinstance(said["sub"], str) or not said["sub"]:
            raise NotProven("no subject")
        return said

    def _keys(self, *, again: bool = False) -> KeySet:
        return self._learn(again=again).keys

    def _about(self) -> Mapping[str, Any]:
        return self._learn().about

    def _learn(self, *, again: bool = False) -> Known:
        now, known = self._clock.now(), self._known
        if again or known is None or now > known.when + KNOWN_FOR:
            about = self._described()
            try:
                told = self._ask(about["jwks_uri"])["keys"]
                keys = KeySet.import_key_set({"keys": [key for key in told if key["kty"] in ("RSA", "EC")]})
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise self._broken("has no keys that can be read", "issuer") from error
            known = self._known = Known(about, keys, now)
        return known

    def _described(self) -> dict[str, Any]:
        about = self._ask(self._login.issuer.rstrip("/") + DISCOVERY)
        if about.get("issuer") != self._login.issuer:
            raise self._broken(f"calls itself {str(about.get('issuer'))[:200]}", "issuer")
        if missing := [name for name in NEEDED if not isinstance(about.get(name), str)]:
            raise self._broken(f"says nothing of its {missing[0]}", "issuer")
        return about

    def _ask(self, url: str) -> dict[str, Any]:
        """One that does not answer is left alone for a moment, lest all our threads wait for it."""
        now = self._clock.now()
        if self._silent_since and now < self._silent_since + PAUSE:
            raise TryAgain("The identity provider could not be reached a moment ago.", after=PAUSE.total_seconds())
        with self._client() as client:
            try:
                answer = client.get(url, withhold_token=True)
                answer.raise_for_status()
                read = answer.json()
            except (requests.RequestException, ValueError) as error:
                self._silent_since = now
                raise silent(error) from error
        if not isinstance(read, dict):
            raise self._broken("does not answer in JSON objects", "issuer")
        return read

    def _client(self, asked: Asked | None = None) -> Wire:
        login, known = self._login, self._known
        methods = known.about.get("token_endpoint_auth_methods_supported", ()) if known else ()
        secret = login.client_secret.reveal() if login.client_secret else None
        kind = "client_secret_post" if "client_secret_post" in methods else "client_secret_basic"
        return Wire(
            login.client_id,
            secret,
            token_endpoint_auth_method=kind if secret else "none",
            scope=login.scopes,
            redirect_uri=asked.redirect if asked else None,
            code_challenge_method="S256",
        )

    def _broken(self, what: str, key: str) -> NeedsHuman:
        return NeedsHuman(f"The identity provider {what}.", next_step=f"Check `{key}` under `web.login`.")
