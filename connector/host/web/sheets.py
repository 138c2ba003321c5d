"""A table to take along: CSV that opens in a spreadsheet, sent as it is read; no cell becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response

from connector.host.changes import cell

AT_ONCE = 500  # lines


def as_csv(name: str, columns: Sequence[str], lines: Iterable[Sequence[object]]) -> Response:
    answer = Response(_sent(columns, lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _sent(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> Iterator[bytes]:
    text = io.StringIO("\ufeff")  # by which Excel knows UTF-8
    text.seek(0, io.SEEK_END)
    sheet = csv.writer(text)
    sheet.writerow(columns)
    for number, line in enumerate(lines, start=1):
        sheet.writerow([cell(value) for value in line])
        if number % AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
