"""How calm a list would have been, and how much of the next period it held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.evaluate import back_test, lists_of, places, ranks
from callplan.model import BackTestRules, Panel, Policy, Score, TierRules
from callplan.tiers import assign_tiers
from tests.callplan.columns import TODAY, accounts, assessment, npi

BANDS = (0.1, 0.2, 0.3, 0.5)
HISTORIES = st.tuples(st.integers(10, 40), st.integers(3, 6)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 50), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


def panel(*value: Sequence[float], a_year: int = 1) -> Panel:
    """One row for each account, one column for each period."""
    return Panel(np.array([npi(at) for at in range(len(value))]), np.array(value, dtype=np.float64), a_year)


def scores(history: Panel, *bands: float, share: float = 0.2, resamples: int = 0) -> dict[tuple[Policy, float], Score]:
    found = back_test(history, BackTestRules(share, bands, resamples), np.random.default_rng(1))
    return {(score.policy, score.band): score for score in found}


# An example for the head: five accounts, of which Tier A holds the best two, over four years.
# The lists that are judged are those of the second and third year: they have a list before and a year after them.
FIVE = panel(
    (90, 90, 90, 90),
    (80, 60, 60, 60),  # second best at first, third from then on
    (70, 70, 70, 20),  # third at first, second from then on, little in the end
    (10, 10, 10, 10),
    (10, 10, 10, 10),
)


def test_the_plain_cut_follows_every_change_of_place() -> None:
    plain = scores(FIVE, share=0.4)[Policy.PLAIN, 0.0]

    # One out and one in, in the first of two refreshes: 2 of 5 accounts, then none.
    assert plain.changes.value == pytest.approx(20)
    # The best two of the third year hold 90 + 70, and so do those listed; of the fourth 90 + 60, those listed 90 + 20.
    assert plain.capture.value == pytest.approx((100 + 100 * 110 / 150) / 2)
    # Two accounts were in Tier A before each of two refreshes, and one of them left.
    assert plain.dwell_years == pytest.approx(4)
    assert plain.size == 2


def test_a_band_keeps_an_account_that_fell_by_one_place() -> None:
    band = scores(FIVE, 0.5, share=0.4)[Policy.BAND, 0.5]

    # In at rank below 1, out at rank 3: the second account stays, the third has to wait.
    assert band.changes.value == 0
    assert band.capture.value == pytest.approx((100 * 150 / 160 + 100) / 2)
    assert np.isnan(band.dwell_years)


def test_a_place_that_the_band_leaves_empty_makes_tier_a_smaller() -> None:
    fallen = panel((90, 90, 90, 90), (80, 5, 5, 5), (70, 70, 70, 70), (60, 60, 60, 60), (10, 10, 10, 10))

    band = scores(fallen, 0.5, share=0.4)[Policy.BAND, 0.5]

    # The second account falls to the last place and is out; who follows is second, and would be in only as the first.
    assert band.size == 1
    # Two accounts were in Tier A, then one; one of these three left.
    assert band.dwell_years == pytest.approx(3)
    # The list of one holds what the best one holds: its yardstick is a list of its own size.
    assert band.capture.value == 100


def test_the_first_list_that_is_kept_never_changes_and_last_period_s_list_comes_a_year_late() -> None:
    found = scores(FIVE, share=0.4)

    first, late = found[Policy.FIRST, 0.0], found[Policy.LATE, 0.0]
    assert first.changes.value == 0
    assert first.capture.value == pytest.approx((100 * 150 / 160 + 100) / 2)
    # The first year's list is judged on the third year, the second year's on the fourth; only that has one before it.
    assert late.changes.value == pytest.approx(40)
    assert late.capture.value == pytest.approx((100 * 150 / 160 + 100 * 110 / 150) / 2)


def test_with_three_periods_last_period_s_list_has_no_change_to_tell_of() -> None:
    three = panel(*FIVE.value[:, :3])

    assert np.isnan(scores(three, share=0.4)[Policy.LATE, 0.0].changes.value)


def test_twelve_months_of_changes_make_a_year_s() -> None:
    monthly = panel(*FIVE.value, a_year=12)

    found, yearly = (scores(history, share=0.4)[Policy.PLAIN, 0.0] for history in (monthly, FIVE))

    assert found.changes.value == pytest.approx(12 * yearly.changes.value)
    assert found.dwell_years == pytest.approx(yearly.dwell_years / 12)
    assert found.capture.value == yearly.capture.value


def test_where_nothing_follows_nothing_is_missed() -> None:
    ended = panel((9, 9, 0, 0), (8, 8, 0, 0), (7, 7, 0, 0), (1, 1, 0, 0), (1, 1, 0, 0))

    assert scores(ended, share=0.4)[Policy.PLAIN, 0.0].capture.value == 100


@given(HISTORIES, st.sampled_from(BANDS))
def test_the_lists_that_are_judged_are_the_tiers_that_the_night_would_have_given(
    rows: list[list[int]], band: float
) -> None:
    """Ties too: the night ranks by volume and then by NPI."""
    value = np.array(rows, dtype=np.float64) + 11  # above the floor of volume
    k = places(len(value), 0.2)
    rules = TierRules(a_accounts=k, b_accounts=len(value), band=band, changes_share=1.0)
    tier = [""] * len(value)

    judged = lists_of(ranks(value), Policy.PLACES, band, k)

    for period, judged_then in enumerate(judged):
        found = assign_tiers(assessment(value[:, period].tolist()), accounts(tier), rules, TODAY)
        tier = found.tier.tolist()
        assert (found.tier == "A").tolist() == judged_then.tolist()


@given(HISTORIES)
def test_a_wider_band_never_changes_more_accounts(rows: list[list[int]]) -> None:
    found = scores(panel(*rows), *BANDS)

    changes = [found[Policy.PLAIN, 0.0].changes.value, *(found[Policy.BAND, band].changes.value for band in BANDS)]
    assert changes == sorted(changes, reverse=True)


@given(HISTORIES)
def test_capture_is_a_share_and_the_kept_list_is_still(rows: list[list[int]]) -> None:
    found = scores(panel(*rows), *BANDS)

    assert all(0 <= score.capture.value <= 100 for score in found.values())
    assert found[Policy.FIRST, 0.0].changes.value == 0


@given(HISTORIES, st.randoms(use_true_random=False))
def test_the_order_of_the_accounts_is_of_no_account(rows: list[list[int]], shuffle: object) -> None:
    tidy = panel(*rows)
    order = np.random.default_rng(len(rows)).permutation(len(rows))
    mixed = Panel(tidy.npi[order], tidy.value[order])

    assert repr(scores(mixed, *BANDS, resamples=5)) == repr(scores(tidy, *BANDS, resamples=5))


def test_the_same_draw_gives_the_same_interval_and_another_draw_another() -> None:
    rng = np.random.default_rng(7)
    many = panel(*rng.lognormal(3, 1, (200, 5)))

    one, same, other = (back_test(many, BackTestRules(resamples=20), np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert repr(one) == repr(same)
    assert [score.capture.value for score in one] == [score.capture.value for score in other]
    assert one[0].capture.low != other[0].capture.low


def test_an_interval_narrows_with_the_number_of_accounts() -> None:
    rng = np.random.default_rng(7)
    usual = rng.lognormal(3, 1, (2000, 1)) * rng.lognormal(0, 0.3, (2000, 6))

    few, many = (scores(panel(*usual[:count]), 0.2, resamples=100) for count in (100, 2000))

    for at in few.keys() - {(Policy.FIRST, 0.0)}:
        assert many[at].changes.high - many[at].changes.low < few[at].changes.high - few[at].changes.low
        assert many[at].capture.high - many[at].capture.low < few[at].capture.high - few[at].capture.low
