"""How many accounts one rep can hold, and how far apart visits really lie where a list is longer than that.

The workload build-up of the field: planned time a week, divided by what a visit takes with its drive, times the weeks
between visits. It is said before the week begins, never found out in it.

Shapes   one territory at a time
Units    time in whatever `TierRules.week` counts: visits, or minutes; cadence in days
Source   Talley, How to Design Sales Territories (1961); docs/decisions/0018-capacity-is-never-exceeded.md
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from callplan.model import Tier, TierRules

DAYS = 7
ROUNDING = 1e-9  # what floating point takes away or adds


@dataclass(frozen=True, slots=True)
class Load:
    """What the accounts of one territory take of its rep's week."""

    accounts: dict[Tier, int]
    needed: float
    planned: float

    @property
    def stretch(self) -> float:
        """By how much all cadences lengthen, in the same ratio; 1 where they fit."""
        return max(1.0, self.needed / self.planned)


def capacity(rules: TierRules, territory: str = "") -> tuple[int, int]:
    """How many Tier A and Tier B accounts a rep can hold, or those that the rules fix."""
    time = planned(rules, territory) / DAYS
    a = _whole(time * rules.a_share * rules.cadence.a_days / rules.a_visit)
    b = _whole(time * (1 - rules.a_share) * rules.cadence.b_days / rules.b_visit)
    fixed_a, fixed_b = rules.a_accounts, rules.b_accounts
    return a if fixed_a is None else fixed_a, b if fixed_b is None else fixed_b


def changes(rules: TierRules, territory: str = "") -> int:
    """How many of a rep's accounts may change tier within `changes_days`: one at least, unless none may."""
    return ceil(rules.changes_share * sum(capacity(rules, territory)) - ROUNDING)


def planned(rules: TierRules, territory: str = "") -> float:
    """Of one week, what may be planned; the rest is for the unplanned."""
    return rules.week * rules.utilization * dict(rules.part_time).get(territory, 1.0)


def load(accounts: dict[Tier, int], rules: TierRules, territory: str = "") -> Load:
    a = accounts.get(Tier.A, 0) * rules.a_visit / rules.cadence.a_days
    b = accounts.get(Tier.B, 0) * rules.b_visit / rules.cadence.b_days
    return Load(accounts, (a + b) * DAYS, planned(rules, territory))


def say_stretch(territory: str, found: Load, rules: TierRules) -> str:
    """That the cadences do not fit, before the week in which they would not; "" where they do."""
    if found.stretch <= 1 + ROUNDING:
        return ""
    a, b = (round(days * found.stretch) for days in (rules.cadence.a_days, rules.cadence.b_days))
    return (
        f"{territory}: {found.accounts.get(Tier.A, 0):,} Tier A and {found.accounts.get(Tier.B, 0):,} Tier B accounts "
        f"take {found.needed:,.1f} {rules.unit} a week, and {found.planned:,.1f} are planned. A is seen effectively "
        f"every {a} days, not {rules.cadence.a_days}, and B every {b}, not {rules.cadence.b_days}."
    )


def say_waiting(territory: str, waiting: int, rules: TierRules) -> str:
    """That more accounts are to change tier than may at a time; "" where none waits."""
    if not waiting:
        return ""
    return (
        f"{territory}: {waiting:,} more accounts are to change tier and wait their turn; at most "
        f"{changes(rules, territory):,} may within {rules.changes_days} days (`tiers.max_changes`)."
    )


def _whole(accounts: float) -> int:
    """Down, but for what floating point took away."""
    return int(accounts + ROUNDING)
