"""Whose each account is, as the last night found it: what pages and the API look up instead of aligning territories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from callplan.model import Npi
from connector.contract import CrmId
from connector.store.rows import Row, Transactions, in_parts, put
from connector.store.tables import books

TITLES = ("dr", "prof", "mr", "mrs", "ms")


@dataclass(frozen=True, slots=True)
class Held:
    record: CrmId
    rep: str  # e-mail in small letters, "" where nobody has it
    sought: str = ""  # its name as one looks for it


def sought(name: str) -> str:
    """A name as one looks for it: in small letters, one space between words, without a title."""
    words = name.casefold().split()
    return " ".join(words[1:] if len(words) > 1 and words[0].rstrip(".") in TITLES else words)


Moved = tuple[list[Row], list[Npi]]  # to be written, and gone
COLUMNS = [books.c[name] for name in Held.__slots__]


class Books:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def all(self) -> dict[Npi, Held]:
        query = select(books.c.npi, *COLUMNS).where(books.c.crm == self._crm)
        with self._database.begin() as connection:
            return {npi: Held(*held) for npi, *held in connection.execute(query)}

    def of(self, npi: Npi) -> Held | None:
        query = select(*COLUMNS).where(books.c.crm == self._crm, books.c.npi == npi)
        with self._database.begin() as connection:
            row = connection.execute(query).first()
            return Held(*row) if row else None

    def keep(self, held: Mapping[Npi, Held]) -> int:
        """How many accounts differ: from one night to the next hardly one changes hands."""
        return self.write(self.differing(held))

    def differing(self, held: Mapping[Npi, Held]) -> Moved:
        """Of itself, so that nobody is kept from writing while it is looked for."""
        before = self.all()
        gone = [npi for npi in before if npi not in held]
        rows = [
            {"crm": self._crm, "npi": npi, "record": one.record, "rep": one.rep, "sought": one.sought}
            for npi, one in held.items()
            if before.get(npi) != one
        ]
        return rows, gone

    def write(self, moved: Moved) -> int:
        rows, gone = moved
        with self._database.begin() as connection:
            for some in in_parts(gone):
                connection.execute(delete(books).where(books.c.crm == self._crm, books.c.npi.in_(some)))
            put(connection, books, rows)
        return len(rows) + len(gone)
