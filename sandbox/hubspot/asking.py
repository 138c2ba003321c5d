"""What a request asks for, as HubSpot reads it: names repeated or with commas, booleans in any case, the first value.

Source   developers.hubspot.com, "CRM API guide": list, read and batch parameters
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from sandbox.hubspot.errors import validation


def names(parameter: str) -> list[str]:
    return [name for part in request.args.getlist(parameter) for name in part.split(",") if name]


def flag(parameter: str) -> bool:
    return request.args.get(parameter, "").lower() == "true"


def number(parameter: str, otherwise: int) -> int:
    text = request.args.get(parameter) or str(otherwise)
    if not text.isdigit():
        raise validation(f"{parameter} is no number: {text}")
    return int(text)


def limit(most: int, otherwise: int = 10) -> int:
    """Refused when it is too great (others say that it is cut down; not documented)."""
    asked = number("limit", min(otherwise, most))
    if not 0 < asked <= most:
        raise validation(f"limit must be between 1 and {most}, not {asked}.")
    return asked


def is_modern() -> bool:
    """Whether this is 2026-09, which checks and normalises where older versions do not."""
    return "/2026-09/" in request.path


def is_legacy() -> bool:
    return request.path.startswith(("/crm/v3/", "/crm/v4/"))


def content() -> Any:
    return request.get_json(force=True, silent=True) if request.get_data() else None


def rows(most: int, what: str = "inputs") -> list[dict[str, Any]]:
    """The inputs of a batch; `what` is empty where the body is the list itself."""
    given = content()
    found = (given.get(what) if isinstance(given, dict) else None) if what else given
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise validation("Input IDs must be non-null." if what else "Invalid input JSON on line 1, column 1")
    if len(found) > most:
        raise validation(f"Batch input size {len(found)} exceeds the limit of {most}.")
    return found


def id_in(row: dict[str, Any], name: str) -> str:
    """The id of one end of an association."""
    end = row.get(name) if isinstance(row, dict) else None
    if not isinstance(end, dict) or end.get("id") in (None, ""):
        raise validation(f"Some required fields were not set: [{name}.id]")
    return str(end["id"])


def texts(body: dict[str, Any], name: str) -> list[str]:
    given = body.get(name) or []
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        raise validation("Invalid input JSON on line 1, column 1")
    return given


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a record is to be shown."""

    properties: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    links: tuple[str, ...] = ()  # kinds
