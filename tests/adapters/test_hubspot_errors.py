"""Every row of HubSpot's error catalogue, raised by the sandbox and sorted by whom it concerns.

Source   developers.hubspot.com, "Error handling", "Usage guidelines", "CRM API write validation enforcement"
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

import adapters.hubspot
from connector.contract import Change, CrmId, Outcome, Reading, Secret, Value, Verdict
from connector.errors import ConnectorError, NeedsHuman, StopForTonight, TryAgain
from sandbox.wire import Fault
from tests.adapters.benches import SandboxBench, hubspot_bench
from tests.conftest import StillClock

Portal = SandboxBench
Cause = Callable[[Portal], object]
HTML = "<html><body>Something went wrong.</body></html>"


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Portal]:
    with hubspot_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


def odd(status: int, body: str | None = None, headers: Mapping[str, str] | None = None, **envelope: Any) -> Cause:
    """What our own calls cannot bring about in the sandbox."""
    said = json.dumps({"status": "error", "message": "", **envelope}) if body is None else body
    return lambda portal: portal.wire.faults.append(
        Fault("/crm/", status=status, body=said, headers=dict(headers or {}), times=50)
    )


def limit(**envelope: Any) -> Cause:
    return odd(429, **envelope)


def lose(*scopes: str) -> Cause:
    def revoke(portal: Portal) -> None:
        portal.vendor.scopes = portal.vendor.scopes - set(scopes)

    return revoke


def call_much(portal: Portal) -> None:
    """Another program does, with the same key."""
    [key] = portal.vendor.keys.held.values()
    key.bucket.calls.extend([portal.clock.now()] * key.bucket.burst)


def search_much(portal: Portal) -> None:
    portal.vendor.rates.searches.extend([portal.clock.now()] * 5)


def property_error(code: str) -> dict[str, Any]:
    return {"message": "", "code": code, "context": {"propertyName": ["hcp_tier"]}}


SCOPES = [{"context": {"requiredGranularScopes": [scope]}} for scope in ("crm.lists.read", "sales-email-read")]

# What a whole call is refused with, what becomes of the night, after how many seconds, and what it says.
CALLS: list[tuple[str, Cause, type[ConnectorError], float, str]] = [
    ("a spent day", lambda portal: portal.spend_quota(), StopForTonight, 0, "midnight in the portal's time zone"),
    ("a burst", call_much, TryAgain, 10, "another program calls with the same login"),
    ("a limit without a name", limit(), TryAgain, 10, "rate limit"),
    ("a page of HTML for a limit", odd(429, HTML), TryAgain, 10, "rate limit"),
    ("a burst in older words", limit(errorType="RATE_LIMIT", groupName="publicapi:crm"), TryAgain, 10, "rate limit"),
    ("a spent day by its text", limit(message="You have reached your daily limit."), StopForTonight, 0, "for today"),
    ("a second by its text", limit(message="You have reached your secondly limit."), TryAgain, 1, "SECONDLY"),
    ("a burst by its text", limit(message="You have reached your ten_secondly_rolling limit."), TryAgain, 10, "429"),
    ("a portal that moves", odd(477, "", {"Retry-After": "7200"}), TryAgain, 7200, "Callplan goes on where it was"),
    ("a portal that moves without a date", odd(477, ""), TryAgain, 60, "moving this portal [477]"),
    ("a lock", odd(423, category="LOCKED"), TryAgain, 2, "locked these records"),
    ("500", odd(500, ""), TryAgain, 5, "500"),
    ("502", odd(502, HTML), TryAgain, 5, "did not finish its answer (502)"),
    ("503", odd(503, HTML), TryAgain, 5, "did not finish its answer (503)"),
    ("504", odd(504, HTML), TryAgain, 5, "did not finish its answer (504)"),
    ("521", odd(521, HTML), TryAgain, 5, "521"),
    ("523", odd(523, HTML), TryAgain, 5, "523"),
    ("524", odd(524, HTML), TryAgain, 5, "did not finish its answer (524)"),
    ("a revoked key", lambda portal: portal.end_login(), NeedsHuman, 0, "Copy it anew from Development, Keys"),
    ("an expired key", odd(401, category="EXPIRED_AUTHENTICATION"), NeedsHuman, 0, "has expired"),
    ("401 without a word", odd(401, ""), NeedsHuman, 0, "does not accept it [401]"),
    ("a scope", lose("crm.objects.companies.read"), NeedsHuman, 0, "Keys, Service keys: crm.objects.companies.read."),
    ("scopes in several parts", odd(403, errors=SCOPES), NeedsHuman, 0, ": crm.lists.read, sales-email-read."),
    ("a scope that is not named", odd(403, category="MISSING_SCOPES"), NeedsHuman, 0, "scopes"),
    ("403 without a word", odd(403, HTML), NeedsHuman, 0, "do that [403]"),
    ("an object that is not there", odd(404, category="OBJECT_NOT_FOUND"), NeedsHuman, 0, "Check the mapping"),
    ("an address that is not there", odd(404, HTML), NeedsHuman, 0, "update Callplan"),
    ("a method that is not taken", odd(405, HTML), NeedsHuman, 0, "405"),
    ("a format that is not made", odd(406, HTML), NeedsHuman, 0, "406"),
    ("a conflict", odd(409, category="CONFLICT"), NeedsHuman, 0, "taken by another record"),
    ("an address that is too long", odd(414, HTML), NeedsHuman, 0, "414"),
    ("another address", odd(302, "", {"Location": "https://elsewhere.example.com/"}), NeedsHuman, 0, "no redirect"),
    ("a request that is not valid", odd(400, category="VALIDATION_ERROR"), NeedsHuman, 0, "400 VALIDATION_ERROR"),
    (
        "a property that is gone",
        odd(400, category="VALIDATION_ERROR", errors=[property_error("PROPERTY_DOESNT_EXIST")]),
        NeedsHuman,
        0,
        "names [PROPERTY_DOESNT_EXIST, hcp_tier].\nRun `callplan setup hubspot`",
    ),
    (
        "a property that is read-only",
        odd(400, category="VALIDATION_ERROR", errors=[property_error("READ_ONLY_VALUE")]),
        NeedsHuman,
        0,
        "Name another one in the mapping",
    ),
    ("parts of an envelope that are null", odd(400, errors=None, category=None, message=None), NeedsHuman, 0, "400"),
    ("an envelope that is a list", odd(400, "[]"), NeedsHuman, 0, "does not say why"),
]


@pytest.mark.parametrize(("cause", "kind", "after", "words"), [row[1:] for row in CALLS], ids=[row[0] for row in CALLS])
def test_a_refused_call_concerns(
    portal: Portal, cause: Cause, kind: type[ConnectorError], after: float, words: str
) -> None:
    crm = portal.connect()
    portal.add_account()
    crm.describe("companies")
    cause(portal)

    with pytest.raises(ConnectorError) as caught:
        list(crm.accounts(None))

    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert getattr(caught.value, "after", 0) == after
    assert kind is not NeedsHuman or caught.value.next_step


def test_searches_of_other_programs_are_waited_for_a_second(portal: Portal) -> None:
    portal.add_account()
    crm = portal.connect()
    cursor = [page.cursor for page in crm.accounts(None)][-1]
    portal.clock.sleep(60)
    search_much(portal)

    with pytest.raises(TryAgain, match="another program searches this portal") as caught:
        list(crm.accounts(cursor))
    portal.clock.sleep(caught.value.after)

    assert caught.value.after == 1
    assert list(crm.accounts(cursor))


def test_all_scopes_that_mails_need_are_named_at_once_with_the_setting(portal: Portal) -> None:
    lose("crm.objects.contacts.read", "sales-email-read")(portal)
    reading = Reading("companies", (), ("emails",))
    crm = adapters.hubspot.connect(portal.settings, reading, clock=portal.clock)

    with pytest.raises(NeedsHuman, match=r"lacks 2 scopes \[MISSING_SCOPES\]") as caught:
        list(crm.interactions(None))

    assert caught.value.next_step.endswith(": crm.objects.contacts.read, sales-email-read.")
    assert caught.value.setting == "token"


def test_a_sensitive_property_asks_for_the_scope_of_its_own(portal: Portal) -> None:
    crm, id_ = portal.connect(), portal.add_account()
    crm.describe("companies")
    change_property(portal, "tier", sensitivity="highly_sensitive")

    with pytest.raises(NeedsHuman) as caught:
        list(crm.write([Change(id_, {portal.fields["tier"]: "A"})]))

    assert "crm.objects.companies.highly_sensitive.write.v2" in caught.value.next_step


@pytest.mark.parametrize("name", ["nothing", "0-999"])
def test_an_object_that_the_portal_lacks_is_the_mapping_s(portal: Portal, name: str) -> None:
    with pytest.raises(NeedsHuman, match="`object:` in the mapping"):
        portal.connect().describe(name)


def test_an_app_s_login_is_mended_in_another_place_than_a_key(portal: Portal) -> None:
    settings = adapters.hubspot.Settings(
        base_url=portal.settings.base_url,
        client_id="sandbox-client",
        client_secret=Secret("sandbox-secret"),
        refresh_token=Secret("sandbox-refresh"),
    )
    portal.vendor.oauth.refreshes["sandbox-refresh"] = replace(
        portal.vendor.oauth.refreshes["sandbox-refresh"], scopes=frozenset()
    )
    crm = adapters.hubspot.connect(settings, portal.reading, clock=portal.clock)

    with pytest.raises(NeedsHuman, match=r"let an admin install it again: crm\..*companies\.read") as scopes:
        crm.describe("companies")
    odd(401, category="EXPIRED_AUTHENTICATION")(portal)
    with pytest.raises(NeedsHuman, match=r"The app's login .*has expired") as expired:
        crm.describe("companies")

    assert (scopes.value.setting, expired.value.setting) == ("refresh_token", "refresh_token")
    assert "Connected Apps" in expired.value.next_step


Break = Callable[[Portal, CrmId], object]
Fields = dict[str, Value]
A: Fields = {"tier": "A"}


def change_property(portal: Portal, ours: str, **how: Any) -> None:
    properties = portal.vendor.portal.schema.properties["companies"]
    properties[portal.fields[ours]] = replace(properties[portal.fields[ours]], **how)


def nothing(_portal: Portal, _id: CrmId) -> None:
    """The value itself is at fault."""


def told(category: str, *codes: str, key: str = "objectWriteTraceId") -> Break:
    """One row of a batch, as HubSpot tells of it; the rest of the batch is written."""

    def strike(portal: Portal, id_: CrmId) -> None:
        errors = [{"message": "no", "code": code} for code in codes]
        error = {"status": "error", "category": category, "message": "refused", "context": {key: [id_]}}
        written = [{"id": other} for other in portal.vendor.portal.table("companies").rows if other != id_]
        body = {"status": "COMPLETE", "results": written, "numErrors": 1, "errors": [{**error, "errors": errors}]}
        portal.wire.faults.append(Fault("/batch/update", status=207, body=json.dumps(body)))

    return strike


def require(portal: Portal, id_: CrmId) -> None:
    portal.vendor.policy.require("companies", "phone")
    portal.vendor.policy.rules_on_every_update = True
    for other in portal.vendor.portal.all("companies"):
        if other.id != id_:
            portal.edit(other.id, phone="515 555 0100")


def require_conditionally(portal: Portal, id_: CrmId) -> None:
    portal.vendor.policy.require("companies", "state", when=("country", "US"))
    portal.vendor.policy.rules_on_every_update = True
    portal.edit(id_, country="US")


def take_number(portal: Portal, _id: CrmId) -> None:
    portal.edit(portal.add_account(), **{portal.fields["npi"]: "2999999999"})


# What one row is refused with: whether it passes by itself, and a word of what an admin does about it.
ROWS: list[tuple[str, Break, Fields, bool, str]] = [
    ("INVALID_OPTION", nothing, {"tier": "Platinum"}, False, "Add it in Settings, Properties"),
    ("INVALID_LONG", nothing, {"call_order": "twelve"}, False, "numbers only"),
    ("INVALID_DATE", nothing, {"next_visit": "soon"}, False, "dates only"),
    ("INVALID_OPTION", nothing, {"going_cold": "perhaps"}, False, "lacks this option"),
    ("CONFLICTING_UNIQUE_VALUE", take_number, {"npi": "2999999999"}, False, "Merge the two"),
    ("MISSING_REQUIRED_PROPERTY", require, A, False, "Fill it in"),
    ("MISSING_CONDITIONAL_REQUIRED_PROPERTY", require_conditionally, A, False, "another one asks for"),
    (
        "PROPERTY_DOESNT_EXIST",
        lambda portal, _: change_property(portal, "tier", archived="2026-11-23T07:00:00.000Z"),
        A,
        False,
        "Create the property",
    ),
    ("READ_ONLY_VALUE", lambda portal, _: change_property(portal, "tier", read_only=True), A, False, "read-only"),
    ("OBJECT_NOT_FOUND", lambda portal, id_: portal.delete(id_), A, False, "deleted or merged"),
    ("OBJECT_NOT_FOUND", lambda portal, id_: portal.merge(id_, portal.add_account()), A, False, "next night follows"),
    ("OBJECT_NOT_FOUND", told("OBJECT_NOT_FOUND", key="id"), A, False, "deleted or merged"),
    ("OBJECT_NOT_FOUND", told("OBJECT_NOT_FOUND", key="ids"), A, False, "deleted or merged"),
    ("INVALID_INTEGER", told("VALIDATION_ERROR", "INVALID_INTEGER"), A, False, "whole numbers"),
    ("VALIDATION_ERROR", told("VALIDATION_ERROR"), A, False, "Its text names the property"),
    ("CONFLICT", told("CONFLICT"), A, False, "Another record has this value"),
    ("LOCKED", told("LOCKED"), A, True, "Nothing to do"),
    ("RATE_LIMITS", told("RATE_LIMITS"), A, True, "Nothing to do"),
    ("INTERNAL_ERROR", told("INTERNAL_ERROR"), A, True, "Nothing to do"),
    ("SOMETHING_NEW", told("VALIDATION_ERROR", "SOMETHING_NEW"), A, False, "Its text names the property"),
    ("SOMETHING_ELSE", told("SOMETHING_ELSE"), A, False, "Look SOMETHING_ELSE up"),
]


@pytest.mark.parametrize(
    ("code", "broken", "fields", "passes", "remedy"), ROWS, ids=[f"{row[0]}, {row[4]}" for row in ROWS]
)
def test_a_refused_row(portal: Portal, code: str, broken: Break, fields: Fields, passes: bool, remedy: str) -> None:
    crm, bad, good = portal.connect(), portal.add_account(), portal.add_account()
    crm.describe("companies")
    broken(portal, bad)
    given: dict[CrmId, Fields] = {bad: fields, good: {"going_cold": True}}

    changes = [Change(id_, {portal.fields[ours]: v for ours, v in some.items()}) for id_, some in given.items()]
    outcomes = {outcome.id: outcome for outcome in crm.write(changes)}

    refused: Outcome = outcomes[bad]
    assert (refused.verdict, refused.code, refused.passing) == (Verdict.REFUSED, code, passes)
    assert refused.gone == (code == "OBJECT_NOT_FOUND")
    assert remedy in refused.remedy
    assert outcomes[good].verdict is Verdict.WRITTEN


def test_a_refused_row_says_which_property_is_at_fault_in_hubspot_s_words(portal: Portal) -> None:
    crm, id_ = portal.connect(), portal.add_account()
    wrong: Fields = {portal.fields["tier"]: "Platinum", portal.fields["next_visit"]: "soon"}

    [option] = crm.write([Change(id_, wrong)])
    require(portal, id_)
    [missing] = crm.write([Change(id_, {portal.fields["tier"]: "A"})])

    allowed = "[label: A, label: B, label: C]"
    assert option.message == (
        f"hcp_tier: Platinum was not one of the allowed options: {allowed}; hcp_next_visit: soon was not a valid date."
    )
    assert missing.message == "A value for phone must be provided"
