"""Whether an account that begins its touches itself will stay silent: how well each clue would have told, on a log.

At each snapshot every account that was heard of on enough days, and not too long ago, is asked about, by what was on
record by then. All clues see the same: the usual pause of a tier and the spread of the model are those of the records
before the snapshot. The answer is whether the account touched within the days that followed.

Shapes   touches (n,) by account and day, as silences; asked (s,) over all snapshots
Units    days, inside the model weeks; AUC from 0 to 1, 0.5 for a clue that knows nothing
Errors   none: a log too short or too thin asks about nobody, and every figure is NaN
Source   docs/how-to/evaluate-going-cold.md; Hanley and McNeil 1982 for AUC as a share of pairs
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.bgnbd import Spread, fit
from callplan.draws import estimates
from callplan.model import (
    Called,
    Clue,
    ClueScore,
    Counts,
    Days,
    Marks,
    Numbers,
    QuietTest,
    QuietTestRules,
    Silences,
    Texts,
)
from callplan.rhythm import WEEK, Heard, columns, is_quiet, to_come, together

BEST = 0.1  # of those asked about
CALLED = (Clue.RECENCY, Clue.BG_NBD)  # by these the night can say who is quiet


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked about at one snapshot, what each clue said (the higher the more silent), and what came."""

    account: Counts
    clues: Numbers  # (clues, accounts)
    called: Marks  # (rules of the night, accounts)
    silent: Marks


@dataclass(frozen=True, slots=True)
class Known:
    """Each account as it stood on record: days on which it was heard of, the first and the last."""

    account: Counts
    days: Counts
    first: Days
    last: Days
    tier: Texts
    pause: Numbers  # usual in its tier

    def histories(self, now: np.datetime64) -> Counts:
        return columns(Heard(self.first, self.last, self.days), now)


def back_test_quiet(of: Silences, until: date, rules: QuietTestRules, draw: np.random.Generator) -> QuietTest:
    asked = [each for each in _snapshots(of, np.datetime64(until, "D"), rules) if len(each.account)]
    if not asked:
        nothing = np.zeros(0, dtype=np.int64)
        nobody = np.zeros((len(CALLED), 0), dtype=np.bool_)
        asked = [Asked(nothing, np.zeros((len(Clue), 0)), nobody, nobody[0])]
    account = np.concatenate([each.account for each in asked])
    silent = np.concatenate([each.silent for each in asked])
    called = np.concatenate([each.called for each in asked], axis=1)
    rankings = [Ranking.of(np.concatenate([each.clues[at] for each in asked])) for at in range(len(Clue))]

    def figures(weight: Numbers) -> Numbers:
        yes, no = weight[account] * silent, weight[account] * ~silent
        auc = np.array([ranking.auc(yes, no) for ranking in rankings])
        best = [ranking.best(yes, no, BEST) for ranking in rankings]
        hits = called @ yes
        right, caught = _share(hits, called @ (yes + no)), _share(hits, yes.sum())
        return np.concatenate([auc, best, auc - auc[0], right, caught])

    found = estimates(figures, of.accounts, rules.resamples, draw)
    n, m = len(Clue), len(CALLED)
    return QuietTest(
        snapshots=len(asked) if len(account) else 0,
        asked=len(account),
        accounts=len(np.unique(account)),
        silent=float(silent.mean()) if len(silent) else float("nan"),
        clues=tuple(ClueScore(clue, found[at], found[n + at], found[2 * n + at]) for at, clue in enumerate(Clue)),
        called=tuple(
            Called(rule, int(called[at].sum()), found[3 * n + at], found[3 * n + m + at])
            for at, rule in enumerate(CALLED)
        ),
    )


def _share(part: Numbers, of: Numbers | float) -> Numbers:
    found: Numbers = np.divide(part, of, out=np.full(len(part), np.nan), where=np.asarray(of) > 0)
    return found


