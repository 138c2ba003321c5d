"""A week as GPX: a route a day, its stops in order, for a navigation device that takes such files.

A stop whose place is not known is left out, and the route's description says so.

Source   GPX 1.1 (topografix.com/GPX/1/1): the order of elements within `rte` and `rtept` is the schema's
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from callplan.model import Place
from connector.host.week.visits import Day, Visit, Week, clock, day_and_month

SPACE = "http://www.topografix.com/GPX/1/1"


def as_gpx(week: Week) -> bytes:
    gpx = Xml.Element("gpx", {"xmlns": SPACE, "version": "1.1", "creator": "Callplan"})
    about = Xml.SubElement(gpx, "metadata")
    _say(about, "name", week.title)
    _say(about, "desc", week.rests_on)
    _say(about, "time", f"{week.made:%Y-%m-%dT%H:%M:%SZ}")
    for number, day in enumerate(week.days, 1):
        _route(gpx, day, number)
    Xml.indent(gpx, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(gpx) + b"\n"


def _route(gpx: Xml.Element, day: Day, number: int) -> None:
    route = Xml.SubElement(gpx, "rte")
    _say(route, "name", f"{day.day:%A} {day_and_month(day.day)}")
    lacking = [visit.account.called for visit in day.visits if not visit.account.place]
    if lacking:
        _say(route, "desc", f"Not in this route, because their place is not known: {', '.join(lacking)}")
    _say(route, "number", str(number))
    if day.start:
        _point(route, day.start, "Start", f"Leave at {clock(day.leaves)}")
    for visit in day.visits:
        if visit.account.place:
            _point(route, visit.account.place, f"{visit.order} {visit.account.called}", _described(visit))
    if day.end:
        _point(route, day.end, "End", f"{'Back' if day.returns else 'The last visit is over'} at {clock(day.back)}")


def _described(visit: Visit) -> str:
    near = "" if visit.account.exact else " The point is the middle of the ZIP or town."
    return f"{clock(visit.starts)} to {clock(visit.ends)}, {visit.account.address}. {visit.account.why}{near}"


def _point(route: Xml.Element, place: Place, name: str, said: str) -> None:
    at = {"lat": f"{place.latitude:.6f}", "lon": f"{place.longitude:.6f}"}
    point = Xml.SubElement(route, "rtept", at)
    _say(point, "name", name)
    _say(point, "desc", said)


def _say(parent: Xml.Element, tag: str, text: str) -> None:
    Xml.SubElement(parent, tag).text = text
