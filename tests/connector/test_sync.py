"""The engine's parts: what differs, what a guard stops, how a batch is sent, how long a busy CRM is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import nan
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.client import Memory
from adapters.memory.org import Org
from connector.config import Guards
from connector.contract import (
    Account,
    Change,
    CrmId,
    Cursor,
    Field,
    FieldType,
    Limits,
    Outcome,
    Page,
    Reading,
    Value,
    WritePath,
    unmetered,
)
from connector.errors import StopForTonight, TryAgain
from connector.intake import FileRead
from connector.mapping import Policy, Target
from connector.store import Store, open_database
from connector.store.journal import Difference
from connector.store.mirror import AccountFields
from connector.sync.budget import Budget
from connector.sync.diff import Wanted, diff
from connector.sync.guard import (
    stop_if_a_file_changed_size,
    stop_if_a_territory_flips,
    stop_if_calls_run_out,
    stop_if_few_match,
    stop_if_fewer_match,
    stop_if_input_shrank,
    stop_if_much_blanks,
    stop_if_much_is_overwritten,
    stop_if_tier_a_shrinks,
    stop_if_tiers_flip,
)
from connector.sync.match import match
from connector.sync.patience import Patience
from connector.sync.pull import pull
from connector.sync.push import by_parent, push
from tests.conftest import TODAY, StillClock

BRANDT = CrmId("a1")
VALUES = st.one_of(st.none(), st.text(max_size=3), st.booleans(), st.integers(0, 3), st.floats(0, 3))
FIELDS = st.dictionaries(st.sampled_from(["tier", "reason", "cold"]), VALUES, min_size=1)


def wanted(**fields: Value) -> list[Wanted]:
    return [Wanted(BRANDT, "2000000028", fields)]


def policies(policy: Policy) -> dict[str, Target]:
    return dict.fromkeys(("tier", "reason", "cold"), Target(field="x", policy=policy))


# What differs


def test_only_the_fields_that_differ_travel_and_all_of_a_record_together() -> None:
    there: dict[CrmId, dict[str, Value]] = {BRANDT: {"tier": "B", "reason": "old", "cold": False}}

    found = diff(wanted(tier="A", reason="new", cold=False), there, {}, policies(Policy.OURS))

    assert found.differences == (
        Difference(BRANDT, "2000000028", {"tier": "B", "reason": "old"}, {"tier": "A", "reason": "new"}),
    )


@pytest.mark.parametrize(("policy", "sent"), [(Policy.OURS, 1), (Policy.THEIRS, 0)])
def test_a_person_s_edit_is_put_back_or_left_as_the_policy_says(policy: Policy, sent: int) -> None:
    there, written = {BRANDT: {"tier": "C"}}, {BRANDT: {"tier": "A"}}

    found = diff(wanted(tier="A"), there, written, policies(policy))

    assert (len(found.differences), found.left) == (sent, 1 - sent)


def test_a_field_that_nobody_edited_follows_the_plan_under_either_policy() -> None:
    there, written = {BRANDT: {"tier": "A"}}, {BRANDT: {"tier": "A"}}

    for policy in Policy:
        assert diff(wanted(tier="B"), there, written, policies(policy)).differences[0].after == {"tier": "B"}


def test_empty_text_and_no_value_are_the_same() -> None:
    assert diff(wanted(tier=None), {BRANDT: {"tier": ""}}, {}, policies(Policy.OURS)).differences == ()
    assert diff(wanted(tier=""), {BRANDT: {}}, {}, policies(Policy.OURS)).differences == ()


@given(FIELDS, FIELDS)
def test_once_what_differs_has_been_written_nothing_differs(want: dict[str, Value], there: dict[str, Value]) -> None:
    first = diff(wanted(**want), {BRANDT: there}, {}, policies(Policy.OURS))
    after = {**there, **(first.differences[0].after if first.differences else {})}

    second = diff(wanted(**want), {BRANDT: after}, {BRANDT: after}, policies(Policy.OURS))

    assert (second.differences, second.unchanged) == ((), 1)


# What a guard stops


def sized(**rows: int) -> list[FileRead]:
    """Files of one layout, as they are read."""
    name = "cms_provider_service"
    return [FileRead(Path(path), name, "", many, 0, 0, {}, (), (), ()) for path, many in rows.items()]


def known(**rows: int) -> list[dict[str, object]]:
    """The same as a vintage keeps them."""
    return [{"path": path, "layout": "cms_provider_service", "rows": many} for path, many in rows.items()]


PATHS = (WritePath("one by one", 1),)
BLANKED = [Difference(CrmId(str(at)), "", {"tier": "A"}, {"tier": None}) for at in range(11)]
STOPS: list[Callable[[], None]] = [
    lambda: stop_if_input_shrank(0, None, Guards()),
    lambda: stop_if_input_shrank(699, 1000, Guards()),
    lambda: stop_if_a_file_changed_size(sized(a=699), known(a=1000), Guards()),
    lambda: stop_if_a_file_changed_size(sized(a=3001), known(a=1000), Guards()),
    lambda: stop_if_a_file_changed_size(sized(of_2026=699), known(of_2025=1000), Guards()),
    lambda: stop_if_a_file_changed_size(sized(a=1000, b=10), known(a=1000, b=1000), Guards()),
    lambda: stop_if_few_match(0, 0, Guards()),
    lambda: stop_if_few_match(49, 100, Guards()),
    lambda: stop_if_tiers_flip(201, 1000, Guards()),
    lambda: stop_if_much_blanks(BLANKED, {"tier"}, 1000, Guards()),
    lambda: stop_if_a_territory_flips({"kim": 6}, {"kim": 10}, Guards()),
    lambda: stop_if_tier_a_shrinks(69, 100, Guards()),
    lambda: stop_if_fewer_match(0.84, 0.9, Guards()),
    lambda: stop_if_much_is_overwritten(BLANKED, {}, 1000, Guards()),
    lambda: stop_if_calls_run_out(1, Limits(PATHS, 3000, 15000), Guards()),
]
UNKNOWN: list[Callable[[], None]] = [
    lambda: stop_if_input_shrank(1, nan, Guards()),  # type: ignore[arg-type]
    lambda: stop_if_few_match(nan, 100, Guards()),  # type: ignore[arg-type]
    lambda: stop_if_tiers_flip(nan, 100, Guards()),  # type: ignore[arg-type]
    lambda: stop_if_a_territory_flips({"kim": nan}, {"kim": 10}, Guards()),  # type: ignore[dict-item]
    lambda: stop_if_tier_a_shrinks(nan, 100, Guards()),  # type: ignore[arg-type]
    lambda: stop_if_fewer_match(nan, 0.9, Guards()),
    lambda: stop_if_calls_run_out(1, Limits(PATHS), Guards()),
]
PASSES: list[Callable[[], None]] = [
    lambda: stop_if_input_shrank(700, 1000, Guards()),
    lambda: stop_if_input_shrank(1, None, Guards()),
    lambda: stop_if_a_file_changed_size(sized(a=700, new=5000), known(a=1000), Guards()),
    lambda: stop_if_a_file_changed_size(sized(a=3000), known(a=1000), Guards()),
    lambda: stop_if_a_file_changed_size(sized(a=100), known(a=10), Guards()),
    lambda: stop_if_a_file_changed_size(sized(of_2026=1000, half=500), known(of_2025=1500), Guards()),
    lambda: stop_if_a_file_changed_size(sized(a=1000), [], Guards()),
    lambda: stop_if_few_match(50, 100, Guards()),
    lambda: stop_if_tiers_flip(200, 1000, Guards()),
    lambda: stop_if_tiers_flip(0, 0, Guards()),
    lambda: stop_if_much_blanks(BLANKED[:10], {"tier"}, 1000, Guards()),
    lambda: stop_if_much_blanks(BLANKED, {"tier"}, 1100, Guards()),
    lambda: stop_if_much_blanks(BLANKED, {"another"}, 1000, Guards()),
    lambda: stop_if_a_territory_flips({"kim": 5}, {"kim": 10}, Guards()),
    lambda: stop_if_a_territory_flips({"kim": 9}, {"kim": 9}, Guards()),
    lambda: stop_if_tier_a_shrinks(70, 100, Guards()),
    lambda: stop_if_fewer_match(0.86, 0.9, Guards()),
    lambda: stop_if_fewer_match(0.6, None, Guards()),
    lambda: stop_if_much_is_overwritten(BLANKED, {change.id: {"tier": "A"} for change in BLANKED}, 1000, Guards()),
    lambda: stop_if_much_is_overwritten(BLANKED[:10], {}, 1000, Guards()),
    lambda: stop_if_calls_run_out(1, Limits(PATHS, 3001, 15000), Guards()),
    lambda: stop_if_calls_run_out(0, Limits(PATHS, 0, 15000), Guards()),
]


@pytest.mark.parametrize("look", STOPS)
def test_numbers_that_look_wrong_stop_the_night_and_say_what_allows_more(look: Callable[[], None]) -> None:
    with pytest.raises(StopForTonight) as caught:
        look()

    assert "Nothing was written." in str(caught.value)
    assert "--approve HASH" in str(caught.value)


@pytest.mark.parametrize("look", UNKNOWN)
def test_a_number_that_cannot_be_had_stops_the_night_too(look: Callable[[], None]) -> None:
    with pytest.raises(StopForTonight):
        look()


@pytest.mark.parametrize("look", PASSES)
def test_an_ordinary_night_passes(look: Callable[[], None]) -> None:
    look()


# Sending


@pytest.fixture
def org(clock: StillClock) -> Org:
    org = Org(clock, rows_per_call=10)
    org.add_fields(Field("npi", FieldType.TEXT, True), Field("tier", FieldType.PICKLIST, True, options=("A", "B")))
    return org


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_database(f"sqlite:///{tmp_path / 'callplan.db'}").store("memory")


@pytest.fixture
def patience(clock: StillClock) -> Patience:
    return Patience(clock, Random(7))


def send(org: Org, store: Store, patience: Patience, **tiers: str) -> dict[str, int]:
    return send_contested(org, store, patience, frozenset(), **tiers)


def send_contested(
    org: Org, store: Store, patience: Patience, contested_fields: frozenset[str], /, **tiers: str
) -> dict[str, int]:
    """Where a person's edit of these fields stays."""
    crm = Memory(Reading("account", ("npi", "tier"), ()), unmetered, org)
    run = store.journal.begin_run("push", TODAY, patience.clock.now())
    differences = [Difference(CrmId(id_), "", {"tier": None}, {"tier": tier}) for id_, tier in tiers.items()]
    return push(run, differences, crm, store.journal, patience, lambda _: None, contested=contested_fields)


