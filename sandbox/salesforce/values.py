"""What a field accepts, and how Salesforce keeps it: texts trimmed, moments in UTC to the second.

A record holds what JSON can say, in the vendor's form: dates and moments of one form sort as text does.
A value of the wrong type, too long, off the list or out of range is refused for its row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from sandbox.salesforce import ids
from sandbox.salesforce.errors import Refused, wrong_id, wrong_type
from sandbox.salesforce.schema import Field

Value = str | int | float | bool | None
Record = dict[str, Value]

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")


def stamp(moment: datetime) -> str:
    """2026-11-23T12:00:00.000+0000: SystemModstamp and its kin know whole seconds only."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + ".000+0000"


def moment(text: str) -> datetime:
    """An aware datetime from Salesforce's form, or from ISO 8601 with a zone; ValueError otherwise."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def accept(field: Field, value: object) -> Value:
    """The value as it will be kept; Refused if the field does not take it."""
    if value is None or (value == "" and field.type != "boolean"):
        return _cleared(field)
    return _ACCEPTS.get(field.type, _text)(field, value)


def _cleared(field: Field) -> Value:
    if field.type == "boolean":
        return False
    if not field.nillable:
        raise Refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{field.name}]", field.name)
    return None


def _text(field: Field, value: object) -> Value:
    if not isinstance(value, str):
        raise wrong_type(field.label, value, field.name)
    value = value.strip()
    if len(value) > field.length:
        words = f"{field.label}: data value too large: {value} (max length={field.length})"
        raise Refused("STRING_TOO_LONG", words, field.name)
    return value or _cleared(field)


def _picklist(field: Field, value: object) -> Value:
    if not isinstance(value, str):
        raise wrong_type(field.label, value, field.name)
    if field.restricted and value not in field.options:
        words = f"{field.label}: bad value for restricted picklist field: {value}"
        raise Refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words, field.name)
    return _text(field, value)


def _email(field: Field, value: object) -> Value:
    text = _text(field, value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(text)):
        raise Refused("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", field.name)
    return text


def _double(field: Field, value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(field.label, value, field.name)
    if not abs(value) < 10 ** (field.precision - field.scale):
        words = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise Refused("NUMBER_OUTSIDE_VALID_RANGE", words, field.name)
    if value == int(value):
        return float(value)
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP))


def _int(field: Field, value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(field.label, value, field.name)
    return value


def _boolean(field: Field, value: object) -> Value:
    if not isinstance(value, bool):
        raise wrong_type(field.label, value, field.name)
    return value


def _date(field: Field, value: object) -> Value:
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise wrong_type(field.label, value, field.name)


def _datetime(field: Field, value: object) -> Value:
    try:
        return stamp(moment(value if isinstance(value, str) else ""))
    except ValueError:
        raise wrong_type(field.label, value, field.name) from None


def _reference(field: Field, value: object) -> Value:
    whole = ids.full(value)
    if whole is None:
        raise wrong_id(field.label, value, field.name)
    return whole


_ACCEPTS: dict[str, Callable[[Field, object], Value]] = {
    "picklist": _picklist,
    "email": _email,
    "double": _double,
    "int": _int,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "reference": _reference,
}
