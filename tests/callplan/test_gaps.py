"""Logs that have fallen silent: counted in the rep's own working days, one gap where it is everybody's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from callplan.gaps import Diary, Silence, find_gaps, say_gaps
from callplan.model import GapRules

TODAY = date(2026, 11, 23)  # a Monday
KIM, LEE = "kim@example.com", "lee@example.com"
WEEK = (True,) * 5 + (False,) * 2
LEAVE = frozenset(date(2026, 11, 9) + timedelta(days=n) for n in range(5))


def diary(rep: str, last: date | None, off: frozenset[date] = frozenset(), weekdays: tuple[bool, ...] = WEEK) -> Diary:
    return Diary(rep, last, date(2026, 11, 2), weekdays, off)


def gaps(*diaries: Diary, team: date | None, excused: date | None = None, standing: tuple[str, ...] = ()) -> Silence:
    return find_gaps(diaries, team, excused, frozenset(standing), GapRules(), TODAY)


@pytest.mark.parametrize(
    ("last", "off", "weekdays", "silent"),
    [
        (date(2026, 11, 6), frozenset(), WEEK, True),  # ten days, 9 to 20 November
        (date(2026, 11, 9), frozenset(), WEEK, False),  # nine
        (date(2026, 11, 6), LEAVE, WEEK, False),  # five, beside a week of leave
        (date(2026, 11, 6), frozenset(), (True, False) * 3 + (False,), False),  # six: three days a week
        (None, frozenset(), WEEK, True),  # never, and fourteen days since there has been anything to log
    ],
)
def test_a_rep_s_silence_is_counted_in_the_days_that_the_rep_works(
    last: date | None, off: frozenset[date], weekdays: tuple[bool, ...], silent: bool
) -> None:
    found = gaps(diary(KIM, last, off, weekdays), team=TODAY - timedelta(days=1))

    assert found == Silence(False, (KIM,) if silent else ())


def test_where_nobody_logs_anything_it_is_one_gap_and_no_rep_is_named_beside_it() -> None:
    """17 November was a Tuesday: three working days."""
    old = date(2026, 11, 3)

    assert gaps(diary(KIM, date(2026, 11, 17)), diary(LEE, old), team=date(2026, 11, 17)) == Silence(True, ())
    assert gaps(diary(KIM, date(2026, 11, 18)), diary(LEE, old), team=date(2026, 11, 18)) == Silence(False, (LEE,))


def test_days_on_which_all_are_off_are_no_silence_of_the_team() -> None:
    off = frozenset(date(2026, 11, 18) + timedelta(days=n) for n in range(3))

    found = gaps(diary(KIM, None, off), diary(LEE, None, off), team=date(2026, 11, 17))

    assert not found.team


def test_after_a_gap_of_everybody_nobody_is_called_silent_for_the_days_that_all_lack() -> None:
    last = date(2026, 11, 3)

    assert gaps(diary(KIM, last), team=TODAY, excused=date(2026, 11, 20)).reps == ()
    assert gaps(diary(KIM, last), team=TODAY, excused=date(2026, 11, 20), standing=(KIM,)).reps == (KIM,)


def test_gaps_are_told_in_one_sentence_with_what_to_do() -> None:
    assert say_gaps({}) == ""
    assert say_gaps({"": date(2026, 11, 17)}).startswith("Logging gap: nobody has logged anything since 17 Nov 2026.")
    assert say_gaps({LEE: None, KIM: date(2026, 11, 6)}).startswith(
        f"Logging gap: {KIM} has logged nothing since 6 Nov 2026; {LEE} has never logged anything. No account of theirs"
    )
