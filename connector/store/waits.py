"""How many accounts are to be flagged and are not, by rep and reason, as the last night found it.

Snoozed ones are one reason together: the page names each snoozed flag by itself.
"""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from connector.store.rows import Transactions
from connector.store.tables import assignments, books, coverage, waits

FIRST = 12  # NPIs that are named
SNOOZED = "snoozed"


class Waits:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def keep(self) -> None:
        c, b, a = coverage.c, books.c, assignments.c
        joined = coverage.join(books, (b.crm == c.crm) & (b.npi == c.npi))
        joined = joined.join(assignments, (a.crm == c.crm) & (a.npi == c.npi))
        query = select(b.rep, c.paused, c.npi).select_from(joined).where(c.crm == self._crm, c.paused != "")
        found = dict[tuple[str, str], list[str]]()
        with self._database.begin() as connection:
            for rep, paused, npi in connection.execute(query.order_by(a.volume.desc(), c.npi)):
                found.setdefault((rep, SNOOZED if paused.startswith(SNOOZED) else paused), []).append(npi)
            connection.execute(delete(waits).where(waits.c.crm == self._crm))
            rows = [
                {"crm": self._crm, "rep": rep, "why": why, "accounts": len(npis), "first": npis[:FIRST]}
                for (rep, why), npis in found.items()
            ]
            if rows:
                connection.execute(insert(waits), rows)
