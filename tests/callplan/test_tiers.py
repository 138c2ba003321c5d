"""As many Tier A and B as a rep can hold, and no flapping at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.assess import Gate
from callplan.model import Cadence, TierRules
from callplan.tiers import Tiers, assign_tiers, capacity, cut
from tests.callplan.columns import assessment

# Seven visits a week, all planned: one a day; half of them for A, every 20 days, half for B, every 40: K is 10 and 20.
RULES = TierRules(7, 1.0, 0.5, 0.2, Cadence(20, 40))
FIELDS = ("npi", "volume", "family", "gate", "percentile", "decile", "score")
VOLUMES = st.lists(st.integers(11, 60), min_size=1, max_size=60)
TIERS = st.sampled_from(["A", "B", "C", ""])


def tiers(volumes: Sequence[float], previous: Sequence[str] = (), **more: Any) -> Tiers:
    count = len(volumes)
    return assign_tiers(
        assessment(volumes, more.get("shut", ())),
        np.array(list(more.get("territory", ["kim"] * count)), dtype=np.str_),
        np.array(list(previous) or [""] * count, dtype=np.str_),
        RULES,
    )


def falling(count: int) -> list[float]:
    return [float(1000 - at) for at in range(count)]


# Capacity


def test_capacity_is_planned_visits_times_the_days_between_them() -> None:
    assert capacity(RULES) == (10, 20)
    assert capacity(TierRules()) == (26, 52)  # 12 x 0.85 a week: 0.6 of it for A every 30 days, the rest for B every 90


def test_the_best_fill_what_a_rep_can_hold_and_the_rest_wait() -> None:
    found = tiers(falling(50))

    assert "".join(found.tier.tolist()) == 10 * "A" + 20 * "B" + 20 * "C"


def test_each_rep_s_territory_is_cut_by_itself() -> None:
    found = tiers(falling(30), territory=["kim"] * 15 + ["sam"] * 15)

    assert "".join(found.tier.tolist()) == 2 * (10 * "A" + 5 * "B")


def test_what_is_no_account_takes_no_place() -> None:
    found = tiers(falling(12), territory=[""] * 2 + ["kim"] * 10)

    assert found.tier.tolist()[2:] == ["A"] * 10
    assert found.rank.tolist()[:3] == [-1, -1, 0]


def test_what_is_not_eligible_is_tier_c() -> None:
    found = tiers([900, 5], shut=[Gate.OPEN, Gate.FLOOR])

    assert found.tier.tolist() == ["A", "C"]


# The band


@pytest.mark.parametrize(
    ("rank", "was", "now"), [(7, False, True), (8, False, False), (11, True, True), (12, True, False)]
)
def test_an_account_enters_well_inside_the_cut_and_leaves_well_outside(rank: int, was: bool, now: bool) -> None:
    assert cut(np.array([rank]), np.array([was]), 10, 0.2).tolist() == [now]


def test_an_account_that_falls_out_of_tier_a_is_held_in_tier_b_by_the_same_band() -> None:
    found = tiers(falling(40), previous=["B"] * 30 + ["C"] * 3 + ["A", "C", "C", "A"] + ["C"] * 3)

    assert found.tier.tolist()[32:37] == ["C", "B", "C", "C", "C"]


def test_an_account_held_by_the_band_is_marked() -> None:
    found = tiers(falling(30), previous=["A"] * 9 + ["B"] + ["A"] + ["B"] * 19)

    assert found.tier.tolist()[8:12] == ["A", "B", "A", "B"]
    assert found.held.tolist()[8:12] == [False, True, True, False]


@given(VOLUMES, st.data())
def test_the_same_claims_move_nobody_on_the_second_night(volumes: list[float], data: st.DataObject) -> None:
    before = data.draw(st.lists(TIERS, min_size=len(volumes), max_size=len(volumes)))
    first = tiers(volumes, before)

    second = tiers(volumes, first.tier.tolist())

    assert second.tier.tolist() == first.tier.tolist()


@given(VOLUMES, st.data())
def test_no_tier_holds_more_than_its_cut_and_the_band(volumes: list[float], data: st.DataObject) -> None:
    before = data.draw(st.lists(TIERS, min_size=len(volumes), max_size=len(volumes)))

    found = tiers(volumes, before)

    assert np.count_nonzero(found.tier == "A") <= 12
    assert np.count_nonzero(found.tier != "C") <= 36


@given(VOLUMES)
def test_more_volume_never_means_a_lower_tier(volumes: list[float]) -> None:
    found = tiers(volumes)
    best_first = np.lexsort((np.arange(len(volumes)), -np.array(volumes)))

    assert "".join(found.tier[best_first].tolist()) == "".join(sorted(found.tier.tolist()))


@given(VOLUMES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(volumes: list[float], random: object) -> None:
    order = list(range(len(volumes)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = assessment(volumes)
    shuffled = type(one)(*(getattr(one, name)[order] for name in FIELDS))
    territory, none = (np.array([text] * len(volumes)) for text in ("kim", ""))

    found = assign_tiers(one, territory, none, RULES).tier
    again = assign_tiers(shuffled, territory, none, RULES).tier

    assert found[order].tolist() == again.tolist()
