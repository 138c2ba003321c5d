"""Which records stand together in our HubSpot: under which types, with which labels, and read how."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.hubspot import CustomObject, HubSpot
from sandbox.hubspot.properties import Property
from tests.conftest import StillClock
from tests.sandbox.hubspot_portal import EVERY_SCOPE, LINKS, OBJECTS, Portal, names, open_portal
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, WORLD

V4 = "/crm/v4/associations"
SITES = CustomObject(
    "2-1234567", "sites", (Property("site_name"), Property("beds", "number", "number")), ("site_name",)
)


@pytest.fixture
def portal(clock: StillClock) -> Portal:
    return open_portal(clock, scopes=EVERY_SCOPE)


def held(portal: Portal, kind: str, id_: str, to: str, **query: Any) -> dict[int, set[tuple[int, str | None]]]:
    """Of one record: the others' ids, with their types and labels."""
    status, told = portal.call("GET", f"{OBJECTS}/{kind}/{id_}/associations/{to}", **query)
    assert status == 200, told
    return {row["toObjectId"]: {(t["typeId"], t["label"]) for t in row["associationTypes"]} for row in told["results"]}


def put(portal: Portal, kind: str, id_: str, to: str, to_id: str, *specs: tuple[str, int]) -> tuple[int, Any]:
    body = [{"associationCategory": category, "associationTypeId": number} for category, number in specs]
    return portal.call("PUT", f"{OBJECTS}/{kind}/{id_}/associations/{to}/{to_id}", body)


@pytest.mark.parametrize(
    ("kind", "company", "contact"),
    [("calls", 182, 194), ("emails", 186, 198), ("meetings", 188, 200), ("notes", 190, 202), ("tasks", 192, 204)],
)
def test_each_kind_of_engagement_has_types_of_its_own_for_each_direction(
    portal: Portal, kind: str, company: int, contact: int
) -> None:
    account, person = portal.id(ADEYEMI), portal.create("contacts", email="adeyemi@example.com")
    more = {"hs_email_direction": "EMAIL"} if kind == "emails" else {}

    logged = portal.log(kind, account, **more)
    portal.call("PUT", f"{OBJECTS}/{kind}/{logged}/associations/default/contacts/{person}")

    assert held(portal, kind, logged, "companies") == {int(account): {(company, None)}}
    assert held(portal, "companies", account, kind) == {int(logged): {(company - 1, None)}}
    assert held(portal, kind, logged, "contacts") == {int(person): {(contact, None)}}
    assert held(portal, "contacts", person, kind) == {int(logged): {(contact - 1, None)}}


def test_a_contact_s_first_company_is_its_primary_one_until_another_is_made_it(portal: Portal) -> None:
    one, other = portal.id(ADEYEMI), portal.id(BRANDT)
    person = portal.create("contacts", email="adeyemi@example.com")
    for account in (one, other):
        portal.call("PUT", f"{OBJECTS}/contacts/{person}/associations/default/companies/{account}")
    before = held(portal, "contacts", person, "companies")

    put(portal, "contacts", person, "companies", other, ("HUBSPOT_DEFINED", 1))

    assert before == {int(one): {(279, None), (1, "Primary")}, int(other): {(279, None)}}
    assert held(portal, "contacts", person, "companies") == {
        int(one): {(279, None)},
        int(other): {(279, None), (1, "Primary")},
    }
    assert held(portal, "companies", other, "contacts") == {int(person): {(280, None), (2, "Primary")}}


@pytest.mark.parametrize("spec", [("HUBSPOT_DEFINED", 280), ("HUBSPOT_DEFINED", 188), ("USER_DEFINED", 279)])
def test_a_type_of_another_pair_or_direction_is_refused(portal: Portal, spec: tuple[str, int]) -> None:
    person = portal.create("contacts", email="adeyemi@example.com")

    status, told = put(portal, "contacts", person, "companies", portal.id(ADEYEMI), spec)

    assert (status, told["category"]) == (400, "VALIDATION_ERROR")
    assert held(portal, "contacts", person, "companies") == {}


