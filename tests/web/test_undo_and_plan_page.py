"""What is approved on a page is what was shown there, or nothing; of a guarded plan another admin decides."""

from __future__ import annotations

import re

from connector.store.reads.plan import newest
from tests.web.house import ADEYEMI, ALEX, DIAZ, ROBIN, House
from tests.web.test_runs_in_a_browser import more_a_than_a_guard_allows
from tests.web.working import work

UNDO, PLAN = "/memory/runs/1/undo", "/memory/plan"


def hash_of(home: House, about: str) -> tuple[str, str]:
    """Of what was made to be looked at, and its number."""
    with home.site.database.reading() as connection:
        draft = newest(connection, "memory", about)
    assert draft
    return draft.hash, str(draft.id)


def looked_at(home: House, path: str) -> dict[str, str]:
    """The form of a page once a worker has made what it shows."""
    home.post(path, ROBIN)
    work(home)
    home.desk.clock.sleep(60)
    made, draft = hash_of(home, "plan" if path == PLAN else "undo 1")
    return {"hash": made, "draft": draft, "typed": made if path == PLAN else "1"}


def notes(home: House, event: str) -> list[str]:
    audit = home.desk.folder / "callplan.db.audit.jsonl"
    return [line for line in audit.read_text().splitlines() if f'"event": "{event}"' in line]


def test_a_run_is_not_taken_back_if_the_crm_has_moved_since_the_look(home: House) -> None:
    form, account = looked_at(home, f"{UNDO}/look"), home.account(ADEYEMI)
    home.desk.org.edit(account, tier="B")

    home.post(UNDO, ROBIN, form)
    work(home)

    assert home.desk.says(account, "tier", "tier_since") == ("B", "2026-11-23")
    assert home.site.database.nights.last("memory")[0].state == "stopped"
    assert "would go back is not what was looked at. Nothing was written." in home.get(UNDO, ROBIN)[1]


def test_a_form_of_an_earlier_look_and_one_without_the_runs_number_do_nothing(home: House) -> None:
    form = looked_at(home, f"{UNDO}/look")

    wrong = home.post(UNDO, ROBIN, {**form, "typed": "2"})[0]
    earlier = home.post(UNDO, ROBIN, {**form, "hash": "0" * 16})[0]

    assert (wrong, earlier, work(home)) == (400, 409, 0)
    assert home.desk.says(home.account(ADEYEMI), "tier") == ("A",)


def test_a_run_goes_back_once_with_who_did_it_on_record(home: House) -> None:
    form = looked_at(home, f"{UNDO}/look")

    done = [home.post(UNDO, ROBIN, form)[0]]
    work(home)
    home.desk.clock.sleep(60)
    done.append(home.post(UNDO, ROBIN, form)[0])

    assert done == [303, 409]
    assert [f'"by": "{ROBIN}"' in line for line in notes(home, "undo approved")] == [True]


def test_what_stays_because_somebody_changed_it_is_told_beside_what_would_go_back(home: House) -> None:
    home.desk.org.edit(home.account(ADEYEMI), tier="B")
    looked_at(home, f"{UNDO}/look")

    page, sheet = home.get(UNDO, ROBIN)[1], home.get(f"{UNDO}.csv", ROBIN)[1]

    assert "1 field changed since, left as it is" in page
    assert "is B, run 1 wrote A" in page
    assert not re.search(rf"{ADEYEMI},tier,", sheet)
    assert f"{DIAZ},tier,B," in sheet


def test_a_wrong_hash_approves_no_plan(home: House) -> None:
    more_a_than_a_guard_allows(home)
    form = looked_at(home, PLAN)

    refused = home.post(f"{PLAN}/approve", ROBIN, {**form, "typed": "0" * 16})[0]

    assert (refused, work(home), home.desk.says(home.account(DIAZ), "tier")) == (400, 0, ("B",))
    assert notes(home, "plan approved") == []


def test_a_plan_that_a_guard_would_stop_is_approved_by_another_admin_than_had_it_made(home: House) -> None:
    more_a_than_a_guard_allows(home)
    form = looked_at(home, PLAN)
    home.session(ALEX)

    own = home.post(f"{PLAN}/approve", ROBIN, form)[0]
    others = home.post(f"{PLAN}/approve", ALEX, form)[0]
    work(home)

    assert (own, others) == (403, 303)
    assert home.desk.says(home.account(DIAZ), "tier") == ("A",)
    assert f'"by": "{ALEX}"' in notes(home, "plan approved")[0]


def test_an_approved_plan_is_not_carried_out_if_anything_has_changed_since(home: House) -> None:
    more_a_than_a_guard_allows(home)
    form, account = looked_at(home, PLAN), home.account(DIAZ)
    home.desk.org.edit(account, tier_reason="Ask Dana first.")

    home.post(f"{PLAN}/approve", ROBIN, form)
    work(home)

    assert home.desk.says(account, "tier") == ("B",)
    assert "is not what would be written now" in home.get(PLAN, ROBIN)[1]


def test_a_plan_is_approved_once(home: House) -> None:
    more_a_than_a_guard_allows(home)
    form = looked_at(home, PLAN)

    first = home.post(f"{PLAN}/approve", ROBIN, form)[0]
    work(home)
    home.desk.clock.sleep(60)
    again = home.post(f"{PLAN}/approve", ROBIN, form)[0]

    assert (first, again) == (303, 409)
    assert "Carried out by" in home.get(PLAN, ROBIN)[1]


def test_a_plan_of_another_day_cannot_be_approved(home: House) -> None:
    more_a_than_a_guard_allows(home)
    form = looked_at(home, PLAN)
    home.desk.clock.sleep(24 * 60 * 60)

    assert home.post(f"{PLAN}/approve", ROBIN, form)[0] == 409
    assert "It was made for 23 Nov 2026: make a new one." in home.get(PLAN, ROBIN)[1]


def test_a_plan_is_looked_through_by_move_of_tier_and_by_field(home: House) -> None:
    more_a_than_a_guard_allows(home)
    looked_at(home, PLAN)

    moved = home.get(f"{PLAN}?move=B+%3E+A", ROBIN)[1]
    field = home.get(f"{PLAN}?field=tier", ROBIN)[1]

    assert f"NPI {DIAZ}" in moved
    assert "<code>tier</code> <span" in field
    assert "<code>tier_reason</code> <span" not in field
    assert "No record like that." in home.get(f"{PLAN}?who={ADEYEMI}&move=B+%3E+A", ROBIN)[1]
