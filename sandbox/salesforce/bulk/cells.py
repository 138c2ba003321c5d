"""What a cell of text means for a field: its value as JSON would say it.

Source   Bulk API 2.0 Developer Guide v66, Valid CSV Record Rows: true, yes, y, on and 1 in any case are true
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.salesforce.errors import wrong_type
from sandbox.salesforce.schema import Field
from sandbox.salesforce.values import Value

CLEARED = "#N/A"
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "no", "n", "off", "0"), False),
}
_DOUBLE = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_INT = re.compile(r"[+-]?\d+(\.0+)?")


def _boolean(field: Field, cell: str) -> Value:
    found = _BOOLEANS.get(cell.lower())
    if found is None:
        raise wrong_type(field.label, cell, field.name)
    return found


def _double(field: Field, cell: str) -> Value:
    if not _DOUBLE.fullmatch(cell):
        raise wrong_type(field.label, cell, field.name)
    return float(cell)


def _int(field: Field, cell: str) -> Value:
    if not _INT.fullmatch(cell):
        raise wrong_type(field.label, cell, field.name)
    return int(float(cell))


READS: dict[str, Callable[[Field, str], Value]] = {"boolean": _boolean, "double": _double, "int": _int}
