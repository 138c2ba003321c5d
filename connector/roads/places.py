"""A point for a ZIP code, or for a town: good enough to put an account on the right side of the county.

Source   the PyPI package zipcodes (MIT); a town is in the middle of its ZIP codes
"""

from __future__ import annotations

from functools import cache
from statistics import median

from callplan.model import Place


def place(zip_code: str, city: str = "", state: str = "") -> Place | None:
    """By ZIP if it is known, else by town and state, else None."""
    return _zips().get(zip_code[:5]) or _towns().get((city.strip().lower(), state.strip().upper()))


@cache
def _zips() -> dict[str, Place]:
    return {row["zip_code"]: Place(float(row["lat"]), float(row["long"])) for row in _rows()}


@cache
def _towns() -> dict[tuple[str, str], Place]:
    found: dict[tuple[str, str], list[Place]] = {}
    for row in _rows():
        where = Place(float(row["lat"]), float(row["long"]))
        for name in (row["city"], *row["acceptable_cities"]):
            found.setdefault((name.lower(), row["state"]), []).append(where)
    return {town: _middle(places) for town, places in found.items()}


def _middle(places: list[Place]) -> Place:
    """Coordinate by coordinate the median: the package has single ZIP codes that lie hundreds of miles off."""
    return Place(median(p.latitude for p in places), median(p.longitude for p in places))


@cache
def _rows() -> list[dict[str, str]]:
    import zipcodes

    return [row for row in zipcodes.list_all() if row["lat"] and row["long"]]
