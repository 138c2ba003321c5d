"""The plan beside the mirror, account by account, and which accounts are worth a look.

`PLANNED` is what Callplan says of one account, under the names that a mapping uses: facts and dates, never a count of
days, because a value that moves by itself would be written every night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Boolean as Flag
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    String,
    Table,
    case,
    cast,
    false,
    func,
    select,
)

from callplan.model import Npi
from connector.contract import CrmId, Value
from connector.mapping import CARRY
from connector.store.hashes import Columns, Names, hash_plan, stream
from connector.store.rows import Transactions, in_parts
from connector.store.standing import standing
from connector.store.tables import (
    accounts,
    assignments,
    attainments,
    call_lists,
    carried,
    coverage,
    ledger,
    lighter_touches,
)

SMALLEST = 11  # a count that may be shown: 1 to 10 may point at patients (ResDAC, cell size suppression policy)

_left = attainments.c.goal - attainments.c.calls
_flagged = func.coalesce(coverage.c.flagged, false(), type_=Flag)


def _iso(day: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(day, String)  # the same text in both databases


def _said(text: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.nullif(text, "")


PLANNED_IN: Mapping[Table, Mapping[str, ColumnElement[Any]]] = {
    assignments: {
        "tier": assignments.c.tier,
        "tier_reason": assignments.c.reason,
        "tier_since": _iso(assignments.c.since),
        "volume": case((assignments.c.volume >= SMALLEST, cast(func.round(assignments.c.volume), Integer))),
    },
    coverage: {
        "going_cold": _flagged,
        "cold_reason": case((_flagged, coverage.c.reason)),
        "cold_since": case((_flagged, _iso(coverage.c.cold_since))),
        "last_visit": _iso(coverage.c.last_touch),
        "touch_state": coverage.c.state,
        "relationship": _said(coverage.c.relationship),
        "activity": _said(coverage.c.activity),
        "next_step": case((_flagged, _said(coverage.c.next_step))),
        "at_risk": case((_flagged & (coverage.c.at_risk >= SMALLEST), cast(func.round(coverage.c.at_risk), Integer))),
    },
    call_lists: {
        "call_order": call_lists.c.slot,
        "next_visit": _iso(call_lists.c.day),
        "call_week": _iso(call_lists.c.week),
        "slot_kind": call_lists.c.kind,
    },
    lighter_touches: {"channel": lighter_touches.c.channel, "next_touch": _iso(lighter_touches.c.due_on)},
    attainments: {
        "cycle_goal": attainments.c.goal,
        "cycle_calls": attainments.c.calls,
        "cycle_remaining": case((attainments.c.goal > attainments.c.calls, _left), (_left.is_not(None), 0)),
    },
}
PLANNED = {name: column for columns in PLANNED_IN.values() for name, column in columns.items()}
UNSAID: Mapping[str, Value] = {"going_cold": False}  # what a value is without a row in its table; None for the others


def said_in(fields: Mapping[str, str]) -> Columns:
    """What is planned of all that is mapped, by table; of the last three only where any of it is."""
    said = {table: {name: said[name] for name in said if name in fields} for table, said in PLANNED_IN.items()}
    for table in (lighter_touches, attainments):
        if not said[table]:
            del said[table]
    carry = {name: carried.c.fields[name.removeprefix(CARRY)] for name in fields if name.startswith(CARRY)}
    return said | ({carried: carry} if carry else {})


def in_groups(fields: Mapping[str, str]) -> Names:
    """The CRM's fields by the table that is written to them, as hashes are made of them; `fields` is ours to theirs."""
    return [[fields[name] for name in said] for said in said_in(fields).values()]


def _planned(values: Sequence[Any]) -> dict[str, Value]:
    """Of the columns of PLANNED and, last, what is carried: only what there is a value of."""
    *ours, further = values
    if not ours[0]:
        return {}
    return dict(zip(PLANNED, ours, strict=True)) | {f"{CARRY}{name}": value for name, value in (further or {}).items()}


def _with_the_rest(tables: FromClause) -> FromClause:
    """Coverage, stop, lighter touch, attainment and carried columns beside the assignment."""
    a, c, stop, done = assignments.c, coverage.c, call_lists.c, attainments.c
    tables = tables.outerjoin(coverage, (c.crm == a.crm) & (c.npi == a.npi))
    tables = tables.outerjoin(call_lists, (stop.crm == a.crm) & (stop.npi == a.npi))
    touch = lighter_touches.c
    tables = tables.outerjoin(lighter_touches, (touch.crm == a.crm) & (touch.npi == a.npi))
    tables = tables.outerjoin(attainments, (done.crm == a.crm) & (done.npi == a.npi))
    return tables.outerjoin(carried, (carried.c.crm == a.crm) & (carried.c.npi == a.npi))


