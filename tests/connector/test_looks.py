"""What is looked at by name: once a week what no reading tells of, and always what was marked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

import pytest

import adapters.memory
from adapters.memory.org import Org
from connector.contract import Account, Crm, CrmId, Cursor, Interaction, Kind, Mark, Page, Reading, Result
from connector.errors import TryAgain
from connector.store import Store, looks, open_database
from connector.store.mirror import AccountFields
from connector.sync import look as look_at
from connector.sync.look import Look
from connector.sync.patience import Patience
from tests.conftest import StillClock

VISITS = frozenset({Kind.VISIT})
NAMES = AccountFields(npi="npi")
READING = Reading("account", ("npi",), ("log",))
A_DAY, BACK = timedelta(days=1), timedelta(days=180)


class Bench:
    """A memory CRM that tells of no deleted visits, and what a night does by name."""

    def __init__(self, store: Store, clock: StillClock) -> None:
        self.store, self.clock, self.org, self.deliveries = store, clock, Org(clock), count()
        self.crm: Crm = adapters.memory.connect(adapters.memory.Settings(), READING, clock=clock, transport=self.org)

    def log(self, id_: str, kind: Kind = Kind.VISIT, days: int = 3) -> CrmId:
        at = self.clock.now() - timedelta(days=days)
        return self.org.log(Interaction(CrmId(id_), CrmId("a1"), kind, at, at, Result.DONE))

    def read(self) -> None:
        for page in self.crm.interactions(None):
            self.store.mirror.save_interactions(page)

    def forget(self, id_: CrmId) -> None:
        """Deleted, and told by nobody."""
        del self.org.interactions[id_]

    def night(self) -> int:
        now = self.clock.now()
        patience = Patience(self.clock, Random(7), tries=1)
        done = Look(self.crm, self.store.looks, READING, NAMES, patience).at(
            self.store.looks.due(VISITS, now - BACK, now)
        )
        self.clock.sleep(A_DAY.total_seconds())
        return done

    def there(self) -> list[str]:
        return sorted(self.store.mirror.interactions().id.tolist())

    def mark(self, object: str, id_: str) -> None:
        self.store.marks.hear(f"delivery {next(self.deliveries)}", [Mark(object, CrmId(id_))], NOW)


NOW = datetime.fromisoformat("2026-11-23T07:00:00+00:00")


@pytest.fixture
def bench(store_url: str, clock: StillClock) -> Iterator[Bench]:
    database = open_database(store_url)
    yield Bench(database.store("memory"), clock)
    database.engine.dispose()


def test_a_deleted_visit_of_which_nobody_tells_is_gone_within_a_week(bench: Bench) -> None:
    deleted, _stays, call = bench.log("i1"), bench.log("i2"), bench.log("i3", Kind.CALL)
    bench.read()
    bench.forget(deleted)
    bench.forget(call)

    looked = [bench.night() for _ in range(15)]

    assert looked == [0] * 7 + [2] + [0] * 6 + [1]
    assert bench.there() == ["i2", "i3"]  # of calls, the reading tells


def test_what_is_too_old_to_decide_is_not_looked_at_and_what_lies_ahead_is(bench: Bench) -> None:
    bench.log("old", days=200)
    bench.log("ahead", days=-30)
    bench.read()

    assert [bench.night() for _ in range(8)] == [0] * 7 + [1]


def test_a_visit_that_changed_unseen_is_as_it_is_now(bench: Bench) -> None:
    moved = bench.log("i1")
    bench.read()
    held = bench.org.interactions[moved]
    bench.org.interactions[moved] = Interaction(moved, CrmId("a2"), Kind.VISIT, held.at, held.modified, Result.NO_SHOW)

    for _ in range(8):
        bench.night()

    seen = bench.store.mirror.interactions()
    assert (seen.account.tolist(), seen.result.tolist()) == (["a2"], ["no_show"])


def test_many_are_looked_at_over_the_nights_of_a_week_and_each_comes_round(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "MOST", 2)
    monkeypatch.setattr(look_at, "PART", 2)
    ids = [bench.log(f"i{n:02d}") for n in range(25)]
    bench.read()
    bench.night()
    for id_ in ids[::2]:
        bench.forget(id_)

    looked = [bench.night() for _ in range(14)]

    assert max(looked) <= 4  # a seventh of them
    assert bench.there() == [str(id_) for id_ in ids[1::2]]


def test_a_look_that_breaks_off_goes_on_where_it_was(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_at, "PART", 2)
    ids = [bench.log(f"i{n}") for n in range(5)]
    bench.read()
    for _ in range(7):
        bench.night()
    bench.forget(ids[0])
    bench.forget(ids[4])
    bench.org.failures.extend([None, TryAgain("Busy.", after=1)])

    with pytest.raises(TryAgain):
        bench.night()
    asked = bench.org.calls_left
    looked = bench.night()

    assert (looked, asked - bench.org.calls_left) == (3, 2)
    assert bench.there() == ["i1", "i2", "i3"]


def test_what_was_marked_is_looked_at_in_the_next_night_and_once(bench: Bench) -> None:
    deleted = bench.log("i1")
    bench.read()
    bench.forget(deleted)
    for _ in range(3):
        bench.mark("log", deleted)

    assert [bench.night(), bench.night()] == [1, 0]
    assert (bench.there(), bench.store.marks.standing()) == ([], [])


def test_a_mark_that_is_made_while_we_look_stays(bench: Bench) -> None:
    one, other = bench.log("i1"), bench.log("i2")
    bench.mark("log", one)
    bench.mark("log", other)
    seen = bench.store.looks.due(VISITS, bench.clock.now(), bench.clock.now())
    bench.mark("log", one)

    Look(bench.crm, bench.store.looks, READING, NAMES, Patience(bench.clock, Random(7))).at(seen)

    assert [mark.id for mark in bench.store.marks.standing()] == [one]


def test_a_marked_account_is_saved_as_it_is_and_one_that_is_missing_is_gone(bench: Bench) -> None:
    bench.org.accounts[CrmId("a1")] = Account(CrmId("a1"), NOW, "kim@example.com", {"npi": "2000000012"})
    merged = Account(CrmId("a2"), NOW, fields={"npi": "2000000020"}, gone=True, merged_into=CrmId("a1"))
    missing = Account(CrmId("a3"), NOW, fields={"npi": "2000000038"})
    bench.store.mirror.save_accounts(Page((merged, missing), Cursor("1")), NAMES)
    bench.store.mirror.save_interactions(
        Page((Interaction(CrmId("i1"), CrmId("a2"), Kind.VISIT, NOW, NOW, Result.DONE),), Cursor("1"))
    )
    for id_ in ("a1", "a2", "a3"):
        bench.mark("account", id_)

    assert bench.night() == 3

    assert bench.store.mirror.roster().id.tolist() == ["a1"]
    assert bench.store.mirror.interactions().account.tolist() == ["a1"]  # where it was merged to is not forgotten


def test_a_mark_of_an_object_that_is_not_read_goes_without_a_call(bench: Bench) -> None:
    bench.mark("tickets", "1")
    before = bench.org.calls_left

    assert (bench.night(), bench.org.calls_left) == (0, before)
    assert bench.store.marks.standing() == []


def test_a_delivery_is_heard_once_by_any_process_and_again_only_when_it_would_be_stale(store_url: str) -> None:
    one, other = (open_database(store_url).store("hubspot").marks for _ in range(2))
    found = [Mark("meetings", CrmId("meetings/1")), Mark("meetings", CrmId("meetings/1"))]

    heard = [one.hear("seal", found, NOW), other.hear("seal", found, NOW), other.hear("another", found, NOW)]

    assert heard == [True, False, True]
    assert [(mark.id, mark.times) for mark in one.standing()] == [("meetings/1", 2)]
    assert one.hear("seal", [], NOW + timedelta(minutes=16))
