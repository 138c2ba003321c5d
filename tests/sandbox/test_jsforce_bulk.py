"""jsforce writes and reads by the thousand, and by the customer's own key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.world import World
from tests.sandbox.jsforce import Jsforce, serve
from tests.sandbox.salesforce_org import ADEYEMI, KIM, provider

MANY = World((KIM,), tuple(provider(f"30000{n:05d}", f"Dr. {n:04d}") for n in range(2500)))


@pytest.fixture
def many() -> Iterator[Jsforce]:
    with serve(MANY) as jsforce:
        yield jsforce


def test_jsforce_writes_by_the_customer_s_key() -> None:
    with serve() as jsforce:
        said = jsforce.run("upsert.mjs", keys=[ADEYEMI, "2000000044", "2000000051"])
        found = jsforce.salesforce.find("2000000044")

    assert said["outcomes"] == [False, True, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]
    assert found is not None
    assert said["username"] == "callplan@sandbox.example"


def test_jsforce_loads_a_bulk_job_and_reads_its_rows_back(many: Jsforce) -> None:
    ids = [str(many.salesforce.find(one.npi)) for one in MANY.providers]

    said = many.run("bulk.mjs", ids=ids)

    assert (said["successful"], said["unprocessed"]) == (2499, 0)
    assert len(said["failed"]) == 1
    assert said["failed"][0].startswith("STRING_TOO_LONG:")
    assert (said["read"], said["reason"]) == (2499, "Zoë, vu\u00a03×")
    assert many.salesforce.record(ids[2499])["Call_Order__c"] == 2499
    assert said["refused"] == "API_ERROR"
