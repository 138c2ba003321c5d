"""HubSpot's own client, in its strict mode, finds nothing wrong with the sandbox's answers.

It knows version 2026-03, and holds every answer against HubSpot's specification: a second opinion that is not ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hubspot_sdk import APIResponseValidationError, HubSpot, NotFoundError

from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.hubspot_lists import both, either, where
from tests.sandbox.hubspot_served import TOKEN, Served, serve_portal
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, KIM, WORLD, touch

KINDS = ("companies", "contacts", "calls", "meetings", "emails", "notes", "tasks", "communications")
LOGGED = tuple(touch(kind) for kind in ("visit", "call", "email", "note"))
MORE = {
    "contacts": {"email": "brandt@example.com", "firstname": "B."},
    "tasks": {"hs_timestamp": "2026-11-24T09:00:00Z", "hs_task_subject": "Call"},
    "communications": {"hs_timestamp": "2026-11-20T09:00:00Z", "hs_communication_channel_type": "SMS"},
}
PROPERTIES = ["name", "npi", "hcp_tier", "hs_timestamp", "hs_meeting_outcome", "email"]


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Served]:
    with serve_portal(clock, World((KIM,), WORLD.providers, LOGGED)) as served:
        for kind, values in MORE.items():
            assert served.ask("POST", f"/crm/objects/2026-09/{kind}", {"properties": values}).status == 201
        yield served


def strict(portal: Served, http: httpx.Client | None = None) -> Any:
    return HubSpot(
        access_token=TOKEN, base_url=portal.url, max_retries=0, _strict_response_validation=True, http_client=http
    )


class IdsAsText(httpx.HTTPTransport):  # type: ignore[misc]  # not followed by mypy
    """The specification has `toObjectId` as a text, HubSpot sends a number: the one thing put right on the way."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        said = json.loads(answer.read(), object_hook=lambda row: {k: _text(k, v) for k, v in row.items()})
        return httpx.Response(answer.status_code, json=said)


def _text(name: str, value: Any) -> Any:
    return str(value) if name == "toObjectId" else value


@pytest.mark.parametrize("kind", KINDS)
def test_it_reads_records(portal: Served, kind: str) -> None:
    objects = getattr(strict(portal).crm.objects, kind)

    listed = list(objects.list(properties=PROPERTIES))
    one = objects.get(listed[0].id, properties=PROPERTIES)
    found = objects.search(filter_groups=[], properties=PROPERTIES, sorts=[], limit=10, after="0", query="")
    batch = objects.batch.get(inputs=[{"id": one.id}], properties=PROPERTIES, properties_with_history=[])

    assert one.id == batch.results[0].id == listed[0].id
    assert found.total == len(listed)


def test_it_pages_through_records(portal: Served) -> None:
    names = [row.properties["name"] for row in strict(portal).crm.objects.companies.list(limit=1, properties=["name"])]

    assert names == ["Dr. Adeyemi", "Dr. Brandt", "Dr. Castillo"]


def test_it_writes_records(portal: Served) -> None:
    companies = strict(portal).crm.objects.companies

    fresh = companies.create(properties={"name": "Dr. Diaz"}, associations=[])
    companies.update(fresh.id, properties={"hcp_tier": "C"})
    batch = companies.batch.update(inputs=[{"id": portal.id(ADEYEMI), "properties": {"hcp_tier": "A"}}])
    companies.delete(fresh.id)

    assert batch.results[0].properties["hcp_tier"] == "A"
    with pytest.raises(NotFoundError):
        companies.get(fresh.id)


def test_what_is_unset_is_left_out_on_2026_03_and_null_on_2026_09(portal: Served) -> None:
    path = f"crm/objects/%s/companies/{portal.id(ADEYEMI)}"

    old, new = (portal.ask("GET", f"/{path % version}", properties="hcp_tier") for version in ("2026-03", "2026-09"))

    assert ("hcp_tier" in old.said["properties"], new.said["properties"]["hcp_tier"]) == (False, None)


