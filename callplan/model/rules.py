"""What a team has set: who is relevant and open to reps, and how many a rep can hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from callplan.model.words import Npi, Tier


@dataclass(frozen=True, slots=True)
class Family:
    """Procedure codes that count as one line of business: single codes or ranges such as 92920-92944."""

    name: str
    codes: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Closure:
    """Why reps have no access to a provider, where that is written, and between which days it holds."""

    npi: Npi
    why: str
    kind: str = "other"
    evidence: str = ""
    since: date | None = None  # the first day; None: always did
    until: date | None = None  # the last day; None: until somebody takes it out
    owner: str = ""


@dataclass(frozen=True, slots=True)
class CompetitorRules:
    """Whose payments make a relationship, by name or id, and in how many of the last three program years."""

    makers: tuple[str, ...]
    years: int = 2
    gate: bool = False  # whether it closes the account


@dataclass(frozen=True, slots=True)
class ScoreRules:
    """How much each part of the score counts; what is missing of a provider counts as volume does."""

    volume: float = 1.0
    diagnosis: float = 0.0  # volume under the listed diagnoses
    practice_size: float = 0.0


@dataclass(frozen=True, slots=True)
class AssessRules:
    families: tuple[Family, ...]
    specialties: tuple[str, ...] = ()  # empty: every specialty
    volume_floor: float = 11.0
    closed: tuple[tuple[Npi, str], ...] = ()  # no access, and why
    diagnoses: tuple[str, ...] = ()  # categories of ICD-10, such as I48; empty: whatever it was done for
    min_share: float = 0.1  # of the volume with a diagnosis, that under a listed one
    score: ScoreRules = ScoreRules()


@dataclass(frozen=True, slots=True)
class Cadence:
    """Days between visits. Tier C has none: it waits for a signal."""

    a_days: int = 30
    b_days: int = 90

    def days(self, tier: Tier) -> int | None:
        return {Tier.A: self.a_days, Tier.B: self.b_days, Tier.C: None}[tier]


@dataclass(frozen=True, slots=True)
class TierRules:
    """How many accounts a rep can hold, how far one must move before its tier does, and how many may at a time."""

    week: float = 12.0  # what one rep can do in a week, in `unit`
    unit: str = "visits"  # or minutes
    utilization: float = 0.85  # of that; the rest is for the unplanned
    a_share: float = 0.6  # of the planned time that Tier A may take
    band: float = 0.2  # in at rank K(1-band), out at K(1+band)
    cadence: Cadence = Cadence()
    a_visit: float = 1.0  # of the week, one visit to a Tier A account with its drive
    b_visit: float = 1.0
    a_accounts: int | None = None  # a fixed number instead of what fits
    b_accounts: int | None = None
    part_time: tuple[tuple[str, float], ...] = ()  # territories whose rep works a part of the week
    dwell_days: int = 60  # a tier stands at least so long, unless something hard happens
    changes_share: float = 0.1  # of the accounts a rep can hold, those that may change tier ...
    changes_days: int = 28  # ... within so many days
