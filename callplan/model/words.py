"""The words that everything else is said in: ids, columns, tiers, places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType

import numpy as np
from numpy.typing import NDArray

Npi = NewType("Npi", str)
Texts = NDArray[np.str_]
Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
Marks = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Columns = Mapping[str, NDArray[Any]]  # a table: all of one length
Points = tuple[Numbers, Numbers]  # latitudes and longitudes, in degrees, NaN where unknown


class Tier(StrEnum):
    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map, in degrees."""

    latitude: float
    longitude: float


def npi_is_valid(npi: str) -> bool:
    """Ten digits, the last a Luhn check over the prefix 80840 (45 CFR 162.406; CMS, NPI check digit)."""
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit():
        return False
    doubled = (sum(divmod(int(d) * 2, 10)) for d in npi[-2::-2])
    return (24 + sum(doubled) + sum(int(d) for d in npi[-1::-2])) % 10 == 0
