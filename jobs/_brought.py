"""How an account gets its tier where the team brings its own: as its table says, whatever a rep can hold.

Whom reps may not see, and whose NPI is deactivated, is Tier C all the same, and a tier that a manager kept stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from callplan.model import Npi, Tier
from callplan.moves import Hold
from connector.run import Run
from connector.store.plan import Assignment
from jobs._access import Access
from jobs._deciding import Before, Locks, locked, locks_of, since_when
from jobs.find_signals import look


def as_brought(run: Run, owners: Mapping[str, str], before: Before, access: Access) -> dict[Npi, Assignment]:
    """The tier of every account, by NPI."""
    npis = np.array(sorted(owners), dtype=np.str_)
    gone = map(Npi, npis[look(run).deactivated(npis)].tolist())
    access = replace(access, closed={**access.closed, **dict.fromkeys(gone, "its NPI is deactivated in the registry")})
    locks = locks_of(run, access)
    return {npi: _assignment(run, npi, before.get(npi), access, locks) for npi in map(Npi, sorted(owners))}


def _assignment(run: Run, npi: Npi, held: Assignment | None, access: Access, locks: Locks) -> Assignment:
    tier, why = _decided(run, npi, access, locks)
    since, previous = since_when(run.today, tier, held)
    ready = (run.intake.tiers or {}).get(npi)
    return Assignment(
        npi=npi,
        tier=tier,
        since=since,
        previous_tier=previous,
        volume=ready.volume if ready else None,
        percentile=None,
        reason=access.tell(npi, f"Tier {tier}{why}."),
        specialty="",
        vintage=run.intake.claims.vintage,
        toward=tier,
        held=Hold.LOCK if npi in locks else "",
        rules=run.config.rules(),
    )


def _decided(run: Run, npi: Npi, access: Access, locks: Locks) -> tuple[Tier, str]:
    """Access first, then a manager's word, then the table."""
    ready, file = (run.intake.tiers or {}).get(npi), run.intake.files[0].path.name
    if npi in access.closed:
        return Tier.C, f", no visits planned: {access.closed[npi]}"
    if npi in locks:
        return Tier(str(locks[npi].edited)), f": kept by {locked(locks[npi])}"
    if not ready:
        return Tier.C, f": no usable row in {file}"
    return ready.tier, f": {ready.reason.rstrip('.') or f'by {file}'}"
