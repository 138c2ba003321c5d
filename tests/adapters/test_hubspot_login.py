"""The ways into a portal: a service key or an app, one login for all processes, and none for a stranger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from pydantic import ValidationError

import adapters.hubspot
from connector.contract import Crm, Drawer, Keep, Resolved, Secret
from connector.errors import NeedsHuman, TryAgain
from sandbox.hubspot.tokens import Grant
from sandbox.wire import Fault
from tests.adapters.benches import SandboxBench, hubspot_bench
from tests.conftest import StillClock

APP = {"client_id": "sandbox-client", "client_secret": "sandbox-secret", "refresh_token": "sandbox-refresh"}
HALF_AN_HOUR = 1800.0


@pytest.fixture
def portal(clock: StillClock) -> Iterator[SandboxBench]:
    with hubspot_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


def installed(
    portal: SandboxBench, keep: Keep | None = None, clock: StillClock | None = None, other: Mapping[str, str] = APP
) -> Crm:
    told = {**APP, **other}
    secrets = {name: Secret(told[name]) for name in ("client_secret", "refresh_token")}
    settings = adapters.hubspot.Settings(base_url=portal.settings.base_url, client_id=told["client_id"], **secrets)
    return adapters.hubspot.connect(settings, portal.reading, clock=clock or portal.clock, keep=keep)


def logins(portal: SandboxBench) -> int:
    return sum(call.path.startswith("/oauth/") for call in portal.wire.calls)


def refused(portal: SandboxBench) -> int:
    return sum(call.status == 401 for call in portal.wire.calls)


def test_a_service_key_logs_in_as_it_is(portal: SandboxBench) -> None:
    assert portal.connect().describe("companies").fields
    assert logins(portal) == 0


def test_an_app_logs_in_by_what_it_was_given_at_its_installation(portal: SandboxBench) -> None:
    assert installed(portal).describe("companies").fields
    assert logins(portal) == 1


def test_an_app_that_was_removed_from_the_portal_is_for_a_person(portal: SandboxBench) -> None:
    portal.vendor.oauth.revoke("sandbox-refresh")

    with pytest.raises(NeedsHuman, match="Install it again and copy its refresh token") as caught:
        installed(portal).describe("companies")

    assert caught.value.setting == "refresh_token"


@pytest.mark.parametrize("setting", ["client_id", "client_secret"])
def test_an_app_that_hubspot_does_not_know_points_at_the_line_that_is_wrong(portal: SandboxBench, setting: str) -> None:
    with pytest.raises(NeedsHuman, match="from the app's Auth page") as caught:
        installed(portal, other={setting: "another"}).describe("companies")

    assert caught.value.setting == setting
    assert "another" not in str(caught.value)


def test_a_refusal_in_words_that_nobody_knows_says_them(portal: SandboxBench) -> None:
    body = json.dumps({"error": "invalid_scope", "error_description": "missing or unknown scope"})
    portal.wire.faults.append(Fault("/oauth/", status=400, body=body))

    with pytest.raises(NeedsHuman, match="400 invalid_scope"):
        installed(portal).describe("companies")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/oauth/", status=429, body="{}"),
        Fault("/oauth/", status=502, body="<html></html>"),
        Fault("/oauth/", status=503),
        Fault("/oauth/", status=200, body="{}"),
        Fault("/oauth/", lose_reply=True),
    ],
    ids=["a limit", "502", "503", "no token", "a lost answer"],
)
def test_a_login_that_hubspot_cannot_serve_now_is_tried_again(portal: SandboxBench, fault: Fault) -> None:
    crm = installed(portal)
    portal.wire.faults.append(fault)

    with pytest.raises(TryAgain):
        crm.describe("companies")

    assert crm.describe("companies").fields


def test_a_key_with_a_character_that_no_key_has_is_not_sent_and_not_shown(portal: SandboxBench) -> None:
    settings = portal.settings.model_copy(update={"token": Secret("pat-na1-sandbox\n")})
    crm = adapters.hubspot.connect(settings, portal.reading, clock=portal.clock)

    with pytest.raises(NeedsHuman, match="Copy the key anew") as caught:
        crm.describe("companies")

    assert "pat-na1" not in str(caught.value)
    assert portal.calls() == 0


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"token": "${ENV:T}", "client_id": "x", "client_secret": "${ENV:S}", "refresh_token": "${ENV:R}"},
        {"refresh_token": "${ENV:R}"},
        {"client_id": "x", "refresh_token": "${ENV:R}"},
        {"client_id": "x", "client_secret": "${ENV:S}"},
    ],
    ids=["neither", "both", "no app", "no secret", "no refresh token"],
)
def test_a_config_says_exactly_one_way_in(given: dict[str, str]) -> None:
    told = {name: Resolved(value) if name != "client_id" else value for name, value in given.items()}

    with pytest.raises(ValidationError):
        adapters.hubspot.Settings.model_validate(told)


def test_processes_of_one_store_share_one_login(portal: SandboxBench) -> None:
    keep = Drawer()

    for _ in range(3):
        installed(portal, keep).describe("companies")

    assert logins(portal) == 1


def test_what_is_kept_of_a_login_is_of_no_use_to_whoever_reads_the_store(portal: SandboxBench) -> None:
    keep = Drawer()
    installed(portal, keep).describe("companies")

    sealed = keep.get("login")

    assert sealed
    assert all(token not in sealed for token in (*portal.vendor.oauth.children, *portal.vendor.oauth.refreshes))


def test_a_token_is_fetched_anew_a_minute_before_its_end(portal: SandboxBench) -> None:
    crm = installed(portal)
    crm.describe("companies")

    portal.clock.sleep(HALF_AN_HOUR - 61)
    crm.describe("meetings")
    before = logins(portal)
    portal.clock.sleep(2)
    crm.describe("calls")

    assert (before, logins(portal)) == (1, 2)
    assert refused(portal) == 0


def test_a_login_that_lapsed_earlier_than_our_clock_says_is_renewed_once_for_all(portal: SandboxBench) -> None:
    keep, slow = Drawer(), StillClock(portal.clock.now() - timedelta(hours=2))
    crms = [installed(portal, keep, slow) for _ in range(3)]
    for crm in crms:
        crm.describe("companies")
    portal.clock.sleep(HALF_AN_HOUR)

    for crm in crms:
        assert crm.describe("meetings").fields

    assert logins(portal) == 2
    assert refused(portal) == 1


def test_a_refresh_token_that_is_changed_for_another_is_kept_for_the_next_process(portal: SandboxBench) -> None:
    """HubSpot does not do so today; RFC 6749 allows it."""
    portal.vendor.oauth.rotates = True
    keep = Drawer()

    for _ in range(3):
        assert installed(portal, keep).describe("companies").fields
        portal.clock.sleep(HALF_AN_HOUR)

    assert logins(portal) == 3
    assert "sandbox-refresh" not in portal.vendor.oauth.refreshes


def test_a_login_kept_of_another_installation_is_not_tried(portal: SandboxBench) -> None:
    portal.vendor.oauth.refreshes["another-portal"] = Grant(portal.vendor.oauth.scopes)
    keep = Drawer()
    installed(portal, keep).describe("companies")

    installed(portal, keep, other={"refresh_token": "another-portal"}).describe("companies")

    assert logins(portal) == 2
    assert refused(portal) == 0


def test_a_token_that_never_works_is_asked_for_twice_and_no_more(portal: SandboxBench) -> None:
    body = json.dumps({"status": "error", "category": "EXPIRED_AUTHENTICATION", "message": ""})
    portal.wire.faults.append(Fault("/crm/", status=401, body=body, times=50))

    with pytest.raises(NeedsHuman, match="says that it has expired"):
        installed(portal).describe("companies")

    assert logins(portal) == 2
    assert refused(portal) == 2


def test_an_app_is_outside_the_day_s_calls_and_knows_of_no_limit(portal: SandboxBench) -> None:
    portal.add_account()
    portal.spend_quota()
    crm = installed(portal)

    assert list(crm.accounts(None))
    assert crm.limits.calls_left is None
