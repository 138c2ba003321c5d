"""Readings and writes of many rows, by Bulk API 2.0, and what may go wrong on the way.

The numbers from which a job is taken are lowered here, so that some hundred rows make one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

import adapters.salesforce
from adapters.salesforce import bulk, client, reader
from connector.contract import Account, Change, Crm, CrmId, Cursor, Drawer, Keep, Outcome, Verdict, WritePath
from connector.errors import NeedsHuman, StopForTonight, TryAgain
from sandbox.wire import Fault
from tests.adapters.benches import SandboxBench, salesforce_bench
from tests.conftest import StillClock

Org = SandboxBench
ROWS = 30
MANY = 8
PATHS = (WritePath("sObject Collections", 10), WritePath(client.BULK, 1000, 2))


@pytest.fixture
def org(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Org]:
    monkeypatch.setattr(client, "PATHS", PATHS)
    monkeypatch.setattr(reader, "MANY", MANY)
    monkeypatch.setattr(reader, "PAGE", 3)
    monkeypatch.setattr(bulk, "FILE_ROWS", 7)
    with salesforce_bench(clock) as bench:
        assert isinstance(bench, SandboxBench)
        yield bench


def connect(org: Org, keep: Keep | None = None) -> Crm:
    return adapters.salesforce.connect(org.settings, org.reading, clock=org.clock, keep=keep)


def filled(org: Org, rows: int = ROWS) -> list[CrmId]:
    made = [org.add_account("kim@example.com") for _ in range(rows)]
    org.clock.sleep(2)
    return made


def read(crm: Crm, since: Cursor | None = None) -> tuple[list[Account], Cursor | None]:
    rows, cursor = list[Account](), since
    for page in crm.accounts(since):
        rows, cursor = [*rows, *page.rows], page.cursor
    return rows, cursor


def tiers(ids: list[CrmId], tier: str | None = "A") -> list[Change]:
    return [Change(id_, {"Call_Tier__c": tier}) for id_ in ids]


def verdicts(outcomes: Iterator[Outcome]) -> dict[CrmId, Verdict]:
    told = list(outcomes)
    assert len(told) == len({outcome.id for outcome in told})
    return {outcome.id: outcome.verdict for outcome in told}


def paths(org: Org) -> list[str]:
    return [f"{call.method} {call.path.split('v67.0/')[-1]}" for call in org.wire.calls]


# Reading


def test_many_rows_are_read_as_one_job_and_say_the_same(org: Org) -> None:
    ids = filled(org)
    org.edit(ids[0], Call_Tier__c="B", Going_Cold__c=True, Procedure_Volume__c=12, Tier_Reason__c='Ärzte, "Süd"')
    org.clock.sleep(2)

    by_job, _ = read(connect(org))
    job_calls = paths(org)
    reader.MANY = 10_000
    by_pages, _ = read(connect(org))

    assert any("jobs/query" in path for path in job_calls)
    assert sorted(by_job, key=lambda row: row.id) == sorted(by_pages, key=lambda row: row.id)


def test_a_reading_that_broke_off_goes_on_in_the_same_file(org: Org) -> None:
    ids = filled(org)
    first = next(iter(connect(org).accounts(None)))

    rest, _ = read(connect(org), first.cursor)

    assert {row.id for row in (*first.rows, *rest)} == set(ids)
    assert sum(path == "POST jobs/query" for path in paths(org)) == 1


def test_an_expired_locator_costs_a_second_job_and_no_row(org: Org) -> None:
    ids = filled(org)
    second = next(page for page in connect(org).accounts(None) if "locator" in page.cursor)
    org.vendor.org.bulk.expire_locators()

    rest, _ = read(connect(org), second.cursor)

    assert {row.id for row in rest} == set(ids)


def test_what_changes_while_a_job_is_read_comes_with_the_next_reading(org: Org) -> None:
    ids = filled(org)
    pages = connect(org).accounts(None)
    cursor = next(pages).cursor
    org.clock.sleep(5)
    org.edit(ids[3], Call_Tier__c="C")
    for page in pages:
        cursor = page.cursor
    org.clock.sleep(5)

    again, _ = read(connect(org), cursor)

    assert [row.fields["Call_Tier__c"] for row in again if row.id == ids[3]] == ["C"]


def test_a_spent_quota_of_bulk_queries_leaves_the_pages(org: Org) -> None:
    ids = filled(org)
    org.vendor.org.bulk.query_jobs.spend()

    rows, _ = read(connect(org))

    assert {row.id for row in rows} == set(ids)


def test_a_query_that_takes_too_long_is_asked_as_a_job(org: Org) -> None:
    ids = filled(org, 5)
    crm = connect(org)
    crm.describe("Account")
    org.vendor.slow_queries(1)

    rows, _ = read(crm)

    assert {row.id for row in rows} == set(ids)


def test_deleted_and_merged_rows_come_with_a_job_too(org: Org) -> None:
    ids = filled(org)
    org.delete(ids[0])
    org.merge(ids[1], ids[2])
    org.clock.sleep(2)

    rows, _ = read(connect(org))
    told = {row.id: (row.gone, row.merged_into) for row in rows}

    assert told[ids[0]] == (True, None)
    assert told[ids[1]] == (True, ids[2])


# Writing


def test_many_rows_are_one_job_and_each_has_one_outcome(org: Org) -> None:
    ids = filled(org)

    told = verdicts(connect(org).write(tiers(ids)))

    assert told == dict.fromkeys(ids, Verdict.WRITTEN)
    assert sum(path == "POST jobs/ingest" for path in paths(org)) == 1
    assert {org.held(id_)["Call_Tier__c"] for id_ in ids} == {"A"}


def test_an_empty_cell_leaves_a_field_alone_and_none_clears_it(org: Org) -> None:
    ids = filled(org)
    for id_ in ids:
        org.edit(id_, Tier_Reason__c="because", Call_Order__c=3)

    changes = [Change(id_, {"Tier_Reason__c": None} if n % 2 else {"Call_Order__c": 4}) for n, id_ in enumerate(ids)]
    verdicts(connect(org).write(changes))

    assert [(org.held(i)["Tier_Reason__c"], org.held(i)["Call_Order__c"]) for i in ids[:2]] == [
        ("because", 4),
        (None, 3),
    ]


def test_texts_arrive_as_they_were_sent(org: Org) -> None:
    ids = filled(org)
    texts = ['Ärzte "Süd", 日本 😀', "two\nlines", "#N/A", "a,b", "'quoted'", "crlf\r\nline"]
    sent = {id_: texts[n % len(texts)] for n, id_ in enumerate(ids)}

    told = verdicts(connect(org).write([Change(id_, {"Tier_Reason__c": text}) for id_, text in sent.items()]))

    assert set(told.values()) == {Verdict.WRITTEN}
    assert {id_: org.held(id_)["Tier_Reason__c"] for id_ in ids} == sent


def test_rows_that_no_file_can_hold_make_no_empty_job(org: Org) -> None:
    ids = filled(org)

    told = verdicts(connect(org).write([Change(id_, {"Tier_Reason__c": "two\nlines"}) for id_ in ids]))

    assert set(told.values()) == {Verdict.WRITTEN}
    assert "POST jobs/ingest" not in paths(org)


@pytest.mark.parametrize("charset", [True, False])
def test_results_are_utf_8_whatever_they_say(org: Org, charset: bool) -> None:
    ids = filled(org)
    org.vendor.org.bulk.faults.results_charset = charset
    org.vendor.rules.append(lambda row: "Größe fehlt" if row["Id"] == ids[0] else None)

    outcomes = {outcome.id: outcome for outcome in connect(org).write(tiers(ids))}

    assert outcomes[ids[0]].message == "Größe fehlt"


def test_a_refused_row_of_a_job_says_why_and_the_others_are_written(org: Org) -> None:
    ids = filled(org)
    org.vendor.send_for_approval(ids[4])

    outcomes = {outcome.id: outcome for outcome in connect(org).write(tiers(ids))}

    refused = outcomes[ids[4]]
    assert (refused.verdict, refused.code, refused.passing) == (Verdict.REFUSED, "ENTITY_IS_LOCKED", False)
    assert sum(outcome.verdict is Verdict.WRITTEN for outcome in outcomes.values()) == ROWS - 1


def test_a_row_that_met_a_lock_in_a_job_may_be_sent_again(org: Org) -> None:
    ids = filled(org)
    org.vendor.lock(ids[4], 50)

    outcomes = {outcome.id: outcome for outcome in connect(org).write(tiers(ids))}

    assert (outcomes[ids[4]].code, outcomes[ids[4]].passing) == ("UNABLE_TO_LOCK_ROW", True)


def test_rows_that_a_job_never_came_to_may_be_sent_again(org: Org) -> None:
    ids = filled(org)
    org.vendor.org.bulk.limits.batch_rows = 10
    org.vendor.org.bulk.faults.fail_after_batches = 1

    told = list(connect(org).write(tiers(ids)))

    assert sum(outcome.verdict is Verdict.WRITTEN for outcome in told) == 10
    assert {(o.verdict, o.passing) for o in told if o.verdict is not Verdict.WRITTEN} == {(Verdict.REFUSED, True)}


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("InvalidBatch : Field name not found : Call_Tier__c", NeedsHuman, "Call_Tier__c does not exist"),
        (
            "InvalidBatch : InvalidBatch : Field name not found : Call_Tier__c. It is final.",
            NeedsHuman,
            "Call_Tier__c does",
        ),
        ("ClientInputError : LineEnding is invalid on user data.", NeedsHuman, "fault of Callplan's"),
        ("ExceededQuota : ApiBatchItems Limit exceeded.", StopForTonight, "bulk jobs for today"),
    ],
)
def test_why_a_job_failed_says_whom_that_concerns(org: Org, said: str, kind: type[Exception], words: str) -> None:
    ids = filled(org)
    org.vendor.org.bulk.faults.fail_after_batches, org.vendor.org.bulk.faults.failure = 0, said

    with pytest.raises((NeedsHuman, StopForTonight)) as caught:
        list(connect(org).write(tiers(ids)))

    assert type(caught.value) is kind
    assert words in f"{caught.value} {caught.value.next_step}"


def test_too_many_locks_in_a_job_leave_its_other_rows_for_later(org: Org) -> None:
    ids = filled(org)
    org.vendor.org.bulk.limits.lock_failures = 5
    for id_ in ids[:8]:
        org.vendor.lock(id_, 50)

    told = list(connect(org).write(tiers(ids)))

    assert "TooManyLockFailure" in {outcome.code for outcome in told}
    assert {outcome.passing for outcome in told if outcome.verdict is not Verdict.WRITTEN} == {True}


def test_a_merged_row_of_a_job_names_its_survivor(org: Org) -> None:
    ids = filled(org)
    org.merge(ids[1], ids[2])

    outcomes = {outcome.id: outcome for outcome in connect(org).write(tiers(ids))}

    assert (outcomes[ids[1]].gone, outcomes[ids[1]].moved_to) == (True, ids[2])


def test_a_field_whose_permission_is_revoked_between_describe_and_write_stops_the_job(org: Org) -> None:
    ids = filled(org)
    crm = connect(org)
    crm.describe("Account")
    org.vendor.hide("Account", "Call_Tier__c")

    with pytest.raises(NeedsHuman, match="Call_Tier__c does not exist or is read-only"):
        list(crm.write(tiers(ids)))

    assert {org.held(id_)["Call_Tier__c"] for id_ in ids} == {None}


def test_the_spent_jobs_of_a_day_stop_the_night(org: Org) -> None:
    ids = filled(org)
    org.vendor.org.bulk.batches.spend()

    with pytest.raises(StopForTonight, match="bulk jobs"):
        list(connect(org).write(tiers(ids)))


@pytest.mark.parametrize("path", [r"/jobs/ingest$", r"/batches$"], ids=["its creation", "its upload"])
def test_a_job_of_which_an_answer_was_lost_is_made_again_and_loses_nothing(org: Org, path: str) -> None:
    ids, keep = filled(org), Drawer()
    crm = connect(org, keep)
    crm.describe("Account")
    org.wire.faults.append(Fault(path, lose_reply=True))
    with pytest.raises(TryAgain):
        list(crm.write(tiers(ids)))

    told = verdicts(crm.write(tiers(ids)))

    assert set(told.values()) == {Verdict.WRITTEN}
    assert {org.held(id_)["Call_Tier__c"] for id_ in ids} == {"A"}
    assert keep.get("bulk job") is None


def test_a_job_whose_start_got_no_answer_is_looked_after_instead_of_sent_twice(org: Org) -> None:
    ids = filled(org)
    crm = connect(org)
    crm.describe("Account")
    org.wire.faults.append(Fault(r"/jobs/ingest/\w+$", method="PATCH", lose_reply=True))

    told = verdicts(crm.write(tiers(ids)))

    assert set(told.values()) == {Verdict.WRITTEN}
    assert sum(path == "POST jobs/ingest" for path in paths(org)) == 1


def test_a_look_at_a_job_that_fails_is_repeated(org: Org) -> None:
    ids = filled(org)
    crm = connect(org)
    crm.describe("Account")
    org.vendor.org.bulk.faults.in_progress_seconds = 60
    org.wire.faults.append(Fault(r"/jobs/ingest/\w+$", method="GET", status=503, body="<html>", times=3))
    org.wire.faults.append(Fault(r"/failedResults$", method="GET", lose_reply=True))

    assert set(verdicts(crm.write(tiers(ids))).values()) == {Verdict.WRITTEN}
    assert sum(path == "POST jobs/ingest" for path in paths(org)) == 1


def test_a_job_that_a_dead_process_left_is_ended_before_anything_is_read(org: Org) -> None:
    ids, keep = filled(org), Drawer()
    org.vendor.org.bulk.faults.in_progress_seconds = 3600
    crm = connect(org, keep)
    crm.describe("Account")
    org.wire.faults.append(Fault(r"/jobs/ingest/\w+$", method="GET", status=503, body="<html>", times=100))
    with pytest.raises(TryAgain):
        list(crm.write(tiers(ids)))
    org.wire.faults.clear()
    kept = keep.get("bulk job")

    read(connect(org, keep))
    org.clock.sleep(timedelta(hours=3).total_seconds())
    read(connect(org, keep))

    assert kept
    assert keep.get("bulk job") is None
    assert org.vendor.org.bulk.ingest[kept].state == "Aborted"
    assert {org.held(id_)["Call_Tier__c"] for id_ in ids} == {None}


# The same by pages


def test_an_expired_locator_of_a_page_begins_again_behind_the_last_row(org: Org, clock: StillClock) -> None:
    reader.MANY = 10_000
    ids = filled(org)
    pages = connect(org).accounts(None)
    first = next(pages)
    org.vendor.drop_locators()
    with pytest.raises(TryAgain, match="place was lost"):
        next(pages)

    rest, _ = read(connect(org), first.cursor)

    assert {row.id for row in (*first.rows, *rest)} == set(ids)
    assert len(rest) == ROWS - len(first.rows)


def test_an_interaction_that_was_moved_to_another_account_is_told_with_that_one(org: Org) -> None:
    one, other = filled(org, 2)
    org.log(one, "visit", org.clock.now() - timedelta(days=3))
    org.clock.sleep(2)
    crm = connect(org)
    pages = list(crm.interactions(None))
    [visit] = [row for page in pages for row in page.rows]
    org.edit(visit.id, WhatId=other)
    org.clock.sleep(2)

    moved = [row for page in crm.interactions(pages[-1].cursor) for row in page.rows if row.id == visit.id]

    assert (visit.account, moved[-1].account) == (one, other)