def _npi(stands: Mapping[str, str]) -> ColumnElement[Any]:
    """The NPI that an account stands for: the CRM's, but for those of which a person said another."""
    return case(stands, value=accounts.c.id, else_=accounts.c.npi) if stands else accounts.c.npi


@dataclass(frozen=True, slots=True)
class Suspects:
    differing: Sequence[CrmId]  # planned, and perhaps saying something else
    unplanned: Sequence[CrmId]  # no plan is for them, or several accounts carry one NPI
    planned: int


@dataclass(frozen=True, slots=True)
class Side:
    """One account: what is planned under our names, what it says and what we last wrote under the CRM's."""

    id: CrmId
    npi: str
    owner: str
    planned: Mapping[str, Value]  # empty: no plan
    present: Mapping[str, Value]
    written: Mapping[str, Value]


Takes = Callable[[str, str, str], bool]  # NPI, id and owner of an account


class Sides:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def suspects(self, fields: Mapping[str, str], takes: Takes | None = None) -> Suspects:
        """`fields` is all that is mapped, our name to the CRM's; `takes` says which accounts count."""
        c, differing, unplanned, planned = accounts.c, set[str](), list[str](), 0
        query = select(c.id, c.npi, c.says, c.owner).where(c.crm == self._crm, c.gone.is_(False))
        with self._database.begin() as connection:
            plan = hash_plan(connection, self._crm, said_in(fields), in_groups(fields), UNSAID)
            stands = standing(connection, self._crm).npi
            for part in stream(connection, query):
                ids, npis, says, owners = zip(*part, strict=True)
                if stands:
                    npis = tuple(stands.get(id_, npi) for id_, npi in zip(ids, npis, strict=True))
                row = plan.rows_of(npis)
                taken = _taken(takes, npis, ids, owners)
                other = plan.hashes[row] != np.array([0 if hashed is None else hashed for hashed in says])
                planned += int((taken & (row >= 0)).sum())
                unplanned += [ids[at] for at in np.flatnonzero(taken & (row < 0)).tolist()]
                differing.update(ids[at] for at in np.flatnonzero(taken & (row >= 0) & other).tolist())
            double = self._carrying(connection, plan.doubles(), takes)
        planned -= len(double)
        differing, unplanned = differing - set(double), [*unplanned, *double]
        return Suspects(sorted(map(CrmId, differing)), sorted(map(CrmId, unplanned)), planned)

    def of(self, records: Iterable[CrmId], *, written: bool = False) -> Iterator[Side]:
        """Both sides of those that are there, in the order of their ids; `written`: only those that we ever wrote."""
        with self._database.begin() as connection:
            stands = standing(connection, self._crm).npi
        for part in in_parts(sorted(records)):
            query = self._both(_npi({id_: stands[id_] for id_ in part if id_ in stands}), written=written)
            with self._database.begin() as connection:
                rows = connection.execute(query.where(accounts.c.id.in_(part))).all()
            for record, npi, owner, present, ours, *values in rows:
                yield Side(CrmId(record), npi or "", owner or "", _planned(values), present, ours or {})

    def _both(self, npi: ColumnElement[Any], *, written: bool) -> Select[Any]:
        c = accounts.c
        mine = (ledger.c.crm == c.crm) & (ledger.c.record == c.id)
        tables = accounts.outerjoin(assignments, (assignments.c.crm == c.crm) & (assignments.c.npi == npi))
        query = select(c.id, npi, c.owner, c.fields, ledger.c.fields, *PLANNED.values(), carried.c.fields)
        query = query.select_from(_with_the_rest(tables).join(ledger, mine, isouter=not written)).order_by(c.id)
        return query.where(c.crm == self._crm, c.gone.is_(False))

    def planned(self, npi: Npi) -> dict[str, Value]:
        """What the plan says of one NPI; empty where there is none."""
        query = select(*PLANNED.values(), carried.c.fields).select_from(_with_the_rest(assignments))
        with self._database.begin() as connection:
            found = connection.execute(query.where(assignments.c.crm == self._crm, assignments.c.npi == npi)).first()
        return _planned(found) if found else {}

    def _carrying(self, connection: Connection, npis: Sequence[str], takes: Takes | None) -> list[str]:
        c, found = accounts.c, []
        for part in in_parts(npis):
            query = select(c.npi, c.id, c.owner).where(c.crm == self._crm, c.gone.is_(False), c.npi.in_(part))
            rows = connection.execute(query).all()
            found += [id_ for npi, id_, owner in rows if takes is None or takes(npi, id_, owner or "")]
        return found


def _taken(takes: Takes | None, *columns: Sequence[str | None]) -> Any:
    if takes is None:
        return np.ones(len(columns[0]), np.bool_)
    return np.array([takes(npi or "", id_ or "", owner or "") for npi, id_, owner in zip(*columns, strict=True)])
