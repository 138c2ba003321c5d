"""The values that a property takes. They are texts on the wire; unset is null, and "" clears.

Source   developers.hubspot.com, "Properties"; "How should timestamps be formatted"
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sandbox.hubspot.properties import Property

LONGEST = 65_536
NUMBER = re.compile(r"-?\d+(\.\d+)?")
MILLISECONDS = re.compile(r"-?\d+")
WRITTEN_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Wrong(Exception):
    """Why a value is not taken."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


def checked(found: Property, value: Any, *, normalise: bool) -> str | None:
    """The value as it is kept. `normalise`: a date that is not midnight becomes one, as from 2026-09 on."""
    if value is None or value == "":
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if found.read_only:
        raise Wrong("READ_ONLY_VALUE", f'"{found.name}" is a read only property; its value cannot be set.')
    if found.type in ("enumeration", "bool"):
        return _option(found, text)
    if found.type == "number" and not NUMBER.fullmatch(text):
        raise Wrong("INVALID_LONG", f"{text} was not a valid long.")
    if found.type in ("date", "datetime"):
        return _moment(found, text, normalise)
    if found.name == "email" and not found.own:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
            raise Wrong("INVALID_EMAIL", f"Email address {text} is invalid")
        return text.lower()
    if len(text) > LONGEST:
        raise Wrong("PROPERTY_VALUE_TOO_LONG", f"{found.name} is longer than {LONGEST} characters.")
    return text


def _option(found: Property, text: str) -> str:
    """Exactly as the option's value is written; several with `;` between where several can be ticked."""
    taken = {option.value for option in found.options}
    chosen = text.strip(";").split(";") if found.field_type == "checkbox" else [text]
    if found.type == "bool" and not taken:
        taken = {"true", "false"}
    if not set(chosen) <= taken:
        labels = ", ".join(f"label: {option.label}" for option in found.options)
        raise Wrong("INVALID_OPTION", f"{text} was not one of the allowed options: [{labels}]")
    return text


def _moment(found: Property, text: str, normalise: bool) -> str:
    try:
        at = moment(text)
    except (ValueError, OverflowError, OSError):
        raise Wrong("INVALID_DATE", f"{text} was not a valid {found.type}.") from None
    if found.type == "datetime":
        return iso(at)
    if not normalise and at.time().isoformat() != "00:00:00":
        raise Wrong("INVALID_DATE", f"{text} is at {at.time()}, not midnight!")
    return at.date().isoformat()


def moment(text: str) -> datetime:
    """ISO 8601, or milliseconds since 1970."""
    if MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    if not WRITTEN_DAY.match(text):
        raise ValueError(text)
    at = datetime.fromisoformat(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def is_midnight(text: str) -> bool:
    return moment(text).time().isoformat() == "00:00:00"


def iso(at: datetime) -> str:
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
