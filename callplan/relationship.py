"""What comes from the account's side: who used to write, call or talk and has fallen silent.

Plain recency, unless a model has won by `evaluate` on the team's own log (rhythm.py): on few touches an account's own
rhythm is noise.

Shapes   accounts (n,); `inbound` is the last touch from its side, datetime64[D], NaT where there was none
Source   docs/decisions/0024-three-states-and-a-flag-with-a-life.md
"""

from __future__ import annotations

from datetime import date

import numpy as np

from callplan.model import Counts, Days, Relationship, RelationshipRules, Texts


def relationship(inbounds: Counts, quiet_on: Days, rules: RelationshipRules, today: date) -> Texts:
    """`inbounds` is how many touches came from its side, `quiet_on` from which day on it is quiet, NaT where never."""
    known = inbounds >= rules.least
    quiet = known & (quiet_on <= np.datetime64(today, "D"))
    states = [Relationship.QUIET.value, Relationship.WARM.value]
    return np.select([quiet, known], states, Relationship.LITTLE_KNOWN.value)


def quiet_on(inbound: Days, rules: RelationshipRules) -> Days:
    """By plain recency: from this day on it is quiet, if nothing comes."""
    found: Days = inbound + np.timedelta64(rules.quiet_days, "D")
    return found
