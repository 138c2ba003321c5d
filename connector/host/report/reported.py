"""One report: which cycle of whom, all figures, each target, and what must be known to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from callplan.model import Cycle, Measured, Target

BY = {"all": "In all", "manager": "Managers", "rep": "Reps", "territory": "Territories", "tier": "Tiers"}


@dataclass(frozen=True, slots=True)
class Report:
    of: str  # a CRM or a file
    cycle: Cycle
    today: date  # the first day that is not over
    measured: Sequence[Measured]
    targets: Sequence[Target]
    about: Sequence[str]  # what must be known, in sentences
    account: str = "NPI"  # how an account is named

    @property
    def title(self) -> str:
        return f"Call plan {self.cycle.name}, {self.of}"

    def parts(self) -> Iterator[tuple[str, list[Measured]]]:
        """The groups of one kind after the other, each with its heading."""
        for by, heading in BY.items():
            if groups := [one for one in self.measured if one.by == by]:
                yield heading, groups


def say_cycle(cycle: Cycle, today: date, over: int, working: int, what: str) -> str:
    """How much of it has passed."""
    days = f"{said_day(cycle.first)} to {said_day(cycle.last)}"
    if today > cycle.last:
        return f"The cycle ran from {days} and is over."
    if today <= cycle.first:
        return f"The cycle runs from {days} and has not begun."
    return f"The cycle runs from {days}; {over} of its {working} {what} have passed."


def said_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
