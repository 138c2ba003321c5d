"""Give every account its tier from the newest claims, as many A and B as each rep can hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import numpy as np

from callplan.assess import assess
from callplan.model import Npi, Tier
from callplan.tiers import Tiers, assign_tiers
from connector.run import Run, vintage_of
from connector.store.journal import Tally
from connector.store.plan import Assignment
from connector.sync.guard import stop_if_few_match, stop_if_input_shrank, stop_if_tiers_flip

ABSENT = "Tier C: not in the claims that were read. CMS leaves out what had fewer than 11 patients."


def refresh_tiers(run: Run) -> Tally:
    """Give every account its tier from the newest claims, as many A and B as each rep can hold."""
    plan, last = run.store.plan, run.store.plan.last_vintage()
    roster, found = run.matched()
    run.guard(stop_if_input_shrank, len(run.intake.claims.npi), last.providers if last else None)
    run.guard(stop_if_few_match, len(found.rows), len(roster.id))

    owners = dict(zip(roster.npi[found.rows].tolist(), roster.owner[found.rows].tolist(), strict=True))
    before = plan.assignments()
    after = _decide(run, owners, before)
    moved = sum(before[npi].tier is not after[npi].tier for npi in before.keys() & after.keys())
    run.guard(stop_if_tiers_flip, moved, len(before))

    plan.save_assignments(after.values())
    plan.save_unmatched(found.unmatched)
    plan.save_vintage(run.id, vintage_of(run.intake))
    tally = {"unmatched": len(found.unmatched), "tiers_moved": moved, **_counts(after)}
    run.log("refreshed_tiers", **tally)
    return tally


def _decide(run: Run, owners: Mapping[str, str], before: Mapping[Npi, Assignment]) -> dict[Npi, Assignment]:
    """Percentiles are among all providers in the claims; ranks among the accounts of one owner."""
    claims = run.intake.claims
    assessed = assess(claims, run.config.assess_rules())
    ours = np.isin(claims.npi, list(owners))
    territory = np.array([owners.get(npi, "") or "nobody" for npi in claims.npi.tolist()])
    held = np.array([before[npi].tier.value if npi in before else "" for npi in claims.npi.tolist()])
    tiers = assign_tiers(assessed, claims.specialty, np.where(ours, territory, ""), held, run.config.tier_rules())
    after = {}
    for row in np.flatnonzero(ours).tolist():
        after[Npi(str(claims.npi[row]))] = _assignment(run, row, assessed.volume[row], tiers, before)
    for npi in owners.keys() - after.keys():
        after[Npi(npi)] = _absent(run, Npi(npi), before)
    return after


def _assignment(run: Run, row: int, volume: float, tiers: Tiers, before: Mapping[Npi, Assignment]) -> Assignment:
    claims = run.intake.claims
    npi, tier = Npi(str(claims.npi[row])), Tier(str(tiers.tier[row]))
    since, previous = _since(run, tier, before.get(npi))
    return Assignment(
        npi=npi,
        tier=tier,
        since=since,
        previous_tier=previous,
        volume=float(volume),
        percentile=float(tiers.percentile[row]),
        reason=str(tiers.reason[row]),
        specialty=str(claims.specialty[row]),
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
