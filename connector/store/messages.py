"""What each recipient was told, one row a change of state: on record before a letter is sent, and settled after it.

A row that was never settled belongs to a letter that may have been sent, or not: it is sent again under the same name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, select, update

from connector.store.rows import Transactions, in_parts, put
from connector.store.tables import messages

Change = tuple[str, str]  # its kind, and its key among those of the kind


@dataclass(frozen=True, slots=True)
class Told:
    letter: str
    sent: bool


class Messages:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def told(self, recipient: str) -> dict[Change, Told]:
        m = messages.c
        query = select(m.kind, m.key, m.letter, m.sent).where(m.crm == self._crm, m.recipient == recipient)
        with self._database.begin() as connection:
            return {(kind, key): Told(letter, bool(sent)) for kind, key, letter, sent in connection.execute(query)}

    def intend(self, recipient: str, letter: str, changes: Iterable[Change], day: date, now: datetime) -> None:
        row = {"crm": self._crm, "recipient": recipient, "letter": letter, "day": day, "intended": now, "sent": None}
        with self._database.begin() as connection:
            put(connection, messages, [{**row, "kind": kind, "key": key} for kind, key in changes])

    def settle(self, recipient: str, letter: str, now: datetime) -> None:
        """It was sent."""
        with self._database.begin() as connection:
            connection.execute(update(messages).where(self._of(recipient, letter)).values(sent=now))

    def take_back(self, recipient: str, letter: str) -> None:
        """It was not sent, and never will be."""
        with self._database.begin() as connection:
            connection.execute(delete(messages).where(self._of(recipient, letter)))

    def forget(self, kind: str, standing: Collection[str]) -> None:
        """That those of a kind were told which do not stand any more: one that comes back is told again."""
        m = messages.c
        mine = (m.crm == self._crm) & (m.kind == kind)
        with self._database.begin() as connection:
            known = set(connection.execute(select(m.key).where(mine).distinct()).scalars())
            for part in in_parts(sorted(known.difference(standing))):
                connection.execute(delete(messages).where(mine, m.key.in_(part)))

    def _of(self, recipient: str, letter: str) -> ColumnElement[bool]:
        m = messages.c
        return (m.crm == self._crm) & (m.recipient == recipient) & (m.letter == letter)
