"""Graphs of calls are written whole or not at all, each by itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, Org, code, open_org


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


def node(name: str, method: str, url: str, body: Any = None) -> dict[str, Any]:
    return {"referenceId": name, "method": method, "url": f"/services/data/v67.0{url}", "body": body}


def make(name: str, **fields: Any) -> dict[str, Any]:
    return node(name, "POST", "/sobjects/Account", {"Name": f"Dr. {name}", **fields})


def graphs(**parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"graphs": [{"graphId": name, "compositeRequest": nodes} for name, nodes in parts.items()]}


def test_a_graph_that_fails_leaves_nothing_and_its_neighbour_stays(org: Org) -> None:
    visit = node("visit", "POST", "/sobjects/Task", {"WhatId": "@{Okafor.id}", "Subject": "Call"})
    bad = make("Brandt", Call_Tier__c="X")

    status, body = org.call("POST", "/composite/graph", graphs(good=[make("Okafor"), visit], bad=[make("Lost"), bad]))

    good, lost = body["graphs"]
    assert (status, good["isSuccessful"], lost["isSuccessful"]) == (200, True, False)
    assert [part["httpStatusCode"] for part in good["graphResponse"]["compositeResponse"]] == [201, 201]
    said = [part["body"][0]["errorCode"] for part in lost["graphResponse"]["compositeResponse"]]
    assert said == ["PROCESSING_HALTED", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]
    assert org.names("Name LIKE 'Dr. Okafor' OR Name = 'Dr. Lost'") == ["Okafor"]
    assert [call.rows for call in org.wire.calls if call.rows] == [4]


def test_after_fourteen_failed_graphs_the_rest_is_not_tried(org: Org) -> None:
    many = graphs(**{f"g{n}": [make("x", Call_Tier__c="X")] for n in range(14)}, last=[make("Okafor")])

    _, body = org.call("POST", "/composite/graph", many)

    assert body["graphs"][-1]["isSuccessful"] is False
    assert org.names("Name = 'Dr. Okafor'") == []


@pytest.mark.parametrize(
    "parts",
    [
        {f"g{n}": [make("x")] for n in range(76)},
        {"g": [make(f"n{n}") for n in range(501)]},
        {"g": [make(f"n{n}", Tier_Reason__c=f"@{{n{n - 1}.id}}" if n else "") for n in range(16)]},
    ],
)
def test_a_call_of_graphs_over_its_limits_is_refused_before_any_is_made(org: Org, parts: dict[str, Any]) -> None:
    assert code(org.call("POST", "/composite/graph", graphs(**parts))) == (400, "LIMIT_EXCEEDED")
    assert org.salesforce.history == []


def test_a_graph_holds_records_alone(org: Org) -> None:
    nested = graphs(g=[node("q", "GET", "/query?q=SELECT+Id+FROM+Account")])

    assert code(org.call("POST", "/composite/graph", nested)) == (400, "INVALID_INPUT")


def test_all_or_none_stops_at_the_first_failure_and_halts_the_rest(org: Org) -> None:
    parts = [make("One"), make("Two", Call_Tier__c="X"), make("Three")]

    _, body = org.call("POST", "/composite", {"allOrNone": True, "compositeRequest": parts})

    said = [part["body"][0]["errorCode"] for part in body["compositeResponse"]]
    assert said == ["PROCESSING_HALTED", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "PROCESSING_HALTED"]
    assert org.salesforce.history == []


def test_a_part_of_a_composite_call_may_name_a_record_by_a_key_with_odd_signs(org: Org) -> None:
    part = node("by_key", "PATCH", "/sobjects/Account/NPI__c/A%2FB%201", {"Name": "Dr. Okafor"})

    _, body = org.call("POST", "/composite", {"compositeRequest": [part]})

    assert body["compositeResponse"][0]["httpStatusCode"] == 201
    assert org.salesforce.find("A/B 1")
    assert org.salesforce.find(ADEYEMI)
