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

from callplan.bgnbd import History, Spread, expected, fit
from callplan.draws import estimates
from callplan.model import Clue, ClueScore, Counts, Days, Marks, Numbers, QuietTest, QuietTestRules, Silences, Texts

BEST = 0.1  # of those asked about


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked about at one snapshot, what each clue said (the higher the more silent), and what came."""

    account: Counts
    clues: Numbers  # (clues, accounts)
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


def back_test_quiet(of: Silences, until: date, rules: QuietTestRules, draw: np.random.Generator) -> QuietTest:
    asked = [each for each in _snapshots(of, np.datetime64(until, "D"), rules) if len(each.account)]
    if not asked:
        nothing = np.zeros(0, dtype=np.int64)
        asked = [Asked(nothing, np.zeros((len(Clue), 0)), np.zeros(0, dtype=np.bool_))]
    account = np.concatenate([each.account for each in asked])
    silent = np.concatenate([each.silent for each in asked])
    rankings = [Ranking.of(np.concatenate([each.clues[at] for each in asked])) for at in range(len(Clue))]

    def figures(weight: Numbers) -> Numbers:
        yes, no = weight[account] * silent, weight[account] * ~silent
        auc = np.array([ranking.auc(yes, no) for ranking in rankings])
        return np.concatenate([auc, [ranking.best(yes, no, BEST) for ranking in rankings], auc - auc[0]])

    found = estimates(figures, of.accounts, rules.resamples, draw)
    n = len(Clue)
    return QuietTest(
        snapshots=len(asked) if len(account) else 0,
        asked=len(account),
        accounts=len(np.unique(account)),
        silent=float(silent.mean()) if len(silent) else float("nan"),
        clues=tuple(ClueScore(clue, found[at], found[n + at], found[2 * n + at]) for at, clue in enumerate(Clue)),
    )


def _snapshots(of: Silences, until: np.datetime64, rules: QuietTestRules) -> Iterator[Asked]:
    """From the day on which as much lies behind as is foretold, every so many days."""
    if not len(of.start):
        return
    ahead, spread = np.timedelta64(rules.silent_for, "D"), None
    for now in np.arange(of.start.min() + ahead, until - ahead + 1, np.timedelta64(rules.every, "D")):
        known = _known(of, now)
        spread = fit(_history(known, now), spread)
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


def _history(known: Known, now: np.datetime64) -> History:
    """Accounts with the same history as one row, in weeks."""
    columns = np.column_stack([known.days - 1, _whole(known.last - known.first), _whole(now - known.first)])
    same, accounts = np.unique(columns, axis=0, return_counts=True)
    return History(same[:, 0], same[:, 1] / 7, same[:, 2] / 7, accounts.astype(np.float64))


def _ask(known: Known, of: Silences, now: np.datetime64, spread: Spread, ahead: int) -> Asked:
    recency = _whole(now - known.last).astype(np.float64)
    again, last, time = known.days - 1, _whole(known.last - known.first) / 7, _whole(now - known.first) / 7
    to_come = expected(History(again, last, time, np.ones(len(again))), spread, ahead / 7)
    coming = (of.start > now) & (of.start <= now + np.timedelta64(ahead, "D"))
    silent = ~np.isin(known.account, of.account[coming])
    return Asked(known.account, np.vstack([recency, recency / known.pause, -to_come]), silent)


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
