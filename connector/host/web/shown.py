"""How values are shown: days, counts, who somebody is. And what every page knows of who looks at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import current_app, g

from connector.host.web.pages.blueprint import ENTRIES, entries
from connector.host.web.who import Viewer
from connector.store.sides import SMALLEST


def day(value: date | None) -> str:
    return f"{value.day} {value:%b %Y}" if value else ""


def moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if value else ""


def volume(value: float | None) -> str:
    """A count from 1 to 10 may point at patients."""
    if value is None:
        return "not known"
    return f"{value:,.0f}" if value >= SMALLEST or value == 0 else "fewer than 11"


def count(value: int, word: str) -> str:
    return f"{value:,} {word}{'' if value == 1 else 's'}"


def said() -> str:
    """The message for this page, once."""
    found: Viewer | None = g.get("viewer")
    session = found.session if found else None
    if not session or "said" not in session.kept:
        return ""
    kept = {name: value for name, value in session.kept.items() if name != "said"}
    current_app.extensions["door"].sessions.keep(session, kept)
    return str(session.kept["said"])


FILTERS: dict[str, Callable[..., str]] = {"day": day, "moment": moment, "volume": volume, "count": count}


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
    "listed": lambda: [entry.endpoint for entry in ENTRIES],
    "viewer": lambda: g.get("viewer"),
}
