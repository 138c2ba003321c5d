"""Excel workbooks and Parquet files as the same tables that text files make: every cell a text, as a person reads it.

A number that is whole is written without a point, a date as 2026-11-23. Titles above the header are passed by.
A Parquet file has no lines: its rows are numbered as those of a text file would be, the header being line 1.

Errors   NeedsHuman: not to be opened, no table, several sheets to choose from, or what reads it is not installed
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from connector.errors import NeedsHuman
from connector.intake.text import AGAIN, Table

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

AT_ONCE = 10_000  # rows of a Parquet file


def open_workbook(path: Path, sheet: str | None) -> Table:
    """The sheet that is named, or the only one that is visible and holds a table."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        rows = _lines(_chosen(book, sheet, path))
    except CalamineError as error:
        raise NeedsHuman(f"{path}: cannot be opened as an Excel workbook: {error}.", next_step=AGAIN) from error
    header = next((cells for _, cells in rows if _filled(cells) > 1), None)
    if not header:
        raise NeedsHuman(f"{path}: the sheet holds no header of columns.", next_step="Name another with `sheet:`.")
    while not header[-1]:
        header.pop()
    return Table(header, rows)


def _chosen(book: CalamineWorkbook, name: str | None, path: Path) -> CalamineSheet:
    from python_calamine import SheetVisibleEnum

    if name and name not in book.sheet_names:
        raise NeedsHuman(f'{path}: there is no sheet "{name}".', next_step=f"Sheets: {', '.join(book.sheet_names)}.")
    visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    sheets = [book.get_sheet_by_name(one) for one in ([name] if name else visible)]
    tables = [sheet for sheet in sheets if sheet.height > 1 and sheet.width > 1]
    if len(tables) != 1:
        names = ", ".join(sheet.name for sheet in tables) or "none"
        raise NeedsHuman(
            f"{path}: holds {len(tables)} sheets with tables, not one: {names}.", next_step="Name it with `sheet:`."
        )
    return tables[0]


def _lines(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    for line, cells in enumerate(sheet.iter_rows(), 1):  # it leaves out empty columns at the left, but no empty rows
        texts = [_text(cell) for cell in cells]
        if any(texts):
            yield line, texts


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)


def open_parquet(path: Path) -> Table:
    import duckdb  # only where a Parquet file is read: it takes a while to load

    try:
        found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)])
    except duckdb.Error as error:
        raise NeedsHuman(f"{path}: cannot be opened as a Parquet file.", next_step=AGAIN) from error
    header = [str(column[0]).strip() for column in found.description or []]

    def rows() -> Iterator[tuple[int, list[str]]]:
        line = 1
        while batch := found.fetchmany(AT_ONCE):
            for cells in batch:
                line += 1
                yield line, [_text(cell) for cell in cells]
        if line == 1:
            raise NeedsHuman(f"{path}: holds a header and no rows.", next_step=AGAIN)

    return Table(header, rows())


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()
