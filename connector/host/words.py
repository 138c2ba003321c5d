"""Words that several answers of the command share."""

from __future__ import annotations


def count(number: int, what: str) -> str:
    several = f"{what}es" if what.endswith("ch") else f"{what}s"
    return f"{number:,} {what if number == 1 else several}"
