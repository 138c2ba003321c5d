"""How an account gets its tier: assessed from the claims, then dealt one of its rep's places.

Percentiles are among all providers in the claims; ranks among the accounts of one owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from callplan.assess import Assessment, Gate, narrowed, of_accounts, shut
from callplan.model import AssessRules, Counts, Npi, Tier
from callplan.reasons import Standing, reason
from callplan.tiers import Accounts, Tiers, assign_tiers
from connector.run import Run
from connector.store.overrides import Override
from connector.store.plan import Assignment
from connector.sync.book import as_number
from jobs._access import Access
from jobs._assessing import assess_claims, rules_tonight
from jobs._filtering import inside, why_outside
from jobs._loads import NOBODY
from jobs.find_signals import News, look

Before = Mapping[Npi, Assignment]
Locks = Mapping[Npi, Override]


@dataclass(frozen=True, slots=True)
class Decided:
    """What is known of the accounts, in one order, before each is put into words."""

    assessed: Assessment
    tiers: Tiers
    locks: Locks
    nominated: Counts
    signals: Mapping[str, str]  # that nominate, in words
    outside: Mapping[Npi, str]  # the part of the plan's filter that one fails
    rules: AssessRules


def by_claims(run: Run, owners: Mapping[str, str], before: Before, access: Access) -> dict[Npi, Assignment]:
    """The tier of every account, by NPI."""
    npis, locks = [Npi(npi) for npi in sorted(owners)], locks_of(run, access)
    ours, filtered, news = np.array(npis, dtype=np.str_), inside(run), look(run)
    rules, everybody = rules_tonight(run), run.once(assess_claims)
    everybody = narrowed(everybody, filtered.fits) if filtered else everybody
    assessed = shut(of_accounts(everybody, ours), news.deactivated(ours), Gate.DEACTIVATED)
    accounts = _accounts(npis, [owners[npi] or NOBODY for npi in npis], before, locks, news)
    opened = np.array([npi in access.reopened for npi in npis], dtype=np.bool_)
    accounts = replace(accounts, hard=accounts.hard | opened)
    tiers = assign_tiers(assessed, accounts, run.config.tier_rules(), run.today)
    signals, outside = news.told(ours), why_outside(run, filtered, npis)
    decided = Decided(assessed, tiers, locks, accounts.nominated, signals, outside, rules)
    after = {npi: _assignment(run, row, decided, before.get(npi)) for row, npi in enumerate(npis)}
    return {npi: replace(one, reason=access.tell(npi, one.reason)) for npi, one in after.items()}


def _accounts(npis: list[Npi], reps: list[str], before: Before, locks: Locks, news: News) -> Accounts:
    nominated, hard = news.nominations(np.array(npis, dtype=np.str_))
    held = [before.get(npi) for npi in npis]
    territories, territory = np.unique(np.array(reps, dtype=np.str_), return_inverse=True)
    return Accounts(
        territory=territory,
        territories=tuple(territories.tolist()),
        tier=np.array([one.tier.value if one else "" for one in held], dtype=np.str_),
        since=np.array([one.since if one else None for one in held], dtype="datetime64[D]"),
        moved=np.array([bool(one and one.previous_tier) for one in held], dtype=np.bool_),
        nominated=nominated,
        hard=hard != "",
        locked=np.array([str(locks[npi].edited) if npi in locks else "" for npi in npis], dtype=np.str_),
    )


def locks_of(run: Run, access: Access) -> dict[Npi, Override]:
    """Tiers that a person set and a manager accepted, as long as they hold; none opens what is closed."""
    target = run.mapping.value.fields.get("tier")
    holding = {
        Npi(override.npi): override
        for override in run.store.overrides.standing(run.today).values()
        if target and override.field == target.field and override.edited in list(Tier)
    }
    return {npi: override for npi, override in holding.items() if npi not in access.closed}


def _assignment(run: Run, row: int, decided: Decided, held: Assignment | None) -> Assignment:
    assessed, tiers, npi = decided.assessed, decided.tiers, Npi(str(decided.assessed.npi[row]))
    config, tier = run.config, Tier(str(tiers.tier[row]))
    since, previous = since_when(run.today, tier, held)
    came = 0 if previous is None or since != run.today else 1 if tier < previous else -1  # tonight, up or down
    nominated = int(decided.nominated[row])
    standing = Standing(
        npi=npi,
        specialty=str(assessed.specialty[row]),
        tier=tier,
        since=since,
        previous=previous,
        toward=Tier(str(tiers.toward[row])),
        held=str(tiers.held[row]),
        gate=int(assessed.gate[row]),
        volume=float(assessed.volume[row]),
        family=str(assessed.family[row]),
        percentile=float(assessed.percentile[row]),
        share=float(assessed.share[row]),
        locked=locked(decided.locks.get(npi)),
        nominated=0 if nominated == came else nominated,  # a signal that has just worked has no more to say
        signal=decided.signals.get(npi, ""),
        outside=decided.outside.get(npi, ""),
    )
    absent = np.isnan(assessed.volume[row])
    return Assignment(
        npi=npi,
        tier=tier,
        since=since,
        previous_tier=previous,
        volume=as_number(assessed.volume[row]),
        percentile=None if absent else standing.percentile,
        reason=reason(standing, decided.rules, config.tier_rules()),
        specialty=standing.specialty,
        vintage=run.intake.claims.vintage,
        family=standing.family,
        decile=int(assessed.decile[row]) or None,
        score=None if absent else float(assessed.score[row]),
        rank=int(tiers.rank[row]) + 1 or None,
        toward=standing.toward,
        held=standing.held,
        rules=config.rules(),
    )


def since_when(today: date, tier: Tier, held: Assignment | None) -> tuple[date, Tier | None]:
    """Since when, and what it was before: both stand until the tier moves."""
    if held is None:
        return today, None
    return (held.since, held.previous_tier) if held.tier is tier else (today, held.tier)


def locked(lock: Override | None) -> str:
    if not lock:
        return ""
    until = f", until {lock.until.day} {lock.until:%b %Y}" if lock.until else ""
    return f"{lock.by}{until}" + (f" ({lock.reason})" if lock.reason else "")
