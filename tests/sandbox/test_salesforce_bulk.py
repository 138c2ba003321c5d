"""Jobs of the Bulk API 2.0: how they are made, move on, end and are forgotten, and what is refused on the way."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from sandbox.server import Keeper
from tests.conftest import StillClock
from tests.sandbox.salesforce_bulk import CSV, BulkClient, code, serving
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT

DAY = 24 * 3600


@pytest.fixture
def client(clock: StillClock) -> Iterator[BulkClient]:
    with serving(clock) as client:
        yield client


def one_row(client: BulkClient, tier: str = "A") -> str:
    return f"Id,Call_Tier__c\n{client.org.id(ADEYEMI)},{tier}\n"


def test_a_job_is_told_as_it_was_asked_for(client: BulkClient) -> None:
    body = {"object": "Account", "operation": "upsert", "externalIdFieldName": "npi__c", "lineEnding": "CRLF"}

    told = client.call("POST", "/jobs/ingest", body, version="v62.0").json()

    job = told["id"]
    assert job.startswith("750")
    assert told == {
        "id": job,
        "operation": "upsert",
        "object": "Account",
        "createdById": client.org.salesforce.records.login,
        "createdDate": "2026-11-23T07:00:00.000+0000",
        "systemModstamp": "2026-11-23T07:00:00.000+0000",
        "state": "Open",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 62.0,
        "lineEnding": "CRLF",
        "columnDelimiter": "COMMA",
        "contentUrl": f"services/data/v62.0/jobs/ingest/{job}/batches",
        "externalIdFieldName": "NPI__c",
    }


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"object": "Account", "operation": "upsert"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "upsert", "externalIdFieldName": "Name"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "query"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "update", "lineEnding": "CR"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "update", "columnDelimiter": "SPACE"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "update", "contentType": "JSON"}, "INVALIDJOB"),
        ({"object": "Account", "operation": "update", "batchSize": 5}, "JSON_PARSER_ERROR"),
        ({"object": "Patient", "operation": "update"}, "INVALIDENTITY"),
        ({"object": "TaskWhoRelation", "operation": "insert"}, "INVALIDENTITY"),
    ],
)
def test_a_job_that_cannot_be_done_is_not_made(client: BulkClient, body: dict[str, Any], refusal: str) -> None:
    assert code(client.call("POST", "/jobs/ingest", body)) == (400, refusal)
    assert client.bulk.ingest == {}


def test_a_file_is_written_once_its_job_is_closed(client: BulkClient) -> None:
    job = client.made()

    uploaded = client.put(job, one_row(client))
    before = client.org.salesforce.record(client.org.id(ADEYEMI))["Call_Tier__c"]
    closed = client.turn(job, "UploadComplete")

    assert (uploaded.status_code, uploaded.content, before) == (201, b"", None)
    assert (closed.status_code, closed.json()["state"]) == (200, "UploadComplete")
    told = client.told(job)
    assert (told["state"], told["jobType"], told["isPkChunkingSupported"]) == ("JobComplete", "V2Ingest", False)
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"], told["retries"]) == (1, 0, 0)
    assert "errorMessage" not in told
    assert client.org.salesforce.history[-1][1:] == ("api", client.org.id(ADEYEMI), "Call_Tier__c", None, "A")


def test_each_row_counts_once_as_written_and_only_when_its_job_is_closed(client: BulkClient) -> None:
    job = client.made()
    client.put(job, one_row(client))
    client.put(job, one_row(client))
    client.turn(job, "UploadComplete")
    client.turn(job, "UploadComplete")
    client.told(job)

    assert [call.rows for call in client.org.wire.calls if call.rows is not None] == [1]


def test_a_file_is_taken_once_and_by_an_open_job_alone(client: BulkClient) -> None:
    job, empty = client.made(), client.made()
    client.put(job, one_row(client))

    again = client.put(job, one_row(client, "B"))
    client.turn(empty, "Aborted")

    assert code(again) == (400, "INVALIDJOBSTATE")
    assert code(client.put(empty, one_row(client))) == (400, "INVALIDJOBSTATE")
    client.turn(job, "UploadComplete")
    assert client.org.salesforce.record(client.org.id(ADEYEMI))["Call_Tier__c"] == "A"


def test_a_file_is_csv_and_everything_else_is_json(client: BulkClient) -> None:
    job = client.made()
    path = f"/jobs/ingest/{job}/batches"

    as_json = client.call("PUT", path, data=b"Id\n", headers={"Content-Type": "application/json"})
    csv_job = client.call("POST", "/jobs/ingest", data=b"{}", headers=CSV)
    plain = client.call("PUT", path, data=b"Id\n", headers={"Content-Type": "text/csv"})

    assert code(as_json) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert code(csv_job) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert plain.status_code == 201


def test_a_file_that_is_too_large_is_refused(client: BulkClient) -> None:
    client.bulk.limits.file_bytes = 20

    assert client.put(client.made(), one_row(client)).status_code == 413
    client.bulk.limits.file_bytes = len(one_row(client))
    assert client.put(client.made(), one_row(client)).status_code == 201


def test_bodies_may_come_in_chunks_and_compressed(client: BulkClient) -> None:
    job, key = client.made(), client.org.id(BRANDT)
    path = f"/jobs/ingest/{job}/batches"
    half = one_row(client).encode()

    chunked = client.call("PUT", path, data=iter([half[:9], half[9:]]), headers=CSV)
    zipped = gzip.compress(json.dumps({"state": "UploadComplete"}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    closed = client.call("PATCH", f"/jobs/ingest/{job}", data=zipped, headers=headers)
    collection = {"records": [{"attributes": {"type": "Account"}, "id": key, "Call_Tier__c": "B"}]}
    pushed = client.call(
        "PATCH", "/composite/sobjects", data=iter([gzip.compress(json.dumps(collection).encode())]), headers=headers
    )
    torn = client.call("PATCH", f"/jobs/ingest/{job}", data=b"not gzip", headers=headers)

    assert (chunked.status_code, closed.status_code, pushed.json()[0]["success"]) == (201, 200, True)
    assert client.told(job)["numberRecordsProcessed"] == 1
    assert code(torn) == (400, "JSON_PARSER_ERROR")


def test_a_form_makes_fills_and_closes_a_small_job(client: BulkClient) -> None:
    job = {"object": "Account", "operation": "update"}
    small = {"job": (None, json.dumps(job), "application/json"), "content": ("content", one_row(client), "text/csv")}
    large = {**small, "content": ("content", "Id\n" + "x" * 100_000, "text/csv")}

    made = client.call("POST", "/jobs/ingest", files=small)
    refused = client.call("POST", "/jobs/ingest", files=large)
    partless = client.call("POST", "/jobs/ingest", files={"job": small["job"]})

    assert (made.status_code, made.json()["state"]) == (200, "UploadComplete")
    assert client.told(made.json()["id"])["numberRecordsProcessed"] == 1
    assert code(refused) == (400, "INVALIDJOB")
    assert code(partless) == (400, "JSON_PARSER_ERROR")
    assert [call.rows for call in client.org.wire.calls if call.rows is not None] == [1]


def test_a_large_job_moves_on_with_the_clock_batch_by_batch(client: BulkClient, clock: StillClock) -> None:
    client.bulk.limits.batch_rows, client.bulk.limits.seconds_per_batch = 1, 10
    rows = "".join(f"{client.org.id(npi)},A\n" for npi in (ADEYEMI, BRANDT))

    told = client.load(f"Id,Call_Tier__c\n{rows}")
    clock.sleep(10)
    later = client.told(told["id"])

    assert (told["state"], told["numberRecordsProcessed"]) == ("InProgress", 1)
    assert (later["state"], later["numberRecordsProcessed"]) == ("JobComplete", 2)
    assert client.bulk.batches.used == 2


def test_what_is_aborted_half_way_stays_half_done(client: BulkClient) -> None:
    client.bulk.limits.batch_rows = 1
    keys = [client.org.id(npi) for npi in (ADEYEMI, BRANDT)]

    job = client.load(f"Id,Call_Tier__c\n{keys[0]},A\n{keys[1]},A\n")["id"]
    aborted = client.turn(job, "Aborted")

    assert aborted.json()["state"] == "Aborted"
    assert [row["Id"] for row in client.rows(job, "successfulResults")] == keys[:1]
    assert client.rows(job, "unprocessedRecords") == [{"Id": keys[1], "Call_Tier__c": "A"}]
    assert client.rows(job, "failedResults") == []


def test_states_lead_one_way(client: BulkClient) -> None:
    job = client.load(one_row(client))["id"]
    other = client.made()

    for state in ("UploadComplete", "Aborted", "Open"):
        assert code(client.turn(job, state)) == (400, "INVALIDJOBSTATE")
    assert code(client.turn(other, "JobComplete")) == (400, "INVALIDJOBSTATE")


def test_results_are_there_when_the_job_has_ended(client: BulkClient) -> None:
    job = client.made()

    for which in ("successfulResults", "failedResults", "unprocessedrecords"):
        assert code(client.call("GET", f"/jobs/ingest/{job}/{which}")) == (400, "INVALIDJOBSTATE")


def test_a_job_is_deleted_but_not_while_it_is_open_or_running(client: BulkClient) -> None:
    job, running = client.made(), client.made()
    client.put(running, one_row(client))
    client.bulk.faults.in_progress_seconds = 60
    client.turn(running, "UploadComplete")
    client.told(running)

    assert code(client.call("DELETE", f"/jobs/ingest/{job}")) == (400, "INVALIDJOBSTATE")
    assert code(client.call("DELETE", f"/jobs/ingest/{running}")) == (400, "INVALIDJOBSTATE")
    client.turn(job, "Aborted")
    assert client.call("DELETE", f"/jobs/ingest/{job}").status_code == 204
    assert code(client.call("GET", f"/jobs/ingest/{job}")) == (404, "NOT_FOUND")


def test_a_job_is_forgotten_after_seven_days(client: BulkClient, clock: StillClock) -> None:
    job = client.load(one_row(client))["id"]

    clock.sleep(7 * DAY - 1)
    client.org.log_in()
    assert client.told(job)["state"] == "JobComplete"
    clock.sleep(1)

    assert code(client.call("GET", f"/jobs/ingest/{job}")) == (404, "NOT_FOUND")
    assert code(client.call("GET", f"/jobs/ingest/{job}/failedResults")) == (404, "NOT_FOUND")


def test_jobs_are_listed_page_by_page_with_what_tells_them_apart(client: BulkClient) -> None:
    client.bulk.limits.list_page = 2
    jobs = [client.made(), client.made("upsert", externalIdFieldName="NPI__c"), client.made("insert", "Task")]

    first = client.call("GET", "/jobs/ingest", params={"jobType": "V2Ingest"}).json()
    path = first["nextRecordsUrl"].removeprefix("/services/data/v67.0")
    second = client.call("GET", path).json()

    listed = [*first["records"], *second["records"]]
    assert [job["id"] for job in listed] == jobs
    assert [(job["object"], job["operation"], job["state"]) for job in listed] == [
        ("Account", "update", "Open"),
        ("Account", "upsert", "Open"),
        ("Task", "insert", "Open"),
    ]
    assert [job.get("externalIdFieldName") for job in listed] == [None, "NPI__c", None]
    assert listed[0]["createdDate"] == "2026-11-23T07:00:00.000+0000"
    assert (first["done"], second["done"], second["nextRecordsUrl"]) == (False, True, None)
    assert client.call("GET", "/jobs/ingest", params={"jobType": "Classic"}).json()["records"] == []


def test_the_day_s_batches_run_out_and_the_rest_stays_unprocessed(client: BulkClient) -> None:
    client.bulk.limits.batch_rows, client.bulk.limits.seconds_per_batch = 1, 0
    client.bulk.batches.daily_calls = 1

    told = client.load(one_row(client) + f"{client.org.id(BRANDT)},A\n")

    assert told["state"] == "Failed"
    assert told["errorMessage"] == "ExceededQuota : ApiBatchItems Limit exceeded."
    assert len(client.rows(told["id"], "successfulResults")) == 1
    assert len(client.rows(told["id"], "unprocessedRecords")) == 1
    refused = client.call("POST", "/jobs/ingest", {"object": "Account", "operation": "update"})
    assert code(refused) == (400, "EXCEEDED_QUOTA")
    assert client.call("GET", "/limits").json()["DailyBulkApiBatches"] == {"Max": 1, "Remaining": 0}


def test_a_day_has_15000_batches_and_10000_query_jobs(client: BulkClient) -> None:
    limits = client.call("GET", "/limits").json()

    assert limits["DailyBulkApiBatches"] == {"Max": 15_000, "Remaining": 15_000}
    assert limits["DailyBulkV2QueryJobs"] == {"Max": 10_000, "Remaining": 10_000}


def test_jobs_do_not_travel_inside_a_composite_call(client: BulkClient) -> None:
    part = {"referenceId": "a", "method": "GET", "url": "/services/data/v67.0/jobs/ingest"}

    answer = client.call("POST", "/composite", {"compositeRequest": [part]}).json()["compositeResponse"][0]

    assert (answer["httpStatusCode"], answer["body"][0]["errorCode"]) == (400, "INVALID_INPUT")


def test_jobs_need_a_version_that_has_them(client: BulkClient) -> None:
    assert client.call("GET", "/jobs/ingest", version="v40.0").status_code == 404
    assert client.call("GET", "/jobs/ingest", version="v41.0").status_code == 200
    assert client.call("GET", "/jobs/query", version="v46.0").status_code == 404


def test_what_a_job_wrote_between_two_calls_is_kept_in_the_file(
    client: BulkClient, clock: StillClock, tmp_path: Path
) -> None:
    file, keys = tmp_path / "state.json", [client.org.id(npi) for npi in (ADEYEMI, BRANDT)]
    client.bulk.limits.batch_rows = 1
    client.load(f"Id,Call_Tier__c\n{keys[0]},A\n{keys[1]},A\n")
    clock.sleep(1)

    app = Keeper(file, {"salesforce": client.org.salesforce}).around(client.org.wire)
    Client(app).get("/services/data/v67.0/limits", headers={"Authorization": f"Bearer {client.org.token}"})

    kept = json.loads(file.read_text())["salesforce"]["tables"]["Account"]
    assert [kept[key]["Call_Tier__c"] for key in keys] == ["A", "A"]


def test_an_org_that_comes_back_from_its_file_has_no_jobs(client: BulkClient) -> None:
    job = client.load(one_row(client))["id"]

    client.org.salesforce.load(client.org.salesforce.dump())

    assert code(client.call("GET", f"/jobs/ingest/{job}")) == (404, "NOT_FOUND")
    assert client.org.salesforce.record(client.org.id(ADEYEMI))["Call_Tier__c"] == "A"
