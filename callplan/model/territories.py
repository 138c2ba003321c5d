"""Accounts on the map, the reps who share them, and a cut with its figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from callplan.model.rules import TierRules
from callplan.model.words import Counts, Marks, Numbers, Points, Texts

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
    tiers: TierRules = field(default_factory=TierRules)
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
