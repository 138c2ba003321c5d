"""How far a call plan was carried out, in the field's words: reach, frequency, attainment, adherence, coverage.

Of a cycle with goals g and qualifying touches a, one an account and day, over the targets (accounts with a goal):

    reach                  targets with a >= 1, of all targets
    frequency              touches for each target that was reached
    frequency attainment   targets with a >= g, of all targets
    attainment, capped     sum of min(a, g) over sum of g: calling an easy account often hides no missed one
    attainment, uncapped   sum of a over sum of g
    attainment, prorated   sum of min(a, e g) over sum of e g; e is the share of the working days that has passed
    difference             a - e g
    adherence              touches on targets, of all touches; the rest is off plan
    coverage               accounts whose last qualifying touch is no older than their cadence: a stock, on one day

Shapes   accounts (n,), touches (m,); `mine` and `theirs` mark a group of accounts and its touches
Units    days; a goal is a number of touches
Errors   none: a group without targets has counts of 0, and shares that are None
Source   docs/reference/metrics.md
"""

from __future__ import annotations

from datetime import date

import numpy as np

from callplan.model import Adherence, Attainment, CallPlan, Calls, Counts, Covered, Days, Marks, Numbers


def calls_made(calls: Calls, plan: CallPlan) -> Counts:
    """Of each account, the days in its time of the plan on which it was touched; 0 for one that is no target."""
    account, _ = _once_a_day(calls, on_plan(calls, plan))
    return np.bincount(account, minlength=len(plan.goal))


def on_plan(calls: Calls, plan: CallPlan) -> Marks:
    """Which touches are on a target, in its time of the plan."""
    ours = np.flatnonzero(calls.account >= 0)
    row, at = calls.account[ours], calls.at[ours]
    found = np.zeros(len(calls.account), dtype=np.bool_)
    found[ours] = (plan.goal[row] > 0) & (at >= plan.first[row]) & (at <= plan.last[row])
    return found


def attain(plan: CallPlan, made: Counts, mine: Marks) -> Attainment:
    """Over the targets among `mine`."""
    targets = mine & (plan.goal > 0)
    goal, calls, due = plan.goal[targets], made[targets], plan.elapsed[targets] * plan.goal[targets]
    remaining = np.maximum(goal - calls, 0)
    to_schedule = float(np.maximum(remaining - plan.scheduled[targets], 0).sum())
    return Attainment(
        targets=len(goal),
        goal=float(goal.sum()),
        calls=int(calls.sum()),
        reached=int((calls >= 1).sum()),
        attained=int((calls >= goal).sum()),
        capped_calls=float(np.minimum(calls, goal).sum()),
        due=float(due.sum()),
        due_calls=float(np.minimum(calls, due).sum()),
        remaining=float(remaining.sum()),
        to_schedule=None if np.isnan(to_schedule) else to_schedule,
    )


def adhere(calls: Calls, plan: CallPlan, theirs: Marks) -> Adherence:
    """Of the touches among `theirs`, those on the plan; one an account and day. None is off a plan that is to come."""
    on, targets = on_plan(calls, plan), plan.goal > 0
    if targets.any():
        theirs = theirs & (calls.at >= plan.first[targets].min())
    return Adherence(len(_once_a_day(calls, theirs & on)[0]), len(_once_a_day(calls, theirs)[0]))


def cover(last: Days, cadence: Numbers, volume: Numbers, mine: Marks, on: date) -> Covered:
    """Of the accounts among `mine` that have a cadence (NaN: none), those touched within it; `last` is up to `on`."""
    counted = mine & ~np.isnan(cadence)
    days = (np.datetime64(on, "D") - last[counted]).astype(np.float64)
    days[np.isnat(last[counted])] = np.inf
    covered, much = (days >= 0) & (days <= cadence[counted]), np.nan_to_num(volume[counted])
    return Covered(len(days), int(covered.sum()), float(much.sum()), float(much[covered].sum()))


def _once_a_day(calls: Calls, chosen: Marks) -> tuple[Counts, Days]:
    """Account and day of the chosen touches, each pair once."""
    account, at = calls.account[chosen], calls.at[chosen]
    order = np.lexsort((at, account))
    account, at = account[order], at[order]
    first = np.ones(len(account), dtype=np.bool_)
    first[1:] = (account[1:] != account[:-1]) | (at[1:] != at[:-1])
    return account[first], at[first]
