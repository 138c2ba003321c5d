"""A table for Excel or as CSV. Text stays text, whatever it begins with: no cell ever becomes a formula.

Units    None is an empty cell; a share is written as a number and shown in percent
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

LIVE = ("=", "+", "-", "@", "\t", "\r", "\0")  # a cell of a CSV that begins so is a formula to a spreadsheet
SHEET = "Providers"

Cell = str | float | date | None


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    cells: Sequence[Cell]
    form: str = ""  # of numbers, as Excel writes forms
    width: int = 12


def inert(text: str) -> str:
    """What a spreadsheet takes for text when it opens a CSV."""
    return f"'{text}" if text.startswith(LIVE) else text


def write_csv(path: Path, columns: Sequence[Column]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([column.name for column in columns])
        for row in zip(*(column.cells for column in columns), strict=True):
            lines.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])


def write_workbook(path: Path | BytesIO, columns: Sequence[Column], about: Sequence[str], name: str = SHEET) -> None:
    """Row by row, so that a million providers fit: the table, then a sheet that says what it is."""
    from xlsxwriter import Workbook  # only here: it takes as long to import as the rest of the command

    rows = len(columns[0].cells)
    with Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet(name), book.add_format({"bold": True})
        forms = [book.add_format({"num_format": column.form or "@"}) for column in columns]
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(rows, 1), len(columns) - 1)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, column.name, bold)
        for row in range(rows):
            for at, column in enumerate(columns):
                cell = column.cells[row]
                _put(sheet, row + 1, at, cell, forms[at])
        told = book.add_worksheet("About")
        for at, line in enumerate(about):
            told.write_string(at, 0, line)


def write_sheets(path: Path, sheets: Mapping[str, Sequence[Column]]) -> None:
    """Several tables in one workbook, the headings of each above its rows when they are scrolled."""
    from xlsxwriter import Workbook  # only here: it takes as long to import as the rest of the command

    with Workbook(path, {"strings_to_urls": False, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for name, columns in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(columns):
                form = book.add_format(
                    {"num_format": column.form or "@", "valign": "top", "text_wrap": not column.form}
                )
                words = book.add_format({"valign": "top", "align": "right", "font_color": "#55626f"})
                sheet.set_column(at, at, column.width)
                sheet.write_string(0, at, column.name, bold)
                for row, cell in enumerate(column.cells, 1):
                    _put(sheet, row, at, cell, words if column.form and isinstance(cell, str) else form)
            if columns and len(columns[0].cells):
                sheet.autofilter(0, 0, len(columns[0].cells), len(columns) - 1)


def _put(sheet: Any, row: int, at: int, cell: Cell, form: Any) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, at, cell, form)
    elif isinstance(cell, date):
        sheet.write_datetime(row, at, cell, form)
    elif cell is not None:
        sheet.write_number(row, at, cell, form)
