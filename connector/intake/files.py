"""Files to tables: which files a source names, unpacked and opened by what they are.

Nothing is read whole: a national file of three gigabytes passes through as a stream.

Errors   NeedsHuman: missing, empty, cut off, or in no form that can be read; with file, line and next step
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from connector.brought import AccessList, ReadyMade
from connector.config import ClaimsSource
from connector.errors import NeedsHuman
from connector.intake.books import open_parquet, open_workbook
from connector.intake.text import AGAIN, Table, encoding_of, text_table

# Of the tables in a CMS archive, the one that speaks of providers: not its header file, not other names or offices.
MAIN = re.compile(r"(npidata_pfile_[\d-]+|OP_DTL_GNRL_\w+)\.csv$", re.IGNORECASE)


def files_of(source: ClaimsSource | ReadyMade | AccessList, base: Path, key: str = "claims") -> list[Path]:
    """The files that a source's path or pattern names, in order; `key` is where it stands in the config."""
    path = Path(source.path)
    whole = path if path.is_absolute() else base / path
    found = sorted(Path(whole.anchor).glob(str(whole.relative_to(whole.anchor)))) if "*" in str(whole) else [whole]
    files = [file for file in found if file.is_file()]
    if not files:
        raise NeedsHuman(f"{whole}: there is no such file.", next_step=f"Correct `path:` under `{key}:` of the config.")
    return files


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def open_table(path: Path, sheet: str | None = None, otherwise: str = ",") -> Iterator[Table]:
    """A file as a header and rows, each with its line; `otherwise` separates cells that no usual sign separates."""
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
            yield open_workbook(path, sheet)
        elif path.suffix.lower() == ".parquet":
            yield open_parquet(path)
        else:
            with _bytes(path) as file:
                encoding = encoding_of(file, path)
            with _bytes(path) as file:
                yield text_table(file, encoding, path, otherwise)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise NeedsHuman(f"{path}: the compressed file is cut off or damaged.", next_step=AGAIN) from error
    except UnicodeError as error:
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
    names = [name for name in archive.namelist() if not name.startswith("__MACOSX")]
    tables = [name for name in names if name.lower().endswith((".csv", ".txt", ".tsv"))]
    tables = [name for name in tables if MAIN.search(name)] or tables
    if len(tables) != 1:
        raise NeedsHuman(f"{path}: holds {len(tables)} tables, not one.", next_step="Unpack it and name the table.")
    return tables[0]
