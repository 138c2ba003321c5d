"""The bulk client of simple-salesforce, as its authors ship it, loads and reads the sandbox and notices nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import simple_salesforce
from simple_salesforce.exceptions import SalesforceOperationError

from sandbox.server import listen
from tests.conftest import StillClock
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, KIM, Org, open_org
from tests.sandbox.test_salesforce_client import ToLoopback


@pytest.fixture
def org(clock: StillClock) -> Org:
    return open_org(clock)


@pytest.fixture
def bulk(org: Org) -> Iterator[Any]:
    server = listen(org.wire)
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", ToLoopback(server.server.effective_port))
        client = simple_salesforce.Salesforce(
            consumer_key="sandbox-client",
            consumer_secret="sandbox-secret",
            domain="acme.my",
            session=session,
            version="67.0",
        )
        yield client.bulk2
    server.close()


def in_file(folder: Path, *lines: str) -> str:
    file = folder / "rows.csv"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(file)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_it_updates_from_a_file_and_reads_what_failed(org: Org, bulk: Any, tmp_path: Path) -> None:
    keys = [org.id(npi) for npi in (ADEYEMI, BRANDT, CASTILLO)]
    file = in_file(tmp_path, "Id,Call_Tier__c", f"{keys[0]},A", f"{keys[1]},Q", f"{keys[2]},#N/A")

    (told,) = bulk.Account.update(csv_file=file, wait=0)

    assert (told["numberRecordsTotal"], told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (3, 3, 1)
    (failed,) = rows(bulk.Account.get_failed_records(told["job_id"]))
    assert (failed["sf__Id"], failed["Call_Tier__c"]) == (keys[1], "Q")
    assert failed["sf__Error"].startswith("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:")
    assert org.salesforce.record(keys[0])["Call_Tier__c"] == "A"


def test_it_splits_a_file_into_jobs(org: Org, bulk: Any, tmp_path: Path) -> None:
    keys = [org.id(npi) for npi in (ADEYEMI, BRANDT, CASTILLO)]

    file = in_file(tmp_path, "Id,Call_Order__c", *(f"{key},7" for key in keys))

    told = bulk.Account.update(csv_file=file, batch_size=2, wait=0)

    assert [job["numberRecordsProcessed"] for job in told] == [2, 1]
    assert org.wire.tally()["rows"] == 3


def test_it_upserts_by_the_customer_s_key_in_crlf(org: Org, bulk: Any) -> None:
    records = [{"NPI__c": ADEYEMI, "Name": "Dr. A"}, {"NPI__c": "2000000044", "Name": "Dr. Zoë Okafor"}]

    (told,) = bulk.Account.upsert(records=records, external_id_field="NPI__c", line_ending="CRLF", wait=0)

    done = rows(bulk.Account.get_successful_records(told["job_id"]))
    assert {(row["NPI__c"], row["sf__Created"]) for row in done} == {(ADEYEMI, "false"), ("2000000044", "true")}
    assert "Dr. Zoë Okafor" in {row["Name"] for row in done}


def test_it_inserts_side_by_side_and_deletes(org: Org, bulk: Any) -> None:
    records = [{"Name": f"Dr. {n}", "Owner.Email": KIM.email} for n in range(4)]

    made = bulk.Account.insert(records=records, batch_size=1, concurrency=4, wait=0)
    ids = [rows(bulk.Account.get_successful_records(job["job_id"]))[0]["sf__Id"] for job in made]
    (soft,) = bulk.Account.delete(records=[{"Id": key} for key in ids[:2]], wait=0)
    (hard,) = bulk.Account.hard_delete(records=[{"Id": key} for key in ids[2:]], wait=0)

    assert (soft["numberRecordsFailed"], hard["numberRecordsFailed"]) == (0, 0)
    assert [org.salesforce.records.get(key) is None for key in ids] == [False, False, True, True]


def test_it_reads_all_that_became_of_a_job(org: Org, bulk: Any, tmp_path: Path) -> None:
    limits = org.salesforce.org.bulk.limits
    limits.batch_rows, limits.seconds_per_batch = 1, 0
    org.salesforce.org.bulk.faults.fail_after_batches = 2
    keys = [org.id(npi) for npi in (ADEYEMI, BRANDT, CASTILLO)]
    org.salesforce.lock(keys[1])

    with pytest.raises(SalesforceOperationError, match="InternalServerError"):
        bulk.Account.update(csv_file=in_file(tmp_path, "Id,Call_Tier__c", *(f"{key},A" for key in keys)), wait=0)

    (job,) = org.salesforce.org.bulk.ingest
    found = bulk.Account.get_all_ingest_records(job)
    assert [row["Id"] for row in found["successfulRecords"]] == keys[:1]
    assert [row["sf__Error"][:18] for row in found["failedRecords"]] == ["UNABLE_TO_LOCK_ROW"]
    assert [row["Id"] for row in found["unprocessedRecords"]] == keys[2:]


def test_it_is_told_why_a_job_failed(org: Org, bulk: Any, tmp_path: Path) -> None:
    file = in_file(tmp_path, "Id,Tier__c", f"{org.id(ADEYEMI)},A")

    with pytest.raises(SalesforceOperationError, match="InvalidBatch : Field name not found : Tier__c"):
        bulk.Account.update(csv_file=file, wait=0)


def test_it_queries_page_by_page(bulk: Any) -> None:
    pages = list(bulk.Account.query("SELECT Name, Owner.Email FROM Account ORDER BY Name", max_records=2, wait=0))

    assert [[row["Name"] for row in rows(page)] for page in pages] == [["Dr. Adeyemi", "Dr. Brandt"], ["Dr. Castillo"]]
    assert rows(pages[1])[0]["Owner.Email"] == "kim@example.com"


def test_it_queries_the_deleted_too_and_downloads(org: Org, bulk: Any, tmp_path: Path) -> None:
    org.salesforce.delete(org.id(BRANDT))

    (everything,) = bulk.Account.query_all("SELECT Name, IsDeleted FROM Account WHERE IsDeleted = true", wait=0)
    (file,) = bulk.Account.download("SELECT Id FROM Account", str(tmp_path), wait=0)

    assert rows(everything) == [{"Name": "Dr. Brandt", "IsDeleted": "true"}]
    assert file["number_of_records"] == 2
    assert Path(file["file"]).read_text(encoding="utf-8").count("\n") == 3


def test_it_takes_latin_1_for_granted_where_results_do_not_say_what_they_are(
    org: Org, bulk: Any, tmp_path: Path
) -> None:
    org.salesforce.org.bulk.faults.results_charset = False
    file = in_file(tmp_path, "Id,Tier_Reason__c", f"{org.id(ADEYEMI)},Zoë")

    (told,) = bulk.Account.update(csv_file=file, wait=0)

    assert "ZoÃ«" in bulk.Account.get_successful_records(told["job_id"])
    assert org.salesforce.record(org.id(ADEYEMI))["Tier_Reason__c"] == "Zoë"
