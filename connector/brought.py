"""The parts of the config that say what a team brings itself: its own tiers, and who is closed to its reps.

Errors   those of the config: an NPI that is none, a day that is none, one that ends before it begins
"""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from callplan.model import Tier, npi_is_valid
from connector.mapping import Name, Part
from connector.yamlfile import Day

ClosedBy = Literal["contract", "opt_out", "policy", "credentialing", "other"]
KINDS: tuple[str, ...] = get_args(ClosedBy)


Carry = dict[Name, str]


class TierColumns(Part):
    """Which column of the table is which."""

    npi: str = "NPI"
    tier: str = "Tier"
    reason: str | None = None
    volume: str | None = Field(None, description="Relevant procedures a year.")


class ReadyMade(Part):
    """Tiers of your own, taken as they are."""

    path: str = Field(description="CSV, Excel or Parquet; relative to this config.")
    sheet: str | None = Field(None, description="Which sheet of an Excel workbook, if several hold tables.")
    columns: TierColumns = TierColumns()
    tiers: dict[str, Tier] = Field({tier.value: tier for tier in Tier}, min_length=1, description="Yours to A, B, C.")
    carry: Carry = Field({}, description="Further columns that go to the CRM: a name of yours to theirs.")


class Closed(Part):
    """A provider to whom reps have no access, and how that is known."""

    npi: str
    why: str = Field(min_length=1)
    kind: ClosedBy = "other"
    evidence: str | None = Field(None, description="Where it is written, such as a contract list and its page.")
    since: Day | None = Field(None, alias="from", description="The first day on which it holds. Empty: always did.")
    until: Day | None = Field(None, description="The last day. Empty: until it is taken out.")
    owner: str | None = Field(None, description="Who can say whether it still holds.")

    @field_validator("npi")
    @classmethod
    def _is_an_npi(cls, npi: str) -> str:
        if not npi_is_valid(npi):
            raise ValueError(f"{npi} is not an NPI: its check digit is wrong. Correct it.")
        return npi

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until {self.until} is before from {self.since}. Correct one of them.")
        return self


class Competitors(Part):
    """Makers whose payments to a clinician are told, or close the account."""

    makers: tuple[str, ...] = Field(min_length=1, description="As Open Payments names them, or their ids there.")
    years: int = Field(2, ge=1, le=3, description="In how many of the last three program years.")
    gate: bool = Field(False, description="Whether such a relationship closes the account, or is told only.")


class AccessColumns(Part):
    """Which column of the list is which; left out, they bear the names of the keys here."""

    npi: str = "npi"
    why: str = "why"
    kind: str | None = None
    evidence: str | None = None
    since: str | None = Field(None, alias="from")
    until: str | None = None
    owner: str | None = None


class AccessList(Part):
    """A file of providers who are closed."""

    path: str = Field(description="A file, or a pattern; relative to this config.")
    sheet: str | None = Field(None, description="Which sheet of an Excel workbook, if several hold tables.")
    columns: AccessColumns = AccessColumns()
