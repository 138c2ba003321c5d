"""Ledgerly's verbs. Every record has the number of its last change, which rises; a cursor is the last number read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from connector.contract import (
    Account,
    Appointment,
    Change,
    Clock,
    CrmId,
    Cursor,
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
    Verdict,
    demand_bookable,
    demand_calendar,
    demand_markable,
    demand_notes,
    demand_tasks,
    demand_writable,
    vanished,
)

from .fields import account_of, interaction_of, outcome_of, shape_of, written
from .wire import ROWS, AnswerLost, Wire

if TYPE_CHECKING:
    from . import Settings

NAMED = 100  # ids in one question
Row = Mapping[str, Any]


class Ledgerly:
    def __init__(self, settings: Settings, reading: Reading, clock: Clock, meter: Meter) -> None:
        self._wire, self._reading, self._clock = Wire(settings, meter), reading, clock
        self._base = settings.base_url
        self._described: dict[str, Shape] = {}

    @property
    def limits(self) -> Limits:
        return self._wire.limits

    @property
    def unlisted(self) -> frozenset[Kind]:
        return frozenset()

    def describe(self, object: str) -> Shape:
        if object not in self._described:
            self._described[object] = shape_of(object, self._read("GET", f"objects/{object}")["fields"])
        return self._described[object]

    def accounts(self, since: Cursor | None) -> Iterator[Page[Account]]:
        for rows, cursor in self._pages(self._reading.object, since):
            yield Page(tuple(account_of(row, self._reading) for row in rows), cursor)

    def interactions(self, since: Cursor | None) -> Iterator[Page[Interaction]]:
        demand_notes(self.describe("entries"), self._reading.notes.get("entries", ()))
        for rows, cursor in self._pages("entries", since):
            yield Page(tuple(interaction_of(row, self._reading) for row in rows), cursor)

    def interactions_named(self, ids: Iterable[CrmId]) -> Iterator[Interaction]:
        for some in _by(NAMED, dict.fromkeys(ids)):
            found = {row["id"]: row for row in self._find("entries", ids=some)}
            for id_ in some:
                row = found.get(id_)
                yield interaction_of(row, self._reading) if row else vanished(id_, self._clock.now())

    def records(self, ids: Iterable[CrmId]) -> Iterator[Account]:
        for some in _by(NAMED, dict.fromkeys(ids)):
            held = (account_of(row, self._reading) for row in self._find(self._reading.object, ids=some))
            yield from (account for account in held if not account.gone)

    def page(self, id: CrmId) -> str | None:
        return f"{self._base}/clinic/{id}"

    def write(self, changes: Iterable[Change]) -> Iterator[Outcome]:
        shape, checked = self.describe(self._reading.object), list(changes)
        for change in checked:
            demand_writable(shape, change)
        for some in _by(ROWS, checked):
            rows = [{"id": change.id, "fields": dict(change.fields)} for change in some]
            yield from self._sent(self._reading.object, rows, [change.id for change in some])

    def book(self, appointments: Iterable[Appointment]) -> Iterator[Outcome]:
        calendar = demand_calendar(self._reading.calendar)
        demand_bookable(self.describe(calendar.object), calendar, ("off",))
        yield from self._kept(calendar.object, list(appointments))

    def remind(self, todos: Iterable[Todo]) -> Iterator[Outcome]:
        where = demand_tasks(self._reading.tasks)
        demand_markable(self.describe(where.object), where)
        yield from self._kept(where.object, list(todos))

    def first_contact(self) -> Iterator[str]:
        yield from ()

    def set_up(self, asked: SetUp) -> Iterator[str]:
        there = self.describe(self._reading.object).fields
        yield from (f"{name} is{'' if name in there else ' not'} there" for name in asked.written)

    def _pages(self, kind: str, since: Cursor | None) -> Iterator[tuple[list[Row], Cursor]]:
        more = True
        while more:
            told = self._read("GET", f"records/{kind}", params={"since": since or "0"})
            since, more = Cursor(str(told["next"])), told["more"]
            yield told["rows"], since

    def _kept(self, kind: str, wanted: Sequence[Appointment | Todo]) -> Iterator[Outcome]:
        for some in _by(ROWS, wanted):
            told = {"keys": [one.key for one in some], "ids": [one.record for one in some if one.record]}
            rows = self._find(kind, **told)
            by_key, by_id = ({row["fields"]["key"]: row for row in rows}, {row["id"]: row for row in rows})
            send = list[Appointment | Todo]()
            for one in some:
                held = by_key.get(one.key) or by_id.get(one.record or "")
                settled = self._settled(one, held)
                if settled:
                    yield settled
                else:
                    send.append(one)
            yield from self._sent(kind, [_entry(one) for one in send], [CrmId(one.key) for one in send])

    def _settled(self, one: Appointment | Todo, held: Row | None) -> Outcome | None:
        """Of what is not to be sent: deleted, told of by a rep, or over before it was made."""
        key = CrmId(one.key)
        if held is None:
            if one.record:
                return Outcome(key, Verdict.REFUSED, "GONE", "Somebody deleted it.", gone=True, record=one.record)
            return Outcome(key, Verdict.WRITTEN) if one.over else None
        record, result = CrmId(held["id"]), interaction_of(held, self._reading).result
        if held["deleted"]:
            return Outcome(key, Verdict.REFUSED, "GONE", "Somebody deleted it.", gone=True, record=record)
        ended = Result.CANCELED if isinstance(one, Appointment) else Result.DONE
        if result is Result.PLANNED or (one.over and result is ended):
            return None
        return Outcome(key, Verdict.LEFT, result, f"It says {result}.", record=record)

    def _sent(self, kind: str, rows: Sequence[Row], ids: Sequence[CrmId]) -> Iterator[Outcome]:
        if not rows:
            return
        try:
            told = self._wire.ask("POST", f"records/{kind}/batch", json={"rows": rows})["results"]
        except AnswerLost:
            yield from (Outcome(id_, Verdict.UNKNOWN) for id_ in ids)
            return
        for id_, result in zip(ids, told, strict=True):
            yield outcome_of(id_, result)

    def _find(self, kind: str, **asked: Sequence[str]) -> list[Row]:
        found: list[Row] = self._read("POST", f"records/{kind}/find", json=asked)["rows"]
        return found

    def _read(self, method: str, path: str, **given: Any) -> Any:
        """Asking again does no harm."""
        try:
            return self._wire.ask(method, path, **given)
        except AnswerLost:
            return self._wire.ask(method, path, **given)


def _entry(one: Appointment | Todo) -> dict[str, Any]:
    """What is over keeps its owner and its time."""
    if isinstance(one, Todo):
        told: dict[str, Any] = {"kind": "todo", "at": written(datetime.combine(one.due, time(12), UTC))}
    else:
        told = {"kind": "visit", "at": written(one.starts), "minutes": one.minutes}
    if one.over:
        ended = {"status": "closed", "outcome": "off" if isinstance(one, Appointment) else "held"}
        return {"key": one.key, "fields": ended}
    fields = {**told, "clinic": one.account, "subject": one.subject, "status": "open", "outcome": None}
    return {"key": one.key, "owner": one.owner, "fields": fields}


def _by(size: int, rows: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some
