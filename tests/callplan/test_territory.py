"""Territories: even in work, near in driving, and calm; the same from any order of the accounts."""

from __future__ import annotations

import csv
import gzip
from dataclasses import fields, replace
from functools import cache
from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callplan.balance import Work, even_out
from callplan.comparison import present, side_by_side
from callplan.model import CutRules, Ground, Proposal, Reps, TierRules
from callplan.pairing import seat
from callplan.places import gather, halved
from callplan.territory import propose
from tests.callplan.columns import npi
from tests.callplan.ground import DRIVE, KIM, LEE, TOWNS, ground, reps
from tests.conftest import SHARED

TWO_EACH = [(town, rep, 50.0) for town, rep in zip(list(TOWNS)[:4], (KIM, LEE, KIM, LEE), strict=True) for _ in "ab"]
FLORIDA = SHARED / "demo" / "fl_device_specialties_accounts.csv.gz"


def towns_of(found: Proposal, accounts: Ground) -> dict[str, str]:
    """The rep of each town."""
    return dict(zip(accounts.place.tolist(), found.proposed.name[found.territory].tolist(), strict=True))


def test_reps_who_cross_each_other_are_given_the_towns_that_lie_together() -> None:
    accounts = ground(*TWO_EACH)  # Kim has Des Moines and Cedar Rapids, Lee has Ames and Iowa City

    found = propose(accounts, reps(homes={KIM: "50309"}), 2, CutRules(), DRIVE)

    assert towns_of(found, accounts) == {"50309": KIM, "50010": KIM, "52401": LEE, "52240": LEE}
    assert found.moves.sum() == 4
    assert (found.before.imbalance, found.after.imbalance) == (1, 1)
    assert found.after.minutes < 30 < 60 < found.before.minutes


def test_an_account_does_not_change_hands_for_less_driving_than_that_is_worth() -> None:
    found = propose(ground(*TWO_EACH), reps(), 2, CutRules(worth_minutes=500), DRIVE)

    assert not found.moves.any()


def test_a_rep_takes_the_territory_that_is_nearest_to_home() -> None:
    accounts = ground(*((town, "", 50.0) for town, _, _ in TWO_EACH))

    found = propose(accounts, reps(homes={KIM: "52240", LEE: "50309"}), 2, CutRules(), DRIVE)

    assert towns_of(found, accounts) == {"50309": LEE, "50010": LEE, "52401": KIM, "52240": KIM}


def test_two_reps_who_live_in_one_town_get_two_sides_of_the_land() -> None:
    crossing = ground(*((town, "", 50.0) for town in ("50309", "52401", "50010", "52240") for _ in "ab"))
    each_by_itself = replace(crossing, place=np.array([""] * 8))

    found = propose(each_by_itself, reps(homes={KIM: "50309", LEE: "50309"}), 2, CutRules(), DRIVE)

    of = towns_of(found, crossing)
    assert of["50309"] == of["50010"] != of["52401"] == of["52240"]


def test_of_more_reps_than_territories_those_who_live_near_get_one() -> None:
    accounts, far = ground(*((town, "", 50.0) for town, _, _ in TWO_EACH)), "zoe@example.com"

    found = propose(accounts, reps((KIM, LEE, far), {KIM: "52240", LEE: "50309"}), 2, CutRules(), DRIVE)

    assert towns_of(found, accounts) == {"50309": LEE, "50010": LEE, "52401": KIM, "52240": KIM}


@pytest.mark.parametrize(("west", "east"), [(KIM, LEE), (LEE, KIM)])
def test_reps_keep_their_side_where_nothing_is_said_of_what_a_change_is_worth(west: str, east: str) -> None:
    accounts = ground(*(("52401", east, 50.0), ("52240", east, 50.0), ("50309", west, 50.0), ("50010", west, 50.0)))

    found = propose(accounts, reps(("ada@example.com", KIM, LEE)), 2, CutRules(worth_minutes=0), DRIVE)

    assert not found.moves.any()


