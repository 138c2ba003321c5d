"""The same fifteen things that a stand-in for HubSpot easily gets wrong, as the adapter meets them, one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from itertools import islice

import pytest

from connector.contract import Change, CrmId, Limits, Outcome, SetUp, Value, Verdict
from connector.errors import StopForTonight
from sandbox.hubspot.defining import redefine, retire
from sandbox.hubspot.properties import Property
from sandbox.wire import Fault
from tests.adapters.benches import A_MINUTE, PAGE, SandboxBench, hubspot_bench
from tests.adapters.contract import accounts, interactions, last
from tests.conftest import StillClock

Portal = SandboxBench


@pytest.fixture
def portal(clock: StillClock) -> Iterator[Portal]:
    with hubspot_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


def calls(portal: Portal, path: str) -> int:
    return sum(call.path.endswith(path) for call in portal.wire.calls)


def tier(portal: Portal, tiers: dict[CrmId, str]) -> dict[CrmId, Outcome]:
    """Each account's outcome, after one write of them all."""
    changes = [Change(id_, {"hcp_tier": given}) for id_, given in tiers.items()]
    return {outcome.id: outcome for outcome in portal.connect().write(changes)}


def grow(portal: Portal, number: int) -> list[CrmId]:
    """A portal with so many companies, on pages as large as HubSpot's."""
    portal.vendor.page_size = 200
    return [CrmId(portal.vendor.portal.create("companies", {"name": f"Practice {n}"}).id) for n in range(number)]


def test_one_a_bad_row_refuses_itself_alone_and_the_batch_is_sent_once(portal: Portal) -> None:
    good, bad, also_good = (portal.add_account() for _ in range(3))

    outcomes = tier(portal, {good: "A", bad: "Platinum", also_good: "B"})

    assert [outcomes[id_].verdict for id_ in (good, bad, also_good)] == ["written", "refused", "written"]
    assert [portal.held(id_).get("hcp_tier") for id_ in (good, bad, also_good)] == ["A", None, "B"]
    assert portal.write_calls() == [3]


def test_two_outcomes_are_each_row_s_own_in_whatever_order_they_come(portal: Portal) -> None:
    ids = [portal.add_account() for _ in range(20)]
    tiers = {id_: "Platinum" if n % 3 == 0 else "A" for n, id_ in enumerate(ids)}

    outcomes = tier(portal, tiers)

    refused = {id_ for id_, outcome in outcomes.items() if outcome.verdict is Verdict.REFUSED}
    assert refused == set(ids[::3])
    assert {id_ for id_ in ids if portal.held(id_).get("hcp_tier") == "A"} == set(ids) - refused


def test_three_the_last_page_ends_the_reading(portal: Portal) -> None:
    ids = {portal.add_account() for _ in range(2 * PAGE)}
    crm = portal.connect()

    read = accounts(crm)

    assert read.keys() == ids
    assert calls(portal, "/objects/2026-09/companies") == 2 + 1  # two of the living, one of the archive


def test_four_a_page_of_html_where_a_merged_or_deleted_id_went_is_an_answer(portal: Portal) -> None:
    portal.vendor.policy.follow_merged = False
    stays, merged, deleted, live = (portal.add_account() for _ in range(4))
    portal.merge(merged, stays)
    portal.delete(deleted)

    outcomes = tier(portal, {merged: "A", deleted: "A", live: "A"})

    pages = [call.status for call in portal.wire.calls if call.path.endswith((merged, deleted))]
    assert pages == [404, 404]
    assert [(outcomes[id_].gone, outcomes[id_].moved_to) for id_ in (merged, deleted)] == [(True, None)] * 2
    assert outcomes[live].verdict is Verdict.WRITTEN


