"""Several keys in one portal: what each may do, how often, and what the account says of itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import StillClock
from tests.sandbox.hubspot_served import TOKEN, Served, serve_portal

COMPANIES, SEARCH = "/crm/objects/2026-09/companies", "/crm/objects/2026-09/companies/search"
USAGE, DETAILS = "/account-info/2026-09/api-usage/daily/private-apps", "/account-info/2026-09/details"
OTHER = "pat-na1-other"


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Served]:
    with serve_portal(clock) as served:
        yield served


# The door


@pytest.mark.parametrize("written", ["bearer {}", "Bearer  {}", "Bearer\t{}", "Bearer {}x", "{}", "Bearer", ""])
def test_the_header_is_to_the_letter(portal: Served, written: str) -> None:
    answer = portal.send("GET", COMPANIES, {"Authorization": written.format(TOKEN)})

    assert (answer.status, answer.said["category"]) == (401, "INVALID_AUTHENTICATION")
    assert answer.left == {}


def test_another_format_is_refused_before_the_key_is_looked_at(portal: Served) -> None:
    answer = portal.send("GET", COMPANIES, {"Accept": "text/csv"})

    assert (answer.status, answer.said[:6]) == (406, "<html>")
    assert portal.send("GET", COMPANIES, {"Accept": "text/csv, */*;q=0.1"}).status == 401


def test_another_method_is_refused_before_the_key_is_looked_at(portal: Served) -> None:
    answer = portal.ask("PUT", COMPANIES, token=None)

    assert (answer.status, "html" in answer.said) == (405, True)


def test_json_is_looked_at_before_scopes_and_scopes_before_the_rate(clock: StillClock) -> None:
    with serve_portal(clock, scopes=(), burst=1) as portal:
        broken = portal.send("POST", "/crm/lists/2026-09", {"Authorization": f"Bearer {TOKEN}"}, "{")
        statuses = [portal.ask("POST", "/crm/lists/2026-09", {}).status for _ in range(2)]

        assert (broken.status, statuses) == (400, [403, 403])


def test_every_answer_can_be_told_from_every_other(portal: Served) -> None:
    answers = [portal.ask("GET", f"{COMPANIES}/{id_}") for id_ in ("1", "1", "x")]

    told = [answer.headers["x-hubspot-correlation-id"] for answer in answers]

    assert len(set(told)) == 3
    assert told[2] == answers[2].said["correlationId"]


# Keys and their rates


def test_each_key_has_scopes_of_its_own(portal: Served) -> None:
    portal.hubspot.add_key(OTHER, {"crm.objects.owners.read"})

    statuses = [portal.ask("GET", path, token=OTHER).status for path in (COMPANIES, "/crm/owners/2026-09")]

    assert statuses == [403, 200]


@pytest.mark.parametrize("burst", [100, 190, 250])
def test_each_key_has_ten_seconds_of_its_own(clock: StillClock, burst: int) -> None:
    with serve_portal(clock, burst=burst, burst_left=1) as portal:
        portal.hubspot.add_key(OTHER, burst=100)

        statuses = [portal.ask("GET", COMPANIES).status for _ in range(2)]
        other = portal.ask("GET", COMPANIES, token=OTHER)

        assert statuses == [200, 429]
        assert (other.status, other.left["max"], other.left["remaining"]) == (200, 100, 99)


def test_the_day_is_the_account_s(clock: StillClock) -> None:
    with serve_portal(clock, daily_left=1) as portal:
        portal.hubspot.add_key(OTHER)

        first, second = (portal.ask("GET", COMPANIES, token=token) for token in (OTHER, TOKEN))

        assert (first.status, first.left["daily-remaining"]) == (200, 0)
        assert (second.status, second.said["policyName"]) == (429, "DAILY")
        assert second.said["message"] == "You have reached your daily limit."


def test_searches_are_the_account_s_over_all_keys_and_objects(portal: Served) -> None:
    portal.hubspot.add_key(OTHER)
    asked = [(TOKEN, "companies"), (OTHER, "meetings")] * 3

    answers = [portal.ask("POST", f"/crm/objects/2026-09/{kind}/search", {}, token=token) for token, kind in asked]

    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert answers[5].said["policyName"] == "SECONDLY"
    assert [answer.left for answer in answers] == [{}] * 6


def test_a_search_for_lists_is_a_call_like_any_other(portal: Served) -> None:
    answers = [portal.ask("POST", "/crm/lists/2026-09/search", {}) for _ in range(6)]

    assert [answer.left["remaining"] for answer in answers] == [189, 188, 187, 186, 185, 184]


def test_what_is_left_counts_down_and_comes_back(portal: Served) -> None:
    first = portal.ask("GET", COMPANIES).left
    portal.clock.sleep(5)
    second = portal.ask("GET", COMPANIES).left
    portal.clock.sleep(5)
    third = portal.ask("GET", COMPANIES).left

    assert [left["remaining"] for left in (first, second, third)] == [189, 188, 188]
    assert [left["daily-remaining"] for left in (first, second, third)] == [649_999, 649_998, 649_997]


# The account


@pytest.mark.parametrize(
    ("zone", "hours", "offset", "milliseconds"),
    [
        ("US/Central", 23, "-06:00", -21_600_000),  # it is one o'clock at night there
        ("Asia/Kolkata", 11.5, "+05:30", 19_800_000),
        ("UTC", 17, "+00:00", 0),
    ],
)
def test_the_day_ends_at_midnight_where_the_portal_is(
    clock: StillClock, zone: str, hours: float, offset: str, milliseconds: int
) -> None:
    with serve_portal(clock, zone=zone, daily_calls=2) as portal:
        details = portal.ask("GET", DETAILS).said
        used = portal.ask("GET", USAGE).said["results"][0]
        portal.clock.sleep(hours * 3600 - 1)
        before = portal.ask("GET", COMPANIES).status
        portal.clock.sleep(1)
        after = portal.ask("GET", COMPANIES).status

        assert (details["timeZone"], details["utcOffset"]) == (zone, offset)
        assert details["utcOffsetMilliseconds"] == milliseconds
        assert (used["usageLimit"], used["currentUsage"], used["fetchStatus"]) == (2, 2, "SUCCESS")
        assert used["collectedAt"] == "2026-11-23T07:00:00.000Z"
        assert (before, after) == (429, 200)


def test_usage_tells_when_the_day_ends(portal: Served) -> None:
    used = portal.ask("GET", USAGE).said["results"][0]

    assert (used["name"], used["resetsAt"]) == ("private-apps-api-calls-daily", "2026-11-24T06:00:00.000Z")


def test_the_account_says_who_it_is(portal: Served) -> None:
    told = portal.ask("GET", "/account-info/v3/details").said

    assert (told["portalId"], told["accountType"], told["dataHostingLocation"]) == (20_000_001, "DEVELOPER_TEST", "na1")
