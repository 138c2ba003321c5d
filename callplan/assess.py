"""Which accounts deserve a rep's time at all: four gates, each with its reason; then a score inside the specialty.

An account that fails a gate is not a low score; it is out, and the reason says why. What is asked of the claims is in
callplan/measure.py; here the rules become the tables that are asked with, and the answer becomes columns.

The plan's filter narrows the plan and moves no percentile: an account is compared with its specialty's whole market.

Shapes   all columns (n,), in the order of NPIs
Units    procedures per 12 months, weighted by family; percentile 0 to 100 among the specialty's eligible providers;
         decile 1 to 10 of equal volume, 10 the few with the most, 0 where not eligible
Source   CMS leaves out cells of fewer than 11 patients, so a volume is "at least"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from callplan.gates import FEWEST, Gate, why_shut
from callplan.model import AssessRules, Columns, Counts, Family, Marks, Numbers, Source, Texts

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = [
    "FEWEST",
    "Assessment",
    "Gate",
    "Question",
    "assess",
    "in_family",
    "narrowed",
    "of_accounts",
    "relevant",
    "rule_tables",
    "shut",
    "why_shut",
]


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
    share: Numbers  # of the volume with a diagnosis, that under a listed one; NaN where none is on file

    @property
    def eligible(self) -> Marks:
        found: Marks = self.gate == Gate.OPEN
        return found


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, with only the columns that the rules need."""

    diagnoses: bool = False  # whether there is a gate for them
    by_diagnosis: bool = False  # whether the score counts them
    by_size: bool = False

    @property
    def name(self) -> str:
        return "_".join(["assess", *(name for name in self.__slots__ if getattr(self, name))])

    def expression(self) -> Table:
        from callplan.measure import measure  # only where it is compiled: Ibis takes a while to load

        return measure(diagnoses=self.diagnoses, by_diagnosis=self.by_diagnosis, by_size=self.by_size)


def assess(source: Source, rules: AssessRules) -> Assessment:
    listed, weights = bool(rules.diagnoses), rules.score
    question = Question(listed, listed and weights.diagnosis > 0, weights.practice_size > 0)
    specialties = sorted(source.distinct("providers", "specialty"))
    told = rule_tables(rules, source.distinct("claims", "code"), specialties)
    return _read(dict(source.answer(question, told)), specialties, rules)


def _read(answer: dict[str, NDArray[Any]], specialties: Sequence[str], rules: AssessRules) -> Assessment:
    """In the order of NPIs. Each column is let go once it is read: there may be millions of rows."""
    order = np.argsort(answer["npi"])
    names = _texts([*(family.name for family in rules.families), ""])  # the last where there is none

    def whole(name: str) -> Counts:
        return answer.pop(name)[order].astype(np.int64, copy=False)

    def real(name: str) -> Numbers:
        return answer.pop(name)[order].astype(np.float64, copy=False)

    share = real("share") if "share" in answer else np.full(len(order), -1.0)
    share[share < 0] = np.nan
    percentile = real("percentile")
    return Assessment(
        npi=digits(whole("npi")),
        specialty=_texts([*specialties, ""])[whole("kind")],
        volume=real("volume"),
        family=names[whole("family")],
        gate=whole("gate"),
        percentile=percentile,
        decile=whole("decile"),
        score=real("score") if "score" in answer else percentile,
        share=share,
    )


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
        np.where(there, assessment.share[at], np.nan),
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


def rule_tables(rules: AssessRules, codes: Sequence[str], specialties: Sequence[str]) -> dict[str, Columns]:
    """What claims are joined with. Amounts are whole numbers: weights in thousandths, the floor in millionths.

    Codes and specialties are matched here and not by the engine: they are few, and engines order texts differently.
    """
    score = rules.score
    whole = score.volume + score.diagnosis + score.practice_size
    settings = {
        "floor": round(rules.volume_floor * 1_000_000),
        "min_share": rules.min_share,
        "volume_weight": score.volume / whole,
        "diagnosis_weight": score.diagnosis / whole,
        "size_weight": score.practice_size / whole,
    }
    return {
        "relevant": relevant(codes, rules.families),
        "specialties": {
            "specialty": _texts(specialties),
            "kind": np.arange(len(specialties)),
            "targeted": np.array([int(not rules.specialties or name in rules.specialties) for name in specialties]),
        },
        "closed": {"npi": np.array(sorted({int(npi) for npi, _ in rules.closed}), dtype=np.int64)},
        "diagnoses": {"category": _texts(sorted(set(rules.diagnoses)))},
        "settings": {name: np.array([value]) for name, value in settings.items()},
    }


def relevant(codes: Sequence[str], families: Sequence[Family]) -> Columns:
    """The codes that count, once for each family that holds them."""
    known = _texts(sorted(code for code in codes if len(code) == 5))
    held = [(family, known[in_family(known, family)].tolist()) for family in families]
    found = [(code, at, round(family.weight * 1000)) for at, (family, kept) in enumerate(held) for code in kept]
    return {
        "code": _texts([code for code, _, _ in found]),
        "family": np.array([at for _, at, _ in found], dtype=np.int64),
        "weight": np.array([weight for _, _, weight in found], dtype=np.int64),
    }


def in_family(codes: Texts, family: Family) -> Marks:
    """Codes are of one length, so their order as text is their order as codes."""
    found = np.zeros(len(codes), dtype=np.bool_)
    for entry in family.codes:
        first, _, last = entry.partition("-")
        found |= (codes >= first) & (codes <= (last or first))
    return found


def _texts(values: Sequence[str]) -> Texts:
    return np.array(values, dtype=np.str_)


def digits(npi: Counts) -> Texts:
    """Numbers of ten digits as text, two digits at a time: a million one by one would take half a second."""
    two = np.array([f"{number:02d}" for number in range(100)])
    found = np.empty((len(npi), 5), dtype="<U2")
    for place in range(5):
        found[:, place] = two[npi // 100 ** (4 - place) % 100]
    return found.view("<U10").reshape(-1)