def _snapshots(of: Silences, until: np.datetime64, rules: QuietTestRules) -> Iterator[Asked]:
    """From the day on which as much lies behind as is foretold, every so many days."""
    if not len(of.start):
        return
    ahead, spread = np.timedelta64(rules.silent_for, "D"), None
    for now in np.arange(of.start.min() + ahead, until - ahead + 1, np.timedelta64(rules.every, "D")):
        known = _known(of, now)
        spread = fit(together(known.histories(now)), spread)
        fits = (known.days >= rules.least) & ((now - known.last).astype(np.int64) <= rules.within)
        yield _ask(_of(known, fits), of, now, spread, rules.silent_for)


def _known(of: Silences, now: np.datetime64) -> Known:
    rows = np.flatnonzero(of.known <= now)
    account, start, tier = of.account[rows], of.start[rows], of.tier[rows]
    begins = np.flatnonzero(np.append(True, account[1:] != account[:-1])[: len(account)])
    ends = np.append(begins[1:], len(account))[: len(begins)] - 1
    pause = np.zeros(len(begins))
    between = np.diff(start).astype(np.int64)[account[1:] == account[:-1]]
    paused = tier[1:][account[1:] == account[:-1]]
    for each in np.unique(tier[ends]):
        pauses = between[paused == each] if (paused == each).any() else between
        pause[tier[ends] == each] = np.median(pauses) if len(pauses) else 1.0
    return Known(account[ends], ends - begins + 1, start[begins], start[ends], tier[ends], pause)


def _of(known: Known, rows: Marks) -> Known:
    return Known(*(getattr(known, name)[rows] for name in Known.__slots__))


def _ask(known: Known, of: Silences, now: np.datetime64, spread: Spread, ahead: int) -> Asked:
    recency = _whole(now - known.last).astype(np.float64)
    histories = known.histories(now)
    come = to_come(histories, spread, ahead / WEEK)
    called = np.vstack([recency >= ahead, is_quiet(histories, spread, ahead / WEEK)])
    coming = (of.start > now) & (of.start <= now + np.timedelta64(ahead, "D"))
    silent = ~np.isin(known.account, of.account[coming])
    return Asked(known.account, np.vstack([recency, recency / known.pause, -come]), called, silent)


def _whole(of: np.typing.NDArray[np.timedelta64]) -> Counts:
    return of.astype("timedelta64[D]").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Ranking:
    """One clue's order, the most silent first; equal scores stand on one step."""

    order: Counts
    steps: Counts  # where each begins

    @classmethod
    def of(cls, score: Numbers) -> Ranking:
        order = np.argsort(-score, kind="stable")
        sorted_ = score[order]
        return cls(order, np.flatnonzero(np.append(True, sorted_[1:] != sorted_[:-1])[: len(score)]))

    def auc(self, yes: Numbers, no: Numbers) -> float:
        """The share of pairs, one silent and one not, that stand in the right order; half of those on one step."""
        if not yes.sum() or not no.sum():
            return float("nan")
        ours, theirs = self._by_step(yes), self._by_step(no)
        below = theirs.sum() - np.cumsum(theirs)
        return float((ours * (below + theirs / 2)).sum() / (yes.sum() * no.sum()))

    def best(self, yes: Numbers, no: Numbers, part: float) -> float:
        """Of the first part of all, the share that was silent; the last step counts as far as it is needed."""
        if not len(yes) or not (yes.sum() + no.sum()):
            return float("nan")
        ours, all_ = self._by_step(yes), self._by_step(yes + no)
        room = part * all_.sum()
        taken = np.clip(room - (np.cumsum(all_) - all_), 0, all_)
        return float((ours * np.divide(taken, all_, out=np.zeros(len(all_)), where=all_ > 0)).sum() / room)

    def _by_step(self, weight: Numbers) -> Numbers:
        found: Numbers = np.add.reduceat(weight[self.order], self.steps)
        return found
