"""What became of each committed slot since the night before, and why; and how much of the lists was written anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

from callplan.model import Npi, SlotKind, Tier
from connector.run import Run
from connector.store.journal import Tally
from connector.store.plan import Assignment, Coverage, Stop
from connector.store.slots import COMMITTED, ENDED, MOVED, RELEASED, SlotEvent
from connector.sync.book import Book
from jobs._calendar import BY_THE_REP
from jobs._listing import RepList

NOT_LOGGED = "The day is over, and no visit was logged."
Lists = Sequence[RepList]


def what_became(
    run: Run, book: Book, coverage: Sequence[Coverage], before: Mapping[Npi, Stop], lists: Lists
) -> list[SlotEvent]:
    """In the order of NPIs: slots that ended or moved, then those that are new."""
    after, moved = _by_npi(lists), {npi: why for of in lists for npi, why in of.moved.items()}
    why = _Why(run, book, coverage)
    ended = [event for npi, stop in sorted(before.items()) if (event := _ended(stop, after.get(npi), why, moved))]
    new = (_new(stop, before.get(npi), run.today, moved) for npi, stop in sorted(after.items()))
    return [*ended, *chain.from_iterable(new)]


def _ended(stop: Stop, now: Stop | None, why: _Why, moved: Mapping[Npi, str]) -> SlotEvent | None:
    if stop.kind != SlotKind.COMMITTED:
        return None
    if _stays(stop, now, why.today) and now is not None:
        if stop.npi not in moved or (now.day, now.starts) == (stop.day, stop.starts):
            return None
        return _event(stop, MOVED, moved[stop.npi], now)
    return _event(stop, ENDED, why(stop, moved))


def _new(stop: Stop, was: Stop | None, today: date, moved: Mapping[Npi, str]) -> Iterator[SlotEvent]:
    if stop.kind == SlotKind.COMMITTED and not _stays(was, stop, today):
        why = moved.get(stop.npi, "")
        yield _event(stop, COMMITTED, why if why.startswith(BY_THE_REP) else "It is Tier A, and due.")
    if stop.kind == SlotKind.RELEASED and (was is None or (was.kind, was.day) != (stop.kind, stop.day)):
        yield _event(stop, RELEASED, "No Tier A visit had taken it by the day before.")


def _stays(was: Stop | None, now: Stop | None, today: date) -> bool:
    """One and the same commitment: of one week and one rep, to a day that had not passed."""
    if was is None or now is None or was.day < today:
        return False
    committed = was.kind == now.kind == SlotKind.COMMITTED
    return committed and (was.rep, was.week) == (now.rep, now.week)


class _Why:
    """Why a committed visit is on the list no more."""

    def __init__(self, run: Run, book: Book, coverage: Sequence[Coverage]) -> None:
        self.today, self._end = run.today, run.monday + timedelta(days=6)
        self._assigned: dict[Npi, Assignment] = run.store.plan.assignments()
        npis = [Npi(npi) for npi in book.npi.tolist()]
        self._owner: dict[Npi, str] = dict(zip(npis, book.owner.tolist(), strict=True))
        self._covered = dict(zip(npis, coverage, strict=True))

    def __call__(self, stop: Stop, moved: Mapping[Npi, str]) -> str:
        assigned, covered = self._assigned.get(stop.npi), self._covered.get(stop.npi)
        if assigned is None or covered is None:
            return "The account is not in the plan any more."
        if covered.last_touch and covered.last_touch >= stop.week and (covered.due_on or date.max) > stop.day:
            return f"Visited on {covered.last_touch:%a} {covered.last_touch.day} {covered.last_touch:%b}."
        if assigned.tier is not Tier.A:
            return f"Not Tier A any more. {assigned.reason}"
        if self._owner[stop.npi] != stop.rep:
            return f"It is {self._owner[stop.npi] or 'nobody'}'s account now."
        if stop.day < self.today:
            return NOT_LOGGED
        if covered.due_on and covered.due_on > self._end:
            return f"Nothing is due before {covered.due_on.day} {covered.due_on:%b %Y}."
        return moved.get(stop.npi, "The week has no room for it any more.")


def _event(stop: Stop, event: str, reason: str, to: Stop | None = None) -> SlotEvent:
    where = (stop.npi, stop.rep, stop.week, event, stop.day, stop.starts, reason)
    return SlotEvent(*where, to_day=to.day, to_starts=to.starts) if to else SlotEvent(*where)


def count(lists: Lists, before: Mapping[Npi, Stop], events: Sequence[SlotEvent]) -> Tally:
    """What a night did to the lists; a row is rewritten where its day, number, week or kind is another."""
    after = _by_npi(lists)
    rewritten = sum(_written(before.get(npi)) != _written(after.get(npi)) for npi in before.keys() | after.keys())
    return {
        "visits_listed": len(after),
        "reps": len({stop.rep for stop in after.values()}),
        "committed": sum(stop.kind == SlotKind.COMMITTED for stop in after.values()),
        "not_placed": sum(len(of.unplaced) for of in lists),
        "slots_moved": sum(event.event == MOVED for event in events),
        "rows_rewritten": rewritten,
    }


def say_unplaced(run: Run, lists: Lists) -> None:
    """Before anything is written: how many Tier A visits found no place."""
    missed = [unplaced for of in lists for unplaced in of.unplaced]
    if missed:
        run.announce(
            f"Tier A visits that are due and found no place this week: {len(missed):,}, such as that to NPI "
            f"{missed[0].npi}. {missed[0].reason} `callplan week` names them all."
        )


def _written(stop: Stop | None) -> tuple[object, ...]:
    return (stop.slot, stop.day, stop.week, stop.kind) if stop else ()


def _by_npi(lists: Lists) -> dict[Npi, Stop]:
    return {stop.npi: stop for of in lists for stop in of.stops}
