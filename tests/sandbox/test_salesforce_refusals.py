"""Every bad day that a test may ask for is refused in Salesforce's words, and passes when it should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.salesforce.troubles import KNOWN
from sandbox.wire import Fault
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, Org, code, codes, open_org


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


def write(org: Org, npi: str = ADEYEMI, **fields: Any) -> str:
    return codes(org.patch_rows({"id": org.id(npi), "Call_Tier__c": "A", **fields}))[0]


# One record

Doing = Callable[[Org], None]


def _trigger(org: Org) -> None:
    org.salesforce.policy.triggers.append(lambda r: "System.NullPointerException")


def _flow(org: Org) -> None:
    org.salesforce.policy.flows.append(lambda r: "Division by zero")


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (lambda org: org.salesforce.unshare(org.id(ADEYEMI)), "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"),
        (lambda org: org.salesforce.share_to_read(org.id(ADEYEMI)), "INSUFFICIENT_ACCESS_OR_READONLY"),
        (lambda org: org.salesforce.send_for_approval(org.id(ADEYEMI)), "ENTITY_IS_LOCKED"),
        (lambda org: org.salesforce.protect("Account", "Call_Tier__c"), "INVALID_FIELD_FOR_INSERT_UPDATE"),
        (_trigger, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        (_flow, "CANNOT_EXECUTE_FLOW_TRIGGER"),
    ],
)
def test_what_others_have_set_up_stands_in_a_write_s_way(org: Org, done: Doing, said: str) -> None:
    done(org)

    before = org.salesforce.record(org.id(ADEYEMI))
    answer = org.call("PATCH", f"/sobjects/Account/{org.id(ADEYEMI)}", {"Call_Tier__c": "A"})

    assert write(org) == said
    assert answer[0] in (400, 404)
    assert org.salesforce.record(org.id(ADEYEMI)) == before


def test_a_record_that_is_not_shared_is_neither_found_nor_named(org: Org) -> None:
    hidden = org.id(BRANDT)
    org.salesforce.unshare(hidden)

    task = org.call("POST", "/sobjects/Task", {"WhatId": hidden})

    assert org.names("Id != null") == ["Adeyemi", "Castillo"]
    assert code(org.call("GET", f"/sobjects/Account/{hidden}")) == (404, "NOT_FOUND")
    assert code(task) == (400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")


def test_an_account_is_not_given_to_one_who_may_not_read_accounts(org: Org) -> None:
    kim = str(org.salesforce.record(org.id(ADEYEMI))["OwnerId"])
    org.salesforce.forbid_owner(kim, "Account")

    assert write(org, OwnerId=kim) == "TRANSFER_REQUIRES_READ"


def test_a_full_org_takes_changes_and_no_more_records(org: Org) -> None:
    org.salesforce.policy.storage_full = True

    assert code(org.call("POST", "/sobjects/Account", {"Name": "Dr. Okafor"})) == (400, "STORAGE_LIMIT_EXCEEDED")
    assert write(org) == "written"
    assert org.call("GET", "/limits")[1]["DataStorageMB"]["Remaining"] == 0


def test_a_share_of_the_records_is_held_and_free_after_some_tries(org: Org) -> None:
    org.salesforce.contend(share=1, tries=2)

    said = [write(org) for _ in range(3)]

    assert said == ["UNABLE_TO_LOCK_ROW", "UNABLE_TO_LOCK_ROW", "written"]


def test_half_of_the_records_are_held_where_half_are_asked_for(org: Org) -> None:
    made = [org.salesforce.add_account(None, f"Dr. {n}") for n in range(200)]
    org.salesforce.contend(share=0.5)

    rows = codes(org.patch_rows(*({"id": key, "Call_Tier__c": "A"} for key in made)))

    assert 60 < rows.count("UNABLE_TO_LOCK_ROW") < 140
    assert rows.count("UNABLE_TO_LOCK_ROW") + rows.count("written") == 200


def test_any_code_may_be_asked_for_one_record_or_for_all_of_an_object(org: Org) -> None:
    org.salesforce.refuse("Account", org.id(ADEYEMI), "DATA_UPLOAD_LIMIT_EXCEEDED", "too much", "Name", times=1)
    first = org.patch_rows(*({"id": org.id(npi), "Call_Tier__c": "A"} for npi in (ADEYEMI, BRANDT)))
    second = write(org)
    org.salesforce.refuse("Account", None, "UNKNOWN_EXCEPTION", "An unexpected error occurred")

    assert codes(first) == ["DATA_UPLOAD_LIMIT_EXCEEDED", "written"]
    assert first[0]["errors"][0] == {
        "statusCode": "DATA_UPLOAD_LIMIT_EXCEEDED",
        "message": "too much",
        "fields": ["Name"],
    }
    assert second == "written"
    assert [write(org, npi) for npi in (ADEYEMI, CASTILLO)] == ["UNKNOWN_EXCEPTION"] * 2
    assert code(org.call("POST", "/sobjects/Account", {"Name": "x"})) == (400, "UNKNOWN_EXCEPTION")


def test_a_visit_cannot_end_before_it_begins(org: Org) -> None:
    body = {"StartDateTime": "2026-11-23T10:00:00Z", "EndDateTime": "2026-11-23T09:00:00Z"}

    assert code(org.call("POST", "/sobjects/Event", body)) == (400, "FIELD_INTEGRITY_EXCEPTION")


# Duplicates


def test_a_double_is_shown_with_its_twin_and_saved_by_one_who_insists(org: Org) -> None:
    org.salesforce.find_duplicates("Account", "Name")
    insists = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}

    refused = org.call("POST", "/sobjects/Account", {"Name": "dr. ADEYEMI"})
    saved = org.call("POST", "/sobjects/Account", {"Name": "dr. ADEYEMI"}, headers=insists)

    told = refused[1][0]["duplicateResut"]
    match = told["matchResults"][0]["matchRecords"][0]
    assert code(refused) == (400, "DUPLICATES_DETECTED")
    assert (told["allowSave"], match["record"]["Id"]) == (True, org.id(ADEYEMI))
    assert saved[0] == 201


def test_a_double_in_a_collection_is_told_without_its_twin(org: Org) -> None:
    org.salesforce.find_duplicates("Account", "Name")

    rows = org.patch_rows({"id": org.id(BRANDT), "Name": "Dr. Adeyemi"}, {"id": org.id(BRANDT), "Call_Tier__c": "A"})

    assert codes(rows) == ["DUPLICATES_DETECTED", "written"]
    assert set(rows[0]) == {"success", "errors"}


def test_a_record_is_no_double_of_itself(org: Org) -> None:
    org.salesforce.find_duplicates("Account", "Name")

    assert write(org, Name="Dr. Adeyemi") == "written"


def test_a_rule_that_blocks_is_not_passed_over(org: Org) -> None:
    org.salesforce.find_duplicates("Account", "Name", allow_save=False)
    insists = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}

    assert org.call("POST", "/sobjects/Account", {"Name": "Dr. Brandt"}, headers=insists)[0] == 400


# Whole calls

PATHS = {"/query": "/query", "/(updated|deleted)": "/sobjects/Account/updated"}


def meet(org: Org, name: str) -> tuple[int, str]:
    """The call that this trouble strikes, by status and body."""
    trouble = KNOWN[name]
    path, method = PATHS.get(trouble.path, "/composite/sobjects"), "GET"
    body: dict[str, Any] | None = None
    if path.startswith("/composite"):
        method, body = "PATCH", {"records": [{"attributes": {"type": "Account"}, "id": org.id(ADEYEMI)}]}
    asked = {"q": "SELECT Id FROM Account", "start": "2026-11-23T06:00:00Z", "end": "2026-11-23T07:00:00Z"}
    headers = {"Authorization": f"Bearer {org.token}"}
    url = f"/services/data/v67.0{path}"
    answer = org.client.open(url, method=method, json=body, query_string=asked, headers=headers)
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_trouble_strikes_once_and_is_over(org: Org, name: str) -> None:
    org.salesforce.trouble(name)
    trouble = KNOWN[name]

    struck, after = meet(org, name), meet(org, name)

    assert struck[0] == trouble.status
    assert trouble.html or trouble.code in struck[1]
    assert after[0] == 200


def test_a_trouble_without_a_number_lasts_until_it_is_ended(org: Org) -> None:
    org.salesforce.trouble("org_locked", times=None)
    during = [org.call("GET", "/limits")[0] for _ in range(3)]
    org.salesforce.end_trouble()

    assert during == [403] * 3
    assert org.call("GET", "/limits")[0] == 200


def test_an_org_in_maintenance_is_read_and_not_written(org: Org) -> None:
    org.salesforce.trouble("maintenance", times=None)

    read, written = org.query("SELECT Id FROM Account"), org.call("POST", "/sobjects/Account", {"Name": "x"})

    assert read[0] == 200
    assert code(written) == (400, "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE")


def test_a_gateway_answers_in_html_before_anybody_has_looked_at_the_token(org: Org) -> None:
    org.salesforce.trouble("html_401")
    org.token = "made-up"

    answer = org.client.get("/services/data/v67.0/limits", headers={"Authorization": "Bearer made-up"})

    assert (answer.status_code, answer.mimetype) == (401, "text/html")
    assert answer.get_data(as_text=True).startswith("<html>")


def test_a_query_of_too_many_rows_runs_too_long_and_a_narrower_one_does_not(org: Org) -> None:
    org.salesforce.slow_queries(rows=2)

    assert code(org.query("SELECT Id FROM Account")) == (400, "QUERY_TIMEOUT")
    assert org.query(f"SELECT Id FROM Account WHERE NPI__c = '{ADEYEMI}'")[0] == 200


def test_more_changes_than_an_answer_holds_are_refused(org: Org) -> None:
    org.salesforce.org.most_ids = 1
    for npi in (ADEYEMI, BRANDT):
        org.salesforce.edit(org.id(npi), Call_Tier__c="A")
    span = {"start": "2026-11-23T06:00:00Z", "end": "2026-11-23T07:00:00Z"}

    answer = org.call("GET", "/sobjects/Account/updated", query_string=span)

    assert code(answer) == (400, "EXCEEDED_ID_LIMIT")


def test_a_page_size_is_a_number(org: Org) -> None:
    headers = {"Sforce-Query-Options": "batchSize=many"}

    answer = org.call("GET", "/query", query_string={"q": "SELECT Id FROM Account"}, headers=headers)

    assert code(answer) == (400, "INVALID_BATCH_SIZE")


def test_a_slow_answer_is_whole_all_the_same(org: Org) -> None:
    org.wire.faults.append(Fault("/query", slow=0.001))

    assert org.query("SELECT Id FROM Account")[1]["totalSize"] == 3
