"""From the config to a book of drives.

Errors   none: an engine that does not work says so when it is asked
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from connector.config import RoadSettings
from connector.roads.asked import Asked, Shelf
from connector.roads.drives import RoadBook
from connector.roads.estimate import roads_of
from connector.roads.legs import Engine


def engine_of(settings: RoadSettings, base: Path) -> Engine | None:
    """None where drives are estimated. `base` is the config's folder."""
    from connector.roads.osrm import OsrmInside, OsrmServer
    from connector.roads.table import Table
    from connector.roads.valhalla import Valhalla

    match settings.engine:
        case "osrm":
            return OsrmInside(base / settings.data) if settings.data else OsrmServer(settings)
        case "valhalla":
            return Valhalla(settings)
        case "table":
            return Table(base / (settings.path or ""))
        case "estimate":
            return None


def road_book(
    settings: RoadSettings, base: Path, *, shelf: Shelf | None, today: date, say: Callable[[str], None]
) -> RoadBook:
    engine = engine_of(settings, base) if settings.engine != "estimate" else None
    asked = Asked(engine, shelf, today, say) if engine else None
    return RoadBook(roads_of(settings), asked, say)
