"""Further columns of a file that go to the CRM as they are: a profile's address, a phone number, a setting.

Of several rows of one NPI the last that says something counts. Nothing is carried out of claim lines (own.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from callplan.model import Npi
from connector.intake.reading import Reading, Row
from connector.mapping import CARRY


@dataclass
class CarriedBook:
    """By NPI and by our names."""

    said: dict[Npi, dict[str, str]] = field(default_factory=dict)

    def through(self, reading: Reading) -> Iterator[Row]:
        """The rows of a file, as they come, with what they carry kept."""
        names = [name for name in reading.places if name.startswith(CARRY)]
        if not names:
            yield from reading.rows()
            return
        for row in reading.rows():
            if found := {name.removeprefix(CARRY): row[name] for name in names if row[name]}:
                self.said.setdefault(Npi(row["npi"]), {}).update(found)
            yield row
