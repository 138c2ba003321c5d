"""A portal before and after `callplan setup hubspot`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

import adapters.hubspot
from adapters.hubspot.definitions import KEY, PROPERTIES, SEGMENTS
from connector.contract import Change, Crm, CrmId, Secret, SetUp, Value
from connector.errors import NeedsHuman, TryAgain
from connector.host.discover import starter
from connector.mapping import read_mapping, reading
from sandbox.hubspot import HubSpot
from sandbox.server import listen
from sandbox.wire import Fault, Wire
from sandbox.world import World
from tests.adapters.benches import KIM
from tests.conftest import StillClock

MAPPING = read_mapping(starter() / "mappings/hubspot.yaml").value
WRITTEN = tuple(target.field for target in MAPPING.fields.values())
TOKEN = "pat-na1-sandbox"


@dataclass
class Portal:
    vendor: HubSpot
    url: str
    clock: StillClock
    wire: Wire

    def connect(self, object: str = "companies") -> Crm:
        settings = adapters.hubspot.Settings(base_url=self.url, token=Secret(TOKEN))
        read = replace(reading(MAPPING), object=object, fields=("hubspot_owner_id",))
        return adapters.hubspot.connect(settings, read, clock=self.clock)

    def set_up(self, object: str = "companies", **asked: Any) -> list[str]:
        self.wire.calls.clear()
        return list(self.connect(object).set_up(SetUp(WRITTEN, **asked)))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = requests.request(method, f"{self.url}/{path}", json=body, headers=headers, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def properties(self, object: str = "companies") -> dict[str, Any]:
        rows = self.ask("GET", f"crm/properties/2026-09/{object}")["results"]
        return {row["name"]: row for row in rows}

    def define(self, name: str, type: str, field_type: str, **more: Any) -> None:
        body = {"name": name, "label": name, "type": type, "fieldType": field_type, "groupName": "companyinformation"}
        self.ask("POST", "crm/properties/2026-09/companies", {**body, **more})

    def segments(self) -> list[str]:
        body = {"query": "Callplan", "count": 50}
        return sorted(row["name"] for row in self.ask("POST", "crm/lists/2026-09/search", body)["lists"])

    def changes(self) -> list[str]:
        """What was asked for that may change something."""
        looks = ("/search", "/batch/read")
        return [c.path for c in self.wire.calls if c.method != "GET" and not c.path.endswith(looks)]


@pytest.fixture
def bare(clock: StillClock) -> Iterator[Portal]:
    with opened(clock) as portal:
        yield portal


@contextmanager
def opened(clock: StillClock, **given: Any) -> Iterator[Portal]:
    vendor = HubSpot(World(reps=(KIM,)), now=clock.now, set_up=False, **given)
    wire = Wire(vendor)
    listening = listen(wire)
    try:
        yield Portal(vendor, listening.url, clock, wire)
    finally:
        listening.close()


def test_a_dry_run_compares_and_changes_nothing(bare: Portal) -> None:
    said = bare.set_up(dry_run=True)

    assert "  property  hcp_tier" in said
    assert "  segment  Callplan: Tier A going cold" in said
    assert bare.changes() == []
    assert "hcp_tier" not in bare.properties()


def test_a_set_up_makes_every_property_in_a_group_of_its_own_and_the_segments(bare: Portal) -> None:
    bare.set_up()

    made = {name: row for name, row in bare.properties().items() if row["groupName"] == "callplan"}
    assert set(made) == set(WRITTEN)
    assert all((made[p.name]["type"], made[p.name]["fieldType"]) == (p.type, p.field_type) for p in PROPERTIES)
    assert [option["value"] for option in made["hcp_tier"]["options"]] == ["A", "B", "C"]
    assert bare.segments() == sorted(segment.name for segment in SEGMENTS)


def test_the_mapping_can_be_written_after_it(bare: Portal) -> None:
    bare.set_up()
    id_ = CrmId(bare.vendor.add_account("2000000001", "Practice", KIM.email))
    crm = bare.connect()

    values: dict[str, Value] = {
        "hcp_tier": "A",
        "hcp_going_cold": True,
        "hcp_next_visit": "2026-12-01",
        "hcp_call_order": 3,
    }
    [outcome] = crm.write([Change(id_, values)])

    assert outcome.verdict == "written"


def test_twice_is_as_once(bare: Portal) -> None:
    bare.set_up(key=True)

    said = bare.set_up(key=True)

    assert bare.changes() == []
    assert any("0 properties and segments new, 0 changed, 26 as they were" in line for line in said)


def test_the_number_is_unique_when_it_is_asked_for_and_not_there_when_it_is_not(bare: Portal) -> None:
    bare.set_up()
    without = bare.properties()
    bare.set_up(key=True)

    assert KEY.name not in without
    assert bare.properties()[KEY.name]["hasUniqueValue"]


def test_an_option_that_a_dropdown_lacks_is_added_and_the_portal_s_own_stay(bare: Portal) -> None:
    top = {"label": "Top", "value": "A", "displayOrder": 7, "hidden": False}
    own = {"label": "Own", "value": "own", "displayOrder": 2, "hidden": True}
    bare.define("hcp_tier", "enumeration", "select", options=[top, own])

    said = bare.set_up()

    told = bare.properties()["hcp_tier"]["options"]
    assert [(o["value"], o["label"], o["displayOrder"], o["hidden"]) for o in told] == [
        ("A", "Top", 7, False),
        ("own", "Own", 2, True),
        ("B", "B", 8, False),
        ("C", "C", 9, False),
    ]
    assert "  options  hcp_tier" in said


def test_what_is_in_the_way_is_named_at_once_and_nothing_is_changed(bare: Portal) -> None:
    bare.define("hcp_tier_since", "string", "text")
    bare.define("hcp_call_order", "string", "text")

    with pytest.raises(NeedsHuman) as caught:
        bare.set_up()

    assert "hcp_tier_since is of type string, and date is needed" in str(caught.value)
    assert "hcp_call_order" in str(caught.value)
    assert bare.changes() == []


def test_a_plain_number_property_cannot_be_made_unique(bare: Portal) -> None:
    bare.define("npi", "string", "text")

    with pytest.raises(NeedsHuman, match="npi is not unique, which cannot be changed later"):
        bare.set_up(key=True)

    assert bare.set_up()


def test_a_property_that_was_archived_comes_back(bare: Portal) -> None:
    bare.set_up()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{bare.url}/crm/properties/2026-09/companies/hcp_cold_reason"
    requests.delete(url, headers=headers, timeout=10)

    bare.set_up()

    assert "hcp_cold_reason" in bare.properties()


def test_a_missing_scope_is_named(bare: Portal) -> None:
    bare.vendor.scopes = bare.vendor.scopes - {"crm.schemas.companies.write"}

    with pytest.raises(NeedsHuman, match=r"crm\.schemas\.companies\.write"):
        bare.set_up()


def test_a_set_up_that_broke_off_is_finished_by_the_next(bare: Portal) -> None:
    bare.wire.faults.append(Fault("/crm/properties/2026-09/companies$", status=503, skip=4))
    with pytest.raises(TryAgain):
        bare.set_up()

    bare.set_up()

    assert set(WRITTEN) <= set(bare.properties())
    assert len(bare.segments()) == len(SEGMENTS)


def test_a_lost_answer_of_a_property_that_was_made_is_no_obstacle(bare: Portal) -> None:
    bare.wire.faults.append(Fault("/crm/properties/2026-09/companies$", lose_reply=True, skip=3))
    with pytest.raises(TryAgain, match="Run it again"):
        bare.set_up()

    bare.set_up()

    assert set(WRITTEN) <= set(bare.properties())


def test_contacts_may_be_the_accounts(bare: Portal) -> None:
    bare.set_up(object="contacts")

    assert set(WRITTEN) <= set(bare.properties("contacts"))
    assert "hcp_tier" not in bare.properties()
    assert len(bare.segments()) == len(SEGMENTS)


def test_there_is_nobody_to_assign(bare: Portal) -> None:
    with pytest.raises(NeedsHuman, match="no permission sets"):
        bare.set_up(assign="kim@example.com")

    assert bare.changes() == []


def test_first_contact_answers_without_writing_anything(bare: Portal) -> None:
    bare.set_up()
    bare.vendor.add_account("2000000001", "Practice", KIM.email)
    first, other = (bare.vendor.add_account(f"200000000{n}", "Practice", KIM.email) for n in (2, 3))
    bare.vendor.merge(first, other)
    bare.clock.sleep(60)
    bare.wire.calls.clear()

    said = "\n".join(bare.connect().first_contact())

    assert bare.changes() == []
    assert "calls in ten seconds: 190" in said
    assert "650,000 left" in said
    assert "merged records: an old id leads to the survivor" in said
    assert "an id that is not there, in a batch: 207, 1 errors told" in said
    assert "a search past 10,000 results: 400 VALIDATION_ERROR" in said
    assert "101 inputs in a batch: 400 VALIDATION_ERROR" in said


def test_first_contact_names_the_scope_that_is_missing_and_goes_on(bare: Portal) -> None:
    bare.vendor.scopes = bare.vendor.scopes - {"sales-email-read"}

    said = "\n".join(bare.connect().first_contact())

    assert "emails: cannot be read, the key lacks sales-email-read" in said
    assert "merged records" in said
