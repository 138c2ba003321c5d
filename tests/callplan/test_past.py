"""What alerts about silent accounts would have been worth, on logs whose answers can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callplan.alerts import first_alert
from callplan.model import AlertScore, ColdTestRules, Log, QuietTestRules, Rule
from callplan.past import look_back
from callplan.quiet import Ranking, _snapshots
from callplan.silences import carried, silences
from callplan.survival import survival

MONDAY = date(2024, 1, 1)
END = MONDAY + timedelta(days=200)
MONTHLY = ColdTestRules({"A": 30.0}, (1.0,), resamples=0)
Visit = tuple[str, int, int]  # account, its day, and the day on which it was put on record, both after MONDAY


def log_of(*visits: Visit, tier: Sequence[str] = (), kind: Sequence[str] = ()) -> Log:
    n, none = len(visits), np.full(len(visits), "")
    numbers = np.array([visit[1:] for visit in visits]).T
    day, created = np.datetime64(MONDAY, "D") + numbers.astype("timedelta64[D]")
    tiers = np.array(tier) if tier else np.full(n, "A")
    return Log(np.array([v[0] for v in visits]), day, created, tiers, none, np.array(kind) if kind else none, none)


def on_time(account: str, *days: int) -> tuple[Visit, ...]:
    return tuple((account, day, day) for day in days)


def scores(log: Log, rules: ColdTestRules = MONTHLY, counted: Sequence[bool] = ()) -> dict[Rule, AlertScore]:
    counts = np.array(counted) if counted else np.ones(len(log.day), dtype=np.bool_)
    found = look_back(log, counts, END, rules, np.random.default_rng(1)).alerts
    tiers = {score.tier for score in found}
    return {score.rule: score for score in found if len(tiers) == 1 or score.tier == "all accounts"}


# How long silences last


def test_a_silence_whose_end_is_not_seen_counts_as_far_as_it_was_followed() -> None:
    last = survival(np.array([10, 20, 30, 40]), np.array([True, True, False, True]))

    # Of four, one ends at 10; of the three left, one at 20; the third is lost sight of at 30; the last ends at 40.
    assert [last.before(day) for day in (10, 10.1, 20, 20.5, 40, 41)] == pytest.approx([1, 0.75, 0.75, 0.5, 0.5, 0])


def test_beyond_what_anybody_was_followed_nothing_is_known() -> None:
    last = survival(np.array([10, 30]), np.array([True, False]))

    assert last.before(31) == 0.5
    assert np.isnan(last.before(32))
    assert (last.at_most(31), last.at_most(32), last.followed) == (0.5, 0.5, 30)  # it can only fall


def test_coverage_is_the_chance_of_twice_the_cadence_once_an_alert_is_reached() -> None:
    log = log_of(*on_time("adeyemi", 0, 20, 55, 120), *on_time("brandt", 0, 35))

    [found] = look_back(log, np.ones(6, dtype=np.bool_), END, MONTHLY, np.random.default_rng(1)).of_any

    # Silences of 20, 35, 65 and 35 days end; those of 80 and 165 are cut off by the end of the log.
    assert (found.silences, found.censored) == (6, 2)
    assert (found.overdue, found.lost) == pytest.approx((5 / 6, 3 / 6))
    assert found.points[0].precision.value == pytest.approx(3 / 5)
    assert found.points[0].lead_days == 30


def test_a_change_of_tier_cuts_a_silence_off() -> None:
    log = log_of(*on_time("adeyemi", 0, 50, 90), tier=("A", "B", "B"))

    found = silences(log, np.array([True, False, True]), END)

    # Brandt's visit on day 50 does not count, but says that the account is Tier B by then.
    assert found.tier.tolist() == ["A", "B"]
    assert found.length.tolist() == [50, 110]
    assert not found.ended.any()


def test_a_row_without_a_tier_has_that_of_the_rows_before_it_or_else_of_the_first_after() -> None:
    log = log_of(
        *on_time("adeyemi", 0, 5, 9), *on_time("brandt", 0), *on_time("adeyemi", 2), tier=("", "A", "", "", "")
    )

    assert carried(log, np.array([0, 0, 0, 1, 0])).tolist() == ["A", "A", "A", "", "A"]


def test_two_rows_of_a_day_are_one_touch_known_from_the_first_that_was_put_on_record() -> None:
    found = silences(log_of(("adeyemi", 3, 9), ("adeyemi", 3, 5)), np.array([True, True]), END)

    assert found.start.tolist() == [MONDAY + timedelta(3)]
    assert found.known.tolist() == [MONDAY + timedelta(5)]


# What alerts were worth


def test_an_alert_is_right_if_the_silence_goes_on_to_twice_the_cadence() -> None:
    visits = (*on_time("adeyemi", 0, 100, 120), *on_time("brandt", 0, 40, 60), *on_time("castillo", 0, 20, 40, 60))

    found = scores(log_of(*visits))[Rule.CADENCE]

    # Adeyemi's silence of 100 days, Brandt's of 40, and those that begin on 120, 60 and 60 come to 30 days. Four of
    # the five go on to 60. Alerts come on Sundays: day 34 is one, so Adeyemi's is 26 days ahead; 90 is one, of which
    # Brandt's and Castillo's are 30 ahead; 152 is none, but 153 is, 27 ahead of Adeyemi's second.
    assert (found.alerts, found.judged) == (5, 5)
    assert found.precision.value == pytest.approx(4 / 5)
    assert found.recall.value == 1
    assert found.lead_days.value == pytest.approx((27 + 30) / 2)
    # Two cadences after the first visit and later: the three alerts of days 90 and 153, and visits in three weeks.
    assert found.a_rep_week.value == 1


def test_a_past_week_forgets_a_visit_that_was_put_on_record_later() -> None:
    visits = on_time("adeyemi", 0, 25, 50, 70, 95, 120, 145, 170)
    late = (*visits[:3], ("adeyemi", 70, 90), *visits[4:])

    known, forgotten = (scores(log_of(*each))[Rule.CADENCE] for each in (visits, late))

    # Seen every 25 days Adeyemi is never silent for 30 by a Sunday; as long as day 70 is not on record, she is.
    assert (known.alerts, forgotten.alerts) == (0, 1)
    assert forgotten.judged == 1
    assert forgotten.precision.value == 0


def test_a_past_week_does_not_see_a_change_of_tier_that_was_put_on_record_later() -> None:
    visits, tiers = (("adeyemi", 0, 0), ("adeyemi", 20, 100)), ("A", "B")
    late, in_time = log_of(*visits, tier=tiers), log_of(*on_time("adeyemi", 0, 20), tier=tiers)

    [told_late], [told_in_time] = (scores(each).values() for each in (late, in_time))

    # Whether it was right cannot be judged: by day 20 the account was no Tier A account any more.
    assert (told_late.alerts, told_late.judged) == (1, 0)
    assert told_in_time.alerts == 0


def test_a_visit_is_not_known_before_its_day_though_it_was_planned_early() -> None:
    planned = log_of(("adeyemi", 0, 0), ("adeyemi", 100, 10))

    assert scores(planned)[Rule.CADENCE].alerts == 2


def test_a_visit_that_is_logged_after_the_silence_was_over_finds_nothing_in_time() -> None:
    late = log_of(("adeyemi", 0, 65), *on_time("adeyemi", 100, 120, 140, 160, 180))

    found = scores(late)[Rule.CADENCE]

    # On record from day 65, when twice the cadence was five days ago.
    assert found.precision.value == 1
    assert found.recall.value == 0
    assert found.lead_days.value < 0


def test_a_silence_that_begins_too_late_to_be_followed_is_not_judged() -> None:
    found = scores(log_of(*on_time("adeyemi", 150), *on_time("brandt", 150, 185)))[Rule.CADENCE]

    # From day 150 twice the cadence is day 210, and the log ends on day 200: Brandt's visit proves nothing.
    assert (found.alerts, found.judged) == (2, 0)
    assert np.isnan(found.precision.value)


def test_the_last_activity_of_any_kind_overlooks_a_silence_of_visits() -> None:
    log = log_of(*on_time("adeyemi", 0, 25, 50, 75, 100, 120), kind=["visit", *["mail"] * 4, "visit"])

    found = scores(log, counted=[True, *[False] * 4, True])

    assert found[Rule.CADENCE].recall.value == 1
    assert found[Rule.ACTIVITY].recall.value == 0.5  # only the one that begins on day 120


def test_the_same_days_for_all_tiers_raise_as_many_alerts_or_just_fewer() -> None:
    rng = np.random.default_rng(5)
    visits = [(f"{at}", int(day), int(day)) for at in range(60) for day in rng.integers(0, 200, 4)]
    log = log_of(*visits, tier=["A" if int(account) < 30 else "B" for account, *_ in visits])

    found = scores(log, ColdTestRules({"A": 20.0, "B": 50.0}, (1.0,), resamples=0))

    days = found[Rule.DAYS].days
    assert 20 < days < 50
    assert found[Rule.DAYS].alerts <= found[Rule.CADENCE].alerts
    one_less = scores(log, ColdTestRules({"all accounts": days - 1}, (1.0,), resamples=0))[Rule.CADENCE]
    assert one_less.alerts > found[Rule.CADENCE].alerts


VISITS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 120), st.integers(-20, 60)), min_size=1, max_size=12)


@settings(max_examples=50)
@given(VISITS, st.integers(5, 60))
def test_an_alert_comes_on_the_first_sunday_on_which_somebody_with_the_records_would_have_raised_it(
    rows: list[Visit], days: int
) -> None:
    log = log_of(*((account, day, day + late) for account, day, late in rows))
    of = silences(log, np.ones(len(rows), dtype=np.bool_), END)

    found = first_alert(of, np.full(len(of.start), float(days)), np.datetime64(END, "D"))

    names = sorted({row[0] for row in rows})
    alerts = {(names[a], s.item()): w.item() for a, s, w in zip(of.account, of.start, found, strict=True)}
    assert {key: when for key, when in alerts.items() if when} == by_hand(log, days)


def by_hand(log: Log, days: int) -> dict[tuple[str, date], date]:
    """Sunday by Sunday, with what stands on record."""
    raised: dict[tuple[str, date], date] = {}
    rows = [*zip(log.account.tolist(), log.day.tolist(), log.created.tolist(), strict=True)]
    for sunday in (MONDAY + timedelta(6 + 7 * week) for week in range(28)):
        for account in set(log.account.tolist()):
            seen = [day for who, day, created in rows if who == account and max(day, created) <= sunday]
            if seen and (sunday - max(seen)).days >= days:
                raised.setdefault((account, max(seen)), sunday)
    return raised


@settings(max_examples=15)
@given(VISITS, st.booleans())
def test_any_log_has_an_answer_whose_shares_are_shares(rows: list[Visit], two_tiers: bool) -> None:
    tiers = [("A", "B")[row[1] % 2 if two_tiers else 0] for row in rows]
    log = log_of(*((account, day, day + late) for account, day, late in rows), tier=tiers)
    counted = np.arange(len(rows)) % 3 != 1

    found = look_back(log, counted, END, ColdTestRules({"A": 20.0, "B": 40.0}, resamples=2), np.random.default_rng(1))

    for score in found.alerts:
        assert score.judged <= score.alerts
        assert all(np.isnan(of.value) or 0 <= of.value <= 1 for of in (score.precision, score.recall))


# What tells of silence


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    score, silent = np.array([5.0, 3.0, 3.0, 1.0]), np.array([1.0, 0.0, 1.0, 0.0])

    ranking = Ranking.of(score)

    # Of four pairs three are in order and one is on one step, which is half a pair.
    assert ranking.auc(silent, 1 - silent) == pytest.approx(3.5 / 4)
    assert ranking.best(silent, 1 - silent, 0.5) == pytest.approx((1 + 0.5) / 2)


def test_what_came_after_a_snapshot_changes_what_it_foretold_in_nothing() -> None:
    rng = np.random.default_rng(4)
    visits = [(f"{at:02}", int(day), int(day)) for at in range(40) for day in rng.integers(0, 200, 6)]
    until, rules = np.datetime64(END, "D"), QuietTestRules(silent_for=40, within=80, every=30)
    whole = log_of(*visits)
    late = replace(whole, created=np.where(whole.day > whole.day.min() + 60, until, whole.day))

    first, _, later = [*_snapshots(silences(whole, whole.day == whole.day, END), until, rules)][:3]
    same, _, other = [*_snapshots(silences(late, late.day == late.day, END), until, rules)][:3]

    assert first.account.tolist() == same.account.tolist()
    assert first.clues.tolist() == same.clues.tolist()
    assert first.silent.tolist() == same.silent.tolist()  # what came is told by all that was logged later
    assert later.clues.shape != other.clues.shape or later.clues.tolist() != other.clues.tolist()
