"""The laws of the contract. One class for every adapter: to add a CRM, give it a bench and see all of these pass."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.contract import (
    Account,
    Appointment,
    Change,
    Crm,
    CrmId,
    Cursor,
    FieldType,
    Interaction,
    Limits,
    Outcome,
    Page,
    Todo,
    Value,
    Verdict,
)
from connector.errors import ConnectorError, NeedsHuman, StopForTonight, TryAgain
from tests.adapters.benches import A_MINUTE, KIM, PAGE, STRANGER, Bench
from tests.conftest import StillClock


class AdapterContract:
    # What there is

    def test_the_fields_are_described_as_this_login_may_use_them(self, bench: Bench) -> None:
        fields = bench.connect().describe(bench.reading.object).fields
        kinds = {ours: fields[theirs].type for ours, theirs in bench.fields.items() if ours in TYPES}

        assert kinds == {ours: kind for ours, kind in TYPES.items() if ours in bench.fields}
        assert fields[bench.fields["tier"]].options == ("A", "B", "C")
        assert "Tier" in fields[bench.fields["tier"]].label.title()
        assert (fields[bench.fields["tier_reason"]].length or 0) >= 255
        assert not fields[bench.fields["read_only"]].writable

    def test_an_object_that_is_not_there_needs_a_human(self, bench: Bench) -> None:
        with pytest.raises(NeedsHuman):
            bench.connect().describe("nothing")

    # Reading

    def test_the_first_reading_brings_every_account_with_its_owner(self, bench: Bench) -> None:
        owned, free = bench.add_account(KIM.email), bench.add_account()
        rest = [bench.add_account() for _ in range(2 * PAGE)]
        bench.clock.sleep(2)

        read = accounts(bench.connect())

        assert read.keys() >= {owned, free, *rest}
        assert read[owned].owner == KIM.email
        assert read[owned].fields.keys() == set(bench.reading.fields)

    def test_a_later_reading_brings_what_changed_and_not_the_rest(self, bench: Bench) -> None:
        ids = [bench.add_account() for _ in range(3)]
        bench.clock.sleep(A_MINUTE)
        cursor = last(bench.connect().accounts(None))
        bench.clock.sleep(60 * A_MINUTE)
        cursor = last(bench.connect().accounts(cursor))
        bench.edit(ids[1], **{bench.fields["tier_reason"]: "changed by a person"})
        bench.clock.sleep(A_MINUTE)

        read = accounts(bench.connect(), cursor)

        assert read[ids[1]].fields[bench.fields["tier_reason"]] == "changed by a person"
        assert ids[0] not in read

    def test_a_reading_that_broke_off_goes_on_and_misses_nothing(self, bench: Bench) -> None:
        ids = {bench.add_account() for _ in range(3 * PAGE)}
        bench.clock.sleep(2)
        first = next(bench.connect().accounts(None))

        read = {row.id for row in first.rows} | accounts(bench.connect(), first.cursor).keys()

        assert read >= ids

    def test_a_later_reading_that_broke_off_goes_on_and_misses_nothing(self, bench: Bench) -> None:
        ids = [bench.add_account() for _ in range(3 * PAGE)]
        bench.clock.sleep(2)
        cursor = last(bench.connect().accounts(None))
        bench.clock.sleep(60 * A_MINUTE)
        for id_ in ids:
            bench.edit(id_, **{bench.fields["tier"]: "B"})
        bench.clock.sleep(2)
        first = next(bench.connect().accounts(cursor))

        read = [*first.rows, *accounts(bench.connect(), first.cursor).values()]

        assert {row.id for row in read if row.fields[bench.fields["tier"]] == "B"} >= set(ids)

    def test_what_changes_during_a_reading_comes_with_it_or_with_the_next(self, bench: Bench) -> None:
        ids = [bench.add_account() for _ in range(3 * PAGE)]
        bench.clock.sleep(2)
        pages = bench.connect().accounts(None)
        first = next(pages)
        for id_ in (ids[0], ids[-1]):
            bench.edit(id_, **{bench.fields["tier"]: "A"})
        bench.clock.sleep(2)
        rest = list(pages)

        read = {row.id: row for page in (first, *rest) for row in page.rows}
        read |= accounts(bench.connect(), rest[-1].cursor)

        assert [read[id_].fields[bench.fields["tier"]] for id_ in (ids[0], ids[-1])] == ["A", "A"]

    def test_accounts_that_are_gone_are_told_and_where_they_went(self, bench: Bench) -> None:
        stays, merged, deleted = (bench.add_account() for _ in range(3))
        bench.clock.sleep(2)
        cursor = last(bench.connect().accounts(None))
        survivor = bench.merge(merged, stays)
        bench.delete(deleted)
        bench.clock.sleep(2)

        read = accounts(bench.connect(), cursor)

        assert (read[merged].gone, read[merged].merged_into) == (True, survivor)
        assert (read[deleted].gone, read[deleted].merged_into) == (True, None)

    def test_interactions_come_with_their_account_kind_time_and_result(self, bench: Bench) -> None:
        account, at = bench.add_account(KIM.email), bench.clock.now() - timedelta(days=3)
        bench.log(account, "visit", at, minutes=45)
        bench.log(account, "call", at, result="no_answer")
        bench.log(account, "email", at)
        bench.log(account, "visit", bench.clock.now() + timedelta(days=3), result="planned")
        bench.clock.sleep(2)

        read = list(interactions(bench.connect()).values())

        visit, call, mail, plan = sorted(read, key=lambda i: (i.at > bench.clock.now(), ORDER.index(i.kind)))
        assert (visit.account, visit.at, visit.result, visit.minutes) == (account, at, "done", 45)
        assert (call.kind, call.result, call.direction) == ("call", "no_answer", "outbound")
        assert (mail.kind, mail.result, mail.owner) == ("email", "done", KIM.email)
        assert plan.result == "planned" or plan.at > bench.clock.now()

    def test_a_later_reading_brings_the_interactions_logged_since(self, bench: Bench) -> None:
        account, at = bench.add_account(), bench.clock.now() - timedelta(days=3)
        for _ in range(2 * PAGE):
            bench.log(account, "visit", at)
        bench.clock.sleep(A_MINUTE)
        cursor = last(bench.connect().interactions(None))
        bench.clock.sleep(60 * A_MINUTE)
        cursor = last(bench.connect().interactions(cursor))
        bench.log(account, "visit", bench.clock.now() - timedelta(days=2))
        bench.clock.sleep(A_MINUTE)

        read = interactions(bench.connect(), cursor)

        assert len(read) == 1

    @pytest.mark.parametrize("hours", [3, -3], ids=["ahead", "behind"])
    def test_the_crm_s_clock_decides_where_the_next_reading_begins_and_not_ours(self, bench: Bench, hours: int) -> None:
        """With ours ahead, changes would be lost; with ours behind, everything would come again."""
        edited, quiet = bench.add_account(), bench.add_account()
        bench.clock.sleep(60 * A_MINUTE)
        ours = StillClock(bench.clock.now() + timedelta(hours=hours))
        to_accounts = last(bench.connect(clock=ours).accounts(None))
        to_interactions = last(bench.connect(clock=ours).interactions(None))
        bench.clock.sleep(60 * A_MINUTE)
        bench.edit(edited, **{bench.fields["tier"]: "A"})
        bench.log(edited, "call", bench.clock.now() - timedelta(minutes=5))
        bench.clock.sleep(A_MINUTE)

        read = accounts(bench.connect(clock=ours), to_accounts)
        brought = interactions(bench.connect(clock=ours), to_interactions)

        assert edited in read
        assert quiet not in read
        assert len(brought) == 1

    def test_an_interaction_was_created_when_it_was_logged_and_no_later_edit_moves_that(self, bench: Bench) -> None:
        bench.log(bench.add_account(), "visit", bench.clock.now() - timedelta(days=30))
        logged = bench.clock.now()
        bench.clock.sleep(60 * A_MINUTE)
        [first] = interactions(bench.connect()).values()
        bench.move(first.id, logged - timedelta(days=29))
        bench.clock.sleep(2)

        [read] = interactions(bench.connect()).values()

        assert (first.created, read.created) == (logged, logged)
        assert read.modified > logged

    def test_an_interaction_bears_the_crm_s_own_words_for_how_it_went_and_where_it_stands(self, bench: Bench) -> None:
        account, at = bench.add_account(), bench.clock.now() - timedelta(days=3)
        for kind, result in (("visit", "done"), ("call", "no_answer"), ("email", "done")):
            bench.log(account, kind, at, result)
        bench.clock.sleep(2)

        read = interactions(bench.connect()).values()

        assert {row.kind: (row.outcome, row.status) for row in read} == bench.words

    def test_an_e_mail_that_a_machine_sent_is_told_from_one_that_a_rep_wrote(self, bench: Bench) -> None:
        account, at = bench.add_account(), bench.clock.now() - timedelta(days=3)
        bench.log(account, "email", at)
        bench.log(account, "email", at - timedelta(days=1), machine=True)
        bench.log(account, "visit", at - timedelta(days=2))
        bench.clock.sleep(2)

        read = interactions(bench.connect()).values()

        assert [row.automated for row in sorted(read, key=lambda row: row.at)] == [False, True, False]

    def test_whether_notes_are_filled_is_told_where_the_mapping_names_them_and_never_what_they_say(
        self, bench: Bench
    ) -> None:
        account, at = bench.add_account(), bench.clock.now() - timedelta(days=3)
        bench.log(account, "visit", at, note="Asked about Mr. X.")
        bench.log(account, "visit", at + timedelta(days=1))
        bench.log(account, "call", at + timedelta(days=2))
        bench.clock.sleep(2)
        unnamed = interactions(bench.connect()).values()
        bench.reading = replace(bench.reading, notes=bench.notes)

        named = interactions(bench.connect())
        asked = {row.id: row for row in bench.connect().interactions_named(named)}

        assert {row.noted for row in unnamed} == {None}
        assert [row.noted for row in sorted(named.values(), key=lambda row: row.at)] == [True, False, None]
        assert asked == named
        assert "Mr. X" not in repr(named)

    # Interactions by name

    def test_named_interactions_come_as_they_are_and_no_others(self, bench: Bench) -> None:
        read = logged(bench, "visit", "call", "email", "visit")
        asked = sorted(read)[1:]

        named = list(bench.connect().interactions_named([*asked, asked[0]]))

        assert sorted(row.id for row in named) == asked
        assert {row.id: row for row in named} == {id_: read[id_] for id_ in asked}

    def test_a_named_interaction_that_was_deleted_comes_as_gone(self, bench: Bench) -> None:
        read = logged(bench, "visit", "visit", "call", "email")
        stays, *deleted = sorted(read, key=lambda id_: (read[id_].kind != "visit", id_))
        for id_ in deleted:
            bench.unlog(id_)

        named = {row.id: row.gone for row in bench.connect().interactions_named(read)}

        assert named == {stays: False, **dict.fromkeys(deleted, True)}

    def test_a_named_interaction_that_was_deleted_weeks_ago_comes_as_gone_too(self, bench: Bench) -> None:
        read = logged(bench, "visit", "call")
        for id_ in read:
            bench.unlog(id_)
        bench.clock.sleep(20 * 24 * 60 * A_MINUTE)  # a recycle bin keeps rows for fifteen days

        named = {row.id: row.gone for row in bench.connect().interactions_named(read)}

        assert named == dict.fromkeys(read, True)

    def test_a_named_interaction_that_was_moved_names_its_new_account(self, bench: Bench) -> None:
        read, other = logged(bench, "visit", "visit"), bench.add_account()
        moved, stays = sorted(read)
        bench.log_elsewhere(moved, other)

        named = {row.id: row.account for row in bench.connect().interactions_named(read)}

        assert named == {moved: other, stays: read[stays].account}

    def test_more_interactions_than_a_call_takes_are_named_whole(self, bench: Bench) -> None:
        read = logged(bench, *["visit"] * 205)
        gone = sorted(read)[::100]
        for id_ in gone:
            bench.unlog(id_)

        named = list(bench.connect().interactions_named(read))

        assert sorted(row.id for row in named) == sorted(read)
        assert sorted(row.id for row in named if row.gone) == gone

    def test_deleted_interactions_are_told_by_the_reading_unless_their_kind_is_unlisted(self, bench: Bench) -> None:
        read = logged(bench, "visit", "call", "email")
        cursor = last(bench.connect().interactions(None))
        for id_ in read:
            bench.unlog(id_)
        bench.clock.sleep(A_MINUTE)

        told = {read[row.id].kind for row in interactions(bench.connect(), cursor).values() if row.gone}

        assert told == {"visit", "call", "email"} - bench.connect().unlisted

    # Writing

    def test_each_change_has_exactly_one_outcome_and_no_call_is_too_big(self, bench: Bench) -> None:
        crm = bench.connect()
        size = crm.limits.rows_per_call
        ids = [bench.add_account() for _ in range(size + 3)]

        outcomes = write(crm, [Change(id_, {bench.fields["tier"]: "A"}) for id_ in ids])

        assert sorted(outcome.id for outcome in outcomes) == sorted(ids)
        assert {outcome.verdict for outcome in outcomes} == {Verdict.WRITTEN}
        assert bench.write_calls() == calls_for(size + 3, size)

    def test_a_refused_row_never_stops_its_batch(self, bench: Bench) -> None:
        good, bad, also_good = (bench.add_account() for _ in range(3))
        tier = bench.fields["tier"]
        changes = [Change(good, {tier: "A"}), Change(bad, {tier: "Platinum"}), Change(also_good, {tier: "B"})]

        crm = bench.connect()
        outcomes = {outcome.id: outcome for outcome in write(crm, changes)}

        assert [outcomes[id_].verdict for id_ in (good, bad, also_good)] == ["written", "refused", "written"]
        assert outcomes[bad].code
        assert outcomes[bad].message
        assert not outcomes[bad].gone
        assert [bench.held(id_)[tier] for id_ in (good, also_good)] == ["A", "B"]
        assert not bench.held(bad).get(tier)
        assert bench.write_calls() == calls_for(3, crm.limits.rows_per_call)

    def test_writing_twice_leaves_the_same(self, bench: Bench) -> None:
        id_, crm = bench.add_account(), bench.connect()
        change = Change(id_, {bench.fields["tier"]: "A", bench.fields["going_cold"]: True})

        verdicts = [write(crm, [change])[0].verdict for _ in range(2)]
        bench.clock.sleep(2)

        assert verdicts == [Verdict.WRITTEN, Verdict.WRITTEN]
        assert list(accounts(crm)) == [id_]
        assert accounts(crm)[id_].fields[bench.fields["tier"]] == "A"

    @pytest.mark.parametrize("name", ["no_such_field", "read_only"])
    def test_a_field_that_cannot_be_written_stops_before_the_first_row(self, bench: Bench, name: str) -> None:
        ids = [bench.add_account() for _ in range(2)]
        changes = [Change(ids[0], {bench.fields["tier"]: "A"}), Change(ids[1], {bench.fields.get(name, name): "A"})]

        with pytest.raises(NeedsHuman, match=bench.fields.get(name, name)):
            write(bench.connect(), changes)

        assert bench.write_calls() == []

    def test_every_kind_of_value_comes_back_as_it_was_sent(self, bench: Bench) -> None:
        id_, crm = bench.add_account(), bench.connect()
        sent: dict[str, Value] = {
            "tier": "B",
            "call_order": 12,
            "going_cold": True,
            "next_visit": "2026-11-30",
            "slot_kind": "committed",
            "channel": "message",
            "tier_reason": HARD_TEXT,
        }
        write(crm, [Change(id_, {bench.fields[ours]: value for ours, value in sent.items()})])
        bench.clock.sleep(2)

        held = accounts(crm)[id_].fields

        assert {ours: held[bench.fields[ours]] for ours in sent} == sent

    def test_the_longest_text_is_taken_and_none_clears(self, bench: Bench) -> None:
        id_, crm = bench.add_account(), bench.connect()
        reason, day = bench.fields["tier_reason"], bench.fields["next_visit"]
        longest = "x" * (crm.describe(bench.reading.object).fields[reason].length or 0)

        first = write(crm, [Change(id_, {reason: longest, day: "2026-11-30"})])
        bench.clock.sleep(2)
        full = accounts(crm)[id_].fields
        second = write(crm, [Change(id_, {reason: None, day: None})])
        bench.clock.sleep(2)
        empty = accounts(crm)[id_].fields

        assert [first[0].verdict, second[0].verdict] == ["written", "written"]
        assert (full[reason], full[day]) == (longest, "2026-11-30")
        assert (empty[reason], empty[day]) == (None, None)

    def test_a_record_that_is_gone_is_refused_as_gone_with_its_new_id(self, bench: Bench) -> None:
        stays, merged, deleted, live = (bench.add_account() for _ in range(4))
        survivor = bench.merge(merged, stays)
        bench.delete(deleted)

        changes = [Change(id_, {bench.fields["tier"]: "A"}) for id_ in (merged, deleted, live)]
        outcomes = {outcome.id: outcome for outcome in write(bench.connect(), changes)}

        assert [outcomes[id_].verdict for id_ in (merged, deleted, live)] == ["refused", "refused", "written"]
        assert (outcomes[merged].gone, outcomes[merged].moved_to) == (True, survivor)
        assert (outcomes[deleted].gone, outcomes[deleted].moved_to) == (True, None)

    def test_an_answer_that_was_lost_is_unknown_for_every_row_of_the_call(self, bench: Bench) -> None:
        ids, crm = [bench.add_account() for _ in range(3)], bench.connect()
        crm.describe(bench.reading.object)
        bench.lose_next_answer()
        changes = [Change(id_, {bench.fields["tier"]: "A"}) for id_ in ids]

        first, second = write(crm, changes), write(crm, changes)

        answered = [outcome for outcome in first if outcome.verdict is Verdict.WRITTEN]
        assert len(answered) == max(0, 3 - crm.limits.rows_per_call)  # those of the calls that follow
        assert {outcome.verdict for outcome in first} - {Verdict.WRITTEN} == {Verdict.UNKNOWN}
        assert {outcome.verdict for outcome in second} == {Verdict.WRITTEN}
        assert [bench.held(id_)[bench.fields["tier"]] for id_ in ids] == ["A", "A", "A"]

    def test_records_are_read_back_as_they_are_now_without_those_gone(self, bench: Bench) -> None:
        written, other, deleted = (bench.add_account(KIM.email) for _ in range(3))
        bench.delete(deleted)
        crm = bench.connect()
        write(crm, [Change(written, {bench.fields["tier"]: "A"})])

        read = {account.id: account for account in crm.records([written, deleted])}

        assert read.keys() == {written}
        assert read[written].fields[bench.fields["tier"]] == "A"
        assert read[written].owner == KIM.email
        assert other not in read

    def test_more_records_than_a_page_holds_are_read_back_whole(self, bench: Bench) -> None:
        ids = {bench.add_account() for _ in range(2 * PAGE + 1)}

        assert {account.id for account in bench.connect().records(ids)} == ids

    def test_a_refused_row_comes_with_what_to_do_about_it(self, bench: Bench) -> None:
        changes = [Change(bench.add_account(), {bench.fields["tier"]: "Platinum"})]

        refused = write(bench.connect(), changes)[0]

        assert (refused.passing, bool(refused.remedy)) == (False, True)

    def test_an_account_has_the_page_on_which_people_open_it_and_a_thousand_cost_one_call_at_most(
        self, bench: Bench
    ) -> None:
        crm, ids = bench.connect(), [bench.add_account(), bench.add_account()] * 500
        before = bench.calls()

        pages = [crm.page(id_) for id_ in ids]

        assert pages == [bench.opens.format(id_) for id_ in ids]
        assert bench.calls() - before <= 1

    # Appointments

    def test_an_appointment_is_booked_and_read_as_a_plan(self, bench: Bench) -> None:
        wanted, crm = appointment(bench), bench.connect()

        booked = book(crm, wanted)[0]
        bench.clock.sleep(10 * 24 * 60 * A_MINUTE)

        [read] = interactions(crm).values()
        assert (booked.id, booked.verdict, booked.record) == (wanted.key, "written", read.id)
        assert (read.account, read.owner, read.at, read.minutes) == (wanted.account, KIM.email, wanted.starts, 45)
        assert (read.kind, read.result) == ("visit", "planned")  # also when its day is over

    def test_an_appointment_that_is_booked_twice_moves_and_is_one_record(self, bench: Bench) -> None:
        wanted, crm = appointment(bench), bench.connect()
        later = replace(wanted, starts=wanted.starts + timedelta(days=1), minutes=30)

        booked = [book(crm, one)[0] for one in (wanted, wanted, later)]
        booked += book(crm, replace(later, record=booked[0].record))
        bench.clock.sleep(2)

        [read] = interactions(crm).values()
        assert {(one.verdict, one.record) for one in booked} == {("written", read.id)}
        assert (read.at, read.minutes, read.result) == (later.starts, 30, "planned")

    def test_a_cancelled_appointment_is_off_and_nothing_is_made_for_one_that_never_was(self, bench: Bench) -> None:
        wanted, crm = appointment(bench), bench.connect()
        off = replace(wanted, cancelled=True)

        booked = [book(crm, one)[0] for one in (off, wanted, off, off)]
        bench.clock.sleep(2)

        [read] = interactions(crm).values()
        assert [one.verdict for one in booked] == ["written"] * 4
        assert (booked[0].record, booked[3].record) == (None, read.id)
        assert read.result == "canceled"

    @pytest.mark.parametrize("result", ["done", "no_show"])
    def test_an_appointment_of_which_a_rep_has_told_is_left_alone(self, bench: Bench, result: str) -> None:
        wanted, crm = appointment(bench), bench.connect()
        record = booked_record(crm, wanted)
        bench.say(record, result)

        moved = replace(wanted, starts=wanted.starts + timedelta(days=1), record=record)
        left = [book(crm, one)[0] for one in (moved, replace(moved, cancelled=True))]
        bench.clock.sleep(2)

        [read] = interactions(crm).values()
        assert [(one.verdict, one.code, one.record) for one in left] == [("left", result, record)] * 2
        assert (read.at, read.result) == (wanted.starts, result)

    def test_an_appointment_that_a_rep_has_moved_is_read_where_it_is(self, bench: Bench) -> None:
        wanted, crm = appointment(bench), bench.connect()
        record, elsewhere = booked_record(crm, wanted), wanted.starts + timedelta(minutes=30)
        bench.move(record, elsewhere)
        bench.clock.sleep(2)

        read = interactions(crm)[record]

        assert (read.at, read.result) == (elsewhere, "planned")

    @pytest.mark.parametrize("kept", ["appointment", "task"])
    @pytest.mark.parametrize("days", [0, 20], ids=["just now", "weeks ago"])
    def test_what_a_rep_has_deleted_is_not_made_again(self, bench: Bench, kept: str, days: int) -> None:
        wanted, crm = KEPT[kept](bench), reading_tasks(bench)
        record = booked_record(crm, wanted)
        bench.unlog(record)
        bench.clock.sleep(2 + days * 24 * 60 * A_MINUTE)

        gone = book(crm, replace(wanted, record=record))[0]
        bench.clock.sleep(2)

        assert (gone.verdict, gone.gone, gone.record) == (Verdict.REFUSED, True, record)
        assert [row.id for row in interactions(crm).values() if not row.gone] == []

    @pytest.mark.parametrize("kept", ["appointment", "task"])
    def test_what_was_sent_and_not_answered_is_one_record_when_it_is_sent_again(self, bench: Bench, kept: str) -> None:
        wanted, crm = KEPT[kept](bench), reading_tasks(bench)
        list(crm.remind(()) if isinstance(wanted, Todo) else crm.book(()))
        bench.lose_next_answer()

        lost, again = book(crm, wanted)[0], book(crm, wanted)[0]
        bench.clock.sleep(2)

        assert (lost.verdict, again.verdict) == (Verdict.UNKNOWN, Verdict.WRITTEN)
        assert list(interactions(crm)) == [again.record]

    @pytest.mark.parametrize("kept", ["appointment", "task"])
    def test_one_whose_owner_nobody_knows_does_not_stop_the_others(self, bench: Bench, kept: str) -> None:
        first, stranger, last_one = (KEPT[kept](bench, key=f"{n}-20261123") for n in (1, 2, 3))

        told = {one.id: one for one in book(bench.connect(), first, replace(stranger, owner=STRANGER), last_one)}

        assert [told[CrmId(one.key)].verdict for one in (first, stranger, last_one)] == [
            "written",
            "refused",
            "written",
        ]
        assert told[CrmId(stranger.key)].code == bench.nobody
        assert told[CrmId(stranger.key)].remedy

    @pytest.mark.parametrize("kept", ["appointment", "task"])
    def test_what_is_over_is_ended_though_its_owner_has_left(self, bench: Bench, kept: str) -> None:
        wanted, crm = KEPT[kept](bench), reading_tasks(bench)
        record = booked_record(crm, wanted)
        over = replace(wanted, done=True) if isinstance(wanted, Todo) else replace(wanted, cancelled=True)

        told = book(crm, replace(over, owner=STRANGER, record=record))[0]
        bench.clock.sleep(2)

        [read] = interactions(crm).values()
        assert (told.verdict, read.result) == ("written", "done" if kept == "task" else "canceled")

    @pytest.mark.parametrize("kept", ["appointment", "task"])
    def test_a_mapping_that_does_not_say_where_they_are_kept_needs_a_human(self, bench: Bench, kept: str) -> None:
        bench.reading = replace(bench.reading, calendar=None, tasks=None)

        with pytest.raises(NeedsHuman, match=kept):
            book(bench.connect(), KEPT[kept](bench))

        assert bench.write_calls() == []

    # Tasks

    def test_a_task_is_put_before_its_owner_and_read_as_a_machine_s_plan(self, bench: Bench) -> None:
        wanted, crm = todo(bench), reading_tasks(bench)

        made = book(crm, wanted)[0]
        bench.clock.sleep(2)

        [read] = interactions(crm).values()
        assert (made.id, made.verdict, made.record) == (wanted.key, "written", read.id)
        assert (read.account, read.owner, read.at.date()) == (wanted.account, KIM.email, wanted.due)
        assert (read.kind, read.result, read.automated) == ("task", "planned", True)

    def test_a_task_is_one_record_however_often_it_is_sent_and_done_it_is_closed(self, bench: Bench) -> None:
        wanted, crm = todo(bench), reading_tasks(bench)
        done = replace(wanted, done=True)

        told = [book(crm, one)[0] for one in (done, wanted, wanted, done, done)]
        bench.clock.sleep(2)

        [read] = interactions(crm).values()
        assert [one.verdict for one in told] == ["written"] * 5
        assert [one.record for one in told] == [None, *[read.id] * 4]
        assert (read.result, read.automated) == ("done", True)

    def test_a_task_that_a_rep_has_completed_is_left_alone(self, bench: Bench) -> None:
        wanted, crm = todo(bench), reading_tasks(bench)
        record = booked_record(crm, wanted)
        bench.complete(record)

        left, ended = (book(crm, one)[0] for one in (wanted, replace(wanted, done=True, record=record)))
        bench.clock.sleep(2)

        [read] = interactions(crm).values()
        assert (left.verdict, left.code, left.record) == ("left", "done", record)
        assert (ended.verdict, ended.record, read.result) == ("written", record, "done")

    # Limits

    def test_every_call_is_metered_before_it_is_made(self, bench: Bench) -> None:
        told: list[Limits] = []
        crm, id_ = bench.connect(meter=told.append), bench.add_account()
        before = bench.calls()

        list(crm.accounts(None))
        write(crm, [Change(id_, {bench.fields["tier"]: "A"})])
        list(crm.records([id_]))
        list(crm.interactions_named([CrmId("meetings/1")]))
        book(crm, appointment(bench))
        book(crm, todo(bench))

        assert len(told) == bench.calls() - before
        assert told[-1].calls_left is not None
        assert told[-1].calls_per_day is not None

    def test_a_meter_that_says_stop_stops_before_the_call(self, bench: Bench) -> None:
        def stop(_limits: Limits) -> None:
            raise StopForTonight("Enough.")

        crm, before = bench.connect(meter=stop), bench.calls()

        with pytest.raises(StopForTonight, match="Enough"):
            list(crm.accounts(None))

        assert bench.calls() == before

    def test_the_paths_of_writing_grow_and_cost_the_more_calls(self, bench: Bench) -> None:
        paths = bench.connect().limits.paths

        assert [path.rows for path in paths] == sorted(path.rows for path in paths)
        assert [path.calls for path in paths] == sorted(path.calls for path in paths)

    # Bad days

    def test_a_busy_crm_is_to_be_tried_again_after_seconds(self, bench: Bench) -> None:
        crm = bench.connect()
        bench.be_busy()

        with pytest.raises(TryAgain) as caught:
            crm.describe(bench.reading.object)

        assert caught.value.after > 0
        assert crm.describe(bench.reading.object).fields

    def test_a_spent_quota_stops_for_tonight(self, bench: Bench) -> None:
        crm, id_ = bench.connect(), bench.add_account()
        crm.describe(bench.reading.object)
        bench.spend_quota()

        with pytest.raises(StopForTonight, match=r"spent|Spent"):
            write(crm, [Change(id_, {bench.fields["tier"]: "A"})])

    def test_a_lapsed_login_is_renewed_or_asks_for_a_human(self, bench: Bench) -> None:
        crm, id_ = bench.connect(), bench.add_account()
        change = Change(id_, {bench.fields["tier"]: "A"})
        write(crm, [change])
        bench.end_login()

        if bench.renews:
            assert write(crm, [change])[0].verdict is Verdict.WRITTEN
        else:
            with pytest.raises(NeedsHuman) as caught:
                write(crm, [change])
            assert caught.value.setting in bench.of_the_login

    def test_nothing_secret_shows(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        crm, id_ = bench.connect(), bench.add_account()
        shown = [repr(crm), repr(vars(crm))]
        list(crm.accounts(None))
        write(crm, [Change(id_, {bench.fields["tier"]: "Platinum"})])
        bench.end_login()
        for name in ("nothing", bench.reading.object):
            try:
                bench.connect().describe(name)
            except ConnectorError as error:
                shown += [str(error), repr(error), repr(error.__cause__)]

        told = "\n".join([*shown, caplog.text])

        assert [secret for secret in bench.secrets if secret in told] == []


TYPES = {
    "tier": FieldType.PICKLIST,
    "tier_reason": FieldType.TEXT,
    "tier_since": FieldType.DATE,
    "call_order": FieldType.NUMBER,
    "going_cold": FieldType.CHECKBOX,
    "next_visit": FieldType.DATE,
    "call_week": FieldType.DATE,
    "slot_kind": FieldType.PICKLIST,
    "channel": FieldType.PICKLIST,
    "next_touch": FieldType.DATE,
    "npi": FieldType.TEXT,
}
HARD_TEXT = 'Ärzte O\'Brien & Søn "<b>" 东京 🫀 line one\nline two'
ORDER = ["visit", "call", "email"]


def accounts(crm: Crm, since: Cursor | None = None) -> dict[CrmId, Account]:
    return {row.id: row for page in crm.accounts(since) for row in page.rows}


def interactions(crm: Crm, since: Cursor | None = None) -> dict[CrmId, Interaction]:
    return {row.id: row for page in crm.interactions(since) for row in page.rows}


def logged(bench: Bench, *kinds: str) -> dict[CrmId, Interaction]:
    """As read a moment later; all on one account of Kim's, three days ago."""
    account = bench.add_account(KIM.email)
    for kind in kinds:
        bench.log(account, kind, bench.clock.now() - timedelta(days=3))
    bench.clock.sleep(2)
    return interactions(bench.connect())


