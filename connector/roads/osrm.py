"""Drives by OSRM: a server of yours by its URL, or the engine inside this process.

Both answer alike, so that only the way of asking differs.

Units    OSRM's seconds and meters -> minutes and miles
Errors   EngineFailed
Source   OSRM's HTTP API v5.24 (table and nearest services) and the wheel osrm-bindings 26.10.0, read 2026-11-25
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from callplan.model import Marks, Place, Points
from connector.config import RoadSettings
from connector.roads.legs import (
    FAR_METERS,
    METERS_PER_MILE,
    NO_ROAD,
    UNSAID,
    EngineFailed,
    Legs,
    Memory,
    TooMuch,
    in_tiles,
    legs_from,
)
from connector.roads.server import Server

# osrm-routed answers up to 100 x 100 pairs (--max-table-size); a server set lower says TooBig, and is asked less.
SIDE = 100
NEEDS_MODULE = "needs the package osrm-bindings, which is there for Python 3.12 and newer"
# What a code means for a pair that is asked alone; of more, the question is halved until it is one.
ALONE = {"TooBig": None, "NoTable": NO_ROAD, "NoSegment": UNSAID}


class OsrmServer:
    name, cannot_say = "OSRM", "not on its map"

    def __init__(self, settings: RoadSettings) -> None:
        self._server, self._days = Server(settings.url or "", settings.timeout_seconds), settings.keep_days

    def memory(self, today: date) -> Memory:
        return Memory(f"osrm {_short(self._server.url)}", today - timedelta(days=self._days))

    def legs(self, origins: Points, destinations: Points) -> Legs:
        return in_tiles(self._ask, origins, destinations, SIDE)

    def about(self, near: Place) -> str:
        answer = self._server.get(f"/nearest/v1/driving/{near.longitude:.5f},{near.latitude:.5f}")
        if answer.get("code") != "Ok":
            raise _refused(answer)
        return f"OSRM at {self._server.url}, {_data(answer)}"

    def _ask(self, origins: Points, destinations: Points) -> Legs:
        n, k = len(origins[0]), len(destinations[0])
        points = ";".join(f"{longitude:.5f},{latitude:.5f}" for longitude, latitude in _pairs(origins, destinations))
        which = f"sources={_numbers(0, n)}&destinations={_numbers(n, n + k)}"
        answer = self._server.get(f"/table/v1/driving/{points}?annotations=duration,distance&{which}")
        return _legs(answer, origins, destinations)


class OsrmInside:
    """Loaded with the first question, so that a job that asks nothing loads nothing."""

    name, cannot_say = "OSRM", "not on its map"

    def __init__(self, data: Path) -> None:
        self._data = data

    def memory(self, today: date) -> Memory:
        """As long as its files are the same."""
        files = sorted(self._data.parent.glob(f"{self._data.name}*"))
        marks = [f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]
        return Memory(f"osrm data {_short(' '.join([str(self._data), *marks]))}", date.min)

    def legs(self, origins: Points, destinations: Points) -> Legs:
        return in_tiles(self._ask, origins, destinations, 500)

    def about(self, near: Place) -> str:
        engine, parameters = self._engine
        return f"OSRM in this process, {_data(_answer(engine.Nearest, parameters.NearestParameters, [near]))}"

    @cached_property
    def _engine(self) -> tuple[Any, Any]:
        try:
            import osrm
        except ImportError as error:
            raise EngineFailed(NEEDS_MODULE, error) from error
        try:
            return osrm.OSRM(str(self._data)), osrm
        except (AttributeError, RuntimeError) as error:
            raise EngineFailed("did not open its data", f"{self._data}: {error}") from error

    def _ask(self, origins: Points, destinations: Points) -> Legs:
        engine, parameters = self._engine
        n, k = len(origins[0]), len(destinations[0])
        places = [Place(latitude, longitude) for longitude, latitude in _pairs(origins, destinations)]
        sides = {"sources": list(range(n)), "destinations": list(range(n, n + k))}
        wanted = sides | {"annotations": ["duration", "distance"]}
        return _legs(_answer(engine.Table, parameters.TableParameters, places, **wanted), origins, destinations)


def _answer(ask: Callable[[Any], Any], parameters: Callable[..., Any], places: Sequence[Place], **wanted: Any) -> Any:
    """The engine inside raises what a server would answer: "TooBig - Too many table coordinates"."""
    try:
        return ask(parameters(coordinates=[(place.longitude, place.latitude) for place in places], **wanted))
    except RuntimeError as error:
        raise _refusal({"code": str(error).split(" ")[0], "message": str(error)}) from error


def _legs(answer: Any, origins: Points, destinations: Points) -> Legs:
    try:
        if answer["code"] != "Ok":
            raise _refusal(answer)
    except KeyError:
        pass  # the engine inside says no code when all is well
    try:
        found = legs_from(_rows(answer["durations"]), _rows(answer["distances"]), origins, destinations)
        far = [_far(answer[side]) for side in ("sources", "destinations")]
    except (KeyError, TypeError) as error:
        raise EngineFailed("answered what is no table", error) from error
    legs = Legs(found.minutes / 60, found.miles / METERS_PER_MILE)
    for table in (legs.minutes, legs.miles):
        table[far[0], :], table[:, far[1]] = UNSAID, UNSAID
    return legs


def _rows(table: Any) -> list[list[Any]]:
    return [list(row) for row in table]


def _far(waypoints: Any) -> Marks:
    """Which places are farther from the road that OSRM took them to than any account is."""
    return np.array([float(waypoint["distance"]) > FAR_METERS for waypoint in waypoints], dtype=np.bool_)


def _refusal(answer: Any) -> Exception:
    code = str(answer["code"])
    return TooMuch(ALONE[code]) if code in ALONE else _refused(answer)


def _refused(answer: Any) -> EngineFailed:
    return EngineFailed(f"refused ({answer.get('code', 'without a code')})", answer.get("message", ""))


def _data(answer: Any) -> str:
    """What `callplan roads build` wrote into the data, where it was built so."""
    try:
        return f"with {answer['data_version']}"
    except KeyError:
        return "whose data have no name"


def _pairs(*of: Points) -> Iterator[tuple[float, float]]:
    for latitude, longitude in of:
        yield from zip(longitude.tolist(), latitude.tolist(), strict=True)


def _numbers(first: int, end: int) -> str:
    return ";".join(map(str, range(first, end)))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
