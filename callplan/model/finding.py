"""A filter, what it is asked of, and whom it finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from callplan.model.back_test import Panel
from callplan.model.claims import Affiliations, Claims, Indications, Over, Registry
from callplan.model.words import Counts, Numbers, Texts


@dataclass(frozen=True, slots=True)
class Between:
    """From least to most, both included."""

    least: float = float("-inf")
    most: float = float("inf")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which providers are wanted. Every part that is given must hold; of several entries of one part, one is enough."""

    codes: tuple[str, ...] = ()  # or ranges; volume is of these, or else of the plan's families
    volume: Between | None = None
    diagnoses: tuple[str, ...] = ()  # categories of ICD-10, or ranges of them
    diagnosis_share: float = 0.0  # of the volume
    diagnosis_volume: float = 0.0
    specialties: tuple[str, ...] = ()
    taxonomies: tuple[str, ...] = ()  # or their first characters
    states: tuple[str, ...] = ()
    zips: tuple[str, ...] = ()  # or their first digits
    counties: tuple[str, ...] = ()  # such as "Polk, IA"
    near: str = ""  # the place from which the market's miles and minutes are counted
    within_miles: float | None = None
    within_minutes: float | None = None
    practice_size: Between | None = None
    trend: float | None = None  # 0.2: up by a fifth or more; -0.2: down by a fifth or more
    affiliation: str = ""  # an organisation's id, or part of its name


@dataclass(frozen=True, slots=True)
class Market:
    """All that is on file of the providers of one vintage. None: no file tells of it.

    Shapes   county, miles, minutes (n,), in the order of the claims' providers; "" and NaN where not known
    Units    miles as the crow flies; minutes by road, estimated
    """

    claims: Claims
    indications: Indications | None = None
    registry: Registry | None = None
    affiliations: Affiliations | None = None
    county: Texts | None = None
    miles: Numbers | None = None
    minutes: Numbers | None = None
    before: Claims | Panel | None = None  # an earlier vintage, or the totals of years of which the last two count
    compared: str = ""  # with what, such as "2023 against 2022"
    over: Over = field(kw_only=True)  # who sums claims


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a filter cannot be answered, and what to do."""

    key: str  # of the filter
    what: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Found:
    """Who fits a filter, the best first.

    Shapes   npi .. left_out (k,), one provider each; "" and NaN where something is not on file
    Units    volume in relevant procedures per 12 months; change and share as shares; size in clinicians
    """

    npi: Texts
    name: Texts
    specialty: Texts
    city: Texts
    state: Texts
    zip: Texts
    volume: Numbers
    percentile: Numbers  # in the specialty, 0 where the plan's floor or access shuts them out
    decile: Counts
    family: Texts
    share: Numbers  # of the volume, for the diagnoses
    miles: Numbers
    minutes: Numbers
    change: Numbers
    practice: Texts
    practice_size: Numbers
    taxonomy: Texts
    left_out: Texts  # why the plan would have them in Tier C all the same
    providers: int  # among whom they were looked for
    not_on_file: tuple[tuple[int, str], ...]  # how many would fit if this were known
    problems: tuple[Problem, ...]  # why it cannot be answered; then nobody is found
