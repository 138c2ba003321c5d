"""Who hears of what in the morning: each change of state once, in one message, and nothing where nothing is new."""

from __future__ import annotations

from datetime import timedelta

from callplan.model import Npi, Sort, Suggestion
from connector.errors import TryAgain
from connector.store.plan import Coverage, Unmatched
from tests.conftest import TODAY
from tests.connector.samples import ADEYEMI, BRANDT, CASTILLO
from tests.digest.morning import KIM, PAT, ROBIN, Mornings, text_of
from tests.digest.post_office import PostOffice

TUESDAY = TODAY + timedelta(days=1)


def test_a_manager_hears_in_one_message_who_goes_cold_and_what_to_do(desk: Mornings) -> None:
    desk.goes_cold(BRANDT, at_risk=7)
    desk.goes_cold(ADEYEMI)

    to_pat, _ = desk.digest()

    assert to_pat["To"] == PAT
    assert to_pat["Subject"] == "2 accounts are going cold: Dr. Adeyemi, Dr. Brandt"
    told = text_of(to_pat)
    adeyemi = told[told.index("Dr. Adeyemi, Des Moines (kim@example.com)") : told.index("Dr. Brandt, Des Moines")]
    assert adeyemi.split("\n", 1)[1].strip().splitlines() == [
        "No counted visit since 14 Sep 2026; Tier A is seen every 30 days.",
        "  412 relevant procedures a year at risk.",
        "  Tier A: by tiers.csv.",
        "  Next step: book a visit.",
        "  https://crm.example.com/accounts/a000001",
    ]
    assert "Fewer than 11 relevant procedures a year at risk." in told


def test_nobody_is_told_twice_and_nothing_is_sent_where_nothing_is_new(desk: Mornings) -> None:
    desk.goes_cold(ADEYEMI)
    first = desk.digest()

    later = [desk.digest(), desk.digest()]
    desk.goes_cold(CASTILLO)
    new = desk.digest()

    assert (len(first), later) == (2, [[], []])
    assert {message["Subject"] for message in new} == {"1 account is going cold: Dr. Castillo"}


def test_who_heard_of_a_flag_hears_how_it_ended_and_nobody_else(desk: Mornings) -> None:
    desk.goes_cold(ADEYEMI, BRANDT)
    desk.digest()
    desk.goes_cold(CASTILLO)

    for npi in (ADEYEMI, CASTILLO):
        desk.is_seen(npi)
    desk.is_dismissed(BRANDT, "on sabbatical")
    told = text_of(desk.digest()[0])

    assert "2 flags have ended" in told
    assert "  Visited on 23 Nov 2026." in told
    assert "  Dismissed by Pat, until 23 Dec 2026: on sabbatical." in told
    assert "Castillo" not in told


def test_the_first_message_to_somebody_tells_what_is_open_and_not_what_was(desk: Mornings) -> None:
    desk.goes_cold(ADEYEMI, BRANDT)
    desk.is_seen(BRANDT)
    desk.digest()

    desk.say_whom(f"[{{email: {PAT}}}, {{email: lee@example.com, of: [{KIM}]}}]")
    (to_lee,) = desk.digest()

    assert to_lee["Subject"] == "1 account is going cold: Dr. Adeyemi"
    assert text_of(to_lee).startswith("This is the first digest here")


def test_a_manager_hears_of_nobody_else_s_reps(desk: Mornings) -> None:
    desk.goes_cold(ADEYEMI, rep="lee@example.com", manager="max@example.com")

    (only,) = desk.digest()

    assert only["To"] == ROBIN


def test_a_log_that_falls_silent_and_speaks_again_is_told_both_times(desk: Mornings) -> None:
    desk.store.flags.keep_gaps({KIM: TODAY - timedelta(days=14)}, TODAY)
    silent = desk.digest()[0]
    desk.store.flags.keep_gaps({}, TODAY)

    heard = desk.digest()[0]

    assert silent["Subject"] == "1 new logging gap: kim@example.com"
    assert "Nothing logged since 9 Nov 2026." in text_of(silent)
    assert "Logged again since 23 Nov 2026." in text_of(heard)


