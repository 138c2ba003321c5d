"""What either CRM may answer on a bad day, and whom that concerns: a person, tonight's run, or the next try."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import adapters.hubspot
import adapters.salesforce
from connector.contract import Change, CrmId, Reading, Secret, Verdict
from connector.errors import NeedsHuman, StopForTonight, TryAgain
from sandbox.wire import Fault
from tests.adapters.benches import SandboxBench, hubspot_bench, salesforce_bench
from tests.conftest import StillClock

HTML = "<html><body>We are down for maintenance.</body></html>"


@pytest.fixture
def salesforce(clock: StillClock) -> Iterator[SandboxBench]:
    with salesforce_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


@pytest.fixture
def hubspot(clock: StillClock) -> Iterator[SandboxBench]:
    with hubspot_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


def said(code: str, message: str = "") -> str:
    return json.dumps([{"errorCode": code, "message": message}])


def told(**envelope: Any) -> str:
    return json.dumps({"status": "error", "message": "", **envelope})


def answered(bench: SandboxBench, path: str, fault: Fault) -> Exception:
    """What a reading comes to when the CRM answers like this."""
    crm = bench.connect()
    fault.path = path
    bench.wire.faults.append(fault)
    with pytest.raises((NeedsHuman, StopForTonight, TryAgain)) as caught:
        crm.describe(bench.reading.object)
    return caught.value


def written(bench: SandboxBench, fault: Fault) -> list[Verdict]:
    """What a write comes to when the CRM answers like this."""
    crm, ids = bench.connect(), [bench.add_account() for _ in range(4)]
    crm.describe(bench.reading.object)
    fault.path = bench.writes_to
    bench.wire.faults.append(fault)
    return [outcome.verdict for outcome in crm.write([Change(id_, {bench.fields["tier"]: "A"}) for id_ in ids])]


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (Fault("", status=503, body=HTML), TryAgain, "503"),
        (Fault("", status=500, body=said("UNKNOWN_EXCEPTION")), TryAgain, "UNKNOWN_EXCEPTION"),
        (Fault("", lose_reply=True), TryAgain, "did not finish its answer"),
        (Fault("", status=403, body=said("REQUEST_LIMIT_EXCEEDED", "TotalRequests")), StopForTonight, "for today"),
        (
            Fault("", status=403, body=said("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests")),
            TryAgain,
            "",
        ),
        (Fault("", status=410, body=said("GONE")), NeedsHuman, "retired"),
        (Fault("", status=403, body=said("API_DISABLED_FOR_ORG")), NeedsHuman, "no API"),
        (Fault("", status=400, body=said("SOMETHING_NEW")), NeedsHuman, "SOMETHING_NEW"),
        (Fault("", status=302, body="", headers={"Location": "https://elsewhere.example.com/"}), NeedsHuman, "302"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Fault) else None,
)
def test_salesforce_answers(salesforce: SandboxBench, fault: Fault, kind: type[Exception], words: str) -> None:
    error = answered(salesforce, "/services/data", fault)

    assert type(error) is kind
    assert words in str(error)


@pytest.mark.parametrize(
    ("fault", "kind", "words", "after"),
    [
        (Fault("", status=429, body=told(policyName="TEN_SECONDLY_ROLLING")), TryAgain, "rate limit", 10),
        (Fault("", status=429, body=told(policyName="SECONDLY")), TryAgain, "rate limit", 1),
        (Fault("", status=429, body=HTML), TryAgain, "rate limit", 10),
        (Fault("", status=429, body=told(policyName="DAILY")), StopForTonight, "for today", 0),
        (Fault("", status=477, body="", headers={"Retry-After": "120"}), TryAgain, "moving this portal", 120),
        (Fault("", status=423, body=told(category="LOCKED")), TryAgain, "locked", 2),
        (Fault("", status=502, body=HTML), TryAgain, "did not finish its answer", 5),
        (Fault("", lose_reply=True), TryAgain, "did not finish its answer", 5),
        (Fault("", status=500, body=""), TryAgain, "500", 5),
        (Fault("", status=401, body=""), NeedsHuman, "service key", 0),
        (Fault("", status=400, body=told(message="Unable to infer object type from: x")), NeedsHuman, "this object", 0),
        (Fault("", status=404, body=HTML), NeedsHuman, "404", 0),
        (Fault("", status=302, body="", headers={"Location": "https://elsewhere.example.com/"}), NeedsHuman, "302", 0),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Fault) else None,
)
def test_hubspot_answers(hubspot: SandboxBench, fault: Fault, kind: type[Exception], words: str, after: float) -> None:
    error = answered(hubspot, "/crm/", fault)

    assert type(error) is kind
    assert words in str(error)
    assert getattr(error, "after", 0) == after


def test_nothing_is_repeated_behind_the_engine_s_back(salesforce: SandboxBench, hubspot: SandboxBench) -> None:
    for bench in (salesforce, hubspot):
        crm = bench.connect()
        bench.wire.faults.append(Fault("describe|properties", status=503, headers={"Retry-After": "0"}))
        with pytest.raises(TryAgain):
            crm.describe(bench.reading.object)
        assert len([call for call in bench.wire.calls if call.status == 503]) == 1
        assert bench.wire.calls[-1].status == 503


def test_an_empty_page_that_says_there_is_more_is_not_taken_for_the_end(hubspot: SandboxBench) -> None:
    hubspot.add_account()
    hubspot.clock.sleep(2)
    crm = hubspot.connect()
    cursor = [page.cursor for page in crm.accounts(None)][-1]
    empty = json.dumps({"total": 1, "results": [], "paging": {"next": {"after": "1"}}})
    hubspot.wire.faults.append(Fault("/search", status=200, body=empty))

    with pytest.raises(TryAgain):
        list(crm.accounts(cursor))

    assert [row.id for page in crm.accounts(cursor) for row in page.rows]


def test_a_missing_scope_is_named(hubspot: SandboxBench) -> None:
    hubspot.vendor.scopes = hubspot.vendor.scopes - {"crm.objects.companies.write"}
    crm, id_ = hubspot.connect(), hubspot.add_account()

    with pytest.raises(NeedsHuman, match=r"crm\.objects\.companies\.write") as caught:
        list(crm.write([Change(id_, {hubspot.fields["tier"]: "A"})]))

    assert caught.value.setting == "token"


@pytest.mark.parametrize(
    "fault", [Fault("", status=503, body=HTML), Fault("", status=504, body="")], ids=["503", "504"]
)
def test_a_gateway_that_gives_up_on_a_write_leaves_it_unknown(
    salesforce: SandboxBench, hubspot: SandboxBench, fault: Fault
) -> None:
    for bench in (salesforce, hubspot):
        assert written(bench, Fault("", status=fault.status, body=fault.body)) == ["unknown"] * 4


def test_a_batch_that_hubspot_refuses_whole_is_sent_by_halves_until_the_bad_row_stands_alone(
    hubspot: SandboxBench,
) -> None:
    refusal = told(category="VALIDATION_ERROR", message="One of these is not right.")

    verdicts = written(hubspot, Fault("", status=400, body=refusal, times=3))

    assert verdicts == ["refused", "written", "written", "written"]
    assert len([call for call in hubspot.wire.calls if call.path.endswith("/batch/update")]) == 5


def test_a_batch_refused_for_a_property_that_is_gone_needs_a_human(hubspot: SandboxBench) -> None:
    errors = [{"code": "PROPERTY_DOESNT_EXIST", "message": ""}]

    with pytest.raises(NeedsHuman):
        written(hubspot, Fault("", status=400, body=told(category="VALIDATION_ERROR", errors=errors), times=9))

    assert len([call for call in hubspot.wire.calls if call.path.endswith("/batch/update")]) == 1


# The key goes to its own host and nowhere else

FOREIGN = [
    "https://elsewhere.example.com",
    "http://yourcompany.my.salesforce.com",
    "https://yourcompany.my.salesforce.com.example.com",
    "https://yourcompany.my.salesforce.com@example.com",
    "https://api.hubapi.com.example.com",
    "http://api.hubapi.com",
    "https://127.0.0.1.example.com",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_a_config_cannot_point_a_key_at_another_host(url: str, clock: StillClock) -> None:
    reading = Reading("Account", (), ())
    connects: list[Callable[[], Any]] = [
        lambda: adapters.salesforce.connect(
            adapters.salesforce.Settings(base_url=url, client_id="", client_secret=Secret("")), reading, clock=clock
        ),
        lambda: adapters.hubspot.connect(
            adapters.hubspot.Settings(base_url=url, token=Secret("")), Reading("companies", (), ()), clock=clock
        ),
    ]

    for connect in connects:
        with pytest.raises(NeedsHuman) as caught:
            connect()
        assert caught.value.setting == "base_url"


@pytest.mark.parametrize("id_", ["https://elsewhere.example.com", "../../evil", "001' OR Id != '", ""])
def test_an_id_that_is_none_is_never_sent(salesforce: SandboxBench, hubspot: SandboxBench, id_: str) -> None:
    for bench in (salesforce, hubspot):
        with pytest.raises(NeedsHuman, match="is not a"):
            list(bench.connect().write([Change(CrmId(id_), {bench.fields["tier"]: "A"})]))
        assert bench.write_calls() == []


def test_a_mapping_cannot_smuggle_words_into_a_query(clock: StillClock) -> None:
    settings = adapters.salesforce.Settings(base_url="http://127.0.0.1:9", client_id="", client_secret=Secret(""))

    with pytest.raises(NeedsHuman, match="is not a name"):
        adapters.salesforce.connect(settings, Reading("Account", ("Id FROM User--",), ()), clock=clock)


def test_where_a_merged_row_went_may_stay_unknown_and_the_other_answers_count(
    salesforce: SandboxBench, hubspot: SandboxBench
) -> None:
    for bench in (salesforce, hubspot):
        loser, winner, other = (bench.add_account() for _ in range(3))
        bench.merge(loser, winner)
        crm = bench.connect()
        crm.describe(bench.reading.object)
        bench.wire.faults.append(Fault("queryAll|companies/[0-9]+$", times=9, status=503, body=HTML))

        changes = [Change(id_, {bench.fields["tier"]: "A"}) for id_ in (loser, other)]
        outcomes = {outcome.id: outcome for outcome in crm.write(changes)}

        assert (outcomes[other].verdict, outcomes[loser].gone) == (Verdict.WRITTEN, True)
        assert outcomes[loser].moved_to is None
        assert len(bench.write_calls()) == 1
