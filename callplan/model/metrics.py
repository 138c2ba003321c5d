"""A cycle, what a call plan asks for in it, and how far it was carried out: counts that add up, and shares of them.

A share of nothing is None and never 0 % or 100 %: who has no targets has no attainment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from callplan.model.words import Counts, Days, Marks, Numbers, Texts


@dataclass(frozen=True, slots=True)
class Cycle:
    """The time that a call plan's goals are for, both days included."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class CallPlan:
    """What one cycle asks for, as columns (n,) over accounts."""

    goal: Numbers  # qualifying touches; 0 for an account that is no target
    first: Days  # from this day on its touches are counted
    last: Days  # the last day on which they are
    elapsed: Numbers  # of the working days between these two, the share that has passed
    scheduled: Numbers  # visits that are planned in what is left of the cycle; NaN where no list is read


@dataclass(frozen=True, slots=True)
class Calls:
    """Qualifying touches, as columns (m,)."""

    account: Counts  # the row of its account, -1 where it is none of ours
    at: Days
    created: Days  # when it was put on record; NaT where that is not read
    noted: Numbers  # 1 where something was noted, 0 where nothing was, NaN where that is not read


@dataclass(frozen=True, slots=True)
class Flagged:
    """Flags that were raised, as columns; those that were withdrawn are none."""

    account: Counts
    raised: Days
    last: Days  # the account's last qualifying touch before; NaT where there was none
    cadence: Numbers  # days
    dismissed: Marks


@dataclass(frozen=True, slots=True)
class Committed:
    """Tier A slots, one an account and week, as columns."""

    account: Counts
    week: Days  # its Monday
    day: Days  # that it had last
    moved: Marks
    with_reason: Marks  # every time that it was moved


@dataclass(frozen=True, slots=True)
class Material:
    """All that is measured of one cycle."""

    plan: CallPlan
    calls: Calls
    cadence: Numbers  # (n,) of each account, NaN where its tier has none
    volume: Numbers  # (n,)
    flags: Flagged | None = None  # None where they are not read
    slots: Committed | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Whose figures are added up: a rep's, a tier's, everybody's."""

    by: str  # all, manager, rep, territory or tier
    name: str
    targets: Marks  # (n,) accounts that it had targets in
    accounts: Marks  # (n,) accounts that it has
    calls: Marks  # (m,) touches that it made


@dataclass(frozen=True, slots=True)
class Attainment:
    """How far a call plan was carried out, over the targets of one group."""

    targets: int
    goal: float
    calls: int  # qualifying touches on targets, one an account and day
    reached: int  # targets with any
    attained: int  # targets whose goal is reached
    capped_calls: float  # without those beyond an account's goal
    due: float  # of the goals, what the time that has passed asks for
    due_calls: float  # without those beyond it
    remaining: float
    to_schedule: float | None  # of these, those that no planned visit takes; None where no list is read

    @property
    def reach(self) -> float | None:
        return share(self.reached, self.targets)

    @property
    def frequency(self) -> float | None:
        return share(self.calls, self.reached)

    @property
    def frequency_attainment(self) -> float | None:
        return share(self.attained, self.targets)

    @property
    def capped(self) -> float | None:
        return share(self.capped_calls, self.goal)

    @property
    def uncapped(self) -> float | None:
        return share(self.calls, self.goal)

    @property
    def prorated(self) -> float | None:
        return share(self.due_calls, self.due)

    @property
    def difference(self) -> float | None:
        return self.calls - self.due if self.targets else None


@dataclass(frozen=True, slots=True)
class Adherence:
    """Of a group's qualifying touches, those that went where the plan wanted them."""

    on_target: int
    calls: int

    @property
    def adherence(self) -> float | None:
        return share(self.on_target, self.calls)

    @property
    def off_plan(self) -> float | None:
        return share(self.calls - self.on_target, self.calls)


@dataclass(frozen=True, slots=True)
class Covered:
    """The accounts of a group whose last qualifying touch is no older than their cadence, on one day."""

    accounts: int
    covered: int
    volume: float
    covered_volume: float

    @property
    def coverage(self) -> float | None:
        return share(self.covered, self.accounts)

    @property
    def volume_weighted(self) -> float | None:
        return share(self.covered_volume, self.volume)


@dataclass(frozen=True, slots=True)
class Protection:
    """Tier A slots whose day has come: committed, and kept as they were."""

    committed: int
    kept: int
    moved: int
    with_reason: int  # of those that were moved
    ended: int  # taken off, or their day went by without a logged visit

    @property
    def protection(self) -> float | None:
        return share(self.kept, self.committed)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What came of flags."""

    raised: int
    recovered: int
    median_days: float | None  # from the flag to the qualifying touch, of those that recovered
    decided: int  # of which it is known whether they were truly cold
    truly_cold: int
    dismissed: int

    @property
    def precision(self) -> float | None:
        return share(self.truly_cold, self.decided)


@dataclass(frozen=True, slots=True)
class Logging:
    """How soon and how fully touches are logged."""

    logged: int  # touches of which it is known when they were put in, and not ahead of the day
    within_a_day: int
    read: int  # touches of which it is known whether anything was noted
    noted: int

    @property
    def soon(self) -> float | None:
        return share(self.within_a_day, self.logged)

    @property
    def complete(self) -> float | None:
        return share(self.noted, self.read)


def share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures of one group."""

    by: str
    name: str
    assigned: int  # accounts, targets or not
    attainment: Attainment
    adherence: Adherence
    coverage: Covered
    logging: Logging
    flags: Recovery | None
    slots: Protection | None

    @property
    def targeting_rate(self) -> float | None:
        return share(self.attainment.targets, self.assigned)


@dataclass(frozen=True, slots=True)
class Target:
    """One account of the plan."""

    account: str
    name: str
    rep: str
    tier: str
    goal: int
    calls: int
    difference: float
    remaining: int
    to_schedule: int | None
    last: date | None  # its last qualifying touch, whenever that was


@dataclass(frozen=True, slots=True)
class Named:
    """Who the accounts are, as columns (n,)."""

    account: Texts
    name: Texts
    rep: Texts
    tier: Texts  # that each is a target under
