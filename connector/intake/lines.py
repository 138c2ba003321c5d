"""Claim lines to counts: services by provider, procedure, diagnosis and twelve months, where eleven patients stand
behind them.

A patient is a number that only this process can make from the id, held while the files are read and in nothing
that is returned. A cell with fewer than eleven patients is absent, here as in the files of CMS.

Shapes   see callplan.model.Indications
Units    periods of twelve months, counted back from the newest month of all lines
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from callplan.model import Indications
from connector.intake.cells import count, day, zip5
from connector.intake.reading import FEWEST

Key = tuple[str, str, str, int]  # NPI, procedure, diagnosis family, month or twelve months, since 1970


@dataclass(slots=True)
class Cell:
    services: float = 0.0
    patients: set[int] = field(default_factory=set)

    def add(self, services: float, patients: set[int]) -> None:
        self.services += services
        self.patients |= patients

    @property
    def shows(self) -> bool:
        return len(self.patients) >= FEWEST


@dataclass
class Lines:
    cells: dict[Key, Cell] = field(default_factory=dict)  # by month
    about: dict[str, dict[str, str]] = field(default_factory=dict)  # by NPI

    def take(self, row: Mapping[str, str]) -> None:
        done = day(row["date"])
        month = int(done.astype("datetime64[M]").astype(np.int64)) if done is not None else 0
        key = (row["npi"], row["code"], _family(row), month)
        cell = self.cells.setdefault(key, Cell())
        cell.services += count(row["volume"]) or 0.0 if "volume" in row else 1.0
        cell.patients.add(hash(row["patient"]))
        about = {"specialty": row.get("specialty", ""), "zip": zip5(row.get("zip", ""))}
        self.about[row["npi"]] = {**self.about.get(row["npi"], {}), **{k: v for k, v in about.items() if v}}

    def volumes(self) -> Iterator[tuple[str, str, float]]:
        """Of the newest twelve months, by provider and procedure."""
        summed: dict[tuple[str, str], Cell] = {}
        for (npi, code, _, period), cell in self._by_period.items():
            if period == 0:
                summed.setdefault((npi, code), Cell()).add(cell.services, cell.patients)
        return ((npi, code, cell.services) for (npi, code), cell in sorted(summed.items()) if cell.shows)

    def indications(self) -> Indications:
        shown = sorted((key, cell.services) for key, cell in self._by_period.items() if cell.shows)
        last = self._newest()
        return Indications(
            npi=np.array([key[0] for key, _ in shown], dtype=np.str_),
            code=np.array([key[1] for key, _ in shown], dtype=np.str_),
            diagnosis=np.array([key[2] for key, _ in shown], dtype=np.str_),
            since=np.array([last - 11 - 12 * key[3] for key, _ in shown], dtype="datetime64[M]").astype(
                "datetime64[D]"
            ),
            volume=np.array([services for _, services in shown], dtype=np.float64),
        )

    @cached_property
    def _by_period(self) -> dict[Key, Cell]:
        """The same with 0 for the newest twelve months, 1 for those before, and so on."""
        last, found = self._newest(), dict[Key, Cell]()
        for (npi, code, family, month), cell in self.cells.items():
            key = (npi, code, family, (last - month) // 12)
            found.setdefault(key, Cell()).add(cell.services, cell.patients)
        return found

    def months(self) -> list[str]:
        """From the oldest to the newest, as 2026-09."""
        found = {month for *_, month in self.cells}
        return [str(np.datetime64(month, "M")) for month in range(min(found), max(found) + 1)] if found else []

    def _newest(self) -> int:
        return max((month for *_, month in self.cells), default=0)


def _family(row: Mapping[str, str]) -> str:
    """The first three characters: the category of ICD-10. ICD-9, version 9, is another language."""
    if row.get("icd", "") == "9":
        return ""
    return (row.get("diagnosis") or row.get("principal", "")).replace(".", "").upper()[:3]
