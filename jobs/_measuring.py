"""A cycle of one CRM as the metrics read it: every account with its goal, every touch that counts, whose each is.

A touch is its maker's, and where the CRM does not say who made it, the account's rep's. At an account without a tier,
what would count for Tier C counts: as a touch off plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from callplan.goals import Goals, set_goals
from callplan.model import CallPlan, Calls, Cycle, Days, Npi, Numbers, Texts, Tier
from callplan.touches import qualifies
from connector.config import Config
from connector.holidays import holidays_of
from connector.intake import LeaveOf
from connector.store import Store
from connector.store.days import local_days
from connector.store.mirror import Roster
from connector.sync.match import match
from connector.sync.territories import Aligned, Territories
from connector.weeks import DaysOff, working_days
from jobs._touches import touches_of

NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Kept:
    """What is known of one cycle of one CRM; no CRM is asked."""

    config: Config
    store: Store
    territories: Territories
    leave: LeaveOf
    cycle: Cycle
    now: datetime
    today: date  # the first day that is not over

    @cached_property
    def roster(self) -> Roster:
        return self.store.mirror.roster()

    @cached_property
    def aligned(self) -> Aligned:
        return self.territories.align(self.roster)

    @cached_property
    def tiers(self) -> Tiers:
        """Of accounts that stand for one provider each; the others have none."""
        assignments, npis = self.store.plan.assignments(), self.roster.npi.tolist()
        ours = set(match(self.roster).rows.tolist())
        found = [assignments.get(Npi(npi)) if row in ours else None for row, npi in enumerate(npis)]
        return Tiers(
            tier=np.array([one.tier.value if one else "" for one in found], dtype=np.str_),
            before=np.array([one.previous_tier or "" if one else "" for one in found], dtype=np.str_),
            since=np.array([one.since if one else None for one in found], dtype="datetime64[D]"),
            volume=np.array([one.volume if one and one.volume is not None else np.nan for one in found]),
        )

    @cached_property
    def goals(self) -> Goals:
        tiers, cadence = self.tiers, self.config.tier_rules().cadence
        since = np.where(np.isnat(tiers.since), np.datetime64(self.cycle.first, "D"), tiers.since)
        return set_goals(self.cycle, tiers.tier, tiers.before, since, cadence)

    @property
    def plan(self) -> CallPlan:
        goals = self.goals
        return CallPlan(goals.goal, goals.first, goals.last, self._elapsed(goals), self._scheduled())

    @property
    def cadence(self) -> Numbers:
        cadence = self.config.tier_rules().cadence
        return np.array([cadence.days(Tier(tier)) or np.nan if tier else np.nan for tier in self.tiers.tier.tolist()])

    def calls(self, *, whole: bool) -> tuple[Calls, Texts]:
        """Those that count, and who made each; of the cycle, or of the whole time that is on record."""
        zone = ZoneInfo(self.config.time_zone)
        begin = datetime.combine(self.cycle.first, time(), zone)
        seen = self.store.mirror.interactions(None if whole else begin)
        row = {record: at for at, record in enumerate(self.roster.id.tolist())}
        account = np.array([row.get(record, -1) for record in seen.account.tolist()], dtype=np.int64)
        touches = touches_of(seen, account, zone, self.now)
        rules, tier = self.config.cold_rules().touches, np.where(self.tiers.tier == "", Tier.C.value, self.tiers.tier)
        rows = np.flatnonzero(qualifies(touches, tier, rules, self.today))
        account, owner = touches.account[rows], seen.owner[rows]
        calls = Calls(account, touches.at[rows], local_days(seen.created[rows], zone), seen.noted[rows])
        return calls, np.where(owner == "", self.aligned.rep[account], owner)

    def _elapsed(self, goals: Goals) -> Numbers:
        """Of the working days of each account's rep in its time of the plan, the share that is over."""
        share, now = np.zeros(len(goals.goal)), np.datetime64(self.today, "D")
        for rep in np.unique(self.aligned.rep).tolist():
            rows = np.flatnonzero((self.aligned.rep == rep) & (goals.goal > 0))
            days = np.array(self.working_days(rep), dtype="datetime64[D]")
            first, last = np.searchsorted(days, goals.first[rows]), np.searchsorted(days, goals.last[rows], "right")
            over = np.clip(np.searchsorted(days, now), first, last) - first
            share[rows] = over / np.maximum(last - first, 1)
        return share

    def working_days(self, email: str) -> list[date]:
        rep, first, last = self.config.rep(email), self.cycle.first, self.cycle.last
        years = range(first.year, last.year + 1)
        holidays = {d: why for y in years for d, why in holidays_of(self.config.week.holidays, date(y, 6, 1)).items()}
        off = DaysOff(holidays, (*(rep.leave if rep else ()), *self.leave.get(email.lower(), ())))
        return working_days(self.config.week, rep, first, last, off)

    def _scheduled(self) -> Numbers:
        stops = self.store.plan.call_list()
        ahead = {npi for npi, stop in stops.items() if self.today <= stop.day <= self.cycle.last}
        return np.isin(self.roster.npi, sorted(ahead)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Tiers:
    """Columns over the roster: "" and NaT where an account has no tier."""

    tier: Texts
    before: Texts
    since: Days
    volume: Numbers
