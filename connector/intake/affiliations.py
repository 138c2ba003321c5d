"""Rows of Doctors and Clinicians and of Facility Affiliation to who works where, and for whom.

A row of the 2021 layout tells of a practice and of up to five hospitals: the hospitals' addresses are not in it, so
they come without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from callplan.model import Affiliations
from connector.intake.cells import count, zip5
from connector.intake.layouts import LONGEST_RUN

PRACTICE, HOSPITAL = "practice", "Hospital"
NOWHERE = ("", "", "", "")

Organisation = tuple[str, str, str, float]  # id, name, sort, size
Address = tuple[str, str, str, str]  # street, city, state, ZIP


@dataclass
class AffiliationsBook:
    organisations: dict[Organisation, int] = field(default_factory=dict)
    addresses: dict[Address, int] = field(default_factory=dict)
    rows: dict[tuple[str, int, int], None] = field(default_factory=dict)  # in the order of reading, each once

    def take(self, row: Mapping[str, str]) -> None:
        size = count(row.get("size", ""))
        practice = (row.get("organisation", ""), row.get("name", ""), row.get("sort") or PRACTICE, size or np.nan)
        street = (row.get("street", ""), row.get("city", ""), row.get("state", ""), zip5(row.get("zip", "")))
        self._add(row["npi"], practice, street)
        for n in range(1, LONGEST_RUN + 1):
            if hospital := row.get(f"hospital_{n}"):
                self._add(row["npi"], (hospital, row.get(f"hospital_name_{n}", ""), HOSPITAL, np.nan), NOWHERE)

    def _add(self, npi: str, organisation: Organisation, address: Address) -> None:
        at = self.organisations.setdefault(organisation, len(self.organisations))
        where = self.addresses.setdefault(address, len(self.addresses))
        self.rows[npi, at, where] = None

    def columns(self) -> Affiliations:
        rows, organisations, addresses = list(self.rows), list(self.organisations), list(self.addresses)
        return Affiliations(
            npi=np.array([npi for npi, _, _ in rows], dtype=np.str_),
            organisation=np.array([at for _, at, _ in rows], dtype=np.int64),
            address=np.array([at for _, _, at in rows], dtype=np.int64),
            organisation_id=np.array([one[0] for one in organisations], dtype=np.str_),
            organisation_name=np.array([one[1] for one in organisations], dtype=np.str_),
            sort=np.array([one[2] for one in organisations], dtype=np.str_),
            size=np.array([one[3] for one in organisations], dtype=np.float64),
            street=np.array([one[0] for one in addresses], dtype=np.str_),
            city=np.array([one[1] for one in addresses], dtype=np.str_),
            state=np.array([one[2] for one in addresses], dtype=np.str_),
            zip=np.array([one[3] for one in addresses], dtype=np.str_),
        )