def test_five_more_than_ten_thousand_results_come_once_each(portal: Portal) -> None:
    crm = portal.connect()
    cursor = last(crm.accounts(None))
    ids = grow(portal, 10_100)
    portal.clock.sleep(2)

    read = [row.id for page in islice(crm.accounts(cursor), 100) for row in page.rows]

    assert read == ids
    assert calls(portal, "/search") == -(-len(ids) // 200)
    assert {call.status for call in portal.wire.calls} == {200}


def test_five_a_mapping_of_very_many_properties_fits_into_no_search_and_is_read_nevertheless(portal: Portal) -> None:
    names = [f"reported_annual_volume_of_procedure_{n:03d}" for n in range(100)]
    for name in names:
        portal.vendor.portal.schema.properties["companies"][name] = Property(name, own=True)
    edited, merged, stays, deleted = (portal.add_account() for _ in range(4))
    crm = portal.connect(*names)
    cursor = last(crm.accounts(None))
    portal.clock.sleep(A_MINUTE)
    portal.edit(edited, **{names[-1]: "12"})
    survivor = portal.merge(merged, stays)
    portal.delete(deleted)
    portal.clock.sleep(A_MINUTE)

    read = accounts(crm, cursor)

    assert read[edited].fields[names[-1]] == "12"
    assert read[edited].fields["npi"]
    assert (read[merged].gone, read[merged].merged_into, read[deleted].gone) == (True, survivor, True)
    assert {call.status for call in portal.wire.calls} == {200}


def test_five_what_search_does_not_know_yet_comes_with_the_next_reading(portal: Portal) -> None:
    ids, crm = [portal.add_account() for _ in range(2)], portal.connect()
    portal.clock.sleep(60 * A_MINUTE)
    cursor = last(crm.accounts(None))
    portal.clock.sleep(60 * A_MINUTE)
    portal.vendor.policy.search_lag = timedelta(minutes=5)
    portal.edit(ids[1], hcp_tier="A")
    portal.clock.sleep(4 * A_MINUTE)

    at_once = list(portal.connect().accounts(cursor))
    portal.clock.sleep(24 * 60 * A_MINUTE)
    later = accounts(portal.connect(), at_once[-1].cursor)

    assert [row.id for page in at_once for row in page.rows] == []
    assert later[ids[1]].fields["hcp_tier"] == "A"


def test_five_what_is_left_of_the_day_is_known_before_the_first_search_which_does_not_tell(portal: Portal) -> None:
    portal.add_account()
    cursor, told = last(portal.connect().accounts(None)), list[Limits]()
    portal.wire.calls.clear()

    list(portal.connect(meter=told.append).accounts(cursor))

    searches = [at for at, call in enumerate(portal.wire.calls) if call.path.endswith("/search")]
    assert searches
    assert all(told[at].calls_left for at in searches)


def test_five_what_no_header_tells_of_the_day_is_asked_for_once(portal: Portal) -> None:
    portal.add_account()
    crm, portal.vendor.rates.told = portal.connect(), False

    list(crm.accounts(None))
    list(crm.interactions(None))

    asked = [call for call in portal.wire.calls if "/api-usage/" in call.path]
    assert len(asked) == 1
    assert crm.limits.calls_per_day == portal.vendor.rates.daily


def test_five_a_usage_that_hubspot_cannot_count_just_now_stops_no_night(portal: Portal) -> None:
    account = portal.add_account()
    crm, portal.vendor.rates.told = portal.connect(), False
    uncounted = {"results": [{"name": "private-apps-api-calls-daily", "fetchStatus": "FAILURE", "usageLimit": None}]}
    portal.wire.faults.append(Fault("/api-usage/", status=200, body=json.dumps(uncounted)))

    rows = [row.id for page in crm.accounts(None) for row in page.rows]

    assert rows == [account]
    assert crm.limits.calls_left is None


def test_six_options_replace_all_that_were_there_so_that_a_set_up_sends_the_whole_list(portal: Portal) -> None:
    schema, id_ = portal.vendor.portal.schema, portal.add_account()
    theirs = [{"label": "Top", "value": "A"}, {"label": "House account", "value": "house"}]
    redefine(schema, "companies", "hcp_tier", {"options": theirs})

    list(portal.connect().set_up(SetUp(("hcp_tier",))))

    assert portal.connect().describe("companies").fields["hcp_tier"].options == ("A", "house", "B", "C")
    assert tier(portal, {id_: "B"})[id_].verdict is Verdict.WRITTEN


def test_seven_a_property_that_was_archived_comes_back_with_what_it_held(portal: Portal) -> None:
    id_ = portal.add_account()
    tier(portal, {id_: "B"})
    retire(portal.vendor.portal.schema, "companies", "hcp_tier")
    without = portal.connect().describe("companies").fields

    list(portal.connect().set_up(SetUp(("hcp_tier",))))

    assert "hcp_tier" not in without
    assert accounts(portal.connect())[id_].fields["hcp_tier"] == "B"


def test_eight_a_merge_makes_a_new_id_and_both_old_ones_are_followed_to_it(portal: Portal) -> None:
    winner, loser = portal.add_account(), portal.add_account()
    cursor = last(portal.connect().accounts(None))
    portal.log(loser, "visit", portal.clock.now() - timedelta(days=1))
    survivor = portal.merge(loser, winner)
    portal.clock.sleep(2)

    read, refused = accounts(portal.connect(), cursor), tier(portal, {winner: "A", loser: "A"})
    [visit] = interactions(portal.connect()).values()

    assert survivor not in (winner, loser)
    assert [(read[old].gone, read[old].merged_into) for old in (winner, loser)] == [(True, survivor)] * 2
    assert [(refused[old].gone, refused[old].moved_to) for old in (winner, loser)] == [(True, survivor)] * 2
    assert not read[survivor].gone
    assert visit.account == survivor
    assert tier(portal, {survivor: "A"})[survivor].verdict is Verdict.WRITTEN


def test_nine_our_own_write_is_a_change_that_costs_a_page_for_each_200_and_no_interaction(portal: Portal) -> None:
    ids, crm = grow(portal, 400), portal.connect()
    for id_ in ids[:20]:
        portal.vendor.portal.link(
            portal.vendor.portal.create("notes", {"hs_timestamp": "2026-11-20"}).key, ("companies", id_)
        )
    portal.clock.sleep(60 * A_MINUTE)
    to_accounts, to_interactions = last(crm.accounts(None)), last(crm.interactions(None))
    portal.clock.sleep(60 * A_MINUTE)
    tier(portal, dict.fromkeys(ids, "A"))
    portal.clock.sleep(A_MINUTE)
    portal.wire.calls.clear()

    written, logged = accounts(crm, to_accounts), interactions(crm, to_interactions)

    assert written.keys() == set(ids)
    assert logged == {}
    assert calls(portal, "/companies/search") == 2
    assert calls(portal, "/notes/search") == 1


def test_ten_the_portal_s_rules_refuse_the_row_with_what_to_fill_in(portal: Portal) -> None:
    """Whether they hold for every update or for what an update clears is not documented: either is survived."""
    bad, good = portal.add_account(), portal.add_account()
    portal.edit(good, phone="515 555 0100")
    portal.vendor.policy.require("companies", "phone")

    mild = tier(portal, {bad: "A", good: "A"})
    portal.vendor.policy.rules_on_every_update = True
    strict = tier(portal, {bad: "B", good: "B"})

    assert {outcome.verdict for outcome in mild.values()} == {Verdict.WRITTEN}
    assert (strict[bad].code, strict[good].verdict) == ("MISSING_REQUIRED_PROPERTY", Verdict.WRITTEN)
    assert strict[bad].message == "A value for phone must be provided"
    assert strict[bad].remedy == "A required property of the record is empty. Fill it in."


def test_eleven_dates_arrive_as_dates_and_one_that_is_put_right_is_written(portal: Portal) -> None:
    plain, by_hand, with_time = (portal.add_account() for _ in range(3))
    portal.edit(by_hand, hcp_next_visit="1796040000000")  # noon of 2026-11-30, in milliseconds
    changes = [
        Change(plain, {"hcp_next_visit": "2026-11-30"}),
        Change(with_time, {"hcp_next_visit": "2026-11-30T12:00:00Z"}),
    ]

    verdicts = {outcome.verdict for outcome in portal.connect().write(changes)}

    read = accounts(portal.connect("hcp_next_visit"))
    assert verdicts == {Verdict.WRITTEN}
    assert [read[id_].fields["hcp_next_visit"] for id_ in (plain, by_hand, with_time)] == ["2026-11-30"] * 3


def test_twelve_every_property_of_the_mapping_comes_by_list_by_search_and_by_id(portal: Portal) -> None:
    id_, crm = portal.add_account(), portal.connect()
    held: dict[str, Value] = {
        "hcp_tier": "A",
        "hcp_tier_reason": "Because.",
        "hcp_call_order": 3.0,
        "hcp_going_cold": True,
    }
    list(crm.write([Change(id_, held)]))
    cursor = last(crm.accounts(None))
    portal.clock.sleep(2)

    by_list, by_search = accounts(crm)[id_], accounts(crm, cursor)[id_]
    [by_id] = crm.records([id_])

    for read in (by_list, by_search, by_id):
        assert read.fields.items() >= held.items()
        assert read.fields["npi"]


def test_thirteen_a_spent_day_ends_at_the_portal_s_midnight_and_not_at_ours(portal: Portal) -> None:
    crm, midnight = portal.connect(), portal.vendor.rates.midnight()
    crm.describe("companies")
    portal.spend_quota()

    portal.clock.sleep((midnight - portal.clock.now()).total_seconds() - 1)
    with pytest.raises(StopForTonight, match="midnight in the portal's time zone"):
        list(crm.accounts(None))
    left = crm.limits.calls_left
    portal.clock.sleep(1)

    assert midnight.astimezone(UTC).hour == 6  # in Des Moines
    assert left == 0
    assert list(crm.accounts(None))
    assert crm.limits.calls_left


def test_fourteen_an_account_s_id_is_a_text_though_associations_tell_a_number(portal: Portal) -> None:
    account = portal.add_account()
    portal.log(account, "visit", portal.clock.now() - timedelta(days=1))

    [visit] = interactions(portal.connect()).values()

    assert isinstance(visit.account, str)
    assert visit.account in accounts(portal.connect())


def test_fifteen_a_batch_that_says_complete_is_asked_for_its_errors(portal: Portal) -> None:
    good, bad, deleted = (portal.add_account() for _ in range(3))
    portal.delete(deleted)

    outcomes = tier(portal, {good: "A", bad: "Platinum"})
    read = [account.id for account in portal.connect().records([good, deleted])]

    partly = [call.path.rpartition("/")[2] for call in portal.wire.calls if call.status == 207]
    assert partly == ["update", "read"]
    assert [outcomes[id_].verdict for id_ in (good, bad)] == ["written", "refused"]
    assert read == [good]
