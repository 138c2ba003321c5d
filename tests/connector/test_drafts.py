"""What was made to be looked at: the newest of each, told page by page; a night that is asked for is asked for once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from connector.store import Database
from connector.store.drafts import New, Row
from connector.store.nights import Nights
from connector.store.reads.paging import LOOKED, PAGE
from connector.store.reads.plan import Wanted, newest, rows_of
from connector.store.reads.runs import spent
from tests.conftest import TODAY, StillClock

KIM = "kim@example.com"
NOW = StillClock().now()
PLAN = New("plan", 1, "abc", TODAY, NOW, KIM, {"records": 1})


def row(number: int, **after: str) -> Row:
    return Row(f"a{number}", f"{number:010d}", dict.fromkeys(after), after, "B > A" if "tier" in after else "")


def test_of_each_plan_and_each_run_the_newest_is_kept_for_a_week(database: Database) -> None:
    drafts = database.store("memory").drafts
    drafts.save(PLAN, [row(1, tier="A")])
    drafts.save(replace(PLAN, about="undo 7", made=NOW - timedelta(days=8)), [row(1, tier="A")])
    number = drafts.save(replace(PLAN, hash="def"), [row(2, tier="A")])

    with database.reading() as connection:
        plan = newest(connection, "memory", "plan")
        assert plan is not None
        assert (plan.hash, plan.id) == ("def", number)
        assert [one.record for one in rows_of(connection, "memory", number, Wanted()).rows] == ["a2"]
        assert newest(connection, "memory", "undo 7") is None
        assert newest(connection, "other", "plan") is None


def test_a_page_looks_at_so_many_rows_and_says_where_it_goes_on(database: Database) -> None:
    rows = [row(number, **({"tier": "A"} if number == LOOKED else {"volume": "9"})) for number in range(LOOKED + 1)]
    number = database.store("memory").drafts.save(PLAN, rows)

    with database.reading() as connection:
        first = rows_of(connection, "memory", number, Wanted())
        nothing = rows_of(connection, "memory", number, Wanted(field="tier"))
        assert nothing.after is not None
        rest = rows_of(connection, "memory", number, Wanted(field="tier"), nothing.after)
        moved = rows_of(connection, "memory", number, Wanted(move="B > A"))
        one = rows_of(connection, "memory", number, Wanted(who=f"{7:010d}"))

    assert (len(first.rows), first.after) == (PAGE, PAGE - 1)
    assert (nothing.rows, nothing.after) == ((), LOOKED - 1)
    assert ([found.record for found in rest.rows], rest.after) == ([f"a{LOOKED}"], None)
    assert [found.record for found in (*moved.rows, *one.rows)] == [f"a{LOOKED}", "a7"]


def test_a_night_is_asked_for_once_until_it_is_over(database: Database) -> None:
    nights: Nights = database.nights
    asked = [nights.ask("memory", "nightly", NOW + timedelta(minutes=more), KIM) for more in (0, 0, 1)]
    night = nights.take("worker", NOW)
    assert night
    running = nights.ask("memory", "nightly", NOW + timedelta(minutes=2), KIM)
    nights.finish(night, "done", NOW)

    assert (asked, running, night.by) == ([True, False, False], False, KIM)
    assert nights.ask("memory", "nightly", NOW + timedelta(minutes=3), KIM)


def test_the_meter_keeps_what_the_crm_said_of_its_quota(database: Database) -> None:
    meter = database.store("memory").meter
    for quota in (None, 4_000, None):
        meter.count(TODAY, quota)

    with database.reading() as connection:
        yesterday, today = spent(connection, "memory", TODAY, 2)
    assert (yesterday.calls, yesterday.quota) == (0, None)
    assert (today.calls, today.quota) == (3, 4_000)
