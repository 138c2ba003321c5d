"""What the log of each rep shows: its last sign of life, and who touched an account on a day.

A sign of life is anything that a person has put into the CRM: not what a machine sent, not what came from an account,
and not a visit that Callplan booked, until somebody says what became of it. It counts from the day on which it was put
there, where the CRM says so.

Shapes   one grouped query, a row an owner; e-mails in small letters, "" where a row has no owner
Units    stamps are UTC
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from connector.contract import CrmId, Direction, Result
from connector.store.rows import Transactions, in_parts
from connector.store.tables import accounts, bookings, interactions


@dataclass(frozen=True, slots=True)
class Touched:
    account: CrmId  # as it is now, after merges
    kind: str
    at: datetime
    owner: str


class Logs:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def last_signs(self, now: datetime) -> dict[str, datetime]:
        """By owner, when each last logged anything."""
        i, b = interactions.c, bookings.c
        put_in = case((b.record.is_not(None), i.at), else_=func.coalesce(i.created, i.at))
        told = func.max(put_in, type_=i.at.type)
        owner = func.lower(func.coalesce(i.owner, ""))
        query = (
            select(owner, told)
            .select_from(interactions.outerjoin(bookings, (b.crm == i.crm) & (b.record == i.id)))
            .where(i.crm == self._crm, i.gone.is_(False), i.automated.is_(False), put_in <= now)
            .where(func.coalesce(i.direction, "") != Direction.INBOUND.value)
            .where(b.record.is_(None) | (i.result != Result.PLANNED.value))
            .group_by(owner)
        )
        with self._database.begin() as connection:
            return {str(who): at for who, at in connection.execute(query) if at}

    def touches(self, records: Iterable[CrmId]) -> list[Touched]:
        """What took place on these accounts and on those that were merged into them, oldest first."""
        i, now = interactions.c, self._with_merged(records)
        query = select(i.account, i.kind, i.at, i.owner).order_by(i.at, i.id)
        query = query.where(
            i.crm == self._crm, i.gone.is_(False), i.automated.is_(False), i.result == Result.DONE.value
        )
        found: list[Touched] = []
        with self._database.begin() as connection:
            for part in in_parts(sorted(now)):
                rows = connection.execute(query.where(i.account.in_(part)))
                found += [Touched(now[account], kind, at, owner or "") for account, kind, at, owner in rows]
        return sorted(found, key=lambda touched: touched.at)

    def _with_merged(self, records: Iterable[CrmId]) -> dict[CrmId, CrmId]:
        """Each id under which these accounts ever went, and what it is now."""
        a, now = accounts.c, {record: record for record in records}
        query, fresh = select(a.id, a.merged_into).where(a.crm == self._crm), sorted(now)
        with self._database.begin() as connection:
            while fresh:
                rows = [
                    row for part in in_parts(fresh) for row in connection.execute(query.where(a.merged_into.in_(part)))
                ]
                before = {CrmId(gone): now[CrmId(into)] for gone, into in rows if gone not in now}
                now, fresh = now | before, sorted(before)
        return now
