"""What a layout is: which of our columns stands under which header, and what its rows must be like.

Names are compared without case, spaces and signs, since one file is published as `NPI Deactivation Date`, as
` npi_deactivation_date` and with a tab behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

LONGEST_RUN = 15  # NPPES gives fifteen taxonomies


class Kind(StrEnum):
    CLAIMS = "claims"
    REGISTRY = "registry"
    AFFILIATIONS = "affiliations"
    PAYMENTS = "payments"
    TIERS = "tiers"
    ACCESS = "access"
    WINDOWS = "windows"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Layout:
    """Ours to theirs. A name with # stands for a run of columns: 1, 2, 3 and so on."""

    name: str
    columns: Mapping[str, str]
    needed: tuple[str, ...] = ("npi", "code", "volume")
    kind: Kind = Kind.CLAIMS
    filled: tuple[str, ...] = ("npi", "code", "volume")  # of the columns it has, those that no row may leave empty
    unique: tuple[str, ...] = ()  # a second row with these equal is a duplicate
    without: Mapping[str, str] = field(default_factory=dict)  # rows whose cell is like this pattern are passed over
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)  # all that a column may say
    years_active: bool = False  # counts run over the years in which the provider was active
    lines: bool = False  # a row tells of one patient: it is summed as it is read, and its ids go no further

    @property
    def counts(self) -> bool:
        return self.kind is Kind.CLAIMS and ("volume" in self.needed or self.lines)


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def places(layout: Layout, header: Sequence[str]) -> dict[str, int]:
    """Where each of our columns stands; a run of columns as `name_1`, `name_2` and so on."""
    at = {plain(name): index for index, name in reversed(list(enumerate(header)))}
    wanted = {name: plain(theirs) for column in layout.columns.items() for name, theirs in _run(*column)}
    return {name: at[theirs] for name, theirs in wanted.items() if theirs in at}


def columns_found(layout: Layout, header: Sequence[str]) -> dict[str, str]:
    """Ours to theirs, of those that the header has."""
    found = places(layout, header)
    return {ours: theirs for ours, theirs in layout.columns.items() if found.keys() & dict(_run(ours, theirs)).keys()}


def _run(ours: str, theirs: str) -> Iterator[tuple[str, str]]:
    if "#" not in theirs:
        yield ours, theirs
        return
    for n in range(1, LONGEST_RUN + 1):
        yield f"{ours}_{n}", theirs.replace("#", str(n))
