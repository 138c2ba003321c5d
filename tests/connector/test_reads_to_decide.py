"""What pages ask of matches, challenges and weeks, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, date, datetime

from callplan.model import Npi, Sort, Suggestion, Tier
from connector.contract import CrmId
from connector.store import Database, Store
from connector.store.books import Held
from connector.store.overrides import Proposal
from connector.store.plan import Assignment, Attained, Coverage
from connector.store.reads.challenges import challenges, locks
from connector.store.reads.coverage import Cycle, cycles, weeks
from connector.store.reads.matches import PAGE, After, Queue, queue, waiting
from connector.store.reads.sees import EVERYTHING, Sees

NOW, TODAY, MONDAY = datetime(2026, 11, 25, 7, tzinfo=UTC), date(2026, 11, 25), date(2026, 11, 23)
KIM, LEE = "kim@example.com", "lee@example.com"
ADEYEMI, BRANDT = Npi("1000000004"), Npi("1000000012")
QUEUE = Queue("npi", "proposed", least=50)


def decided_by_the_night(store: Store) -> None:
    """Dr. Adeyemi is Kim's and on track, Dr. Brandt Lee's and cold; both are Tier A."""
    store.books.keep({ADEYEMI: Held(CrmId("001A"), KIM), BRANDT: Held(CrmId("001B"), LEE)})
    store.plan.save_assignments(
        Assignment(npi, Tier.A, TODAY, None, 412.0, 94.0, "Tier A: ...", "Cardiology", "v1")
        for npi in (ADEYEMI, BRANDT)
    )
    states = ((ADEYEMI, "on_track"), (BRANDT, "cold"))
    store.plan.save_coverage(Coverage(npi, state, 1.0, None, None, False, None, "") for npi, state in states)
    store.plan.save_attainments([Attained(ADEYEMI, "2026-Q4", 6, 9), Attained(BRANDT, "2026-Q4", 6, 2)])
    store.tallies.keep(TODAY)


def test_what_waits_is_read_page_by_page_the_surest_first(database: Database) -> None:
    store = database.store("salesforce")
    found = [Suggestion(Sort.NPI, f"x{at:03d}", "1000000004", 40 + at % 40, "same name", "") for at in range(120)]
    store.matches.propose(found, [Sort.NPI], NOW)

    with database.reading() as connection:
        first = queue(connection, "salesforce", QUEUE)
        last = first[PAGE - 1].kept
        second = queue(connection, "salesforce", QUEUE, After(last.confidence, last.id))
        counted = waiting(connection, "salesforce")

    shown = [row.kept for row in (*first[:PAGE], *second)]
    assert (len(first), len(shown), len({one.id for one in shown})) == (PAGE + 1, 90, 90)
    assert [one.confidence for one in shown] == sorted((one.confidence for one in shown), reverse=True)
    assert (counted["npi"], counted["visit"]) == (120, 0)


def test_a_challenge_is_its_teams_and_a_lock_is_held_until_its_day(database: Database) -> None:
    store = database.store("salesforce")
    decided_by_the_night(store)
    tier = Proposal(CrmId("001A"), ADEYEMI, "Tier__c", "A", "C")
    store.overrides.propose([tier], NOW)
    store.overrides.lock(Proposal(CrmId("001B"), BRANDT, "Tier__c", "A", "B"), "Pat", "new to us", TODAY, NOW)

    def told(day: date, sees: Sees) -> tuple[list[str], list[str]]:
        with database.reading() as connection:
            found = challenges(connection, "salesforce", sees), locks(connection, "salesforce", sees, day)
        return [one.npi for one in found[0]], [one.npi for one in found[1]]

    assert told(TODAY, EVERYTHING) == ([ADEYEMI], [BRANDT])
    assert told(TODAY, Sees(frozenset({KIM}))) == ([ADEYEMI], [])
    assert told(date(2026, 11, 26), Sees(but=frozenset({KIM}))) == ([], [])


def test_a_week_is_counted_by_rep_and_together_and_again_over_itself(database: Database) -> None:
    store = database.store("salesforce")
    decided_by_the_night(store)
    store.tallies.keep(TODAY)

    with database.reading() as connection:
        [together] = weeks(connection, "salesforce", EVERYTHING, MONDAY)
        [but_kims] = weeks(connection, "salesforce", Sees(but=frozenset({KIM})), MONDAY)
        by_rep = cycles(connection, "salesforce", EVERYTHING, MONDAY)

    standing = {("A", "on_track"): 1, ("A", "cold"): 1, ("", "calls"): 8, ("", "goal"): 12}
    assert (together.week, together.day, together.numbers) == (MONDAY, TODAY, standing)
    assert but_kims.numbers == {("A", "on_track"): 0, ("A", "cold"): 1, ("", "calls"): 2, ("", "goal"): 6}
    assert by_rep == [Cycle(KIM, 6, 6), Cycle(LEE, 2, 6)]
