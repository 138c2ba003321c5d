"""This week: a rep's days with hours, drives and reasons, on the screen, in print, and as files to take along.

What is shown is what `callplan week` says, and the files are those of `callplan export week`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response

from connector.host.web.chosen import Choice, chosen
from connector.host.web.here import Here, here
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.who import Absent, Role, allowed
from connector.host.week.export import file_names
from connector.host.week.gpx import as_gpx
from connector.host.week.ics import as_calendar
from connector.host.week.links import apple, google, routes
from connector.host.week.reading import Ground, ground_of, weeks_of
from connector.host.week.sketch import in_page, notes_of
from connector.host.week.visits import Week, clock, said_drive
from connector.host.week.workbook import write_week
from connector.host.words import count


def as_workbook(week: Week) -> bytes:
    file = BytesIO()
    write_week(week, file)
    return file.getvalue()


FILES: dict[str, tuple[str, Callable[[Week], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_workbook),
    "ics": ("text/calendar; charset=utf-8", as_calendar),
    "gpx": ("application/gpx+xml", as_gpx),
}


def driven(week: Week) -> str:
    """All of the week's driving."""
    miles = [day.miles for day in week.days]
    known = None if None in miles else sum(one or 0 for one in miles)
    return said_drive(sum(day.driving for day in week.days), known)


TOLD: dict[str, Callable[..., Any]] = {
    "google": google,
    "apple": apple,
    "routes": routes,
    "clock": clock,
    "driven": driven,
    "drive": lambda visit: said_drive(visit.drive_minutes, visit.drive_miles),
    "home": lambda day: said_drive(day.home_minutes, day.home_miles),
    "map": in_page,
    "notes": notes_of,
    "word": count,
}


@blueprint.get("/<crm>/week")
@allowed(Role.REP)
def week(crm: str) -> Response:
    at = here(crm)
    choice, weeks = _weeks(at)
    monday = at.today - timedelta(days=at.today.weekday())
    return at.page("week.html", choice=choice, weeks=weeks, monday=monday, **TOLD)


@blueprint.get("/<crm>/week/<monday>.<form>")
@allowed(Role.REP)
def week_file(crm: str, monday: str, form: str) -> Response:
    at = here(crm)
    choice, weeks = _weeks(at)
    found = next((one for one in weeks if one.monday.isoformat() == monday), None)
    if not found or form not in FILES:
        raise Absent
    kind, write = FILES[form]
    answer = make_response(write(found))
    name = f"{file_names([choice.rep])[choice.rep]}-{monday}.{form}".encode("ascii", "replace").decode()
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _weeks(at: Here) -> tuple[Choice, list[Week]]:
    """Of the chosen rep; where nobody is chosen, of the first."""
    ground = _ground(at)
    with at.reading() as connection:
        choice = chosen(at, connection)
        choice = choice if choice.rep else Choice(next(iter(choice.reps), ""), choice.reps)
        return choice, weeks_of(connection, ground, at.crm, choice.rep) if choice.rep else []


def _ground(at: Here) -> Ground:
    """Mapping and leave are read again when a file has changed."""
    kept = current_app.extensions.setdefault("ground", {})
    base, config = at.site.config.path.parent, at.config
    named = (config.week.leave, *(config.connection(crm).mapping for crm in config.crm))
    stamp = tuple(_changed(base / name) for name in named if name)
    if kept.get("stamp") != stamp:
        kept.update(stamp=stamp, ground=ground_of(at.site.config))
    found: Ground = kept["ground"]
    return found


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0
