"""Whose value stands: the plan's, a person's, or a manager's word; and how far a number must move to be written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from connector.contract import CrmId, Value
from connector.mapping import Policy, Target
from connector.store.journal import Difference
from connector.store.overrides import ACCEPTED, REJECTED, Override, Proposal
from connector.sync.diff import Diff, Wanted, diff
from connector.sync.select import selection
from tests.conftest import TODAY

BRANDT = CrmId("a1")
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
CHALLENGED = {"tier": Target(field="tier", policy=Policy.CHALLENGE)}


def edited(override: Override | None = None, plan: str = "A", today: date = TODAY) -> Diff:
    """We wrote A, a person wrote C, the plan says `plan`."""
    held = {(BRANDT, "tier"): override} if override else {}
    wanted = [Wanted(BRANDT, "2000000028", {"tier": plan})]
    return diff(wanted, {BRANDT: {"tier": "C"}}, {BRANDT: {"tier": "A"}}, CHALLENGED, held, today)


def decided(state: str, until: date | None = None, value: Value = "C") -> Override:
    return Override(1, BRANDT, "2000000028", "tier", "A", value, state, NOW, NOW, "Dana", "contract", until)


def test_a_challenged_edit_stays_and_is_proposed() -> None:
    found = edited()

    assert (found.differences, found.left) == ((), 1)
    assert found.proposals == (Proposal(BRANDT, "2000000028", "tier", "A", "C"),)


def test_a_challenge_that_was_proposed_is_not_proposed_again() -> None:
    assert edited(decided("proposed")).proposals == ()
    assert edited(decided("proposed", value="B")).proposals != ()


def test_an_accepted_edit_stays_until_its_day_and_is_then_put_back() -> None:
    friday = TODAY + timedelta(days=4)

    assert edited(decided(ACCEPTED)).differences == ()
    assert edited(decided(ACCEPTED, friday), today=friday).differences == ()
    assert edited(decided(ACCEPTED, friday), today=friday + timedelta(days=1)).differences[0].after == {"tier": "A"}


def test_a_rejected_edit_is_put_back_and_asked_again_once_the_plan_says_something_else() -> None:
    assert edited(decided(REJECTED)).differences == (Difference(BRANDT, "2000000028", {"tier": "C"}, {"tier": "A"}),)
    assert edited(decided(REJECTED), plan="B").proposals != ()


@pytest.mark.parametrize(
    ("there", "want", "sent"), [(1000, 1049, 0), (1000, 1050, 1), (1000, 951, 0), (100, 108, 0), (100, 110, 1)]
)
def test_a_number_is_written_once_it_has_moved_far_enough(there: int, want: int, sent: int) -> None:
    target = {"volume": Target(field="volume", min_change=10, min_change_share=0.05)}

    found = diff([Wanted(BRANDT, "", {"volume": want})], {BRANDT: {"volume": there}}, {}, target)

    assert len(found.differences) == sent


def test_small_moves_add_up_and_a_person_s_small_edit_is_put_back() -> None:
    target = {"volume": Target(field="volume", min_change=10)}
    there, written = {BRANDT: {"volume": 100}}, {BRANDT: {"volume": 100}}

    sent = [len(diff([Wanted(BRANDT, "", {"volume": n})], there, written, target).differences) for n in (104, 108, 112)]
    put_back = diff([Wanted(BRANDT, "", {"volume": 100})], {BRANDT: {"volume": 104}}, written, target)

    assert sent == [0, 0, 1]
    assert put_back.differences[0].after == {"volume": 100}


def test_a_selection_takes_the_fields_of_a_job_and_the_accounts_of_a_territory() -> None:
    mapped = {"tier": "Tier__c", "going_cold": "Cold__c"}

    cold, kims = selection(["job=flag_cold"]), selection(["territory=Kim@example.com", "field=Tier__c"])

    assert cold.fields(mapped) == {"going_cold": "Cold__c"}
    assert not cold.narrows
    assert kims.fields(mapped) == {"tier": "Tier__c"}
    assert kims.takes("", "1", "kim@example.com")
    assert not kims.takes("", "2", "ana@example.com")


def test_the_hash_of_a_plan_moves_with_every_value_the_day_and_the_crm() -> None:
    def plan(before: str = "A", after: str = "B") -> Diff:
        return Diff((Difference(BRANDT, "", {"tier": before}, {"tier": after}),), 0, 0)

    hashes = {
        plan().hash("salesforce", TODAY),
        plan("C").hash("salesforce", TODAY),
        plan(after="C").hash("salesforce", TODAY),
        plan().hash("hubspot", TODAY),
        plan().hash("salesforce", TODAY + timedelta(days=1)),
    }

    assert len(hashes) == 5
    assert plan().hash("salesforce", TODAY) in hashes