def test_a_default_association_is_told_for_both_directions_and_made_once(portal: Portal) -> None:
    account, note = portal.id(ADEYEMI), portal.create("notes", hs_timestamp="2026-11-22T07:00:00Z")
    path = f"{OBJECTS}/notes/{note}/associations/default/companies/{account}"

    told = [portal.call("PUT", path) for _ in range(2)]

    assert [(status, answer["status"]) for status, answer in told] == [(200, "COMPLETE")] * 2
    assert [(row["from"]["id"], row["associationSpec"]["associationTypeId"]) for row in told[1][1]["results"]] == [
        (note, 190),
        (account, 189),
    ]
    assert held(portal, "companies", account, "notes") == {int(note): {(189, None)}}


def test_a_record_that_is_not_there_has_no_associations_and_takes_none(portal: Portal) -> None:
    empty = portal.call("GET", f"{OBJECTS}/notes/77/associations/companies")
    put_on = portal.call("PUT", f"{OBJECTS}/notes/77/associations/default/companies/{portal.id(ADEYEMI)}")
    unknown = portal.call("GET", f"{OBJECTS}/notes/77/associations/nosuch")

    assert empty == (200, {"results": []})
    assert (put_on[0], unknown[0]) == (404, 400)


def test_a_long_list_of_associations_comes_in_pages(portal: Portal) -> None:
    account = portal.id(ADEYEMI)
    notes = [portal.log("notes", account) for _ in range(3)]
    portal.hubspot.policy.links_on_page = 2
    many = f"{LINKS}/companies/notes/batch/read"

    path = f"{OBJECTS}/companies/{account}/associations/notes"
    first = portal.call("GET", path, limit=2)[1]
    rest = portal.call("GET", path, limit=2, after=first["paging"]["next"]["after"])[1]
    first_of_many = portal.call("POST", many, {"inputs": [{"id": account}]})[1]["results"][0]
    after = first_of_many["paging"]["next"]["after"]
    rest_of_many = portal.call("POST", many, {"inputs": [{"id": account, "after": after}]})[1]["results"][0]

    pages = [[str(row["toObjectId"]) for row in page["results"]] for page in (first, rest)]
    assert pages == [notes[:2], notes[2:]]
    assert [str(row["toObjectId"]) for row in (*first_of_many["to"], *rest_of_many["to"])] == notes
    assert "paging" not in rest
    assert "paging" not in rest_of_many
    assert portal.call("GET", path, limit=501)[0] == 400


@pytest.mark.parametrize("links", [LINKS, V4])
def test_a_batch_read_tells_of_each_record_that_has_none(portal: Portal, links: str) -> None:
    note = portal.log("notes", portal.id(ADEYEMI))
    lonely = portal.create("notes", hs_timestamp="2026-11-22T07:00:00Z")

    status, told = portal.call(
        "POST", f"{links}/notes/companies/batch/read", {"inputs": [{"id": note}, {"id": lonely}]}
    )

    assert (status, told["status"], told["numErrors"]) == (207, "COMPLETE", 1)
    assert [row["from"]["id"] for row in told["results"]] == [note]
    [error] = told["errors"]
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["message"] == f"No company is associated with note {lonely}."
    assert error["context"]["fromObjectId"] == [lonely]


def test_associations_are_made_by_the_two_thousand_and_read_by_the_thousand(portal: Portal) -> None:
    rows = [{"from": {"id": "1"}, "to": {"id": "2"}}]
    path = f"{LINKS}/notes/companies/batch"

    statuses = [
        portal.call("POST", f"{path}/{verb}", {"inputs": rows * most})[0]
        for verb, most in [("create", 2001), ("archive", 101), ("read", 1001), ("associate/default", 2001)]
    ]

    assert statuses == [400] * 4


def test_a_batch_makes_those_it_can_with_their_types(portal: Portal) -> None:
    account, person = portal.id(ADEYEMI), portal.create("contacts", email="adeyemi@example.com")
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    rows = [{"from": {"id": person}, "to": {"id": to}, "types": types} for to in (account, "77")]

    status, told = portal.call("POST", f"{LINKS}/contacts/companies/batch/create", {"inputs": rows})

    assert (status, told["numErrors"]) == (207, 1)
    assert told["results"] == [
        {
            "fromObjectTypeId": "0-1",
            "fromObjectId": int(person),
            "toObjectTypeId": "0-2",
            "toObjectId": int(account),
            "labels": ["Primary"],
        }
    ]


