"""Silences between touches, and what alerts on them would have been worth: the words of `callplan evaluate cold`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from callplan.model.back_test import Estimate
from callplan.model.words import Counts, Days, Marks, Texts

CHANCE = 0.5  # the AUC of a clue that knows nothing
LOST = 2.0  # cadences of silence: what an alert is to come before
EVERYBODY = "all accounts"


@dataclass(frozen=True, slots=True)
class Silences:
    """From each touch of an account to its next one, (n,), by account and day; accounts are numbered.

    `known` is when the touch was on record, `closes` when a later one was, or that the tier had changed: between the
    two this silence is the account's, as far as anybody could see.
    """

    account: Counts
    tier: Texts
    start: Days
    length: Counts  # days
    ended: Marks  # by a touch; else the log ends, or the tier changes
    known: Days
    closes: Days
    accounts: int  # of the whole log


class Rule(StrEnum):
    """Upon what an alert is raised."""

    CADENCE = "silence over cadence"
    DAYS = "same days for all tiers"  # as many as raise as many alerts
    ACTIVITY = "last activity of any kind"


@dataclass(frozen=True, slots=True)
class ColdTestRules:
    cadence: Mapping[str, float]  # days by tier; under EVERYBODY alone: for all accounts alike
    at: tuple[float, ...] = (0.7, 1.0, 1.25, 1.5)  # cadences of silence
    resamples: int = 200  # of the accounts, for the intervals; 0: none


@dataclass(frozen=True, slots=True)
class Point:
    """An alert at so many cadences of silence, by Kaplan-Meier."""

    at: float
    precision: Estimate  # of the silences that reach it, the share that reaches LOST
    reached: float  # of all silences, the share that reaches it
    lead_days: float  # from then to LOST


@dataclass(frozen=True, slots=True)
class Coverage:
    """How long the silences of one tier last."""

    tier: str
    cadence: float
    silences: int
    censored: int  # of them, those whose end is not seen
    followed: int  # days of the longest that was seen; of more days a share is at most the one given
    overdue: float  # of all, the share that reaches the cadence
    lost: float  # and LOST
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class AlertScore:
    """What the weekly alerts of one rule at one threshold were worth; shares from 0 to 1, NaN where there is none."""

    tier: str
    rule: Rule
    at: float
    days: float  # the threshold where it is one for all tiers, else NaN
    alerts: int
    judged: int  # of them, those whose silence could be followed to LOST
    precision: Estimate
    recall: Estimate
    lead_days: Estimate  # the median, of those that were right
    a_rep_week: Estimate
    gain: Estimate  # in precision, of the cadence over this rule


@dataclass(frozen=True, slots=True)
class ColdTest:
    of_any: tuple[Coverage, ...]
    of_counted: tuple[Coverage, ...]  # none where every row counts
    alerts: tuple[AlertScore, ...]


class Clue(StrEnum):
    """By what an account is expected to stay silent."""

    RECENCY = "days since it was last heard of"
    POOL = "the same over its tier's usual pause"
    BG_NBD = "BG/NBD, touches expected"


@dataclass(frozen=True, slots=True)
class QuietTestRules:
    silent_for: int = 90  # days: what is foretold
    least: int = 3  # days on which it was heard of, before anything is said
    within: int = 180  # days since it was last heard of, beyond which there is nothing left to foretell
    every: int = 28  # days from one snapshot to the next
    resamples: int = 200


@dataclass(frozen=True, slots=True)
class ClueScore:
    clue: Clue
    auc: Estimate
    best_tenth: Estimate  # of the tenth most expected to be silent, the share that was
    gain: Estimate  # of AUC over plain recency


@dataclass(frozen=True, slots=True)
class Called:
    """What the night would have called quiet, by plain recency or by the model."""

    rule: Clue
    called: int  # of those asked about
    right: Estimate  # of them, the share that stayed silent
    found: Estimate  # of those that stayed silent, the share called quiet


@dataclass(frozen=True, slots=True)
class QuietTest:
    snapshots: int
    asked: int  # accounts, over all snapshots
    accounts: int
    silent: float  # the share of those asked about that stayed silent
    clues: tuple[ClueScore, ...]
    called: tuple[Called, ...]

    @property
    def model_is_better(self) -> bool:
        """Surely better than plain recency, and than chance."""
        return any(score.clue is Clue.BG_NBD and score.gain.low > 0 and score.auc.low > CHANCE for score in self.clues)
