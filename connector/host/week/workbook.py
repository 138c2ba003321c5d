"""A week as an Excel workbook, a sheet a day, on the screen and in print.

Each sheet prints on Letter paper, across, as wide as a page, its headings on every page. Text stays text, whatever it
begins with: no cell ever becomes a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import IO, Any

from connector.host.week.sheets import Cell, Column, Link, Sheet, sheets_of
from connector.host.week.visits import Week

HEAD = 4  # rows above a sheet's table
LINE = 13.5  # points that a line of text takes; rows are given their height, because not every program finds it


def write_week(week: Week, path: Path | IO[bytes]) -> None:
    from xlsxwriter import Workbook  # only here: it takes as long to import as the rest of the command

    with Workbook(path, {"strings_to_urls": False, "strings_to_formulas": False}) as book:
        book.set_properties({"title": week.title, "created": week.made.replace(tzinfo=None)})
        forms = _Forms(book)
        for sheet in sheets_of(week):
            _write(book.add_worksheet(sheet.name), sheet, forms)


class _Forms:
    """Each format of cells, made once."""

    def __init__(self, book: Any) -> None:
        self._book, self._made = book, dict[str, Any]()

    def cell(self, form: str = "", **more: Any) -> Any:
        asked = {
            "num_format": form or "@",
            "valign": "top",
            "text_wrap": True,
            "align": "left",
            "font_size": 10,
            **more,
        }
        return self._made.setdefault(repr(asked), None) or self._make(asked)

    def _make(self, asked: dict[str, Any]) -> Any:
        made = self._made[repr(asked)] = self._book.add_format(asked)
        return made


def _write(sheet: Any, told: Sheet, forms: _Forms) -> None:
    top = max(HEAD, len(told.heading) + 1)
    for at, line in enumerate(told.heading):
        _put(sheet, at, 0, line, forms.cell(text_wrap=False, bold=at == 0, font_size=10 if at else 14))
    for at, column in enumerate(told.columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(top, at, column.name, forms.cell(bold=True, bg_color="#e3e8eb", bottom=1))
    sheet.set_row(top, _height([column.name for column in told.columns], told.columns))
    for row, cells in enumerate(told.rows or [("Nothing.",)], top + 1):
        sheet.set_row(row, _height(cells, told.columns))
        for at, (cell, column) in enumerate(zip(cells, told.columns, strict=False)):
            _put(sheet, row, at, cell, forms.cell("" if isinstance(cell, str) else column.form or "0", bottom=7))
    sheet.print_area(0, 0, top + max(len(told.rows), 1), min(told.printed, len(told.columns)) - 1)
    _print_set_up(sheet, top)


def _height(cells: Sequence[Cell], columns: Sequence[Column]) -> float:
    """Of a row in which each text is broken between words."""
    lines = (
        len(wrap(cell, column.width)) for cell, column in zip(cells, columns, strict=False) if isinstance(cell, str)
    )
    return LINE * max(1, *lines, 0) + 2


def _print_set_up(sheet: Any, top: int) -> None:
    sheet.freeze_panes(top + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(1)  # Letter
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer("&L&A&RPage &P of &N")


def _put(sheet: Any, row: int, at: int, cell: Cell, form: Any) -> None:
    if isinstance(cell, Link):
        sheet.write_url(row, at, cell.url, string=cell.text)
    elif isinstance(cell, str):
        sheet.write_string(row, at, cell, form)
    elif isinstance(cell, date):
        sheet.write_datetime(row, at, cell, form)
    elif cell is None:
        sheet.write_blank(row, at, None, form)
    else:
        sheet.write_number(row, at, cell, form)
