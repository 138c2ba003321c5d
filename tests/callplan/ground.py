"""Four towns of Iowa, two that lie together in the west and two in the east, to cut territories from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from callplan.model import Ground, Reps
from connector.roads.estimate import Roads, minutes_between
from tests.callplan.columns import npi

KIM, LEE = "kim@example.com", "lee@example.com"
TOWNS = {
    "50309": (41.587, -93.625),  # Des Moines
    "50010": (42.034, -93.620),  # Ames, half an hour to the north of it
    "52401": (41.977, -91.657),  # Cedar Rapids
    "52240": (41.656, -91.531),  # Iowa City, half an hour to the south of it
    "": (np.nan, np.nan),  # nowhere
}
DRIVE = partial(minutes_between, roads=Roads())


def ground(*accounts: tuple[str, str, float]) -> Ground:
    """Accounts by ZIP, rep and volume; without volume not eligible. The larger the better in its specialty."""
    zips, reps, volumes = zip(*accounts, strict=True)
    points = np.array([TOWNS[zip_code] for zip_code in zips])
    volume = np.array(volumes, dtype=np.float64)
    return Ground(
        npi=np.array([npi(at) for at in range(len(accounts))]),
        place=np.array(zips, dtype=np.str_),
        points=(points[:, 0], points[:, 1]),
        tier=np.array(["C"] * len(accounts)),
        volume=volume,
        percentile=100 * volume / max(volume.max(), 1.0),
        rep=np.array(reps, dtype=np.str_),
    )


def reps(names: Sequence[str] = (KIM, LEE), homes: Mapping[str, str] | None = None) -> Reps:
    points = np.array([TOWNS[(homes or {}).get(name, "")] for name in names]).reshape(-1, 2)
    return Reps(np.array(names, dtype=np.str_), (points[:, 0], points[:, 1]))