def calls_for(rows: int, size: int) -> list[int]:
    """The rows of each call, where none is larger than it may be and none is wasted."""
    return [min(size, rows - done) for done in range(0, rows, size)]


def last(pages: Iterable[Page[Account]] | Iterable[Page[Interaction]]) -> Cursor:
    return [page.cursor for page in pages][-1]


def write(crm: Crm, changes: list[Change]) -> list[Outcome]:
    return list(crm.write(changes))


def appointment(bench: Bench, key: str = "2000000001-20261123") -> Appointment:
    """With an account of Kim's, the day after tomorrow at nine."""
    starts = bench.clock.now().replace(hour=14, minute=0) + timedelta(days=2)
    return Appointment(key, bench.add_account(KIM.email), KIM.email, "Visit: Dr. Adeyemi (Tier A)", starts, 45)


def todo(bench: Bench, key: str = "2000000001-cold-20261123-1") -> Todo:
    """For an account of Kim's, in a week."""
    due = (bench.clock.now() + timedelta(days=7)).date()
    return Todo(key, bench.add_account(KIM.email), KIM.email, "Going cold: Dr. Adeyemi", due)


KEPT: dict[str, Callable[..., Appointment | Todo]] = {"appointment": appointment, "task": todo}


def reading_tasks(bench: Bench) -> Crm:
    """Where tasks are read too."""
    assert bench.reading.tasks
    kinds = dict.fromkeys((*bench.reading.interactions, bench.reading.tasks.object))
    bench.reading = replace(bench.reading, interactions=tuple(kinds))
    return bench.connect()


def book(crm: Crm, *wanted: Appointment | Todo) -> list[Outcome]:
    booked = crm.book(one for one in wanted if isinstance(one, Appointment)) if _has(wanted, Appointment) else ()
    return [*booked, *(crm.remind(one for one in wanted if isinstance(one, Todo)) if _has(wanted, Todo) else ())]


def _has(wanted: Iterable[object], kind: type) -> bool:
    return any(isinstance(one, kind) for one in wanted)


def booked_record(crm: Crm, wanted: Appointment | Todo) -> CrmId:
    record = book(crm, wanted)[0].record
    assert record
    return record
