"""The words: provider, tier, place, rep. Every other module of callplan/ is a rule over these.

One thing is a frozen dataclass; thousands of things are columns, one numpy array a column, all of one
length and in one order. A column of days is datetime64[D] with NaT where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any, NewType, Protocol

import numpy as np
from numpy.typing import NDArray

Npi = NewType("Npi", str)

Texts = NDArray[np.str_]
Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
Marks = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Columns = Mapping[str, NDArray[Any]]  # a table: all of one length
Points = tuple[Numbers, Numbers]  # latitudes and longitudes, in degrees, NaN where unknown


class Tier(StrEnum):
    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map, in degrees."""

    latitude: float
    longitude: float


def npi_is_valid(npi: str) -> bool:
    """Ten digits, the last a Luhn check over the prefix 80840 (45 CFR 162.406; CMS, NPI check digit)."""
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit():
        return False
    doubled = (sum(divmod(int(d) * 2, 10)) for d in npi[-2::-2])
    return (24 + sum(doubled) + sum(int(d) for d in npi[-1::-2])) % 10 == 0


@dataclass(frozen=True, slots=True)
class Span:
    """Of what sort and over how many months the counts of a vintage are, so that only likes are compared.

    Units    months counted, 12 where no source says otherwise; `last` of them as 2026-09, "" where no source says it
    """

    sources: tuple[str, ...] = ()  # the layouts that hold counts
    months: float = 12.0
    last: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """One vintage of claims, summed to provider and code. Patients never get this far.

    Shapes   npi .. longitude (n,), one provider each; provider, code, volume (m,), one line each, where
             `provider` is the index of the line's provider in the first group
    Units    volume in procedures per 12 months; degrees, NaN where the source has no place
    Source   a provider or a cell that is absent had fewer than 11 patients (CMS), which is not zero
    """

    npi: Texts
    name: Texts
    specialty: Texts
    city: Texts
    state: Texts
    zip: Texts
    latitude: Numbers
    longitude: Numbers
    provider: Counts
    code: Texts
    volume: Numbers
    vintage: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Indications:
    """For what it was done, from claim lines; only cells with 11 patients or more, and no patient in them.

    Shapes   all (n,): one provider, procedure, diagnosis family (ICD-10 category) and twelve months each
    Units    volume in procedures of the twelve months that begin with `since`
    """

    npi: Texts
    code: Texts
    diagnosis: Texts
    since: Days
    volume: Numbers


class Source(Protocol):
    """Whom to ask about claims: files that were read, or a warehouse."""

    def distinct(self, table: str, column: str) -> Sequence[str]:
        """Every text that occurs there, once."""
        ...

    def answer(self, question: Any, rules: Mapping[str, Columns]) -> Columns:
        """What an Ibis expression of `question` gives, with the rules as tables."""
        ...


Over = Callable[[Claims, Indications | None], Source]


@dataclass(frozen=True, slots=True)
class Registry:
    """Who is enumerated, as NPPES says.

    Shapes   all (n,), one NPI each, in order; entity 1 a person, 2 an organisation, 0 blank, as NPPES leaves it once
             an NPI is deactivated; taxonomy is the primary one
    Units    days, NaT where there is none; `deactivated` is NaT again after a reactivation
    """

    npi: Texts
    entity: Counts
    taxonomy: Texts
    state: Texts
    zip: Texts
    enumerated: Days
    deactivated: Days


@dataclass(frozen=True, slots=True)
class Affiliations:
    """Who works where and for whom. A provider has a row for each pair of organisation and address.

    Shapes   npi, organisation, address (n,); organisation_id .. size (m,), to which `organisation` is an index;
             street .. zip (k,), to which `address` is one
    Units    size in clinicians, NaN where unknown; `sort` is "practice", or what kind of facility as CMS says
    """

    npi: Texts
    organisation: Counts
    address: Counts
    organisation_id: Texts  # PECOS associate control id of a practice, certification number of a facility
    organisation_name: Texts
    sort: Texts
    size: Numbers
    street: Texts
    city: Texts
    state: Texts
    zip: Texts


