"""Rows of Open Payments to what each maker paid to each clinician."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from callplan.model import Payments
from connector.intake.cells import NEVER, count, day


@dataclass(slots=True)
class Sum:
    cents: int = 0
    payments: int = 0
    last: np.datetime64 = NEVER


@dataclass
class PaymentsBook:
    sums: dict[tuple[str, str], Sum] = field(default_factory=dict)  # by profile and maker
    npis: dict[str, str] = field(default_factory=dict)  # by profile
    makers: dict[str, str] = field(default_factory=dict)  # by id, the name as last written

    def take(self, row: Mapping[str, str]) -> None:
        paid = self.sums.setdefault((row["profile"], row["maker"]), Sum())
        paid.cents += round((count(row["amount"]) or 0.0) * 100)
        paid.payments += int(count(row.get("payments", "")) or 1)
        on = day(row["date"])
        if on is not None and (np.isnat(paid.last) or on > paid.last):
            paid.last = on
        self.makers[row["maker"]] = row["name"]
        if npi := row.get("npi"):
            self.npis[row["profile"]] = npi

    def columns(self) -> Payments:
        pairs, makers = sorted(self.sums), sorted(self.makers)
        at, sums = {maker: index for index, maker in enumerate(makers)}, [self.sums[pair] for pair in pairs]
        return Payments(
            profile=np.array([profile for profile, _ in pairs], dtype=np.str_),
            npi=np.array([self.npis.get(profile, "") for profile, _ in pairs], dtype=np.str_),
            maker=np.array([at[maker] for _, maker in pairs], dtype=np.int64),
            amount=np.array([paid.cents / 100 for paid in sums], dtype=np.float64),
            payments=np.array([paid.payments for paid in sums], dtype=np.int64),
            last=np.array([paid.last for paid in sums], dtype="datetime64[D]"),
            maker_id=np.array(makers, dtype=np.str_),
            maker_name=np.array([self.makers[maker] for maker in makers], dtype=np.str_),
        )
