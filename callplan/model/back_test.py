"""Past periods, the ways of cutting Tier A that are tried on them, and how each did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callplan.model.words import Numbers, Texts

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
