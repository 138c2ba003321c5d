"""Rows to claims: check digits, counts and duplicates checked, sums by provider and code.

Shapes   see callplan.model.Claims; providers in the order of their NPIs
Units    counts become procedures in 12 months: totals over several years are divided by them
Errors   NeedsHuman: a file that cannot be trusted. A single bad row is rejected, with line and reason
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from callplan.model import Claims, Numbers, Texts, npi_is_valid
from connector.config import ClaimsSource
from connector.errors import NeedsHuman
from connector.intake.files import files_of, open_table, sha256
from connector.intake.layouts import Layout, layout_of

MOST_REJECTED = 0.10  # of a file's rows; beyond, the file is wrong and not the row
KEPT = 200  # rejections that are remembered with line and reason
ABOUT = ("name", "specialty", "city", "state", "zip", "latitude", "longitude")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rejected:
    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class FileRead:
    path: Path
    layout: str
    sha256: str
    rows: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Intake:
    claims: Claims
    files: tuple[FileRead, ...]
    rejected: tuple[Rejected, ...]  # the first ones


def read_claims(sources: Sequence[ClaimsSource], *, base: Path, log: Callable[..., None]) -> Intake:
    """All sources as one vintage. Paths are relative to `base`."""
    book = _Book()
    files = [_read_file(path, source, book, log) for source in sources for path in files_of(source, base)]
    if not book.volumes:
        names = ", ".join(file.path.name for file in files)
        raise NeedsHuman(
            f"{names}: there are no counts of procedures.", next_step="Add a file by provider and service."
        )
    vintage = hashlib.sha256("".join(sorted(file.sha256 for file in files)).encode()).hexdigest()[:12]
    return Intake(book.claims(vintage), tuple(files), tuple(book.rejected[:KEPT]))


@dataclass
class _Book:
    """What has been read so far."""

    about: dict[str, dict[str, str]] = field(default_factory=dict)  # by NPI
    volumes: dict[tuple[str, str, bool], float] = field(default_factory=dict)  # by NPI, code, and whether over years
    rejected: list[Rejected] = field(default_factory=list)

    def claims(self, vintage: str) -> Claims:
        npis = sorted({npi for npi, _, _ in self.volumes} | self.about.keys())
        row = {npi: at for at, npi in enumerate(npis)}
        lines = sorted(
            (row[npi], code, self._yearly(npi, volume, total)) for (npi, code, total), volume in self.volumes.items()
        )
        texts = {name: self._texts(npis, name) for name in ABOUT}
        return Claims(
            npi=np.array(npis, dtype=np.str_),
            name=texts["name"],
            specialty=texts["specialty"],
            city=texts["city"],
            state=texts["state"],
            zip=texts["zip"],
            latitude=_degrees(texts["latitude"]),
            longitude=_degrees(texts["longitude"]),
            provider=np.array([line[0] for line in lines], dtype=np.int64),
            code=np.array([line[1] for line in lines], dtype=np.str_),
            volume=np.array([line[2] for line in lines], dtype=np.float64),
            vintage=vintage,
        )

    def _yearly(self, npi: str, volume: float, over_years: bool) -> float:
        years = _count(self.about.get(npi, {}).get("years", "")) if over_years else None
        return volume / years if years else volume

    def _texts(self, npis: Sequence[str], name: str) -> Texts:
        return np.array([self.about.get(npi, {}).get(name, "") for npi in npis], dtype=np.str_)


def _read_file(path: Path, source: ClaimsSource, book: _Book, log: Callable[..., None]) -> FileRead:
    with open_table(path) as table:
        layout = layout_of(source, table.header, str(path))
        columns = {
            ours: table.header.index(theirs) for ours, theirs in layout.columns.items() if theirs in table.header
        }
        rows, rejected, seen = 0, 0, set[tuple[str, ...]]()
        for line, cells in table.rows:
            rows += 1
            row = {ours: cells[at].strip() for ours, at in columns.items()}
            key = tuple(row.get(name, "") for name in layout.unique)
            reason = _fault(row, layout) or (layout.unique and key in seen and "stands here a second time") or ""
            if reason:
                rejected += 1
                book.rejected.append(Rejected(path.name, line, reason))
                continue
            if layout.unique:
                seen.add(key)
            _take(row, layout, source.years, book)
    if rejected > MOST_REJECTED * rows:
        worst = next(r for r in book.rejected if r.file == path.name)
        raise NeedsHuman(
            f"{path}:{worst.line}: {worst.reason}; so are {rejected:,} of {rows:,} rows.",
            next_step="Check that the columns are what `layout:` or `columns:` of this source says.",
        )
    log("read_file", file=path.name, layout=layout.name, rows=rows, rejected=rejected)
    return FileRead(path, layout.name, sha256(path), rows, rejected)


def _fault(row: Row, layout: Layout) -> str:
    """Why a row cannot be used, or nothing."""
    if not npi_is_valid(row["npi"]):
        return f"{row['npi'] or 'an empty cell'} is not an NPI: ten digits with a right check digit"
    if not layout.counts:
        return ""
    if not re.fullmatch(r"[A-Z0-9]{5}", row["code"]):
        return f'"{row["code"]}" is not a procedure code: five characters'
    if _count(row["volume"]) is None:
        return f'"{row["volume"]}" is not a count'
    return ""


def _take(row: Row, layout: Layout, years: float | None, book: _Book) -> None:
    known = book.about.setdefault(row["npi"], {})
    known.update({name: value for name, value in _about(row) if value})
    if layout.counts:
        key = (row["npi"], row["code"], layout.years_active and not years)
        book.volumes[key] = book.volumes.get(key, 0.0) + (_count(row["volume"]) or 0.0) / (years or 1.0)


def _about(row: Row) -> Iterator[tuple[str, str]]:
    for name in ("specialty", "city", "state", "latitude", "longitude", "years"):
        yield name, row.get(name, "")
    yield "name", row.get("name") or " ".join(part for part in (row.get("first"), row.get("last")) if part)
    yield "zip", _zip(row.get("zip", ""))


def _zip(written: str) -> str:
    """Five digits: lost zeros are put back, four digits of delivery route are left out."""
    digits = re.sub(r"\D", "", written.split(".")[0])
    if not digits:
        return ""
    return digits.zfill(9)[:5] if len(digits) > 5 else digits.zfill(5)


def _count(written: str) -> float | None:
    try:
        count = float(written.replace(",", ""))
    except ValueError:
        return None
    return count if 0 <= count < 1e9 else None


def _degrees(texts: Texts) -> Numbers:
    return np.array([float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else np.nan for text in texts.tolist()])