def test_a_rep_who_works_half_the_week_gets_half_as_much() -> None:
    accounts = ground(*[("50309", "", 50.0)] * 2, *[("52401", "", 50.0)] * 2, *[("52240", "", 50.0)] * 2)
    each_by_itself = replace(accounts, place=np.array([""] * 6))
    rules = TierRules(part_time=((KIM, 0.5),))

    found = propose(each_by_itself, reps(), 2, CutRules(rules), DRIVE)

    assert found.proposed.accounts.tolist() == [2, 4]
    assert found.proposed.capacity.tolist() == [found.proposed.capacity[1] / 2, 12 * 0.85]
    assert found.after.imbalance == pytest.approx(1)


def test_another_number_of_reps_leaves_some_without_a_territory_or_some_territory_without_a_rep() -> None:
    one_more = ground(*TWO_EACH, ("50309", KIM, 50.0))

    fewer = propose(one_more, reps(), 1, CutRules(), DRIVE)
    more = propose(ground(*TWO_EACH), reps(), 4, CutRules(), DRIVE)

    assert fewer.proposed.name.tolist() == [KIM]
    assert more.proposed.name.tolist() == [KIM, LEE, "", ""]
    assert more.proposed.accounts.tolist() == [2, 2, 2, 2]


def test_a_tier_c_account_goes_with_the_nearest_place_that_has_visits() -> None:
    ames, iowa_city = ("50010", LEE, 0.0), ("52240", KIM, 0.0)
    accounts = ground(("50309", KIM, 50), ("52401", LEE, 50), ames, iowa_city)

    found = propose(accounts, reps(), 2, CutRules(), DRIVE)

    assert towns_of(found, accounts) == {"50309": KIM, "50010": KIM, "52401": LEE, "52240": LEE}
    assert found.tier.tolist() == ["A", "A", "C", "C"]


def test_an_account_that_is_nowhere_stays_in_the_same_hands() -> None:
    accounts = ground(*TWO_EACH, ("", KIM, 0.0), ("", LEE, 0.0), ("", LEE, 0.0))

    found = propose(accounts, reps(), 2, CutRules(), DRIVE)

    assert found.proposed.name[found.territory[-3:]].tolist() == [KIM, LEE, LEE]
    assert found.proposed.without_place.tolist() == [1, 2]


def test_a_town_that_holds_most_of_the_work_is_named_where_no_cut_can_be_even() -> None:
    accounts = ground(*[("50309", KIM, 50.0)] * 30, *[("52401", LEE, 50.0)] * 10)
    rules = CutRules(TierRules(a_share=1.0))  # 43 Tier A a rep

    found = propose(accounts, reps(), 2, rules, DRIVE)

    assert not found.even
    assert found.largest_place == "50309"
    assert found.largest_work == pytest.approx(30 * 7 / 30)
    assert found.after.imbalance == pytest.approx(1.5)


def test_one_list_of_all_accounts_shows_what_tiers_cut_rep_by_rep_hide() -> None:
    busy = [("50309", KIM, 100.0 + at) for at in range(4)]
    quiet = [("52401", LEE, 10.0 + at) for at in range(4)]
    by_rep = replace(ground(*busy, *quiet), tier=np.array(list("BBAA") * 2))
    rules = TierRules(week=1, utilization=14 / 15, a_share=0.5)  # 2 A and 6 B for a rep

    today, one_list = side_by_side(by_rep, reps(), rules, DRIVE)

    assert today.of_tier.tolist() == [[2, 2, 0], [2, 2, 0]]
    assert one_list.of_tier.tolist() == [[4, 0, 0], [0, 4, 0]]


def test_a_workload_is_what_the_cadences_ask_for_against_what_a_rep_can_hold() -> None:
    accounts = replace(ground(("50309", KIM, 1), ("50010", KIM, 1), ("52401", LEE, 1)), tier=np.array(["A", "B", "C"]))

    found = present(accounts, reps(homes={KIM: "50309"}), TierRules(), DRIVE)

    assert found.work == pytest.approx([7 / 30 + 7 / 90, 0])
    assert found.capacity == pytest.approx([12 * 0.85] * 2)
    there = DRIVE((np.array([41.587]), np.array([-93.625])), (np.array([42.034]), np.array([-93.620])))[0, 0]
    assert found.minutes[0] == pytest.approx(there / 4)  # of four visits one goes from home to Ames
    assert np.isnan(found.minutes[1])


