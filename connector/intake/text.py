"""Bytes to rows: the encoding found, then the separator, and the line that each row stands on.

Encoding   UTF-8 with or without a mark, UTF-16 with one, else Windows-1252, as CMS writes some of its files
Errors     NeedsHuman: empty, cut off, or in no encoding that can be read; with file, line and next step
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from connector.errors import NeedsHuman

SAMPLE = 65_536
SEPARATORS = ",\t|;"
AGAIN = "Download or export the file again."
NOT_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # bytes to which Windows-1252 gives no letter
csv.field_size_limit(1_000_000)


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows after it, each with its line in the file."""

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]


def encoding_of(file: IO[bytes], path: Path) -> str:
    """Decided on the whole file: a single Windows byte may stand in its last line."""
    utf8, fits, undecodable = codecs.getincrementaldecoder("utf-8")(), True, 0
    line, empty = 1, True
    for chunk in _chunks(file, path):
        if empty and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        if b"\0" in chunk:
            at = line + chunk[: chunk.index(b"\0")].count(b"\n")
            raise NeedsHuman(f"{path}:{at}: holds NUL bytes; it is no text file in UTF-8.", next_step=AGAIN)
        if not undecodable and (found := NOT_1252.search(chunk)):
            undecodable = line + chunk[: found.start()].count(b"\n")
        fits = fits and _takes(utf8, chunk)
        empty, line = empty and not chunk.strip(), line + chunk.count(b"\n")
    if empty:
        raise NeedsHuman(f"{path}: the file is empty.", next_step=AGAIN)
    if not fits and undecodable:
        raise NeedsHuman(f"{path}:{undecodable}: neither UTF-8 nor Windows-1252.", next_step="Save it as UTF-8.")
    return "utf-8-sig" if fits else "cp1252"


def _chunks(file: IO[bytes], path: Path) -> Iterator[bytes]:
    line = 1
    try:
        while chunk := file.read(SAMPLE):
            yield chunk
            line += chunk.count(b"\n")
    except (EOFError, zlib.error) as error:
        what = f"{path}:{line}: the compressed file is cut off or damaged, from about this line on."
        raise NeedsHuman(what, next_step=AGAIN) from error


def _takes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def text_table(file: IO[bytes], encoding: str, path: Path, otherwise: str = ",") -> Table:
    """`otherwise` separates the cells where none of the usual signs stands in the first line."""
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    first = text.readline().strip(" \r\n")
    separator = max(SEPARATORS, key=first.count) if any(sign in first for sign in SEPARATORS) else otherwise
    cells = csv.reader([first], delimiter=separator, skipinitialspace=separator == " ")
    header = [name.strip() for name in next(cells, [])]
    if len(header) < 2:
        raise NeedsHuman(f"{path}:1: this is no header of columns.", next_step="Give a CSV file with a header line.")
    return Table(header, _rows(text, separator, len(header), path))


def _rows(text: io.TextIOWrapper, separator: str, width: int, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line that each begins on; where only the last is short, the file was cut."""
    reader, last, begins, short = csv.reader(text, delimiter=separator, skipinitialspace=separator == " "), None, 2, 0
    try:
        for cells in reader:
            if cells:
                if last:
                    short += len(last[1]) < width
                    yield last
                last = (begins, cells)
            begins = reader.line_num + 2
    except csv.Error as error:
        raise NeedsHuman(f"{path}:{begins}: {error}.", next_step=AGAIN) from error
    if not last:
        raise NeedsHuman(f"{path}: holds a header and no rows.", next_step=AGAIN)
    if len(last[1]) < width and not short:
        raise NeedsHuman(f"{path}:{last[0]}: the file ends in the middle of a row.", next_step=AGAIN)
    yield last
