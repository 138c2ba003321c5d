"""Every real file, damaged in every way that files are: an error with file, line and next step, or rejected rows."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector.errors import NeedsHuman
from connector.intake.catalogue import LAYOUTS
from connector.intake.layouts import places
from tests.connector.samples import WRONG, look, npi
from tests.connector.test_layouts import REAL

MOST = 300  # rows of each file that are copied


@dataclass(frozen=True)
class Copy:
    """The beginning of a real file, whose NPIs are those of providers, to be damaged and written somewhere."""

    header: list[str]
    rows: list[list[str]]
    separator: str
    layout: str
    path: Path

    def column(self, ours: str) -> int | None:
        layout = next(layout for layout in LAYOUTS if layout.name == self.layout)
        return places(layout, self.header).get(ours)

    def text(self) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=self.separator, lineterminator="\n").writerows([self.header, *self.rows])
        return out.getvalue()


def copy_of(real: Path, layout: str, path: Path) -> Copy:
    with gzip.open(real, "rt") if real.suffix == ".gz" else real.open(encoding="utf-8") as file:
        lines = [line for line, _ in zip(file, range(MOST + 1), strict=False)]
    separator = "|" if "|" in lines[0] else ","
    header, *rows = csv.reader(lines, delimiter=separator)
    copy = Copy([name.strip() for name in header], rows, separator, layout, path)
    if layout == "rif_carrier":
        at, code = copy.column("npi") or 0, copy.column("code") or 0
        for row in rows:
            row[at], row[code] = npi(1), "G0444"
    return copy


def take(path: Path) -> None:
    found = look(path)
    if found.refused:
        raise found.refused


def wrong(lines: list[int], reason: str) -> Callable[[Path], None]:
    """These lines, and no others, are rejected for this reason, and the rest is used."""

    def look_for(path: Path) -> None:
        found = look(path)
        assert found.refused is None
        assert [(why.rows, why.lines[:3]) for why in found.file.why_rejected] == [(len(lines), tuple(lines[:3]))]
        assert reason in found.file.why_rejected[0].why
        assert found.file.used == found.file.rows - found.file.passed_over - len(lines)

    return look_for


def refused(where: str, reason: str) -> Callable[[Path], None]:
    """The file is not taken; the words say where, why and what to do."""

    def look_for(path: Path) -> None:
        with pytest.raises(NeedsHuman) as error:
            take(path)
        first, _, step = str(error.value).partition("\n")
        assert re.match(re.escape(str(path)) + where, first), first
        assert reason in first
        assert step.endswith(".")

    return look_for


def cut_in_a_row(copy: Copy) -> Callable[[Path], None]:
    text = copy.text().rstrip("\n")
    copy.path.write_text(text[: text.rindex("\n") + 4])
    return refused(f":{len(copy.rows) + 1}: ", "the file ends in the middle of a row")


def cut_while_packed(copy: Copy) -> Callable[[Path], None]:
    packed = gzip.compress(copy.text().encode())
    copy.path.write_bytes(packed[: len(packed) // 2])
    return refused(r":\d+: ", "the compressed file is cut off or damaged")


def in_no_encoding(copy: Copy) -> Callable[[Path], None]:
    lines = copy.text().encode().splitlines(keepends=True)
    lines[5] = lines[5].replace(b"\n", b"\x81\n")
    copy.path.write_bytes(b"".join(lines))
    return refused(":6: ", "neither UTF-8 nor Windows-1252")


def with_a_header_renamed(copy: Copy) -> Callable[[Path], None]:
    layout = next(layout for layout in LAYOUTS if layout.name == copy.layout)
    at = copy.column(layout.needed[-1]) or 0
    name, copy.header[at] = copy.header[at], f"{copy.header[at]}2"
    copy.path.write_text(copy.text())
    return refused(":1: ", f'the column "{name}" is missing. The nearest is "{name}2"')


def with_wrong_npis(copy: Copy) -> Callable[[Path], None]:
    at = copy.column("npi")
    ours, bad, reason = (at, WRONG, "is not an NPI") if at is not None else (copy.column("amount"), "-5", "no amount")
    for row in copy.rows[::20]:
        row[ours or 0] = bad
    copy.path.write_text(copy.text())
    return wrong([at + 2 for at in range(0, len(copy.rows), 20)], reason.replace("no amount", "is not an amount"))


def with_rows_twice(copy: Copy) -> Callable[[Path], None]:
    copy.rows.extend(copy.rows[:10])
    copy.path.write_text(copy.text())
    return wrong([len(copy.rows) + 2 - left for left in range(10, 0, -1)], "stands here a second time")


def with_a_few_rows_short(copy: Copy) -> Callable[[Path], None]:
    short = min(11, len(copy.header) - 1)
    for row in copy.rows[3:9]:
        del row[-short:]
    copy.path.write_text(copy.text())
    width = len(copy.header)
    return wrong([5, 6, 7, 8, 9, 10], f"has {width - short} cells under {width} columns")


def with_a_separator_in_a_name(copy: Copy) -> Callable[[Path], None]:
    """Nothing is missing: the row is one cell longer, and each cell stands under its neighbour's header."""
    copy.rows[7].append("x")
    copy.path.write_text(copy.text())
    width = len(copy.header)
    return wrong([9], f"has {width + 1} cells under {width} columns")


def with_all_rows_short(copy: Copy) -> Callable[[Path], None]:
    short = min(11, len(copy.header) - 1)
    for row in copy.rows:
        del row[-short:]
    copy.path.write_text(copy.text())
    width = len(copy.header)
    return refused(":2: ", f"it has {width - short} cells under {width} columns. Of {len(copy.rows)} rows, ")


DAMAGES = {
    damage.__name__: damage
    for damage in (
        *(cut_in_a_row, cut_while_packed, in_no_encoding, with_a_header_renamed, with_wrong_npis, with_rows_twice),
        *(with_a_few_rows_short, with_all_rows_short, with_a_separator_in_a_name),
    )
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", REAL)
def test_a_damaged_copy_tells_what_is_wrong_with_it(shared_data: Path, tmp_path: Path, name: str, damage: str) -> None:
    packed = ".gz" if damage == "cut_while_packed" else ""
    copy = copy_of(shared_data / name, REAL[name][0], tmp_path / f"copy.csv{packed}")

    look_for = DAMAGES[damage](copy)

    look_for(copy.path)


def test_the_first_rows_of_each_copy_are_right_before_they_are_damaged(shared_data: Path, tmp_path: Path) -> None:
    for name, (layout, _, _) in REAL.items():
        copy = copy_of(shared_data / name, layout, tmp_path / "copy.csv")
        copy.path.write_text(copy.text())

        assert (look(copy.path).file.layout, look(copy.path).file.rejected) == (layout, 0), name