PLACES = st.lists(
    st.tuples(st.sampled_from(list(TOWNS)), st.sampled_from([KIM, LEE, ""]), st.sampled_from([0.0, 11.0, 40.0, 90.0])),
    min_size=4,
    max_size=12,
)
ROUGH = TierRules(week=2, a_share=0.3)  # 2 A and 15 B a rep, so that every tier occurs


@settings(max_examples=20, deadline=None)
@given(PLACES, st.integers(1, 4), st.randoms(use_true_random=False))
def test_every_account_gets_one_territory_and_the_order_of_rows_decides_nothing(
    accounts: list[tuple[str, str, float]], count: int, shuffled: Random
) -> None:
    there = ground(*accounts)
    rows = np.array(shuffled.sample(range(len(accounts)), len(accounts)))

    found, again = (propose(g, reps(), count, CutRules(ROUGH), DRIVE) for g in (there, _reordered(there, rows)))

    assert found.proposed.accounts.sum() == len(accounts)
    assert len({pair for pair in zip(there.place, found.territory, strict=True) if pair[0]}) == len(
        set(there.place) - {""}
    )
    assert found.largest_work == again.largest_work
    assert found.territory[rows].tobytes() == again.territory.tobytes()
    for column in fields(found.proposed):
        one, other = (getattr(p.proposed, column.name) for p in (found, again))
        assert one.tobytes() == other.tobytes(), column.name


def _reordered(there: Ground, rows: np.ndarray) -> Ground:
    columns = {f.name: getattr(there, f.name) for f in fields(there)}
    points = columns.pop("points")
    return Ground(points=(points[0][rows], points[1][rows]), **{name: column[rows] for name, column in columns.items()})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.sampled_from([0.1, 0.3]))
def test_work_is_even_wherever_the_largest_place_is_within_the_tolerance(
    seed: int, count: int, tolerance: float
) -> None:
    draw = np.random.default_rng(seed)
    work = draw.integers(1, 4, 60).astype(np.float64)
    cost = draw.uniform(0, 200, (60, count)) * draw.integers(1, 9, count)

    wanted = Work(work, draw.choice([0.5, 1.0], count), tolerance)

    territory = even_out(cost, wanted, np.zeros(count), 3)

    load, within = wanted.load(territory), work.max() <= tolerance * wanted.target.min()
    assert not within or ((wanted.low <= load) & (load <= wanted.high)).all()


@pytest.mark.parametrize("seed", range(1, 4))
def test_no_even_cut_of_nine_places_needs_much_less_driving(seed: int) -> None:
    draw = np.random.default_rng(seed)
    places, work = draw.random((9, 2)), np.ones(9)
    cost = 100 * np.linalg.norm(places[:, None] - places[draw.choice(9, 3, replace=False)], axis=2)
    every_cut = np.indices((3,) * 9).reshape(9, -1).T
    even = (np.sort(every_cut, axis=1) == np.repeat([0, 1, 2], 3)).all(axis=1)

    territory = even_out(cost, Work(work, np.ones(3), 0.1), np.zeros(3), 60)

    least = cost[np.arange(9), every_cut[even]].sum(axis=1).min()
    assert cost[np.arange(9), territory].sum() <= 1.01 * least


def test_evenness_is_given_up_for_less_driving_as_far_as_the_tolerance_goes() -> None:
    cost = np.array([[0.0, 10.0], [0.0, 10.0], [0.0, 9.0], [10.0, 0.0]])

    works = [Work(np.ones(4), np.ones(2), tolerance) for tolerance in (0.1, 0.5)]

    strict, lax = (even_out(cost, work, np.zeros(2), 60) for work in works)

    assert strict.tolist() == [0, 0, 1, 1]
    assert lax.tolist() == [0, 0, 0, 1]