def test_a_tier_that_goes_to_and_fro_over_four_nights_is_written_four_times(
    org: Org, store: Store, patience: Patience
) -> None:
    id_, target = org.add_account(), {"tier": Target(field="tier")}

    for tier in ("A", "B", "A", "B"):
        present = {id_: org.accounts[id_].fields}
        found = diff([Wanted(id_, "", {"tier": tier})], present, store.journal.ledger([id_]), target)
        assert [change.after for change in found.differences] == [{"tier": tier}]
        send(org, store, patience, **{id_: tier})

    assert org.calls == [1, 1, 1, 1]
    assert org.accounts[id_].fields["tier"] == "B"


def test_rows_that_met_a_lock_are_sent_again_in_smaller_batches(org: Org, store: Store, patience: Patience) -> None:
    ids = [org.add_account() for _ in range(8)]
    org.locked = dict.fromkeys(ids[:4], 1)

    tally = send(org, store, patience, **dict.fromkeys(ids, "A"))

    assert tally["written"] == 8
    assert org.calls == [8, 2, 2]
    assert store.journal.dead_letters() == {}


def test_a_row_that_stays_locked_is_for_the_next_night_and_no_dead_letter(
    org: Org, store: Store, patience: Patience
) -> None:
    id_ = org.add_account()
    org.locked = {id_: 99}

    tally = send(org, store, patience, **{id_: "A"})

    assert tally["refused"] == 1
    assert [refusal.code for refusal in store.journal.refusals(1)] == ["LOCKED"]
    assert store.journal.dead_letters() == {}


