"""Flags of the night: which end and by what, which are raised, and what coverage says of each account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from callplan.flags import TURN, Decision, Standing, decide, say_waiting
from callplan.gaps import day, say_gaps
from callplan.gates import FEWEST
from callplan.model import Columns, Npi, Texts, Tier, Touch
from callplan.pleas import say_next_step, say_why
from callplan.touches import why_not
from connector.contract import CrmId, Direction, Interaction, Kind
from connector.run import Run
from connector.store.flags import DISMISSED, TOUCHED, WITHDRAWN, End, Flag, Raised
from connector.store.journal import Tally
from connector.store.touches import as_touch
from connector.sync.book import Book
from jobs._cold import States, coverage, plea
from jobs._logs import Logs, say_leave
from jobs._touches import BY_CHANNEL, Asked

GAP = "logging gap"
NOT_YET, NOBODY_YET = "nothing logged by its rep since it went cold", "nothing logged by anybody since it went cold"
NO_ACCOUNT = "the CRM has no account of this NPI with a tier"
ANY = tuple(rule for rules in BY_CHANNEL.values() for rule in rules)
DID = {"visit": "visited", "call": "called", "email": "written to", "message": "sent a message"}


@dataclass(frozen=True, slots=True)
class Found:
    """What the night makes of all flags."""

    ended: list[End]
    raised: list[Raised]
    coverage: Columns  # by the names of a connector.store.plan.Coverage

    def waiting(self) -> int:
        return int((self.coverage["paused"] == TURN).sum())

    def tally(self) -> Tally:
        how = Counter(end.how for end in self.ended)
        return {
            "accounts_touched": int((~np.isnat(self.coverage["last_touch"])).sum()),
            "going_cold": int(self.coverage["flagged"].sum()),
            "flags_raised": len(self.raised),
            "flags_touched": how[TOUCHED],
            "flags_withdrawn": how[WITHDRAWN],
            "flags_waiting": self.waiting(),
        }


def decide_flags(run: Run, book: Book, states: States, logs: Logs) -> Found:
    flags = run.store.flags.all()
    open_ = {flag.npi: flag for flag in flags if not flag.ended}
    heard = Counter(flag.manager for flag in flags if flag.raised == run.today)
    now = Standing(
        npi=book.npi,
        tier=book.tier,
        manager=np.array([run.config.manager(owner) for owner in book.owner.tolist()], dtype=np.str_),
        last=states.last,
        wanted=~np.isnat(states.wanted_since),
        paused=_paused(run, book, states, logs, _snoozed(flags, run.today)),
        volume=book.volume,
        urgency=states.cold.ratio,
    )
    was = {npi: flag.last_touch for npi, flag in open_.items()}
    decision = decide(now, was, heard, run.config.cold.flag.rules())
    raised = [_raised(run, book, states, now, row) for row in decision.raised]
    since = {npi: flag.raised for npi, flag in open_.items()} | {one.npi: one.raised for one in raised}
    ended = [*_touched(run, book, states, decision, open_), *_withdrawn(run, decision, open_)]
    for npi in {book.npi[row] for row in decision.touched} | set(decision.withdrawn):
        del since[Npi(str(npi))]
    return Found(ended, raised, _covered(run, book, states, decision, since))


def _snoozed(flags: list[Flag], today: date) -> dict[Npi, str]:
    """Why not again before its day, by the last dismissal of each."""
    return {
        flag.npi: f"snoozed until {day(flag.snoozed_until)} by {flag.by}: {flag.said}"
        for flag in flags
        if flag.how == DISMISSED and flag.snoozed_until and flag.snoozed_until > today
    }


def _paused(run: Run, book: Book, states: States, logs: Logs, snoozed: Mapping[Npi, str]) -> Texts:
    """Why an account that is to be flagged may not be tonight."""
    owners, proven = book.owner.tolist(), states.wanted_since <= logs.shown(book.owner)
    leave = {owner: say_leave(run, owner) for owner in set(owners)}
    gap = {owner: GAP if logs.silent(owner) else NOT_YET if owner else NOBODY_YET for owner in set(owners)}
    told = [
        leave[owner] or snoozed.get(Npi(npi), "") or ("" if is_proven else gap[owner])
        for npi, owner, is_proven in zip(book.npi.tolist(), owners, proven.tolist(), strict=True)
    ]
    return np.array(told, dtype=np.str_)


def _raised(run: Run, book: Book, states: States, now: Standing, row: int) -> Raised:
    of = plea(run, book, states, row)
    return Raised(
        npi=Npi(str(book.npi[row])),
        raised=run.today,
        rep=str(book.owner[row]),
        manager=str(now.manager[row]),
        reason=say_why(of),
        next_step=say_next_step(of),
        at_risk=_at_risk(of.volume),
        last_touch=of.last,
    )


def _at_risk(volume: float) -> float | None:
    """A count from 1 to 10 may point at patients."""
    return volume if volume >= FEWEST else None


def _touched(run: Run, book: Book, states: States, decision: Decision, open_: Mapping[Npi, Flag]) -> Iterator[End]:
    logged = run.store.touches.of_each(CrmId(str(book.id[row])) for row in decision.touched)
    for row in decision.touched:
        flag = open_[Npi(str(book.npi[row]))]
        last, tier = states.last[row].item(), Tier(str(book.tier[row]))
        yield End(flag.id, run.today, TOUCHED, _did(run, logged[CrmId(str(book.id[row]))], tier, last))


def _did(run: Run, logged: list[Interaction], tier: Tier, last: date) -> str:
    """What was done on the day of the last touch, and by whom: of what counted then, the latest."""
    asked = Asked.by(run)
    touches = ((one, as_touch(one, asked.now, asked.zone)) for one in logged)
    that_day = [(one, touch) for one, touch in touches if touch.at == last]
    for rules in (asked.touches[tier], ANY):  # any, of an account that is called and written to instead of visited
        for one, touch in that_day:
            if not why_not(touch, tier, rules, run.today):
                return _told(touch, one.owner)
    return f"touched on {day(last)}"


def _told(touch: Touch, owner: str | None) -> str:
    if touch.direction == Direction.INBOUND and touch.kind != Kind.VISIT:
        return f"heard from on {day(touch.at)}{f', logged by {owner}' if owner else ''}"
    return f"{DID.get(touch.kind, 'touched')} on {day(touch.at)}{f' by {owner}' if owner else ''}"


def _withdrawn(run: Run, decision: Decision, open_: Mapping[Npi, Flag]) -> Iterator[End]:
    held = run.store.plan.assignments()
    for npi in decision.withdrawn:
        plan = held.get(npi)
        lowered = plan and plan.tier not in run.config.cold.flag.tiers
        yield End(open_[npi].id, run.today, WITHDRAWN, plan.reason if plan and lowered else NO_ACCOUNT)


def _covered(run: Run, book: Book, states: States, decision: Decision, since: Mapping[Npi, date]) -> Columns:
    found = dict(coverage(book, states))
    for row in np.flatnonzero(np.isin(book.npi, [*since])).tolist():
        of, raised = plea(run, book, states, row), since[Npi(str(book.npi[row]))]
        found["flagged"][row], found["flagged_since"][row] = True, raised
        found["cold_since"][row] = np.fmin(found["cold_since"][row], np.datetime64(raised, "D"))
        found["reason"][row], found["next_step"][row] = say_why(of), say_next_step(of)
        found["at_risk"][row] = of.volume if of.volume >= FEWEST else np.nan
    found["paused"] = np.where(found["flagged"], "", decision.paused)
    return found


def say_flags(run: Run, found: Found, logs: Logs) -> None:
    for told in filter(None, (say_gaps(logs.open()), say_waiting(found.waiting(), run.config.cold.flag.rules()))):
        run.announce(told)
