"""A workbook that somebody hands us, looked at before it is read: a file of 200 KB can unfold into one cell of 200 MB.

What is read is counted, because what a zip says of itself need not be true, and packed anew for whoever reads it.

Errors   NeedsHuman: too large, too many parts, or no workbook
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from connector.errors import NeedsHuman

MOST_BYTES = 200_000_000  # of all parts together, unpacked
MOST_PARTS = 1_000
MOST_RATIO = 100  # unpacked to packed; a workbook of ours is at 10
SMALL = 1_000_000  # bytes, up to which the ratio of a part says nothing


def repacked(file: Path) -> BytesIO:
    """The same parts, not packed, and no more of each than the file says that it has."""
    plain = BytesIO()
    try:
        with ZipFile(file) as given, ZipFile(plain, "w") as made:
            _demand_modest(file, given)
            for part in given.infolist():
                made.writestr(part.filename, given.read(part))  # reads no further than `file_size`, then checks the sum
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise NeedsHuman(f"{file.name} is no workbook: {error}.", next_step="Save it as .xlsx.") from error
    plain.seek(0)
    return plain


def _demand_modest(file: Path, given: ZipFile) -> None:
    parts = given.infolist()
    whole = sum(part.file_size for part in parts)
    steep = any(part.file_size > max(SMALL, MOST_RATIO * part.compress_size) for part in parts)
    if len(parts) > MOST_PARTS or whole > MOST_BYTES or steep:
        raise NeedsHuman(
            f"{file.name} would unfold into {len(parts):,} parts and {whole:,} bytes: it is not read.",
            next_step="Save it anew with the sheet alone.",
        )