@pytest.mark.parametrize(("links", "status"), [(V4, 204), (LINKS, 200)])
def test_taking_apart_says_nothing_on_the_old_path_and_complete_on_the_dated_one(
    portal: Portal, links: str, status: int
) -> None:
    account = portal.id(ADEYEMI)
    notes = [portal.log("notes", account) for _ in range(2)]
    rows = [{"from": {"id": account}, "to": [{"id": notes[0]}]}]

    answer = portal.call("POST", f"{links}/companies/notes/batch/archive", {"inputs": rows})
    one = portal.call("DELETE", f"{OBJECTS}/notes/{notes[1]}/associations/companies/{account}")

    assert (answer[0], one[0]) == (status, 204)
    assert (answer[1] or {"status": None})["status"] == ("COMPLETE" if status == 200 else None)
    assert held(portal, "companies", account, "notes") == {}


def test_a_label_has_two_directions_is_renamed_and_goes_from_all_records(portal: Portal) -> None:
    account, person = portal.id(ADEYEMI), portal.create("contacts", email="adeyemi@example.com")
    path, label = f"{LINKS}/contacts/companies/labels", {"name": "surgeon", "label": "Surgeon at"}
    made = portal.call("POST", path, {**label, "inverseLabel": "Surgeon"})[1]["results"]
    there, back = (row["typeId"] for row in made)

    put(portal, "contacts", person, "companies", account, ("USER_DEFINED", there))
    labelled = held(portal, "companies", account, "contacts")[int(person)]
    changed = portal.call("PUT", path, {"associationTypeId": there, "label": "Operates at"})[0]
    listed = {(row["typeId"], row["label"]) for row in portal.call("GET", path)[1]["results"]}
    deleted = portal.call("DELETE", f"{path}/{there}")[0]

    assert labelled == {(280, None), (2, "Primary"), (back, "Surgeon")}
    assert listed == {(279, None), (1, "Primary"), (there, "Operates at")}
    assert (changed, deleted) == (204, 204)
    assert held(portal, "companies", account, "contacts") == {int(person): {(280, None), (2, "Primary")}}
    assert portal.call("DELETE", f"{path}/279")[0] == 404


def test_a_label_comes_off_a_pair_and_the_pair_stays(portal: Portal) -> None:
    account, person = portal.id(ADEYEMI), portal.create("contacts", email="adeyemi@example.com")
    path = f"{LINKS}/contacts/companies"
    made = portal.call("POST", f"{path}/labels", {"name": "surgeon", "label": "Surgeon at"})[1]["results"]
    spec = {"associationCategory": "USER_DEFINED", "associationTypeId": made[0]["typeId"]}
    row = {"from": {"id": person}, "to": {"id": account}, "types": [spec]}
    portal.call("POST", f"{path}/batch/create", {"inputs": [row]})

    status = portal.call("POST", f"{path}/batch/labels/archive", {"inputs": [row]})[0]

    assert status == 200
    assert held(portal, "contacts", person, "companies") == {int(account): {(279, None), (1, "Primary")}}


def test_a_new_record_comes_with_its_associations_or_not_at_all(portal: Portal) -> None:
    account = portal.id(ADEYEMI)
    given = {"properties": {"hs_timestamp": "2026-11-22T07:00:00Z"}}
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 190}

    made = portal.call(
        "POST", f"{OBJECTS}/notes", {**given, "associations": [{"to": {"id": account}, "types": [spec]}]}
    )
    wrong = [
        {"to": {"id": account}, "types": [{**spec, "associationTypeId": 189}]},
        {"to": {"id": account}},
        {"to": {"id": "77"}, "types": [spec]},
        account,
    ]
    refused = [portal.call("POST", f"{OBJECTS}/notes", {**given, "associations": [one]})[0] for one in wrong]

    assert made[0] == 201
    assert refused == [400] * 4
    assert [row["id"] for row in portal.list("notes")[1]["results"]] == [made[1]["id"]]
    assert held(portal, "companies", account, "notes") == {int(made[1]["id"]): {(189, None)}}


