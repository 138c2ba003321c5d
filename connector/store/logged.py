"""What is logged, counted by account, and what is logged where it counts for none.

Nothing is read whole: accounts are counted in the database, and single interactions are read only where they are on an
account that does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from connector.contract import Kind, Result
from connector.store.rows import Transactions, in_parts
from connector.store.standing import accounts_of_interactions, follow, survivors
from connector.store.tables import interactions

I = interactions.c  # noqa: E741
DONE = I.gone.is_(False) & (I.result == Result.DONE)


@dataclass(frozen=True, slots=True)
class Visit:
    id: str
    account: str  # as the CRM says; "" where on none
    owner: str
    at: datetime


class Logged:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def touched(self) -> dict[str, tuple[int, str]]:
        """How many interactions each account has, and the day of the last; of merged ones the survivor."""
        query = select(I.account, func.count(), func.max(I.at)).where(I.crm == self._crm, DONE).group_by(I.account)
        found = dict[str, tuple[int, str]]()
        with self._database.begin() as connection:
            survivor = survivors(connection, self._crm)
            for account, times, last in connection.execute(query):
                here = follow(account, survivor)
                before, day = found.get(here, (0, ""))
                found[here] = (before + times, max(day, str(last)[:10]))
        return found

    def astray(self, counting: Collection[str], since: datetime, until: datetime) -> list[Visit]:
        """Visits between the two that count for none of these accounts, and for no other by an accepted match."""
        with self._database.begin() as connection:
            survivor, placed = survivors(connection, self._crm), accounts_of_interactions(connection, self._crm)
            known = connection.execute(select(I.account).where(I.crm == self._crm).distinct()).scalars().all()
            off = [account for account in known if account and follow(account, survivor) not in counting]
            rows = self._visits(connection, I.account.is_(None) | (I.account == ""), since, until)
            for part in in_parts(off):
                rows += self._visits(connection, I.account.in_(part), since, until)
        return [Visit(row.id, row.account or "", row.owner or "", row.at) for row in rows if row.id not in placed]

    def visits_at(self, accounts: Collection[str], since: datetime) -> list[tuple[str, datetime]]:
        """The account and the moment of each visit to these, also of those logged on one that was merged into them."""
        found = list[tuple[str, datetime]]()
        with self._database.begin() as connection:
            survivor, placed = survivors(connection, self._crm), accounts_of_interactions(connection, self._crm)
            merged = [loser for loser in survivor if follow(loser, survivor) in accounts]
            for part in in_parts([*sorted(accounts), *merged]):
                rows = self._visits(connection, I.account.in_(part), since, None)
                found += [(follow(row.account, survivor), row.at) for row in rows]
            for part in in_parts(sorted(placed)):
                found += [(placed[row.id], row.at) for row in self._visits(connection, I.id.in_(part), since, None)]
        return found

    def _visits(
        self, connection: Connection, where: ColumnElement[bool], since: datetime, until: datetime | None
    ) -> list[Any]:
        query = select(I.id, I.account, I.owner, I.at).where(I.crm == self._crm, DONE, I.kind == Kind.VISIT, where)
        query = query.where(I.at >= since) if until is None else query.where(I.at >= since, I.at <= until)
        return list(connection.execute(query))


def by_rep(visits: Sequence[Visit]) -> dict[str, int]:
    """How many each rep has; most first."""
    return dict(Counter(visit.owner or "nobody" for visit in visits).most_common())
