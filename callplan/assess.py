"""Which accounts deserve a rep's time at all: four gates, each with its reason; then a score inside the specialty.

    relevance   the specialty is targeted, and procedures of the families are on file
    filter      the plan's own, where it has one: see callplan/fit.py
    volume      enough of them in twelve months
    access      no contract, policy or wish keeps a rep out
An account that fails a gate is not a low score; it is out, and the reason says why.

The filter narrows the plan and moves no percentile: an account is compared with its specialty's whole market.

Shapes   all columns (n,), in the order of the claims' providers
Units    procedures per 12 months, weighted by family; percentile 0 to 100 among the specialty's eligible providers;
         decile 1 to 10 of equal volume, 10 the few with the most, 0 where not eligible
Source   CMS leaves out cells of fewer than 11 patients, so a volume is "at least"
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from callplan.model import AssessRules, Claims, Counts, Family, Marks, Npi, Numbers, Texts

FEWEST = 11  # procedures that may be shown


class Gate(IntEnum):
    """The first gate that is shut, in the order in which they are tried."""

    OPEN = 0
    SPECIALTY = 1
    FILTER = 2
    PROCEDURES = 3
    FLOOR = 4
    ACCESS = 5
    ABSENT = 6  # an account that stands in no claims
    DEACTIVATED = 7


@dataclass(frozen=True, slots=True)
class Assessment:
    npi: Texts
    specialty: Texts
    volume: Numbers  # NaN where absent
    family: Texts  # the one that contributes most, "" where none does
    gate: Counts  # a Gate each
    percentile: Numbers
    decile: Counts
    score: Numbers  # what accounts are ranked by, before volume

    @property
    def eligible(self) -> Marks:
        found: Marks = self.gate == Gate.OPEN
        return found


def assess(claims: Claims, rules: AssessRules, fits: Marks | None = None) -> Assessment:
    """`fits` marks who is inside the plan's filter, where it has one."""
    each = [_volume(claims, family) for family in rules.families]
    volumes = np.array(each).reshape(len(each), len(claims.npi))  # also where nobody of ours is in the claims
    volume = volumes.sum(axis=0)
    names = np.array([family.name for family in rules.families] or [""])
    most = volumes.argmax(axis=0) if len(rules.families) else np.zeros(len(claims.npi), dtype=np.int64)
    gate = _gates(claims, volume, rules)
    percentile = percentiles(volume, gate == Gate.OPEN, claims.specialty)
    found = Assessment(
        claims.npi,
        claims.specialty,
        volume,
        np.where(volume > 0, names[most], ""),
        gate,
        percentile,
        deciles(volume, gate == Gate.OPEN, claims.specialty),
        percentile,
    )
    return found if fits is None else narrowed(found, fits)


def of_accounts(assessment: Assessment, npis: Texts) -> Assessment:
    """The same for these NPIs and in their order; one that is not in the claims is absent."""
    at = np.searchsorted(assessment.npi, npis)
    at[at == len(assessment.npi)] = 0
    there = assessment.npi[at] == npis if len(assessment.npi) else np.zeros(len(npis), dtype=np.bool_)
    return Assessment(
        npis,
        np.where(there, assessment.specialty[at], ""),
        np.where(there, assessment.volume[at], np.nan),
        np.where(there, assessment.family[at], ""),
        np.where(there, assessment.gate[at], Gate.ABSENT),
        np.where(there, assessment.percentile[at], 0.0),
        np.where(there, assessment.decile[at], 0),
        np.where(there, assessment.score[at], 0.0),
    )


def narrowed(found: Assessment, fits: Marks) -> Assessment:
    """The same with those outside the filter out; what they are compared with stays."""
    gate = np.where(~fits & (found.gate != Gate.SPECIALTY), Gate.FILTER, found.gate)
    inside = gate == Gate.OPEN
    return replace(
        found,
        gate=gate,
        percentile=np.where(inside, found.percentile, 0.0),
        decile=np.where(inside, found.decile, 0),
        score=np.where(inside, found.score, 0.0),
    )


