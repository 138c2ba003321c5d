"""The assessment once more, as one would write it on paper: one provider after the other, in exact fractions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor, nan

import numpy as np

from callplan.assess import Assessment, Gate
from callplan.model import AssessRules, Claims, Family, Indications


@dataclass
class One:
    npi: str
    specialty: str
    by_family: dict[str, Fraction]
    listed: Fraction = Fraction(0)
    diagnosed: Fraction = Fraction(0)
    size: int = 0
    gate: Gate = Gate.OPEN
    percentile: Fraction = Fraction(0)
    decile: int = 0
    score: Fraction = Fraction(0)
    among: list[One] = field(default_factory=list)  # the open ones of the specialty

    @property
    def volume(self) -> Fraction:
        return sum(self.by_family.values(), Fraction(0))


def assess_plainly(
    claims: Claims, rules: AssessRules, diagnoses: Indications | None = None, sizes: Mapping[str, int] | None = None
) -> Assessment:
    everyone = _summed(claims, rules, diagnoses)
    for one in everyone:
        one.size = (sizes or {}).get(one.npi, 0)
        one.gate = _gate(one, rules)
    for one in everyone:
        one.among = [other for other in everyone if other.gate is Gate.OPEN and other.specialty == one.specialty]
        if one.gate is Gate.OPEN:
            one.percentile = _percentile([other.volume for other in one.among], one.volume)
            one.decile = decile([other.volume for other in one.among], one.volume)
            one.score = _score(one, rules)
    share = [float(one.listed / one.diagnosed) if rules.diagnoses and one.diagnosed else nan for one in everyone]
    return Assessment(
        npi=np.array([one.npi for one in everyone], dtype=np.str_),
        specialty=np.array([one.specialty for one in everyone], dtype=np.str_),
        volume=np.array([float(one.volume) for one in everyone], dtype=np.float64),
        family=np.array([_largest(one, rules) for one in everyone], dtype=np.str_),
        gate=np.array([int(one.gate) for one in everyone], dtype=np.int64),
        percentile=np.array([float(one.percentile) for one in everyone], dtype=np.float64),
        decile=np.array([one.decile for one in everyone], dtype=np.int64),
        score=np.array([float(one.score) for one in everyone], dtype=np.float64),
        share=np.array(share, dtype=np.float64),
    )


def holds(family: Family, code: str) -> bool:
    for entry in family.codes:
        first, _, last = entry.partition("-")
        if first <= code <= (last or first):
            return True
    return False


def decile(of_all: list[Fraction], mine: Fraction) -> int:
    """Ten, less how many whole tenths of all volume those have who have more."""
    above = sum((volume for volume in of_all if volume > mine), Fraction(0))
    return 10 - min(9, floor(10 * above / sum(of_all, Fraction(0))))


def _percentile(of_all: list[Fraction], mine: Fraction) -> Fraction:
    return Fraction(100 * bisect_right(sorted(of_all), mine), len(of_all))


def _summed(claims: Claims, rules: AssessRules, diagnoses: Indications | None) -> list[One]:
    names = [family.name for family in rules.families]
    everyone = [
        One(npi, specialty, dict.fromkeys(names, Fraction(0)))
        for npi, specialty in zip(claims.npi.tolist(), claims.specialty.tolist(), strict=True)
    ]
    for at, code, volume in zip(claims.provider.tolist(), claims.code.tolist(), claims.volume.tolist(), strict=True):
        for family in rules.families:
            if holds(family, code):
                everyone[at].by_family[family.name] += _exact(volume) * _exact(family.weight)
    if diagnoses is not None:
        _add_diagnoses({one.npi: one for one in everyone}, rules, diagnoses)
    return everyone


def _add_diagnoses(everyone: dict[str, One], rules: AssessRules, told: Indications) -> None:
    newest = max(told.since.tolist(), default=None)
    columns = (told.npi, told.code, told.diagnosis, told.since, told.volume)
    for npi, code, diagnosis, since, volume in zip(*(column.tolist() for column in columns), strict=True):
        for family in rules.families:
            if since == newest and diagnosis and holds(family, code) and npi in everyone:
                amount = _exact(volume) * _exact(family.weight)
                everyone[npi].diagnosed += amount
                everyone[npi].listed += amount if diagnosis[:3] in rules.diagnoses else 0


def _gate(one: One, rules: AssessRules) -> Gate:
    if rules.specialties and one.specialty not in rules.specialties:
        return Gate.SPECIALTY
    if one.volume == 0:
        return Gate.PROCEDURES
    if one.volume < rules.volume_floor:
        return Gate.FLOOR
    if rules.diagnoses and one.diagnosed and one.listed < one.diagnosed * _exact(rules.min_share):
        return Gate.DIAGNOSIS
    return Gate.ACCESS if one.npi in dict(rules.closed) else Gate.OPEN


def _score(one: One, rules: AssessRules) -> Fraction:
    weights = rules.score
    known = [other.listed for other in one.among if other.diagnosed]
    sized = [Fraction(other.size) for other in one.among if other.size]
    by_diagnosis = _percentile(known, one.listed) if one.diagnosed else one.percentile
    by_size = _percentile(sized, Fraction(one.size)) if one.size else one.percentile
    parts = {one.percentile: weights.volume}, {by_diagnosis: weights.diagnosis}, {by_size: weights.practice_size}
    total = sum((value * _exact(weight) for part in parts for value, weight in part.items()), Fraction(0))
    return total / _exact(weights.volume + weights.diagnosis + weights.practice_size)


def _largest(one: One, rules: AssessRules) -> str:
    best = max((one.by_family[family.name] for family in rules.families), default=Fraction(0))
    return next((family.name for family in rules.families if one.by_family[family.name] == best and best), "")


def _exact(number: float) -> Fraction:
    """The nearest thousandth."""
    return Fraction(floor(number * 1000 + 0.5), 1000)
