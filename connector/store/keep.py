"""A few texts that an adapter wants to find again after a crash, and in every process, such as a bulk job's id."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connector.store.rows import Transactions, put
from connector.store.tables import keeps

UNLESS_THERE = {
    "sqlite": sqlite.insert(keeps).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(keeps).on_conflict_do_nothing(),
}


class StoredKeep:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def get(self, name: str) -> str | None:
        query = select(keeps.c.text).where(keeps.c.crm == self._crm, keeps.c.name == name)
        with self._database.begin() as connection:
            return connection.execute(query).scalar()

    def put(self, name: str, text: str | None) -> None:
        with self._database.begin() as connection:
            if text is None:
                connection.execute(delete(keeps).where(keeps.c.crm == self._crm, keeps.c.name == name))
            else:
                put(connection, keeps, [{"crm": self._crm, "name": name, "text": text}])

    def swap(self, name: str, old: str | None, new: str) -> bool:
        row = {"crm": self._crm, "name": name, "text": new}
        this = (keeps.c.crm == self._crm) & (keeps.c.name == name)
        with self._database.begin() as connection:
            if old is None:  # PostgreSQL's driver counts no inserted rows
                fresh = UNLESS_THERE[connection.dialect.name].values(row).returning(keeps.c.name)
                return connection.execute(fresh).first() is not None
            done = connection.execute(update(keeps).where(this, keeps.c.text == old).values(text=new))
            return done.rowcount == 1
