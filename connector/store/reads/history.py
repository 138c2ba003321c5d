"""What has become of one account, as the store has it, each kind the newest first and at most so many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Integer, Select, Table, bindparam, select

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


CRM: BindParameter[str] = bindparam("crm")
NPI: BindParameter[str] = bindparam("npi")
RECORD: BindParameter[str] = bindparam("record")
MOST: BindParameter[int] = bindparam("most", type_=Integer)


def flags_of(connection: Connection, crm: str, npi: str, most: int) -> list[Flag]:
    rows = connection.execute(FLAGS, {"crm": crm, "npi": npi, "most": most})
    return [Flag(*row) for row in rows]


def slots_of(connection: Connection, crm: str, npi: str, most: int) -> list[tuple[date, SlotEvent]]:
    """With the day of the night that did it."""
    rows = connection.execute(SLOTS, {"crm": crm, "npi": npi, "most": most})
    return [(today, SlotEvent(*event)) for *event, today in rows]


def signals_of(connection: Connection, crm: str, npi: str, most: int) -> list[Kept]:
    return [kept(row) for row in connection.execute(SIGNALS, {"crm": crm, "npi": npi, "most": most})]


def overrides_of(connection: Connection, crm: str, record: str, most: int) -> list[Override]:
    rows = connection.execute(OVERRIDES, {"crm": crm, "record": record, "most": most})
    return [Override(*row) for row in rows]


def tiers_of(connection: Connection, crm: str, record: str, field: str, most: int) -> Sequence[Written]:
    """Of what was written to this record, where the tier was among it."""
    rows = connection.execute(_tiers(field), {"crm": crm, "record": record, "most": most})
    return [Written(*row) for row in rows]


@lru_cache
def _tiers(field: str) -> Select[Any]:
    c = changes.c
    before, after = c.before[field].as_string(), c.after[field].as_string()
    query = select(c.intended, c.run, before, after).where(c.crm == CRM, c.record == RECORD)
    return query.where(c.state == Verdict.WRITTEN, after.is_not(None)).order_by(c.id.desc()).limit(MOST)


def _newest(table: Table, kind: type) -> Select[Any]:
    names: Sequence[str] = kind.__slots__  # type: ignore[attr-defined]
    return select(*(table.c[name] for name in names)).order_by(table.c.id.desc()).limit(MOST)


# Made once: to put a question together takes longer than to have it answered.
FLAGS = _newest(flags, Flag).where(flags.c.crm == CRM, flags.c.npi == NPI)
OVERRIDES = _newest(overrides, Override).where(overrides.c.crm == CRM, overrides.c.record == RECORD)
SLOTS = _newest(slot_log, SlotEvent).add_columns(runs.c.today).join(runs, runs.c.id == slot_log.c.run)
SLOTS = SLOTS.where(slot_log.c.crm == CRM, slot_log.c.npi == NPI)
SIGNALS = select(signals).where(signals.c.crm == CRM, signals.c.npi == NPI)
SIGNALS = SIGNALS.order_by(signals.c.seen.desc(), signals.c.id.desc()).limit(MOST)
