"""Of the config, the cycle that goals are set for; and cycles as people write them: 2026, 2026-Q4, 2026-11, two days.

Errors   NeedsHuman: a text that is no cycle
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from callplan.model import Cycle
from connector.errors import NeedsHuman
from connector.yamlfile import Day

MONTHS = {"month": 1, "quarter": 3, "year": 12}
JANUARY = date(2024, 1, 1)
FORMS = "2026, 2026-Q4, 2026-11, or its first and last day as 2026-10-01..2026-12-31"


class CycleSettings(BaseModel):
    """The time that a call plan's goals are for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    length: str = Field("quarter", pattern=r"^(month|quarter|year|[1-9]\d? weeks)$", description="Or such as 6 weeks.")
    starts: Day = Field(JANUARY, description="A day on which one begins; of months and quarters up to the 28th.")

    @model_validator(mode="after")
    def _begins_in_every_month(self) -> Self:
        if self.length in MONTHS and self.starts.day > 28:
            raise ValueError(f"starts {self.starts}: not every month has a day {self.starts.day}. Write the 1st.")
        return self

    def at(self, day: date) -> Cycle:
        """The cycle in which a day lies."""
        if months := MONTHS.get(self.length):
            since = (day.year - self.starts.year) * 12 + day.month - self.starts.month - (day.day < self.starts.day)
            first = _months_on(self.starts, since // months * months)
            return named(first, _months_on(first, months) - timedelta(days=1))
        length = 7 * int(self.length.split()[0])
        first = day - timedelta(days=(day - self.starts).days % length)
        return named(first, first + timedelta(days=length - 1))


def cycle_of(written: str) -> Cycle:
    """As people write it."""
    if found := re.fullmatch(r"([12]\d{3})(?:-(?:[Qq]([1-4])|(0[1-9]|1[0-2])))?", written.strip()):
        year, quarter, month = (int(part) if part else 0 for part in found.groups())
        months = 3 if quarter else 1 if month else 12
        first = date(year, month or 3 * (quarter or 1) - 2, 1)
        return named(first, _months_on(first, months) - timedelta(days=1))
    days = re.fullmatch(r"(\d{4}-\d\d-\d\d)\s*(?:\.\.|/|,| to |\s)\s*(\d{4}-\d\d-\d\d)", written.strip())
    try:
        first, last = map(date.fromisoformat, days.groups() if days else ())
    except ValueError as error:
        raise NeedsHuman(f'"{written}" is no cycle.', next_step=f"Write {FORMS}.") from error
    if last < first:
        raise NeedsHuman(f"The cycle ends on {last}, before it begins on {first}.", next_step="Turn them round.")
    return named(first, last)


def named(first: date, last: date) -> Cycle:
    """By the calendar where it is a year, a quarter or a month; else by its days."""
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == after.day == 1 and (first.month - 1) % max(months, 1) == 0:
        name = {12: f"{first:%Y}", 3: f"{first:%Y}-Q{(first.month + 2) // 3}", 1: f"{first:%Y-%m}"}.get(months)
        if name:
            return Cycle(name, first, last)
    return Cycle(f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}", first, last)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1)
