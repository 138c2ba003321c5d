"""What the accounts of each territory take of its rep's week, and by how much cadences stretch there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from callplan.model import Tier
from callplan.workload import Load, load
from connector.run import Run
from connector.store.mirror import Roster
from connector.sync.match import Match

NOBODY = "nobody"  # the territory of accounts without an owner


def territories(run: Run, roster: Roster, found: Match) -> dict[str, str]:
    """By NPI the territory that each account is ranked in: its rep's, or its own where it has no rep."""
    territory = run.territories.align(roster).key
    return dict(zip(roster.npi[found.rows].tolist(), territory[found.rows].tolist(), strict=True))


def loads(run: Run, accounts: Iterable[tuple[str, str]]) -> dict[str, Load]:
    """By territory, in the order of their names; of each account its territory and its tier."""
    rules, counts = run.config.tier_rules(), defaultdict[str, Counter[Tier]](Counter)
    for (territory, tier), many in Counter(accounts).items():
        counts[territory or NOBODY][Tier(tier)] += many
    return {territory: load(counts[territory], rules, territory) for territory in sorted(counts)}
