"""Whose each account is, as the last night found it: what pages and the API look up instead of aligning territories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from callplan.model import Npi
from connector.contract import CrmId
from connector.store.rows import Transactions, in_parts, put
from connector.store.tables import books


@dataclass(frozen=True, slots=True)
class Held:
    record: CrmId
    rep: str  # e-mail in small letters, "" where nobody has it


class Books:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def all(self) -> dict[Npi, Held]:
        query = select(books.c.npi, books.c.record, books.c.rep).where(books.c.crm == self._crm)
        with self._database.begin() as connection:
            return {npi: Held(record, rep) for npi, record, rep in connection.execute(query)}

    def of(self, npi: Npi) -> Held | None:
        query = select(books.c.record, books.c.rep).where(books.c.crm == self._crm, books.c.npi == npi)
        with self._database.begin() as connection:
            row = connection.execute(query).first()
            return Held(*row) if row else None

    def keep(self, held: Mapping[Npi, Held]) -> int:
        """Write what differs, and how much that was: from one night to the next hardly an account changes hands."""
        before = self.all()
        gone = [npi for npi in before if npi not in held]
        rows = [
            {"crm": self._crm, "npi": npi, "record": one.record, "rep": one.rep}
            for npi, one in held.items()
            if before.get(npi) != one
        ]
        with self._database.begin() as connection:
            for some in in_parts(gone):
                connection.execute(delete(books).where(books.c.crm == self._crm, books.c.npi.in_(some)))
            put(connection, books, rows)
        return len(rows) + len(gone)
