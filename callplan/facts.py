"""What a vintage says of each account: volume, specialty, practice, organisations, standing in the registry.

Only of accounts: a vintage may tell of a million providers, and a signal can be about none but ours. What a vintage
does not tell is unknown, which is neither zero nor gone.

Shapes   see callplan.model.Facts; accounts in the order of their NPIs
Source   CMS withholds cells of fewer than 11 patients, so a provider without a relevant cell has no volume, not none
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.model import Affiliations, AssessRules, Claims, Counts, Days, Facts, Numbers, Registry, Texts

PRACTICE = "practice"
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Sources:
    """All that one vintage was read from."""

    vintage: str
    claims: Claims
    volume: Numbers  # of relevant procedures, in the order of the claims' providers
    registry: Registry
    affiliations: Affiliations
    knows: frozenset[str]
    day: np.datetime64


def gather(accounts: Texts, sources: Sources, rules: AssessRules) -> Facts:
    npi = np.unique(accounts)
    claims, registry = sources.claims, sources.registry
    of, listed = rows_of(claims.npi, npi), rows_of(registry.npi, npi)
    member, organisation = _organisations(npi, sources.affiliations)
    return Facts(
        vintage=sources.vintage,
        claims=claims.vintage,
        day=sources.day,
        span=claims.span,
        measure=measure(rules),
        knows=sources.knows,
        npi=npi,
        volume=_volumes(sources.volume, of),
        specialty=_texts(claims.specialty, of),
        claims_zip=_texts(claims.zip, of),
        listed=listed >= 0,
        taxonomy=_texts(registry.taxonomy, listed),
        zip=_texts(registry.zip, listed),
        size=_sizes(npi, sources.affiliations),
        enumerated=_days(registry.enumerated, listed),
        deactivated=_days(registry.deactivated, listed),
        member=member,
        organisation=organisation,
    )


def measure(rules: AssessRules) -> str:
    """Which procedures the volume counts: volumes of two measures cannot be compared."""
    return "; ".join(f"{' '.join(family.codes)} x {family.weight:g}" for family in rules.families)


def rows_of(column: Texts, npi: Texts) -> Counts:
    """The row of each NPI in a column that is in order, -1 where it is not there."""
    if not len(column):
        return np.full(len(npi), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(column, npi), len(column) - 1)
    return np.where(column[at] == npi, at, -1)


def _volumes(volume: Numbers, of: Counts) -> Numbers:
    found = np.full(len(of), np.nan)
    found[of >= 0] = volume[of[of >= 0]]
    return np.where(found > 0, found, np.nan)


def _organisations(npi: Texts, affiliations: Affiliations) -> tuple[Counts, Texts]:
    """Each organisation of each account once, however many addresses it has there."""
    at = rows_of(npi, affiliations.npi)
    sort, id_ = affiliations.sort, affiliations.organisation_id
    named = np.array([f"{kind} {number}" if number else "" for kind, number in zip(sort, id_, strict=True)], dtype=str)
    name = named[affiliations.organisation] if len(named) else np.array([], dtype=np.str_)
    pairs = sorted({(row, one) for row, one in zip(at.tolist(), name.tolist(), strict=True) if row >= 0 and one})
    return np.array([row for row, _ in pairs], dtype=np.int64), np.array([one for _, one in pairs], dtype=np.str_)


def _sizes(npi: Texts, affiliations: Affiliations) -> Numbers:
    at, found = rows_of(npi, affiliations.npi), np.full(len(npi), np.nan)
    ours = at >= 0
    if ours.any():
        np.fmax.at(found, at[ours], affiliations.size[affiliations.organisation[ours]])
    return found


def _texts(column: Texts, at: Counts) -> Texts:
    found: Texts = np.where(at >= 0, column[at], "") if len(column) else np.full(len(at), "")
    return found


def _days(column: Days, at: Counts) -> Days:
    found: Days = np.where(at >= 0, column[at], NEVER) if len(column) else np.full(len(at), NEVER)
    return found