def test_how_many_wait_their_turn_is_told_beside_news_and_is_none_itself(desk: Mornings) -> None:
    waits = "waiting for its turn"
    desk.store.plan.save_coverage(
        Coverage(Npi(npi), "cold", 2.0, None, None, False, None, "", paused=waits) for npi in (BRANDT, CASTILLO)
    )

    nothing = desk.digest()
    desk.goes_cold(ADEYEMI)
    told = text_of(desk.digest()[0])

    assert nothing == []
    assert "2 more wait their turn" in told


def test_an_admin_hears_how_much_waits_and_by_which_command_and_again_if_it_comes_back(desk: Mornings) -> None:
    unmatched = [Unmatched(f"a{number}", "", "The account has no NPI.") for number in (7, 8)]
    desk.store.plan.save_unmatched(unmatched)
    desk.refused("a000001")

    (to_robin,) = desk.digest()
    desk.store.plan.save_unmatched([])
    quiet = desk.digest()
    desk.store.plan.save_unmatched(unmatched[:1])

    assert to_robin["To"] == ROBIN
    assert "1 record could not be written" in text_of(to_robin)
    assert "2 accounts match no provider\n" in text_of(to_robin)
    assert "`callplan status`" in text_of(to_robin)
    assert quiet == []
    assert desk.digest()[0]["Subject"] == "1 account matches no provider"


def test_an_admin_hears_once_of_each_case_in_the_unmatched_queue_however_many_suggestions_it_has(
    desk: Mornings,
) -> None:
    def night(*suggested: tuple[str, str]) -> None:
        found = [Suggestion(Sort.NPI, record, to, 50, "same name") for record, to in suggested]
        desk.store.matches.propose(found, (Sort.NPI,), desk.clock.now())

    night(("a7", ADEYEMI), ("a7", BRANDT))
    (first,) = desk.digest()
    night(("a7", CASTILLO))
    quiet = desk.digest()
    night(("a7", CASTILLO), ("a8", BRANDT))
    (second,) = desk.digest()

    assert (first["To"], first["Subject"]) == (ROBIN, "1 case waits in the unmatched queue")
    assert "`callplan matches` lists them" in " ".join(text_of(first).split())
    assert quiet == []
    assert second["Subject"] == "2 cases wait in the unmatched queue, 1 of them new"


def test_a_stopped_night_is_told_to_the_admin_once_and_is_on_top_of_a_manager_s_news(
    desk: Mornings, office: PostOffice
) -> None:
    desk.stopped_night(TUESDAY)

    to_robin, again = desk.digest(), desk.digest()
    desk.goes_cold(ADEYEMI)
    desk.digest()

    assert [message["Subject"] for message in to_robin] == [
        "The night of Tuesday 24 November 2026 stopped before it was done"
    ]
    assert again == []
    alarm = " ".join(text_of(to_robin[0]).split())
    assert "so the figures are those of the night of Monday 23 November 2026. Next step: Look at `callplan" in alarm
    assert "Why: A third of Tier A would go." in alarm
    to_pat = " ".join(text_of(office.to(PAT)[0]).split())
    assert to_pat.startswith("The night of Tuesday 24 November 2026 stopped before it was done, so the figures are")
    assert "A third of Tier A" not in to_pat


def test_a_night_that_did_not_run_is_told_on_each_morning_and_one_that_ran_is_not(desk: Mornings) -> None:
    mornings = [desk.digest(), desk.digest(days=1), desk.digest(days=1)]
    desk.night(TODAY + timedelta(days=2))

    assert [[message["Subject"] for message in morning] for morning in mornings] == [
        [],
        ["The night of Tuesday 24 November 2026 has not run"],
        ["The night of Wednesday 25 November 2026 has not run"],
    ]
    assert desk.digest() == []


def test_the_digest_goes_out_though_the_crm_does_not_answer(desk: Mornings) -> None:
    desk.goes_cold(ADEYEMI)
    desk.org.failures.extend([TryAgain("out of reach")] * 50)

    to_pat = desk.digest()[0]

    assert "Dr. Adeyemi, Des Moines" in text_of(to_pat)
    assert len(desk.org.failures) == 50


def test_neither_log_nor_store_of_what_was_told_holds_an_address(desk: Mornings) -> None:
    desk.goes_cold(ADEYEMI)
    desk.digest()

    told = [facts for event, facts in desk.told if event == "told"]

    assert [str(facts["recipient"]).split()[0] for facts in told] == ["email", "email"]
    assert "@" not in str(told)
