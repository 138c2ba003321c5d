"""NPIs that the plan's inputs know and no account of the CRM has: those with most procedures, near our accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from callplan.assess import Assessment
from callplan.model import Sort, Suggestion, Tier, npi_is_valid
from connector.run import Run
from jobs._assessing import assess_claims

MOST = 20


def absent(run: Run, perhaps: Mapping[str, str]) -> list[Suggestion]:
    """Some are `perhaps` an account, by NPI, whose own NPI is of no use."""
    why = defaultdict[str, list[str]](list)
    carried = {npi for npi in run.store.mirror.roster().npi.tolist() if npi}
    volumes = _of_tiers(run, why) if run.intake.tiers is not None else _of_claims(run, why)
    for closure in run.closures:
        why[closure.npi].append("is in the access list")
    for npi in run.windows:
        why[npi].append("is in the list of opening hours")
    for lock in run.store.overrides.standing(run.today).values():
        if npi_is_valid(lock.npi):
            why[lock.npi].append(f"has a {lock.field} that {lock.by} fixed")
    missing = sorted(why.keys() - carried, key=lambda npi: (-volumes.get(npi, 0.0), npi))[:MOST]
    return [
        Suggestion(Sort.ABSENT, npi, "", 0, _says(volumes.get(npi, 0.0), why[npi], perhaps.get(npi))) for npi in missing
    ]


def _of_tiers(run: Run, why: dict[str, list[str]]) -> dict[str, float]:
    tiers = run.intake.tiers or {}
    for npi, ready in tiers.items():
        if ready.tier is not Tier.C:
            why[npi].append(f"is Tier {ready.tier.value} in the table")
    return {npi: ready.volume or 0.0 for npi, ready in tiers.items()}


def _of_claims(run: Run, why: dict[str, list[str]]) -> dict[str, float]:
    """Whose volume would be worth a visit: no less than the least of Tier A and B, in a state where accounts are."""
    found, roster, claims = run.once(assess_claims), run.store.mirror.roster(), run.intake.claims
    states = np.array(sorted({state for state in roster.state.tolist() if state}), dtype=np.str_)
    near = np.isin(claims.state, np.append(states, "")) if len(states) else np.ones(len(claims.npi), dtype=np.bool_)
    worth = found.eligible & (found.volume >= _least(run)) & np.isin(found.npi, claims.npi[near])
    for npi in _best(found, worth, set(roster.npi.tolist())):
        why[npi].append("is worth a visit by the claims")
    return dict(zip(found.npi.tolist(), np.nan_to_num(found.volume).tolist(), strict=True))


def _best(found: Assessment, worth: np.ndarray, carried: set[str]) -> list[str]:
    rows = np.flatnonzero(worth)
    by_volume = rows[np.argsort(-found.volume[rows], kind="stable")]
    return [npi for npi in found.npi[by_volume].tolist() if npi not in carried][:MOST]


def _least(run: Run) -> float:
    held = [a.volume for a in run.store.plan.assignments().values() if a.tier is not Tier.C and a.volume]
    return min(held, default=0.0)


def _says(volume: float, why: list[str], perhaps: str | None) -> str:
    counted = f"{volume:,.0f} procedures in 12 months; " if volume else ""
    known = f"; account {perhaps}, without a usable NPI, is perhaps it" if perhaps else ""
    return f"{counted}it {' and '.join(dict.fromkeys(why))}{known}"
