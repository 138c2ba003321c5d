"""What is to be asked for by name: what got no answer, what was marked, and once a week what no reading tells of.

The week's look goes through the interactions in the order of their ids, as many a night as let it come round in a week.
Rows, and how far it has come, are committed together with the marks that are done.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, func, select, update

from connector.contract import Account, CrmId, Interaction, Kind
from connector.store.journal import unanswered_in
from connector.store.marks import Marked, standing_in, unmark
from connector.store.mirror import AccountFields, Mirror
from connector.store.rows import Transactions, in_parts, put
from connector.store.tables import accounts, cursors, interactions

WEEK = timedelta(days=6, hours=12)  # a night may come some hours earlier than the one a week before
NIGHTS = 7
MOST = 10_000  # looked at in one night, unless a week's nights would not suffice


@dataclass(frozen=True, slots=True)
class Round:
    """The part of the week's look that is due: interactions in the order of their ids."""

    began: datetime
    ids: tuple[CrmId, ...] = ()
    ends: bool = True  # with these

    def after(self, looked: Sequence[CrmId]) -> str:
        """Where the look stands once these were looked at."""
        ended = self.ends and (not looked or looked[-1] == self.ids[-1])
        return json.dumps({"began": self.began.isoformat(), "after": None if ended else looked[-1]})


@dataclass(frozen=True, slots=True)
class Due:
    unanswered: list[CrmId]  # accounts that a change was sent to without an answer
    marked: list[Marked]
    round: Round | None


class Looks:
    def __init__(self, database: Transactions, crm: str, mirror: Mirror) -> None:
        self._database, self._crm, self._mirror = database, crm, mirror

    def due(self, kinds: Collection[Kind], since: datetime, now: datetime) -> Due:
        """`kinds` are those of which no reading tells what was deleted; older ones than `since` decide nothing."""
        with self._database.begin() as connection:
            found = self._round(connection, kinds, since, now) if kinds else None
            return Due(unanswered_in(connection, self._crm), standing_in(connection, self._crm, MOST), found)

    def _round(self, connection: Connection, kinds: Collection[Kind], since: datetime, now: datetime) -> Round | None:
        told = select(cursors.c.cursor).where(cursors.c.crm == self._crm, cursors.c.feed == "looked")
        place = json.loads(connection.execute(told).scalar() or "{}")
        if not place:  # all was read just now
            self._look_on(connection, Round(now).after(()))
            return None
        began, after = datetime.fromisoformat(place["began"]), place["after"]
        if after is None and now - began < WEEK:
            return None
        began, after = (now, "") if after is None else (began, after)
        i = interactions.c
        decides = (i.crm == self._crm) & i.gone.is_(False) & i.kind.in_(kinds) & (i.at >= since)
        total = connection.execute(select(func.count()).where(decides)).scalar_one()
        portion = max(MOST, -(-total // NIGHTS))
        ids = connection.execute(select(i.id).where(decides, i.id > after).order_by(i.id).limit(portion)).scalars()
        found = tuple(CrmId(id_) for id_ in ids)
        return Round(began, found, len(found) < portion)

    def save_interactions(
        self, found: Iterable[Interaction], marked: Iterable[Marked] = (), place: str | None = None
    ) -> None:
        there, gone = list[Interaction](), list[Interaction]()
        for interaction in found:
            (gone if interaction.gone else there).append(interaction)
        with self._database.begin() as connection:
            put(connection, interactions, [self._mirror.interaction_row(one) for one in there])
            self._lose(connection, interactions, [one.id for one in gone])
            unmark(connection, self._crm, marked)
            if place:
                self._look_on(connection, place)

    def save_accounts(self, found: Sequence[Account], names: AccountFields, marked: Sequence[Marked]) -> None:
        """What was marked and not found is gone."""
        missing = {mark.id for mark in marked} - {account.id for account in found}
        with self._database.begin() as connection:
            put(connection, accounts, [self._mirror.account_row(account, names) for account in found])
            self._lose(connection, accounts, sorted(missing))
            unmark(connection, self._crm, marked)

    def _lose(self, connection: Connection, table: Table, ids: Sequence[CrmId]) -> None:
        """All else that is known of them stays."""
        for part in in_parts(ids):
            where = (table.c.crm == self._crm) & table.c.id.in_(part)
            connection.execute(update(table).where(where).values(gone=True))

    def _look_on(self, connection: Connection, place: str) -> None:
        put(connection, cursors, [{"crm": self._crm, "feed": "looked", "cursor": place}])
