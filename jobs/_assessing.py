"""The claims assessed, once a run: by whoever has them, under the rules of tonight."""

from __future__ import annotations

from callplan.assess import Assessment, assess
from callplan.model import AssessRules
from connector.run import Run
from jobs._access import closed_tonight


def assess_claims(run: Run) -> Assessment:
    """Of everybody in the claims. The plan's filter comes later: it narrows the plan, and no percentile."""
    return assess(run.source, rules_tonight(run))


def rules_tonight(run: Run) -> AssessRules:
    return run.config.assess_rules(tuple(closed_tonight(run).items()))
