"""Rows of Open Payments to what each maker paid to each clinician in each program year, meals apart from all else.

Source   CMS, Open Payments data dictionary: natures of payment; the program year is that of the payment's day where a
         file does not give it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from callplan.model import Payments
from connector.intake.cells import NEVER, count, day

MEALS = ("", "food and beverage")
Key = tuple[str, str, int, bool]  # profile, maker, year, meals


@dataclass(slots=True)
class Sum:
    cents: int = 0
    payments: int = 0
    last: np.datetime64 = NEVER


@dataclass
class PaymentsBook:
    sums: dict[Key, Sum] = field(default_factory=dict)
    npis: dict[str, str] = field(default_factory=dict)  # by profile
    makers: dict[str, str] = field(default_factory=dict)  # by id, the name as last written
    newest: int = 0
    nameless: int = 0

    def take(self, row: Mapping[str, str]) -> None:
        paid = self.sums.setdefault(_key(row), Sum())
        paid.cents += round((count(row["amount"]) or 0.0) * 100)
        paid.payments += int(count(row.get("payments", "")) or 1)
        on = day(row["date"])
        if on is not None and (np.isnat(paid.last) or on > paid.last):
            paid.last = on
        self.makers[row["maker"]] = row["name"]
        if npi := row.get("npi"):
            self.npis[row["profile"]] = npi

    def see(self, row: Mapping[str, str]) -> None:
        """Any row, also one of somebody who is none of ours."""
        self.newest = max(self.newest, _key(row)[2])
        self.nameless += not row.get("npi")

    def columns(self) -> Payments:
        keys, makers = sorted(self.sums), sorted(self.makers)
        at, sums = {maker: index for index, maker in enumerate(makers)}, [self.sums[key] for key in keys]
        return Payments(
            profile=np.array([key[0] for key in keys], dtype=np.str_),
            npi=np.array([self.npis.get(key[0], "") for key in keys], dtype=np.str_),
            maker=np.array([at[key[1]] for key in keys], dtype=np.int64),
            year=np.array([key[2] for key in keys], dtype=np.int64),
            meals=np.array([key[3] for key in keys], dtype=np.bool_),
            amount=np.array([paid.cents / 100 for paid in sums], dtype=np.float64),
            payments=np.array([paid.payments for paid in sums], dtype=np.int64),
            last=np.array([paid.last for paid in sums], dtype="datetime64[D]"),
            maker_id=np.array(makers, dtype=np.str_),
            maker_name=np.array([self.makers[maker] for maker in makers], dtype=np.str_),
            newest=self.newest,
            nameless=self.nameless,
        )


def _key(row: Mapping[str, str]) -> Key:
    """Who owns a part of the maker has more to do with it than a meal says."""
    owns = row.get("owns", "").casefold() in ("yes", "true")
    meals = row.get("nature", "").casefold() in MEALS and not owns
    on = day(row["date"])
    return row["profile"], row["maker"], int(row.get("year") or str(on)[:4]), meals