def test_a_lock_says_nothing_of_a_sending_that_got_no_answer(org: Org, store: Store) -> None:
    id_ = org.add_account()
    org.lose_answers = 1

    class Busy(StillClock):
        """While we wait, somebody else opens the record."""

        def sleep(self, seconds: float) -> None:
            org.locked = {id_: 99}

    tally = send(org, store, Patience(Busy(), Random(7)), **{id_: "A"})

    assert (tally["unknown"], org.accounts[id_].fields["tier"]) == (1, "A")
    assert [row["state"] for row in store.journal.settled(1)] == ["unknown"]


@pytest.mark.parametrize(("contested", "kept"), [(frozenset({"tier"}), "B"), (frozenset(), "A")])
def test_what_was_edited_since_the_reading_stays_where_a_person_may_keep_it(
    contested: frozenset[str], kept: str, org: Org, store: Store, patience: Patience
) -> None:
    edited, other = org.add_account(), org.add_account()
    org.edit(edited, tier="B")

    tally = send_contested(org, store, patience, contested, **{edited: "A", other: "A"})

    assert (org.accounts[edited].fields["tier"], org.accounts[other].fields["tier"]) == (kept, "A")
    assert tally["edited_meanwhile"] == int(kept == "B")


def test_where_all_rows_were_edited_since_the_reading_nothing_is_sent(
    org: Org, store: Store, patience: Patience
) -> None:
    id_ = org.add_account()
    org.edit(id_, tier="B")

    send_contested(org, store, patience, frozenset({"tier"}), **{id_: "A"})

    assert (org.calls, store.journal.settled(1)) == ([], [])


