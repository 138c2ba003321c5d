"""What weekly alerts about silent accounts would have been worth, on a log of the past.

At the end of each week an alert is raised for every account that has been silent for so long, as far as was on record
by then; once in a silence. It was right if the silence went on to twice the cadence, by all that was logged later.
Silences that began too late to be followed that far are not judged, whichever way they ended, nor are those in which
the tier changed first.

Shapes   silences (n,) of qualifying touches, and others (o,) of touches of any kind; scores by tier, rule and threshold
Units    days; shares from 0 to 1
Errors   none: NaN where there is nothing to judge
Source   docs/how-to/evaluate-going-cold.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.draws import estimates, median, share
from callplan.model import (
    EVERYBODY,
    LOST,
    AlertScore,
    ColdTestRules,
    Counts,
    Days,
    Log,
    Marks,
    Numbers,
    Rule,
    Silences,
)

SUNDAY = np.datetime64("1970-01-04", "D")
WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True, slots=True)
class Raised:
    """The alerts of one rule, (m,), and the silences that they were to find; accounts are numbered."""

    account: Counts  # of each alert that is counted by the week
    judged: Counts  # the account of each that could be judged, by the days it was ahead
    right: Marks
    lead: Numbers  # days from it to twice the cadence, rising
    lost: Counts  # the account of each silence that came to twice the cadence
    found: Marks  # there was an alert before it did


def back_test_alerts(
    log: Log, ours: Silences, others: Silences, until: date, rules: ColdTestRules, draw: np.random.Generator
) -> list[AlertScore]:
    """For each threshold: the cadence in each tier, then for all tiers with what it is compared with."""
    bench = _Bench(log, ours, others, np.datetime64(until, "D"), rules)
    tiers = [tier for tier in rules.cadence if (ours.tier == tier).any()]
    groups = [[tier] for tier in tiers] + ([tiers] if len(tiers) > 1 else [])
    return [score for group in groups for at in rules.at for score in bench.scores(group, at, len(tiers), draw)]


@dataclass(frozen=True)
class _Bench:
    log: Log
    ours: Silences
    others: Silences
    until: np.datetime64
    rules: ColdTestRules

    def scores(self, tiers: list[str], at: float, of: int, draw: np.random.Generator) -> Iterator[AlertScore]:
        """The rule itself, and in the widest group its rivals."""
        cadence = np.array([self.rules.cadence[tier] for tier in tiers])
        begins = self.log.day.min() + np.timedelta64(int(LOST * cadence.max()), "D")
        weeks = self._rep_weeks(begins)
        plain = self._raised(self.ours, self._thresholds(self.ours, tiers, at), tiers, begins)
        rivals = [(Rule.CADENCE, np.nan, plain)]
        if len(tiers) == of:
            if of > 1:
                days = self._days_for(len(plain[0]), tiers)
                limits = np.where(np.isin(self.ours.tier, tiers), days, np.nan)
                rivals.append((Rule.DAYS, days, self._raised(self.ours, limits, tiers, begins)))
            if len(self.others.start) > len(self.ours.start):
                limits = self._thresholds(self.others, tiers, at)
                rivals.append((Rule.ACTIVITY, np.nan, self._raised(self.others, limits, tiers, begins)))
        raised = [alerts for _, _, (_, alerts) in rivals]

        def figures(weight: Numbers) -> Numbers:
            all_of = np.array([_figures(alerts, weight, weeks) for alerts in raised])
            gain = all_of[0, 0] - all_of[:, 0]
            return np.column_stack([all_of, gain]).ravel()

        found = estimates(figures, self.ours.accounts, self.rules.resamples, draw)
        for number, (rule, days, (when, alerts)) in enumerate(rivals):
            one = found[5 * number : 5 * number + 5]
            name = tiers[0] if len(tiers) == 1 else EVERYBODY
            yield AlertScore(name, rule, at, days, len(when), len(alerts.judged), *one)

    def _thresholds(self, of: Silences, tiers: list[str], at: float) -> Numbers:
        limits = np.full(len(of.tier), np.nan)
        for tier in tiers:
            limits[of.tier == tier] = at * self.rules.cadence[tier]
        return limits

    def _raised(self, of: Silences, limits: Numbers, tiers: list[str], begins: np.datetime64) -> tuple[Days, Raised]:
        """Every alert upon these silences, set against the silence of ours that it speaks of."""
        when = first_alert(of, limits, self.until)
        rows = np.flatnonzero(~np.isnat(when))
        about = spoken_of(of, self.ours)[rows]
        lost_on = self._lost_on(tiers)
        followed = self._followed(lost_on)
        judged = (about >= 0) & followed[about]
        about, at = about[judged], when[rows][judged]
        lead = (lost_on[about] - at).astype(np.int64).astype(np.float64)
        right = self._lost(lost_on)[about]
        found = np.zeros(len(self.ours.start), dtype=np.bool_)
        found[about[lead > 0]] = True
        lost, order = np.flatnonzero(followed & self._lost(lost_on)), np.argsort(lead, kind="stable")
        counted = of.account[rows][when[rows] >= begins]
        account = self.ours.account
        return when[rows], Raised(counted, account[about][order], right[order], lead[order], account[lost], found[lost])

    def _lost_on(self, tiers: list[str]) -> Days:
        """When each silence comes to twice its cadence; NaT in other tiers."""
        limits = self._thresholds(self.ours, tiers, LOST)
        whole = np.ceil(np.nan_to_num(limits)).astype("timedelta64[D]")
        return np.where(np.isnan(limits), np.datetime64("NaT", "D"), self.ours.start + whole)

    def _lost(self, lost_on: Days) -> Marks:
        reached: Marks = self.ours.start + self.ours.length.astype("timedelta64[D]") >= lost_on
        return reached

    def _followed(self, lost_on: Days) -> Marks:
        known: Marks = (lost_on <= self.until) & (self.ours.ended | self._lost(lost_on))
        return known

    def _days_for(self, alerts: int, tiers: list[str]) -> float:
        """The number of days that, the same in all tiers, raises as many alerts or just fewer."""
        mine = np.isin(self.ours.tier, tiers)
        longest = np.sort(_longest(self.ours, self.until)[mine])[::-1]
        return float(max(longest[alerts] + 1, 1)) if alerts < len(longest) else 1.0

    def _rep_weeks(self, begins: np.datetime64) -> int:
        """Weeks in which a rep logged anything, by rep; without reps, weeks."""
        rows = (self.log.day >= begins) & (self.log.day <= self.until)
        return len(set(zip(self.log.rep[rows].tolist(), _sunday(self.log.day[rows]).tolist(), strict=True)))


def first_alert(of: Silences, limits: Numbers, until: np.datetime64) -> Days:
    """The first week's end at which each silence was on record and had come to its limit; NaT where none."""
    due = of.start + np.ceil(np.nan_to_num(limits)).astype("timedelta64[D]")
    when = _sunday(np.maximum(due, of.known))
    raised = (when < of.closes) & (when <= until) & ~np.isnan(limits)
    return np.where(raised, when, np.datetime64("NaT", "D"))


