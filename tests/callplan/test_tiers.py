"""As many Tier A and B as a rep can hold, and no flapping at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.assess import Gate
from callplan.model import Cadence, Tier, TierRules
from callplan.moves import Hold
from callplan.tiers import Tiers, assign_tiers, cut
from callplan.workload import capacity, changes, load, say_stretch
from tests.callplan.columns import TODAY, accounts, assessment

# Seven visits a week, all planned: one a day; half of them for A, every 20 days, half for B, every 40: K is 10 and 20.
RULES = TierRules(week=7, utilization=1.0, a_share=0.5, band=0.2, cadence=Cadence(20, 40), changes_share=1.0)
FIELDS = ("npi", "specialty", "volume", "family", "gate", "percentile", "decile", "score", "share")


def tiers(volumes: Sequence[float], previous: Sequence[str] = (), rules: TierRules = RULES, **more: Any) -> Tiers:
    assessed = assessment(volumes, more.pop("shut", ()))
    return assign_tiers(assessed, accounts(list(previous) or [""] * len(volumes), **more), rules, TODAY)


def falling(count: int) -> list[float]:
    return [float(1000 - at) for at in range(count)]


def said(found: Tiers) -> str:
    return "".join(found.tier.tolist())


# Places


def test_the_best_fill_what_a_rep_can_hold_and_the_rest_wait() -> None:
    assert said(tiers(falling(50))) == 10 * "A" + 20 * "B" + 20 * "C"


def test_each_rep_s_territory_is_cut_by_itself() -> None:
    found = tiers(falling(30), territory=["kim"] * 15 + ["sam"] * 15)

    assert said(found) == 2 * (10 * "A" + 5 * "B")


def test_what_is_not_eligible_is_tier_c_and_has_no_rank() -> None:
    found = tiers([900, 5], shut=[Gate.OPEN, Gate.FLOOR])

    assert said(found) == "AC"
    assert found.rank.tolist() == [0, -1]


def test_the_band_holds_nobody_for_whom_no_place_is_left() -> None:
    was = ["B"] * 8 + ["A"] * 10 + ["B"] * 12  # eight rise into A, of whose ten two are within the cut

    found = tiers(falling(30), was)

    assert said(found)[:12] == 8 * "A" + 2 * "A" + 2 * "B"


def test_a_rep_whose_week_shrinks_loses_the_last_at_once() -> None:
    found = tiers(falling(30), ["A"] * 10 + ["B"] * 20, replace(RULES, week=3.5, changes_share=0.0), held=[1] * 30)

    assert said(found) == 5 * "A" + 10 * "B" + 15 * "C"


# The band


@pytest.mark.parametrize(
    ("rank", "was", "now"), [(7, False, True), (8, False, False), (11, True, True), (12, True, False)]
)
def test_an_account_enters_well_inside_the_cut_and_leaves_well_outside(rank: int, was: bool, now: bool) -> None:
    assert cut(np.array([rank]), np.array([was]), 10, 0.2).tolist() == [now]


def test_an_account_that_falls_out_of_tier_a_is_held_in_tier_b_by_the_same_band() -> None:
    found = tiers(falling(40), ["A"] * 8 + ["B"] * 20 + ["C"] * 5 + ["A", "C", "C", "A"] + ["C"] * 3)

    assert said(found)[32:37] == "CBCCC"


def test_an_account_held_by_the_band_is_marked() -> None:
    found = tiers(falling(30), ["A"] * 9 + ["B"] + ["A"] + ["B"] * 19)

    assert said(found)[8:12] == "ABAB"
    assert found.held.tolist()[8:12] == ["", Hold.BAND, Hold.BAND, ""]


def test_a_signal_counts_inside_the_band_alone() -> None:
    was = ["A"] * 8 + ["B"] * 22  # two places of A are empty
    up = [0] * 11 + [1] + [1] + [0] * 17  # ranks 11 and 12, between which the band ends

    found = tiers(falling(30), was, nominated=up)

    assert said(found)[8:13] == "BBBAB"


def test_an_account_nominated_down_is_not_held_by_the_band() -> None:
    found = tiers(falling(30), ["A"] * 8 + ["B"] * 2 + ["A"] * 2 + ["B"] * 18, nominated=[0] * 10 + [-1] + [0] * 19)

    assert said(found)[10:12] == "BA"


# Pace


def test_a_tier_stands_for_sixty_days() -> None:
    was = ["A"] * 9 + ["B"] * 20 + ["A"]  # the last of them all is Tier A, for two months less a day

    early, late = (tiers(falling(30), was, held=[365] * 29 + [days]) for days in (59, 60))

    assert (early.tier[29], early.toward[29], early.held[29]) == ("A", "B", Hold.DWELL)
    assert late.tier[29] == "B"


def test_something_hard_moves_a_tier_before_its_sixty_days() -> None:
    found = tiers(falling(30), ["A"] * 9 + ["B"] * 20 + ["A"], held=[365] * 29 + [1], hard=[False] * 29 + [True])

    assert found.tier[29] == "B"


def test_no_more_of_a_rep_s_accounts_change_than_the_cap_and_the_furthest_out_go_first() -> None:
    was = ["B"] * 4 + ["A"] * 6 + ["B"] * 16 + ["A"] * 4  # four are to rise and four to fall: with a cap of four ...

    found = tiers(falling(30), was, replace(RULES, changes_share=4 / 30))

    assert said(found) == "AABB" + 6 * "A" + 16 * "B" + "AABB"  # ... two do each
    assert found.held[2] == found.held[26] == Hold.TURN


def test_what_changed_in_the_last_four_weeks_counts_against_the_cap() -> None:
    was, ago = ["B"] * 4 + ["A"] * 6 + ["B"] * 16 + ["A"] * 4, [365] * 10 + [27, 28] + [365] * 18

    found = tiers(falling(30), was, replace(RULES, changes_share=4 / 30), held=ago)

    assert said(found).startswith("ABBB")  # three may change: one pair, and one more falls
    assert said(found).endswith("AABB")


def test_who_would_rise_waits_while_nobody_may_leave() -> None:
    was = ["B"] + ["A"] * 9 + ["B"] * 19 + ["A"]

    found = tiers(falling(30), was, held=[365] * 29 + [1])

    assert (found.tier[0], found.held[0]) == ("B", Hold.PLACE)


def test_a_lock_takes_a_place_and_opens_no_access() -> None:
    locked = [""] * 27 + ["A", "A", "C"]

    found = tiers(falling(30), locked=locked, shut=[Gate.OPEN] * 28 + [Gate.ACCESS, Gate.OPEN])

    assert said(found) == 9 * "A" + 18 * "B" + "A" + "C" + "C"
    assert found.held[27] == Hold.LOCK


# Workload


def test_capacity_is_planned_visits_times_the_days_between_them() -> None:
    assert capacity(RULES) == (10, 20)
    assert capacity(TierRules()) == (26, 52)  # 12 x 0.85 a week: 0.6 of it for A every 30 days, the rest for B every 90


def test_capacity_counts_the_minutes_of_a_visit_and_its_drive() -> None:
    rules = replace(RULES, week=7 * 60, a_visit=120, b_visit=60)  # an hour a day; A takes two with its drive

    assert capacity(rules) == (5, 20)
    assert capacity(replace(rules, part_time=(("kim", 0.5),)), "kim") == (2, 10)
    assert capacity(replace(rules, a_accounts=40)) == (40, 20)


def test_of_a_short_list_one_account_may_change_unless_none_may() -> None:
    small = replace(TierRules(), week=1.0)  # 2 of A and 4 of B

    assert (changes(TierRules()), changes(small), changes(replace(small, changes_share=0.0))) == (8, 1, 0)


def test_cadences_that_do_not_fit_are_said_with_what_they_come_to() -> None:
    rules = replace(RULES, a_accounts=14)  # ten fit, at one visit in two days

    fits, too_many = (say_stretch("kim", load({Tier.A: a, Tier.B: 20}, rules, "kim"), rules) for a in (10, 14))

    assert fits == ""
    assert too_many == (
        "kim: 14 Tier A and 20 Tier B accounts take 8.4 visits a week, and 7.0 are planned. "
        "A is seen effectively every 24 days, not 20, and B every 48, not 40."
    )


# Properties


@st.composite
def nights(draw: st.DrawFn) -> tuple[list[int], dict[str, Any], TierRules]:
    """Any accounts on any night: volumes, what they were, and rules of every pace."""
    count = draw(st.integers(1, 45))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=count, max_size=count))

    known = {
        "previous": column(st.sampled_from(["A", "B", "C", ""])),
        "held": column(st.sampled_from([0, 10, 30, 365])),
        "nominated": column(st.sampled_from([0, 0, 1, -1])),
        "hard": column(st.sampled_from([False, False, False, True])),
        "shut": column(st.sampled_from([Gate.OPEN] * 6 + [Gate.FLOOR, Gate.ACCESS])),
        "territory": column(st.sampled_from(["kim", "sam"])),
    }
    rules = replace(
        RULES,
        dwell_days=draw(st.sampled_from([0, 20, 60])),
        changes_share=draw(st.sampled_from([0.0, 0.1, 1.0])),
        week=draw(st.sampled_from([0.7, 1.4, 3.5])),
        a_share=draw(st.sampled_from([0.5, 0.9, 1.0])),
    )
    return column(st.integers(11, 40)), known, rules


@given(nights())
def test_capacity_is_never_exceeded(night: tuple[list[int], dict[str, Any], TierRules]) -> None:
    volumes, known, rules = night
    a, b = capacity(rules)

    found = tiers(volumes, rules=rules, **known)

    for rep in ("kim", "sam"):
        theirs = found.tier[np.array(known["territory"]) == rep]
        assert np.count_nonzero(theirs == "A") <= a
        assert np.count_nonzero(theirs != "C") <= a + b


@given(nights())
def test_what_is_suppressed_is_never_tiered(night: tuple[list[int], dict[str, Any], TierRules]) -> None:
    volumes, known, rules = night

    found = tiers(volumes, rules=rules, **known)

    assert set(found.tier[np.array(known["shut"]) != Gate.OPEN].tolist()) <= {"C"}


@given(nights(), st.integers(0, 44), st.integers(1, 60))
def test_more_volume_never_means_a_lower_tier(
    night: tuple[list[int], dict[str, Any], TierRules], at: int, more: int
) -> None:
    volumes, known, rules = night
    at %= len(volumes)
    raised = [volume + more * (row == at) for row, volume in enumerate(volumes)]

    before, after = (tiers(these, rules=rules, **known) for these in (volumes, raised))

    assert str(after.tier[at]) <= str(before.tier[at])


@given(nights())
def test_an_account_clearly_inside_its_tier_keeps_it(night: tuple[list[int], dict[str, Any], TierRules]) -> None:
    volumes, known, rules = night
    a, b = capacity(rules)

    found = tiers(volumes, rules=rules, **known)

    was, rank = np.array(known["previous"]), found.rank
    assert set(found.tier[(was == "A") & (rank >= 0) & (rank < a)].tolist()) <= {"A"}
    assert set(found.tier[(was == "B") & (rank >= a * 1.2) & (rank < a + b)].tolist()) <= {"B"}
    assert set(found.tier[(was == "C") & (rank >= (a + b) * 1.2)].tolist()) <= {"C"}


@given(nights())
def test_without_anything_hard_no_tier_moves_before_its_dwell(
    night: tuple[list[int], dict[str, Any], TierRules],
) -> None:
    volumes, known, rules = night
    calm = {**known, "hard": [False] * len(volumes), "shut": [Gate.OPEN] * len(volumes)}
    full = {rep: known["territory"].count(rep) <= capacity(rules)[0] for rep in ("kim", "sam")}

    found = tiers(volumes, rules=rules, **calm)

    for row, was in enumerate(known["previous"]):
        if was and known["held"][row] < rules.dwell_days and full[known["territory"][row]]:
            assert found.tier[row] == was


@given(nights())
def test_the_same_claims_move_nobody_on_the_second_night(
    night: tuple[list[int], dict[str, Any], TierRules],
) -> None:
    volumes, known, rules = night
    first = tiers(volumes, rules=rules, **known)
    moved = [was != now for was, now in zip(known["previous"], first.tier.tolist(), strict=True)]
    told = {
        **known,
        "previous": first.tier.tolist(),
        "held": [0 if has_moved else ago for has_moved, ago in zip(moved, known["held"], strict=True)],
        "moved": [was != "" for was in known["previous"]],
    }

    second = tiers(volumes, rules=rules, **told)

    assert second.tier.tolist() == first.tier.tolist()


@given(nights(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(night: tuple[list[int], dict[str, Any], TierRules], random: Any) -> None:
    volumes, known, rules = night
    order = list(range(len(volumes)))
    random.shuffle(order)
    one = assessment(volumes, known.pop("shut"))
    shuffled = type(one)(*(getattr(one, name)[order] for name in FIELDS))
    tier = known.pop("previous")

    found = assign_tiers(one, accounts(tier, **known), rules, TODAY).tier
    mixed = {name: [values[row] for row in order] for name, values in known.items()}
    again = assign_tiers(shuffled, accounts([tier[row] for row in order], **mixed), rules, TODAY).tier

    assert found[order].tolist() == again.tolist()
