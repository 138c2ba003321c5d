"""Drive minutes and miles between places, estimated: great-circle miles times a circuity factor, over a speed.

Shapes   latitude, longitude (n,) in degrees, NaN where unknown -> minutes (n, n), symmetric, 0 on the diagonal
Units    miles, miles an hour, minutes. A leg from or to an unknown place takes `unknown_minutes`; its miles are NaN
Source   circuity of road trips in the United States is put between 1.2 and 1.4 by the literature (Ballou,
         Rahardja and Sakai 2002 give 1.20 for the country, with more in rural and coastal regions); the speeds
         are round figures for town, county and interstate roads, and a setting
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callplan.model import Numbers, Place, Points
from connector.config import RoadSettings
from connector.roads.legs import Legs

EARTH_MILES = 3958.8


@dataclass(frozen=True, slots=True)
class Roads:
    circuity: float = 1.3
    town_mph: float = 25.0  # up to 5 miles
    county_mph: float = 45.0  # up to 25 miles
    highway_mph: float = 60.0  # beyond
    unknown_minutes: float = 60.0

    @property
    def label(self) -> str:
        return f"estimated (great circle x {self.circuity:g})"


def roads_of(settings: RoadSettings) -> Roads:
    speeds = settings.speeds
    return Roads(settings.circuity, speeds.town_mph, speeds.county_mph, speeds.highway_mph)


def estimated(places: Points, others: Points, roads: Roads) -> Legs:
    """From each of the n places to each of the k others, (n, k)."""
    return Legs(minutes_between(places, others, roads), miles_between(places, others) * roads.circuity)


def drive_minutes(latitude: Numbers, longitude: Numbers, roads: Roads) -> Numbers:
    minutes = minutes_for(great_circle_miles(latitude, longitude), roads)
    minutes[np.isnan(minutes)] = roads.unknown_minutes
    np.fill_diagonal(minutes, 0.0)
    return minutes


def minutes_between(places: Points, others: Points, roads: Roads) -> Numbers:
    """From each of the n places to each of the k others, (n, k)."""
    minutes = minutes_for(miles_between(places, others), roads)
    minutes[np.isnan(minutes)] = roads.unknown_minutes
    return minutes


def miles_between(places: Points, others: Points) -> Numbers:
    """Great-circle miles, (n, k)."""
    (latitude, longitude), (other_latitude, other_longitude) = places, others
    return _haversine(latitude[:, None], longitude[:, None], other_latitude, other_longitude)


def minutes_for(straight_miles: Numbers, roads: Roads) -> Numbers:
    """The drive over a great-circle distance; NaN where that is not known."""
    miles = straight_miles * roads.circuity
    town = np.minimum(miles, 5.0) / roads.town_mph
    county = np.clip(miles - 5.0, 0.0, 20.0) / roads.county_mph
    highway = np.maximum(miles - 25.0, 0.0) / roads.highway_mph
    minutes: Numbers = 60.0 * (town + county + highway)
    return minutes


def miles_within(minutes: float, roads: Roads) -> float:
    """Great-circle miles of a drive that takes so long: `minutes_for`, the other way round."""
    hours = minutes / 60.0
    town, county = 5.0 / roads.town_mph, 20.0 / roads.county_mph
    if hours <= town:
        miles = hours * roads.town_mph
    elif hours <= town + county:
        miles = 5.0 + (hours - town) * roads.county_mph
    else:
        miles = 25.0 + (hours - town - county) * roads.highway_mph
    return miles / roads.circuity


def great_circle_miles(latitude: Numbers, longitude: Numbers) -> Numbers:
    """Every place against every other."""
    return _haversine(latitude[:, None], longitude[:, None], latitude, longitude)


def miles_from(start: Place, latitude: Numbers, longitude: Numbers) -> Numbers:
    return _haversine(np.array([start.latitude]), np.array([start.longitude]), latitude, longitude)


def _haversine(from_latitude: Numbers, from_longitude: Numbers, latitude: Numbers, longitude: Numbers) -> Numbers:
    here, there = np.radians(from_latitude), np.radians(latitude)
    half = np.sin((here - there) / 2) ** 2
    half = half + np.cos(here) * np.cos(there) * np.sin(np.radians(from_longitude - longitude) / 2) ** 2
    miles: Numbers = 2 * EARTH_MILES * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return miles
