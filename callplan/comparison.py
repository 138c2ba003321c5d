"""What territories ask of their reps: work a week against what a rep can plan, and the driving to it.

Tiers are cut rep by rep, so that the B of a crowded territory would be the A of an empty one, and workloads by tier
look alike. `high_fit` gives the tiers that one list of all accounts has, with as many A and B as all reps together can
hold: by these, territories can be compared.

Shapes   accounts (n,), territories (k,)
Units    work a week in what `TierRules.week` counts: visits, or minutes; minutes of driving to a visit
Errors   none
Source   the article, "Balancing Geography with Opportunity"
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from callplan.balance import totals
from callplan.model import (
    Balance,
    Counts,
    DriveMinutes,
    Figures,
    Ground,
    Marks,
    Numbers,
    Points,
    Reps,
    Texts,
    Tier,
    TierRules,
)
from callplan.places import middles, shares
from callplan.workload import capacity, load, planned


def work_a_week(tier: Texts, rules: TierRules) -> Numbers:
    """What the cadences ask for."""
    of_each = [load({one: 1}, rules).needed for one in (Tier.A, Tier.B)]
    found: Numbers = np.select([tier == Tier.A.value, tier == Tier.B.value], of_each, 0.0)
    return found


def planned_by(names: Texts, rules: TierRules) -> Numbers:
    """Of a week, what each rep can plan."""
    return np.array([planned(rules, name) for name in names.tolist()], dtype=np.float64)


def high_fit(ground: Ground, rules: TierRules, names: Texts) -> Ground:
    """The same accounts with the tiers of one list, cut by what these reps together can hold; "" is any rep."""
    best_first = np.lexsort((ground.npi, -ground.volume, -ground.percentile))
    best_first = best_first[ground.percentile[best_first] > 0]
    of_a, of_b = (sum(held) for held in zip(*(capacity(rules, name) for name in names.tolist()), strict=True))
    tier = np.full(len(ground.npi), Tier.C.value)
    tier[best_first[: of_a + of_b]] = Tier.B.value
    tier[best_first[:of_a]] = Tier.A.value
    return replace(ground, tier=tier)


def present(ground: Ground, reps: Reps, rules: TierRules, drive: DriveMinutes) -> Figures:
    """Each rep's accounts, and in a last row those of nobody, if there are any."""
    names = np.concatenate([reps.name, [""] if (ground.rep == "").any() else np.zeros(0, np.str_)])
    row = {name: at for at, name in enumerate(names.tolist())}
    territory = np.array([row[name] for name in ground.rep.tolist()], dtype=np.int64)
    found = measure(ground, territory, names, homes_of(reps, np.arange(len(names))), rules, drive)
    return replace(found, capacity=np.where(names == "", 0.0, found.capacity))


def side_by_side(ground: Ground, reps: Reps, rules: TierRules, drive: DriveMinutes) -> tuple[Figures, Figures]:
    """Today's territories by the tiers as they are, and by those of one list."""
    ranked = high_fit(ground, rules, reps.name)
    return present(ground, reps, rules, drive), present(ranked, reps, rules, drive)


def homes_of(reps: Reps, rows: Counts) -> Points:
    """NaN where a row is none of the reps'."""
    beyond = [np.append(degrees, np.nan) for degrees in reps.homes]
    at = np.where((rows >= 0) & (rows < len(reps.name)), rows, len(reps.name))
    return beyond[0][at], beyond[1][at]


def or_else(homes: Points, centres: Points) -> Points:
    unknown = np.isnan(homes[0])
    return np.where(unknown, centres[0], homes[0]), np.where(unknown, centres[1], homes[1])


def measure(
    ground: Ground, territory: Counts, names: Texts, homes: Points, rules: TierRules, drive: DriveMinutes
) -> Figures:
    """Territories side by side, from any order of the accounts the same to the last digit."""
    order, count = np.argsort(ground.npi, kind="stable"), len(names)
    row, tier = territory[order], ground.tier[order]
    points = ground.points[0][order], ground.points[1][order]
    known, work = ~np.isnan(points[0]), work_a_week(tier, rules)
    return Figures(
        name=names,
        accounts=np.bincount(row, minlength=count),
        of_tier=np.stack([np.bincount(row[tier == one.value], minlength=count) for one in Tier], axis=1),
        volume=totals(row, ground.volume[order], count),
        work=totals(row, work, count),
        capacity=planned_by(names, rules),
        minutes=_minutes(points, row, work, homes, drive),
        without_place=np.bincount(row[~known], minlength=count),
    )


def balance(of: Figures, counted: Marks) -> Balance:
    """Over the territories that count: of today's, not the accounts of nobody."""
    work, capacity, driven = of.work[counted], of.capacity[counted], counted & ~np.isnan(of.minutes)
    if not of.work[driven].sum() > 0:
        return Balance(np.nan, np.nan)
    used = (work / capacity).max() / (work.sum() / capacity.sum())
    return Balance(float(used), float(np.average(of.minutes[driven], weights=of.work[driven])))


def _minutes(points: Points, row: Counts, work: Numbers, homes: Points, drive: DriveMinutes) -> Numbers:
    """To a visit, from home or else the middle of the work; accounts without a place are not driven to."""
    count = len(homes[0])
    starts = or_else(homes, middles(points, shares(row, work, count)))
    away = drive(points, starts)[np.arange(len(row)), row]
    weight = work * ~np.isnan(points[0])
    total = totals(row, weight, count)
    found: Numbers = np.divide(totals(row, weight * away, count), total, out=np.full(count, np.nan), where=total > 0)
    return found