@dataclass(frozen=True, slots=True)
class Payments:
    """What makers paid to clinicians, summed to clinician, maker, program year, and whether it was for meals.

    Shapes   profile .. last (n,), one sum each; maker is an index to maker_id and maker_name (m,)
    Units    amount in US dollars; payments counted; `last` the day of the last
    """

    profile: Texts  # Open Payments' own number of the clinician
    npi: Texts  # empty before 2021, when it was not published
    maker: Counts
    year: Counts
    meals: Marks  # food and beverage, or for nothing that is said; never of one who owns a part of the maker
    amount: Numbers
    payments: Counts
    last: Days
    maker_id: Texts
    maker_name: Texts
    newest: int = 0  # program year on file, of whomever
    nameless: int = 0  # payments that name no NPI, of whomever


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


@dataclass(frozen=True, slots=True)
class TouchRule:
    """A kind of interaction that resets the clock of the tiers named."""

    kind: str
    tiers: tuple[Tier, ...] = (Tier.A, Tier.B, Tier.C)
    min_minutes: float = 0.0
    direction: str | None = None  # None: either


@dataclass(frozen=True, slots=True)
class ColdRules:
    """Silence as a multiple of the cadence at which an account is due, overdue, cold and lost."""

    due: float = 0.7
    overdue: float = 1.0
    cold: float = 1.5
    lost: float = 2.0
    touches: tuple[TouchRule, ...] = (TouchRule("visit"),)


@dataclass(frozen=True, slots=True)
class WeekRules:
    visits_per_day: int = 3


FEWEST_PERIODS = 3  # a list before, the list that is judged, and what came next


@dataclass(frozen=True, slots=True)
class Panel:
    """The value of every account in every period, such as a year's payments; 0 where there was none.

    Shapes   npi (n,), value (n, periods), in the order of time
    """

    npi: Texts
    value: Numbers
    periods_a_year: int = 1


class Policy(StrEnum):
    """A way to make Tier A anew each period."""

    PLAIN = "plain cut"
    BAND = "band"
    PLACES = "band within its places"  # what the night does: the band holds nobody for whom no place is left
    LATE = "last period's list"  # the plain cut, one period old
    FIRST = "first list kept"


@dataclass(frozen=True, slots=True)
class BackTestRules:
    share: float = 0.2  # of the accounts, those that Tier A holds
    bands: tuple[float, ...] = (0.1, 0.2, 0.3)
    resamples: int = 200  # of the accounts, for the intervals; 0: none
    in_use: float = 0.2  # the band that is tried within its places too


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval; NaN where there is none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """What one policy did on the lists that have both a list before them and a period after them."""

    policy: Policy
    band: float
    changes: Estimate  # accounts that enter or leave Tier A, per 100 accounts a year
    capture: Estimate  # of the next period's value that a list of that size holds at best, in percent
    dwell_years: float  # how long an account stays in Tier A; NaN where none ever left
    size: float  # accounts in Tier A


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


class Event(StrEnum):
    """What may move from one vintage to the next."""

    VOLUME_UP = "volume_up"
    VOLUME_DOWN = "volume_down"
    ENTERED_CLAIMS = "entered_claims"
    LEFT_CLAIMS = "left_claims"  # fewer than 11 patients: absent, and not a volume of 0
    AFFILIATION_JOINED = "affiliation_joined"
    AFFILIATION_LEFT = "affiliation_left"
    PRACTICE_LOCATION_CHANGED = "practice_location_changed"
    PRIMARY_TAXONOMY_CHANGED = "primary_taxonomy_changed"
    SPECIALTY_CHANGED = "specialty_changed"
    NEWLY_ENUMERATED = "newly_enumerated"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"


