"""NPPES rows to the registry's columns.

A row that is blank but for its NPI is one that was deactivated: NPPES takes everything else away.
Rows are packed a hundred thousand at a time: nine million of them as Python texts would not fit a laptop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callplan.model import Registry
from connector.intake.cells import NEVER, count, day, zip5

AT_ONCE = 100_000
PACKED = np.dtype(
    [
        ("npi", "S10"),
        ("entity", "i1"),
        ("taxonomy", "S10"),
        ("state", "S2"),
        ("zip", "S5"),
        ("enumerated", "M8[D]"),
        ("deactivated", "M8[D]"),
    ]
)


@dataclass
class RegistryBook:
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    packed: list[NDArray[np.void]] = field(default_factory=list)

    def take(self, row: Mapping[str, str]) -> None:
        self.rows.append(
            (
                row["npi"],
                int(count(row["entity"]) or 0),
                primary_taxonomy(row),
                _ascii(row.get("state", "")),
                zip5(row.get("zip", "")),
                _day(row.get("enumerated", "")),
                deactivated(row),
            )
        )
        if len(self.rows) == AT_ONCE:
            self._pack()

    def columns(self) -> Registry:
        """One row an NPI, the last one that was read."""
        self._pack()
        whole = np.concatenate(self.packed)
        npis, last = np.unique(whole["npi"][::-1], return_index=True)
        kept = whole[::-1][last]
        return Registry(
            npi=npis.astype(np.str_),
            entity=kept["entity"].astype(np.int64),
            taxonomy=kept["taxonomy"].astype(np.str_),
            state=kept["state"].astype(np.str_),
            zip=kept["zip"].astype(np.str_),
            enumerated=kept["enumerated"],
            deactivated=kept["deactivated"],
        )

    def _pack(self) -> None:
        self.packed.append(np.array(self.rows, dtype=PACKED))
        self.rows.clear()


def primary_taxonomy(row: Mapping[str, str]) -> str:
    """The one whose switch is Y; where none is, the first."""
    codes = [(row[name], row.get(f"primary_{name[9:]}", "")) for name in row if name.startswith("taxonomy_")]
    given = [(code, switch) for code, switch in codes if code]
    return _ascii(next((code for code, switch in given if switch == "Y"), given[0][0] if given else ""))


def deactivated(row: Mapping[str, str]) -> np.datetime64:
    off, on = _day(row.get("deactivated", "")), _day(row.get("reactivated", ""))
    return NEVER if not np.isnat(on) and not on < off else off


def _day(written: str) -> np.datetime64:
    found = day(written)
    return NEVER if found is None else found


def _ascii(written: str) -> str:
    return written.encode("ascii", "ignore").decode()
