"""An OpenID Connect provider on this machine, for one client. It logs in whom the test has chosen, without asking.

It is honest: a wrong redirect URI, client secret or verifier, or a code that came before, gets no token. `twist` and
`sign` let a test make it lie about the token it issues.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from connector.contract import Clock
from connector.host.web import Serving, start

CLIENT, SECRET = "callplan", "a secret of the client"
Claims = dict[str, Any]
Sign = Callable[[Claims], str]


@cache
def key(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "alg": "ES256", "use": "sig"})


def signed(claims: Claims, by: str = "first") -> str:
    return jwt.encode({"alg": "ES256", "kid": by}, claims, key(by))


@dataclass
class Idp:
    clock: Clock
    redirect_uri: str = ""  # that is registered
    person: Claims = field(default_factory=dict)
    keys: tuple[str, ...] = ("first",)
    error: str = ""
    secret: str = SECRET
    twist: Callable[[Claims], Claims] = dict
    sign: Sign = signed
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    serving: Serving | None = None

    @property
    def issuer(self) -> str:
        assert self.serving
        return f"http://127.0.0.1:{self.serving.port}/idp"

    def honest(self, person: Claims) -> None:
        self.person, self.keys, self.error, self.secret = person, ("first",), "", SECRET
        self.twist, self.sign = dict, signed
        self.asked.clear()

    def app(self) -> Flask:
        app = Flask("idp")
        app.add_url_rule("/idp/.well-known/openid-configuration", "about", self.about)
        app.add_url_rule("/idp/keys", "keys", self.jwks)
        app.add_url_rule("/idp/authorize", "authorize", self.authorize)
        app.add_url_rule("/idp/token", "token", self.token, methods=["POST"])
        app.add_url_rule("/idp/huge", "huge", lambda: "x" * 1_000_001)
        app.add_url_rule("/idp/leave", "leave", lambda: redirect(request.args["post_logout_redirect_uri"]))
        return app

    def about(self) -> Any:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        places = {name: f"{self.issuer}/{end}" for name, end in {**names, "end_session_endpoint": "leave"}.items()}
        return jsonify({"issuer": self.issuer, **places})

    def jwks(self) -> Any:
        self.asked.append("keys")
        return jsonify(KeySet([key(name) for name in self.keys]).as_dict(private=False))

    def authorize(self) -> Any:
        came = request.args
        wanted = {"client_id": CLIENT, "redirect_uri": self.redirect_uri, "response_type": "code"}
        if (
            any(came.get(name) != value for name, value in wanted.items())
            or came.get("code_challenge_method") != "S256"
        ):
            return "not a request of my client", 400
        if self.error:
            return redirect(f"{self.redirect_uri}?{urlencode({'error': self.error, 'state': came['state']})}")
        code = secrets.token_urlsafe(16)
        self.codes[code] = came.to_dict()
        return redirect(f"{self.redirect_uri}?{urlencode({'code': code, 'state': came['state'], 'iss': self.issuer})}")

    def token(self) -> Any:
        self.asked.append("token")
        came, login = request.form, request.authorization
        if not login or (login.username, login.password) != (CLIENT, self.secret):
            return jsonify(error="invalid_client"), 401
        begun = self.codes.pop(came.get("code", ""), None)
        if not begun or came.get("redirect_uri") != self.redirect_uri or not _fits(came, begun):
            return jsonify(error="invalid_grant"), 400
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": begun["nonce"],
            **self.person,
        }
        told = self.sign(self.twist(claims))
        return jsonify(access_token="not for us", token_type="Bearer", id_token=told)


def _fits(came: Any, begun: dict[str, str]) -> bool:
    told = hashlib.sha256(came.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(told).decode().rstrip("=") == begun["code_challenge"]


@contextmanager
def idp(clock: Clock) -> Iterator[Idp]:
    made = Idp(clock)
    made.serving = start(made.app(), "127.0.0.1", 0)
    yield made
    made.serving.stop()