def spoken_of(of: Silences, ours: Silences) -> Counts:
    """For each silence, the one of ours in which it began; -1 where it began before any."""
    if not len(ours.start):
        return np.full(len(of.start), -1)
    keys = [silence.account * 10_000_000 + silence.start.astype(np.int64) for silence in (of, ours)]
    at = np.searchsorted(keys[1], keys[0], side="right") - 1
    return np.where((at >= 0) & (ours.account[at] == of.account), at, -1)


def _longest(of: Silences, until: np.datetime64) -> Counts:
    """How long each silence was at the last week's end at which it stood on record; 0 where it never did."""
    last = _sunday(np.minimum(of.closes - 1, until) - 6)
    return np.where(last >= _sunday(of.known), (last - of.start).astype(np.int64), 0)


def _sunday(day: Days) -> Days:
    """The same day, or the next Sunday."""
    sunday: Days = SUNDAY + -((SUNDAY - day).astype(np.int64) // 7) * WEEK
    return sunday


def _figures(raised: Raised, weight: Numbers, weeks: int) -> tuple[float, float, float, float]:
    judged, lost = weight[raised.judged], weight[raised.lost]
    return (
        share(judged[raised.right], judged),
        share(lost[raised.found], lost),
        median(raised.lead[raised.right], judged[raised.right]),
        weight[raised.account].sum() / weeks if weeks else float("nan"),
    )
