"""One record that stands for several providers: its NPI's field holds more than one, or its name lists them.

A provider with a record at each of several addresses is no such thing. One account has one tier and one place in the
week, so that it can stand for one provider only; what is suggested is the first, and what the others need is said.

Units    confidence: of several NPIs an equal share each; of several names as in callplan/matching.py, for the first
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace

import numpy as np

from callplan.matching import LONGEST, suggest_npis
from callplan.model import Listed, Sort, Suggestion, npi_is_valid
from callplan.names import people_in

MEND = "an account stands for one provider: make one for each of the others in the CRM"


def npis_in(typed: str) -> list[str]:
    """Each NPI that a text holds, once, in its order."""
    return [npi for npi in dict.fromkeys(re.findall(r"(?<!\d)\d{10}(?!\d)", typed)) if npi_is_valid(npi)]


def lists_several(typed: str, name: str) -> bool:
    return len(npis_in(typed)) > 1 or len(people_in(name)) > 1


def suggest_of_several(
    accounts: Listed, typed: Mapping[str, str], providers: Listed, taken: Set[str]
) -> list[Suggestion]:
    """`accounts` are those without a usable NPI that list several."""
    by_npi = [found for record in accounts.id.tolist() if (found := _by_npi(record, typed.get(record, ""), taken))]
    told = {one.record for one in by_npi}
    names = [people_in(name) for name in accounts.name.tolist()]
    rows = [row for row, record in enumerate(accounts.id.tolist()) if record not in told and len(names[row]) > 1]
    first = replace(_rows(accounts, rows), name=np.array([names[row][0] for row in rows], dtype=np.str_))
    best = {one.record: one for one in reversed(suggest_npis(first, typed, providers, taken))}
    said = [(str(accounts.id[row]), len(names[row])) for row in rows]
    return by_npi + [_by_name(record, many, best.get(record), typed.get(record, "")) for record, many in said]


def _by_npi(record: str, typed: str, taken: Set[str]) -> Suggestion | None:
    npis = npis_in(typed)
    if len(npis) < 2:
        return None
    free = [npi for npi in npis if npi not in taken]
    evidence = f"its field holds {len(npis)} NPIs, {', '.join(npis)}; {MEND}"
    return Suggestion(
        Sort.SEVERAL, record, free[0] if free else "", 100 // len(npis) if free else 0, evidence, typed[:LONGEST]
    )


def _by_name(record: str, many: int, best: Suggestion | None, typed: str) -> Suggestion:
    first = f"; the first of them: {best.evidence}" if best else ""
    to, confidence = (best.to, best.confidence) if best else ("", 0)
    return Suggestion(Sort.SEVERAL, record, to, confidence, f"its name lists {many}; {MEND}{first}", typed[:LONGEST])


def _rows(listed: Listed, rows: list[int]) -> Listed:
    at = np.array(rows, dtype=np.int64)
    return Listed(*(getattr(listed, name)[at] for name in Listed.__slots__))
