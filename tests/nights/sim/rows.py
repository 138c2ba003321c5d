"""What travels: the rows of a write, whichever call carries them, and values as one text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def rows_of(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of a write and what they are to hold: of a collection, of those in a composite, or of a batch."""
    for record in body.get("records") or ():
        yield str(record["id"]), {name: value for name, value in record.items() if name not in ("id", "attributes")}
    for record in body.get("inputs") or ():
        yield str(record["id"]), record["properties"]
    for part in body.get("compositeRequest") or ():
        yield from rows_of(part["body"])


def as_text(value: Any) -> str:
    """CRMs hold values in their own way: text in HubSpot, floats in Salesforce."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
