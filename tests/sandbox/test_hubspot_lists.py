"""Lists in the sandbox HubSpot: made, found, renamed, filled by hand, deleted and restored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import StillClock
from tests.sandbox.hubspot_lists import LISTS, TIER_A, made, make
from tests.sandbox.hubspot_served import Answer, Served, serve_portal


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Served]:
    with serve_portal(clock) as served:
        yield served


def names(answer: Answer, key: str = "lists") -> list[str]:
    assert answer.status == 200, answer
    return [found["name"] for found in answer.said[key]]


def test_a_list_is_made_and_has_a_number(portal: Served) -> None:
    told = make(portal, "Going cold", TIER_A).said["list"]

    assert (told["listId"], told["listVersion"], told["name"]) == ("1", 1, "Going cold")
    assert (told["objectTypeId"], told["processingType"], told["processingStatus"]) == ("0-2", "DYNAMIC", "COMPLETE")
    assert told["createdAt"] == told["filtersUpdatedAt"] == "2026-11-23T07:00:00.000Z"


@pytest.mark.parametrize("path", [LISTS, "/crm/lists/2026-03", "/crm/v3/lists"])
def test_its_filters_are_told_where_they_are_asked_for(portal: Served, path: str) -> None:
    make(portal, "Going cold", TIER_A)

    assert "filterBranch" not in portal.ask("GET", f"{path}/1").said["list"]
    told = portal.ask("GET", f"{path}/1", includeFilters="True").said["list"]
    assert told["filterBranch"]["filterBranches"][0]["filters"] == [TIER_A]


def test_a_list_is_found_by_its_name_and_its_objects(portal: Served) -> None:
    make(portal, "Going cold")

    found = portal.ask("GET", f"{LISTS}/object-type-id/0-2/name/Going%20cold")

    assert found.said["list"]["listId"] == "1"
    assert portal.ask("GET", f"{LISTS}/object-type-id/0-1/name/Going%20cold").said["category"] == "OBJECT_NOT_FOUND"


def test_several_are_found_by_their_numbers(portal: Served) -> None:
    for name in ("One", "Two", "Three"):
        make(portal, name)

    assert names(portal.ask("GET", LISTS, listIds=["1", "3", "9"])) == ["One", "Three"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"objectTypeId": None},
        {"objectTypeId": "companies"},
        {"objectTypeId": "0-999"},
        {"processingType": "ACTIVE"},
        {"processingType": "DYNAMIC"},
    ],
)
def test_a_list_that_cannot_be_is_refused(portal: Served, wrong: dict[str, Any]) -> None:
    assert make(portal, **wrong).status == 400 if "name" not in wrong else make(portal, "").status == 400
    assert portal.ask("POST", f"{LISTS}/all", {}).said["results"] == []


def test_a_name_is_given_once(portal: Served) -> None:
    path = made(portal, "Going cold")
    make(portal, "Cold")

    again = make(portal, "going COLD")
    renamed = portal.ask("PUT", f"{LISTS}/2/update-list-name", listName="Going cold")
    portal.ask("DELETE", path)

    assert again.said["subCategory"] == renamed.said["subCategory"] == "ILS.DUPLICATE_LIST_NAMES"
    assert (again.status, renamed.status, make(portal, "Going cold").status) == (400, 400, 200)


def test_a_list_is_renamed(portal: Served) -> None:
    path = made(portal, "Going cold")
    portal.clock.sleep(60)

    told = portal.ask("PUT", f"{path}/update-list-name", listName="Cold").said["updatedList"]

    assert (told["name"], told["updatedAt"][11:16]) == ("Cold", "07:01")
    assert portal.ask("GET", path).said["list"]["name"] == "Cold"


def test_a_deleted_list_is_gone_and_comes_back_for_ninety_days(portal: Served) -> None:
    path = made(portal, "Going cold", TIER_A)

    deleted = [portal.ask("DELETE", path).status, portal.ask("GET", path).status]
    restored = [portal.ask("PUT", f"{path}/restore").status, portal.ask("GET", path).status]
    portal.ask("DELETE", path)
    portal.clock.sleep(91 * 24 * 3600)

    assert (deleted, restored) == ([204, 404], [204, 200])
    assert portal.ask("PUT", f"{path}/restore").status == 404


def test_a_list_whose_name_was_taken_is_not_restored(portal: Served) -> None:
    path = made(portal, "Going cold")
    portal.ask("DELETE", path)
    make(portal, "Going cold")

    assert portal.ask("PUT", f"{path}/restore").said["subCategory"] == "ILS.DUPLICATE_LIST_NAMES"


def test_lists_are_searched_for(portal: Served) -> None:
    for name in ("Tier A cold", "Tier B cold", "Warm"):
        make(portal, name)
    make(portal, "Tier A", TIER_A)

    first = portal.ask("POST", f"{LISTS}/search", {"query": "tier", "count": 2})
    rest = portal.ask("POST", f"{LISTS}/search", {"query": "tier", "count": 2, "offset": first.said["offset"]})
    dynamic = portal.ask("POST", f"{LISTS}/search", {"processingTypes": ["DYNAMIC"], "objectTypeId": "0-2"})

    assert (names(first), first.said["hasMore"], first.said["total"]) == (["Tier A cold", "Tier B cold"], True, 3)
    assert (names(rest), rest.said["hasMore"]) == (["Tier A"], False)
    assert names(dynamic) == ["Tier A"]
    assert dynamic.said["lists"][0]["additionalProperties"]["hs_list_size"] == "0"


def test_all_lists_come_by_number_and_a_cursor_is_good_for_its_own_filters(portal: Served) -> None:
    for name in ("One", "Two", "Three"):
        make(portal, name)

    first = portal.ask("POST", f"{LISTS}/all", {"count": 2})
    after = first.said["paging"]["next"]["after"]
    rest = portal.ask("POST", f"{LISTS}/all", {"count": 2, "after": after})
    other = portal.ask("POST", f"{LISTS}/all", {"after": after, "objectTypeId": "0-2"})

    assert (names(first, "results"), names(rest, "results")) == (["One", "Two"], ["Three"])
    assert ("paging" in rest.said, other.said["subCategory"]) == (False, "INVALID_CURSOR")
    assert (
        portal.ask("POST", f"{LISTS}/all", {"processingTypes": ["X"]}).said["subCategory"] == "INVALID_PROCESSING_TYPE"
    )
    assert portal.ask("POST", "/crm/lists/2026-03/all", {}).status in (404, 405)


def test_reading_and_writing_lists_take_a_scope_each(clock: StillClock) -> None:
    with serve_portal(clock, scopes={"crm.lists.read"}) as portal:
        refused = make(portal)

        assert portal.ask("POST", f"{LISTS}/search", {}).status == 200
        assert (refused.status, refused.said["category"]) == (403, "MISSING_SCOPES")
