"""Give every account its tier: from the newest claims, as many A and B as each rep can hold; or as the team brings it.

Whichever of the two decides, whom reps may not see is Tier C, and what a manager kept stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from callplan.model import Npi, Tier
from callplan.moves import Hold
from callplan.workload import say_stretch, say_waiting
from connector.run import Run, vintage_of
from connector.store.journal import Tally
from connector.store.plan import Assignment
from connector.sync.carry import fit_carried
from connector.sync.guard import (
    stop_if_a_file_changed_size,
    stop_if_a_territory_flips,
    stop_if_few_match,
    stop_if_fewer_match,
    stop_if_input_shrank,
    stop_if_tier_a_shrinks,
    stop_if_tiers_flip,
)
from jobs._access import find_access
from jobs._brought import as_brought
from jobs._deciding import by_claims
from jobs._loads import NOBODY, loads, territories

Plan = Mapping[Npi, Assignment]
WAITING = (Hold.DWELL, Hold.TURN, Hold.PLACE)


def refresh_tiers(run: Run) -> Tally:
    """Give every account its tier, from the newest claims or from a table of the team's own."""
    plan, last = run.store.plan, run.store.plan.last_vintage()
    roster, found = run.matched()
    run.guard(stop_if_input_shrank, len(run.intake.claims.npi), last.providers if last else None)
    run.guard(stop_if_a_file_changed_size, run.intake.files, last.files if last else ())
    run.guard(stop_if_few_match, len(found.rows), len(roster.id))
    before, unmatched = plan.assignments(), len(plan.unmatched())
    matched_before = len(before) / (len(before) + unmatched) if before else None
    run.guard(stop_if_fewer_match, len(found.rows) / max(1, len(roster.id)), matched_before)

    owners = territories(run, roster, found)
    access = find_access(run, before)
    decide = by_claims if run.intake.tiers is None else as_brought
    after = decide(run, owners, before, access)
    _look_at_moves(run, owners, before, after)
    _say_what_does_not_fit(run, owners, after)

    plan.save_assignments(after.values())
    plan.save_unmatched(found.unmatched)
    plan.save_vintage(run.id, vintage_of(run.intake, run.registries))
    carried = fit_carried(owners, run.intake.carried, run.mapping.value.carry, run.shape)
    plan.save_carried(carried.rows)
    for name, values in carried.left_out.items():
        run.log("left_out", carried=name, values=values, example=carried.examples[name])
    tally = {"unmatched": len(found.unmatched), "reopened": len(access.reopened), **_counts(before, after)}
    run.log("refreshed_tiers", **tally)
    return tally


def _look_at_moves(run: Run, owners: Mapping[str, str], before: Plan, after: Plan) -> None:
    """Guards look at where accounts are to go, though few of them go tonight: a broken feed shows at once."""
    both = before.keys() & after.keys()
    was = {npi: before[npi].toward or before[npi].tier for npi in both}
    moved = [npi for npi in both if was[npi] is not after[npi].toward]
    run.guard(stop_if_tiers_flip, len(moved), len(before))
    run.guard(stop_if_a_territory_flips, Counter(owners[npi] for npi in moved), Counter(owners[npi] for npi in both))
    of_a = [npi for npi in both if was[npi] is Tier.A]
    run.guard(stop_if_tier_a_shrinks, sum(after[npi].toward is Tier.A for npi in of_a), len(of_a))


def _say_what_does_not_fit(run: Run, owners: Mapping[str, str], after: Plan) -> None:
    """Cadences that a rep's week cannot hold are announced before the week, and changes that have to wait."""
    rules, tiers = run.config.tier_rules(), ((owners[npi], held.tier.value) for npi, held in after.items())
    waiting = Counter(owners[npi] or NOBODY for npi, held in after.items() if held.held == Hold.TURN)
    for territory, load in loads(run, tiers).items():
        stretch = say_stretch(territory, load, rules)
        for told in filter(None, (stretch, say_waiting(territory, waiting[territory], rules))):
            run.announce(told)


def _counts(before: Plan, after: Plan) -> Tally:
    tiers = Counter(held.tier for held in after.values())
    return {
        "tiers_moved": sum(before[npi].tier is not after[npi].tier for npi in before.keys() & after.keys()),
        "tiers_waiting": sum(held.held in WAITING for held in after.values()),
        **{f"tier_{tier.value.lower()}": tiers[tier] for tier in Tier},
    }
