"""Who lives too far out, with too few neighbours, to be driven to; and how planned time divides between tiers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callplan.model import Numbers, ThinRules
from callplan.split import Split, say_splits, split_time
from callplan.thin import in_thin_region, why_thin

RULES = ThinRules(minutes=45, neighbours=2, from_home=60)


def far_out(to_next: float, *, home: float = 90, others: str = "B", tier: str = "B") -> tuple[Numbers, list[str]]:
    """The first account so far from home, and from each of the others, which lie together."""
    tiers = [tier, *others]
    minutes = np.full((len(tiers) + 1, len(tiers) + 1), 5.0)
    minutes[0, 1:] = minutes[1:, 0] = minutes[1, 2:] = minutes[2:, 1] = to_next
    minutes[0, 1] = minutes[1, 0] = home
    np.fill_diagonal(minutes, 0.0)
    return minutes, tiers


def thin(minutes: Numbers, tiers: list[str], rules: ThinRules = RULES) -> bool:
    """Whether the first is."""
    return bool(in_thin_region(minutes, np.array(tiers), rules)[0])


def test_a_tier_b_account_far_from_home_and_from_the_next_is_not_driven_to() -> None:
    minutes, tiers = far_out(62, others="ABB")

    assert thin(minutes, tiers)
    assert why_thin(minutes, np.array(tiers), RULES).tolist() == [
        "62 minutes from the next account: called and written to instead of visited",
        *("", "", ""),
    ]


@pytest.mark.parametrize(
    ("to_next", "home", "others", "tier"),
    [(62, 90, "B", "A"), (62, 60, "B", "B"), (45, 90, "AB", "B")],
    ids=["it is Tier A", "it is no farther from home than that", "two others are near enough"],
)
def test_it_is_driven_to_all_the_same_where(to_next: float, home: float, others: str, tier: str) -> None:
    minutes, tiers = far_out(to_next, home=home, others=others, tier=tier)

    assert not thin(minutes, tiers)


def test_a_tier_c_account_is_no_neighbour() -> None:
    minutes, tiers = far_out(20, others="BC")

    assert thin(minutes, tiers)
    said = why_thin(minutes, np.array(tiers), RULES)[0]
    assert said.startswith("Only 1 other account within 45 minutes, and 90 minutes from home: ")


def test_the_only_account_of_a_rep_has_no_neighbour() -> None:
    minutes, tiers = far_out(0, others="")

    assert thin(minutes, tiers)
    assert str(why_thin(minutes, np.array(tiers), RULES)[0]).startswith("No other account of its rep, and 90 minutes")


def test_where_no_neighbours_are_asked_for_everybody_is_driven_to() -> None:
    minutes, tiers = far_out(500, home=500)

    assert not thin(minutes, tiers, ThinRules(neighbours=0))


@given(st.lists(st.sampled_from("AC"), max_size=4), st.integers(0, 500), st.integers(0, 500))
def test_nobody_but_tier_b_is_ever_left_out(others: list[str], to_next: int, home: int) -> None:
    minutes, tiers = far_out(to_next, home=home, others="".join(others), tier="A")

    assert not in_thin_region(minutes, np.array(tiers), RULES).any()


# Core accounts and development


def test_a_rep_is_told_how_much_of_the_planned_time_goes_to_tier_a_and_how_much_is_set() -> None:
    tier, minutes = ["A"] * 8 + ["B"] * 6, [40.0] * 8 + [30.0] * 6  # 320 and 180 minutes

    (kim,) = split_time(np.array(["kim"] * 14), np.array(tier), np.array(minutes))

    assert (kim.a_minutes, kim.b_minutes) == (320, 180)
    assert say_splits([kim], 0.6) == "64 % of kim's planned visit time is on Tier A; 60 % is set."


def test_fifty_reps_take_one_line_with_the_least_and_the_most() -> None:
    kim, lee, max_ = Split("kim", 60, 40), Split("lee", 90, 10), Split("max", 70, 30)

    assert say_splits([lee, kim, max_], 0.6).startswith("60 % (kim) to 90 % (lee) of 3 reps' planned visit time is on")
    assert say_splits([kim, Split("max", 6, 4)], 0.6).startswith("60 % of each of 2 reps' planned")


def test_each_rep_is_told_of_its_own_list_and_one_without_visits_of_none() -> None:
    rep, tier = np.array(["lee", "kim", "kim"]), np.array(["B", "A", "B"])

    found = list(split_time(rep, tier, np.array([30.0, 45.0, 30.0])))

    assert found == [Split("kim", 45, 30), Split("lee", 0, 30)]
    assert list(split_time(rep[:0], tier[:0], np.zeros(0))) == []
