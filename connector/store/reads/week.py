"""What the present plan has for one rep: stops, what found no place, lighter touches, what became of slots.

Only this rep's rows are read, found by an index: a team may have thousands of others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, TextClause, select, text, union

from callplan.model import Channel, Npi
from connector.store.plan import LighterTouch, Stop, Unplaced
from connector.store.slots import SlotEvent
from connector.store.tables import (
    accounts,
    assignments,
    books,
    call_lists,
    coverage,
    lighter_touches,
    runs,
    slot_log,
    unplaced,
)

MOST = 1000  # rows of each kind; a rep has some dozen stops, and as many accounts as two hands can hold
Kind = TypeVar("Kind", Stop, Unplaced, SlotEvent)


@dataclass(frozen=True, slots=True)
class Planned:
    """In the order in which they come."""

    stops: Sequence[Stop]
    unplaced: Sequence[Unplaced]
    lighter: Sequence[LighterTouch]
    events: Sequence[SlotEvent]

    @property
    def weeks(self) -> list[date]:
        return sorted({stop.week for stop in self.stops} | {one.week for one in self.unplaced})

    @property
    def named(self) -> set[Npi]:
        """Whoever is spoken of."""
        return {one.npi for several in (self.stops, self.unplaced, self.lighter, self.events) for one in several}


@dataclass(frozen=True, slots=True)
class Known:
    """Of one account what mirror and plan say."""

    npi: Npi
    name: str | None
    city: str | None
    state: str | None
    zip: str | None
    latitude: float | None
    longitude: float | None
    tier: str | None
    why: str | None
    touch: str | None
    last_seen: date | None
    fields: dict[str, Any]


def reps(connection: Connection, crm: str) -> list[str]:
    """Whoever has a list, as it spells them: for the command, which shows all."""
    found = union(*(select(table.c.rep).where(table.c.crm == crm) for table in (call_lists, unplaced)))
    return sorted(rep for (rep,) in connection.execute(found))


def planned(connection: Connection, crm: str, rep: str) -> Planned:
    c, s = call_lists.c, slot_log.c
    stops = _of(connection, Stop, call_lists, crm, rep, c.week, c.day, c.slot, c.npi)
    waiting = _of(connection, Unplaced, unplaced, crm, rep, unplaced.c.week, unplaced.c.npi)
    weeks = sorted({one.week for several in (stops, waiting) for one in several})
    events = _of(connection, SlotEvent, slot_log, crm, rep, s.id, where=s.week.in_(weeks))
    return Planned(stops, waiting, _lighter(connection, crm, rep), events)


def _of(
    connection: Connection, kind: type[Kind], table: Table, crm: str, rep: str, *order: Any, where: Any = None
) -> list[Kind]:
    query = select(*(table.c[name] for name in kind.__slots__)).where(table.c.crm == crm, _is(rep))
    query = query.where(where) if where is not None else query
    return [kind(**row) for row in connection.execute(query.order_by(*order).limit(MOST)).mappings()]


def _is(rep: str) -> TextClause:
    """As the index has it: CRMs spell e-mails with capitals, too."""
    return text("lower(rep) = :rep").bindparams(rep=rep.lower())


def _lighter(connection: Connection, crm: str, rep: str) -> list[LighterTouch]:
    t, b = lighter_touches.c, books.c
    query = (
        select(t.npi, t.channel, t.due_on, t.reason)
        .select_from(books.join(lighter_touches, (t.crm == b.crm) & (t.npi == b.npi)))
        .where(b.crm == crm, b.rep == rep.lower(), t.channel != Channel.VISIT)
        .order_by(t.due_on, t.npi)
        .limit(MOST)
    )
    return [LighterTouch(**row) for row in connection.execute(query).mappings()]


def known(connection: Connection, crm: str, npis: Sequence[Npi]) -> list[Known]:
    b, a, p, c = books.c, accounts.c, assignments.c, coverage.c
    joined = books.join(accounts, (a.crm == b.crm) & (a.id == b.record))
    joined = joined.outerjoin(assignments, (p.crm == b.crm) & (p.npi == b.npi))
    joined = joined.outerjoin(coverage, (c.crm == b.crm) & (c.npi == b.npi))
    query = select(
        b.npi,
        *(a.name, a.city, a.state, a.zip, a.latitude, a.longitude, a.fields),
        *(p.tier, p.reason.label("why"), c.state.label("touch"), c.last_touch.label("last_seen")),
    )
    query = query.select_from(joined).where(b.crm == crm, b.npi.in_(sorted(npis)))
    return [Known(**row) for row in connection.execute(query).mappings()]


def last_run(connection: Connection, crm: str) -> tuple[int, datetime] | None:
    query = select(runs.c.id, runs.c.started).where(runs.c.crm == crm).order_by(runs.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.id, row.started) if row else None
