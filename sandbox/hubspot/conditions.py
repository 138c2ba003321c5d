"""One filter of a search: which values it takes, and whether a record fits.

Values compare without case, but for enumerations (exactly) and the lists of IN and NOT_IN, which must be in small
letters. A record without the property fits NEQ, NOT_IN and NOT_CONTAINS_TOKEN.

Source   developers.hubspot.com, "CRM search": operators
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from sandbox.hubspot.errors import Body, validation
from sandbox.hubspot.lag import Values
from sandbox.hubspot.properties import Property
from sandbox.hubspot.records import Portal
from sandbox.hubspot.tables import Record
from sandbox.hubspot.values import iso, moment

OPERATORS = (
    *("IN", "NOT_HAS_PROPERTY", "LT", "EQ", "GT", "NOT_IN", "GTE", "CONTAINS_TOKEN", "HAS_PROPERTY", "LTE"),
    *("NOT_CONTAINS_TOKEN", "BETWEEN", "NEQ"),
)
NOT_FILTERABLE = frozenset({"hs_body_preview_html", "hs_body_preview", "hs_email_html"})
Fits = Callable[[Record, Values], bool]
Key = Callable[[str], Any]


def fits(portal: Portal, kind: str, given: Body) -> Fits:
    """The filter as a question to a record."""
    name, operator = str(given.get("propertyName")), given.get("operator")
    if operator not in OPERATORS:
        known = ", ".join(OPERATORS)
        raise validation(f"Invalid input JSON on line 1, column 79: Enum type must be one of: [{known}]")
    if name.startswith("associations."):
        return _associated(portal, kind, name.partition(".")[2], operator, given)
    found = portal.schema.find(kind, name)
    if not found or name in NOT_FILTERABLE:
        raise validation(f'There was a problem with the request. Property "{name}" does not exist.')
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        wanted = operator == "HAS_PROPERTY"
        return lambda _, values: (values.get(name) is not None) is wanted
    absent = operator in ("NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN")
    agrees = _comparison(found, operator, given)
    return lambda _, values: absent if (held := values.get(name)) is None else agrees(held)


def key_of(found: Property) -> Key:
    """How values of a property compare: numbers by size, moments in time, texts without case."""
    if found.type == "number":
        return float
    if found.type == "date":
        return lambda text: moment(text).date().isoformat()
    if found.type == "datetime":
        return lambda text: iso(moment(text))
    return str if found.type == "enumeration" else str.lower


def held_key_of(found: Property) -> Key:
    """The same for values that are held: moments are kept in the one form in which they compare as texts."""
    return str if found.type in ("date", "datetime") else key_of(found)


def _comparison(found: Property, operator: str, given: Body) -> Callable[[str], bool]:
    if operator in ("IN", "NOT_IN"):
        return _among(found, _list(given), wanted=operator == "IN")
    value = _value(given, "value")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        return _tokens(value, wanted=operator == "CONTAINS_TOKEN")
    key, held = key_of(found), held_key_of(found)
    there = _key(key, found, value)
    if operator == "BETWEEN":
        high = _key(key, found, _value(given, "highValue"))
        return lambda text: bool(there <= held(text) <= high)
    compared: dict[str, Callable[[str], bool]] = {
        "EQ": lambda text: bool(held(text) == there),
        "NEQ": lambda text: bool(held(text) != there),
        "LT": lambda text: bool(held(text) < there),
        "LTE": lambda text: bool(held(text) <= there),
        "GT": lambda text: bool(held(text) > there),
        "GTE": lambda text: bool(held(text) >= there),
    }
    return compared[operator]


def _among(found: Property, given: list[str], *, wanted: bool) -> Callable[[str], bool]:
    key = key_of(found)
    if found.type in ("string", "phone_number"):  # the list is taken as it is, and what is held in small letters
        texts = set(given)
        return lambda text: (text.lower() in texts) is wanted
    keys, held = {_key(key, found, value) for value in given}, held_key_of(found)
    return lambda text: (held(text) in keys) is wanted


def _tokens(value: str, *, wanted: bool) -> Callable[[str], bool]:
    words = value.lower().split()

    def agrees(text: str) -> bool:
        tokens = text.lower().replace(";", " ").replace(",", " ").split()
        return all(any(fnmatchcase(token, word) for token in tokens) for word in words) is wanted

    return agrees


def _associated(portal: Portal, kind: str, written: str, operator: str, given: Body) -> Fits:
    """`associations.contact`: only to standard objects, and by id."""
    to = portal.schema.named(written)
    if not to or portal.schema.kinds[to].custom or operator not in ("EQ", "IN"):
        raise validation(f'There was a problem with the request. Property "associations.{written}" does not exist.')
    ids = _list(given) if operator == "IN" else [_value(given, "value")]
    linked = {id_ for other in ids if portal.exact(to, other) for id_ in portal.linked(to, other, kind)}
    return lambda record, _: record.id in linked


def _key(key: Key, found: Property, value: str) -> Any:
    try:
        return key(value)
    except (ValueError, OverflowError):
        raise validation(f"{value} is no {found.type}, as {found.name} is.") from None


def _value(given: Body, name: str) -> str:
    if given.get(name) is None:
        raise validation(f"operator {given.get('operator')} requires {name}")
    return str(given[name])


def _list(given: Body) -> list[str]:
    if not isinstance(given.get("values"), list) or not given["values"]:
        raise validation(f"operator {given.get('operator')} requires values")
    return [str(value) for value in given["values"]]