def test_a_land_is_halved_across_its_longest_extent() -> None:
    accounts = ground(*TWO_EACH)

    part = halved(gather(accounts, np.ones(8), reps()), 2)

    assert part[0] == part[1] != part[2] == part[3]  # places are in the order of their ZIPs: 50010, 50309, 52240, 52401


def test_a_cut_from_the_accounts_alone_is_proposed_where_the_reps_start_badly() -> None:
    draw = np.random.default_rng(1)
    towns = np.stack([draw.uniform(33, 45, 12), draw.uniform(-110, -80, 12)], axis=1)
    points = towns[draw.integers(0, 12, 80)] + draw.normal(0, 1, (80, 2))
    volume = draw.uniform(20, 200, 80)
    owner = np.array([f"rep{at}" for at in draw.integers(0, 5, 80)])
    npis, nothing = np.array([npi(at) for at in range(80)]), np.array([""] * 80)
    accounts = Ground(npis, nothing, (points[:, 0], points[:, 1]), nothing, volume, volume / 2, owner)
    unknown = np.full(5, np.nan)

    found = propose(accounts, Reps(np.unique(owner), (unknown, unknown)), 5, CutRules(), DRIVE)

    assert found.after.minutes < 205  # from where the reps are it is 220


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("alike", ["none", "reps", "territories"])
def test_no_other_seating_of_reps_is_cheaper_also_where_some_are_alike(seed: int, alike: str) -> None:
    cost, each = np.random.default_rng(seed).uniform(0, 300, (6, 6)), np.arange(6)
    cost[4:] = cost[4] if alike == "reps" else cost[4:]
    cost[:, 4:] = 0 if alike == "territories" else cost[:, 4:]

    rep = seat(cost)

    assert sorted(rep.tolist()) == each.tolist()
    assert cost[rep, each].sum() == pytest.approx(cost[np.array(list(permutations(each))), each].sum(axis=1).min())


def test_the_work_of_a_place_is_the_same_from_any_order_of_its_accounts() -> None:
    accounts, work = ground(*[("50309", KIM, 50.0)] * 3), np.array([0.1, 0.2, 0.3])
    back = np.array([2, 1, 0])  # 0.3 + 0.2 + 0.1 is 0.6, and 0.1 + 0.2 + 0.3 is a little more

    one, other = gather(accounts, work, reps()), gather(_reordered(accounts, back), work[back], reps())

    assert one.work.tolist() == other.work.tolist()


@cache
def florida() -> tuple[dict[str, np.ndarray], np.ndarray]:
    with gzip.open(FLORIDA, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {name: np.array([row[name] for row in rows]) for name in ("npi", "zip5", "specialty")}
    points = np.array([[float(row[name] or "nan") for name in ("lat", "long")] for row in rows])
    columns["volume"] = np.array([float(row["total_services"]) for row in rows])
    return columns, points


@pytest.mark.skipif(not FLORIDA.exists(), reason="the real public files are not here (../shared/data)")
@pytest.mark.parametrize("count", [6, 8])
def test_real_accounts_are_cut_better_than_by_longitude(count: int) -> None:
    columns, points = florida()
    west_first = np.argsort(np.argsort(np.nan_to_num(points[:, 1], nan=-81.5), kind="stable"), kind="stable")
    stripe = np.array([f"rep{at}" for at in range(count)])[west_first * count // len(points)]
    rank = np.argsort(np.argsort(columns["volume"], kind="stable"), kind="stable")
    accounts = Ground(
        columns["npi"],
        columns["zip5"],
        (points[:, 0], points[:, 1]),
        np.array(["C"] * len(points)),
        columns["volume"],
        100 * (1 + rank) / len(rank),
        stripe,
    )
    unknown = np.full(count, np.nan)

    found = propose(accounts, Reps(np.unique(stripe), (unknown, unknown)), count, CutRules(), DRIVE)

    assert found.after.imbalance <= found.before.imbalance
    assert found.after.minutes <= 0.75 * found.before.minutes
    assert found.even
