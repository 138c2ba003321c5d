"""Owners in the sandbox HubSpot: people, queues, and those who left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import StillClock
from tests.sandbox.hubspot_served import Answer, Served, serve_portal

OWNERS = "/crm/owners/2026-09"
KIM = "70000001"


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Served]:
    with serve_portal(clock) as served:
        yield served


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200, answer
    return [owner["id"] for owner in answer.said["results"]]


@pytest.mark.parametrize("path", [OWNERS, "/crm/owners/2026-03", "/crm/v3/owners", "/crm/v3/owners/"])
def test_a_rep_is_an_owner(portal: Served, path: str) -> None:
    owner = portal.ask("GET", path).said["results"][0]

    assert (owner["id"], owner["type"], owner["email"]) == (KIM, "PERSON", "kim@example.com")
    assert owner["userId"] == owner["userIdIncludingInactive"] == 40_000_001
    assert {"createdAt", "updatedAt", "archived"} <= set(owner)


def test_owners_come_page_by_page(portal: Served) -> None:
    more = [portal.hubspot.owners.add(f"Rep {n}", f"rep{n}@example.com") for n in range(2)]

    first = portal.ask("GET", OWNERS, limit=2)
    rest = portal.ask("GET", OWNERS, limit=2, after=first.said["paging"]["next"]["after"])

    assert (ids(first), ids(rest)) == ([KIM, more[0]], [more[1]])
    assert "paging" not in rest.said


def test_the_link_to_the_next_page_leads_there(portal: Served) -> None:
    more = portal.hubspot.owners.add("Lee", "lee@example.com")

    link = portal.ask("GET", OWNERS, limit=1).said["paging"]["next"]["link"]

    assert ids(portal.ask("GET", link.removeprefix(portal.url))) == [more]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "many"}, {"after": "nowhere!"}])
def test_a_page_that_cannot_be_is_refused(portal: Served, query: dict[str, str]) -> None:
    assert portal.ask("GET", OWNERS, **query).said["category"] == "VALIDATION_ERROR"


def test_an_owner_is_found_by_e_mail_in_any_letter_case(portal: Served) -> None:
    portal.hubspot.owners.add("Lee", "lee@example.com")

    assert ids(portal.ask("GET", OWNERS, email="KIM@example.com")) == [KIM]
    assert ids(portal.ask("GET", OWNERS, email="nobody@example.com")) == []


def test_an_owner_is_found_by_either_number_and_they_are_not_the_same(portal: Served) -> None:
    by_id = portal.ask("GET", f"{OWNERS}/{KIM}")
    by_user = portal.ask("GET", f"{OWNERS}/40000001", idProperty="userId")

    assert by_id.said["id"] == by_user.said["id"] == KIM
    assert portal.ask("GET", f"{OWNERS}/40000001").said["category"] == "OBJECT_NOT_FOUND"
    assert portal.ask("GET", f"{OWNERS}/{KIM}", idProperty="email").status == 400


def test_somebody_who_left_is_told_of_only_where_it_is_asked_for(portal: Served) -> None:
    portal.hubspot.owners.archive(KIM)

    left = portal.ask("GET", OWNERS, archived="True").said["results"][0]

    assert ids(portal.ask("GET", OWNERS)) == []
    assert portal.ask("GET", f"{OWNERS}/{KIM}").status == 404
    assert portal.ask("GET", f"{OWNERS}/{KIM}", archived="true").status == 200
    assert (left["archived"], "userId" in left, left["userIdIncludingInactive"]) == (True, False, 40_000_001)


def test_a_queue_is_nobody_s_and_a_team_has_a_primary(portal: Served) -> None:
    queue = portal.hubspot.owners.add_queue("Des Moines")
    lee = portal.hubspot.owners.add("Lee", "lee@example.com", teams=("East", "West"))

    found = {owner["id"]: owner for owner in portal.ask("GET", OWNERS).said["results"]}

    assert (found[queue]["type"], "email" in found[queue], "userId" in found[queue]) == ("QUEUE", False, False)
    assert [(team["name"], team["primary"]) for team in found[lee]["teams"]] == [("East", True), ("West", False)]
    assert "teams" not in found[KIM]


def test_owners_take_a_scope_of_their_own(clock: StillClock) -> None:
    with serve_portal(clock, scopes={"crm.objects.companies.read"}) as portal:
        refused = portal.ask("GET", OWNERS)

        assert refused.status == 403
        assert refused.said["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.owners.read"]
