"""The queue on both databases: what is proposed and decided, and what accounts and interactions then count for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import event

from callplan.matching import suggest_npis
from callplan.model import Listed, Sort, Suggestion
from connector.contract import Account, CrmId, Cursor, Interaction, Kind, Page, Result
from connector.errors import NeedsHuman
from connector.store import Database, Store
from connector.store.matches import Decision
from connector.store.mirror import AccountFields
from connector.store.standing import ACCEPTED, LAPSED, REJECTED
from tests.conftest import StillClock
from tests.connector.samples import ADEYEMI, BRANDT

LONG = f"{ADEYEMI} and {BRANDT}, both at this desk"
SUGGESTED = (
    Suggestion(Sort.NPI, "a", ADEYEMI, 90, "same name"),
    Suggestion(Sort.DUPLICATE, "b", "a", 80, "same name"),
    Suggestion(Sort.VISIT, "v", "a", 70, "same hour", "gone"),
)
SORTS = (Sort.NPI, Sort.DUPLICATE, Sort.VISIT)


@pytest.fixture
def store(database: Database, clock: StillClock) -> Store:
    store, at = database.store("memory"), clock.now()
    accounts = tuple(
        Account(CrmId(id_), at, fields={"npi": npi}) for id_, npi in (("a", LONG), ("b", None), ("c", BRANDT))
    )
    store.mirror.save_accounts(Page(accounts, Cursor("1")), AccountFields("npi"))
    logged = (("u", "b"), ("v", "gone"), ("w", None))
    visits = tuple(Interaction(CrmId(i), CrmId(a) if a else None, Kind.VISIT, at, at, Result.DONE) for i, a in logged)
    store.mirror.save_interactions(Page(visits, Cursor("1")))
    store.matches.propose(SUGGESTED, SORTS, at)
    return store


def decided(store: Store, clock: StillClock, state: str = ACCEPTED) -> None:
    store.matches.decide([Decision(one.id, state, "Pat", "") for one in store.matches.all()], clock.now())


def counted(store: Store) -> dict[str, str]:
    found = store.mirror.interactions()
    return dict(zip(found.id.tolist(), found.account.tolist(), strict=True))


def test_what_is_accepted_stands_in_the_roster_and_in_the_log_and_beside_the_plan(
    store: Store, clock: StillClock
) -> None:
    before = (store.mirror.roster().npi.tolist(), counted(store))

    decided(store, clock)

    assert before == ([LONG[:20], "", BRANDT], {"u": "b", "v": "gone", "w": ""})
    assert store.mirror.roster().npi.tolist() == [ADEYEMI, "", BRANDT]
    assert counted(store) == {"u": "a", "v": "a", "w": ""}
    assert store.matches.accounts_of_interactions() == {"v": "a"}
    assert [side.npi for side in store.sides.of([CrmId("a"), CrmId("c")])] == [ADEYEMI, BRANDT]
    assert store.matches.logged.touched() == dict.fromkeys(["a", "gone", ""], (1, "2026-11-23"))
    visits = store.matches.logged.visits(clock.now(), clock.now())
    assert [(visit.id, visit.own, visit.account) for visit in visits] == [
        ("u", "b", "a"),
        ("v", "gone", "a"),
        ("w", "", ""),
    ]


def test_what_is_proposed_anew_keeps_its_number_and_what_is_no_longer_so_lapses(
    store: Store, clock: StillClock
) -> None:
    npi, duplicate, visit = store.matches.all()
    store.matches.decide([Decision(duplicate.id, REJECTED, "Pat", "two people")], clock.now())

    fresh = store.matches.propose([SUGGESTED[0], SUGGESTED[1]], SORTS, clock.now())
    again = store.matches.propose(SUGGESTED, SORTS, clock.now())

    assert (fresh, again) == (0, 1)
    states = {one.id: one.state for one in store.matches.all()}
    assert states == {npi.id: "proposed", duplicate.id: REJECTED, visit.id: "proposed"}
    assert store.matches.waiting() == {"npi": 1, "visit": 1}


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (lambda store: store.matches.propose([], SORTS, StillClock().now()), "has lapsed: no longer so"),
        (lambda store: None, "There is no match 99"),
    ],
)
def test_what_cannot_be_decided_leaves_everything_as_it_was(
    store: Store, clock: StillClock, happens: Callable[[Store], None], why: str
) -> None:
    first = store.matches.all()[0]
    happens(store)

    with pytest.raises(NeedsHuman, match=why):
        store.matches.decide([Decision(n, ACCEPTED, "Pat", "") for n in (first.id, 99)], clock.now())

    assert ACCEPTED not in {one.state for one in store.matches.all()}
    assert store.matches.all()[0].state in ("proposed", LAPSED)


def test_a_long_text_in_the_npi_s_field_is_kept_in_part(store: Store, clock: StillClock) -> None:
    accounts, providers = (
        Listed(*(np.array(column, dtype=np.str_) for column in ([id_], ["Fola Adeyemi"], [""], [""], ["50309"], [""])))
        for id_ in ("a", ADEYEMI)
    )

    found = suggest_npis(accounts, {"a": "see the notes " * 9}, providers, frozenset())
    store.matches.propose(found, SORTS, clock.now())

    assert [one.own for one in store.matches.all("proposed")] == [("see the notes " * 9)[:64]]


def test_what_a_person_decides_while_a_night_proposes_stands(store: Store, clock: StillClock) -> None:
    npi, duplicate, _visit = store.matches.all()
    engine, waits = store.database.engine, [True]

    @event.listens_for(engine, "checkin")
    def _(_connection: object, _record: object) -> None:  # the night has read what there is
        if waits and waits.pop():
            made = [Decision(one.id, REJECTED, "Pat", "") for one in (npi, duplicate)]
            store.matches.decide(made, clock.now())

    store.matches.propose([replace(SUGGESTED[0], confidence=50)], SORTS, clock.now())

    assert {one.state for one in store.matches.all() if one.id in (npi.id, duplicate.id)} == {REJECTED}
