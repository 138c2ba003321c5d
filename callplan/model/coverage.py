"""What a team has set of touches and silence, and the states that follow from them.

Three states an account, never one score: touch (what the rep owes it), relationship (what comes from its side),
activity (what its claims say). Each can be said in a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from callplan.model.words import Tier


class TouchState(StrEnum):
    ON_TRACK = "on_track"
    DUE = "due"
    OVERDUE = "overdue"
    COLD = "cold"
    LOST_CONTACT = "lost_contact"
    NEVER_VISITED = "never_visited"
    NEW = "new"  # never visited, and within its grace
    WAITING = "waiting"  # Tier C: no cadence


class Relationship(StrEnum):
    WARM = "warm"  # it has written, called or talked lately
    QUIET = "quiet"  # it used to, and has not for longer than is usual
    LITTLE_KNOWN = "little_known"  # too few touches from its side to say


class Activity(StrEnum):
    STEADY = "steady"
    DOWN = "down"  # the last mature period against like-aged ones before
    NOT_KNOWN = "not_known"


class QuietModel(StrEnum):
    """What tells that an account has fallen silent."""

    RECENCY = "recency"  # so many days without a touch from its side
    BG_NBD = "bg_nbd"  # its own rhythm (callplan.rhythm)


@dataclass(frozen=True, slots=True)
class TouchRule:
    """A kind of interaction that counts, and for the accounts of which tiers. None named: any."""

    kind: str
    tiers: tuple[Tier, ...] = (Tier.A, Tier.B, Tier.C)
    min_minutes: float = 0.0
    direction: str | None = None  # None: either
    outcomes: tuple[str, ...] = ()  # how it went, in the CRM's own words, in any case
    statuses: tuple[str, ...] = ()  # where it stands, in the CRM's own words


@dataclass(frozen=True, slots=True)
class Touch:
    """One logged interaction of an account."""

    at: date
    kind: str
    result: str  # connector.contract.Result
    direction: str = ""  # "" where it has none
    minutes: float | None = None  # None where not logged
    outcome: str = ""
    status: str = ""
    automated: bool = False


@dataclass(frozen=True, slots=True)
class ColdRules:
    """Silence as a multiple of the cadence at which an account is due, overdue, cold and lost."""

    due: float = 0.7
    overdue: float = 1.0
    cold: float = 1.5
    lost: float = 2.0
    touches: tuple[TouchRule, ...] = (TouchRule("visit"),)


@dataclass(frozen=True, slots=True)
class RelationshipRules:
    """What comes from the account's side, and after how long it is quiet."""

    touches: tuple[TouchRule, ...] = (
        TouchRule("email", direction="inbound"),
        TouchRule("call", direction="inbound"),
        TouchRule("message", direction="inbound"),
        TouchRule("call", min_minutes=5),  # a conversation, whoever began it
    )
    quiet_days: int = 90
    least: int = 3  # touches from its side, before anything is said; to the model, days with one
    model: QuietModel = QuietModel.RECENCY


@dataclass(frozen=True, slots=True)
class ActivityRules:
    """When the last mature period of the claims is down on those before it."""

    share: float = 0.5  # below this of the base
    least: float = 30.0  # procedures that the base lets expect


@dataclass(frozen=True, slots=True)
class FlagRules:
    """Which accounts a manager hears of, and of how many a day."""

    tiers: tuple[Tier, ...] = (Tier.A,)
    per_day: int = 5  # new flags a manager
    snooze_days: int = 30  # of a dismissal that says no other


@dataclass(frozen=True, slots=True)
class GapRules:
    """After how many working days without a word a rep's log, or everybody's, is taken for silent."""

    rep_days: int = 10
    team_days: int = 3
