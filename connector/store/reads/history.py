"""What has become of one account, as the store has it, each kind the newest first and at most so many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from connector.contract import Verdict
from connector.store.flags import Flag
from connector.store.overrides import Override
from connector.store.signals import Kept, kept
from connector.store.slots import SlotEvent
from connector.store.tables import changes, flags, overrides, runs, signals, slot_log


@dataclass(frozen=True, slots=True)
class Written:
    """A tier that was written into the CRM."""

    at: datetime
    run: int
    before: str | None
    after: str | None


def flags_of(connection: Connection, crm: str, npi: str, most: int) -> list[Flag]:
    query = _newest(flags, Flag, most).where(flags.c.crm == crm, flags.c.npi == npi)
    return [Flag(*row) for row in connection.execute(query)]


def slots_of(connection: Connection, crm: str, npi: str, most: int) -> list[tuple[date, SlotEvent]]:
    """With the day of the night that did it."""
    query = _newest(slot_log, SlotEvent, most).add_columns(runs.c.today).join(runs, runs.c.id == slot_log.c.run)
    rows = connection.execute(query.where(slot_log.c.crm == crm, slot_log.c.npi == npi))
    return [(today, SlotEvent(*event)) for *event, today in rows]


def signals_of(connection: Connection, crm: str, npi: str, most: int) -> list[Kept]:
    c = signals.c
    query = select(signals).where(c.crm == crm, c.npi == npi).order_by(c.seen.desc(), c.id.desc()).limit(most)
    return [kept(row) for row in connection.execute(query)]


def overrides_of(connection: Connection, crm: str, record: str, most: int) -> list[Override]:
    query = _newest(overrides, Override, most).where(overrides.c.crm == crm, overrides.c.record == record)
    return [Override(*row) for row in connection.execute(query)]


def tiers_of(connection: Connection, crm: str, record: str, field: str, most: int) -> Sequence[Written]:
    """Of what was written to this record, where the tier was among it."""
    c = changes.c
    after = c.after[field].as_string()
    query = (
        select(c.intended, c.run, c.before[field].as_string(), after)
        .where(c.crm == crm, c.record == record, c.state == Verdict.WRITTEN, after.is_not(None))
        .order_by(c.id.desc())
        .limit(most)
    )
    return [Written(*row) for row in connection.execute(query)]


def _newest(table: Table, kind: type, most: int) -> Select[Any]:
    names: Sequence[str] = kind.__slots__  # type: ignore[attr-defined]
    return select(*(table.c[name] for name in names)).order_by(table.c.id.desc()).limit(most)
