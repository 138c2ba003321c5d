"""How many touches to expect of an account that begins them itself, from how many there were and how long ago: BG/NBD.

While an account is with us it touches at a steady rate of its own, and after each touch it may leave for good. Rates
are spread over the accounts by a gamma distribution (r, alpha), the chance to leave by a beta distribution (a, b).

Shapes   History (n,)
Units    any unit of time; `alpha` has the same
Errors   none: parameters are kept within bounds beyond which nothing changes that could be seen
Source   Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24, 2005, equations 6 and 10
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import lgamma

import numpy as np

from callplan.model import Counts, Numbers
from callplan.simplex import lowest

LEAST, MOST = -7.0, 4.6  # of the logarithms of r, a and b; of alpha, over the longest time
CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class History:
    again: Counts  # touches after the first
    last: Numbers  # time from the first to the last
    time: Numbers  # and to now
    accounts: Numbers  # with just this history


@dataclass(frozen=True, slots=True)
class Spread:
    """Of rates and of the chance to leave, over all accounts."""

    r: float
    alpha: float
    a: float
    b: float
    settled: bool = True  # False where the search for it was broken off


def fit(history: History, near: Spread | None = None) -> Spread:
    """The spread under which these histories are likeliest, searched for from `near`."""
    scale = float(history.time.max(initial=1.0))
    begin = near or Spread(1.0, scale, 1.0, 1.0)
    start = np.log([begin.r, begin.alpha / scale, begin.a, begin.b])
    total = history.accounts.sum()
    found, settled = lowest(lambda logs: -likelihood(history, _spread(logs, scale)) / total, start)
    return replace(_spread(found, scale), settled=settled)


def _spread(logs: Numbers, scale: float) -> Spread:
    r, alpha, a, b = np.exp(np.clip(logs, LEAST, MOST)).tolist()
    return Spread(r, alpha * scale, a, b)


def likelihood(history: History, spread: Spread) -> float:
    """Its logarithm."""
    r, alpha, a, b = spread.r, spread.alpha, spread.a, spread.b
    x = history.again
    rate = _log_gamma(r, x) - lgamma(r) + r * np.log(alpha)
    stays = lgamma(a + b) - lgamma(b) + _log_gamma(b, x) - _log_gamma(a + b, x)
    here = -(r + x) * np.log(alpha + history.time)
    left = np.log(a) - np.log(np.maximum(b + x - 1, CLOSE)) - (r + x) * np.log(alpha + history.last)
    either = np.logaddexp(here, np.where(x > 0, left, -np.inf))
    return float(np.sum(history.accounts * (rate + stays + either)))


def expected(history: History, spread: Spread, ahead: float) -> Numbers:
    """Touches in the time that lies ahead, for accounts that have come back at least once."""
    r, alpha, b, x = spread.r, spread.alpha, spread.b, history.again.astype(np.float64)
    a = spread.a if abs(spread.a - 1) > 1e-6 else 1 + 1e-6  # the formula has a hole there, and no step
    z = ahead / (alpha + history.time + ahead)
    meanwhile = (a + b + x - 1) / (a - 1) * (1 - _hypergeometric(r + x, b + x, a + b + x - 1, z))
    odds_left = a / (b + x - 1) * np.exp((r + x) * np.log((alpha + history.time) / (alpha + history.last)))
    found: Numbers = meanwhile / (1 + odds_left)
    return found


def _hypergeometric(a: Numbers, b: Numbers, c: Numbers, z: Numbers) -> Numbers:
    """(1 - z)^a times Gauss's 2F1(a, b; c; z), for a, b, c > 0 and 0 <= z < 1: all terms are positive.

    The sum may be larger than any number and the factor smaller, so each sum is made smaller as it grows.
    """
    term, total, shift = np.ones(len(z)), np.ones(len(z)), np.zeros(len(z))
    for n in range(100_000):
        term = term * (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total = total + term
        if np.all(term * 100 <= CLOSE * total) and n > 1:
            break
        large = total > 1e200
        term, total = np.where(large, term * 1e-200, term), np.where(large, total * 1e-200, total)
        shift = shift + large * np.log(1e200)
    value: Numbers = np.exp(a * np.log1p(-z) + np.log(total) + shift)
    return value


def _log_gamma(of: float, more: Counts) -> Numbers:
    """Of a number with each whole number added."""
    whole, at = np.unique(more, return_inverse=True)
    found: Numbers = np.array([lgamma(of + each) for each in whole.tolist()])[at]
    return found
