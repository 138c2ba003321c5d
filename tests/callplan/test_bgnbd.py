"""How many touches to expect: against the same model added up by brute force, and accounts made by it."""

from __future__ import annotations

from math import lgamma

import numpy as np
import pytest

from callplan.bgnbd import History, Spread, expected, fit, likelihood
from callplan.model import Counts, Numbers
from callplan.simplex import lowest

SPREADS = (Spread(1.4, 5.0, 1.3, 2.4), Spread(0.8, 4.4, 0.8, 2.4), Spread(3.0, 2.0, 1.0, 1.0))


def history(again: int, last: float, time: float) -> History:
    return History(np.array([again]), np.array([last]), np.array([time]), np.ones(1))


def added_up(again: int, last: float, time: float, spread: Spread, ahead: float) -> tuple[float, float]:
    """The likelihood and the touches to come, over a grid of rates and of chances to leave."""
    middle = (np.arange(700) + 0.5) / 700
    rate, by_rate = 60 * middle**3, 180 * middle**2  # narrow where densities are steep
    leave, by_leave = middle**3, 3 * middle**2
    rates, p = rate[:, None], leave[None, :]
    gamma = spread.r * np.log(spread.alpha) - lgamma(spread.r) + (spread.r - 1) * np.log(rates) - spread.alpha * rates
    whole = lgamma(spread.a + spread.b) - lgamma(spread.a) - lgamma(spread.b)
    beta = whole + (spread.a - 1) * np.log(p) + (spread.b - 1) * np.log1p(-p)
    weight = np.exp(gamma + beta) * by_rate[:, None] * by_leave[None, :] / 700**2
    here = (1 - p) ** again * rates**again * np.exp(-rates * time)
    left = p * (1 - p) ** (again - 1) * rates**again * np.exp(-rates * last) if again else 0.0
    total = float((weight * (here + left)).sum())
    return total, float((weight * here * (1 - np.exp(-rates * p * ahead)) / p).sum()) / total


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("told", [(1, 3.0, 20.0), (2, 30.0, 39.0), (9, 38.0, 39.0)])
def test_both_formulas_are_what_the_model_adds_up_to(spread: Spread, told: tuple[int, float, float]) -> None:
    total, to_come = added_up(*told, spread, ahead=13.0)

    assert likelihood(history(*told), spread) == pytest.approx(np.log(total), abs=2e-3)
    assert expected(history(*told), spread, 13.0)[0] == pytest.approx(to_come, rel=5e-3)


def test_an_account_that_never_came_back_has_a_likelihood_too() -> None:
    total, _ = added_up(0, 0.0, 20.0, SPREADS[0], ahead=1.0)

    assert likelihood(history(0, 0.0, 20.0), SPREADS[0]) == pytest.approx(np.log(total), abs=2e-3)


def test_much_traffic_is_no_trouble() -> None:
    """2,000 touches: the sum passes any number that a computer holds, and its factor any that it holds apart from 0."""
    there, gone = history(2000, 99.99, 100.0), history(2000, 90.0, 100.0)

    assert expected(there, SPREADS[0], 13.0)[0] == pytest.approx(20 * 13, rel=0.2)
    assert expected(there, SPREADS[0], 400.0)[0] == pytest.approx(still_there(2000, 100.0, SPREADS[0], 400.0), rel=0.02)
    assert 0 <= expected(gone, SPREADS[0], 400.0)[0] < 1e-9


def still_there(again: int, time: float, spread: Spread, ahead: float) -> float:
    """Of an account known to be with us: its rate is all but certain, its chance to leave added up."""
    p = (np.arange(200_000) + 0.5) / 200_000 * 0.02
    weight = p ** (spread.a - 1) * (1 - p) ** (spread.b + again - 1)
    rate = (spread.r + again) / (spread.alpha + time)
    return float((weight * (1 - np.exp(-rate * p * ahead)) / p).sum() / weight.sum())


def made(spread: Spread, accounts: int, weeks: float, rng: np.random.Generator) -> list[Numbers]:
    """The weeks in which each account touched, from its first touch on."""
    rate, leave = rng.gamma(spread.r, 1 / spread.alpha, accounts), rng.beta(spread.a, spread.b, accounts)
    stays = rng.geometric(leave)  # touches after the first, until it leaves
    spans = (rng.exponential(1 / each, min(n, 400)) for each, n in zip(rate, stays, strict=True))
    return [(at := np.cumsum(span))[at < weeks] for span in spans]


def test_a_fit_is_as_likely_as_the_truth_and_foretells_what_came() -> None:
    truth, time = Spread(0.9, 6.0, 0.9, 2.5), 40.0
    touches = made(truth, 4000, 80.0, np.random.default_rng(2))
    again: Counts = np.array([np.count_nonzero(at < time) for at in touches])
    last = np.array([at[at < time].max(initial=0.0) for at in touches])
    seen = History(again, last, np.full(4000, time), np.ones(4000))

    found = fit(seen)

    assert likelihood(seen, found) >= likelihood(seen, truth)
    back = again > 0
    asked = History(again[back], last[back], np.full(back.sum(), time), np.ones(back.sum()))
    came = sum(np.count_nonzero(at >= time) for at in np.array(touches, dtype=object)[back])
    assert expected(asked, found, 40.0).sum() == pytest.approx(came, rel=0.06)


def test_the_lowest_point_of_a_bent_valley_is_found() -> None:
    found, settled = lowest(
        lambda at: float((1 - at[0]) ** 2 + 100 * (at[1] - at[0] ** 2) ** 2), np.array([-1.2, 1.0]), 1e-12
    )

    assert settled
    assert found == pytest.approx([1, 1], abs=1e-3)


def test_a_search_that_is_broken_off_says_so() -> None:
    _, settled = lowest(lambda at: float((at**2).sum()), np.array([9.0, 9.0]), most=3)

    assert not settled


def test_a_simplex_that_finds_nothing_lower_draws_together() -> None:
    found, _ = lowest(lambda at: float(np.sqrt(np.abs(at)).sum()), np.array([0.3, 0.2]), 1e-12)

    assert found == pytest.approx([0, 0], abs=1e-9)
