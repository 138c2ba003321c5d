"""What Bulk refuses of a query that a single call would answer, and of a job that nobody can do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.bulk.sheet import DELIMITERS, ENDINGS
from sandbox.salesforce.errors import Refused, unreadable

_NO_BULK = (
    *("ActivityHistory", "OpenActivity", "TaskWhoRelation", "EventWhoRelation", "AccountUserTerritory2View"),
    *("AttachedContentDocument", "CombinedAttachment", "LookedUpFromActivity", "NoteAndAttachment"),
)
_CLAUSES = {
    r"\bGROUP\s+BY\b": "GROUP BY",
    r"\bOFFSET\b": "OFFSET",
    r"\bTYPEOF\b": "TYPEOF",
    r"\b(COUNT|COUNT_DISTINCT|SUM|AVG|MIN|MAX)\s*\(": "an aggregate function",
    r"^\s*SELECT\b(?:(?!\bFROM\b).)*\(\s*SELECT\b": "a query of child records",
}
_COMPOUND = re.compile(r"\b(?:Billing|Shipping|Mailing|Other|Person\w*)?Address\b|\b\w+__Location__s\b", re.IGNORECASE)


def check_query(text: str) -> None:
    bare = re.sub(r"'(?:[^'\\]|\\.)*'", "''", text)
    for pattern, clause in _CLAUSES.items():
        if re.search(pattern, bare, re.IGNORECASE | re.DOTALL):
            raise Refused("API_ERROR", f"Implementation restriction: {clause} is not supported in Bulk Query")
    selected, *rest = re.split(r"\sFROM\s+(\w+)", bare, maxsplit=1, flags=re.IGNORECASE)
    if _COMPOUND.search(selected):
        raise Refused("INVALID_FIELD", "Selecting compound data not supported in Bulk Query")
    check_object(rest[0] if rest else "")


def check_object(name: str) -> None:
    if name.lower() in {n.lower() for n in _NO_BULK}:
        raise not_in_bulk(name)


def not_in_bulk(name: object) -> Refused:
    return Refused("INVALIDENTITY", f"Entity '{name}' is not supported by the Bulk API.")


def check_format(asked: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    """What ingest and query jobs have in common."""
    unknown = next((name for name in asked if name not in allowed), None)
    if unknown is not None:
        raise unreadable(f'Unrecognized field "{unknown}"')
    choices = {"contentType": ("CSV",), "lineEnding": tuple(ENDINGS), "columnDelimiter": tuple(DELIMITERS)}
    for name, possible in choices.items():
        if asked.get(name, possible[0]) not in possible:
            raise invalid(f"{name} must be one of {', '.join(possible)}, not {asked[name]}")


def invalid(words: str) -> Refused:
    return Refused("INVALIDJOB", f"InvalidJob : {words}")
