"""What a person does about it: about a row of the inputs that was rejected, and about a run that did not end well.

Each reason of connector/intake has a remedy here, or the one for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping

ROWS = {
    "made-up NPI": "Write the provider's own NPI, or take the row out.",
    "is not an NPI": "Correct the number: the NPI registry finds it by name. Keep the column as text, not as a number.",
    "cells under": "A separator or a line break stands in a cell without quotes: export the file anew.",
    "is not a procedure code": "Keep the column as text, so that no spreadsheet takes codes for numbers.",
    "is not a count": "Write a whole number, or leave it as its publisher withheld it.",
    "is not an amount": "Write a number without words.",
    "second time": "Keep one of the two rows.",
    "where something must": "Fill the cell, or take the row out.",
    "before it begins": "Correct one of the two days.",
}
ANY_ROW = "Correct it in the file; the next night reads it again."
FAULT = "This is a fault in Callplan: report it with the traceback of the log. To run it again does no harm."
BROKEN_OFF = "Its process ended before it did. The next night finishes it: nothing is written twice."

FIRST = ("written", "refused", "invalid", "unknown", "gone", "edited_meanwhile", "held", "unchanged", "left_as_edited")
ALWAYS = ("written", "refused")
CALLED = {"tier_a": "Tier A", "tier_b": "Tier B", "tier_c": "Tier C", "targets": "accounts with a goal"}


def for_row(reason: str) -> str:
    return next((remedy for words, remedy in ROWS.items() if words in reason), ANY_ROW)


def for_run(state: str, error: str | None) -> tuple[str, str]:
    """What happened, and the next step."""
    if state == "interrupted":
        return "Broken off.", BROKEN_OFF
    if state == "failed":
        return error or "", FAULT
    what, _, next_step = (error or "").partition("\n")
    return what, next_step


def in_words(tally: Mapping[str, int]) -> str:
    """What a run did, as people say it, what it wrote first; what it did not do is left out, but for writes."""
    names = sorted(tally, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    done = [
        f"{tally[name]:,} {CALLED.get(name, name.replace('_', ' '))}" for name in names if tally[name] or name in ALWAYS
    ]
    return ", ".join(done) or "nothing to do"
