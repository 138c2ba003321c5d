"""Which account of the CRM is which provider: by NPI, and never by guessing.

An NPI on two accounts, an account without one or with a mistyped one is left alone and listed, so that a
person can mend it, or accept what `callplan matches` suggests; the roster has that in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from callplan.model import Counts, npi_is_valid
from connector.store.mirror import Roster
from connector.store.plan import Unmatched


@dataclass(frozen=True, slots=True)
class Match:
    """Shapes: rows (m,) are the indices of the roster's accounts that stand for one provider each."""

    rows: Counts
    unmatched: tuple[Unmatched, ...]


def match(roster: Roster, into: Mapping[str, str] | None = None) -> Match:
    """`into`: accounts that count for another, as a person said."""
    times = Counter(npi for npi in roster.npi.tolist() if npi)
    problems = list(_problems(roster, times, into or {}))
    left_out = {problem.record for problem in problems}
    rows = [row for row, record in enumerate(roster.id.tolist()) if record not in left_out]
    return Match(np.array(rows, dtype=np.int64), tuple(problems))


def _problems(roster: Roster, times: Counter[str], into: Mapping[str, str]) -> Iterator[Unmatched]:
    for record, npi in zip(roster.id.tolist(), roster.npi.tolist(), strict=True):
        if record in into:
            yield Unmatched(record, npi, f"It counts for account {into[record]}. Merge the two in the CRM.")
        elif not npi:
            yield Unmatched(record, "", "The account has no NPI.")
        elif not npi_is_valid(npi):
            yield Unmatched(record, npi, f"{npi} is not an NPI: its check digit is wrong.")
        elif times[npi] > 1:
            yield Unmatched(record, npi, f"{times[npi]} accounts carry NPI {npi}. Merge them in the CRM.")
