"""Properties and groups of our HubSpot: created, changed, archived, and refused for what HubSpot refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sandbox.hubspot.properties import Property
from tests.conftest import StillClock
from tests.sandbox.hubspot_portal import EVERY_SCOPE, OBJECTS, PROPERTIES, Portal, change, open_portal
from tests.sandbox.salesforce_org import ADEYEMI

COMPANIES = f"{PROPERTIES}/companies"
LIMITS = "/crm/limits/2026-09"


@pytest.fixture
def portal(clock: StillClock) -> Portal:
    return open_portal(clock, scopes=EVERY_SCOPE)


def listed(portal: Portal, **query: Any) -> dict[str, Any]:
    return {row["name"]: row for row in portal.call("GET", COMPANIES, **query)[1]["results"]}


def test_a_property_that_was_made_says_where_it_is_and_takes_values_at_once(portal: Portal) -> None:
    options = [{"label": "North", "value": "n"}, {"label": "South", "value": "s", "hidden": True}]

    status, told = portal.define(name="region", type="enumeration", fieldType="select", options=options)
    location = portal.headers["Location"]
    written = portal.update(change(portal.id(ADEYEMI), trace=False, region="s"))

    assert (status, location) == (201, f"http://localhost{COMPANIES}/region")
    assert told == portal.call("GET", f"{COMPANIES}/region")[1]
    assert [(o["label"], o["value"], o["hidden"]) for o in told["options"]] == [
        ("North", "n", False),
        ("South", "s", True),
    ]
    assert (told["createdAt"], told["hasUniqueValue"], told["groupName"]) == (
        "2026-11-23T07:00:00.000Z",
        False,
        "companyinformation",
    )
    assert "hubspotDefined" not in told
    assert written[0] == 200


@pytest.mark.parametrize(
    "given",
    [
        {"type": "string", "fieldType": "number"},
        {"type": "datetime", "fieldType": "text"},
        {"type": "nosuch", "fieldType": "text"},
        {"type": "enumeration", "fieldType": "select"},
        {"type": "enumeration", "fieldType": "select", "options": []},
        {"type": "enumeration", "fieldType": "select", "options": [{"label": "A", "value": "a"}] * 2},
        {"type": "enumeration", "fieldType": "select", "options": [{"label": "A"}]},
        {"groupName": "nosuch"},
        {"label": ""},
        {"name": "Site Code"},
        {"name": ""},
        {"dataSensitivity": "secret"},
        {"displayOrder": "first"},
        {"type": "enumeration", "fieldType": "select", "options": "A"},
        {"type": "enumeration", "fieldType": "select", "options": ["A"]},
    ],
)
def test_a_property_that_cannot_be_is_refused(portal: Portal, given: dict[str, Any]) -> None:
    before = len(listed(portal))

    status, told = portal.define(**{"name": "site_code", **given})

    assert (status, told["category"]) == (400, "VALIDATION_ERROR")
    assert len(listed(portal)) == before


def test_there_are_ten_properties_with_unique_values_and_no_eleventh(portal: Portal) -> None:
    statuses = [portal.define(name=f"key_{at}", hasUniqueValue=True)[0] for at in range(10)]

    assert statuses == [201] * 9 + [400]  # npi is the first
    assert portal.define(name="plain")[0] == 201


def test_a_unique_property_of_the_portal_s_own_leads_to_its_record(portal: Portal) -> None:
    portal.define(name="site_code", hasUniqueValue=True)
    row = {"idProperty": "site_code", "id": "IA-7", "properties": {"name": "Dr. Dahl"}}

    made = portal.call("POST", f"{OBJECTS}/companies/batch/upsert", {"inputs": [row]})[1]["results"]
    again = portal.call("POST", f"{OBJECTS}/companies/batch/upsert", {"inputs": [row]})[1]["results"]
    read = portal.call("GET", f"{OBJECTS}/companies/IA-7", idProperty="site_code")

    assert [row["new"] for row in (*made, *again)] == [True, False]
    assert read[1]["id"] == made[0]["id"] == again[0]["id"]


@pytest.mark.parametrize("given", [{"name": "x"}, {"hasUniqueValue": True}, {"dataSensitivity": "sensitive"}])
def test_some_things_of_a_property_are_for_good(portal: Portal, given: dict[str, Any]) -> None:
    made = portal.define(name="site_code")[1]

    assert portal.call("PATCH", f"{COMPANIES}/site_code", given)[0] == 400
    assert portal.call("GET", f"{COMPANIES}/site_code")[1] == made


def test_a_text_may_become_a_long_text_and_get_another_label(portal: Portal) -> None:
    portal.define(name="site_code")
    portal.clock.sleep(60)

    status, told = portal.call("PATCH", f"{COMPANIES}/site_code", {"fieldType": "textarea", "label": "Site"})

    assert (status, told["fieldType"], told["label"]) == (200, "textarea", "Site")
    assert (told["createdAt"], told["updatedAt"]) == ("2026-11-23T07:00:00.000Z", "2026-11-23T07:01:00.000Z")
    assert portal.call("PATCH", f"{COMPANIES}/site_code", {"fieldType": "number"})[0] == 400


def test_what_hubspot_defined_is_neither_changed_nor_archived(portal: Portal) -> None:
    assert portal.call("PATCH", f"{COMPANIES}/name", {"label": "Practice"})[0] == 400
    assert portal.call("DELETE", f"{COMPANIES}/name")[0] == 400
    assert listed(portal)["name"]["hubspotDefined"]


def test_an_archived_property_is_in_no_list_and_takes_no_value(portal: Portal) -> None:
    portal.call("DELETE", f"{COMPANIES}/hcp_tier")

    row = portal.update(change(portal.id(ADEYEMI), trace=False, hcp_tier="A"))

    assert "hcp_tier" not in listed(portal)
    assert set(listed(portal, archived="true")) == {"hcp_tier"}
    assert row[1]["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    assert portal.call("DELETE", f"{COMPANIES}/nosuch")[1]["category"] == "OBJECT_NOT_FOUND"


def test_a_property_in_a_calculation_stays(portal: Portal) -> None:
    portal.hubspot.portal.schema.properties["companies"]["bed_count"] = Property("bed_count", own=True, in_use=True)

    status, told = portal.call("DELETE", f"{COMPANIES}/bed_count")

    assert (status, told["subCategory"]) == (400, "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE")


def test_properties_are_made_read_and_archived_in_batches(portal: Portal) -> None:
    plain = {"label": "x", "type": "string", "fieldType": "text", "groupName": "companyinformation"}
    rows = [{**plain, "name": name} for name in ("one", "two", "npi")]

    made = portal.call("POST", f"{COMPANIES}/batch/create", {"inputs": rows})
    read = portal.call("POST", f"{COMPANIES}/batch/read", {"inputs": [{"name": "one"}, {"name": "nosuch"}]})
    archived = [portal.call("POST", f"{COMPANIES}/batch/archive", {"inputs": [{"name": "one"}]})[0] for _ in range(2)]
    gone = portal.call("POST", f"{COMPANIES}/batch/read", {"inputs": [{"name": "one"}], "archived": True})

    assert (made[0], [row["name"] for row in made[1]["results"]]) == (207, ["one", "two"])
    assert made[1]["errors"][0]["category"] == "OBJECT_ALREADY_EXISTS"
    assert (read[0], read[1]["errors"][0]["context"]) == (207, {"name": ["nosuch"]})
    assert archived == [204, 204]
    assert gone[1]["results"][0]["archived"]
    assert portal.call("POST", f"{COMPANIES}/batch/read", {"inputs": [{"name": "one"}] * 101})[0] == 400


def test_a_group_that_holds_properties_stays_and_says_so_in_a_text_of_json(portal: Portal) -> None:
    made = portal.call("POST", f"{COMPANIES}/groups", {"name": "callplan", "label": "Call plan"})
    location = portal.headers["Location"]
    again = portal.call("POST", f"{COMPANIES}/groups", {"name": "callplan", "label": "Call plan"})
    portal.define(name="site_code", groupName="callplan")

    held = portal.call("DELETE", f"{COMPANIES}/groups/callplan")
    portal.call("DELETE", f"{COMPANIES}/site_code")
    empty = portal.call("DELETE", f"{COMPANIES}/groups/callplan")

    nested = json.loads(held[1]["message"])
    assert (made[0], location, again[0]) == (201, f"http://localhost{COMPANIES}/groups/callplan", 409)
    assert (held[0], nested["subCategory"]) == (400, "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES")
    assert empty[0] == 204
    assert portal.call("GET", f"{COMPANIES}/groups/callplan")[0] == 404
    assert [group["name"] for group in portal.call("GET", f"{COMPANIES}/groups")[1]["results"]] == [
        "companyinformation"
    ]


def test_a_group_gets_another_label(portal: Portal) -> None:
    portal.call("POST", f"{COMPANIES}/groups", {"name": "callplan", "label": "Call plan", "displayOrder": 3})

    told = portal.call("PATCH", f"{COMPANIES}/groups/callplan", {"label": "Callplan"})[1]

    assert told == {"name": "callplan", "label": "Callplan", "displayOrder": 3, "archived": False}


def test_a_sensitive_property_is_seen_by_who_asks_and_its_values_by_who_may(portal: Portal) -> None:
    portal.define(name="trial_site", dataSensitivity="sensitive")
    portal.hubspot.edit(portal.id(ADEYEMI), trial_site="yes")
    path = f"{OBJECTS}/companies/{portal.id(ADEYEMI)}"

    unseen = portal.call("GET", path, properties="trial_site,name")[1]["properties"]
    refused = portal.call("PATCH", path, {"properties": {"trial_site": "no"}})
    portal.hubspot.scopes |= {"crm.objects.companies.sensitive.read.v2"}
    seen = portal.call("GET", path, properties="trial_site")[1]["properties"]

    assert "trial_site" not in listed(portal)
    assert set(listed(portal, dataSensitivity="sensitive")) == {"trial_site"}
    assert portal.call("GET", f"{COMPANIES}/trial_site")[0] == 404
    assert portal.call("GET", f"{COMPANIES}/trial_site", dataSensitivity="sensitive")[0] == 200
    assert "trial_site" not in unseen
    assert (refused[0], seen["trial_site"]) == (403, "yes")


def test_a_property_is_there_some_time_after_it_was_made(portal: Portal) -> None:
    portal.hubspot.policy.property_lag = timedelta(milliseconds=500)
    portal.define(name="site_code")

    at_once = portal.call("GET", f"{COMPANIES}/site_code")[0], "site_code" in listed(portal)
    written = portal.update(change(portal.id(ADEYEMI), trace=False, site_code="IA-7"))[0]
    portal.clock.sleep(0.5)

    assert (at_once, written) == ((404, False), 400)
    assert portal.call("GET", f"{COMPANIES}/site_code")[0] == 200


def test_the_scope_of_records_reads_definitions_and_writes_none(clock: StillClock) -> None:
    portal = open_portal(clock, scopes={"crm.objects.companies.read", "crm.objects.companies.write"})

    status, told = portal.define(name="site_code")

    assert status == 403
    assert told["errors"][0]["context"]["requiredGranularScopes"] == ["crm.schemas.companies.write"]
    assert portal.call("GET", COMPANIES)[0] == 200


def test_a_portal_may_start_without_our_properties(clock: StillClock) -> None:
    portal = open_portal(clock, set_up=False, scopes=EVERY_SCOPE)
    ours = [name for name in listed(portal) if name.startswith("hcp_") or name == "npi"]
    unknown = portal.hubspot.find(ADEYEMI)

    portal.define(name="npi", hasUniqueValue=True)
    portal.hubspot.number_accounts()

    assert (ours, unknown) == ([], None)
    assert portal.call("GET", f"{OBJECTS}/companies/{ADEYEMI}", idProperty="npi")[0] == 200


def test_what_one_portal_defines_is_not_in_another(portal: Portal, clock: StillClock) -> None:
    portal.define(name="site_code")

    assert "site_code" not in listed(open_portal(clock))


def test_definitions_outlive_the_process(portal: Portal, clock: StillClock) -> None:
    options = [{"label": "North", "value": "n"}]
    portal.define(name="region", type="enumeration", fieldType="select", options=options)
    again = open_portal(clock, scopes=EVERY_SCOPE)

    again.hubspot.load(json.loads(json.dumps(portal.hubspot.dump())))

    assert listed(again) == listed(portal)


def test_a_portal_says_how_many_properties_and_records_it_has_room_for(portal: Portal) -> None:
    portal.define(name="site_code")

    properties = portal.call("GET", f"{LIMITS}/custom-properties")[1]
    records = portal.call("GET", "/crm/v3/limits/records")[1]

    row = next(row for row in properties["byObjectType"] if row["objectTypeId"] == "0-2")
    assert (row["usage"], row["limit"], row["percentage"]) == (26, 1000, 2.6)
    assert properties["overallUsage"] == 26 + 25 + 2  # those on contacts, and one each on meetings and tasks
    companies = next(row for row in records["hubspotDefinedObjectTypes"] if row["objectTypeId"] == "0-2")
    assert (companies["usage"], companies["pluralLabel"]) == (3, "Companies")
    assert records["customObjectTypes"]["overallUsage"] == 0


def test_an_object_has_room_for_so_many_properties_of_the_portal_s_own(portal: Portal) -> None:
    portal.hubspot.policy.properties_most = 26

    assert [portal.define(name=name)[0] for name in ("one", "two")] == [201, 400]


def test_the_scopes_of_definitions_do_not_tell_the_limits(clock: StillClock) -> None:
    portal = open_portal(clock, scopes={"crm.schemas.companies.read", "crm.schemas.companies.write"})

    assert portal.call("GET", f"{LIMITS}/custom-properties")[0] == 403
