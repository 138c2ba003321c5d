"""An org before and after `callplan setup salesforce`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

import adapters.salesforce
from adapters.salesforce.deploy.package import package_zip
from connector.contract import Change, Crm, CrmId, Secret, SetUp
from connector.errors import NeedsHuman, TryAgain
from connector.host.discover import starter
from connector.mapping import read_mapping, reading
from sandbox.salesforce import Salesforce
from sandbox.server import listen
from sandbox.wire import Fault, Wire
from sandbox.world import World
from tests.adapters.benches import KIM
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import open_org
from tests.sandbox.salesforce_package import deploy, outcomes

MAPPING = read_mapping(starter() / "mappings/salesforce.yaml").value
WRITTEN = tuple(target.field for target in MAPPING.fields.values())


@dataclass
class Org:
    vendor: Salesforce
    url: str
    clock: StillClock
    wire: Wire

    @property
    def username(self) -> str:
        return str(self.vendor.record(self.vendor.records.login)["Username"])

    def connect(self) -> Crm:
        settings = adapters.salesforce.Settings(
            base_url=self.url, client_id="sandbox-client", client_secret=Secret("sandbox-secret")
        )
        return adapters.salesforce.connect(settings, reading(MAPPING), clock=self.clock)

    def set_up(self, **asked: Any) -> list[str]:
        return list(self.connect().set_up(SetUp(WRITTEN, **asked)))

    def get(self, path: str) -> Any:
        url = f"{self.url}/services/oauth2/token"
        told = {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret"}
        token = requests.post(url, data=told, timeout=10).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{self.url}/services/data/v67.0/{path}", headers=headers, timeout=10).json()


@pytest.fixture
def bare(clock: StillClock) -> Iterator[Org]:
    with opened(clock, deployed=False) as org:
        yield org


def sizes(org: Org) -> dict[str, int]:
    return {name: len(rows) for name, rows in org.vendor.dump()["tables"].items()}


@contextmanager
def opened(clock: StillClock, *, deployed: bool) -> Iterator[Org]:
    vendor = Salesforce(World(reps=(KIM,)), now=clock.now, deployed=deployed)
    wire = Wire(vendor)
    listening = listen(wire)
    try:
        yield Org(vendor, listening.url, clock, wire)
    finally:
        listening.close()


def test_a_dry_run_validates_in_the_org_and_changes_nothing(bare: Org) -> None:
    before = bare.vendor.dump()

    said = bare.set_up(dry_run=True)

    after = bare.vendor.dump()
    assert any("Account.Call_Tier__c" in line for line in said)
    assert any(line.startswith("validated") for line in said)
    assert {name: after[name] for name in ("tables", "setup")} == {name: before[name] for name in ("tables", "setup")}


def test_a_bare_org_can_be_written_to_after_set_up(bare: Org) -> None:
    bare.set_up(assign=bare.username)
    crm = bare.connect()
    account = CrmId(bare.vendor.add_account("2000000001", "Practice", KIM.email))

    fields = crm.describe("Account").fields
    [outcome] = crm.write([Change(account, {"Call_Tier__c": "A", "Going_Cold__c": True})])

    assert all(fields[name].writable for name in WRITTEN)
    assert outcome.verdict == "written"


def test_the_fields_are_there_for_whoever_set_them_up_without_another_login(bare: Org) -> None:
    crm = bare.connect()
    before = crm.describe("Account").fields.keys() & set(WRITTEN)

    list(crm.set_up(SetUp(WRITTEN, assign=bare.username)))

    assert (before, crm.describe("Account").fields.keys() & set(WRITTEN)) == (set(), set(WRITTEN))


def test_nobody_is_given_anything_unasked(bare: Org) -> None:
    said = bare.set_up()

    assert bare.vendor.records.tables["PermissionSetAssignment"] == {}
    assert "Call_Tier__c" not in bare.connect().describe("Account").fields
    assert "--assign" in said[-1]


def test_set_up_twice_is_as_once(bare: Org) -> None:
    bare.set_up(assign=bare.username)
    once, fields = sizes(bare), bare.connect().describe("Account").fields

    said = bare.set_up(assign=bare.username)

    assert sizes(bare) == once
    assert bare.connect().describe("Account").fields == fields
    assert said[-1] == f"{bare.username} has Callplan_Integration already"
    assert any(line.startswith("deployed: 0 components new or changed") for line in said)


def test_an_org_with_another_field_of_the_name_is_left_as_it_was(clock: StillClock) -> None:
    with opened(clock, deployed=True) as org:
        kind = org.vendor.records.kinds["Account"]
        kind.fields["Call_Order__c"] = replace(kind.fields["Call_Order__c"], type="date")
        before = org.vendor.dump()

        refused = r"CustomField Account\.Call_Order__c: Cannot update a field to a Number"
        with pytest.raises(NeedsHuman, match=refused) as caught:
            org.set_up()

        assert "Nothing was changed" in str(caught.value.next_step)
        after = org.vendor.dump()
        assert (after["tables"], after["setup"]) == (before["tables"], before["setup"])


def test_a_user_that_the_org_lacks_is_named_before_anything_is_changed(bare: Org) -> None:
    before = bare.vendor.dump()["setup"]

    with pytest.raises(NeedsHuman, match=r"no user nobody@example\.com"):
        bare.set_up(assign="nobody@example.com")

    assert bare.vendor.dump()["setup"] == before


def test_a_field_for_the_npi_is_made_only_when_asked_for(bare: Org) -> None:
    del bare.vendor.records.kinds["Account"].fields["NPI__c"]
    bare.set_up()
    without = "NPI__c" in bare.vendor.records.kinds["Account"].fields

    bare.set_up(key=True)

    assert (without, "NPI__c" in bare.vendor.records.kinds["Account"].fields) == (False, True)


def test_the_list_view_of_cold_accounts_shows_exactly_those(bare: Org) -> None:
    bare.set_up(assign=bare.username)
    cold = {
        bare.vendor.add_account(f"200000000{n}", f"Practice {n}", KIM.email, Call_Tier__c=tier, Going_Cold__c=flag)
        for n, (tier, flag) in enumerate([("A", True), ("A", False), ("B", True), ("A", True)])
        if (tier, flag) == ("A", True)
        or not bare.vendor.add_account(f"210000000{n}", f"Other {n}", None, Call_Tier__c=tier, Going_Cold__c=flag)
    }

    views = bare.get("sobjects/Account/listviews")["listviews"]
    [view] = [v["id"] for v in views if v["developerName"] == "Callplan_Tier_A_Going_Cold"]
    shown = bare.get(f"sobjects/Account/listviews/{view}/results")["records"]

    ids = {next(c["value"] for c in row["columns"] if c["fieldNameOrPath"] == "Id") for row in shown}
    assert ids == cold


def test_a_first_contact_asks_what_only_the_org_knows(clock: StillClock) -> None:
    with opened(clock, deployed=True) as org:
        said = "\n".join(org.connect().first_contact())

    for word in ("API versions", "clock", "DailyApiRequests", "objects with interactions", "bulk query: works"):
        assert word in said
    assert "not asked" in said


def test_the_package_is_taken_whole_and_a_second_time_as_it_was(clock: StillClock) -> None:
    org = open_org(clock, deployed=False)
    zipped = package_zip(running_user=str(org.salesforce.record(org.salesforce.records.login)["Username"]))

    tried, first, second = (deploy(org, zipped, checkOnly=only) for only in (True, False, False))

    assert [one["status"] for one in (tried, first, second)] == ["Succeeded"] * 3
    assert [one["numberComponentErrors"] for one in (tried, first, second)] == [0, 0, 0]
    assert set(outcomes(tried).values()) == set(outcomes(first).values()) == {"created"}
    assert set(outcomes(second).values()) == {"the same"}
    assert {"Account.Callplan_Tier_A_Going_Cold", "Callplan_Going_Cold_Task", "callplanCard"} <= outcomes(first).keys()


def test_what_the_integration_user_may_not_ask_does_not_stop_a_check(clock: StillClock) -> None:
    with opened(clock, deployed=True) as org:
        org.vendor.trouble("insufficient_access", None, path="/limits")

        said = list(org.connect().first_contact())

    assert any(line.startswith("limits: not told") for line in said)
    assert any(line.startswith("bulk query: works") for line in said)


def test_an_assignment_without_an_answer_is_to_be_tried_again(bare: Org) -> None:
    bare.wire.faults.append(Fault("/PermissionSetAssignment$", lose_reply=True))

    with pytest.raises(TryAgain, match="assignment"):
        bare.set_up(assign=bare.username)

    assert bare.set_up(assign=bare.username)[-1].endswith("has Callplan_Integration already")
