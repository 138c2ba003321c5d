"""Files of rows, as Bulk reads and writes them: CSV with six delimiters and two line endings.

Cells are not trimmed. Space around a quoted cell, or a quote within a plain one, is an error of its row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}

Row = list[str] | str  # its cells, or what is wrong with it


def is_ended_as_told(content: bytes, line_ending: str) -> bool:
    windows = content.count(b"\r\n")
    return windows == (0 if line_ending == "LF" else content.count(b"\n"))


def header_of(text: str) -> str:
    """The first line as it was sent."""
    return text[: text.find("\n")].removesuffix("\r") if "\n" in text else text


def read(text: str, delimiter: str) -> Iterator[Row]:
    """Every row, the header first. Blank lines are no rows."""
    lines, sign = _Lines(io.StringIO(text, newline="\n")), DELIMITERS[delimiter]
    row = _row(sign)
    if '"' not in text or re.fullmatch(rf"(?:{row}\r?\n)*+{row}", text):
        return _parsed(csv.reader(lines.lines, delimiter=sign))
    return _checked(lines, sign)


class _Lines:
    """Lines, of which the last ones are remembered as they stood."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines, self.seen = lines, ""

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.seen += line
            yield line


def _parsed(reader: Iterator[list[str]]) -> Iterator[Row]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield str(error)
        else:
            if row:
                yield row


def _row(sign: str) -> str:
    """A row in which every quote is in its place. Nothing is tried twice: a file has millions of them."""
    sign = re.escape(sign)
    cell = rf'(?:"[^"]*+(?:""[^"]*+)*+"|[^"{sign}\r\n]*+)'
    return rf"{cell}(?:{sign}{cell})*+"


def _checked(lines: _Lines, sign: str) -> Iterator[Row]:
    whole = re.compile(rf"{_row(sign)}\r?\n?")
    for row in _parsed(csv.reader(lines, delimiter=sign)):
        yield row if whole.fullmatch(lines.seen.lstrip("\n")) else "a quoted cell with something around it"
        lines.seen = ""


class Written(list[str]):
    """Lines of a file: every cell in quotes, None as nothing."""

    def __init__(self, delimiter: str, line_ending: str) -> None:
        super().__init__()
        self._writer = csv.writer(
            _Sink(self), delimiter=DELIMITERS[delimiter], lineterminator=ENDINGS[line_ending], quoting=csv.QUOTE_ALL
        )

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        self._writer.writerows(rows)


class _Sink:
    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append
