"""The blueprint that every page is part of, and the order in which the head of a page names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, current_app, g

from connector.host.web.who import Role, Viewer

blueprint = Blueprint("pages", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    endpoint: str
    title: str
    role: Role


ENTRIES = (
    Entry("pages.cold", "Cold accounts", Role.REP),
    Entry("pages.week", "This week", Role.REP),
    Entry("pages.territory", "Territory", Role.REP),
    Entry("pages.coverage", "Coverage", Role.MANAGER),
    Entry("pages.challenges", "Challenges", Role.MANAGER),
    Entry("pages.matches", "Matches", Role.ADMIN),
    Entry("pages.plan", "Plan", Role.ADMIN),
    Entry("pages.runs", "Runs", Role.ADMIN),
    Entry("pages.setup", "Set-up", Role.ADMIN),
)
PART_OF = dict.fromkeys(("pages.run", "pages.undo", "pages.refused"), "pages.runs")


def entries() -> Iterator[Entry]:
    """Those that whoever looks may open."""
    found: Viewer | None = g.get("viewer")
    return (one for one in ENTRIES if found and found.may(one.role) and one.endpoint in current_app.view_functions)
