"""What a file is taken for: layout, columns, rows used and not with their reasons, and what the night would hold of it.

Unlike a night's reading, it shows a file also where much of it is wrong, and says then why the night would refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from connector.brought import AccessList, ReadyMade
from connector.config import ClaimsSource
from connector.errors import NeedsHuman
from connector.intake.layouts import Kind
from connector.intake.read import ClaimsBook
from connector.intake.reading import Reading, open_reading
from connector.intake.registries import RegistriesBook
from connector.intake.tally import FileRead


@dataclass(frozen=True, slots=True)
class Look:
    file: FileRead
    kind: Kind
    holds: tuple[tuple[str, int], ...]  # what, and how many
    refused: NeedsHuman | None


def look_at(path: Path, source: ClaimsSource | ReadyMade | AccessList) -> Look:
    with open_reading(path, source) as reading:
        if not isinstance(source, ClaimsSource):
            holds: tuple[tuple[str, int], ...] = ((reading.layout.kind.value, sum(1 for _ in reading.rows())),)
        else:
            holds = _claims(reading, source) if reading.layout.kind is Kind.CLAIMS else _registries(reading)
    try:
        reading.stop_if_much_is_wrong()
    except NeedsHuman as error:
        return Look(reading.summary(), reading.layout.kind, holds, error)
    return Look(reading.summary(), reading.layout.kind, holds, None)


def _claims(reading: Reading, source: ClaimsSource) -> tuple[tuple[str, int], ...]:
    book = ClaimsBook()
    book.take(reading, source.years)
    claims, indications = book.claims(""), book.lines.indications()
    codes = len(np.unique(claims.code))
    found = (("providers", len(claims.npi)), ("procedures", codes), ("counts", len(claims.volume)))
    return (*found, ("counts by diagnosis", len(indications.npi))) if reading.layout.lines else found


def _registries(reading: Reading) -> tuple[tuple[str, int], ...]:
    book = RegistriesBook()
    book.take(reading)
    if reading.layout.kind is Kind.REGISTRY:
        registry = book.registry.columns()
        active = int(np.isnat(registry.deactivated).sum())
        return (("NPIs", len(registry.npi)), ("deactivated", len(registry.npi) - active))
    if reading.layout.kind is Kind.AFFILIATIONS:
        found = book.affiliations.columns()
        organisations = int((found.organisation_id != "").sum())
        providers = len(np.unique(found.npi))
        return (("providers", providers), ("organisations", organisations), ("affiliations", len(found.npi)))
    paid = book.payments.columns()
    clinicians, dollars = len(np.unique(paid.profile)), round(float(paid.amount.sum()))
    return (("clinicians", clinicians), ("makers", len(paid.maker_id)), ("dollars", dollars))
