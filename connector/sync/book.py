"""The book of business: every account that has a tier, as columns that the rules can work on.

Shapes   all columns (n,), in the order of the roster; `since` is when the account got its tier
Units    degrees: the CRM's own point where it has one, else that of the ZIP or the town, else NaN
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from callplan.model import Counts, Days, Numbers, Place, Texts
from connector.roads.places import points
from connector.store.mirror import Roster
from connector.store.plan import Standing


@dataclass(frozen=True, slots=True)
class Book:
    id: Texts
    npi: Texts
    owner: Texts
    latitude: Numbers
    longitude: Numbers
    tier: Texts
    since: Days
    volume: Numbers  # relevant procedures in 12 months, NaN where absent from the claims
    territory: Texts  # in which it is ranked; "" where nobody has it

    def of(self, rows: Counts) -> Book:
        return Book(*(getattr(self, name)[rows] for name in self.__slots__))

    def middle(self) -> Place:
        """Of the accounts whose place is known; NaN if there is none."""
        return Place(_median(self.latitude), _median(self.longitude))

    def rows_of(self, records: NDArray[np.str_]) -> Counts:
        """The row of each CRM id, -1 where it is none of ours."""
        row = {record: at for at, record in enumerate(self.id.tolist())}
        return np.array([row.get(record, -1) for record in records.tolist()], dtype=np.int64)


def keep_book(roster: Roster, rows: Counts, standing: Standing, territory: Texts) -> Book:
    """`territory` is of each account of the roster."""
    place = np.minimum(np.searchsorted(standing.npi, roster.npi[rows]), max(len(standing.npi) - 1, 0))
    tiered = standing.npi[place] == roster.npi[rows] if len(standing.npi) else np.zeros(len(rows), dtype=np.bool_)
    at, plan = rows[tiered], place[tiered]
    latitude, longitude = points(roster)
    return Book(
        id=roster.id[at],
        npi=roster.npi[at],
        owner=roster.owner[at],
        latitude=latitude[at],
        longitude=longitude[at],
        tier=standing.tier[plan],
        since=standing.since[plan],
        volume=standing.volume[plan],
        territory=territory[at],
    )


def _median(degrees: Numbers) -> float:
    known = degrees[~np.isnan(degrees)]
    return float(np.median(known)) if len(known) else float("nan")


def as_date(day: np.datetime64) -> date | None:
    return None if np.isnat(day) else day.astype("datetime64[D]").item()


def as_number(value: np.float64) -> float | None:
    """JSON and the store know no NaN, and no infinity."""
    return float(value) if np.isfinite(value) else None
