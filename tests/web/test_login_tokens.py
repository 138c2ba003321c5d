"""Tokens that prove nothing: not signed by the provider, or not for this login."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.web.house import House
from tests.web.idp import Claims, Idp, key, signed
from tests.web.visitor import Visitor


@pytest.fixture
def home(lobby: House) -> House:
    return lobby


MINUTE = 60


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode()).decode().rstrip("=")


def unsigned(told: Claims) -> str:
    return signed(told).rsplit(".", 1)[0] + "."


def by_nothing(told: Claims) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(told)}."


def by_the_public_key(told: Claims) -> str:
    """As a shared secret."""
    head = f"{encoded({'alg': 'HS256', 'kid': 'first'})}.{encoded(told)}"
    return f"{head}.{encoded(hmac.new(key('first').as_pem(private=False), head.encode(), hashlib.sha256).digest())}"


def by_another(told: Claims) -> str:
    """Another issuer's key, under our issuer's number."""
    return jwt.encode({"alg": "ES256", "kid": "first"}, told, ECKey.generate_key("P-256"))


def by_a_key_it_brings(told: Claims) -> str:
    own = ECKey.generate_key("P-256")
    return jwt.encode({"alg": "ES256", "kid": "own", "jwk": own.as_dict(private=False)}, told, own)


def by_an_unknown_key(told: Claims) -> str:
    return signed(told, "third")


def altered(told: Claims) -> str:
    head, _, end = signed({**told, "groups": ["reps"]}).split(".")
    return f"{head}.{encoded(told)}.{end}"


@pytest.mark.parametrize(
    "sign", [unsigned, by_nothing, by_the_public_key, by_another, by_a_key_it_brings, by_an_unknown_key, altered]
)
def test_a_token_that_the_provider_did_not_sign_logs_nobody_in(
    provider: Idp, visitor: Visitor, sign: Callable[[Claims], str]
) -> None:
    provider.sign = sign

    assert visitor.get(visitor.begin()).status_code == 403
    assert visitor.in_as == ""


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": ["https://evil.example", "ours"]},
        {"aud": "another client"},
        {"aud": "another client", "azp": "callplan"},
        {"aud": ["callplan", "another client"]},
        {"azp": "another client"},
        {"sub": ""},
        {"sub": 7},
        {"exp": 1},
        {"exp": None},
        {"iat": 1e11},
    ],
    ids=str,
)
def test_a_token_that_was_not_for_this_login_logs_nobody_in(provider: Idp, visitor: Visitor, lie: Claims) -> None:
    if isinstance(lie.get("iss"), list):
        lie = {"iss": ["https://evil.example", provider.issuer]}
    provider.twist = lambda told: {name: value for name, value in {**told, **lie}.items() if value is not None}

    assert visitor.get(visitor.begin()).status_code == 403
    assert visitor.in_as == ""


def test_a_token_is_good_for_its_five_minutes_and_no_longer(home: House, provider: Idp, visitor: Visitor) -> None:
    def issued(seconds: int) -> Callable[[Claims], Claims]:
        return lambda told: {**told, "iat": told["iat"] - seconds, "exp": told["exp"] - seconds}

    provider.twist = issued(300 + MINUTE + 1)
    assert visitor.get(visitor.begin()).status_code == 403
    provider.twist = issued(300)
    assert visitor.get(visitor.begin()).status_code == 303