def test_lists_and_reads_show_associations_where_they_are_asked_for(portal: Portal) -> None:
    account, person = portal.id(ADEYEMI), portal.create("contacts", email="adeyemi@example.com")
    call = portal.log("calls", account)
    portal.call("PUT", f"{OBJECTS}/contacts/{person}/associations/default/companies/{account}")

    read = portal.read("companies", account, associations="calls,contacts")["associations"]
    listed = portal.list(associations=["CONTACTS", "0-48"])[1]["results"]

    types = [{"id": person, "type": f"company_to_contact{end}"} for end in ("_unlabeled", "")]
    assert sorted(read["contacts"]["results"], key=str) == sorted(types, key=str)
    assert read["calls"]["results"] == [{"id": call, "type": "company_to_call"}]
    assert [row.get("associations", {}).keys() for row in listed] == [{"calls", "contacts"}, set(), set()]


def test_search_finds_the_records_of_an_account(portal: Portal) -> None:
    one, other = portal.id(ADEYEMI), portal.id(BRANDT)
    call = portal.log("calls", one)
    portal.log("calls", other)
    of_one = {"propertyName": "associations.company", "operator": "EQ", "value": one}

    found = portal.search(of_one, kind="calls")[1]["results"]

    assert [row["id"] for row in found] == [call]


def test_a_company_and_its_calls_and_meetings_may_share_an_id(clock: StillClock) -> None:
    portal = open_portal(clock, scopes=EVERY_SCOPE)
    account = portal.id(ADEYEMI)

    call, meeting = portal.log("calls", account), portal.log("meetings", account)
    portal.call("DELETE", f"{OBJECTS}/calls/{call}")
    taken_back = HubSpot(WORLD, now=clock.now)
    taken_back.load(json.loads(json.dumps(portal.hubspot.dump())))

    assert account == call == meeting
    assert held(portal, "companies", account, "meetings") == {int(meeting): {(187, None)}}
    assert held(portal, "companies", account, "calls") == {}
    assert names(portal.list(properties="name")) == ["Adeyemi", "Brandt", "Castillo"]
    assert taken_back.dump() == portal.hubspot.dump()


@pytest.mark.parametrize("written", ["2-1234567", "p_sites", "P_SITES", "p20000001_sites"])
def test_a_custom_object_goes_by_its_type_id_or_its_full_name(clock: StillClock, written: str) -> None:
    portal = open_portal(clock, scopes=EVERY_SCOPE, custom=[SITES])

    made = portal.create(written, site_name="Mercy", beds=120)

    assert portal.read("p_sites", made, properties="beds")["properties"]["beds"] == "120"
    assert portal.call("GET", f"{OBJECTS}/sites")[1]["message"] == "Unable to infer object type from: sites"
    assert portal.call("POST", f"{OBJECTS}/{written}", {"properties": {"beds": "1"}})[0] == 400


def test_a_custom_object_has_scopes_and_associations_of_its_own(clock: StillClock) -> None:
    portal = open_portal(clock, scopes=EVERY_SCOPE, custom=[SITES])
    site = portal.create("p_sites", site_name="Mercy")
    status = portal.call("PUT", f"{OBJECTS}/p_sites/{site}/associations/default/companies/{portal.id(CASTILLO)}")[0]
    records = portal.call("GET", "/crm/limits/2026-09/records")[1]["customObjectTypes"]
    portal.hubspot.scopes = frozenset({"crm.objects.companies.read"})

    refused = portal.call("GET", f"{OBJECTS}/p_sites")

    assert status == 200
    assert portal.hubspot.portal.linked("sites", site, "companies") == [portal.id(CASTILLO)]
    assert [(row["objectTypeId"], row["usage"]) for row in records["byObjectType"]] == [("2-1234567", 1)]
    assert refused[1]["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.custom.read"]


def test_both_sides_of_an_association_ask_for_their_scope(clock: StillClock) -> None:
    portal = open_portal(clock, scopes={"crm.objects.contacts.read"})

    status, told = portal.call("POST", f"{LINKS}/notes/companies/batch/read", {"inputs": []})

    assert status == 403
    assert told["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.companies.read"]
