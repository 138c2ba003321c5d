"""Bytes to rows: gzip and zip opened on the way, encoding and separator found, the line of each row kept.

Nothing is read whole: a national file of three gigabytes passes through as a stream.

Errors   NeedsHuman: missing, empty, cut off, or in no encoding that can be read; with file, line and next step
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from connector.config import ClaimsSource
from connector.errors import NeedsHuman

SAMPLE = 65_536
AGAIN = "Download or export the file again."
csv.field_size_limit(1_000_000)


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows after it, each with its line in the file."""

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]


def files_of(source: ClaimsSource, base: Path) -> list[Path]:
    """The files that a source's path or pattern names, in order."""
    path = Path(source.path)
    whole = path if path.is_absolute() else base / path
    found = sorted(Path(whole.anchor).glob(str(whole.relative_to(whole.anchor)))) if "*" in str(whole) else [whole]
    files = [file for file in found if file.is_file()]
    if not files:
        raise NeedsHuman(f"{whole}: there is no such file.", next_step="Correct `path:` under `claims:` of the config.")
    return files


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """A file as rows, in UTF-8 or UTF-16 with a mark, else in Windows-1252 as CMS sometimes writes."""
    try:
        with _bytes(path) as file:
            encoding = _encoding(file, path)
        with _bytes(path) as file:
            yield _table(io.TextIOWrapper(file, encoding=encoding, newline=""), path)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise NeedsHuman(f"{path}: the compressed file is cut off or damaged.", next_step=AGAIN) from error
    except UnicodeDecodeError as error:
        raise NeedsHuman(f"{path}: neither UTF-8, UTF-16 nor Windows-1252.", next_step="Save it as UTF-8.") from error
    except OSError as error:
        reason = (error.strerror or "damaged").lower()
        raise NeedsHuman(f"{path}: cannot be read: {reason}.", next_step=AGAIN) from error


@contextmanager
def _bytes(path: Path) -> Iterator[IO[bytes]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rb") as unpacked:
            yield unpacked  # type: ignore[misc]  # a reader of bytes in all that is asked of it
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(_member(archive, path)) as member:
            yield member
    else:
        with path.open("rb") as plain:
            yield plain


def _member(archive: zipfile.ZipFile, path: Path) -> str:
    tables = [name for name in archive.namelist() if name.lower().endswith((".csv", ".txt", ".tsv"))]
    if len(tables) != 1:
        raise NeedsHuman(f"{path}: holds {len(tables)} tables, not one.", next_step="Unpack it and name the table.")
    return tables[0]


def _encoding(file: IO[bytes], path: Path) -> str:
    """Decided on the whole file: a single Windows byte may stand in its last line."""
    first = file.read(SAMPLE)
    if not first.strip():
        raise NeedsHuman(f"{path}: the file is empty.", next_step=AGAIN)
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    decoder, chunk = _Utf8(), first
    while chunk:
        if b"\0" in chunk:
            raise NeedsHuman(f"{path}: holds NUL bytes; it is no text file in UTF-8.", next_step=AGAIN)
        if not decoder.takes(chunk):
            return "cp1252"
        chunk = file.read(SAMPLE)
    return "utf-8-sig"


class _Utf8:
    def __init__(self) -> None:
        import codecs

        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def takes(self, chunk: bytes) -> bool:
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
        return True


def _table(text: io.TextIOWrapper, path: Path) -> Table:
    first = text.readline()
    separator = max(",\t|;", key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
    if len(header) < 2:
        raise NeedsHuman(f"{path}:1: this is no header of columns.", next_step="Give a CSV file with a header line.")
    return Table(header, _rows(text, separator, len(header), path))


def _rows(text: io.TextIOWrapper, separator: str, width: int, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows with their lines; a last row that is short means that the file was cut."""
    reader, short, seen = csv.reader(text, delimiter=separator), None, 0
    try:
        for row in reader:
            if short is not None:
                yield short
            seen, short = seen + 1, None
            at = (reader.line_num + 1, row)
            if len(row) >= width:
                yield at
            elif row:
                short = at
    except UnicodeDecodeError as error:
        where = f"{path}:{reader.line_num + 2}"
        raise NeedsHuman(f"{where}: neither UTF-8 nor Windows-1252.", next_step="Save it as UTF-8.") from error
    except csv.Error as error:
        raise NeedsHuman(f"{path}:{reader.line_num + 1}: {error}.", next_step=AGAIN) from error
    if short is not None:
        raise NeedsHuman(f"{path}:{short[0]}: the file ends in the middle of a row.", next_step=AGAIN)
    if not seen:
        raise NeedsHuman(f"{path}: holds a header and no rows.", next_step=AGAIN)
