"""The store keeps its word on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import multiprocessing
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from math import nan
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from numpy.testing import assert_array_equal
from sqlalchemy import text

from callplan.model import Facts, Npi, Tier
from callplan.signals import compare
from connector.contract import (
    Account,
    Appointment,
    CrmId,
    Cursor,
    Interaction,
    Kind,
    Outcome,
    Page,
    Result,
    Value,
    Verdict,
)
from connector.errors import NeedsHuman, StopForTonight, TryAgain
from connector.store import Database, Store, database, open_database
from connector.store.journal import Difference
from connector.store.mirror import AccountFields
from connector.store.overrides import ACCEPTED, Proposal
from connector.store.plan import Assignment
from connector.store.signals import LAPSED, Found
from connector.store.tables import metadata
from tests.callplan.test_signals import RULES, facts, later

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
ADEYEMI, BRANDT = CrmId("001A"), CrmId("001B")
NAMES = AccountFields(npi="NPI__c", name="Name", latitude="Lat")


@pytest.fixture
def store(database: Database) -> Store:
    return database.store("salesforce")


def account(record: str, **fields: object) -> Account:
    return Account(CrmId(record), NOW, "kim@example.com", {"NPI__c": "2000000012", **fields})  # type: ignore[dict-item]


def visit(record: str, on: str) -> Interaction:
    return Interaction(CrmId(f"00U-{record}"), CrmId(on), Kind.VISIT, NOW, NOW, Result.DONE)


def assignment(tier: Tier) -> Assignment:
    return Assignment(Npi("2000000012"), tier, date(2026, 11, 1), None, 412.0, 94.0, "Tier A: ...", "Cardiology", "v1")


def test_the_migrations_build_the_tables_that_the_code_expects(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)

        assert compare_metadata(context, metadata) == []


def test_an_up_to_date_store_is_known_without_asking_alembic() -> None:
    migrations = Path(database.__file__).parent / "migrations"

    assert ScriptDirectory(str(migrations)).get_current_head() == database.NEWEST


def test_a_newer_store_is_refused_with_the_next_step(store_url: str) -> None:
    newer = open_database(store_url)
    with newer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NeedsHuman, match=r"(?s)version 9999.*Update callplan"):
        open_database(store_url)


def test_a_store_url_that_does_not_open_says_which_without_its_password() -> None:
    with pytest.raises(TryAgain) as caught:
        open_database("postgresql+psycopg://callplan:hunter2@127.0.0.1:1/callplan")

    assert "127.0.0.1" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_page_and_its_cursor_are_kept_together_and_a_repeated_page_changes_nothing(store: Store) -> None:
    page = Page((account(ADEYEMI, Name="Dr. Adeyemi", Lat="41.6"),), Cursor("after-1"))

    store.mirror.save_accounts(page, NAMES)
    store.mirror.save_accounts(page, NAMES)

    assert store.mirror.roster().name.tolist() == ["Dr. Adeyemi"]
    assert store.mirror.roster().latitude.tolist() == [41.6]
    assert store.mirror.cursor("accounts") == "after-1"


def test_interactions_follow_an_account_through_two_merges(store: Store) -> None:
    gone = [
        Account(CrmId("001X"), NOW, gone=True, merged_into=BRANDT),
        Account(BRANDT, NOW, gone=True, merged_into=ADEYEMI),
    ]
    store.mirror.save_accounts(Page((account(ADEYEMI), *gone), Cursor("1")), NAMES)

    store.mirror.save_interactions(Page((visit("1", "001X"), visit("2", BRANDT)), Cursor("1")))

    assert store.mirror.interactions().account.tolist() == [ADEYEMI, ADEYEMI]
    assert store.mirror.roster().id.tolist() == [ADEYEMI]


def test_what_a_field_says_is_told_by_record_and_forgotten_with_all_that_was_read(store: Store) -> None:
    store.mirror.save_accounts(Page((account(ADEYEMI, Name="Dr. Adeyemi"), account(BRANDT)), Cursor("1")), NAMES)

    told = store.mirror.values_of("Name", [ADEYEMI, BRANDT, CrmId("001C")])
    store.mirror.forget()

    assert told == {ADEYEMI: "Dr. Adeyemi", BRANDT: None}
    assert (store.mirror.count(), store.mirror.cursor("accounts")) == (0, None)


def test_what_an_adapter_keeps_is_found_by_the_next_process_until_it_is_taken_out(database: Database) -> None:
    database.store("salesforce").keep.put("bulk job", "750A")
    database.store("salesforce").keep.put("bulk job", "750B")

    found = database.store("salesforce").keep.get("bulk job"), database.store("hubspot").keep.get("bulk job")
    database.store("salesforce").keep.put("bulk job", None)

    assert found == ("750B", None)
    assert database.store("salesforce").keep.get("bulk job") is None


def test_of_two_processes_that_swap_the_same_text_one_does(database: Database) -> None:
    one, other = database.store("hubspot").keep, database.store("hubspot").keep

    first = [keep.swap("pace", None, text) for keep, text in ((one, "1"), (other, "2"))]
    second = [keep.swap("pace", "1", text) for keep, text in ((other, "3"), (one, "4"))]

    assert (first, second) == ([True, False], [True, False])
    assert one.get("pace") == "3"


def test_two_crms_in_one_database_do_not_see_each_other(database: Database) -> None:
    database.store("salesforce").mirror.save_accounts(Page((account(ADEYEMI),), Cursor("1")), NAMES)

    assert database.store("hubspot").mirror.count() == 0
    assert database.store("hubspot").mirror.cursor("accounts") is None


def test_what_is_written_together_is_there_whole_or_not_at_all(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt), store.together() as dying:  # noqa: PT012  (it dies halfway)
        dying.plan.save_assignments([assignment(Tier.A)])
        raise KeyboardInterrupt
    nothing = store.plan.assignments()

    with store.together() as whole, whole.together() as within:
        within.plan.save_assignments([assignment(Tier.B)])

    assert nothing == {}
    assert store.plan.assignments()[Npi("2000000012")].tier is Tier.B


def test_a_rehearsal_leaves_the_plan_as_it_was(store: Store) -> None:
    store.plan.save_assignments([assignment(Tier.A)])

    with store.rehearsal() as rehearsal:
        rehearsal.plan.save_assignments([assignment(Tier.B)])
        assert rehearsal.plan.assignments()[Npi("2000000012")].tier is Tier.B

    assert store.plan.assignments()[Npi("2000000012")].tier is Tier.A


def test_what_was_written_enters_the_ledger_and_what_was_refused_does_not(store: Store) -> None:
    run = store.journal.begin_run("push", date(2026, 11, 23), NOW)
    batch = [
        Difference(ADEYEMI, "2000000012", {"Call_Tier__c": None}, {"Call_Tier__c": "A"}),
        Difference(BRANDT, "2000000020", {"Call_Tier__c": "A"}, {"Call_Tier__c": "B"}),
    ]
    numbers = store.journal.intend(run, batch, NOW)

    answers = [Outcome(ADEYEMI, Verdict.WRITTEN), Outcome(BRANDT, Verdict.REFUSED, "LOCKED", "is locked")]
    store.journal.settle(run, numbers, batch, answers, NOW)

    assert store.journal.ledger([ADEYEMI]) == {ADEYEMI: {"Call_Tier__c": "A"}}
    assert [refusal.code for refusal in store.journal.refusals(run)] == ["LOCKED"]


def test_what_a_killed_run_left_open_is_closed_as_unknown_by_the_next(store: Store) -> None:
    killed = store.journal.begin_run("nightly", date(2026, 11, 23), NOW)
    store.journal.intend(killed, [Difference(ADEYEMI, "2000000012", {}, {"Call_Tier__c": "A"})], NOW)

    store.journal.begin_run("nightly", date(2026, 11, 23), NOW)

    with store.database.begin() as connection:
        assert connection.execute(text("SELECT state FROM changes")).scalars().all() == ["unknown"]
    assert [run.state for run in store.journal.last_runs()] == ["running", "interrupted"]


def test_a_second_run_for_the_same_crm_is_sent_away(database: Database) -> None:
    with (
        database.store("salesforce").alone(),
        database.store("hubspot").alone(),
        pytest.raises(TryAgain, match="Another run for salesforce"),
        open_database(database.engine.url.render_as_string(False)).store("salesforce").alone(),
    ):
        pass


def _count_up(url: str, times: int) -> None:
    mine = open_database(url)
    for _ in range(times):
        with mine.begin() as connection:
            seen = connection.execute(text("SELECT n FROM counter")).scalar_one()
            connection.execute(text("UPDATE counter SET n = :n"), {"n": seen + 1})


def test_two_processes_on_one_sqlite_file_lose_no_update(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'callplan.db'}"
    shared = open_database(url)
    with shared.begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_count_up, args=(url, 50)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with shared.begin() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 100


def test_what_was_read_with_another_mapping_is_forgotten_and_read_anew(store: Store) -> None:
    store.mirror.read_with("npi, tier")
    store.mirror.save_accounts(Page((account(ADEYEMI),), Cursor("7")), NAMES)
    store.mirror.read_with("npi, tier")
    kept = store.mirror.count(), store.mirror.cursor("accounts")

    store.mirror.read_with("npi, tier, zip")

    assert kept == (1, "7")
    assert (store.mirror.count(), store.mirror.cursor("accounts")) == (0, None)


def test_an_npi_in_a_number_field_is_still_ten_digits(store: Store) -> None:
    held = Account(ADEYEMI, NOW, None, {"NPI__c": 2000000012.0})

    store.mirror.save_accounts(Page((held,), Cursor("7")), NAMES)

    assert store.mirror.roster().npi.tolist() == ["2000000012"]


def test_a_run_that_was_taken_over_writes_nothing_any_more(store: Store) -> None:
    slept = store.fenced(store.journal.begin_run("nightly", date(2026, 11, 23), NOW))
    slept.journal.note("well", NOW)
    store.journal.begin_run("nightly", date(2026, 11, 23), NOW)

    with pytest.raises(StopForTonight, match="taken over"):
        slept.journal.intend(1, [Difference(ADEYEMI, "", {}, {"Tier": "A"})], NOW)
    with pytest.raises(StopForTonight, match="taken over"):
        slept.meter.count(date(2026, 11, 23))  # without which no call is made

    assert store.journal.wrote(1) == []


def test_a_count_of_nought_that_still_stands_is_not_taken_for_emptied(store: Store) -> None:
    run = store.journal.begin_run("push", date(2026, 11, 23), NOW)
    batch = [Difference(ADEYEMI, "1", {"Tier": "A", "Calls": 0}, {"Tier": None, "Calls": None})]
    store.journal.intend(run, batch, NOW)
    store.journal.begin_run("push", date(2026, 11, 24), NOW)

    arrived = store.journal.reconcile({ADEYEMI: {"Tier": "A", "Calls": 0.0}}, NOW + timedelta(minutes=11))

    assert arrived == 0
    assert store.journal.ledger([ADEYEMI]) == {}  # nothing of it says what was sent


def test_what_no_answer_came_for_is_settled_by_what_the_crm_says(store: Store) -> None:
    run = store.journal.begin_run("push", date(2026, 11, 23), NOW)
    batch = [Difference(ADEYEMI, "1", {"Tier": None}, {"Tier": "A"}), Difference(BRANDT, "2", {}, {"Tier": "B"})]
    store.journal.intend(run, batch, NOW)
    store.journal.begin_run("push", date(2026, 11, 23), NOW)

    asked = store.looks.due((), NOW, NOW).unanswered
    held: dict[CrmId, dict[str, Value]] = {ADEYEMI: {"Tier": "A"}, BRANDT: {"Tier": None}}
    arrived = store.journal.reconcile(held, NOW)
    soon = [row["state"] for row in store.journal.settled(run)]
    store.journal.reconcile(held, NOW + timedelta(minutes=11))

    assert (sorted(asked), arrived) == (sorted([ADEYEMI, BRANDT]), 1)
    assert soon == ["written", "unknown"]  # the second may still be on its way
    assert store.journal.ledger([ADEYEMI, BRANDT]) == {ADEYEMI: {"Tier": "A"}}
    assert [row["state"] for row in store.journal.settled(run)] == ["written", "lost"]


def test_a_refused_row_is_a_dead_letter_until_it_is_written(store: Store) -> None:
    run = store.journal.begin_run("push", date(2026, 11, 23), NOW)
    change = Difference(ADEYEMI, "1", {"Tier": None}, {"Tier": "A"})
    refused = Outcome(ADEYEMI, Verdict.REFUSED, "TOO_BAD", "No.", remedy="Mend it.")
    store.journal.settle(run, store.journal.intend(run, [change], NOW), [change], [refused], NOW)
    letters = store.journal.dead_letters()
    written = Outcome(ADEYEMI, Verdict.WRITTEN)
    store.journal.settle(run, store.journal.intend(run, [change], NOW), [change], [written], NOW)

    assert [(letter.code, letter.remedy, letter.after) for letter in letters.values()] == [
        ("TOO_BAD", "Mend it.", {"Tier": "A"})
    ]
    assert store.journal.dead_letters() == {}


def test_an_override_is_proposed_and_decided(store: Store) -> None:
    store.overrides.propose([Proposal(ADEYEMI, "1", "Tier", "A", "C")], NOW)
    number = store.overrides.newest()[ADEYEMI, "Tier"].id

    assert store.overrides.decide(number, ACCEPTED, "Dana", "contract", date(2026, 12, 31), NOW)
    assert not store.overrides.decide(number + 1, ACCEPTED, "Dana", "", None, NOW)

    held = store.overrides.newest()[ADEYEMI, "Tier"]
    assert (held.state, held.by, held.until) == (ACCEPTED, "Dana", date(2026, 12, 31))
    assert held.holds(date(2026, 12, 31))
    assert not held.holds(date(2027, 1, 1))


def test_a_later_proposal_takes_no_accepted_value_away_and_the_last_accepted_one_counts(store: Store) -> None:
    until, after = date(2026, 12, 31), date(2027, 1, 1)
    key = (ADEYEMI, "Tier")
    for value, last in (("A", None), ("B", until)):
        store.overrides.lock(Proposal(ADEYEMI, "1", "Tier", "C", value), "Dana", "contract", last, NOW)

    store.overrides.propose([Proposal(ADEYEMI, "1", "Tier", "B", "C")], NOW)

    assert store.overrides.standing(until)[key].edited == "B"
    assert store.overrides.standing(after) == {}


def test_calls_are_counted_by_day(store: Store) -> None:
    day, next_day = date(2026, 11, 23), date(2026, 11, 24)

    assert [store.meter.count(day), store.meter.count(day), store.meter.count(next_day)] == [1, 2, 1]
    assert store.meter.counted(day) == 2


def test_the_facts_of_a_vintage_come_back_as_they_were(store: Store) -> None:
    facts = later(40, nan, deactivated=["NaT", "2026-11-10"], organisations=[["practice 42", "Hospital 1"], []])
    others = later(40, nan, 96)

    assert store.facts.last() is None
    store.facts.save(facts, "one counts 12 months and the other 24")
    found = store.facts.last()

    assert store.facts.stand(facts)
    assert not store.facts.stand(others)
    assert (store.facts.unlike(), compare(facts, facts, RULES)) == ("one counts 12 months and the other 24", ())
    assert found is not None
    for name in (field.name for field in fields(Facts)):
        assert_array_equal(getattr(found, name), getattr(facts, name), name)


def test_a_pair_of_vintages_brings_a_signal_once_and_again_only_where_it_had_lapsed(store: Store) -> None:
    pair = Found("v1", "v2", date(2026, 11, 23), date(2027, 2, 21))
    up, down = compare(facts(40, 96), later(96, 40), RULES)
    store.signals.begin(pair, [up, down])
    first, second = store.signals.open()

    store.signals.end(LAPSED, {first.id: "taken back by vintage v1"})
    assert store.signals.dismiss(second.id, "Dana", "locum until June")
    assert not store.signals.dismiss(second.id, "Dana", "again")
    store.signals.begin(replace(pair, seen=date(2026, 12, 24)), [up, down])

    assert [(kept.id, kept.signal, kept.seen) for kept in store.signals.open()] == [(first.id, up, date(2026, 12, 24))]
    assert store.signals.waiting() == 1


def test_a_booking_says_what_was_written_and_what_the_crm_says_of_it_now(store: Store) -> None:
    run, later_on = store.journal.begin_run("nightly", NOW.date(), NOW), NOW + timedelta(days=1)
    wanted = Appointment("2000000012-20261123", ADEYEMI, "kim@example.com", "Visit", later_on, 45)
    store.bookings.intend(run, [wanted], NOW)
    event = Outcome(CrmId(wanted.key), Verdict.WRITTEN, record=CrmId("00U-1"))
    store.bookings.settle(run, [wanted], [event], NOW)
    [booked] = store.bookings.all().values()

    moved = replace(visit("1", "001A"), at=later_on + timedelta(hours=2), result=Result.PLANNED)
    store.mirror.save_interactions(Page((moved,), Cursor("1")))
    [seen] = store.bookings.all().values()

    assert (booked.npi, booked.record, booked.state, booked.at) == ("2000000012", "00U-1", "written", later_on)
    assert (booked.open, booked.moved_to, seen.moved_to) == (True, None, moved.at)
    assert (seen.starts, store.bookings.ahead(NOW), store.bookings.refused(run)) == (later_on, ["00U-1"], [])
