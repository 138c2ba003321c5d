"""A client that others wrote, simple-salesforce, talks to the sandbox over HTTP and notices nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import simple_salesforce
from requests.adapters import HTTPAdapter
from simple_salesforce.exceptions import (
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
)
from werkzeug.serving import make_server

from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, MONDAY, Org, open_org
from tests.sandbox.salesforce_package import PACKAGE, zipped


class ToLoopback(HTTPAdapter):
    """The client only speaks https; whatever host it asks for, ask the sandbox."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        url = urlsplit(request.url or "")
        request.url = url._replace(scheme="http", netloc=f"127.0.0.1:{self.port}").geturl()
        kwargs["timeout"] = 10
        return super().send(request, *args, **kwargs)


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock, page_size=2)


@pytest.fixture
def client(org: Org) -> Iterator[Any]:
    server = make_server("127.0.0.1", 0, org.wire, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", ToLoopback(server.port))
        yield simple_salesforce.Salesforce(
            consumer_key="sandbox-client",
            consumer_secret="sandbox-secret",
            domain="acme.my",
            session=session,
            version="67.0",
        )
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_reads_every_page_of_a_query(client: Any) -> None:
    records = client.query_all("SELECT Name, Owner.Email FROM Account ORDER BY Name")["records"]

    assert [record["Name"] for record in records] == ["Dr. Adeyemi", "Dr. Brandt", "Dr. Castillo"]
    assert {record["Owner"]["Email"] for record in records} == {"kim@example.com"}


def test_it_describes_reads_and_writes_a_record(org: Org, client: Any) -> None:
    account = org.id(ADEYEMI)

    status = client.Account.update(account, {"Call_Tier__c": "A"})

    assert status == 204
    assert client.Account.get(account)["Call_Tier__c"] == "A"
    assert "Call_Tier__c" in {field["name"] for field in client.Account.describe()["fields"]}


def test_it_asks_what_changed_and_what_is_gone(org: Org, client: Any) -> None:
    org.salesforce.edit(org.id(ADEYEMI), Call_Tier__c="A")
    gone = org.id(BRANDT)
    org.salesforce.delete(gone)
    start, end = MONDAY - timedelta(minutes=10), MONDAY

    changed, deleted = client.Account.updated(start, end), client.Account.deleted(start, end)

    assert changed["ids"] == [org.id(ADEYEMI)]
    assert [record["id"] for record in deleted["deletedRecords"]] == [gone]


def test_it_knows_our_refusals_for_salesforce_s_own(org: Org, client: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_FIELD"):
        client.query("SELECT Tier__c FROM Account")

    org.salesforce.spend_quota()

    with pytest.raises(SalesforceRefusedRequest, match="REQUEST_LIMIT_EXCEEDED"):
        client.query("SELECT Id FROM Account")


def test_it_reads_the_quota_from_the_header(client: Any) -> None:
    client.limits()

    usage = client.api_usage["api-usage"]
    assert (usage.used, usage.total) == (1, 100_000)


def test_it_upserts_reads_and_removes_by_the_customer_s_key(org: Org, client: Any) -> None:
    made = client.Account.upsert("NPI__c/2000000044", {"Name": "Dr. Okafor"})
    there = client.Account.upsert("NPI__c/2000000044", {"Call_Tier__c": "A"})
    read = client.Account.get_by_custom_id("NPI__c", "2000000044")

    assert (made, there) == (201, 200)
    assert (read["Name"], read["Call_Tier__c"]) == ("Dr. Okafor", "A")


def test_it_is_told_of_several_records_with_one_key(org: Org, client: Any) -> None:
    for name in ("Adeyemi", "Adeyemi-Cole"):
        client.Contact.create({"LastName": name, "NPI__c": ADEYEMI})

    with pytest.raises(SalesforceMoreThanOneRecord):
        client.Contact.get_by_custom_id("NPI__c", ADEYEMI)


def test_it_writes_a_collection_and_a_graph_and_counts_what_there_is(client: Any) -> None:
    rows = {"records": [{"attributes": {"type": "Account"}, "NPI__c": "2000000044", "Name": "Dr. Okafor"}]}
    node = {"method": "POST", "url": "/services/data/v67.0/sobjects/Account", "referenceId": "one"}
    graph = {"graphs": [{"graphId": "g", "compositeRequest": [{**node, "body": {"Name": "Dr. Osei"}}]}]}

    upserted = client.restful("composite/sobjects/Account/NPI__c", method="PATCH", json=rows)
    graphs = client.restful("composite/graph", method="POST", json=graph)
    counts = client.restful("limits/recordCount", params={"sObjects": "Account"})

    assert upserted[0]["created"] is True
    assert graphs["graphs"][0]["isSuccessful"] is True
    assert counts["sObjects"] == [{"count": 5, "name": "Account"}]


def test_it_deploys_a_package_and_follows_it(org: Org, client: Any) -> None:
    sent = client.deploy(BytesIO(zipped(PACKAGE)), sandbox=False, checkOnly=True, rollbackOnError=True)
    waiting = client.checkDeployStatus(sent["asyncId"])
    org.clock.sleep(10)

    done = client.checkDeployStatus(sent["asyncId"])

    assert (waiting["state"], done["state"]) == ("Pending", "Succeeded")
    assert done["deployment_detail"]["deployed_count"] == "5"
