"""Tier A, B or C: as many accounts as a rep can hold, and no flapping at the edge.

The ranking decides who; capacity decides how many. An account enters a tier only when its rank is clearly
inside the cut and leaves only when it is clearly outside, so that a rep's list does not change with every
refresh of the claims.

Shapes   all columns (n,), in one order
Units    rank 0 is the best of its territory
Errors   none
Source   docs/decisions/0007-a-band-of-twenty-percent.md
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.assess import Assessment
from callplan.model import Counts, Marks, Texts, Tier, TierRules

NOWHERE = ""  # the territory of a provider that is no account: it counts in percentiles, and has no rank


@dataclass(frozen=True, slots=True)
class Tiers:
    tier: Texts
    rank: Counts  # within the territory, among the eligible; -1 for the others
    held: Marks  # in its tier by the band only


def cut(rank: Counts, inside: Marks, k: float, band: float) -> Marks:
    """Who is in: those within K(1-band), and of those who were in, all within K(1+band)."""
    return (rank < k * (1 - band)) | (inside & (rank < k * (1 + band)))


def capacity(rules: TierRules) -> tuple[int, int]:
    """How many Tier A and Tier B accounts one rep can hold: planned visits a day times days between visits."""
    visits_per_day = rules.visits_per_week * rules.utilization / 7
    a = visits_per_day * rules.a_share * rules.cadence.a_days
    b = visits_per_day * (1 - rules.a_share) * rules.cadence.b_days
    return int(a), int(b)


def assign_tiers(assessment: Assessment, territory: Texts, previous: Texts, rules: TierRules) -> Tiers:
    """The tier of every account; `previous` is "" for those that had none, which enter by the plain cut."""
    rank = np.full(len(territory), -1, dtype=np.int64)
    tier = np.full(len(territory), Tier.C.value)
    held = np.zeros(len(territory), dtype=np.bool_)
    for name in set(territory.tolist()) - {NOWHERE}:
        rows = np.flatnonzero((territory == name) & assessment.eligible)
        best_first = np.lexsort((assessment.npi[rows], -assessment.volume[rows], -assessment.score[rows]))
        rank[rows[best_first]] = np.arange(len(rows))
        tier[rows], held[rows] = _cut_territory(rank[rows], previous[rows], rules)
    return Tiers(tier, rank, held)


def _cut_territory(rank: Counts, previous: Texts, rules: TierRules) -> tuple[Texts, Marks]:
    """A by the cut at K, B by the cut at K for both; one account's first tier is the plain cut's."""
    k_a, k_b = capacity(rules)
    new = previous == ""
    was_a, was_b = previous == Tier.A.value, np.isin(previous, (Tier.A.value, Tier.B.value))
    in_a = np.where(new, rank < k_a, cut(rank, was_a, k_a, rules.band))
    in_ab = np.where(new, rank < k_a + k_b, cut(rank, was_b, k_a + k_b, rules.band)) | in_a
    tier = np.where(in_a, Tier.A.value, np.where(in_ab, Tier.B.value, Tier.C.value))
    plain = np.where(rank < k_a, Tier.A.value, np.where(rank < k_a + k_b, Tier.B.value, Tier.C.value))
    return tier, tier != plain
