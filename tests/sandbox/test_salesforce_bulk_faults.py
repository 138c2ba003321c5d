"""What can go wrong with bulk jobs: they stick, fail half way, meet locks, and answers are lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from werkzeug.test import Client

from sandbox.wire import Fault
from sandbox.world import World
from tests.conftest import StillClock
from tests.sandbox.salesforce_bulk import CSV, BulkClient, code, serving
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, KIM, provider

NPIS = [str(2000000100 + n) for n in range(40)]


@pytest.fixture
def client(clock: StillClock) -> Iterator[BulkClient]:
    names = [(ADEYEMI, "Dr. Adeyemi"), (BRANDT, "Dr. Brandt"), *((npi, f"Dr. {npi}") for npi in NPIS)]
    with serving(clock, world=World((KIM,), tuple(provider(*name) for name in names))) as client:
        yield client


def everyone(client: BulkClient, tier: str = "A") -> str:
    return "".join(["Id,Call_Tier__c\n", *(f"{client.org.id(npi)},{tier}\n" for npi in NPIS)])


def test_a_job_stays_in_progress_as_long_as_it_is_told_to(client: BulkClient, clock: StillClock) -> None:
    client.bulk.faults.in_progress_seconds = 90

    told = client.load(everyone(client))
    clock.sleep(89)
    later = client.told(told["id"])
    clock.sleep(1)

    assert (told["state"], later["state"], later["numberRecordsProcessed"]) == ("InProgress", "InProgress", 0)
    assert client.told(told["id"])["state"] == "JobComplete"


def test_a_job_fails_after_some_batches_and_leaves_the_rest(client: BulkClient) -> None:
    client.bulk.limits.batch_rows, client.bulk.limits.seconds_per_batch = 15, 0
    client.bulk.faults.fail_after_batches = 2

    told = client.load(everyone(client))

    assert (told["state"], told["numberRecordsProcessed"]) == ("Failed", 30)
    assert told["errorMessage"] == client.bulk.faults.failure
    assert len(client.rows(told["id"], "successfulResults")) == 30
    assert [row["Id"] for row in client.rows(told["id"], "unprocessedRecords")] == [
        client.org.id(npi) for npi in NPIS[30:]
    ]
    assert client.org.salesforce.record(client.org.id(NPIS[29]))["Call_Tier__c"] == "A"
    assert client.org.salesforce.record(client.org.id(NPIS[30]))["Call_Tier__c"] is None


def test_a_share_of_the_rows_is_locked_until_it_was_tried_often_enough(client: BulkClient) -> None:
    client.bulk.faults.lock_share, client.bulk.faults.lock_tries = 0.5, 2

    failed = [client.load(everyone(client))["numberRecordsFailed"] for _ in range(3)]

    assert 5 < failed[0] < 35
    assert failed == [failed[0], failed[0], 0]


def test_too_many_locks_leave_the_rest_of_their_batch_untried(client: BulkClient) -> None:
    client.bulk.limits.batch_rows, client.bulk.limits.lock_failures = 20, 3
    client.bulk.limits.seconds_per_batch = 0
    for npi in NPIS[:5]:
        client.org.salesforce.lock(client.org.id(npi))

    told = client.load(everyone(client))

    said = [error.split(":")[0] for error in client.errors(told["id"])]
    assert (told["state"], said) == ("JobComplete", ["UNABLE_TO_LOCK_ROW"] * 3 + ["TooManyLockFailure"] * 17)
    assert client.errors(told["id"])[3] == "TooManyLockFailure:Too many lock failure 200 Trying again later.:--"
    assert len(client.rows(told["id"], "successfulResults")) == 20


def test_results_come_in_any_order_but_always_in_the_same(client: BulkClient) -> None:
    client.bulk.faults.results_in_order = False
    job = client.load(everyone(client))["id"]

    first, second = (client.rows(job, "successfulResults") for _ in range(2))

    ids = [row["sf__Id"] for row in first]
    assert first == second
    assert ids != sorted(ids)
    assert sorted(ids) == sorted(client.org.id(npi) for npi in NPIS)
    assert all(row["sf__Id"] == row["Id"] for row in first)


def test_results_may_not_say_that_they_are_utf8(client: BulkClient) -> None:
    job = client.load(f"Id,Tier_Reason__c\n{client.org.id(ADEYEMI)},Zoë\n")["id"]
    path = f"/jobs/ingest/{job}/successfulResults"

    told = client.call("GET", path)
    client.bulk.faults.results_charset = False
    untold = client.call("GET", path)

    assert [a.headers["Content-Type"] for a in (told, untold)] == ["text/csv; charset=UTF-8", "text/csv"]
    assert "Zoë" in told.text
    assert told.content == untold.content
    assert "ZoÃ«" in untold.text  # what a client sees that takes the header's silence for Latin-1


def test_a_query_job_may_fail_with_words_of_its_own(client: BulkClient) -> None:
    client.bulk.faults.query_failure = "InternalServerError : Retried more than fifteen times"
    job = client.asked("SELECT Id FROM Account").json()["id"]

    told = client.told(job, "query")

    assert (told["state"], told["errorMessage"]) == ("Failed", client.bulk.faults.query_failure)
    assert code(client.page(job)) == (400, "INVALIDJOBSTATE")


def test_a_field_that_goes_before_the_query_runs_fails_its_job(client: BulkClient, clock: StillClock) -> None:
    client.bulk.faults.in_progress_seconds = 10
    job = client.asked("SELECT Id, Call_Tier__c FROM Account").json()["id"]
    client.org.salesforce.hide("Account", "Call_Tier__c")
    clock.sleep(10)

    told = client.told(job, "query")

    assert told["state"] == "Failed"
    assert told["errorMessage"].startswith("INVALID_FIELD : ")


def test_a_place_in_the_results_may_no_longer_hold(client: BulkClient) -> None:
    job = client.asked("SELECT Id FROM Account").json()["id"]
    place = client.page(job, maxRecords=10).headers["Sforce-Locator"]

    client.bulk.expire_locators()

    assert code(client.page(job, locator=place)) == (400, "INVALID_QUERY_LOCATOR")
    assert code(client.page(job, locator="nonsense")) == (400, "INVALID_QUERY_LOCATOR")
    assert client.page(job, maxRecords=10).headers["Sforce-Locator"] != place


# Answers that are lost


def test_a_job_whose_answer_was_lost_is_there_and_found_in_the_list(client: BulkClient) -> None:
    client.org.wire.faults.append(Fault(r"/jobs/ingest$", method="POST", lose_reply=True))

    with pytest.raises(requests.RequestException):
        client.made("upsert", externalIdFieldName="NPI__c")

    (job,) = client.call("GET", "/jobs/ingest", params={"jobType": "V2Ingest"}).json()["records"]
    assert (job["object"], job["operation"], job["externalIdFieldName"]) == ("Account", "upsert", "NPI__c")
    assert (job["state"], job["createdDate"]) == ("Open", "2026-11-23T07:00:00.000+0000")


def test_a_file_whose_answer_was_lost_has_arrived(client: BulkClient) -> None:
    job = client.made()
    client.org.wire.faults.append(Fault(r"/batches$", lose_reply=True))

    with pytest.raises(requests.RequestException):
        client.put(job, everyone(client))

    assert code(client.put(job, everyone(client))) == (400, "INVALIDJOBSTATE")
    client.turn(job, "UploadComplete")
    assert client.told(job)["numberRecordsProcessed"] == len(NPIS)
    assert client.org.wire.tally()["rows"] == len(NPIS)


def test_a_job_runs_though_the_answer_to_its_closing_was_lost(client: BulkClient) -> None:
    job = client.made()
    client.put(job, everyone(client))
    client.org.wire.faults.append(Fault(r"/jobs/ingest/\w+$", method="PATCH", lose_reply=True))

    with pytest.raises(requests.RequestException):
        client.turn(job, "UploadComplete")

    assert code(client.turn(job, "UploadComplete")) == (400, "INVALIDJOBSTATE")
    assert client.told(job)["state"] == "JobComplete"
    assert client.org.wire.tally()["rows"] == len(NPIS)


@pytest.mark.parametrize("which", ["successfulResults", "query"])
def test_results_that_were_cut_off_are_read_again(client: BulkClient, which: str) -> None:
    path = f"/jobs/ingest/{client.load(everyone(client))['id']}/successfulResults"
    if which == "query":
        path = f"/jobs/query/{client.asked('SELECT Id FROM Account').json()['id']}/results"
    client.org.wire.faults.append(Fault(path, lose_reply=True))

    with pytest.raises(requests.RequestException):
        client.call("GET", path)

    assert client.call("GET", path).content.count(b"\n") > len(NPIS)


# Without a network


def test_jobs_are_answered_in_process_as_over_http(client: BulkClient) -> None:
    inside, headers = Client(client.org.salesforce), {"Authorization": f"Bearer {client.org.token}"}
    base = "/services/data/v67.0/jobs/ingest"

    job = inside.post(base, json={"object": "Account", "operation": "update"}, headers=headers).get_json()["id"]
    put = inside.put(f"{base}/{job}/batches", data=everyone(client), headers={**headers, **CSV})
    inside.patch(f"{base}/{job}", json={"state": "UploadComplete"}, headers=headers)
    answer = inside.get(f"{base}/{job}/successfulResults", headers=headers)

    assert put.status_code == 201
    assert answer.content_type == "text/csv; charset=UTF-8"
    assert answer.get_data() == client.call("GET", f"/jobs/ingest/{job}/successfulResults").content
