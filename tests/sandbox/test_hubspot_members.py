"""Who is in a list of the sandbox HubSpot: by hand, page by page, and as each record tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import StillClock
from tests.sandbox.hubspot_lists import LISTS, TIER_A, made, members
from tests.sandbox.hubspot_served import Served, serve_portal
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Served]:
    with serve_portal(clock) as served:
        yield served


def test_records_are_put_in_and_taken_out_by_hand(portal: Served) -> None:
    path, (a, b) = made(portal), (portal.id(ADEYEMI), portal.id(BRANDT))

    added = portal.ask("PUT", f"{path}/memberships/add", [a, int(b), a, "77"])
    again = portal.ask("PUT", f"{path}/memberships/add", [a])
    removed = portal.ask("PUT", f"{path}/memberships/remove", [a, portal.id(CASTILLO)])

    assert added.said == {"recordsIdsAdded": [a, b], "recordIdsRemoved": [], "recordIdsMissing": ["77"]}
    assert again.said["recordsIdsAdded"] == []
    assert removed.said == {"recordsIdsAdded": [], "recordIdsRemoved": [a], "recordIdsMissing": []}
    assert members(portal, path) == ["Brandt"]


def test_both_at_once_and_all_at_once(portal: Served) -> None:
    path, (a, b) = made(portal), (portal.id(ADEYEMI), portal.id(BRANDT))
    portal.ask("PUT", f"{path}/memberships/add", [a])

    told = portal.ask("PUT", f"{path}/memberships/add-and-remove", {"recordIdsToAdd": [b], "recordIdsToRemove": [a]})
    then = members(portal, path)
    emptied = portal.ask("DELETE", f"{path}/memberships")

    assert told.said == {"recordsIdsAdded": [b], "recordIdsRemoved": [a], "recordIdsMissing": []}
    assert (then, emptied.status, members(portal, path)) == (["Brandt"], 204, [])


@pytest.mark.parametrize("body", [{"ids": ["1"]}, ["x"], "1", [None], [True]])
def test_anything_but_an_array_of_ids_is_refused(portal: Served, body: Any) -> None:
    assert portal.ask("PUT", f"{made(portal)}/memberships/add", body).status == 400


def test_members_come_page_by_page_both_ways(portal: Served) -> None:
    path = made(portal)
    portal.ask("PUT", f"{path}/memberships/add", [portal.id(npi) for npi in (ADEYEMI, BRANDT, CASTILLO)])

    first = portal.ask("GET", f"{path}/memberships", limit=1).said
    second = portal.ask("GET", first["paging"]["next"]["link"].removeprefix(portal.url)).said
    after, before = second["paging"]["next"]["after"], second["paging"]["prev"]["before"]
    back = portal.ask("GET", second["paging"]["prev"]["link"].removeprefix(portal.url)).said

    assert (first["total"], "prev" in first["paging"]) == (3, False)
    assert [row["recordId"] for row in second["results"]] == [portal.id(BRANDT)]
    assert members(portal, path, limit=2, after=after) == ["Castillo"]
    assert members(portal, path, before=after) == ["Adeyemi"]
    assert members(portal, path, before=before, after=after) == ["Adeyemi"]
    assert ([row["recordId"] for row in back["results"]], "paging" in back) == ([portal.id(ADEYEMI)], False)


def test_on_the_way_back_the_nearest_comes_first(portal: Served) -> None:
    path = made(portal)
    portal.ask("PUT", f"{path}/memberships/add", [portal.id(npi) for npi in (ADEYEMI, BRANDT, CASTILLO)])
    cursor = portal.ask("GET", f"{path}/memberships", limit=2).said["paging"]["next"]["after"]
    last = portal.ask("GET", f"{path}/memberships", after=cursor).said["paging"]["prev"]["before"]

    assert members(portal, path, before=last) == ["Brandt", "Adeyemi"]
    assert members(portal, path, before=last, limit=1) == ["Brandt"]


def test_members_come_in_the_order_in_which_they_joined(portal: Served) -> None:
    path, ids = made(portal), [portal.id(npi) for npi in (CASTILLO, ADEYEMI, BRANDT)]
    for id_ in ids:
        portal.ask("PUT", f"{path}/memberships/add", [id_])
        portal.clock.sleep(1)

    joined = portal.ask("GET", f"{path}/memberships/join-order").said["results"]

    assert [row["recordId"] for row in joined] == ids
    assert joined[1]["membershipTimestamp"] == "2026-11-23T07:00:01.000Z"


def test_a_record_that_is_gone_is_in_no_list(portal: Served) -> None:
    path = made(portal)
    portal.ask("PUT", f"{path}/memberships/add", [portal.id(ADEYEMI), portal.id(BRANDT)])

    portal.hubspot.delete(portal.id(ADEYEMI))

    assert (members(portal, path), portal.ask("GET", path).said["list"]["size"]) == (["Brandt"], 1)


def test_a_record_knows_its_lists(portal: Served) -> None:
    id_ = portal.id(ADEYEMI)
    portal.hubspot.edit(id_, hcp_tier="A")
    portal.ask("PUT", f"{made(portal, 'By hand')}/memberships/add", [id_])
    made(portal, "Tier A", TIER_A)
    made(portal, "Empty")

    inputs = [{"objectTypeId": "0-2", "recordId": id_}, {"objectTypeId": "0-2", "recordId": portal.id(BRANDT)}]
    told = portal.ask("POST", f"{LISTS}/records/memberships/batch/read", {"inputs": inputs}).said
    one = portal.ask("GET", f"{LISTS}/records/0-2/{id_}/memberships").said["results"]

    found = [[held["listId"] for held in row["recordListMemberships"]] for row in told["results"]]
    assert (told["status"], found) == ("COMPLETE", [["1", "2"], []])
    assert one == told["results"][0]["recordListMemberships"]


def test_one_list_is_filled_from_another(portal: Served) -> None:
    portal.hubspot.edit(portal.id(ADEYEMI), hcp_tier="A")
    source, path = made(portal, "Tier A", TIER_A), made(portal)

    answer = portal.ask("PUT", f"{path}/memberships/add-from/{source.rpartition('/')[2]}")

    assert (answer.status, members(portal, path)) == (204, ["Adeyemi"])


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("PUT", "add", ["1"]),
        ("PUT", "remove", ["1"]),
        ("PUT", "add-and-remove", {"recordIdsToAdd": [], "recordIdsToRemove": []}),
        ("DELETE", "", None),
    ],
)
def test_whoever_is_in_a_dynamic_list_is_there_by_its_filters(
    portal: Served, method: str, rest: str, body: Any
) -> None:
    portal.hubspot.edit(portal.id(ADEYEMI), hcp_tier="A")
    path = made(portal, "Tier A", TIER_A)

    answer = portal.ask(method, f"{path}/memberships/{rest}".rstrip("/"), body)

    assert (answer.status, answer.said["category"]) == (400, "VALIDATION_ERROR")
    assert members(portal, path) == ["Adeyemi"]


def test_lists_outlast_the_sandbox(portal: Served, clock: StillClock) -> None:
    path = made(portal, "Going cold")
    portal.ask("PUT", f"{path}/memberships/add", [portal.id(ADEYEMI)])

    with serve_portal(clock) as other:
        other.hubspot.load(portal.hubspot.dump())

        assert members(other, path) == ["Adeyemi"]
