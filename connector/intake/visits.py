"""A log of visits in: one row for each interaction that was logged, from files as a CRM or a spreadsheet gives them.

Columns are found by usual names, in any case and with or without spaces and underscores; `named` says what they are
called where they are called otherwise. A day is the calendar day as it is written; a time after it is passed by.
Cells may be set apart by spaces. Where the first line is a row already, columns are called 1, 2, 3 and so on.

Shapes   see callplan.model.Log; rows in the order of the files
Errors   NeedsHuman: a file without accounts or days, a column that is not there, or much of it is wrong.
         A single bad row is rejected, with its line and the reason
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from callplan.model import Log, Marks, Texts
from connector.errors import NeedsHuman
from connector.intake.detect import refuse_patients
from connector.intake.files import open_table
from connector.intake.headings import ALIASES, FORMS, day_of, further, headed, places_of
from connector.intake.reading import KEPT, MOST_REJECTED
from connector.intake.tally import Rejected
from connector.yamlfile import nearest


@dataclass(frozen=True, slots=True)
class LogRead:
    log: Log
    columns: Mapping[str, str]  # ours to theirs, of the last file
    rows: int
    rows_rejected: int
    rejected: tuple[Rejected, ...]  # the first ones


def read_log(
    files: Sequence[Path],
    named: Mapping[str, str | None],
    more: Iterable[str] = (),
    *,
    tell: Callable[..., None],
) -> LogRead:
    """All files as one log; `more` are columns that go along under their own names."""
    book, wanted = _Book(), tuple(dict.fromkeys(more))
    for path in files:
        _read_file(path, {ours: name for ours, name in named.items() if name}, wanted, book, tell)
    if not book.rows:
        raise NeedsHuman(f"{files[0]}: no row can be used.", next_step="Give a log with accounts and days.")
    return book.log(wanted)


def holds(log: Log, conditions: Sequence[str], option: str) -> Marks:
    """Which rows are as COLUMN=VALUE says; values of one column are alternatives, several columns must all hold."""
    fits = np.ones(len(log.account), dtype=np.bool_)
    for column in dict.fromkeys(_parts(condition, option)[0] for condition in conditions):
        texts = np.char.lower(log.more[column])
        wanted = [value for name, value in (_parts(each, option) for each in conditions) if name == column]
        for value in wanted:
            if not (texts == value.lower()).any():
                there = sorted({text for text in np.unique(log.more[column]).tolist() if text})[:30]
                raise NeedsHuman(
                    f'{option} {column}={value}: no row says "{value}". {nearest(value, there)}',
                    next_step="Write it as the log does.",
                )
        fits &= np.isin(texts, [value.lower() for value in wanted])
    return fits


def columns_of(conditions: Iterable[str], option: str) -> list[str]:
    """The columns that such conditions speak of."""
    return [_parts(condition, option)[0] for condition in conditions]


def _parts(condition: str, option: str) -> tuple[str, str]:
    column, equals, value = condition.partition("=")
    if not equals or not column.strip():
        raise NeedsHuman(f'{option} "{condition}" is no condition.', next_step="Write COLUMN=VALUE.")
    return column.strip(), value.strip()


@dataclass
class _Book:
    rows: list[tuple[str, ...]] = field(default_factory=list)  # by the names of ALIASES, then the further columns
    columns: dict[str, str] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)

    def log(self, more: Sequence[str]) -> LogRead:
        names = [*ALIASES, *map(further, more)]
        found = dict(zip(names, map(_texts, zip(*self.rows, strict=True)), strict=True))
        log = Log(
            account=found["account"],
            day=found["day"].astype("datetime64[D]"),
            created=found["created"].astype("datetime64[D]"),
            tier=found["tier"],
            rep=found["rep"],
            kind=found["kind"],
            direction=found["direction"],
            more={name: found[further(name)] for name in more},
        )
        wrong = len(self.rejected)
        return LogRead(log, self.columns, len(self.rows) + wrong, wrong, tuple(self.rejected[:KEPT]))


def _texts(column: Sequence[str]) -> Texts:
    return np.array(column, dtype=np.str_)


def _read_file(
    path: Path, named: Mapping[str, str], more: Sequence[str], book: _Book, tell: Callable[..., None]
) -> None:
    if not path.is_file():
        raise NeedsHuman(f"{path}: there is no such file.", next_step="Correct its path.")
    before, wrong = len(book.rows), len(book.rejected)
    with open_table(path, otherwise=" ") as table:
        refuse_patients(table.header, str(path))
        header, rows = headed(table, named, path)
        places = places_of(header, named, more, path)
        book.columns = {ours: header[at] for ours, at in places.items() if at is not None and ours in ALIASES}
        for line, row in rows:
            reason = _take(row, places, len(header), book) if any(row) else "the row is empty"
            if reason:
                book.rejected.append(Rejected(path.name, line, reason))
    used, rejected = len(book.rows) - before, len(book.rejected) - wrong
    if rejected > MOST_REJECTED * (used + rejected):
        first = book.rejected[wrong]
        raise NeedsHuman(
            f"{path}:{first.line}: {first.reason}. Of {used + rejected:,} rows, {rejected:,} are wrong.",
            next_step="Give one row for each interaction, with account and day in columns of their own.",
        )
    tell("read_log", file=path.name, rows=used + rejected, rejected=rejected)


def _take(row: Sequence[str], places: Mapping[str, int | None], width: int, book: _Book) -> str:
    """Into the book; or why the row cannot be used."""
    if len(row) < width:
        return f"it has {len(row)} cells under {width} columns"
    said = {name: row[at].strip() if at is not None else "" for name, at in places.items()}
    if not said["account"]:
        return "it names no account"
    for name in ("day", "created"):
        if (said[name] or name == "day") and not day_of(said[name]):
            return f'"{said[name]}" is not a day: {FORMS}'
    said["account"] = re.sub(r"^(\d+)\.0$", r"\1", said["account"])  # a number, as some programs save it
    said["day"] = day_of(said["day"])
    said["created"] = day_of(said["created"]) or said["day"]
    book.rows.append(tuple(said.values()))
    return ""
