"""Figures with intervals: everything is computed again for accounts drawn anew, with replacement.

Shapes   weight (n,): how often each account was drawn
Source   Efron's percentile bootstrap, by account
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from callplan.model import Estimate, Numbers

INTERVAL = (0.025, 0.975)


def estimates(
    figures: Callable[[Numbers], Numbers], accounts: int, resamples: int, draw: np.random.Generator
) -> list[Estimate]:
    """Each figure that is computed from the accounts' weights, with its 95 % interval; NaN for none."""
    found = figures(np.ones(accounts))
    again = [figures(_drawn(accounts, draw)) for _ in range(resamples)]
    low, high = _interval(np.array(again)) if again else np.full((2, len(found)), np.nan)
    return [Estimate(*map(float, each)) for each in zip(found, low, high, strict=True)]


def share(of: Numbers, among: Numbers) -> float:
    """NaN of nothing."""
    total = among.sum()
    return float(of.sum() / total) if total else float("nan")


def median(values: Numbers, weight: Numbers) -> float:
    """Of sorted values, the first at which half of the weight is reached; halfway where it is just reached."""
    heavy = np.cumsum(weight)
    if not len(heavy) or not heavy[-1]:
        return float("nan")
    low = np.searchsorted(heavy, heavy[-1] / 2, side="left")
    high = np.searchsorted(heavy, heavy[-1] / 2, side="right")
    return float((values[low] + values[min(high, len(values) - 1)]) / 2)


def _drawn(accounts: int, draw: np.random.Generator) -> Numbers:
    return np.bincount(draw.integers(accounts, size=accounts), minlength=accounts).astype(np.float64)


def _interval(again: Numbers) -> tuple[Numbers, Numbers]:
    """Of draws in which the figure was there."""
    there = np.where(np.isnan(again).all(axis=0), 0.0, again)
    low, high = np.nanquantile(there, INTERVAL, axis=0)
    nowhere = np.isnan(again).all(axis=0)
    return np.where(nowhere, np.nan, low), np.where(nowhere, np.nan, high)
