"""All rows that a run could not use, in a file: the store keeps only the first of them.

A JSON object a line: file, line and reason. Of a file with patients the reason names the column and quotes no cell.
The file of the last run is replaced when all is read, also where one is refused for its many wrong rows.

Errors   NeedsHuman: the file cannot be written
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from connector.errors import NeedsHuman
from connector.intake.tally import Rejected


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
