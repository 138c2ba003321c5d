"""How an app gets into the sandbox HubSpot, how long it may stay, and how it is put out."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from tests.conftest import StillClock
from tests.sandbox.hubspot_served import Answer, Served, serve_portal

APP = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
REFRESH = {**APP, "grant_type": "refresh_token", "refresh_token": "sandbox-refresh"}
CODE = {**APP, "grant_type": "authorization_code", "redirect_uri": "http://localhost/callback"}
TOKEN = "/oauth/2026-09/token"
COMPANIES = "/crm/objects/2026-09/companies"


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Served]:
    with serve_portal(clock) as served:
        yield served


def access(portal: Served, **form: str) -> str:
    answer = portal.post_form(TOKEN, **(form or REFRESH))
    assert answer.status == 200, answer
    return str(answer.said["access_token"])


def refusal(answer: Answer) -> tuple[int, Any, Any]:
    return answer.status, answer.said["error"], answer.said["status"]


@pytest.mark.parametrize("path", ["/oauth/v3/token", "/oauth/2026-03/token", TOKEN])
def test_a_refresh_token_is_changed_for_an_access_token(portal: Served, path: str) -> None:
    answer = portal.post_form(path, **REFRESH)

    told = answer.said
    assert (told["token_type"], told["expires_in"], told["token_use"]) == ("bearer", 1800, "access_token")
    assert (told["refresh_token"], told["hub_id"]) == ("sandbox-refresh", 20_000_001)
    assert portal.ask("GET", COMPANIES, token=told["access_token"]).status == 200


def test_an_access_token_lives_for_half_an_hour_to_the_second(portal: Served) -> None:
    token = access(portal)

    portal.clock.sleep(1799)
    before = portal.ask("GET", COMPANIES, token=token)
    portal.clock.sleep(1)
    after = portal.ask("GET", COMPANIES, token=token)

    assert (before.status, after.status, after.said["category"]) == (200, 401, "EXPIRED_AUTHENTICATION")
    assert after.said["context"] == {"expire time": ["2026-11-23T07:30:00.000Z"]}


def test_a_service_key_does_not_end_with_the_app_s_tokens(portal: Served) -> None:
    token = access(portal)

    portal.hubspot.expire_tokens()

    assert portal.ask("GET", COMPANIES).said["category"] == "INVALID_AUTHENTICATION"
    assert portal.ask("GET", COMPANIES, token=token).status == 200


def test_a_code_works_once_and_only_where_it_was_sent(portal: Served) -> None:
    code = portal.hubspot.oauth.consent("crm.objects.companies.read")

    elsewhere = portal.post_form(TOKEN, **{**CODE, "redirect_uri": "http://elsewhere"}, code=code)
    first = portal.post_form(TOKEN, **CODE, code=code)
    again = portal.post_form(TOKEN, **CODE, code=code)

    assert refusal(elsewhere) == (400, "invalid_grant", "MISMATCH_REDIRECT_URI_AUTH_CODE")
    assert first.said["scopes"] == ["crm.objects.companies.read"]
    assert refusal(again) == (400, "invalid_grant", "BAD_AUTH_CODE")
    assert access(portal, **{**REFRESH, "refresh_token": first.said["refresh_token"]})


def test_a_code_grows_old(portal: Served) -> None:
    code = portal.hubspot.oauth.consent()

    portal.clock.sleep(600)

    assert refusal(portal.post_form(TOKEN, **CODE, code=code)) == (400, "invalid_grant", "EXPIRED_AUTH_CODE")


def test_a_code_with_a_challenge_takes_its_verifier_and_no_other(portal: Served) -> None:
    challenge = urlsafe_b64encode(sha256(b"verifier").digest()).decode().rstrip("=")
    codes = [portal.hubspot.oauth.consent(challenge=challenge) for _ in range(2)]

    wrong = portal.post_form(TOKEN, **CODE, code=codes[0], code_verifier="other")
    right = portal.post_form(TOKEN, **CODE, code=codes[1], code_verifier="verifier")

    assert (refusal(wrong)[1], right.status) == ("invalid_grant", 200)


def test_a_token_has_the_scopes_that_the_user_agreed_to(portal: Served) -> None:
    token = access(portal, **CODE, code=portal.hubspot.oauth.consent("crm.objects.companies.read"))

    refused = portal.ask("POST", f"{COMPANIES}/batch/update", {"inputs": []}, token=token)

    assert portal.ask("GET", COMPANIES, token=token).status == 200
    assert (refused.status, refused.said["category"]) == (403, "MISSING_SCOPES")


def test_an_app_s_own_token_reads_no_records(portal: Served) -> None:
    form = {**APP, "grant_type": "client_credentials", "scope": "developer.webhooks_journal.read"}

    answer = portal.post_form(TOKEN, **form)
    stranger = portal.post_form(TOKEN, **{**form, "scope": "crm.objects.companies.read"})

    assert answer.said["token_use"] == "client_credentials"
    assert "refresh_token" not in answer.said
    assert portal.ask("GET", COMPANIES, token=answer.said["access_token"]).status == 403
    assert refusal(stranger)[:2] == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("wrong", "error", "status"),
    [
        ({"refresh_token": "other"}, "invalid_grant", "BAD_REFRESH_TOKEN"),
        ({"client_id": "other"}, "invalid_client", "BAD_CLIENT_ID"),
        ({"client_secret": "other"}, "invalid_client", "BAD_CLIENT_SECRET"),
        ({"grant_type": "password"}, "unsupported_grant_type", "BAD_GRANT_TYPE"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_standard(
    portal: Served, wrong: dict[str, str], error: str, status: str
) -> None:
    answer = portal.post_form(TOKEN, **{**REFRESH, **wrong})

    assert refusal(answer) == (400, error, status)
    assert answer.said["error_description"] == answer.said["message"]


def test_the_request_is_a_form_and_never_json(portal: Served) -> None:
    assert refusal(portal.ask("POST", TOKEN, REFRESH, token=None))[:2] == (400, "invalid_request")


def test_refresh_tokens_stay_unless_the_portal_rotates_them(portal: Served, clock: StillClock) -> None:
    assert [portal.post_form(TOKEN, **REFRESH).status for _ in range(2)] == [200, 200]

    with serve_portal(clock, oauth_rotates=True) as rotating:
        fresh = rotating.post_form(TOKEN, **REFRESH).said["refresh_token"]
        again = rotating.post_form(TOKEN, **REFRESH)

        assert refusal(again) == (400, "invalid_grant", "BAD_REFRESH_TOKEN")
        assert rotating.post_form(TOKEN, **{**REFRESH, "refresh_token": fresh}).status == 200


def test_introspection_tells_of_a_token_while_it_lives(portal: Served) -> None:
    token = access(portal)
    portal.clock.sleep(100)

    told = portal.post_form(f"{TOKEN}/introspect", **APP, token=token).said
    of_refresh = portal.post_form(f"{TOKEN}/introspect", **APP, token="sandbox-refresh").said
    portal.clock.sleep(1700)
    ended = portal.post_form(f"{TOKEN}/introspect", **APP, token=token).said

    assert (told["active"], told["expires_in"], told["token_use"]) == (True, 1700, "access_token")
    assert (of_refresh["active"], of_refresh["token_use"]) == (True, "refresh_token")
    assert ended == {"active": False}


def test_introspection_asks_who_wants_to_know(portal: Served) -> None:
    answer = portal.post_form(f"{TOKEN}/introspect", **{**APP, "client_secret": "x"}, token="sandbox-refresh")

    assert refusal(answer)[:2] == (400, "invalid_client")


def test_a_service_key_is_no_token_to_introspection(portal: Served) -> None:
    assert portal.post_form(f"{TOKEN}/introspect", **APP, token="pat-na1-sandbox").said == {"active": False}


def test_a_revoked_refresh_token_takes_its_access_tokens_along(portal: Served) -> None:
    token = access(portal)

    revoked = portal.post_form(f"{TOKEN}/revoke", **APP, token="sandbox-refresh")

    assert (revoked.status, revoked.said) == (200, "")
    assert portal.ask("GET", COMPANIES, token=token).said["category"] == "INVALID_AUTHENTICATION"
    assert refusal(portal.post_form(TOKEN, **REFRESH))[2] == "BAD_REFRESH_TOKEN"


def test_the_first_version_has_four_fields_until_it_ends(clock: StillClock) -> None:
    with serve_portal(clock, oauth_v1_ends=datetime(2026, 11, 24, tzinfo=UTC)) as portal:
        before = portal.post_form("/oauth/v1/token", **REFRESH)
        portal.clock.sleep(24 * 3600)
        after = portal.post_form("/oauth/v1/token", **REFRESH)

        assert set(before.said) == {"token_type", "access_token", "refresh_token", "expires_in"}
        assert (after.status, portal.post_form(TOKEN, **REFRESH).status) == (410, 200)


def test_an_app_has_ten_seconds_for_all_its_tokens_and_no_day(clock: StillClock) -> None:
    with serve_portal(clock, daily_calls=1, oauth_scopes={"crm.objects.companies.read"}) as portal:
        tokens = [access(portal) for _ in range(2)]

        answers = [portal.ask("GET", COMPANIES, token=tokens[at % 2]) for at in range(111)]
        of_the_key = [portal.ask("GET", COMPANIES).status for _ in range(2)]
        portal.clock.sleep(10)

        assert [answer.status for answer in answers] == [200] * 110 + [429]
        assert answers[0].left == {"max": 110, "remaining": 109}
        assert (of_the_key, portal.ask("GET", COMPANIES, token=tokens[0]).status) == ([200, 429], 200)
