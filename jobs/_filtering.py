"""The plan's filter, where the config has one: who is inside, and why an account is not.

Errors   NeedsHuman: no file answers it, or it names what nobody has
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from callplan.find import problems
from callplan.fit import Fit, fit
from callplan.market import rows_of
from callplan.model import Npi
from connector.errors import NeedsHuman
from connector.run import Run


def inside(run: Run) -> Fit | None:
    where = run.config.where
    if not where:
        return None
    found = fit(where.filter(), run.market(where), run.config.assess_rules())
    for problem in problems(found):
        raise NeedsHuman(f"assess.where.{problem.key}: {problem.what}", next_step=problem.next_step)
    return found


def why_outside(run: Run, found: Fit | None, npis: Iterable[Npi]) -> dict[Npi, str]:
    """The part that each of these fails, of those that stand in the claims and are outside."""
    if not found:
        return {}
    asked = list(npis)
    rows = rows_of(np.array(asked, dtype=np.str_), run.intake.claims.npi).tolist()
    told = {npi: found.why(row) for npi, row in zip(asked, rows, strict=True) if row >= 0}
    return {npi: why for npi, why in told.items() if why}
