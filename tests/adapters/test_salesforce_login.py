"""The ways into an org: a secret or a certificate, one login for all processes, and none for a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

import adapters.salesforce
from connector.contract import Crm, Drawer, Keep, Resolved, Secret
from connector.errors import NeedsHuman
from tests.adapters.benches import KIM, SandboxBench, salesforce_bench
from tests.conftest import StillClock

APP = "callplan-app"


@pytest.fixture
def org(clock: StillClock) -> Iterator[SandboxBench]:
    with salesforce_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def certified(org: SandboxBench, key: rsa.RSAPrivateKey, keep: Keep | None = None, **other: Any) -> Crm:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    org.vendor.tokens.jwt_keys[APP] = public.decode()
    told = {"username": KIM.email, "private_key": Secret(pem(key)), **other}
    settings = adapters.salesforce.Settings(base_url=org.settings.base_url, client_id=APP, **told)
    return adapters.salesforce.connect(settings, org.reading, clock=org.clock, keep=keep)


def logins(org: SandboxBench) -> int:
    return sum("/oauth2/token" in call.path for call in org.wire.calls)


def with_secret(org: SandboxBench, keep: Keep) -> Crm:
    return adapters.salesforce.connect(org.settings, org.reading, clock=org.clock, keep=keep)


def test_a_certificate_logs_in(org: SandboxBench, key: rsa.RSAPrivateKey) -> None:
    assert certified(org, key).describe("Account").fields


def test_another_certificate_than_the_uploaded_one_is_named_as_the_cause(
    org: SandboxBench, key: rsa.RSAPrivateKey
) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    crm = certified(org, key, private_key=Secret(pem(other)))

    with pytest.raises(NeedsHuman, match="Upload the certificate"):
        crm.describe("Account")


def test_a_user_whom_the_app_does_not_let_in_is_told_what_to_grant(org: SandboxBench, key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(NeedsHuman, match="admin approved users"):
        certified(org, key, username="nobody@example.com").describe("Account")


def test_a_wrong_audience_names_the_setting(org: SandboxBench, key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(NeedsHuman, match="`audience:`"):
        certified(org, key, audience="https://elsewhere.example.com").describe("Account")


def test_a_private_key_that_is_none_points_at_its_line(org: SandboxBench, key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(NeedsHuman, match="cannot be read") as caught:
        certified(org, key, private_key=Secret("not a key")).describe("Account")

    assert caught.value.setting == "private_key"
    assert "not a key" not in str(caught.value)


def test_a_clock_that_is_off_is_named_as_the_cause(org: SandboxBench, key: rsa.RSAPrivateKey) -> None:
    crm = certified(org, key)
    org.vendor.tokens.now = lambda: org.clock.now().replace(year=2031)

    with pytest.raises(NeedsHuman, match="clock of this machine"):
        crm.describe("Account")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"client_secret": "${ENV:S}", "private_key": "${FILE:k}", "username": "kim"},
        {"private_key": "${FILE:k}"},
        {"client_secret": "${ENV:S}", "username": "kim"},
    ],
    ids=["neither", "both", "a key without a user", "a user without a key"],
)
def test_a_config_says_exactly_one_way_in(given: dict[str, str]) -> None:
    told = {name: Resolved(value) if name != "username" else value for name, value in given.items()}

    with pytest.raises(ValidationError):
        adapters.salesforce.Settings.model_validate(
            {"base_url": "https://acme.my.salesforce.com", "client_id": "x", **told}
        )


def test_processes_of_one_store_share_one_login(org: SandboxBench) -> None:
    keep = Drawer()

    for _ in range(3):
        with_secret(org, keep).describe("Account")

    assert logins(org) == 1


def test_what_is_kept_of_a_login_is_of_no_use_to_whoever_reads_the_store(org: SandboxBench) -> None:
    keep = Drawer()
    with_secret(org, keep).describe("Account")

    sealed = keep.get("login")

    assert sealed
    assert all(token not in sealed for token in org.vendor.tokens._issued)


def test_a_login_that_lapsed_is_renewed_once_for_all(org: SandboxBench) -> None:
    keep = Drawer()
    crms = [with_secret(org, keep) for _ in range(3)]
    for crm in crms:
        crm.describe("Account")
    org.end_login()

    for crm in crms:
        crm.describe("Task")

    assert logins(org) == 2


def test_a_login_kept_under_another_secret_is_not_tried(org: SandboxBench, key: rsa.RSAPrivateKey) -> None:
    keep = Drawer()
    with_secret(org, keep).describe("Account")

    certified(org, key, keep).describe("Account")

    assert logins(org) == 2
    assert [call.status for call in org.wire.calls if call.status == 401] == []


def test_a_token_that_never_works_is_asked_for_twice_and_no_more(org: SandboxBench) -> None:
    crm = with_secret(org, Drawer())
    org.vendor.tokens.lifetime *= 0

    with pytest.raises(NeedsHuman, match="does not accept the login"):
        crm.describe("Account")

    assert logins(org) == 2


def test_an_app_that_was_revoked_is_for_a_person(org: SandboxBench) -> None:
    crm = with_secret(org, Drawer())
    org.vendor.revoke_app()

    with pytest.raises(NeedsHuman):
        crm.describe("Account")
