"""`callplan changes RUN`: what a run wrote and what it could not, as two CSV files that open in a spreadsheet.

Errors   NeedsHuman: no such run
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from connector.errors import NeedsHuman
from connector.host.open import chosen_crms, open_config, open_store
from connector.host.show import say_value
from connector.host.spreadsheet import inert

COLUMNS = ("record", "npi", "field", "before", "after", "state", "code", "message", "remedy")


def write_changes(config: Path, run: int, folder: Path) -> list[Path]:
    loaded = open_config(config)
    for name in chosen_crms(loaded, None):
        if rows := open_store(loaded, name).journal.settled(run):
            folder.mkdir(parents=True, exist_ok=True)
            written = [row for row in rows if row["state"] == "written"]
            rest = [row for row in rows if row["state"] != "written"]
            return [
                _write(folder / f"run-{run}-written.csv", written),
                _write(folder / f"run-{run}-not-written.csv", rest),
            ]
    raise NeedsHuman(f"There is no run {run} that sent anything.", next_step="See `callplan status`.")


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        for row in rows:
            lines.writerows(map(cell, line) for line in told(row))
    return path


def told(row: Mapping[str, Any]) -> Iterator[list[Any]]:
    """A line for each field that the change was about."""
    for field, after in row["after"].items():
        line = {**row, "field": field, "before": row["before"].get(field), "after": after}
        yield [line[column] for column in COLUMNS]


def cell(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else say_value(value)
    return inert(text)
