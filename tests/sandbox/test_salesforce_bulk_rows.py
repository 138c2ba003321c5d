"""Rows of a bulk job: how a file is read, what a cell means, and in which words a row or a file is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sandbox.salesforce import Salesforce
from tests.conftest import StillClock
from tests.sandbox.salesforce_bulk import BulkClient, serving
from tests.sandbox.salesforce_org import ADEYEMI, BRANDT, CASTILLO, KIM, touch

NOBODY = "001Hs00000zzzzzIAA"


@pytest.fixture
def client(clock: StillClock) -> Iterator[BulkClient]:
    with serving(clock) as client:
        yield client


@pytest.fixture
def key(client: BulkClient) -> str:
    return client.org.id(ADEYEMI)


# Cells


def test_an_empty_cell_leaves_a_field_and_na_clears_it(client: BulkClient, key: str) -> None:
    client.org.salesforce.edit(key, Call_Tier__c="A", Tier_Reason__c="Volume")

    told = client.load(f"Id,Call_Tier__c,Tier_Reason__c\n{key},,#N/A\n")

    assert told["numberRecordsFailed"] == 0
    record = client.org.salesforce.record(key)
    assert (record["Call_Tier__c"], record["Tier_Reason__c"]) == ("A", None)


def test_cells_are_read_as_their_fields_are(client: BulkClient, key: str) -> None:
    header = "Id,call_order__c,Going_Cold__c,Next_Visit_Date__c,Tier_Reason__c"

    client.load(f'{header}\n{key[:15]},12,YES,2026-12-01,"Volume, ""high"" — Zoë\nand more"\n')

    record = client.org.salesforce.record(key)
    assert (record["Call_Order__c"], record["Going_Cold__c"]) == (12.0, True)
    assert (record["Next_Visit_Date__c"], record["Tier_Reason__c"]) == (
        "2026-12-01",
        'Volume, "high" — Zoë\nand more',
    )


@pytest.mark.parametrize(
    ("field", "cell", "error"),
    [
        ("Call_Order__c", " 12", "INVALID_TYPE_ON_FIELD_IN_RECORD:Call Order: value not of required type:  12"),
        ("Call_Order__c", "1e9", "NUMBER_OUTSIDE_VALID_RANGE:Call Order: value outside of valid range"),
        ("Going_Cold__c", "maybe", "INVALID_TYPE_ON_FIELD_IN_RECORD:Going Cold: value not of required type: maybe"),
        ("Next_Visit_Date__c", "01/12/2026", "INVALID_TYPE_ON_FIELD_IN_RECORD:Next Visit: value not of required"),
        ("Call_Tier__c", " A", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:Call Tier: bad value for restricted"),
        ("Tier_Reason__c", "x" * 256, "STRING_TOO_LONG:Tier Reason: data value too large"),
        ("Name", "#N/A", "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]"),
        ("OwnerId", NOBODY, f"MALFORMED_ID:Owner ID: id value of incorrect type: {NOBODY}"),
        ("CreatedDate", "2026-11-23T07:00:00Z", "INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields"),
    ],
)
def test_a_cell_that_its_field_does_not_take_fails_its_row(
    client: BulkClient, key: str, field: str, cell: str, error: str
) -> None:
    told = client.load(f"Id,{field}\n{key},{cell}\n")

    (row,) = client.rows(told["id"], "failedResults")
    assert (told["state"], told["numberRecordsFailed"]) == ("JobComplete", 1)
    assert row["sf__Error"].startswith(error)
    assert row["sf__Error"].endswith(f":{field}--")
    assert (row["sf__Id"], row["Id"], row[field]) == (key, key, cell)


def test_a_cell_holds_32000_characters(client: BulkClient, key: str) -> None:
    client.org.salesforce.log_touch(key, touch("call"))
    task = next(iter(client.org.salesforce.records.tables["Task"]))

    fits = client.load(f"Id,Description\n{task},{'x' * 32_000}\n", object="Task")
    over = client.load(f"Id,Description\n{task},{'x' * 32_001}\n", object="Task")

    assert (fits["numberRecordsFailed"], over["numberRecordsFailed"]) == (0, 1)
    assert client.errors(over["id"])[0].startswith("STRING_TOO_LONG:A cell holds 32000 characters")


# Files


@pytest.mark.parametrize("name", ["Tier__c", " Call_Tier__c", "Owner.Name", "Nobody.Email", "Who.Email", "What.NPI__c"])
def test_a_column_that_is_not_there_fails_the_job(client: BulkClient, key: str, name: str) -> None:
    told = client.load(f"Id,{name}\n{key},A\n")

    assert (told["state"], told["numberRecordsProcessed"]) == ("Failed", 0)
    assert told["errorMessage"] == f"InvalidBatch : Field name not found : {name}"
    assert client.rows(told["id"], "unprocessedrecords") == [{"Id": key, name: "A"}]
    assert client.rows(told["id"], "successfulResults") == client.rows(told["id"], "failedResults") == []


def test_a_byte_order_mark_is_part_of_the_first_column_s_name(client: BulkClient, key: str) -> None:
    told = client.load(f"\ufeffId,Call_Tier__c\n{key},A\n")

    assert (told["state"], told["errorMessage"]) == ("Failed", "InvalidBatch : Field name not found : \ufeffId")


def test_a_field_that_the_login_may_not_see_is_not_there(client: BulkClient, key: str) -> None:
    client.org.salesforce.hide("Account", "Call_Tier__c")

    told = client.load(f"Id,Call_Tier__c\n{key},A\n")

    assert (told["state"], told["errorMessage"]) == ("Failed", "InvalidBatch : Field name not found : Call_Tier__c")
    assert client.org.salesforce.history == []


@pytest.mark.parametrize(("told_as", "sent"), [("LF", "\r\n"), ("CRLF", "\n")])
def test_lines_that_end_otherwise_than_told_fail_the_job(client: BulkClient, key: str, told_as: str, sent: str) -> None:
    told = client.load(f"Id,Call_Tier__c{sent}{key},A{sent}", lineEnding=told_as)

    words = f"LineEnding is invalid on user data. Current LineEnding setting is {told_as}"
    assert (told["state"], told["errorMessage"]) == ("Failed", f"ClientInputError : {words}")
    assert client.org.salesforce.record(key)["Call_Tier__c"] is None


@pytest.mark.parametrize(
    ("name", "sign"),
    [("COMMA", ","), ("TAB", "\t"), ("PIPE", "|"), ("SEMICOLON", ";"), ("CARET", "^"), ("BACKQUOTE", "`")],
)
def test_columns_are_split_by_the_sign_that_was_told_and_results_too(
    client: BulkClient, key: str, name: str, sign: str
) -> None:
    told = client.load(f"Id{sign}Call_Tier__c\r\n{key}{sign}A\r\n", columnDelimiter=name, lineEnding="CRLF")

    answer = client.call("GET", f"/jobs/ingest/{told['id']}/successfulResults").text
    assert answer == f'"sf__Id"{sign}"sf__Created"{sign}Id{sign}Call_Tier__c\r\n' + (
        sign.join(f'"{cell}"' for cell in (key, "false", key, "A")) + "\r\n"
    )


@pytest.mark.parametrize("cell", ['"A" ', ' "A"', 'A"', '"A"B'])
def test_space_or_text_around_a_quoted_cell_fails_its_row_alone(client: BulkClient, key: str, cell: str) -> None:
    told = client.load(f'Id,Call_Tier__c\n{client.org.id(BRANDT)},"A"\n{key},{cell}\n')

    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (2, 1)
    assert client.errors(told["id"])[0].startswith("InvalidBatch:")
    assert client.org.salesforce.record(client.org.id(BRANDT))["Call_Tier__c"] == "A"


def test_a_row_has_as_many_cells_as_the_header(client: BulkClient, key: str) -> None:
    told = client.load(f"Id,Call_Tier__c\n{key}\n{key},A,B\n\n{key},A\n")

    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (3, 2)


def test_a_file_without_rows_is_complete_and_a_job_without_a_file_fails(client: BulkClient) -> None:
    empty = client.load("Id,Call_Tier__c\n")
    job = client.made()
    client.turn(job, "UploadComplete")

    assert (empty["state"], empty["numberRecordsProcessed"]) == ("JobComplete", 0)
    assert client.told(job)["state"] == "Failed"


def test_a_header_that_is_too_long_fails_the_job(client: BulkClient, key: str) -> None:
    told = client.load(f"Id,{'x' * 32_000}\n{key},A\n")

    assert (told["state"], told["numberRecordsProcessed"]) == ("Failed", 0)
    assert told["errorMessage"].startswith("ClientInputError : ")


def test_a_file_that_is_not_utf8_fails_the_job(client: BulkClient, key: str) -> None:
    told = client.load(f"Id,Tier_Reason__c\n{key},Zoë\n".encode("latin-1"))

    assert (told["state"], told["errorMessage"]) == ("Failed", "ClientInputError : The data is not UTF-8")


# Operations


def test_an_insert_makes_records_and_tells_their_ids(client: BulkClient, key: str) -> None:
    text = f"Name,NPI__c\nDr. Okafor,2000000044\nDr. Adeyemi,{ADEYEMI}\n,2000000051\n"

    told = client.load(text, "insert")

    (made,) = client.rows(told["id"], "successfulResults")
    assert (made["sf__Created"], made["Name"]) == ("true", "Dr. Okafor")
    assert client.org.salesforce.record(made["sf__Id"])["NPI__c"] == "2000000044"
    duplicate = f"duplicate value found: NPI__c duplicates value on record with id: {key}"
    assert client.errors(told["id"]) == [
        f"DUPLICATE_VALUE:{duplicate}:NPI__c--",
        "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name--",
    ]
    assert [row["sf__Id"] for row in client.rows(told["id"], "failedResults")] == ["", ""]


def test_an_insert_names_no_ids(client: BulkClient, key: str) -> None:
    told = client.load(f"Id,Name\n{key},Dr. Okafor\n", "insert")

    assert client.errors(told["id"]) == ["INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an insert call:Id--"]


def test_a_key_that_was_just_given_away_is_taken_and_one_that_was_given_up_is_free(client: BulkClient) -> None:
    told = client.load("Name,NPI__c\nOne,2000000044\nTwo,2000000044\n", "insert")
    one = client.rows(told["id"], "successfulResults")[0]["sf__Id"]
    client.load(f"Id,NPI__c\n{one},2000000051\n")

    again = client.load("Name,NPI__c\nTwo,2000000044\nThree,2000000051\n", "insert")

    assert (told["numberRecordsFailed"], again["numberRecordsFailed"]) == (1, 1)
    assert client.rows(again["id"], "failedResults")[0]["Name"] == "Three"


def test_an_upsert_changes_what_has_the_key_and_makes_the_rest(client: BulkClient, key: str) -> None:
    text = f"NPI__c,Name,Call_Tier__c\n{ADEYEMI},,A\n2000000044,Dr. Okafor,B\n,Dr. Nobody,C\n"

    told = client.load(text, "upsert", externalIdFieldName="NPI__c")

    rows = client.rows(told["id"], "successfulResults")
    assert [(row["sf__Created"], row["NPI__c"]) for row in rows] == [("false", ADEYEMI), ("true", "2000000044")]
    assert rows[0]["sf__Id"] == key
    assert client.org.salesforce.record(rows[1]["sf__Id"])["Call_Tier__c"] == "B"
    assert client.errors(told["id"]) == ["MISSING_ARGUMENT:NPI__c not specified:NPI__c--"]


def test_a_key_twice_in_a_chunk_fails_both_rows(client: BulkClient) -> None:
    client.bulk.limits.chunk_rows = 2
    lines = [f"{ADEYEMI},A", f"{ADEYEMI},B", f"{ADEYEMI},C", f"{BRANDT},A"]

    told = client.load("\n".join(["NPI__c,Call_Tier__c", *lines]), "upsert", externalIdFieldName="NPI__c")

    assert client.errors(told["id"]) == [
        f"DUPLICATE_VALUE:Duplicate external id specified: {ADEYEMI}:NPI__c--",
        f"DUPLICATE_VALUE:Duplicate external id specified: {ADEYEMI}:NPI__c--",
    ]
    assert client.org.salesforce.record(client.org.id(ADEYEMI))["Call_Tier__c"] == "C"


def test_an_upsert_by_id_makes_a_record_where_none_is_named(client: BulkClient, key: str) -> None:
    told = client.load(f"Id,Name\n{key},Dr. A\n,Dr. New\n", "upsert", externalIdFieldName="Id")

    assert [row["sf__Created"] for row in client.rows(told["id"], "successfulResults")] == ["false", "true"]


def test_an_update_needs_to_know_the_record(client: BulkClient, key: str) -> None:
    gone = client.org.id(CASTILLO)
    client.org.salesforce.delete(gone)
    user = str(client.org.salesforce.record(key)["OwnerId"])

    told = client.load(f"Id,Call_Tier__c\n,A\n{NOBODY},A\n{gone},A\n{user},A\n")

    assert client.errors(told["id"]) == [
        "MISSING_ARGUMENT:Id not specified in an update call:--",
        "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--",
        "ENTITY_IS_DELETED:entity is deleted:--",
        f"MALFORMED_ID:Account ID: id value of incorrect type: {user}:Id--",
    ]


def test_one_record_twelve_times_in_a_chunk_is_enough(client: BulkClient, key: str) -> None:
    client.bulk.limits.chunk_rows = 14
    spread = client.load("Id,Call_Order__c\n" + "".join(f"{key},{n}\n" for n in (*range(12), 0, 0, *range(12))))
    told = client.load("Id,Call_Order__c\n" + "".join(f"{key},{n}\n" for n in range(13)))

    assert (spread["numberRecordsFailed"], told["numberRecordsFailed"]) == (2, 1)
    assert client.errors(told["id"])[0].startswith("DUPLICATE_VALUE:Maximum number of duplicate updates")
    assert client.org.salesforce.record(key)["Call_Order__c"] == 11


def test_an_owner_is_named_by_address_and_an_account_by_its_key(client: BulkClient, key: str) -> None:
    login = client.org.salesforce.records.login
    client.org.salesforce.edit(key, OwnerId=login)

    owned = client.load(f"Id,Owner.Email\n{key},{KIM.email.upper()}\n{client.org.id(BRANDT)},nobody@example.com\n")
    logged = client.load(f"Subject,Account:What.NPI__c\nCall,{ADEYEMI}\n", "insert", "Task")

    assert client.org.salesforce.record(key)["OwnerId"] != login
    words = "Foreign key external ID: nobody@example.com not found for field Email in entity User"
    assert client.errors(owned["id"]) == [f"INVALID_FIELD:{words}:--"]
    (made,) = client.rows(logged["id"], "successfulResults")
    assert client.org.salesforce.record(made["sf__Id"])["AccountId"] == key


@pytest.mark.parametrize("name", ["What.NPI__c", "User:What.Email", "Account:What.Name", "Account:Nobody.NPI__c"])
def test_a_parent_that_may_be_of_several_objects_is_named_with_its_own(client: BulkClient, name: str) -> None:
    told = client.load(f"Subject,{name}\nCall,{ADEYEMI}\n", "insert", "Task")

    assert (told["state"], told["errorMessage"]) == ("Failed", f"InvalidBatch : Field name not found : {name}")


def test_tasks_that_are_loaded_move_the_last_activity_of_their_account(client: BulkClient, key: str) -> None:
    client.load(f"Subject,WhatId,Status,ActivityDate\nCall,{key},Completed,2026-11-20\n", "insert", "Task")

    assert client.org.salesforce.record(key)["LastActivityDate"] == "2026-11-20"


def test_a_batch_that_was_due_is_seen_by_the_call_that_comes_next(
    client: BulkClient, key: str, clock: StillClock
) -> None:
    client.bulk.limits.batch_rows = 1
    rows = "".join(f"Call,{k},Completed,2026-11-20\n" for k in (client.org.id(BRANDT), key))
    client.load(f"Subject,WhatId,Status,ActivityDate\n{rows}", "insert", "Task")

    clock.sleep(1)

    assert client.org.names("LastActivityDate = 2026-11-20") == ["Adeyemi", "Brandt"]


def test_a_delete_marks_and_a_hard_delete_leaves_nothing(client: BulkClient, key: str) -> None:
    client.org.salesforce.log_touch(key, touch("call"))
    brandt = client.org.id(BRANDT)

    soft = client.load(f"Id\n{brandt}\n{brandt}\n", "delete")
    hard = client.load(f"Id\n{key}\n{key}\n", "hardDelete")

    assert client.errors(soft["id"]) == ["ENTITY_IS_DELETED:entity is deleted:--"]
    assert client.errors(hard["id"]) == ["INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--"]
    assert client.org.salesforce.record(brandt)["IsDeleted"] is True
    assert client.org.salesforce.records.get(key) is None
    assert client.found("SELECT Id FROM Task", "queryAll") == []
    assert client.load(f"NPI__c,Name\n{ADEYEMI},Dr. Adeyemi\n", "insert")["numberRecordsFailed"] == 0


def test_a_delete_holds_ids_alone(client: BulkClient, key: str) -> None:
    told = client.load(f"Id,Name\n{key},Dr. Adeyemi\n", "delete")

    assert (told["state"], told["errorMessage"]) == (
        "Failed",
        "InvalidBatch : The 'delete' batch must contain only ids",
    )
    assert client.org.salesforce.record(key)["IsDeleted"] is False


def test_a_hard_delete_needs_its_permission(client: BulkClient) -> None:
    client.bulk.may_hard_delete = False

    answer = client.call("POST", "/jobs/ingest", {"object": "Account", "operation": "hardDelete"})

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "FEATURENOTENABLED")


# The same rules as for collections


def test_a_validation_rule_and_a_lock_are_heard_row_by_row(client: BulkClient, key: str) -> None:
    brandt = client.org.id(BRANDT)
    client.org.salesforce.lock(key)
    client.org.salesforce.rules.append(lambda r: "No C here: ask Kim" if r.get("Call_Tier__c") == "C" else None)
    text = f"Id,Call_Tier__c\n{key},A\n{brandt},C\n"

    first, second = client.load(text), client.load(text)

    rule = "FIELD_CUSTOM_VALIDATION_EXCEPTION:No C here: ask Kim:--"
    lock = f"UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: {key}:--"
    assert (client.errors(first["id"]), client.errors(second["id"])) == ([lock, rule], [rule])


def test_a_double_is_refused_though_the_call_that_comes_while_the_job_works_would_save_one(
    client: BulkClient,
) -> None:
    client.org.salesforce.find_duplicates("Account", "Name")
    insists = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    job = client.made("insert")
    client.put(job, "Name\nDr. Brandt\n")

    assert client.call("POST", "/sobjects/Account", {"Name": "Dr. Brandt"}, headers=insists).status_code == 201
    client.turn(job, "UploadComplete")
    client.call("GET", "/limits", headers=insists)

    assert client.errors(job)[0].startswith("DUPLICATES_DETECTED")


SPOILT: dict[str, Callable[[Salesforce, str], None]] = {
    "TRANSFER_REQUIRES_READ": lambda org, key: org.refuse("Account", key, "TRANSFER_REQUIRES_READ", "No."),
    "INVALID_FIELD_FOR_INSERT_UPDATE": lambda org, _: org.protect("Account", "Call_Tier__c"),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": lambda org, key: org.unshare(key),
    "INSUFFICIENT_ACCESS_OR_READONLY": lambda org, key: org.share_to_read(key),
    "ENTITY_IS_LOCKED": lambda org, key: org.send_for_approval(key),
    "UNABLE_TO_LOCK_ROW": lambda org, _: org.contend(1.0),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": lambda org, _: org.policy.triggers.append(lambda _: "No."),
}


@pytest.mark.parametrize("code", SPOILT)
def test_a_row_is_refused_for_what_a_call_would_be(client: BulkClient, key: str, code: str) -> None:
    SPOILT[code](client.org.salesforce, key)

    told = client.load(f"Id,Call_Tier__c\n{key},A\n")

    assert client.errors(told["id"])[0].startswith(f"{code}:")
    assert client.org.salesforce.record(key)["Call_Tier__c"] is None


def test_a_bulk_write_is_stamped_and_remembered_as_any_other(client: BulkClient, key: str, clock: StillClock) -> None:
    clock.sleep(60)

    client.load(f"Id,Call_Tier__c,Call_Order__c\n{key},A,3\n")

    assert client.org.salesforce.record(key)["SystemModstamp"] == "2026-11-23T07:01:00.000+0000"
    assert [line[1:] for line in client.org.salesforce.history] == [
        ("api", key, "Call_Tier__c", None, "A"),
        ("api", key, "Call_Order__c", None, 3.0),
    ]


def test_users_are_not_written(client: BulkClient, key: str) -> None:
    user = client.org.salesforce.record(key)["OwnerId"]

    told = client.load(f"Id,IsActive\n{user},false\n", object="User")

    assert client.errors(told["id"])[0].startswith("INSUFFICIENT_ACCESS_OR_READONLY:")
