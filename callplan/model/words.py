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
    return bool(npis_are_valid(np.array([npi], dtype=np.str_))[0])


def npis_are_valid(npis: Texts) -> Marks:
    """The same of many at once."""
    wide = np.ascontiguousarray(npis.astype("U11"))  # one more than ten, so that a longer one is none
    digits = wide.view(np.uint32).reshape(len(npis), 11).astype(np.int64) - ord("0")
    ten = ((digits[:, :10] >= 0) & (digits[:, :10] <= 9)).all(axis=1) & (digits[:, 10] == -ord("0"))
    doubled = 2 * digits[:, :10:2]
    summed = 24 + (doubled // 10 + doubled % 10).sum(axis=1) + digits[:, 1:10:2].sum(axis=1)
    found: Marks = ten & (summed % 10 == 0)
    return found
