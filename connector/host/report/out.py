"""A report as a file: an Excel workbook or a page, a file for each CRM where there are several.

Errors   NeedsHuman: another kind of file, a file that cannot be written
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from connector.errors import NeedsHuman
from connector.host.report.page import write_page
from connector.host.report.reported import Report
from connector.host.report.workbook import write_book

WRITERS: dict[str, Callable[[Report, Path], None]] = {".xlsx": write_book, ".html": write_page}


def stop_unless_written(out: Path) -> None:
    """Before anything is read."""
    if out.suffix.lower() not in WRITERS:
        raise NeedsHuman(f"--out {out}: a report is .xlsx or .html.", next_step=f"Write {out.stem or 'report'}.xlsx.")


def write_report(reports: Sequence[Report], out: Path) -> list[Path]:
    paths = [out if len(reports) == 1 else out.with_stem(f"{out.stem}-{one.of.split(',')[0]}") for one in reports]
    for one, path in zip(reports, paths, strict=True):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            WRITERS[out.suffix.lower()](one, path)
        except OSError as error:
            why = (error.strerror or "it cannot be written").lower()
            raise NeedsHuman(f"{path}: {why}.", next_step="Close it where it is open, or name another file.") from error
    return paths
