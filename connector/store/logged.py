"""What is logged, for the unmatched queue: counted by account in the database; and the visits of a few weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from connector.contract import Kind, Result
from connector.store.rows import Transactions
from connector.store.standing import accounts_of_interactions, follow, survivors
from connector.store.tables import interactions

I = interactions.c  # noqa: E741
DONE = I.gone.is_(False) & (I.result == Result.DONE)


@dataclass(frozen=True, slots=True)
class Visit:
    id: str
    own: str  # the account that the CRM says; "" where on none
    account: str  # the one that it counts for, by merges and accepted matches
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

    def visits(self, since: datetime, until: datetime) -> list[Visit]:
        """Between the two, from one pass over the log."""
        query = select(I.id, I.account, I.owner, I.at).where(I.crm == self._crm, DONE, I.kind == Kind.VISIT)
        with self._database.begin() as connection:
            survivor, placed = survivors(connection, self._crm), accounts_of_interactions(connection, self._crm)
            rows = connection.execute(query.where(I.at >= since, I.at <= until).order_by(I.id)).all()
        return [
            Visit(row.id, row.account or "", follow(placed.get(row.id, row.account), survivor), row.owner or "", row.at)
            for row in rows
        ]


def by_rep(visits: Sequence[Visit]) -> dict[str, int]:
    """How many each rep has; most first."""
    return dict(Counter(visit.owner or "nobody" for visit in visits).most_common())