class Way(IntEnum):
    """Where a signal nominates its account to."""

    DOWN = -1
    REVIEW = 0
    UP = 1


@dataclass(frozen=True, slots=True)
class SignalRules:
    """A volume has moved when the difference is at least both: a share of the larger one, and so many procedures."""

    volume_share: float = 0.3
    volume_least: float = 30.0
    hard: tuple[Event, ...] = (Event.DEACTIVATED, Event.PRACTICE_LOCATION_CHANGED)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one vintage of claims and registries says of each account.

    Shapes   npi .. deactivated (n,), one account each, in order; member, organisation (k,), one affiliation each, where
             `member` is the index of its account
    Units    volume in relevant procedures per 12 months, NaN where absent; size in clinicians; days NaT where there is
             none; texts "" where not known
    """

    vintage: str  # of claims and registries together
    claims: str  # of the claims alone
    day: np.datetime64  # on which they were taken
    span: Span
    measure: str  # which procedures the volume counts
    knows: frozenset[str]  # of "registry", "practices" and "facilities", those of which whole files were read
    npi: Texts
    volume: Numbers
    specialty: Texts
    claims_zip: Texts
    listed: Marks  # in the registry
    taxonomy: Texts
    zip: Texts
    size: Numbers  # of the largest practice
    enumerated: Days
    deactivated: Days
    member: Counts
    organisation: Texts  # its sort and id


@dataclass(frozen=True, slots=True)
class Signal:
    """Why a tier may change: one event of one account, from what to what, in words."""

    npi: Npi
    event: Event
    before: str
    after: str
    text: str
    way: Way


DriveMinutes = Callable[[Points, Points], Numbers]  # n places and k others -> (n, k)


@dataclass(frozen=True, slots=True)
class Ground:
    """What territories are cut from: one row an account.

    Shapes   all (n,); `place` is what stays together, such as a ZIP, or "" for an account by itself;
             `rep` who has the account today, "" for nobody
    Units    volume in procedures of 12 months; percentile in its specialty, 0 where not eligible
    """

    npi: Texts
    place: Texts
    points: Points
    tier: Texts
    volume: Numbers
    percentile: Numbers
    rep: Texts


@dataclass(frozen=True, slots=True)
class Reps:
    """Who there is, and where each is at home; names in order, homes NaN where unknown."""

    name: Texts
    homes: Points


@dataclass(frozen=True, slots=True)
class CutRules:
    tiers: TierRules = TierRules()
    tolerance: float = 0.1  # of its share, by how much a territory's work may differ from it
    worth_minutes: float = 10.0  # of driving for each visit, that a change of hands must save


@dataclass(frozen=True, slots=True)
class Figures:
    """Territories side by side.

    Shapes   all (k,)
    Units    work and capacity a week in what `TierRules.week` counts; minutes of driving to a visit, from the rep's
             home or the middle of the work, NaN where no account with work has a place
    """

    name: Texts  # "" for the accounts of nobody, or for a territory without a rep
    accounts: Counts
    of_tier: Counts  # (k, 3)
    volume: Numbers
    work: Numbers
    capacity: Numbers
    minutes: Numbers
    without_place: Counts


@dataclass(frozen=True, slots=True)
class Balance:
    """How evenly the work lies, and how far it is driven to."""

    imbalance: float  # the largest share of capacity used, over that of all
    minutes: float  # to a visit, over all


@dataclass(frozen=True, slots=True)
class Proposal:
    """Other territories for the same accounts, every figure by the tiers that one list of all accounts would have.

    Shapes   tier, territory, moves (n,); `territory` is a row of `proposed`
    """

    tier: Texts
    territory: Counts
    moves: Marks  # the account would change hands
    present: Figures
    proposed: Figures
    before: Balance
    after: Balance
    even: bool  # within the tolerance
    largest_place: str
    largest_work: float
    places: int
