"""All rows that a run could not use, in a file: the store keeps only the first of them.

A JSON object a line: file, line and reason. Of a file with patients the reason names the column and quotes no cell.
The file of the last run is replaced when all is read, also where one is refused for its many wrong rows.

Errors   NeedsHuman: the file cannot be written
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from connector.errors import NeedsHuman
from connector.intake.tally import Rejected


def add_rejects(path: Path, file: str, rows: Sequence[Rejected]) -> None:
    """Beside those of other files, in place of what the same file had before."""
    kept = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    others = [line for line in kept if json.loads(line)["file"] != file]
    if rows or len(others) < len(kept):
        with rejects_in(path) as reject:
            for row in (*(Rejected(**json.loads(line)) for line in others), *rows):
                reject(row)


@contextmanager
def rejects_in(path: Path) -> Iterator[Callable[[Rejected], None]]:
    part = path.with_name(f"{path.name}.part")
    try:
        file = part.open("w", encoding="utf-8")
    except OSError as error:
        raise NeedsHuman(
            f"{part}: cannot be written: {(error.strerror or 'unknown').lower()}.",
            next_step="Name another place under `rejected:` of the config.",
        ) from error
    try:
        with file:
            yield lambda row: print(json.dumps(asdict(row), ensure_ascii=False), file=file)
    finally:
        part.replace(path)
