"""The memory CRM's verbs: describe, accounts, interactions, interactions_named, records, page, write, book, remind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from adapters.memory.org import Org
from connector.contract import (
    Account,
    Appointment,
    Change,
    CrmId,
    Cursor,
    FieldType,
    Interaction,
    Kind,
    Limits,
    Meter,
    Outcome,
    Page,
    Reading,
    Result,
    SetUp,
    Shape,
    Todo,
    Value,
    Verdict,
    WritePath,
    demand_calendar,
    demand_tasks,
    demand_writable,
    vanished,
)
from connector.errors import NeedsHuman

Row = TypeVar("Row", Account, Interaction)


class Memory:
    def __init__(self, reading: Reading, meter: Meter, org: Org) -> None:
        self._reading, self._meter, self._org = reading, meter, org

    @property
    def limits(self) -> Limits:
        return Limits((WritePath("memory", self._org.rows_per_call),), self._org.calls_left, self._org.calls_per_day)

    @property
    def unlisted(self) -> frozenset[Kind]:
        return frozenset()

    def describe(self, object: str) -> Shape:
        self._answer()
        if object != self._org.shape.object:
            raise NeedsHuman(f'There is no object "{object}".', next_step="Check `object:` in the mapping.")
        return self._org.shape

    def accounts(self, since: Cursor | None) -> Iterator[Page[Account]]:
        yield from self._pages(self._org.accounts, since)

    def interactions(self, since: Cursor | None) -> Iterator[Page[Interaction]]:
        for page in self._pages(self._org.interactions, since):
            yield Page(tuple(map(self._told, page.rows)), page.cursor)

    def interactions_named(self, ids: Iterable[CrmId]) -> Iterator[Interaction]:
        self._answer()
        for id_ in dict.fromkeys(ids):
            held = self._org.interactions.get(id_)
            yield self._told(held) if held else vanished(id_, self._org.clock.now())

    def _told(self, held: Interaction) -> Interaction:
        """Whether notes are filled is told to whoever names them."""
        return held if self._reading.notes else replace(held, noted=None)

    def first_contact(self) -> Iterator[str]:
        yield from ()

    def set_up(self, asked: SetUp) -> Iterator[str]:
        for name in asked.written:
            yield f"{name} is{'' if name in self._org.shape.fields else ' not'} there"

    def records(self, ids: Iterable[CrmId]) -> Iterator[Account]:
        self._answer()
        yield from (held for id_ in ids if (held := self._org.accounts.get(id_)) and not held.gone)

    def page(self, id: CrmId) -> str | None:
        return f"{self._org.opens_at}/{id}" if self._org.opens_at else None

    def write(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        rest = iter(list(self._checked(changes)))
        while call := list(islice(rest, self._org.rows_per_call)):
            self._answer()
            yield from self._write_call(call)

    def book(self, appointments: Iterable[Appointment]) -> Iterator[Outcome]:
        demand_calendar(self._reading.calendar)
        yield from self._booked(list(appointments))

    def remind(self, todos: Iterable[Todo]) -> Iterator[Outcome]:
        demand_tasks(self._reading.tasks)
        yield from self._booked(list(todos))

    def _booked(self, wanted: Sequence[Appointment | Todo]) -> Iterator[Outcome]:
        rest = iter(wanted)
        while call := list(islice(rest, self._org.rows_per_call)):
            self._answer()
            yield from self._answered([self._book(one) for one in call])

    def _book(self, one: Appointment | Todo) -> Outcome:
        key, record = CrmId(one.key), self._org.booked.get(one.key, one.record)
        ended = Result.CANCELED if isinstance(one, Appointment) else Result.DONE
        held = self._org.interactions.get(record) if record else None
        if record and (not held or held.gone):
            return Outcome(key, Verdict.REFUSED, "DELETED", "Somebody deleted it.", gone=True, record=record)
        if held and held.result is not Result.PLANNED and not (one.over and held.result is ended):
            return Outcome(key, Verdict.LEFT, held.result, f"It says {held.result}.", record=record)
        if one.owner in self._org.strangers and not one.over:
            who = Outcome(key, Verdict.REFUSED, "UNKNOWN_OWNER", f"Nobody has the e-mail {one.owner}.", record=record)
            return replace(who, remedy="Write the rep's e-mail as the CRM has it.")
        if one.over and not held:
            return Outcome(key, Verdict.WRITTEN)
        return Outcome(key, Verdict.WRITTEN, record=self._org.book(one))

    def _answered(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Or not, on a bad day."""
        if not self._org.lose_answers:
            return outcomes
        self._org.lose_answers -= 1
        return [Outcome(outcome.id, Verdict.UNKNOWN) for outcome in outcomes]

    def _checked(self, changes: Iterable[Change]) -> Iterator[Change]:
        shape = self.describe(self._reading.object)
        for change in changes:
            demand_writable(shape, change)
            yield change

    def _write_call(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        self._org.calls.append(len(changes))
        yield from self._answered([self._write(change) for change in changes])

    def _write(self, change: Change) -> Outcome:
        held = self._org.accounts.get(change.id)
        if not held or held.gone:
            moved = held.merged_into if held else None
            return Outcome(change.id, Verdict.REFUSED, "GONE", "The record is gone.", True, moved)
        bad = [name for name, value in change.fields.items() if not self._takes(name, value)]
        if bad:
            refused = Outcome(change.id, Verdict.REFUSED, "BAD_VALUE", f"{bad[0]} does not take this value.")
            return replace(refused, remedy="Write a value that the field takes.")
        if self._org.locked.get(change.id):
            self._org.locked[change.id] -= 1
            return Outcome(change.id, Verdict.REFUSED, "LOCKED", "Somebody is writing to it.", passing=True)
        self._org.edit(change.id, **{name: None if value == "" else value for name, value in change.fields.items()})
        return Outcome(change.id, Verdict.WRITTEN)

    def _takes(self, name: str, value: Value) -> bool:
        field = self._org.shape.fields[name]
        if value is None or value == "":
            return True
        if field.type is FieldType.PICKLIST:
            return value in field.options
        return not field.length or len(str(value)) <= field.length

    def _pages(self, records: Mapping[CrmId, Row], since: Cursor | None) -> Iterator[Page[Row]]:
        numbered = sorted((number, id_) for id_, number in self._org.number.items() if id_ in records)
        rest = iter([at for at in numbered if at[0] > int(since or 0)])
        read, size = int(since or 0), self._org.rows_per_page
        while True:
            self._answer()
            page = list(islice(rest, size))
            read = page[-1][0] if page else read
            yield Page(tuple(records[id_] for _, id_ in page), Cursor(str(read)))
            if len(page) < size:
                return

    def _answer(self) -> None:
        self._meter(self.limits)
        self._org.calls_left -= 1
        if self._org.failures and (failure := self._org.failures.popleft()):
            raise failure
