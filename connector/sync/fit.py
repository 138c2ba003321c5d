"""Whether the CRM's field can hold a value, known before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping

from connector.contract import Field, FieldType, Value
from connector.store.journal import Difference


def problems(change: Difference, fields: Mapping[str, Field]) -> str | None:
    """What the admin reads of a row that is not sent; None for a sound one."""
    found = [said for name, value in change.after.items() if (said := problem(value, fields[name]))]
    return " ".join(found) or None


def problem(value: Value, field: Field) -> str | None:
    if value is None or value == "":
        return None
    if field.type is FieldType.PICKLIST and field.options and str(value) not in field.options:
        return f"{field.name} has no option {value!r}. Add it in the CRM."
    if field.type is FieldType.NUMBER and (isinstance(value, bool) or not isinstance(value, int | float)):
        return f"{field.name} takes numbers only, not {value!r}."
    if field.type is FieldType.TEXT and field.length and len(str(value)) > field.length:
        return f"{field.name} takes {field.length} characters, the text has {len(str(value))}."
    return None
