"""Which account of the CRM is which provider: by NPI, and never by guessing.

An NPI on two accounts, an account without one or with a mistyped one is left alone and listed, so that a
person can mend it, or accept what `callplan matches` suggests; the roster has that in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from callplan.model import Counts, npis_are_valid
from connector.store.mirror import Roster
from connector.store.plan import Unmatched


@dataclass(frozen=True, slots=True)
class Match:
    """Shapes: rows (m,) are the indices of the roster's accounts that stand for one provider each."""

    rows: Counts
    unmatched: tuple[Unmatched, ...]


def match(roster: Roster, into: Mapping[str, str] | None = None) -> Match:
    """`into`: accounts that count for another, as a person said."""
    npis, place, times = np.unique(roster.npi, return_inverse=True, return_counts=True)
    many, valid = times[place], npis_are_valid(npis)[place]
    fits = valid & (many == 1)
    if into:
        fits &= ~np.isin(roster.id, [*into])
    unmatched = (
        _problem(roster, row, into or {}, bool(valid[row]), int(many[row])) for row in np.flatnonzero(~fits).tolist()
    )
    return Match(np.flatnonzero(fits), tuple(unmatched))


def _problem(roster: Roster, row: int, into: Mapping[str, str], valid: bool, times: int) -> Unmatched:
    record, npi = str(roster.id[row]), str(roster.npi[row])
    if record in into:
        return Unmatched(record, npi, f"It counts for account {into[record]}. Merge the two in the CRM.")
    if not npi:
        return Unmatched(record, "", "The account has no NPI.")
    if not valid:
        return Unmatched(record, npi, f"{npi} is not an NPI: its check digit is wrong.")
    return Unmatched(record, npi, f"{times} accounts carry NPI {npi}. Merge them in the CRM.")
