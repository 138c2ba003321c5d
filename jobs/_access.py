"""Who is closed to reps tonight, whose closure has ended since last night, and what competitors reported as paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callplan.access import closed_on, relationships, reopened
from callplan.model import Npi
from connector.run import Run
from connector.store.plan import Assignment


@dataclass(frozen=True, slots=True)
class Access:
    closed: Mapping[Npi, str]  # and why
    reopened: frozenset[Npi]  # out until the last night for a closure that has ended
    told: Mapping[Npi, str]  # what competitors reported, where that closes nothing

    def tell(self, npi: Npi, reason: str) -> str:
        """The reason of a tier, with what is to be told beside it."""
        said = "" if npi in self.closed else self.told.get(npi, "")
        return f"{reason} {said[0].upper()}{said[1:]}." if said else reason


def find_access(run: Run, before: Mapping[Npi, Assignment]) -> Access:
    told, closed = run.once(reported), closed_tonight(run)
    ended = {npi: tuple(f": {why}." for why in said) for npi, said in reopened(run.closures, run.today).items()}
    opened = [npi for npi, said in ended.items() if npi in before and before[npi].reason.endswith(said)]
    run.log("found_access", closed=len(closed), reopened=sorted(opened))
    return Access(closed, frozenset(opened), told)


def closed_tonight(run: Run) -> dict[Npi, str]:
    """By whom reps are not received, and why."""
    rules = run.config.competitor_rules()
    return {**(run.once(reported) if rules and rules.gate else {}), **closed_on(run.closures, run.today)}


def reported(run: Run) -> Mapping[Npi, str]:
    """What competitors reported as paid."""
    rules = run.config.competitor_rules()
    if not rules:
        return {}
    found = relationships(run.registries.payments, rules)
    nameless = run.registries.payments.nameless
    run.log("found_relationships", told=len(found.told), without_npi=nameless, unknown_makers=found.unknown)
    return found.told
