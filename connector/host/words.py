"""Words that several answers of the command share."""

from __future__ import annotations

from datetime import date


def count(number: int, what: str) -> str:
    several = f"{what}es" if what.endswith("ch") else f"{what}s"
    return f"{number:,} {what if number == 1 else several}"


def day(value: date | None) -> str:
    return f"{value.day} {value:%b %Y}" if value else ""
