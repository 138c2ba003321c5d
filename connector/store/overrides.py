"""Edits of people to fields under the policy `challenge`: proposed to stay, until a manager says yes or no.

An accepted edit stays until its day, if it has one; a rejected one is put back as long as the plan says what it said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, select, true, update

from connector.contract import CrmId, Value
from connector.store.rows import Transactions
from connector.store.tables import overrides

PROPOSED, ACCEPTED, REJECTED = "proposed", "accepted", "rejected"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A person set `field` to `edited`, where the plan says `planned`."""

    record: CrmId
    npi: str
    field: str
    planned: Value
    edited: Value


@dataclass(frozen=True, slots=True)
class Override:
    id: int
    record: CrmId
    npi: str
    field: str
    planned: Value
    edited: Value
    state: str
    proposed: datetime
    decided: datetime | None
    by: str | None
    reason: str | None
    until: date | None

    def holds(self, today: date) -> bool:
        return self.state == ACCEPTED and (self.until is None or today <= self.until)


def standing_of(found: Sequence[Override], field: str, today: date) -> Override | None:
    """Of one record's, the last of this field that was accepted, if it holds."""
    accepted = [one for one in found if one.field == field and one.state == ACCEPTED]
    return accepted[-1] if accepted and accepted[-1].holds(today) else None


Held = Mapping[tuple[CrmId, str], Override]


class Overrides:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def newest(self) -> dict[tuple[CrmId, str], Override]:
        """The last one of each field of each record."""
        return {(override.record, override.field): override for override in self._all()}

    def standing(self, today: date) -> dict[tuple[CrmId, str], Override]:
        """The last one of each that was accepted, as long as it holds: a later proposal takes nothing away."""
        accepted = [override for override in self._all() if override.state == ACCEPTED]
        newest = {(override.record, override.field): override for override in accepted}
        return {key: override for key, override in newest.items() if override.holds(today)}

    def of(self, record: CrmId) -> list[Override]:
        """Of one record, in the order in which they were proposed."""
        return self._read(overrides.c.record == record)

    def _all(self) -> list[Override]:
        return self._read(true())

    def _read(self, where: ColumnElement[bool]) -> list[Override]:
        columns = [column for column in overrides.c if column.name != "crm"]
        query = select(*columns).where(overrides.c.crm == self._crm, where).order_by(overrides.c.id)
        with self._database.begin() as connection:
            return [Override(**row) for row in connection.execute(query).mappings()]

    def propose(self, proposals: Sequence[Proposal], now: datetime) -> None:
        rows = [self._row(proposal, now) for proposal in proposals]
        if rows:
            with self._database.begin() as connection:
                connection.execute(insert(overrides), rows)

    def _row(self, proposal: Proposal, now: datetime) -> dict[str, Any]:
        return {**asdict(proposal), "crm": self._crm, "state": PROPOSED, "proposed": now}

    def lock(self, proposal: Proposal, by: str, reason: str, until: date | None, now: datetime) -> None:
        """A value that a person fixed without an edit in the CRM: proposed and accepted at once."""
        decided = {"state": ACCEPTED, "decided": now, "by": by, "reason": reason, "until": until}
        with self._database.begin() as connection:
            connection.execute(insert(overrides), {**self._row(proposal, now), **decided})

    def decide(self, number: int, state: str, by: str, reason: str, until: date | None, now: datetime) -> bool:
        """Whether there is such a proposal."""
        values = {"state": state, "decided": now, "by": by, "reason": reason, "until": until}
        where = (overrides.c.crm == self._crm) & (overrides.c.id == number)
        with self._database.begin() as connection:
            return connection.execute(update(overrides).where(where).values(**values)).rowcount > 0

    def decide_waiting(self, number: int, state: str, by: str, reason: str, until: date | None, now: datetime) -> bool:
        """Whether it still waited, and was the last word on its field; else nothing is done."""
        o, later = overrides.c, overrides.alias("later")
        same = (later.c.crm == o.crm) & (later.c.record == o.record) & (later.c.field == o.field) & (later.c.id > o.id)
        waits = (
            (o.crm == self._crm) & (o.id == number) & (o.state == PROPOSED) & ~exists(select(later.c.id).where(same))
        )
        values = {"state": state, "decided": now, "by": by, "reason": reason, "until": until}
        with self._database.begin() as connection:
            return connection.execute(update(overrides).where(waits).values(**values)).rowcount > 0
