"""Plan and mirror side by side: only accounts that may differ are looked at, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from callplan.model import Npi, Tier
from connector.contract import Account, CrmId, Cursor, Outcome, Page, Value, Verdict
from connector.store import Database, Store
from connector.store.journal import Difference
from connector.store.mirror import AccountFields
from connector.store.plan import Assignment, Carried, Coverage, Stop
from connector.store.sides import in_groups

NOW, DAY = datetime(2026, 11, 23, 7, tzinfo=UTC), date(2026, 11, 1)
FIELDS = {"tier": "Tier", "tier_since": "Since", "going_cold": "Cold", "call_order": "Order", "volume": "Volume"}
SAYS: dict[str, Value] = {"Tier": "A", "Since": "2026-11-01", "Cold": True, "Order": 3, "Volume": 214}
NPI = "1000000004"


@pytest.fixture
def store(database: Database) -> Store:
    store = database.store("salesforce")
    plan = [Assignment(Npi(NPI), Tier.A, DAY, None, 213.6, 94.0, "...", "Cardiology", "v1")]
    store.plan.save_assignments(plan)
    store.plan.save_coverage([Coverage(Npi(NPI), "cold", 1.2, DAY, None, True, DAY, "No visit.")])
    store.plan.save_call_list([Stop(Npi(NPI), "kim@example.com", DAY, DAY, 3, None, "")])
    return store


def put(store: Store, *, gone: bool = False, **accounts: dict[str, Value]) -> None:
    rows = tuple(
        Account(CrmId(id_), NOW, "kim@example.com", {"NPI": NPI, **fields}, gone=gone)
        for id_, fields in accounts.items()
    )
    store.mirror.save_accounts(Page(rows, Cursor("1")), AccountFields(npi="NPI", said=in_groups(FIELDS)))


def found(store: Store) -> tuple[list[str], list[str], int]:
    suspects = store.sides.suspects(FIELDS)
    return list(suspects.differing), list(suspects.unplanned), suspects.planned


def test_an_account_that_says_what_is_planned_is_no_suspect(store: Store) -> None:
    put(store, one=SAYS)

    assert found(store) == ([], [], 1)


@pytest.mark.parametrize("name", SAYS)
@pytest.mark.parametrize("value", [None, "", "x", 0])
def test_any_other_value_makes_a_suspect(store: Store, name: str, value: Value) -> None:
    put(store, one={**SAYS, name: value})

    assert found(store) == (["one"], [], 1)


def test_a_field_that_was_never_read_makes_a_suspect(store: Store) -> None:
    put(store, one={name: value for name, value in SAYS.items() if name != "Order"})

    assert found(store) == (["one"], [], 1)


def test_numbers_and_flags_are_compared_as_values_not_as_text(store: Store) -> None:
    put(store, one={**SAYS, "Order": 3.0, "Volume": 214.0})

    assert found(store) == ([], [], 1)


def test_two_accounts_with_one_npi_are_both_without_a_plan(store: Store) -> None:
    put(store, one=SAYS, two={})

    assert found(store) == ([], ["one", "two"], 0)


@pytest.mark.parametrize("npi", [None, "", "1000000012", "01000000004", "١٠٠٠٠٠٠٠٠٤", "not an NPI"])
def test_an_account_with_another_npi_has_no_plan_and_takes_none_away(store: Store, npi: Value) -> None:
    put(store, one=SAYS, two={**SAYS, "NPI": npi})

    assert found(store) == ([], ["two"], 1)


def test_a_deleted_account_is_neither(store: Store) -> None:
    put(store, one=SAYS)
    put(store, gone=True, two=SAYS)

    assert found(store) == ([], [], 1)


def test_a_selection_counts_only_its_own(store: Store) -> None:
    put(store, one={})

    assert store.sides.suspects(FIELDS, lambda npi, id_, owner: owner == "ana@example.com").planned == 0
    assert store.sides.suspects(FIELDS, lambda npi, id_, owner: (npi, id_) == (NPI, "one")).differing == ["one"]


def test_both_sides_and_what_we_last_wrote_come_together(store: Store) -> None:
    put(store, one={"Tier": "B"})
    batch = [Difference(CrmId("one"), NPI, {}, {"Tier": "B"})]
    run = store.journal.begin_run("push", DAY, NOW)
    numbers = store.journal.intend(run, batch, NOW)
    assert list(store.sides.of([CrmId("one")], written=True)) == []

    store.journal.settle(run, numbers, batch, [Outcome(CrmId("one"), Verdict.WRITTEN)], NOW)

    (side,) = store.sides.of([CrmId("one")], written=True)
    assert (side.planned["tier"], side.present["Tier"], side.written) == ("A", "B", {"Tier": "B"})
    assert side.planned == store.sides.planned(Npi(NPI))
    assert side.planned["going_cold"] is True
    assert side.planned["volume"] == 214


@pytest.mark.parametrize(("volume", "told"), [(None, None), (0.0, None), (10.0, None), (11.0, 11), (300.4, 300)])
def test_a_volume_of_1_to_10_is_never_told(store: Store, volume: float | None, told: int | None) -> None:
    """Values this small may point at patients."""
    store.plan.save_assignments([Assignment(Npi(NPI), Tier.B, DAY, None, volume, None, "", "", "v1")])

    assert store.sides.planned(Npi(NPI))["volume"] == told


# Carried columns

CARRYING = {**FIELDS, "carry.phone": "Phone", "carry.paid": "Paid", "carry.own": "Own"}
CARRIED: dict[str, Value] = {"Phone": 'Zürich "1"', "Paid": 12.0, "Own": True}


@pytest.mark.parametrize(
    ("said", "differs"),
    [({}, False), ({"Paid": 12}, False), ({"Paid": 13}, True), ({"Phone": None}, True), ({"Own": False}, True)],
)
def test_carried_columns_are_compared_with_all_else(store: Store, said: dict[str, Value], differs: bool) -> None:
    store.plan.save_carried([Carried(Npi(NPI), {"phone": 'Zürich "1"', "paid": 12, "own": True, "left": "x"})])
    fields = {"NPI": NPI, **SAYS, **CARRIED, **said}
    page = Page((Account(CrmId("one"), NOW, None, fields),), Cursor("1"))
    store.mirror.save_accounts(page, AccountFields(npi="NPI", said=in_groups(CARRYING)))

    assert store.sides.suspects(CARRYING).differing == (["one"] if differs else [])
    (side,) = store.sides.of([CrmId("one")])
    assert side.planned["carry.phone"] == 'Zürich "1"'
    assert side.planned == store.sides.planned(Npi(NPI))


def test_an_account_of_which_nothing_is_carried_says_nothing_of_it(store: Store) -> None:
    fields = {"NPI": NPI, **SAYS, "Phone": None, "Paid": None}
    page = Page((Account(CrmId("one"), NOW, None, fields),), Cursor("1"))
    store.mirror.save_accounts(page, AccountFields(npi="NPI", said=in_groups(CARRYING)))

    assert store.sides.suspects(CARRYING).differing == []
    assert "carry.phone" not in store.sides.planned(Npi(NPI))
