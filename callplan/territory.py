"""How territories should be cut, from where the high-fit accounts are: even in work, near in driving, calm.

A cut starts twice: from where the reps are today, and from the accounts alone, halved along their longest extent until
there is a part for each rep. Centres move to the middle of their visits and work is evened out, again and again. Then
each rep takes the territory that is nearest to home and holds most of the rep's present accounts, and work is evened
out for the last time: an account changes hands only where that saves driving, or where evenness needs it. The driving
is half from home and half from the middle, as on a day of several visits, so that two reps who live in one town get
two sides of it. The better of the two cuts is proposed.

Shapes   accounts (n,), places (m,), reps (r,), territories (k,)
Units    work a week in what `TierRules.week` counts; minutes of driving to a visit
Errors   none: what cannot be even is said in `Proposal.even`. There is at least one rep and one territory
Source   the article, "Balancing Geography with Opportunity"; docs/how-to/territories.md
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from callplan.balance import Work, even_out
from callplan.comparison import balance, high_fit, homes_of, measure, or_else, planned_by, present, work_a_week
from callplan.model import Counts, CutRules, DriveMinutes, Ground, Numbers, Points, Proposal, Reps, Texts
from callplan.pairing import seat
from callplan.places import Places, gather, halved, middles, nearest, shares

SETTLING = 20  # times that centres move
STEPS, LAST_STEPS = 20, 120  # of the prices


@dataclass(frozen=True, slots=True)
class _Cut:
    territory: Counts  # (m,)
    rep: Counts  # (k,) a row of the reps, -1 for nobody
    beyond: float  # work outside of the tolerance
    spent: float  # minutes for a visit, a change of hands counted as what it must save


@dataclass(frozen=True, slots=True)
class _Task:
    places: Places  # those with work
    reps: Reps
    count: int
    rules: CutRules
    drive: DriveMinutes

    def work(self, names: Texts) -> Work:
        """To be evened out among these reps, each as much as a week of theirs holds."""
        return Work(self.places.work, planned_by(names, self.rules.tiers), self.rules.tolerance)


@dataclass(frozen=True, slots=True)
class _Start:
    centres: Points
    reps: Texts  # whose territories they are, "" where that is open


def propose(ground: Ground, reps: Reps, count: int, rules: CutRules, drive: DriveMinutes) -> Proposal:
    """As many territories as `count`. The order of the accounts decides nothing."""
    ranked = high_fit(ground, rules.tiers, _first(reps, count))
    work = work_a_week(ranked.tier, rules.tiers)
    places = gather(ranked, work if work.any() else np.ones(len(work)), reps)
    at_work = places.those(places.work > 0)
    task = _Task(at_work, reps, count, rules, drive)
    cuts = [_cut(task, start) for start in _starts(task)]
    best = _in_order(min(cuts, key=lambda cut: (round(cut.beyond, 6), cut.spent)))

    territory = _with_the_rest(places, at_work, best)[places.of_account]
    names = np.append(reps.name, "")[best.rep]
    today = present(ranked, reps, rules.tiers, drive)
    proposed = measure(ranked, territory, names, homes_of(reps, best.rep), rules.tiers, drive)
    largest = int(at_work.work.argmax())
    return Proposal(
        tier=ranked.tier,
        territory=territory,
        moves=(ranked.rep != "") & (ranked.rep != names[territory]),
        present=today,
        proposed=proposed,
        before=balance(today, today.name != ""),
        after=balance(proposed, np.ones(count, dtype=np.bool_)),
        even=best.beyond == 0,
        largest_place=str(at_work.key[largest]),
        largest_work=float(at_work.work[largest]),
        places=len(places.key),
    )


def _first(reps: Reps, count: int) -> Texts:
    """Whose capacity counts: everybody's and full-timers beside them; or full-timers, where not all reps are wanted."""
    known = reps.name if count >= len(reps.name) else reps.name[:0]
    return np.append(known, np.full(count - len(known), ""))


def _starts(task: _Task) -> list[_Start]:
    places = task.places
    fresh = middles(places.points, shares(halved(places, task.count), places.work, task.count))
    if task.count != len(task.reps.name):
        return [_Start(fresh, np.full(task.count, ""))]
    today = or_else(task.reps.homes, middles(places.points, places.kept * places.work[:, None]))
    return [_Start(fresh, np.full(task.count, "")), _Start(today, task.reps.name)]


def _cut(task: _Task, start: _Start) -> _Cut:
    places, centres, price = task.places, start.centres, np.zeros(task.count)
    work = task.work(start.reps)
    for _ in range(SETTLING):
        territory = even_out(task.drive(places.points, centres), work, price, STEPS)
        before, centres = centres, middles(places.points, shares(territory, places.work, task.count))
        if np.array_equal(before, centres):
            break
    rep = _who_takes_which(task, territory, centres)
    cost = task.rules.worth_minutes * (1 - _kept(places, rep))
    for begin in (centres, or_else(homes_of(task.reps, rep), centres)):
        cost = cost + task.drive(places.points, begin) / 2
    work = task.work(np.append(task.reps.name, "")[rep])
    territory = even_out(cost, work, np.zeros(task.count), LAST_STEPS)
    spent = cost[np.arange(len(territory)), territory] @ places.work / places.work.sum()
    return _Cut(territory, rep, work.beyond(territory), float(spent))


def _in_order(cut: _Cut) -> _Cut:
    """Territories in the order of their reps, those without one last."""
    order = np.argsort(np.where(cut.rep < 0, np.iinfo(np.int64).max, cut.rep), kind="stable")
    return replace(cut, territory=np.argsort(order)[cut.territory], rep=cut.rep[order])


def _who_takes_which(task: _Task, territory: Counts, centres: Points) -> Counts:
    """The rep of each territory, -1 where there are not enough: the least driving, and the fewest changes of hands.

    The table is square: rows beyond the reps are nobody, columns beyond the territories are to have none.
    """
    places, reps = task.places, task.reps
    worth = max(task.rules.worth_minutes, 0.01)  # at worst it decides between equals
    size, everywhere = max(task.count, len(reps.name)), np.arange(len(territory))
    from_centre = task.drive(places.points, centres)[everywhere, territory]
    from_home = np.where(np.isnan(reps.homes[0]), from_centre[:, None], task.drive(places.points, reps.homes))
    spent = np.full((len(territory), size), (from_centre + worth)[:, None])
    spent[:, : len(reps.name)] = from_home + worth * (1 - places.kept)
    cost = np.zeros((size, size))
    cost[:, : task.count] = (spent * places.work[:, None]).T @ shares(territory, np.ones(len(territory)), task.count)
    rep = seat(cost)[: task.count]
    return np.where(rep < len(reps.name), rep, -1)


def _kept(places: Places, rep: Counts) -> Numbers:
    """The share of each place that stays in the same hands, (m, k)."""
    with_nobody = np.append(places.kept, np.zeros((len(places.key), 1)), axis=1)
    return with_nobody[:, rep]


def _with_the_rest(places: Places, at_work: Places, cut: _Cut) -> Counts:
    """Places without work go with the nearest that has some; an account that is nowhere stays in its rep's hands."""
    stays = np.where(np.isnan(places.points[0]), _kept(places, cut.rep).argmax(axis=1), -1)
    territory = np.where(stays >= 0, stays, cut.territory[nearest(places, at_work)])
    territory[places.work > 0] = cut.territory
    return territory
