"""What `callplan find` found: a table that fits the terminal, JSON, Excel or CSV, and the filter as YAML.

Errors   NeedsHuman: a list that cannot be written
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size
from ruamel.yaml import YAML

from connector.errors import NeedsHuman
from connector.host.columns import FIELDS, Field, cells_of, columns, head, room
from connector.host.find import Answer
from connector.host.spreadsheet import Column, write_csv, write_workbook

WIDEST = 26  # characters of a text on a terminal
CAVEATS = (
    "Volume is of 12 months and at least this: cells of fewer than 11 patients are not in the files.",
    "Percentile and decile are within the specialty, among all providers in the claims; decile 10 is the few with the "
    "most.",
)


def say_found(answer: Answer, limit: int) -> Iterator[str]:
    """How many, the table, what is not on file, and last the filter as YAML."""
    yield headline(answer)
    shown = min(limit, len(answer.found.npi))
    yield from _table(answer, shown, shutil.get_terminal_size().columns) if shown else ()
    if shown < len(answer.found.npi):
        yield f"{len(answer.found.npi) - shown:,} more: --limit, or --out FILE for all."
    yield from _notes(answer)
    if _plain(answer):
        yield f"where: {as_yaml(answer)}"


def headline(answer: Answer) -> str:
    found = answer.found
    files = f"{answer.files} file{'' if answer.files == 1 else 's'}"
    return f"{len(found.npi):,} of {found.providers:,} providers match, by claims {answer.vintage} from {files}."


def _notes(answer: Answer) -> Iterator[str]:
    for count, what in answer.found.not_on_file:
        yield f"{count:,} that fit otherwise have no {what} on file, and are left out."
    if out := int((answer.found.left_out != "").sum()):
        yield f"{out:,} of those that match would be Tier C all the same, by the plan's other gates."
    if answer.where.near:
        yield f"Minutes are {answer.roads}; miles are as the crow flies."
    if answer.compared:
        yield f"Trend is {answer.compared}."


def as_yaml(answer: Answer) -> str:
    """One line, to stand in a config under `assess: where:`."""
    written, text = YAML(), StringIO()
    written.default_flow_style, written.width = True, 100_000
    written.dump(_plain(answer), text)
    return text.getvalue().strip()


def _plain(answer: Answer) -> dict[str, Any]:
    return answer.where.model_dump(mode="json", exclude_defaults=True)


def _table(answer: Answer, rows: int, width: int) -> Iterator[str]:
    told = [(field, [field.head, *map(field.show, cells)]) for field, cells in columns(answer, rows)]
    kept = _that_fit([(field, texts, _width(texts)) for field, texts in told], width)
    for row in range(rows + 1):
        yield "  ".join(_put(field, texts[row], wide) for field, texts, wide in kept).rstrip()


def _that_fit(told: list[tuple[Field, list[str], int]], width: int) -> list[tuple[Field, list[str], int]]:
    while sum(wide + 2 for *_, wide in told) - 2 > width and len(told) > 2:
        told.remove(max(told, key=lambda one: one[0].rank))
    return told


def _width(texts: Sequence[str]) -> int:
    return min(WIDEST, max(map(cell_len, texts)))


def _put(field: Field, text: str, wide: int) -> str:
    return text.rjust(wide) if field.form else set_cell_size(text, wide)


def found_as_json(answer: Answer, limit: int | None) -> str:
    rows = len(answer.found.npi) if limit is None else min(limit, len(answer.found.npi))
    names, cells = [field.key for field in FIELDS], [cells_of(answer, field, rows) for field in FIELDS]
    told = {
        "matched": len(answer.found.npi),
        "providers": answer.found.providers,
        "vintage": answer.vintage,
        "where": _plain(answer),
        "not_on_file": {what: count for count, what in answer.found.not_on_file},
        "minutes": answer.roads,
        "compared": answer.compared,
        "found": [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def stop_unless_a_list(path: Path) -> None:
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise NeedsHuman(f"--out {path}: is neither .xlsx nor .csv.", next_step="Give the file one of these endings.")


def write_list(answer: Answer, path: Path, limit: int | None) -> None:
    """All that match, or the first so many; Excel or CSV by the name's ending."""
    rows = len(answer.found.npi) if limit is None else limit
    table = [Column(head(field), cells, field.form, room(field, cells)) for field, cells in columns(answer, rows)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_csv(path, table) if path.suffix.lower() == ".csv" else write_workbook(path, table, list(_about(answer)))
    except OSError as error:
        why = (error.strerror or "the disk refused it").lower()
        raise NeedsHuman(
            f"--out {path}: cannot be written: {why}.", next_step="Close it in Excel, or give another name."
        ) from error


def _about(answer: Answer) -> Iterator[str]:
    yield headline(answer)
    yield from _notes(answer)
    yield from CAVEATS
    if _plain(answer):
        yield f"where: {as_yaml(answer)}"
