"""A client that others wrote for another language, jsforce, talks to the sandbox and notices nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from sandbox.world import World
from tests.sandbox.jsforce import Jsforce, serve
from tests.sandbox.salesforce_org import KIM, provider
from tests.sandbox.salesforce_package import PACKAGE, zipped

MANY = World((KIM,), tuple(provider(f"30000{n:05d}", f"Dr. {n:03d}") for n in range(450)))


@pytest.fixture(scope="module")
def many() -> Iterator[Jsforce]:
    """450 accounts, of which a page holds 200."""
    with serve(MANY, page_size=200) as jsforce:
        yield jsforce


def test_jsforce_logs_in_both_ways_and_not_with_a_guess(many: Jsforce) -> None:
    said = many.run("log-in.mjs")

    assert said == {"names": ["callplan@sandbox.example"] * 2, "refused": "invalid_client"}


def test_jsforce_reads_every_page_and_every_object(many: Jsforce) -> None:
    said = many.run("read.mjs")

    assert said["first"] == [200, False, 450]
    assert said["all"] == [450, True]
    assert (said["last"]["Name"], said["last"]["Owner"]["Email"]) == ("Dr. 449", KIM.email)
    assert {"Account", "Task", "Event", "User", "PermissionSet"} <= set(said["objects"])
    assert [option["value"] for option in said["tier"]["picklistValues"]] == ["A", "B", "C"]
    assert 0 < said["left"] < 100_000
    assert said["refused"] == "INVALID_FIELD"


def test_jsforce_writes_more_rows_than_a_call_takes(many: Jsforce) -> None:
    ids = [str(many.salesforce.find(one.npi)) for one in MANY.providers]

    said = many.run("update.mjs", ids=ids)

    assert said == {
        "written": 449,
        "bad": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "status": "Not Started",
        "deleted": True,
    }
    assert many.salesforce.record(ids[449])["Call_Order__c"] == 449


def test_jsforce_makes_a_bare_org_ours() -> None:
    with serve(deployed=False) as jsforce:
        said = jsforce.run("deploy.mjs", zip=base64.b64encode(zipped(PACKAGE)).decode())

    assert said["checked"] == ["Succeeded", 5, 0]
    assert said["deployed"] == ["Succeeded", True, 6]
    assert (said["before"], said["after"]) == (False, True)
    assert (said["tier"]["fullName"], said["tier"]["type"]) == ("Account.Call_Tier__c", "Picklist")
    assert said["tier"]["valueSet"]["restricted"] is True
    assert "PermissionSet" in said["types"]
    assert said["listed"] == ["Account.Going_Cold_Tier_A"]
