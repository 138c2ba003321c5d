"""What the log of each rep shows: its last sign of life.

A sign of life is anything that a person has put into the CRM: not what a machine sent, not what came from an account,
and not a visit that Callplan booked, until somebody says what became of it. It counts on the day on which it was put
there, where the CRM says so; what a person booked ahead, also on the day on which it took place.

Shapes   one grouped query, a row an owner; e-mails in small letters, "" where a row has no owner
Units    stamps are UTC
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select

from connector.contract import Direction, Result
from connector.store.rows import Transactions
from connector.store.tables import bookings, interactions


class Logs:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def last_signs(self, now: datetime) -> dict[str, datetime]:
        """By owner, when each last logged anything."""
        i, b = interactions.c, bookings.c
        took_place = (i.at > i.created) & (i.at <= now) & (i.result != Result.PLANNED.value)  # and was booked before
        put_in = case((b.record.is_not(None) | took_place, i.at), else_=func.coalesce(i.created, i.at))
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