def test_a_first_send_is_small_and_read_back_before_the_rest(org: Org, store: Store, patience: Patience) -> None:
    ids = [org.add_account() for _ in range(25)]
    crm = Memory(Reading("account", ("npi", "tier"), ()), unmetered, org)
    run = store.journal.begin_run("push", TODAY, patience.clock.now())
    differences = [Difference(id_, "", {"tier": None}, {"tier": "A"}) for id_ in ids]
    proofs: list[str] = []

    push(run, differences, crm, store.journal, patience, lambda _: None, lambda: proofs.append("proved"))

    assert proofs == ["proved"]
    assert org.calls == [10, 10, 5]


def test_a_crm_that_does_not_keep_what_was_written_stops_after_the_first_send(
    org: Org, store: Store, patience: Patience
) -> None:
    ids = [org.add_account() for _ in range(25)]
    run = store.journal.begin_run("push", TODAY, patience.clock.now())
    differences = [Difference(id_, "", {"tier": None}, {"tier": "A"}) for id_ in ids]

    class Automated(Memory):
        """A flow of the org's own writes the field back."""

        def _write(self, change: Change) -> Outcome:
            outcome = super()._write(change)
            org.edit(change.id, tier="B")
            return outcome

    crm = Automated(Reading("account", ("npi", "tier"), ()), unmetered, org)
    with pytest.raises(StopForTonight, match="do not keep what was written"):
        push(run, differences, crm, store.journal, patience, lambda _: None, lambda: None)

    assert org.calls == [10]


def test_our_share_of_the_calls_and_the_reserve_are_kept(store: Store, clock: StillClock) -> None:
    guards = Guards(quota_share=0.5, quota_reserve=0.2)

    def spend(budget: Budget, left: int) -> int:
        for made in range(200):
            try:
                budget(Limits(PATHS, left - made, 100))
            except StopForTonight:
                return made
        raise AssertionError("nothing stopped it")

    alone = spend(Budget(store.meter.count, clock, guards), 100)
    clock.sleep(24 * 3600)
    crowded = spend(Budget(store.meter.count, clock, guards), 50)
    again = spend(Budget(store.meter.count, clock, guards), 50 - crowded)

    assert (alone, crowded, again) == (50, 30, 0)


def test_a_lost_answer_is_sent_again_and_ends_as_written(org: Org, store: Store, patience: Patience) -> None:
    ids = [org.add_account() for _ in range(3)]
    org.lose_answers = 2

    tally = send(org, store, patience, **dict.fromkeys(ids, "A"))

    assert tally == {"written": 3, "refused": 0, "unknown": 0, "gone": 0, "edited_meanwhile": 0}
    assert org.calls == [3, 3, 3]


