"""Where a record opens in HubSpot: which portal it is, asked once and kept, and what is said where it is not told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

import adapters.hubspot
from connector.contract import CrmId, Drawer, Secret
from sandbox.hubspot.kinds import PORTAL
from sandbox.wire import Fault
from tests.adapters.benches import SandboxBench, hubspot_bench
from tests.conftest import StillClock

ADEYEMI = CrmId("4711")


@pytest.fixture
def portal(clock: StillClock) -> Iterator[SandboxBench]:
    with hubspot_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


def test_the_portal_is_asked_once_for_all_nights_and_again_with_another_key(portal: SandboxBench) -> None:
    drawer = Drawer()
    portal.vendor.add_key("pat-na1-another")
    settings = [
        portal.settings,
        portal.settings,
        portal.settings.model_copy(update={"token": Secret("pat-na1-another")}),
    ]

    calls = []
    for one in settings:
        crm = adapters.hubspot.connect(one, portal.reading, clock=portal.clock, keep=drawer)
        assert crm.page(ADEYEMI) == portal.opens.format(ADEYEMI)
        calls.append(portal.calls())

    assert calls == [1, 1, 2]
    assert "pat-na1" not in str(drawer.get("portal"))


def test_a_portal_in_europe_says_where_its_pages_are(portal: SandboxBench) -> None:
    told = {"portalId": PORTAL, "uiDomain": "app-eu1.hubspot.com"}
    portal.wire.faults.append(Fault("/account-info", status=200, body=json.dumps(told)))

    assert portal.connect().page(ADEYEMI) == f"https://app-eu1.hubspot.com/contacts/{PORTAL}/record/0-2/4711"


def test_a_portal_that_does_not_tell_has_no_pages_and_is_not_asked_for_each_record(portal: SandboxBench) -> None:
    refusal = {"status": "error", "category": "MISSING_SCOPES", "message": "This app hasn't been granted the scopes."}
    portal.wire.faults.append(Fault("/account-info", status=403, body=json.dumps(refusal)))
    crm = portal.connect()

    pages = [crm.page(ADEYEMI) for _ in range(3)]

    assert pages == [None] * 3
    assert portal.calls() == 1


@pytest.mark.parametrize(
    ("object", "page"),
    [
        ("contacts", f"https://app.hubspot.com/contacts/{PORTAL}/record/0-1/4711"),
        ("2-1234567", f"https://app.hubspot.com/contacts/{PORTAL}/record/2-1234567/4711"),
        ("sites", None),
    ],
)
def test_an_object_of_the_portal_s_own_opens_by_its_type_id_alone(
    portal: SandboxBench, object: str, page: str | None
) -> None:
    portal.reading = replace(portal.reading, object=object)

    assert portal.connect().page(ADEYEMI) == page
