"""Small columns to try the rules on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from callplan.assess import Assessment, Gate, deciles, percentiles
from callplan.model import Claims


def npi(number: int) -> str:
    """Ten digits in the order of their numbers; no check digit, which the rules do not look at."""
    return f"2{number:09d}"


def claims(*lines: tuple[int, str, float], specialties: Sequence[str] = ()) -> Claims:
    """Lines of provider, code and volume."""
    count = max([line[0] for line in lines], default=-1) + 1
    texts = np.array([""] * count)
    return Claims(
        npi=np.array([npi(at) for at in range(count)]),
        name=texts,
        specialty=np.array(list(specialties) or ["Cardiology"] * count),
        city=texts,
        state=texts,
        zip=texts,
        latitude=np.full(count, np.nan),
        longitude=np.full(count, np.nan),
        provider=np.array([line[0] for line in lines], dtype=np.int64),
        code=np.array([line[1] for line in lines], dtype=np.str_),
        volume=np.array([line[2] for line in lines], dtype=np.float64),
        vintage="v1",
    )


def assessment(volumes: Sequence[float], shut: Sequence[Gate] = (), specialty: str = "Cardiology") -> Assessment:
    """Assessed providers of one specialty with these volumes; `shut` is the gate of each."""
    volume = np.array(volumes, dtype=np.float64)
    gate = np.array(list(shut) or [Gate.OPEN] * len(volumes), dtype=np.int64)
    everyone = np.array([specialty] * len(volumes), dtype=np.str_)
    percentile = percentiles(volume, gate == Gate.OPEN, everyone)
    return Assessment(
        npi=np.array([npi(at) for at in range(len(volumes))], dtype=np.str_),
        volume=volume,
        family=np.array(["coronary"] * len(volumes), dtype=np.str_),
        gate=gate,
        percentile=percentile,
        decile=deciles(volume, gate == Gate.OPEN, everyone),
        score=percentile,
    )
