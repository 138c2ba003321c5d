"""A point for a ZIP code, or for a town, and the county: good enough to put an account on the right side of the county.

Source   the PyPI package zipcodes (MIT); a town is in the middle of its ZIP codes
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from statistics import median
from typing import Protocol

import numpy as np

from callplan.model import Numbers, Place, Points, Texts


def place(zip_code: str, city: str = "", state: str = "") -> Place | None:
    """By ZIP if it is known, else by town and state, else None."""
    return _zips(zip_code[:3]).get(zip_code[:5]) or _towns(state.strip().upper()).get(city.strip().lower())


def place_of(text: str) -> Place | None:
    """A ZIP, or a point such as "41.59, -93.62"."""
    latitude, comma, longitude = text.partition(",")
    if not comma:
        return place(text.strip())
    try:
        found = Place(float(latitude), float(longitude))
    except ValueError:
        return None
    return found if abs(found.latitude) <= 90 and abs(found.longitude) <= 180 else None


def town(zip_code: str) -> str:
    """Such as Des Moines; "" for a ZIP that is not known, and for what is none."""
    import zipcodes

    known = zip_code.isascii() and zip_code.isdigit() and len(zip_code) == 5
    return next((str(row["city"]) for row in zipcodes.similar_to(zip_code)), "") if known else ""


class Located(Protocol):
    """Columns (n,) of things that stand somewhere."""

    @property
    def latitude(self) -> Numbers: ...
    @property
    def longitude(self) -> Numbers: ...
    @property
    def zip(self) -> Texts: ...
    @property
    def city(self) -> Texts: ...
    @property
    def state(self) -> Texts: ...


def points(of: Located) -> Points:
    """Their own where they have one, else that of the ZIP or the town, else NaN."""
    latitude, longitude = of.latitude.copy(), of.longitude.copy()
    unknown = np.isnan(latitude) | np.isnan(longitude)
    for row in np.flatnonzero(unknown & ((of.zip != "") | (of.city != ""))).tolist():
        if found := place(str(of.zip[row]), str(of.city[row]), str(of.state[row])):
            latitude[row], longitude[row] = found.latitude, found.longitude
    return latitude, longitude


def county(zip_code: str, city: str = "", state: str = "") -> str:
    """Such as "Polk, IA", by ZIP, else by a town that lies in one county alone; "" where neither is known."""
    if found := _counties().get(zip_code[:5]):
        return found
    found_all = _counties_of_towns().get((city.strip().lower(), state.strip().upper()), set())
    return next(iter(found_all)) if len(found_all) == 1 else ""


@cache
def towns(state: str) -> tuple[tuple[str, Place, int], ...]:
    """Every town with its middle and how many ZIP codes it has, the most first: a rough measure of its size.

    The middle is that of its ordinary ones: the package puts post-office boxes where nobody lives.
    """
    import zipcodes

    found: dict[str, list[Place]] = {}
    rows = [row for row in zipcodes.filter_by(state=state.strip().upper()) if row["lat"] and row["long"]]
    many = Counter(row["city"] for row in rows)
    for row in rows:
        if row["zip_code_type"] == "STANDARD":
            found.setdefault(row["city"], []).append(_point(row))
    largest_first = sorted(found.items(), key=lambda one: (-many[one[0]], one[0]))
    return tuple((town, _middle(places), many[town]) for town, places in largest_first)


ENDING = re.compile(r" (county|parish|borough|census area|municipality|municipio)$")


def county_key(name: str) -> str:
    """The same for all ways to write a county: DeKalb County, Dekalb; St. Mary's, St Mary's.

    A city that is a county of its own keeps its "City", because a county of that name may lie round it.
    """
    county, _, state = name.lower().replace(".", "").rpartition(",")
    return f"{ENDING.sub('', county.strip())}, {state.strip().upper()}"


@cache
def county_names() -> dict[str, str]:
    """Every county by its key."""
    return {county_key(name): name for name in _counties().values()}


def zips_of(county: str) -> frozenset[str]:
    """Those of a county; none, where it is not known."""
    return _zips_of_counties().get(county_key(county), frozenset())


@cache
def _zips_of_counties() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for zip_code, name in _counties().items():
        found.setdefault(county_key(name), set()).add(zip_code)
    return {key: frozenset(zips) for key, zips in found.items()}


@cache
def _counties() -> dict[str, str]:
    return {row["zip_code"]: _county(row) for row in _rows() if row["county"]}


@cache
def _counties_of_towns() -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for row in _rows():
        if row["county"]:
            found.setdefault((row["city"].lower(), row["state"]), set()).add(_county(row))
    return found


def _county(row: dict[str, str]) -> str:
    return f"{row['county'].removesuffix(' County')}, {row['state']}"


# Part by part: a night that asks for three places does not make objects of all 42,000 rows


@cache
def _zips(start: str) -> dict[str, Place]:
    import zipcodes

    if not (start.isascii() and start.isdigit()):
        return {}
    return {row["zip_code"]: _point(row) for row in zipcodes.similar_to(start) if row["lat"] and row["long"]}


@cache
def _towns(state: str) -> dict[str, Place]:
    import zipcodes

    found: dict[str, list[Place]] = {}
    for row in zipcodes.filter_by(state=state):
        if row["lat"] and row["long"]:
            for name in (row["city"], *row["acceptable_cities"]):
                found.setdefault(name.lower(), []).append(_point(row))
    return {town: _middle(places) for town, places in found.items()}


def _point(row: dict[str, str]) -> Place:
    return Place(float(row["lat"]), float(row["long"]))


def _middle(places: list[Place]) -> Place:
    """Coordinate by coordinate the median: the package has single ZIP codes that lie hundreds of miles off."""
    return Place(median(p.latitude for p in places), median(p.longitude for p in places))


@cache
def _rows() -> list[dict[str, str]]:
    import zipcodes

    return [row for row in zipcodes.list_all() if row["lat"] and row["long"]]
