"""Shim until the engines come."""

from __future__ import annotations

from dataclasses import dataclass

from callplan.model import Numbers
from connector.roads.estimate import Roads, drive_minutes, great_circle_miles


@dataclass(frozen=True, slots=True)
class Drives:
    minutes: Numbers
    miles: Numbers
    label: str


@dataclass(frozen=True, slots=True)
class RoadBook:
    _roads: Roads

    def drives(self, latitude: Numbers, longitude: Numbers) -> Drives:
        miles = great_circle_miles(latitude, longitude) * self._roads.circuity
        return Drives(drive_minutes(latitude, longitude, self._roads), miles, self._roads.label)
