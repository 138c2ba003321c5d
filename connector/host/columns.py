"""The columns of a list of providers: what each is called, how it is shown, and which a narrow terminal does without.

Counts from 1 to 10 never leave: like one that is not on file, they are shown as "<11", and machines read nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from connector.host.find import Answer
from connector.host.spreadsheet import Cell

FEWEST = 11


@dataclass(frozen=True, slots=True)
class Field:
    """One column: what it is called, how it is shown, and how soon a narrow terminal does without it."""

    key: str
    head: str
    show: Callable[[Cell], str]
    rank: int  # the smaller the longer it stays
    form: str = ""


def _text(cell: Cell) -> str:
    """Without what would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in str(cell or ""))


def _number(cell: Cell) -> str:
    return "" if cell is None else f"{cell:,.0f}"


def _volume(cell: Cell) -> str:
    return "<11" if cell is None else f"{cell:,.0f}"


def _share(cell: Cell) -> str:
    return "" if cell is None else f"{cell:.0%}"


def _change(cell: Cell) -> str:
    return "" if cell is None else f"{cell:+.0%}"


FIELDS = (
    Field("npi", "NPI", _text, 0),
    Field("name", "name", _text, 1),
    Field("specialty", "specialty", _text, 5),
    Field("city", "city", _text, 8),
    Field("state", "state", _text, 9),
    Field("zip", "ZIP", _text, 12),
    Field("volume", "volume", _volume, 2, "#,##0"),
    Field("percentile", "pct", _number, 3, "0.0"),
    Field("decile", "decile", _number, 4, "0"),
    Field("family", "family", _text, 11),
    Field("share", "share", _share, 3, "0%"),
    Field("miles", "miles", _number, 3, "#,##0.0"),
    Field("minutes", "min (est.)", _number, 3, "#,##0"),
    Field("change", "trend", _change, 3, "+0%;-0%;0%"),
    Field("practice", "practice", _text, 10),
    Field("practice_size", "size", _number, 7, "#,##0"),
    Field("taxonomy", "taxonomy", _text, 13),
    Field("left_out", "Tier C all the same", _text, 14),
)


def columns(answer: Answer, rows: int) -> list[tuple[Field, list[Cell]]]:
    """Those that say something, of the first rows."""
    found = [(field, cells_of(answer, field, rows)) for field in FIELDS]
    return [(field, cells) for field, cells in found if any(cell not in ("", None) for cell in cells) or field.rank < 3]


def cells_of(answer: Answer, field: Field, rows: int) -> list[Cell]:
    values = getattr(answer.found, field.key)[:rows].tolist()
    if field.key == "volume":
        return [value if value >= FEWEST else None for value in values]
    if field.key in ("miles", "minutes") and not answer.where.near:
        return [None] * len(values)
    return [None if isinstance(value, float) and math.isnan(value) else value for value in values]


def head(field: Field) -> str:
    return {"pct": "percentile", "size": "practice size", "min (est.)": "minutes (estimated)"}.get(
        field.head, field.head
    )


def room(field: Field, cells: Sequence[Cell]) -> int:
    return int(np.clip(max([len(head(field)), *(len(field.show(cell)) for cell in cells[:200])]) + 2, 8, 40))