def shut(assessment: Assessment, marked: Marks, gate: Gate) -> Assessment:
    """The same with a gate shut for those that are marked, before all others."""
    return replace(assessment, gate=np.where(marked, gate, assessment.gate))


def why_shut(gate: int, npi: str, specialty: str, volume: float, rules: AssessRules, outside: str = "") -> str:
    """Why an account is out, after "Tier C, no visits planned: "; `outside` is what it fails of the filter."""
    told: dict[Gate, str] = {
        Gate.SPECIALTY: f"{specialty or 'no specialty on file'} is not targeted",
        Gate.FILTER: f"outside the plan's filter: {outside}",
        Gate.PROCEDURES: "no relevant procedures on file",
        Gate.FLOOR: f"{_shown(volume)} relevant procedures a year, below the floor of {rules.volume_floor:,.0f}",
        Gate.DEACTIVATED: "its NPI is deactivated in the registry",
        Gate.ABSENT: "not in the claims, which leave out what had fewer than 11 patients",
        Gate.ACCESS: dict(rules.closed).get(Npi(npi), ""),
    }
    return told[Gate(gate)]


def _shown(volume: float) -> str:
    """A count from 1 to 10 may point at patients, so that it never leaves (ResDAC, cell size suppression policy)."""
    return f"{volume:,.0f}" if volume >= FEWEST else f"fewer than {FEWEST}"


def in_family(codes: Texts, family: Family) -> Marks:
    """Codes are five characters, so their order as text is their order as codes."""
    found = np.zeros(len(codes), dtype=np.bool_)
    for entry in family.codes:
        first, _, last = entry.partition("-")
        found |= (codes >= first) & (codes <= (last or first))
    return found


def percentiles(volume: Numbers, eligible: Marks, specialty: Texts) -> Numbers:
    """The share of the specialty's eligible providers with no more volume, in percent; ties share it."""
    found = np.zeros(len(volume))
    for rows in _by_specialty(eligible, specialty):
        found[rows] = 100 * np.searchsorted(np.sort(volume[rows]), volume[rows], side="right") / len(rows)
    return found


def deciles(volume: Numbers, eligible: Marks, specialty: Texts) -> Counts:
    """Tenths of the specialty's volume, not of its providers: who begins within the first tenth from the top is 10."""
    found = np.zeros(len(volume), dtype=np.int64)
    for rows in _by_specialty(eligible, specialty):
        much = np.sort(volume[rows])
        before = much.sum() - np.concatenate([[0.0], np.cumsum(much)])  # volume of those above each place
        above = before[np.searchsorted(much, volume[rows], side="right")]
        found[rows] = 10 - np.clip(np.floor(10 * above / much.sum()), 0, 9)  # of sums that round off below 0 too
    return found


def _by_specialty(eligible: Marks, specialty: Texts) -> list[Counts]:
    return [np.flatnonzero(eligible & (specialty == name)) for name in sorted(set(specialty[eligible].tolist()))]


def _volume(claims: Claims, family: Family) -> Numbers:
    counted = in_family(claims.code, family)
    of = claims.provider[counted]
    counts = np.bincount(of, weights=claims.volume[counted], minlength=len(claims.npi))
    return counts.astype(np.float64) * family.weight


def _gates(claims: Claims, volume: Numbers, rules: AssessRules) -> Counts:
    targeted = np.isin(claims.specialty, rules.specialties) if rules.specialties else volume >= 0
    closed = np.isin(claims.npi, [npi for npi, _ in rules.closed])
    shut = [~targeted, volume <= 0, volume < rules.volume_floor, closed]
    return np.select(shut, [Gate.SPECIALTY, Gate.PROCEDURES, Gate.FLOOR, Gate.ACCESS], Gate.OPEN)
