"""Drives and polygons by a Valhalla server.

Valhalla answers a whole question with an error where one place or pair has no answer. So places that are on no road
of its map are found by asking each alone, and what is left is halved.

Units    Valhalla's seconds and miles -> minutes and miles
Errors   EngineFailed
Source   Valhalla's matrix, isochrone and status APIs and its list of error codes, 3.9.1, read 2026-11-25
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from callplan.model import Marks, Place, Points
from connector.config import RoadSettings
from connector.roads.legs import (
    FAR_METERS,
    NO_ROAD,
    UNSAID,
    EngineFailed,
    Legs,
    Memory,
    TooMuch,
    all_of,
    in_tiles,
    legs_from,
)
from connector.roads.server import Server

SIDE = 50  # 2,500 pairs a question: service_limits.auto.max_matrix_location_pairs
TOO_MANY, TOO_LONG, UNCONNECTED, NO_EDGE, NO_PATH = 150, 154, 170, 171, 442
ALONE = {TOO_MANY: None, TOO_LONG: UNSAID, UNCONNECTED: NO_ROAD, NO_EDGE: UNSAID, NO_PATH: NO_ROAD}


class Valhalla:
    name, cannot_say = "Valhalla", "not on its map"

    def __init__(self, settings: RoadSettings) -> None:
        self._server, self._days = Server(settings.url or "", settings.timeout_seconds), settings.keep_days
        self._on_map: dict[tuple[float, float], bool] = {}

    def memory(self, today: date) -> Memory:
        url = hashlib.sha256(self._server.url.encode()).hexdigest()[:16]
        return Memory(f"valhalla {url}", today - timedelta(days=self._days))

    def legs(self, origins: Points, destinations: Points) -> Legs:
        return in_tiles(self._ask, origins, destinations, SIDE)

    def about(self, near: Place) -> str:
        answer = self._server.get("/status")
        try:
            made = datetime.fromtimestamp(float(answer["tileset_last_modified"]), UTC)
            return f"Valhalla {answer['version']} at {self._server.url}, with tiles of {made:%Y-%m-%d}"
        except (KeyError, TypeError, ValueError) as error:
            raise EngineFailed("does not say what it is", self._server.url) from error

    def reach(self, place: Place, minutes: float) -> tuple[Points, ...]:
        """The rings of what can be reached; a ring inside another is a hole in it."""
        where = [{"lat": place.latitude, "lon": place.longitude}]
        wanted = {"locations": where, "costing": "auto", "contours": [{"time": minutes}], "polygons": True}
        answer = self._server.post("/isochrone", wanted)
        try:
            return tuple(_ring(ring) for shape in answer["features"] for ring in _rings(shape["geometry"]))
        except (KeyError, TypeError, ValueError) as error:
            raise EngineFailed("drew no polygon", answer.get("error", error)) from error

    def _ask(self, origins: Points, destinations: Points) -> Legs:
        try:
            return self._matrix(origins, destinations)
        except TooMuch as error:
            if error.alone is None:
                raise
            rows, columns = self._standing(origins), self._standing(destinations)
            if rows.all() and columns.all():
                raise
        found = all_of(UNSAID, origins, destinations)
        left = _where(origins, rows), _where(destinations, columns)
        if rows.any() and columns.any():
            found.put(rows, columns, in_tiles(self._ask, *left, SIDE))
        return found

    def _standing(self, points: Points) -> Marks:
        """Which of the places are on its map: those from which a drive to themselves is known."""
        pairs = list(zip(points[0].tolist(), points[1].tolist(), strict=True))
        for pair in pairs:
            if pair not in self._on_map:
                alone = np.array([pair[0]]), np.array([pair[1]])
                try:
                    self._matrix(alone, alone)
                    self._on_map[pair] = True
                except TooMuch:
                    self._on_map[pair] = False
        return np.array([self._on_map[pair] for pair in pairs], dtype=np.bool_)

    def _matrix(self, origins: Points, destinations: Points) -> Legs:
        places = {"sources": _locations(origins), "targets": _locations(destinations)}
        answer = self._server.post(
            "/sources_to_targets", places | {"costing": "auto", "units": "miles", "verbose": False}
        )
        if (code := answer.get("error_code")) is not None:
            raise TooMuch(ALONE[code]) if code in ALONE else EngineFailed(f"refused ({code})", answer.get("error"))
        try:
            found = answer["sources_to_targets"]
            legs = legs_from(found["durations"], found["distances"], origins, destinations)
        except (KeyError, TypeError) as error:
            raise EngineFailed("answered what is no table", error) from error
        return Legs(legs.minutes / 60, np.where(np.isnan(legs.minutes), NO_ROAD, legs.miles))


def _locations(points: Points) -> list[dict[str, float]]:
    """`search_cutoff` is how far in meters a road is looked for."""
    pairs = zip(points[0].tolist(), points[1].tolist(), strict=True)
    return [{"lat": latitude, "lon": longitude, "search_cutoff": FAR_METERS} for latitude, longitude in pairs]


def _rings(geometry: Any) -> list[Any]:
    shapes = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for shape in shapes for ring in shape]


def _ring(ring: Any) -> Points:
    longitude, latitude = np.array(ring, dtype=np.float64).T
    return latitude, longitude


def _where(points: Points, rows: Marks) -> Points:
    return points[0][rows], points[1][rows]
