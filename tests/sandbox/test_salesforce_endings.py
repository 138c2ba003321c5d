"""What becomes of records that are deleted, brought back, merged, or written by somebody who took long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.salesforce.errors import Refused
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, MONDAY, Org, code, codes, open_org, touch


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock, has={"Practice__c"}, token_seconds=90 * 86400)


def count(org: Org, kind: str, resource: str = "queryAll") -> int:
    found: int = org.query(f"SELECT COUNT() FROM {kind}", resource)[1]["totalSize"]
    return found


def test_an_account_takes_its_contacts_and_visits_into_the_bin_and_out_of_it_again(org: Org) -> None:
    account = org.id(ADEYEMI)
    contact = org.salesforce.add("Contact", LastName="Adeyemi", AccountId=account)
    visit = org.salesforce.log_touch(account, touch())

    org.salesforce.delete(account)
    gone = [org.salesforce.record(key)["IsDeleted"] for key in (account, contact, visit)]
    org.clock.sleep(60)
    org.salesforce.undelete(account)

    assert gone == [True] * 3
    assert [org.salesforce.record(key)["IsDeleted"] for key in (account, contact, visit)] == [False] * 3
    assert org.salesforce.record(visit)["SystemModstamp"] == "2026-11-23T07:01:00.000+0000"


def test_what_was_deleted_before_its_account_does_not_come_back_with_it(org: Org) -> None:
    visit = org.salesforce.log_touch(org.id(ADEYEMI), touch())
    account = org.id(ADEYEMI)

    org.salesforce.delete(visit)
    org.clock.sleep(60)
    org.salesforce.delete(account)
    org.salesforce.undelete(account)

    assert org.salesforce.record(visit)["IsDeleted"] is True


def test_a_customer_s_object_outlives_its_account_without_the_link(org: Org) -> None:
    practice = org.salesforce.add("Practice__c", Name="Des Moines Heart", Account__c=org.id(ADEYEMI))

    org.salesforce.delete(org.id(ADEYEMI))

    kept = org.salesforce.record(practice)
    assert (kept["IsDeleted"], kept["Account__c"]) == (False, None)


def test_after_15_days_in_the_bin_nobody_is_told_of_a_record_any_more(org: Org) -> None:
    gone = org.id(CASTILLO)
    org.salesforce.delete(gone)

    org.clock.sleep(15 * 86400 - 1)
    before = count(org, "Account"), codes(org.patch_rows({"id": gone, "Call_Tier__c": "A"}))
    org.clock.sleep(1)

    assert before == (3, ["ENTITY_IS_DELETED"])
    assert count(org, "Account") == 2
    assert codes(org.patch_rows({"id": gone, "Call_Tier__c": "A"})) == ["INVALID_CROSS_REFERENCE_KEY"]
    assert code(org.call("GET", f"/sobjects/Account/{gone}")) == (404, "NOT_FOUND")
    with pytest.raises(Refused, match="UNDELETE_FAILED"):
        org.salesforce.undelete(gone)


def test_three_accounts_merge_into_one_which_inherits_everything(org: Org) -> None:
    winner, second, third = (org.id(npi) for npi in (ADEYEMI, BRANDT, CASTILLO))
    contact = org.salesforce.add("Contact", LastName="Brandt", AccountId=second)
    practice = org.salesforce.add("Practice__c", Name="Des Moines Heart", Account__c=third)
    call = org.salesforce.add("Task", WhoId=contact)
    org.clock.sleep(60)

    org.salesforce.merge(second, winner, third)

    assert [org.salesforce.record(key)["MasterRecordId"] for key in (second, third)] == [winner, winner]
    assert org.salesforce.record(contact)["AccountId"] == winner
    assert org.salesforce.record(practice)["Account__c"] == winner
    assert (org.salesforce.record(call)["AccountId"], org.salesforce.record(call)["WhatId"]) == (winner, None)
    moved = {str(org.salesforce.record(key)["SystemModstamp"]) for key in (winner, second, contact, practice, call)}
    assert moved == {"2026-11-23T07:01:00.000+0000"}


def test_a_merge_takes_three_records_of_one_object_and_no_more(org: Org) -> None:
    one, two, three = (org.id(npi) for npi in (ADEYEMI, BRANDT, CASTILLO))
    four, contact = org.salesforce.add_account(None, "Dr. Okafor"), org.salesforce.add("Contact", LastName="Adeyemi")

    for losers in ((two, three, four), (contact,), (one,)):
        with pytest.raises(Refused, match="INVALID_OPERATION"):
            org.salesforce.merge(losers[0], one, *losers[1:])


def test_a_long_transaction_appears_behind_what_was_read_since(org: Org) -> None:
    org.salesforce.long_transaction = MONDAY
    org.clock.sleep(600)
    span = {"start": "2026-11-23T06:00:00Z", "end": "2026-11-23T07:10:00Z"}
    covered = org.call("GET", "/sobjects/Account/updated", query_string=span)[1]["latestDateCovered"]

    org.salesforce.commit(org.id(BRANDT), Call_Tier__c="B")

    assert covered == "2026-11-23T07:00:00.000+0000"
    assert org.salesforce.record(org.id(BRANDT))["SystemModstamp"] == "2026-11-23T07:00:00.000+0000"
    later = org.call("GET", "/sobjects/Account/updated", query_string=span)[1]
    assert later == {"ids": [org.id(BRANDT)], "latestDateCovered": "2026-11-23T07:10:00.000+0000"}


def test_the_server_s_clock_may_be_wrong(org: Org) -> None:
    org.salesforce.clock_skew = timedelta(minutes=-5)

    org.call("GET", "/limits")

    assert org.last
    assert org.last.headers["Date"] == "Mon, 23 Nov 2026 06:55:00 GMT"


def test_a_rolled_back_collection_leaves_the_bin_as_it_was(org: Org) -> None:
    asked = {"ids": f"{org.id(ADEYEMI)},001Hs0000000zzz", "allOrNone": "true"}

    org.call("DELETE", "/composite/sobjects", query_string=asked)

    assert count(org, "Account", "query") == 3
