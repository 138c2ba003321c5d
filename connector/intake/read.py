"""Rows to claims: sums by provider and code.

Shapes   see callplan.model.Claims; providers in the order of their NPIs
Units    counts become procedures in 12 months: totals over several years are divided by them, of claim lines the
         newest twelve months are taken
Errors   NeedsHuman: a file that cannot be trusted, or that holds no claims
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from callplan.model import Claims, Indications, Npi, Numbers, Texts
from connector.brought import ReadyMade
from connector.config import ClaimsSource, Config
from connector.errors import NeedsHuman
from connector.intake.brought import ReadyTier, read_ready_made
from connector.intake.carried import CarriedBook
from connector.intake.cells import count, zip5
from connector.intake.files import files_of
from connector.intake.layouts import Kind, Layout
from connector.intake.lines import Lines
from connector.intake.reading import KEPT, Reading, Row, open_reading
from connector.intake.span import Covered
from connector.intake.tally import FileRead, Reject, Rejected, forget

ABOUT = ("name", "specialty", "city", "state", "zip", "latitude", "longitude")


@dataclass(frozen=True, slots=True)
class Intake:
    claims: Claims
    indications: Indications
    files: tuple[FileRead, ...]
    rejected: tuple[Rejected, ...]  # the first ones
    tiers: Mapping[Npi, ReadyTier] | None = None  # those that a team brings; then there are no claims
    carried: Mapping[Npi, Mapping[str, str]] = field(default_factory=dict)  # further columns, by our names


def read_claims(
    sources: Sequence[ClaimsSource], *, base: Path, log: Callable[..., None], reject: Reject = forget
) -> Intake:
    """All sources as one vintage. Paths are relative to `base`."""
    book, files, rejected = ClaimsBook(), list[FileRead](), list[Rejected]()
    for source in sources:
        for path in files_of(source, base):
            with open_reading(path, source, reject) as reading:
                _stop_unless_claims(reading)
                book.take(reading, source.years)
            reading.stop_if_much_is_wrong()
            files.append(reading.summary())
            rejected += reading.rejections
            log("read_file", **files[-1].told())
    claims, indications = book.claims(vintage_of(files)), book.lines.indications()
    if not len(claims.volume):
        _stop_without_counts(files)
    return Intake(claims, indications, tuple(files), tuple(rejected[:KEPT]), carried=book.carried.said)


def read_inputs(config: Config, *, base: Path, log: Callable[..., None], reject: Reject = forget) -> Intake:
    """What tiers are decided by: those that the team brings, or else claims."""
    if config.ready_made:
        return read_tiers(config.ready_made, base=base, log=log, reject=reject)
    return read_claims(config.claims, base=base, log=log, reject=reject)


def read_tiers(source: ReadyMade, *, base: Path, log: Callable[..., None], reject: Reject = forget) -> Intake:
    """Tiers of a team's own as a vintage, and as claims in which nobody did anything."""
    read = read_ready_made(source, base=base, log=log, reject=reject)
    book = ClaimsBook(about={npi: {} for npi in read.tiers})
    claims, indications = book.claims(vintage_of(read.files)), book.lines.indications()
    return Intake(claims, indications, read.files, read.rejected, read.tiers, read.carried)


def vintage_of(files: Sequence[FileRead]) -> str:
    return hashlib.sha256("".join(sorted(file.sha256 for file in files)).encode()).hexdigest()[:12]


def _stop_unless_claims(reading: Reading) -> None:
    if reading.layout.kind is not Kind.CLAIMS:
        raise NeedsHuman(
            f"{reading.path}: is no file of claims: its header is that of {reading.layout.name}.",
            next_step="Take it out of `claims:`, or give a narrower pattern in `path:`.",
        )


def _stop_without_counts(files: Sequence[FileRead]) -> None:
    names = ", ".join(file.path.name for file in files)
    raise NeedsHuman(
        f"{names}: there are no counts of procedures that at least 11 patients stand behind.",
        next_step="Add a file by provider and service. `callplan intake` shows what each was taken for.",
    )


@dataclass
class ClaimsBook:
    """What has been read so far."""

    about: dict[str, dict[str, str]] = field(default_factory=dict)  # by NPI
    volumes: dict[tuple[str, str, bool], float] = field(default_factory=dict)  # by NPI, code, and whether over years
    lines: Lines = field(default_factory=Lines)
    carried: CarriedBook = field(default_factory=CarriedBook)
    covered: Covered = field(default_factory=Covered)

    def take(self, reading: Reading, years: float | None) -> None:
        layout = reading.layout
        self.covered.take(layout, reading.path.name, years)
        for row in self.carried.through(reading):
            if layout.lines:
                self.lines.take(row)
            else:
                self._take(row, layout, years)

    def _take(self, row: Row, layout: Layout, years: float | None) -> None:
        known = self.about.setdefault(row["npi"], {})
        known.update({name: value for name, value in _about(row) if value})
        if layout.counts:
            key = (row["npi"], row["code"], layout.years_active and not years)
            self.volumes[key] = self.volumes.get(key, 0.0) + (count(row["volume"]) or 0.0) / (years or 1.0)

    def claims(self, vintage: str) -> Claims:
        volumes, about = self._with_lines()
        npis = sorted({npi for npi, _, _ in volumes} | about.keys())
        row = {npi: at for at, npi in enumerate(npis)}
        lines = sorted(
            (row[npi], code, self._yearly(npi, volume, total)) for (npi, code, total), volume in volumes.items()
        )
        texts = {name: np.array([about.get(npi, {}).get(name, "") for npi in npis], dtype=np.str_) for name in ABOUT}
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
            span=self.covered.span(self.lines),
        )

    def _with_lines(self) -> tuple[dict[tuple[str, str, bool], float], dict[str, dict[str, str]]]:
        """A provider of claim lines is one as soon as a count of theirs can be shown."""
        volumes, about = dict(self.volumes), dict(self.about)
        for npi, code, services in self.lines.volumes():
            volumes[npi, code, False] = volumes.get((npi, code, False), 0.0) + services
            about[npi] = {**self.lines.about[npi], **about.get(npi, {})}
        return volumes, about

    def _yearly(self, npi: str, volume: float, over_years: bool) -> float:
        years = count(self.about.get(npi, {}).get("years", "")) if over_years else None
        return volume / years if years else volume


def _about(row: Row) -> Iterator[tuple[str, str]]:
    for name in ("specialty", "city", "state", "latitude", "longitude", "years"):
        yield name, row.get(name, "")
    yield "name", row.get("name") or " ".join(part for part in (row.get("first"), row.get("last")) if part)
    yield "zip", zip5(row.get("zip", ""))


def _degrees(texts: Texts) -> Numbers:
    return np.array([float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else np.nan for text in texts.tolist()])
