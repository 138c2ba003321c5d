"""Why HubSpot refuses one row, and what an admin does about it: theirs -> (passes by itself, remedy).

What passes by itself is sent again the same night, in smaller batches. The rest is held until the row, the plan or the
object changes.

Source   developers.hubspot.com, "Error handling", batch operations; the words of Settings
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.hubspot.errors import GONE, codes, reasons
from connector.contract import Change, CrmId, Outcome, Verdict

ROWS: dict[str, tuple[bool, str]] = {
    "LOCKED": (True, "Somebody was writing to the record. Nothing to do, unless it stays."),
    "RATE_LIMITS": (True, "Another program called too much at the moment. Nothing to do, unless it stays."),
    "INTERNAL_ERROR": (True, "HubSpot had an error of its own. Nothing to do, unless it stays."),
    "OBJECT_NOT_FOUND": (False, "The record was deleted or merged. The next night follows it."),
    "INVALID_OPTION": (False, "The property lacks this option. Add it in Settings, Properties."),
    "INVALID_INTEGER": (False, "The property takes whole numbers only. Name another one in the mapping."),
    "INVALID_LONG": (False, "The property takes whole numbers only. Name another one in the mapping."),
    "INVALID_NUMBER": (False, "The property takes numbers only. Name another one in the mapping."),
    "INVALID_DATE": (False, "The property takes dates only. Name another one in the mapping."),
    "INVALID_BOOLEAN": (False, "The property is no checkbox. Name another one in the mapping."),
    "CONFLICTING_UNIQUE_VALUE": (False, "Another record has this value in a unique property. Merge the two."),
    "CONFLICT": (False, "Another record has this value. Merge the two, or correct one."),
    "MISSING_REQUIRED_PROPERTY": (False, "A required property of the record is empty. Fill it in."),
    "MISSING_CONDITIONAL_REQUIRED_PROPERTY": (False, "A property that another one asks for is empty. Fill it in."),
    "PROPERTY_DOESNT_EXIST": (False, "Create the property in Settings, Properties, or correct the mapping."),
    "READ_ONLY_VALUE": (False, "The property is read-only. Name another one in the mapping."),
    "VALIDATION_ERROR": (False, "HubSpot does not take a value. Its text names the property."),
}


def row_remedy(code: str, category: str) -> tuple[bool, str]:
    """Whether sending again tonight may help, and what else would."""
    unknown = (False, f"Look {code or 'the message'} up in HubSpot's guide, Error handling.")
    return ROWS.get(code) or ROWS.get(category) or unknown


def outcomes(changes: Sequence[Change], answer: dict[str, Any]) -> Iterator[Outcome]:
    """By trace id or id, never by place: HubSpot answers in an order of its own."""
    written = {str(row.get("objectWriteTraceId") or row["id"]) for row in answer.get("results") or []}
    refused = {id_: error for error in answer.get("errors") or [] for id_ in named_in(error)}
    for change in changes:
        if change.id in refused:
            yield refusal(change.id, refused[change.id])
        elif change.id in written:
            yield Outcome(change.id, Verdict.WRITTEN)
        else:
            yield Outcome(change.id, Verdict.UNKNOWN)


def named_in(error: dict[str, Any]) -> list[str]:
    context = error.get("context") or {}
    return [str(id_) for key in ("objectWriteTraceId", "ids", "id") for id_ in context.get(key) or []]


def refusal(id_: CrmId, told: dict[str, Any]) -> Outcome:
    category = str(told.get("category") or "")
    code = next(iter(codes(told)), category)
    passing, remedy = row_remedy(code, category)
    return Outcome(id_, Verdict.REFUSED, code, reasons(told), category in GONE, passing=passing, remedy=remedy)
