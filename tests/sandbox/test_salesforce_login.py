"""Two ways in for a machine, and none for a password."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.conftest import StillClock
from tests.sandbox.salesforce_org import KIM, MONDAY, Org, code, open_org


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


def test_a_wrong_secret_gets_no_token(org: Org) -> None:
    basic = b64encode(b"sandbox-client:guess").decode()

    answer = org.client.post(
        "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )

    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_client"


def test_the_password_flow_is_closed(org: Org) -> None:
    form = {"grant_type": "password", "username": KIM.email, "password": "x"}

    answer = org.client.post("/services/oauth2/token", data=form)

    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({}, None),
        ({"aud": "https://elsewhere.example"}, "Audience validation failed"),
        ({"sub": "nobody@example.com"}, "user hasn't approved this consumer"),
        ({"exp": str(int(MONDAY.timestamp()) - 1)}, "expired authorization code"),
        ({"iss": "another"}, "client identifier invalid"),
    ],
)
def test_an_assertion_is_taken_for_its_own_client_user_host_and_minutes(
    clock: StillClock, claims: dict[str, str], said: str | None
) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    org = open_org(clock, jwt_keys={"acme": public.decode()})
    good = {"iss": "acme", "sub": KIM.email, "aud": "https://login.salesforce.com"}
    good["exp"] = str(int((MONDAY + timedelta(minutes=3)).timestamp()))

    assertion = jwt.encode({**good, **claims}, private, algorithm="RS256")
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
    answer = org.client.post("/services/oauth2/token", data=form)

    assert answer.get_json().get("error_description") == said
    assert (answer.status_code == 200) is (said is None)


def test_an_assertion_signed_with_another_key_is_refused(clock: StillClock) -> None:
    ours, theirs = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    public = ours.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    org = open_org(clock, jwt_keys={"acme": public.decode()})

    claims = {"iss": "acme", "sub": KIM.email, "aud": "https://login.salesforce.com", "exp": "9999999999"}
    assertion = jwt.encode(claims, theirs, algorithm="RS256")
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}

    answer = org.client.post("/services/oauth2/token", data=form)

    assert answer.get_json()["error_description"] == "invalid assertion"


def test_a_token_that_is_unknown_or_two_hours_old_is_refused(org: Org) -> None:
    assert org.call("GET", "/limits")[0] == 200

    org.clock.sleep(7200)
    lapsed = org.call("GET", "/limits")
    org.token = "made-up"
    unknown = org.call("GET", "/limits")

    assert code(lapsed) == code(unknown) == (401, "INVALID_SESSION_ID")


def test_every_session_can_be_ended_at_once(org: Org) -> None:
    org.salesforce.expire_tokens()

    assert code(org.call("GET", "/limits")) == (401, "INVALID_SESSION_ID")