@pytest.mark.parametrize("kind", KINDS)
def test_it_reads_properties(portal: Served, kind: str) -> None:
    properties = strict(portal).crm.properties

    found = properties.list(kind).results
    one = properties.get("hs_object_id", object_type=kind)

    assert one.name in [held.name for held in found]
    assert one.type == "number"


def test_it_reads_associations(portal: Served) -> None:
    with httpx.Client(transport=IdsAsText()) as http:
        crm = strict(portal, http).crm
        meeting = next(iter(crm.objects.meetings.list())).id

        listed = list(crm.associations.list("companies", object_type="meetings", object_id=meeting))
        batch = crm.associations.batch.get("companies", from_object_type="meetings", inputs=[{"id": meeting}])

    assert [row.to_object_id for row in listed] == [portal.id(ADEYEMI)]
    assert [row.to_object_id for row in batch.results[0].to] == [portal.id(ADEYEMI)]


def test_it_would_rather_have_ids_of_associations_as_text(portal: Served) -> None:
    """So the strict mode is on, and the transport above puts right no more than it says."""
    crm = strict(portal).crm
    meeting = next(iter(crm.objects.meetings.list())).id

    with pytest.raises(APIResponseValidationError):
        crm.associations.list("companies", object_type="meetings", object_id=meeting)


def test_it_reads_owners(portal: Served) -> None:
    owners = strict(portal).crm.owners
    portal.hubspot.owners.add_queue("Des Moines")
    portal.hubspot.owners.add("Lee", "lee@example.com", teams=("East",))

    people = {owner.id: owner for owner in owners.list(limit=1)}

    assert [owner.type for owner in people.values()] == ["PERSON", "QUEUE", "PERSON"]
    assert owners.get(70_000_001).email == "kim@example.com"
    assert [team.name for team in people["70000003"].teams] == ["East"]


def test_it_reads_the_account(portal: Served) -> None:
    account = strict(portal).account

    assert account.get().time_zone == "US/Central"
    assert account.get_daily_private_apps_usage().results[0].fetch_status == "SUCCESS"


def test_it_works_with_lists(portal: Served) -> None:
    lists = strict(portal).crm.lists
    tier_a = either(both(where("hcp_tier", "ENUMERATION", "IS_ANY_OF", values=["A"])))
    ids = [portal.id(ADEYEMI), portal.id(BRANDT)]

    dynamic = lists.create(name="Tier A", object_type_id="0-2", processing_type="DYNAMIC", filter_branch=tier_a).list
    manual = lists.create(name="By hand", object_type_id="0-2", processing_type="MANUAL").list
    added = lists.add_memberships(manual.list_id, body=ids)
    of_record = lists.batch_read_memberships(inputs=[{"object_type_id": "0-2", "record_id": ids[0]}])
    lists.update_list_name(manual.list_id, list_name="Cold")

    assert lists.get(dynamic.list_id, include_filters=True).list.filter_branch.filter_branch_type == "OR"
    assert lists.get_by_object_type_and_name("Cold", object_type_id="0-2").list.list_id == manual.list_id
    assert [held.name for held in lists.list(list_ids=[dynamic.list_id, manual.list_id]).lists] == ["Tier A", "Cold"]
    assert lists.list_by_search(list_ids=[], offset=0, processing_types=[], additional_filter_properties=[]).total == 2
    assert added.records_ids_added == ids
    assert [row.record_id for row in lists.list_memberships(manual.list_id, limit=1)] == ids
    assert [row.record_id for row in lists.get_memberships_join_order(manual.list_id)] == ids
    assert of_record.results[0].record_list_memberships[0].list_id == manual.list_id
    assert lists.update_list_filters(dynamic.list_id, filter_branch=tier_a).updated_list.list_version == 2
    lists.delete_memberships(manual.list_id)
    lists.delete(manual.list_id)
    lists.restore(manual.list_id)
