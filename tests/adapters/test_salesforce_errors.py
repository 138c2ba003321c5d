"""Every row of Salesforce's error catalogue, raised by the sandbox and sorted by whom it concerns.

Source   REST API Developer Guide, Status Codes; SOAP API Developer Guide, StatusCode and ExceptionCode
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from connector.contract import Change, CrmId, Outcome, Verdict
from connector.errors import NeedsHuman, StopForTonight, TryAgain
from sandbox.wire import Fault
from tests.adapters.benches import SandboxBench, salesforce_bench
from tests.conftest import StillClock

Org = SandboxBench
Cause = Callable[[Org], object]


@pytest.fixture
def org(clock: StillClock) -> Iterator[Org]:
    with salesforce_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


def trouble(name: str) -> Cause:
    return lambda org: org.vendor.trouble(name, None)


def odd(status: int, code: str, message: str = "") -> Cause:
    """What our own calls cannot bring about in the sandbox."""
    body = json.dumps([{"errorCode": code, "message": message}] if code else ["/services/data/v67.0/sobjects/A/1"])
    return lambda org: org.wire.faults.append(Fault("/services/data", status=status, body=body, times=50))


def login(error: str, description: str = "") -> Cause:
    def refuse(org: Org) -> None:
        org.end_login()
        org.vendor.refuse_logins(error, description)

    return refuse


# What a whole call is refused with, and what becomes of the night.
CALLS: list[tuple[str, Cause, type[Exception], str]] = [
    ("a spent day", lambda org: org.spend_quota(), StopForTonight, "for today"),
    ("too many at once", trouble("concurrent_requests"), TryAgain, "long requests"),
    ("too many long transactions", trouble("long_transactions"), TryAgain, "long requests"),
    ("unavailable", trouble("server_unavailable"), TryAgain, "not available"),
    ("a locked org", trouble("org_locked"), TryAgain, "locked"),
    ("a function switched off", trouble("function_unavailable"), TryAgain, "switched this off"),
    ("a circuit breaker", trouble("circuit_breaker"), TryAgain, "switched this off"),
    ("a slow query", trouble("query_timeout"), TryAgain, "too long"),
    ("a complicated query", trouble("query_too_complicated"), TryAgain, "too complicated"),
    ("a query through too much", trouble("operation_too_large"), TryAgain, "more rows"),
    ("too many ids", trouble("too_many_ids"), TryAgain, "more records"),
    ("no API", trouble("api_disabled"), NeedsHuman, "no API"),
    ("no API for the user", trouble("api_currently_disabled"), NeedsHuman, "API Enabled"),
    ("no access", trouble("insufficient_access"), NeedsHuman, "permission"),
    ("a security policy", trouble("transaction_blocked"), NeedsHuman, "Transaction Security"),
    ("a security policy that fails", trouble("transaction_security"), NeedsHuman, "Transaction Security"),
    ("HTML with 401", trouble("html_401"), NeedsHuman, "Run As user"),
    ("HTML with 406", trouble("html_406"), TryAgain, "406"),
    ("HTML with 420", trouble("html_420"), TryAgain, "420"),
    ("nothing with 429", trouble("html_429"), TryAgain, "429"),
    ("HTML with 500", trouble("html_500"), TryAgain, "500"),
    ("HTML with 502", trouble("html_502"), TryAgain, "did not finish"),
    ("HTML with 503", trouble("html_503"), TryAgain, "did not finish"),
    ("HTML with 504", trouble("html_504"), TryAgain, "did not finish"),
    ("a field that the login lost", lambda org: org.vendor.hide("Account", "Name"), NeedsHuman, "callplan check"),
    ("a malformed query", odd(400, "MALFORMED_QUERY"), NeedsHuman, "mapping's names"),
    ("an unknown object", odd(400, "INVALID_TYPE"), NeedsHuman, "Check the mapping"),
    ("an unknown address", odd(404, "NOT_FOUND"), NeedsHuman, "mapping"),
    ("a lost place", odd(400, "INVALID_QUERY_LOCATOR"), TryAgain, "place was lost"),
    ("a job in another state", odd(400, "INVALIDJOBSTATE"), TryAgain, "state"),
    ("several records", odd(300, ""), NeedsHuman, "no redirect"),
    ("a body that cannot be read", odd(400, "JSON_PARSER_ERROR"), NeedsHuman, "JSON_PARSER_ERROR"),
    ("a malformed id", odd(400, "MALFORMED_ID"), NeedsHuman, "MALFORMED_ID"),
    ("a batch of no size", odd(400, "INVALID_BATCH_SIZE"), NeedsHuman, "INVALID_BATCH_SIZE"),
    ("results of another version", odd(409, "CONFLICT"), NeedsHuman, "409"),
    ("a content type", odd(415, "UNSUPPORTED_MEDIA_TYPE"), NeedsHuman, "UNSUPPORTED_MEDIA_TYPE"),
    ("a version that is gone", odd(400, "InvalidVersion"), NeedsHuman, "api_version"),
    ("an unknown client", login("invalid_client_id", "client identifier invalid"), NeedsHuman, "consumer key"),
    ("a wrong secret", login("invalid_client", "invalid client credentials"), NeedsHuman, "consumer secret"),
    ("no Run As user", login("invalid_grant", "no client credentials user enabled"), NeedsHuman, "Run As"),
    ("not approved", login("invalid_grant", "user hasn't approved this consumer"), NeedsHuman, "admin approved"),
    ("not admin approved", login("invalid_grant", "user is not admin approved"), NeedsHuman, "permission set"),
    ("another audience", login("invalid_grant", "Audience validation failed"), NeedsHuman, "audience"),
    ("a bad assertion", login("invalid_grant", "invalid assertion"), NeedsHuman, "certificate"),
    ("an old assertion", login("invalid_grant", "expired authorization code"), NeedsHuman, "clock"),
    ("not on this host", login("invalid_grant", "request not supported on this domain"), NeedsHuman, "My Domain"),
    ("a password", login("invalid_grant", "authentication failure"), NeedsHuman, "client_secret"),
    ("an old refresh token", login("invalid_grant", "expired access/refresh token"), NeedsHuman, "Log in anew"),
    ("no such app", login("app_not_found", "External client app is not installed"), NeedsHuman, "not installed"),
    ("no such flow", login("unsupported_grant_type", "grant type not supported"), NeedsHuman, "flow"),
    ("an inactive user", login("inactive_user", "user is inactive"), NeedsHuman, "inactive"),
]


@pytest.mark.parametrize(("cause", "kind", "words"), [row[1:] for row in CALLS], ids=[row[0] for row in CALLS])
def test_a_refused_call_concerns(org: Org, cause: Cause, kind: type[Exception], words: str) -> None:
    crm = org.connect()
    org.add_account()
    crm.describe("Account")
    cause(org)

    with pytest.raises((NeedsHuman, StopForTonight, TryAgain)) as caught:
        list(crm.accounts(None))

    told = f"{caught.value} {caught.value.next_step}"
    assert isinstance(caught.value, kind)
    assert words in told


def test_maintenance_stops_the_writes_alone(org: Org) -> None:
    crm, id_ = org.connect(), org.add_account()
    org.vendor.trouble("maintenance", None)

    assert list(crm.accounts(None))
    with pytest.raises(TryAgain, match="maintenance"):
        list(crm.write([Change(id_, {org.fields["tier"]: "A"})]))


def test_an_api_version_that_is_retired_names_the_setting(org: Org) -> None:
    import adapters.salesforce

    settings = org.settings.model_copy(update={"api_version": "30.0"})
    with pytest.raises(NeedsHuman, match="retired") as caught:
        adapters.salesforce.connect(settings, org.reading, clock=org.clock).describe("Account")

    assert caught.value.setting == "api_version"


Break = Callable[[Org, CrmId], object]


def refuse(code: str, message: str = "refused") -> Break:
    return lambda org, id_: org.vendor.refuse("Account", id_, code, message)


# What one row is refused with: whether it passes by itself, and a word of what an admin does about it.
ROWS: list[tuple[str, Break, bool, str]] = [
    ("UNABLE_TO_LOCK_ROW", lambda org, id_: org.vendor.lock(id_, 1), True, "writing to the account"),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", refuse("ALL_OR_NONE_OPERATION_ROLLED_BACK"), True, "Nothing to do"),
    ("UNKNOWN_EXCEPTION", refuse("UNKNOWN_EXCEPTION"), True, "Nothing to do"),
    ("REQUEST_RUNNING_TOO_LONG", refuse("REQUEST_RUNNING_TOO_LONG"), True, "flows and triggers"),
    ("ENTITY_IS_DELETED", lambda org, id_: org.delete(id_), False, "deleted or merged"),
    ("DUPLICATE_VALUE", refuse("DUPLICATE_VALUE"), False, "unique field"),
    ("DUPLICATE_EXTERNAL_ID", refuse("DUPLICATE_EXTERNAL_ID"), False, "external id"),
    ("DUPLICATES_DETECTED", refuse("DUPLICATES_DETECTED", "Use one of these records?"), False, "duplicate rule"),
    (
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        lambda org, id_: org.vendor.rules.append(lambda row: "No." if row["Id"] == id_ else None),
        False,
        "Validation Rules",
    ),
    (
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        lambda org, id_: org.vendor.policy.triggers.append(lambda row: "Boom" if row["Id"] == id_ else None),
        False,
        "trigger or flow",
    ),
    (
        "CANNOT_EXECUTE_FLOW_TRIGGER",
        lambda org, id_: org.vendor.policy.flows.append(lambda row: "Boom" if row["Id"] == id_ else None),
        False,
        "flow failed",
    ),
    (
        "CANNOT_EXECUTE_FLOW_TRIGGER",
        lambda org, id_: org.vendor.policy.flows.append(
            lambda row: "UNABLE_TO_LOCK_ROW, unable to obtain exclusive access" if row["Id"] == id_ else None
        ),
        True,
        "flow failed",
    ),
    ("FIELD_INTEGRITY_EXCEPTION", refuse("FIELD_INTEGRITY_EXCEPTION"), False, "contradict"),
    ("STRING_TOO_LONG", refuse("STRING_TOO_LONG"), False, "Lengthen"),
    ("NUMBER_OUTSIDE_VALID_RANGE", refuse("NUMBER_OUTSIDE_VALID_RANGE"), False, "fewer digits"),
    ("INVALID_TYPE_ON_FIELD_IN_RECORD", refuse("INVALID_TYPE_ON_FIELD_IN_RECORD"), False, "another type"),
    ("REQUIRED_FIELD_MISSING", refuse("REQUIRED_FIELD_MISSING"), False, "required field"),
    (
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        lambda org, _: org.vendor.protect("Account", org.fields["tier"]),
        False,
        "edit access",
    ),
    ("INVALID_CROSS_REFERENCE_KEY", refuse("INVALID_CROSS_REFERENCE_KEY"), False, "may not see it"),
    (
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        lambda org, id_: org.vendor.unshare(id_),
        False,
        "Share the record",
    ),
    ("INSUFFICIENT_ACCESS_OR_READONLY", lambda org, id_: org.vendor.share_to_read(id_), False, "Share the account"),
    ("INACTIVE_OWNER_OR_USER", refuse("INACTIVE_OWNER_OR_USER"), False, "active owner"),
    ("TRANSFER_REQUIRES_READ", refuse("TRANSFER_REQUIRES_READ"), False, "owner may not read"),
    ("STORAGE_LIMIT_EXCEEDED", refuse("STORAGE_LIMIT_EXCEEDED"), False, "storage is full"),
    ("ENTITY_IS_LOCKED", lambda org, id_: org.vendor.send_for_approval(id_), False, "approval"),
    ("SOMETHING_NEW", refuse("SOMETHING_NEW"), False, "Look SOMETHING_NEW up"),
]


@pytest.mark.parametrize(("code", "broken", "passes", "remedy"), ROWS, ids=[f"{row[0]}, {row[3]}" for row in ROWS])
def test_a_refused_row(org: Org, code: str, broken: Break, passes: bool, remedy: str) -> None:
    crm, bad, good = org.connect(), org.add_account(), org.add_account()
    crm.describe("Account")
    broken(org, bad)

    outcomes = {o.id: o for o in crm.write([Change(id_, {org.fields["tier"]: "A"}) for id_ in (bad, good)])}

    told: Outcome = outcomes[bad]
    assert (told.verdict, told.code, told.passing) == (Verdict.REFUSED, code, passes)
    assert remedy in told.remedy


def test_a_value_that_the_picklist_lacks_names_the_picklist(org: Org) -> None:
    crm, id_ = org.connect(), org.add_account()

    [outcome] = crm.write([Change(id_, {org.fields["tier"]: "Platinum"})])

    assert outcome.code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert "picklist" in outcome.remedy
