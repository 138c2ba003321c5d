"""What a way of cutting Tier A would have done on past periods: how calm the list, how much of what came next it held.

Each period's list is made from that period alone and judged on the next one, which it could not know. The yardstick
is the list of the same size that hindsight would have made. Figures are means over the lists that have both a list
before them and a period after them, so that every policy is judged on the same periods.

Shapes   value (n, periods); rank and lists (periods, n); figures (4,) in the order of `_figures`
Units    changes per 100 accounts a year; capture in percent; dwell in years; size in accounts
Errors   none: the caller sees to three periods or more, and to one account or more in Tier A
Source   docs/how-to/evaluate-your-tiers.md; the interval is Efron's percentile bootstrap, by account
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from callplan.model import BackTestRules, Counts, Estimate, Marks, Numbers, Panel, Policy, Score
from callplan.tiers import cut, keep

INTERVAL = (0.025, 0.975)


def back_test(panel: Panel, rules: BackTestRules, draw: np.random.Generator) -> tuple[Score, ...]:
    """Every policy on the same accounts and periods, and on the same resamples of the accounts."""
    value = panel.value[np.argsort(panel.npi, kind="stable")]  # equal values stand in the order of NPIs, as in tiers.py
    policies = policies_of(rules)
    found = _scored(value, policies, rules.share, panel.periods_a_year)
    again = [
        _scored(value[np.sort(draw.integers(len(value), size=len(value)))], policies, rules.share, panel.periods_a_year)
        for _ in range(rules.resamples)
    ]
    low, high = np.quantile(again, INTERVAL, axis=0) if again else np.full((2, *found.shape), np.nan)
    return tuple(
        Score(
            policy,
            band,
            Estimate(float(found[at, 0]), float(low[at, 0]), float(high[at, 0])),
            Estimate(float(found[at, 1]), float(low[at, 1]), float(high[at, 1])),
            dwell_years=float(found[at, 2]),
            size=float(found[at, 3]),
        )
        for at, (policy, band) in enumerate(policies)
    )


def policies_of(rules: BackTestRules) -> list[tuple[Policy, float]]:
    bands = [(Policy.BAND, band) for band in rules.bands]
    night = [(Policy.PLACES, rules.in_use)] if rules.in_use else []
    return [(Policy.PLAIN, 0.0), *bands, *night, (Policy.LATE, 0.0), (Policy.FIRST, 0.0)]


def places(accounts: int, share: float) -> int:
    """How many accounts Tier A holds."""
    return round(share * accounts)


def lists_of(rank: Counts, policy: Policy, band: float, k: int) -> Marks:
    """Who is in Tier A in each period."""
    if policy is Policy.FIRST:
        return np.repeat(rank[:1] < k, len(rank), axis=0)
    if policy is Policy.LATE:
        return np.concatenate([rank[:1], rank[:-1]]) < k
    again = keep if policy is Policy.PLACES else cut
    lists = np.empty(rank.shape, dtype=np.bool_)
    lists[0] = rank[0] < k
    for period in range(1, len(rank)):
        lists[period] = again(rank[period], lists[period - 1], k, band)
    return lists


def ranks(value: Numbers) -> Counts:
    """Each period's ranking, 0 the best."""
    best_first = np.argsort(-value.T, axis=1, kind="stable")
    rank = np.empty(best_first.shape, dtype=np.int64)
    np.put_along_axis(rank, best_first, np.arange(len(value))[np.newaxis, :], axis=1)
    return rank


def _scored(value: Numbers, policies: Sequence[tuple[Policy, float]], share: float, a_year: int) -> Numbers:
    rank, k, following = ranks(value), places(len(value), share), value.T[2:]
    at_best = np.cumsum(-np.sort(-following, axis=1), axis=1)
    return np.array(
        [_figures(lists_of(rank, policy, band, k), policy, following, at_best, a_year) for policy, band in policies]
    )


def _figures(lists: Marks, policy: Policy, following: Numbers, at_best: Numbers, a_year: int) -> Numbers:
    """Changes, capture, dwell and size. The first list of LATE is made up, so that its second has none before it."""
    judged, since = lists[1:-1], 1 if policy is Policy.LATE else 0
    before, after = lists[:-2][since:], judged[since:]
    changes = 100 * a_year * np.mean(before != after) if len(after) else np.nan
    left = np.count_nonzero(before & ~after)
    dwell = np.count_nonzero(before) / left / a_year if left else np.nan
    return np.array([changes, _capture(judged, following, at_best), dwell, judged.sum(axis=1).mean()])


def _capture(lists: Marks, following: Numbers, at_best: Numbers) -> float:
    """Where the next period holds nothing at all, no list could have missed any of it."""
    held, size = np.where(lists, following, 0.0).sum(axis=1), lists.sum(axis=1)
    best = at_best[np.arange(len(lists)), size - 1]
    shares = np.divide(held, best, out=np.ones(len(lists)), where=best > 0)
    return float(100 * np.minimum(shares, 1.0).mean())
