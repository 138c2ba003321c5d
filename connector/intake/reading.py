"""One file, row by row: what can be used goes on, the rest is counted with its reason and its first lines.

    rejected      a row that is wrong: a check digit, a count that is none, the same a second time
    passed over   a row that is right and says nothing: empty, withheld, superseded, fewer than 11 patients

What is withheld is absent, never zero. Of a file with patients in it no cell is ever quoted, and a row is known
again only by a hash that Python salts anew in each process.

Errors   NeedsHuman: the file cannot be opened, has no layout, or much of it is wrong
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from connector.brought import AccessList, ReadyMade
from connector.config import ClaimsSource
from connector.errors import NeedsHuman
from connector.intake.cells import FAULTS, SUPPRESSED, among, count
from connector.intake.detect import layout_of, refuse_numbers_of_patients
from connector.intake.files import open_table, sha256
from connector.intake.layouts import Kind, Layout, columns_found, places
from connector.intake.tally import FileRead, Reject, Rejected, Tally, forget
from connector.intake.text import Table

FEWEST = 11  # patients in a cell that may be shown (CMS, cell size suppression policy)
MOST_REJECTED = 0.10  # of the rows that say something; beyond, the file is wrong and not the row
COUNTED = ("volume", "beneficiaries")  # columns that a publisher withholds where patients are few
LOOKED_AT = 50  # rows, in which a column of patients' numbers would show itself
KEPT = 200  # rejections that are remembered with line and reason

Row = Mapping[str, str]
Check = tuple[str, Callable[[str], str]]  # our column, and why a cell of it is wrong


@contextmanager
def open_reading(
    path: Path, source: ClaimsSource | ReadyMade | AccessList, reject: Reject = forget
) -> Iterator[Reading]:
    """A file with its layout found; its rows are still to be read, and `reject` is told of each that is wrong."""
    with open_table(path, source.sheet) as table:
        layout, rows = layout_of(source, table.header, str(path)), iter(table.rows)
        if not layout.lines:
            first = [*islice(rows, LOOKED_AT)]
            refuse_numbers_of_patients(table.header, [cells for _, cells in first], str(path))
            rows = chain(first, rows)
        yield Reading(path, replace(table, rows=rows), layout, places(layout, table.header), reject)


@dataclass
class Reading:
    path: Path
    table: Table
    layout: Layout
    places: Mapping[str, int]  # of our columns in the header
    tell: Reject = forget
    total: int = 0
    line: int = 0  # of the row that was given last
    rejections: list[Rejected] = field(default_factory=list)
    rejected: Tally = field(default_factory=Tally)
    passed_over: Tally = field(default_factory=Tally)

    def rows(self) -> Iterator[Row]:
        """The rows that can be used, by our names."""
        width, checks, seen = len(self.table.header), self._checks(), set[int]()
        for line, cells in self.table.rows:
            self.total += 1
            if not any(cells):
                self.passed_over.add("empty", line)
            elif len(cells) < width or any(cells[width:]):
                self._reject(line, f"has {len(cells)} cells under {width} columns", "it")
            else:
                row = {ours: cells[at].strip() for ours, at in self.places.items()}
                if self._is_good(line, row, checks, seen):
                    self.line = line
                    yield row

    def reject(self, why: str) -> None:
        """The row that was given last, for a reason that its reader found."""
        self._reject(self.line, why, "it")

    def _checks(self) -> list[Check]:
        chosen = [(name, among(said)) for name, said in self.layout.choices.items() if name in self.places]
        return [*((name, FAULTS[name]) for name in self.places if name in FAULTS), *chosen]

    def _is_good(self, line: int, row: Row, checks: list[Check], seen: set[int]) -> bool:
        """What is wrong counts before what says nothing: a shifted row may look like either."""
        for name, fault in checks:
            cell = row[name]
            if cell and (why := fault(cell)) and not (name in COUNTED and SUPPRESSED.match(cell)):
                return self._reject(line, why, self._quoted(name, cell))
        if silent := _silence(row, self.layout):
            self.passed_over.add(silent, line)
            return False
        for name in self.layout.filled:
            if not row.get(name, "unasked"):
                return self._reject(line, FAULTS.get(name, _empty)(""), self._quoted(name, ""))
        return self._is_first(line, row, seen)

    def _is_first(self, line: int, row: Row, seen: set[int]) -> bool:
        if not self.layout.unique:
            return True
        key = hash(tuple(row.get(name, "") for name in self.layout.unique))
        if key in seen:
            return self._reject(line, "stands here a second time", "")
        seen.add(key)
        return True

    def _reject(self, line: int, why: str, what: str) -> bool:
        self.rejected.add(why, line)
        row = Rejected(self.path.name, line, f"{what} {why}".strip())
        self.tell(row)
        if len(self.rejections) < KEPT:
            self.rejections.append(row)
        return False

    def _quoted(self, name: str, cell: str) -> str:
        """In a file with patients a shifted row may hold anything anywhere: the column is told, not the cell."""
        if self.layout.lines:
            return self.layout.columns[name]
        if not cell:
            return "an empty cell"
        return cell if name == "npi" else f'"{cell}"'

    def stop_if_much_is_wrong(self) -> None:
        wrong, of = self.rejected.total, self.total - self.passed_over.total
        if wrong > MOST_REJECTED * of:
            first = self.rejections[0]
            raise NeedsHuman(
                f"{self.path}:{first.line}: {first.reason}. Of {of:,} rows, {wrong:,} are wrong.",
                next_step="Check that the columns are what `layout:` or `columns:` of this source says. "
                f"`callplan intake {self.path.name}` shows what they were taken for.",
            )

    def summary(self) -> FileRead:
        header, used = self.table.header, set(self.places.values())
        return FileRead(
            self.path,
            self.layout.name,
            sha256(self.path),
            self.total,
            self.rejected.total,
            self.passed_over.total,
            columns_found(self.layout, header),
            tuple(name for at, name in enumerate(header) if at not in used),
            self.rejected.reasons(),
            self.passed_over.reasons(),
        )


def _silence(row: Row, layout: Layout) -> str:
    """Why a row that may be right says nothing to us, or nothing."""
    for name, pattern in layout.without.items():
        if re.fullmatch(pattern, row.get(name, "")):
            return f"does not count by its {layout.columns[name]}"
    if layout.lines and not row["code"]:
        return "names no procedure"
    if layout.kind is Kind.CLAIMS and any(SUPPRESSED.match(row.get(name, "")) for name in COUNTED):
        return "its count is withheld"
    patients = count(row.get("beneficiaries", ""))
    if patients is not None and patients < FEWEST:
        return f"fewer than {FEWEST} patients"
    return ""


def _empty(_: str) -> str:
    return "stands where something must"
