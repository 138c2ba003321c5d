"""Rows that are not claims to columns: who is enumerated, who works where, and what makers paid to whom.

NPPES publishes whole months, and weeks that only hold what changed: a later file replaces what an earlier one said
of an NPI, and a week that is missing stops the reading.

Shapes   see callplan.model.Registry, Affiliations and Payments
Errors   NeedsHuman: a file that cannot be trusted, one that holds claims, a gap between weeks
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from callplan.model import Affiliations, Payments, Registry
from connector.config import ClaimsSource
from connector.errors import NeedsHuman
from connector.intake.affiliations import AffiliationsBook
from connector.intake.enumeration import RegistryBook
from connector.intake.files import files_of
from connector.intake.layouts import Kind
from connector.intake.payments import PaymentsBook
from connector.intake.reading import KEPT, Reading, open_reading
from connector.intake.tally import FileRead, Rejected

TELLS = {  # of which layouts a file tells all there is to know of a kind of fact
    "registry": ("nppes",),
    "practices": ("clinicians", "clinicians_2021"),
    "facilities": ("facility_affiliations", "clinicians_2021"),
}
SPAN = re.compile(r"npidata_pfile_(\d{4})(\d\d)(\d\d)-(\d{4})(\d\d)(\d\d)")


@dataclass(frozen=True, slots=True)
class Registries:
    registry: Registry
    affiliations: Affiliations
    payments: Payments
    files: tuple[FileRead, ...]
    rejected: tuple[Rejected, ...]  # the first ones

    @property
    def knows(self) -> frozenset[str]:
        """Of what an NPI that is missing here is known not to have any."""
        read = {file.layout for file in self.files}
        return frozenset(fact for fact, layouts in TELLS.items() if read & set(layouts))


def read_registries(
    sources: Sequence[ClaimsSource], *, base: Path, log: Callable[..., None], only: Container[str] | None = None
) -> Registries:
    """All sources together, in the order given; where NPIs are given, their rows alone are kept. Paths as in `base`."""
    book, files, rejected = RegistriesBook(only=only), list[FileRead](), list[Rejected]()
    found = [(path, source) for source in sources for path in files_of(source, base)]
    stop_at_a_missing_week([path for path, _ in found])
    for path, source in found:
        with open_reading(path, source) as reading:
            book.take(reading)
        reading.stop_if_much_is_wrong()
        files.append(reading.summary())
        rejected += reading.rejections
        log("read_file", **files[-1].told())
    return Registries(
        book.registry.columns(),
        book.affiliations.columns(),
        book.payments.columns(),
        tuple(files),
        tuple(rejected[:KEPT]),
    )


@dataclass
class RegistriesBook:
    """What has been read so far."""

    registry: RegistryBook = field(default_factory=RegistryBook)
    affiliations: AffiliationsBook = field(default_factory=AffiliationsBook)
    payments: PaymentsBook = field(default_factory=PaymentsBook)
    only: Container[str] | None = None  # millions are read, and a few thousand are accounts

    def take(self, reading: Reading) -> None:
        books = {
            Kind.REGISTRY: self.registry.take,
            Kind.AFFILIATIONS: self.affiliations.take,
            Kind.PAYMENTS: self.payments.take,
        }
        take = books.get(reading.layout.kind)
        if not take:
            raise NeedsHuman(
                f"{reading.path}: holds claims: its header is that of {reading.layout.name}.",
                next_step="List it under `claims:` of the config.",
            )
        for row in reading.rows():
            if reading.layout.kind is Kind.PAYMENTS:
                self.payments.see(row)
            if self.only is None or row.get("npi", "") in self.only:
                take(row)


def stop_at_a_missing_week(paths: Sequence[Path]) -> None:
    """Weeks are only what changed: without one of them, what it said is lost until the next whole month."""
    spans = [(path, *span) for path in paths if (span := _span(path))]
    for (_, _, end), (path, begin, _) in pairwise(spans):
        if begin > end + timedelta(days=1):
            raise NeedsHuman(
                f"{path}: the registry's changes from {end + timedelta(days=1)} to {begin - timedelta(days=1)} are "
                "missing before this file.",
                next_step="Download the weeks between, or the newest whole month.",
            )


def _span(path: Path) -> tuple[date, date] | None:
    found = SPAN.search(path.name)
    if not found:
        return None
    year, month, day, *end = (int(number) for number in found.groups())
    return date(year, month, day), date(end[0], end[1], end[2])
