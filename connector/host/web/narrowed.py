"""What somebody asks of the map: the filters of the call plan in the words of `callplan find`, from the page's address.

What the store does not keep of an account (procedures, diagnoses, practice size, trend, affiliation) stays with the
command, which reads the claims.

Errors   none: what cannot be read is told on the page, and the map shown without it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians

from pydantic import ValidationError

from callplan.model import Filter, Place
from connector.roads.estimate import Roads, miles_within
from connector.roads.grid import covering
from connector.roads.places import county_names, place_of, zips_of
from connector.store.reads.territory import MILES_A_DEGREE, Circle, Wanted
from connector.where import Where
from connector.yamlfile import nearest

FEWEST = "0123"  # signs of a square's name
MOST = 20  # entries of one part: each costs a condition, and one that is not known a search for what is like it


@dataclass(frozen=True, slots=True)
class Narrowed:
    wanted: Wanted
    near: Place | None
    wrong: tuple[str, ...] = ()


def narrowed(asked: Mapping[str, str], roads: Roads) -> Narrowed:
    """Of the arguments of an address."""
    keys = _keys(asked)
    if long := [key for key, told in keys.items() if isinstance(told, tuple) and len(told) > MOST]:
        return Narrowed(_simple(asked), None, tuple(f"More than {MOST} {key}. Write fewer." for key in long))
    try:
        where = Where.model_validate(keys).filter()
    except ValidationError as error:
        wrong = tuple(one["msg"].removeprefix("Value error, ") for one in error.errors())
        return Narrowed(_simple(asked), None, wrong)
    wrong = tuple(_unknown(where))
    near = place_of(where.near) if where.near else None
    return Narrowed(_simple(asked) if wrong else _whole(asked, where, near, roads), near, wrong)


def _keys(asked: Mapping[str, str]) -> dict[str, object]:
    """As they stand in the config; a county has a comma of its own."""
    several = {"states": "state", "zips": "zip", "specialties": "specialty"}
    found: dict[str, object] = {
        key: tuple(part.strip() for part in asked.get(name, "").split(",") if part.strip())
        for key, name in several.items()
    }
    found["counties"] = tuple(part.strip() for part in asked.get("county", "").split(";") if part.strip())
    return found | {key: asked[key].strip() for key in ("near", "within") if asked.get(key, "").strip()}


def _simple(asked: Mapping[str, str]) -> Wanted:
    cell = asked.get("cell", "")
    town, _, state = asked.get("town", "").rpartition(", ")
    return Wanted(
        tiers=tuple(tier for tier in "ABC" if tier in asked.get("tier", "")),
        cold=bool(asked.get("cold")),
        cell=cell if len(cell) <= 13 and set(cell) <= set(FEWEST) else "",
        town=town,
        state=state,
    )


def _whole(asked: Mapping[str, str], where: Filter, near: Place | None, roads: Roads) -> Wanted:
    simple = _simple(asked)
    circle = _circle(where, near, roads) if near else None
    inside = frozenset().union(*map(zips_of, where.counties)) if where.counties else None
    return Wanted(
        simple.tiers,
        simple.cold,
        where.specialties,
        where.states,
        where.zips,
        inside,
        circle,
        tuple(_around(circle)) if circle else (),
        simple.cell,
        simple.town,
        simple.state,
    )


def _circle(where: Filter, near: Place, roads: Roads) -> Circle:
    miles = where.within_miles
    if miles is None:
        miles = miles_within(where.within_minutes or 0, roads)
    return Circle(near.latitude, near.longitude, miles, cos(radians(near.latitude)))


def _around(circle: Circle) -> list[str]:
    north, east = circle.miles / MILES_A_DEGREE, circle.miles / MILES_A_DEGREE / max(circle.narrowed, 0.1)
    south_west = Place(circle.latitude - north, circle.longitude - east)
    return covering(south_west, Place(circle.latitude + north, circle.longitude + east))


def _unknown(where: Filter) -> list[str]:
    found = [
        f'There is no county "{one}". {nearest(one, list(county_names().values()))}'
        for one in where.counties
        if not zips_of(one)
    ]
    if where.near and not place_of(where.near):
        found.append(f'"{where.near}" is no ZIP that is known here. Write another, or a point: 41.59, -93.62.')
    return found
