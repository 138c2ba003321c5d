"""What both sandbox CRMs are filled with at the start: reps, the accounts they own, what they logged.

Read from a plain CSV or made up by sandbox/sample.py; each vendor turns it into its own records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rep:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Provider:
    """One account. Places are None where the source has none."""

    npi: str
    name: str
    specialty: str
    city: str
    state: str
    zip: str
    latitude: float | None
    longitude: float | None
    rep: str  # e-mail of the owner


@dataclass(frozen=True, slots=True)
class Touch:
    """One interaction as a rep would log it; `at` is UTC and may lie ahead when `result` is planned."""

    npi: str
    rep: str
    kind: str  # visit, call, email, note
    at: datetime
    minutes: float
    direction: str  # inbound, outbound
    result: str  # done, planned, no_answer, no_show, canceled
    note: str = ""  # what the rep wrote of it
    machine: bool = False  # an e-mail that nobody wrote: to a list, by a sequence


@dataclass(frozen=True, slots=True)
class World:
    reps: tuple[Rep, ...] = ()
    providers: tuple[Provider, ...] = ()
    touches: tuple[Touch, ...] = field(default=())
    label: str = "sample data"
