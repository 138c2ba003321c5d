"""Bulk queries: what may be asked, what the file says, and how its pages follow one another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import StillClock
from tests.sandbox.salesforce_bulk import BulkClient, code, parsed, serving
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, touch

ALL = "SELECT Name FROM Account ORDER BY Name"


@pytest.fixture
def client(clock: StillClock) -> Iterator[BulkClient]:
    with serving(clock) as client:
        yield client


def made(client: BulkClient, soql: str = ALL, operation: str = "query") -> str:
    return str(client.asked(soql, operation).json()["id"])


def test_a_query_job_knows_its_object_and_has_no_file_of_its_own(client: BulkClient) -> None:
    asked = client.asked("SELECT Id FROM account", "queryAll")
    told = client.told(asked.json()["id"], "query")

    job = asked.json()
    assert (job["object"], job["operation"], job["state"]) == ("Account", "queryAll", "UploadComplete")
    assert (job["apiVersion"], job["contentType"]) == (67.0, "CSV")
    assert "contentUrl" not in job
    assert (told["state"], told["jobType"], told["numberRecordsProcessed"]) == ("JobComplete", "V2Query", 3)
    assert told["isPkChunkingSupported"] is True
    assert client.told(made(client), "query")["isPkChunkingSupported"] is False


def test_every_cell_is_quoted_and_null_is_nothing(client: BulkClient) -> None:
    key = client.org.id(ADEYEMI)
    client.org.salesforce.edit(key, Tier_Reason__c='The "best",\nso far', Call_Order__c=5)
    fields = "Id, isdeleted, owner.email, Call_Tier__c, Call_Order__c, SystemModstamp, Tier_Reason__c"

    page = client.page(made(client, f"SELECT {fields} FROM Account WHERE NPI__c = '{ADEYEMI}'"))

    assert page.headers["Content-Type"] == "text/csv; charset=UTF-8"
    assert page.content.decode() == (
        '"Id","IsDeleted","Owner.Email","Call_Tier__c","Call_Order__c","SystemModstamp","Tier_Reason__c"\n'
        f'"{key}","false","kim@example.com","","5.0","2026-11-23T07:00:00.000Z","The ""best"",\nso far"\n'
    )


def test_each_row_names_its_own_owner(client: BulkClient) -> None:
    client.org.salesforce.add_account(None, "Dr. Okafor")

    rows = client.found("SELECT Owner.Email FROM Account ORDER BY Name")

    assert [row["Owner.Email"] for row in rows] == ["kim@example.com"] * 3 + ["callplan@sandbox.example"]


def test_a_query_may_ask_for_another_sign_and_line_ending(client: BulkClient) -> None:
    soql = "SELECT Name, BillingCity FROM Account LIMIT 1"

    job = client.asked(soql, columnDelimiter="PIPE", lineEnding="CRLF").json()["id"]

    assert client.page(job).text == '"Name"|"BillingCity"\r\n"Dr. Adeyemi"|"Des Moines"\r\n'


def test_pages_repeat_the_header_and_end_with_the_word_null(client: BulkClient) -> None:
    job = made(client)

    first = client.page(job, maxRecords=2)
    second = client.page(job, maxRecords=2, locator=first.headers["Sforce-Locator"])
    again = client.page(job, maxRecords=2, locator=first.headers["Sforce-Locator"])

    assert [row["Name"] for row in parsed(first.content)] == ["Dr. Adeyemi", "Dr. Brandt"]
    assert [row["Name"] for row in parsed(second.content)] == ["Dr. Castillo"]
    assert again.content == second.content
    assert [page.headers["Sforce-NumberOfRecords"] for page in (first, second)] == ["2", "1"]
    assert second.headers["Sforce-Locator"] == "null"
    assert client.page(job).headers["Sforce-Locator"] == "null"


def test_an_answer_without_rows_is_its_header(client: BulkClient) -> None:
    page = client.page(made(client, "SELECT Id FROM Task"))

    assert page.text == '"Id"\n'
    assert (page.headers["Sforce-NumberOfRecords"], page.headers["Sforce-Locator"]) == ("0", "null")


def test_five_pages_at_a_time_may_be_read_side_by_side(client: BulkClient) -> None:
    for n in range(9):
        client.org.salesforce.add_account(None, f"Dr. {n}")
    job = made(client)

    first = client.call("GET", f"/jobs/query/{job}/resultPages", params={"maxRecords": 2}).json()
    rest = client.call("GET", first["nextRecordsUrl"].removeprefix("/services/data/v67.0")).json()

    assert ([len(part["resultPages"]) for part in (first, rest)], first["done"], rest["done"]) == ([5, 1], False, True)
    addresses = [page["resultUrl"] for part in (first, rest) for page in part["resultPages"]]
    pages = [client.call("GET", address.removeprefix("/services/data/v67.0")) for address in addresses]
    names = [row["Name"] for page in pages for row in parsed(page.content)]
    assert names == sorted(names)
    assert len(set(names)) == 12
    assert rest["nextRecordsUrl"] is None


def test_result_pages_came_with_version_58(client: BulkClient) -> None:
    body = {"operation": "query", "query": ALL}
    old, new = (client.call("POST", "/jobs/query", body, version=v).json()["id"] for v in ("v57.0", "v58.0"))

    assert client.call("GET", f"/jobs/query/{old}/resultPages", version="v57.0").status_code == 404
    assert client.call("GET", f"/jobs/query/{new}/resultPages", version="v58.0").json()["done"] is True


def test_results_are_read_with_the_version_that_made_the_job(client: BulkClient) -> None:
    job = made(client)

    assert client.call("GET", f"/jobs/query/{job}/results", version="v66.0").status_code == 409
    assert client.call("GET", f"/jobs/query/{job}/resultPages", version="v66.0").status_code == 409
    assert client.call("GET", f"/jobs/query/{job}", version="v66.0").status_code == 200


def test_results_are_what_the_records_were_when_the_job_ran(client: BulkClient) -> None:
    job = made(client, "SELECT Name, Call_Tier__c FROM Account ORDER BY Name")

    client.org.salesforce.edit(client.org.id(ADEYEMI), Call_Tier__c="A")
    client.org.salesforce.delete(client.org.id(BRANDT))

    rows = parsed(client.page(job).content)
    assert [(row["Name"], row["Call_Tier__c"]) for row in rows][:2] == [("Dr. Adeyemi", ""), ("Dr. Brandt", "")]


def test_query_all_sees_the_deleted_and_the_archived(client: BulkClient) -> None:
    client.org.salesforce.log_touch(client.org.id(ADEYEMI), touch(days=-400))
    client.org.salesforce.delete(client.org.id(BRANDT))

    assert [r["Name"] for r in client.found(ALL)] == ["Dr. Adeyemi", "Dr. Castillo"]
    assert len(client.found(ALL, "queryAll")) == 3
    assert client.found("SELECT Id FROM Event") == []
    assert [row["IsArchived"] for row in client.found("SELECT IsArchived FROM Event", "queryAll")] == ["true"]


@pytest.mark.parametrize(
    ("soql", "refusal"),
    [
        ("SELECT Call_Tier__c FROM Account GROUP BY Call_Tier__c", "API_ERROR"),
        ("SELECT Id FROM Account ORDER BY Id LIMIT 5 OFFSET 5", "API_ERROR"),
        ("SELECT COUNT() FROM Account", "API_ERROR"),
        ("SELECT max(Name) FROM Account", "API_ERROR"),
        ("SELECT Id, (SELECT Id FROM Tasks) FROM Account", "API_ERROR"),
        ("SELECT TYPEOF What WHEN Account THEN Name END FROM Task", "API_ERROR"),
        ("SELECT Id, BillingAddress FROM Account", "INVALID_FIELD"),
        ("SELECT Id, Tier__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM TaskWhoRelation", "INVALIDENTITY"),
        ("SELECT Id FROM Patient", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("", "MALFORMED_QUERY"),
    ],
)
def test_what_bulk_does_not_answer_is_refused_at_once(client: BulkClient, soql: str, refusal: str) -> None:
    assert code(client.asked(soql)) == (400, refusal)
    assert (client.bulk.query, client.bulk.query_jobs.used) == ({}, 0)


def test_words_in_quotes_are_no_clauses(client: BulkClient) -> None:
    soql = "SELECT Id FROM Account WHERE Name = 'GROUP BY OFFSET (SELECT BillingAddress FROM Task)'"

    assert client.found(soql) == []


def test_only_queries_are_asked_here(client: BulkClient) -> None:
    assert code(client.asked(ALL, "update")) == (400, "INVALIDJOB")
    assert code(client.asked(ALL, batchSize=5)) == (400, "JSON_PARSER_ERROR")
    assert code(client.page(made(client), maxRecords="0")) == (400, "INVALID_QUERY_OPTIONS")


def test_a_query_that_is_not_done_has_no_results_and_may_be_aborted(client: BulkClient, clock: StillClock) -> None:
    client.bulk.faults.in_progress_seconds = 30
    job, other = made(client), made(client)

    early, aborted = client.page(job), client.turn(other, "Aborted", "query")
    clock.sleep(30)

    assert code(early) == (400, "INVALIDJOBSTATE")
    assert aborted.json()["state"] == "Aborted"
    assert client.told(job, "query")["state"] == "JobComplete"
    assert code(client.page(other)) == (400, "INVALIDJOBSTATE")
    assert code(client.turn(job, "Aborted", "query")) == (400, "INVALIDJOBSTATE")


def test_a_query_job_is_listed_deleted_and_forgotten(client: BulkClient, clock: StillClock) -> None:
    job, old = made(client), made(client)

    listed = client.call("GET", "/jobs/query").json()
    removed = client.call("DELETE", f"/jobs/query/{job}")
    clock.sleep(7 * 24 * 3600)
    client.org.log_in()

    assert [(j["id"], j["jobType"]) for j in listed["records"]] == [(job, "V2Query"), (old, "V2Query")]
    assert removed.status_code == 204
    assert code(client.page(job)) == code(client.page(old)) == (404, "NOT_FOUND")


def test_the_day_s_query_jobs_run_out(client: BulkClient) -> None:
    client.bulk.query_jobs.daily_calls = 1
    made(client)

    assert code(client.asked(ALL)) == (400, "LIMIT_EXCEEDED")


def test_results_travel_compressed_to_whom_takes_them_so(client: BulkClient) -> None:
    job = made(client)

    zipped = client.call("GET", f"/jobs/query/{job}/results", headers={"Accept-Encoding": "gzip"})
    plain = client.call("GET", f"/jobs/query/{job}/results", headers={"Accept-Encoding": "identity"})

    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert zipped.content == plain.content
