"""What a vintage says of accounts, and what moved since the last."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np

from callplan.model.claims import Span
from callplan.model.words import Counts, Days, Marks, Npi, Numbers, Texts


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
