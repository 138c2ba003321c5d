"""Give every account its tier from the newest claims, as many A and B as each rep can hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from callplan.assess import Assessment, assess
from callplan.model import Npi, Tier
from callplan.reasons import Standing, reason
from callplan.tiers import Tiers, assign_tiers
from connector.run import Run, vintage_of
from connector.store.journal import Tally
from connector.store.plan import Assignment
from connector.sync.guard import (
    stop_if_a_territory_flips,
    stop_if_few_match,
    stop_if_fewer_match,
    stop_if_input_shrank,
    stop_if_tier_a_shrinks,
    stop_if_tiers_flip,
)

ABSENT = "Tier C: not in the claims that were read. CMS leaves out what had fewer than 11 patients."


def refresh_tiers(run: Run) -> Tally:
    """Give every account its tier from the newest claims, as many A and B as each rep can hold."""
    plan, last = run.store.plan, run.store.plan.last_vintage()
    roster, found = run.matched()
    run.guard(stop_if_input_shrank, len(run.intake.claims.npi), last.providers if last else None)
    run.guard(stop_if_few_match, len(found.rows), len(roster.id))
    unmatched = len(plan.unmatched())

    owners = dict(zip(roster.npi[found.rows].tolist(), roster.owner[found.rows].tolist(), strict=True))
    before = plan.assignments()
    matched_before = len(before) / (len(before) + unmatched) if before else None
    run.guard(stop_if_fewer_match, len(found.rows) / max(1, len(roster.id)), matched_before)
    after = _decide(run, owners, before)
    moved = [npi for npi in before.keys() & after.keys() if before[npi].tier is not after[npi].tier]
    _look_at_moves(run, moved, owners, before, after)

    plan.save_assignments(after.values())
    plan.save_unmatched(found.unmatched)
    plan.save_vintage(run.id, vintage_of(run.intake))
    tally = {"unmatched": len(found.unmatched), "tiers_moved": len(moved), **_counts(after)}
    run.log("refreshed_tiers", **tally)
    return tally


def _look_at_moves(
    run: Run,
    moved: Sequence[Npi],
    owners: Mapping[str, str],
    before: Mapping[Npi, Assignment],
    after: Mapping[Npi, Assignment],
) -> None:
    run.guard(stop_if_tiers_flip, len(moved), len(before))
    territories = Counter(owners[npi] for npi in before.keys() & after.keys())
    run.guard(stop_if_a_territory_flips, Counter(owners[npi] for npi in moved), territories)
    of_a = [npi for npi, held in before.items() if held.tier is Tier.A and npi in after]
    run.guard(stop_if_tier_a_shrinks, sum(after[npi].tier is Tier.A for npi in of_a), len(of_a))


def _decide(run: Run, owners: Mapping[str, str], before: Mapping[Npi, Assignment]) -> dict[Npi, Assignment]:
    """Percentiles are among all providers in the claims; ranks among the accounts of one owner."""
    claims = run.intake.claims
    assessed = assess(claims, run.config.assess_rules())
    ours = np.isin(claims.npi, list(owners))
    territory = np.array([owners.get(npi, "") or "nobody" for npi in claims.npi.tolist()])
    held = np.array([before[npi].tier.value if npi in before else "" for npi in claims.npi.tolist()])
    tiers = assign_tiers(assessed, np.where(ours, territory, ""), held, run.config.tier_rules())
    after = {}
    for row in np.flatnonzero(ours).tolist():
        after[Npi(str(claims.npi[row]))] = _assignment(run, row, assessed, tiers, before)
    for npi in owners.keys() - after.keys():
        after[Npi(npi)] = _absent(run, Npi(npi), before)
    return after | dict(_kept_by_managers(run, after, before))


def _kept_by_managers(
    run: Run, after: Mapping[Npi, Assignment], before: Mapping[Npi, Assignment]
) -> Iterator[tuple[Npi, Assignment]]:
    """Tiers that a person set in the CRM and a manager accepted."""
    target = run.mapping.value.fields.get("tier")
    for override in run.store.overrides.newest().values():
        npi = Npi(override.npi)
        kept = target and override.field == target.field and override.holds(run.today) and npi in after
        if kept and override.edited in list(Tier):  # a person may have emptied the field
            tier = Tier(str(override.edited))
            since, previous = _since(run, tier, before.get(npi))
            why = f"Tier {tier.value}: kept by {override.by}{f', {override.reason}' if override.reason else ''}."
            yield npi, replace(after[npi], tier=tier, since=since, previous_tier=previous, reason=why)


def _assignment(run: Run, row: int, assessed: Assessment, tiers: Tiers, before: Mapping[Npi, Assignment]) -> Assignment:
    claims, config = run.intake.claims, run.config
    npi, tier = Npi(str(claims.npi[row])), Tier(str(tiers.tier[row]))
    standing = Standing(
        npi=npi,
        specialty=str(claims.specialty[row]),
        tier=tier,
        gate=int(assessed.gate[row]),
        volume=float(assessed.volume[row]),
        family=str(assessed.family[row]),
        percentile=float(assessed.percentile[row]),
        held=bool(tiers.held[row]),
    )
    since, previous = _since(run, tier, before.get(npi))
    return Assignment(
        npi=npi,
        tier=tier,
        since=since,
        previous_tier=previous,
        volume=standing.volume,
        percentile=standing.percentile,
        reason=reason(standing, config.assess_rules(), config.tier_rules()),
        specialty=standing.specialty,
        vintage=claims.vintage,
    )


def _absent(run: Run, npi: Npi, before: Mapping[Npi, Assignment]) -> Assignment:
    since, previous = _since(run, Tier.C, before.get(npi))
    return Assignment(npi, Tier.C, since, previous, None, None, ABSENT, "", run.intake.claims.vintage)


def _since(run: Run, tier: Tier, held: Assignment | None) -> tuple[date, Tier | None]:
    """Since when, and what it was before: both stand until the tier moves."""
    if held is None:
        return run.today, None
    return (held.since, held.previous_tier) if held.tier is tier else (run.today, held.tier)


def _counts(assignments: Mapping[Npi, Assignment]) -> Tally:
    tiers = Counter(assignment.tier for assignment in assignments.values())
    return {f"tier_{tier.value.lower()}": tiers[tier] for tier in Tier}