def test_what_stays_without_an_answer_is_unknown_and_does_not_enter_the_ledger(
    org: Org, store: Store, patience: Patience
) -> None:
    id_ = org.add_account()
    org.lose_answers = 99

    tally = send(org, store, patience, **{id_: "A"})

    assert tally["unknown"] == 1
    assert store.journal.ledger([id_]) == {}


def test_a_refused_row_is_not_sent_again_and_is_told_with_its_reason(
    org: Org, store: Store, patience: Patience
) -> None:
    good, bad = org.add_account(), org.add_account()

    tally = send(org, store, patience, **{good: "A", bad: "Z"})

    assert (tally["written"], tally["refused"]) == (1, 1)
    assert org.calls == [2]
    assert [(refusal.record, refusal.code) for refusal in store.journal.refusals(1)] == [(bad, "BAD_VALUE")]
    assert store.journal.ledger([good, bad]) == {good: {"tier": "A"}}


def test_a_quota_spent_half_way_keeps_what_was_written(org: Org, store: Store, patience: Patience) -> None:
    ids = [org.add_account() for _ in range(25)]
    describing, first_batch = None, None
    org.failures.extend([describing, first_batch, StopForTonight("Spent.")])

    with pytest.raises(StopForTonight):
        send(org, store, patience, **dict.fromkeys(ids, "A"))

    assert sorted(store.journal.ledger(ids)) == sorted(ids[:10])


# Waiting


def test_a_busy_crm_is_waited_for_as_long_as_it_asks_and_no_longer_than_five_tries(
    clock: StillClock, patience: Patience
) -> None:
    tries, told = 0, list[tuple[str, dict[str, object]]]()
    patience = replace(patience, log=lambda event, **facts: told.append((event, facts)))

    def ask() -> None:
        nonlocal tries
        tries += 1
        raise TryAgain("Busy.", after=10)

    with pytest.raises(TryAgain):
        patience.keep_trying(ask)

    assert tries == 5
    assert [(event, facts["tried"], facts["why"]) for event, facts in told] == [
        ("waiting", tried, "Busy.") for tried in (1, 2, 3, 4)
    ]
    assert 4 * 10 <= clock.slept <= 4 * 10 + 16 + 4


def test_patience_is_for_one_page_so_that_a_long_reading_may_be_interrupted_often(
    clock: StillClock, patience: Patience
) -> None:
    saved, failed = [0], set[int]()

    def read(since: Cursor | None) -> Iterator[Page[Account]]:
        for at in range(int(since or 0), 7):
            if at not in failed:
                failed.add(at)
                raise TryAgain("Busy.")
            yield Page((Account(CrmId(str(at)), clock.now()),), Cursor(str(at + 1)))

    came = pull(
        read,
        lambda: Cursor(str(saved[-1])),
        lambda page: saved.append(int(page.cursor)),
        patience,
        lambda _: None,
    )

    assert (came, len(failed)) == (7, 7)


# Matching


def test_an_account_is_matched_by_its_npi_and_never_by_guessing(store: Store, clock: StillClock) -> None:
    npis = {"ok": "2000000010", "none": None, "typo": "2000000011", "one": "2000000028", "two": "2000000028"}
    rows = tuple(Account(CrmId(id_), clock.now(), None, {"npi": npi}) for id_, npi in npis.items())
    store.mirror.save_accounts(Page(rows, Cursor("1")), AccountFields("npi"))

    roster = store.mirror.roster()
    found = match(roster)

    assert roster.id[found.rows].tolist() == ["ok"]
    assert {problem.record for problem in found.unmatched} == {"none", "typo", "one", "two"}


def test_rows_of_one_parent_are_sent_next_to_one_another() -> None:
    changes = [Difference(CrmId(id_), "1", {}, {"Tier": "A"}) for id_ in ("a", "b", "c", "d", "e")]
    above = {CrmId("a"): "p2", CrmId("b"): "p1", CrmId("c"): None, CrmId("d"): "p2", CrmId("e"): "p1"}

    assert [change.id for change in by_parent(changes, above)] == ["c", "b", "e", "a", "d"]
