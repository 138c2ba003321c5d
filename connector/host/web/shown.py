"""How values are shown: days, counts, who somebody is. And what every page knows of who looks at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import current_app, g, request
from markupsafe import Markup, escape

from connector.host.remedies import for_row, for_run, in_words
from connector.host.show import say_value
from connector.host.web.pages.blueprint import ENTRIES, PART_OF, entries
from connector.host.web.who import Viewer
from connector.host.words import day
from connector.store.sides import SMALLEST


def moment(value: datetime | None) -> str:
    """By the clock where the team is, which is named."""
    if not value:
        return ""
    there = _local(value)
    return f"{day(there)}, {there:%H:%M %Z}"


def day_there(value: date | None) -> str:
    return day(_local(value) if isinstance(value, datetime) else value)


def _local(at: datetime) -> datetime:
    there: datetime = current_app.extensions["site"].local(at)
    return there


def volume(value: float | None) -> str:
    """A count from 1 to 10 may point at patients."""
    if value is None:
        return "not known"
    return f"{value:,.0f}" if value >= SMALLEST or value == 0 else "fewer than 11"


def count(value: int, word: str) -> str:
    return f"{value:,} {word}{'' if value == 1 else 's'}"


def field_value(value: Any) -> str:
    """Of a field of the CRM: text as it stands, a whole number without a point."""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return value if isinstance(value, str) and value else say_value(value)


def ticks(text: str) -> Markup:
    """What stands between backticks, as code."""
    code = Markup("<code>{}</code>")
    parts = (code.format(part) if at % 2 else escape(part) for at, part in enumerate(text.split("`")))
    return Markup().join(parts)


def lasted(run: Any) -> str:
    """How long a run took; "" while it runs."""
    if run.finished is None:
        return ""
    seconds = int((run.finished - run.started).total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h {seconds % 3600 // 60} min"


def said() -> str:
    """The message for this page, once."""
    found: Viewer | None = g.get("viewer")
    session = found.session if found else None
    if not session or "said" not in session.kept:
        return ""
    kept = {name: value for name, value in session.kept.items() if name != "said"}
    current_app.extensions["door"].sessions.keep(session, kept)
    return str(session.kept["said"])


FILTERS: dict[str, Callable[..., str]] = {
    "day": day_there,
    "moment": moment,
    "volume": volume,
    "count": count,
    "value": field_value,
    "ticks": ticks,
    "lasted": lasted,
    "done": in_words,
    "remedy": for_row,
}


def csrf() -> str:
    """What a form must bring back."""
    found: Viewer | None = g.get("viewer")
    return found.session.csrf if found and found.session else ""


def crms() -> list[str]:
    return list(current_app.extensions["site"].config.value.crm)


SHOWN: dict[str, Any] = {
    "said": said,
    "csrf": csrf,
    "crms": crms,
    "entries": entries,
    "section": lambda: PART_OF.get(request.endpoint or "", request.endpoint),
    "listed": lambda: [entry.endpoint for entry in ENTRIES],
    "may_leave": lambda: current_app.extensions["door"].login is not None,
    "viewer": lambda: g.get("viewer"),
    "for_run": for_run,
    "known": lambda endpoint: endpoint in current_app.view_functions,  # whether there is such a page
}
