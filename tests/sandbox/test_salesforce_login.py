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


# Who may come in


def log_in(org: Org, **form: str) -> tuple[int, dict[str, str]]:
    asked = {"client_id": "sandbox-client", "client_secret": "sandbox-secret", "grant_type": "client_credentials"}
    base_url = form.pop("host", "http://localhost")
    answer = org.client.post("/services/oauth2/token", data={**asked, **form}, base_url=base_url)
    return answer.status_code, answer.get_json()


def test_a_machine_logs_in_at_its_own_domain_and_not_at_everybody_s(org: Org) -> None:
    status, said = log_in(org, host="https://login.salesforce.com")

    assert (status, said["error"]) == (400, "invalid_grant")
    assert said["error_description"] == "request not supported on this domain"
    assert log_in(org, host="https://acme.my.salesforce.com")[0] == 200


def test_an_app_without_a_user_to_run_as_is_refused(org: Org) -> None:
    org.salesforce.tokens.has_run_as = False

    assert log_in(org)[1]["error_description"] == "no client credentials user enabled"


def test_an_app_whose_access_was_taken_away_neither_stays_nor_comes_back(org: Org) -> None:
    org.salesforce.revoke_app()

    assert code(org.call("GET", "/limits")) == (401, "INVALID_SESSION_ID")
    assert log_in(org)[1] == {"error": "invalid_grant", "error_description": "user hasn't approved this consumer"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("app_not_found", "External client app is not installed in this org"),
        ("invalid_grant", "user is not admin approved to access this app"),
        ("inactive_user", "user is inactive"),
    ],
)
def test_any_refusal_at_the_door_may_be_asked_for(org: Org, error: str, words: str) -> None:
    org.salesforce.refuse_logins(error, words)
    refused = log_in(org)
    org.salesforce.refuse_logins(None)

    assert refused == (400, {"error": error, "error_description": words})
    assert log_in(org)[0] == 200


def test_a_grant_of_another_kind_is_not_known(org: Org) -> None:
    assert log_in(org, grant_type="urn:device")[1]["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    ("approved", "active", "said"), [(False, True, "invalid_grant"), (True, False, "inactive_user")]
)
def test_an_assertion_for_a_user_who_was_shut_out_is_refused(
    clock: StillClock, approved: bool, active: bool, said: str
) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    org = open_org(clock, jwt_keys={"acme": public.decode()})
    org.salesforce.tokens.approved = {KIM.email} if approved else set()
    kim = org.salesforce.records.find("User", "Email", KIM.email)
    assert kim
    org.salesforce.edit(str(kim["Id"]), IsActive=active)

    claims = {"iss": "acme", "sub": KIM.email, "aud": "https://login.salesforce.com", "exp": "9999999999"}
    assertion = jwt.encode(claims, private, algorithm="RS256")

    _, answer = log_in(org, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=assertion)

    assert answer["error"] == said


def test_a_refresh_token_that_rotates_is_good_for_once(org: Org) -> None:
    org.salesforce.tokens.rotates = True
    first = org.salesforce.tokens.give_refresh_token()

    _, granted = log_in(org, grant_type="refresh_token", refresh_token=first)
    again = log_in(org, grant_type="refresh_token", refresh_token=first)
    onward = log_in(org, grant_type="refresh_token", refresh_token=granted["refresh_token"])

    assert again == (400, {"error": "invalid_grant", "error_description": "expired access/refresh token"})
    assert onward[0] == 200


def test_a_refresh_token_that_does_not_rotate_is_kept(org: Org) -> None:
    first = org.salesforce.tokens.give_refresh_token()

    answers = [log_in(org, grant_type="refresh_token", refresh_token=first) for _ in range(2)]

    assert [(status, "refresh_token" in said) for status, said in answers] == [(200, False)] * 2


# Who is in


@pytest.mark.parametrize("path", ["/services/oauth2/userinfo", "/id/{org}/{user}"])
def test_a_caller_may_ask_who_he_is(org: Org, path: str) -> None:
    records = org.salesforce.records
    url = path.format(org=org.salesforce.org.id, user=records.login)

    told = org.client.get(url, headers={"Authorization": f"Bearer {org.token}"}).get_json()
    unknown = org.client.get(url, headers={"Authorization": "Bearer made-up"})

    assert (told["user_id"], told["organization_id"]) == (records.login, org.salesforce.org.id)
    assert told["preferred_username"] == "callplan@sandbox.example"
    assert told["urls"]["rest"].endswith("/services/data/v{version}/")
    assert (unknown.status_code, unknown.get_data(as_text=True)) == (403, "Bad_OAuth_Token")


def test_a_token_that_was_given_back_opens_nothing(org: Org) -> None:
    given_back = org.client.post("/services/oauth2/revoke", data={"token": org.token})

    assert given_back.status_code == 200
    assert code(org.call("GET", "/limits")) == (401, "INVALID_SESSION_ID")
    assert org.client.post("/services/oauth2/revoke", data={"token": org.token}).status_code == 400


@pytest.mark.parametrize(("version", "fault"), [("64.0", "INVALID_OPERATION"), ("67.0", "UNSUPPORTED_API_VERSION")])
def test_the_soap_login_is_closed(org: Org, version: str, fault: str) -> None:
    answer = org.client.post(f"/services/Soap/u/{version}", data="<env/>", content_type="text/xml")

    assert (answer.status_code, answer.mimetype) == (500, "text/xml")
    assert f"<faultcode>sf:{fault}</faultcode>" in answer.get_data(as_text=True)
