"""Which accounts deserve a rep's time at all: three gates, each with its reason.

    relevance   the specialty is targeted, and procedures of the families are on file
    volume      enough of them in twelve months
    access      no contract, policy or wish keeps a rep out
An account that fails a gate is not a low score; it is out, and the reason says why.

Shapes   all columns (n,), in the order of the claims' providers
Units    procedures per 12 months, weighted by family
Source   CMS leaves out cells of fewer than 11 patients, so a volume is "at least"
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.model import AssessRules, Claims, Family, Marks, Numbers, Texts


@dataclass(frozen=True, slots=True)
class Assessment:
    npi: Texts
    volume: Numbers
    family: Texts  # the one that contributes most, "" where none does
    eligible: Marks
    reason: Texts  # why not, "" where eligible


def assess(claims: Claims, rules: AssessRules) -> Assessment:
    volumes = np.array([_volume(claims, family) for family in rules.families]).reshape(-1, len(claims.npi))
    volume = volumes.sum(axis=0)
    names = np.array([family.name for family in rules.families] or [""])
    most = volumes.argmax(axis=0) if len(rules.families) else np.zeros(len(claims.npi), dtype=np.int64)
    reason = _reasons(claims, volume, rules)
    return Assessment(claims.npi, volume, np.where(volume > 0, names[most], ""), reason == "", reason)


def _volume(claims: Claims, family: Family) -> Numbers:
    counted = in_family(claims.code, family)
    of = claims.provider[counted]
    counts = np.bincount(of, weights=claims.volume[counted], minlength=len(claims.npi))
    return counts.astype(np.float64) * family.weight


def in_family(codes: Texts, family: Family) -> Marks:
    """Codes are five characters, so their order as text is their order as codes."""
    found = np.zeros(len(codes), dtype=np.bool_)
    for entry in family.codes:
        first, _, last = entry.partition("-")
        found |= (codes >= first) & (codes <= (last or first))
    return found


def _reasons(claims: Claims, volume: Numbers, rules: AssessRules) -> Texts:
    """The first gate that is shut."""
    targeted = np.isin(claims.specialty, rules.specialties) if rules.specialties else volume >= 0
    closed = dict(rules.closed)
    told = []
    for npi, specialty, fits, much in zip(
        claims.npi.tolist(), claims.specialty.tolist(), targeted.tolist(), volume.tolist(), strict=True
    ):
        if not fits:
            told.append(f"{specialty or 'no specialty on file'} is not targeted")
        elif much <= 0:
            told.append("no relevant procedures on file")
        elif much < rules.volume_floor:
            told.append(f"{much:,.0f} relevant procedures a year, below the floor of {rules.volume_floor:,.0f}")
        else:
            told.append(closed.get(npi, ""))
    return np.array(told, dtype=np.str_)
