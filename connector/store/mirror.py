"""The CRM as we last read it: accounts, interactions, and how far reading has come.

Rows and cursor of a page are committed together, so a reading that dies is continued, never skipped;
a page read twice changes nothing.

Shapes   Roster and Interactions are columns, one array a column; `fields` of an account stay JSON
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import isnan

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select

from connector.contract import Account, CrmId, Cursor, Interaction, Page, Value
from connector.store.days import local_days
from connector.store.hashes import Names, hash_fields
from connector.store.rows import Row, Transactions, columns, in_parts, put
from connector.store.standing import accounts_of_interactions, follow, standing, survivors
from connector.store.tables import accounts, cursors, interactions


@dataclass(frozen=True, slots=True)
class AccountFields:
    """Which of the CRM's fields say what we must know of an account; None where the mapping has none."""

    npi: str
    name: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    said: Names = ()  # what the plan is written to (connector.store.sides.in_groups)


@dataclass(frozen=True, slots=True)
class Roster:
    """The accounts that are there, ordered by id. Texts are "" and degrees NaN where the CRM has none.

    The NPI is the one that each stands for: the CRM's, or that of a match that a person accepted.
    """

    id: NDArray[np.str_]
    npi: NDArray[np.str_]
    name: NDArray[np.str_]
    owner: NDArray[np.str_]
    city: NDArray[np.str_]
    state: NDArray[np.str_]
    zip: NDArray[np.str_]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interactions:
    """The interactions that are there, oldest first; `account` is followed through merges, "" where none.

    Where a person accepted a match, it is that one's account.
    """

    id: NDArray[np.str_]
    account: NDArray[np.str_]
    kind: NDArray[np.str_]
    at: NDArray[np.datetime64]  # seconds, UTC
    result: NDArray[np.str_]
    direction: NDArray[np.str_]
    minutes: NDArray[np.float64]
    owner: NDArray[np.str_]
    created: NDArray[np.datetime64]  # when each was put into the CRM, seconds, UTC; NaT where it does not say
    outcome: NDArray[np.str_]
    status: NDArray[np.str_]
    automated: NDArray[np.bool_]
    noted: NDArray[np.float64]  # 1 where it has a note, 0 where it has none, NaN where that is not read

    def days(self, zone: tzinfo) -> NDArray[np.datetime64]:
        """The calendar day of each, where the territory is."""
        return local_days(self.at, zone)


class Mirror:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def read_with(self, reading: str) -> None:
        """Forget all that was read with another mapping: it lacks fields, or is of another object."""
        query = select(cursors.c.cursor).where(cursors.c.crm == self._crm, cursors.c.feed == "reading")
        with self._database.begin() as connection:
            if connection.execute(query).scalar() == reading:
                return
            for table in (accounts, interactions, cursors):
                connection.execute(delete(table).where(table.c.crm == self._crm))
            put(connection, cursors, [self._read_up_to("reading", Cursor(reading))])

    def forget(self) -> None:
        """All that was read, to read it anew: what is deleted and purged is in no list any more."""
        feeds = (cursors.c.crm == self._crm) & cursors.c.feed.in_(["accounts", "interactions"])
        with self._database.begin() as connection:
            for table in (accounts, interactions):
                connection.execute(delete(table).where(table.c.crm == self._crm))
            connection.execute(delete(cursors).where(feeds))

    def remember(self, what: str, text: str) -> None:
        """A text that stands until another mapping is read with."""
        with self._database.begin() as connection:
            put(connection, cursors, [self._read_up_to(what, Cursor(text))])

    def prove(self, mapping: str) -> None:
        """What was written under this mapping was read back, and was there."""
        self.remember("proved", mapping)

    def cursor(self, feed: str) -> Cursor | None:
        query = select(cursors.c.cursor).where(cursors.c.crm == self._crm, cursors.c.feed == feed)
        with self._database.begin() as connection:
            found = connection.execute(query).scalar()
        return Cursor(found) if found is not None else None

    def save_accounts(self, page: Page[Account], names: AccountFields) -> None:
        rows = [self.account_row(account, names) for account in page.rows]
        with self._database.begin() as connection:
            put(connection, accounts, rows)
            put(connection, cursors, [self._read_up_to("accounts", page.cursor)])

    def save_interactions(self, page: Page[Interaction]) -> None:
        rows = [self.interaction_row(interaction) for interaction in page.rows]
        with self._database.begin() as connection:
            put(connection, interactions, rows)
            put(connection, cursors, [self._read_up_to("interactions", page.cursor)])

    def values_of(self, field: str, records: Sequence[CrmId]) -> dict[CrmId, Value]:
        """What one of the CRM's fields says in each of these."""
        found: dict[CrmId, Value] = {}
        with self._database.begin() as connection:
            for part in in_parts(records):
                query = select(accounts.c.id, accounts.c.fields)
                where = (accounts.c.crm == self._crm) & accounts.c.id.in_(part)
                found |= {CrmId(id_): fields.get(field) for id_, fields in connection.execute(query.where(where))}
        return found

    def roster(self) -> Roster:
        a = accounts.c
        query = (
            select(a.id, a.npi, a.name, a.owner, a.city, a.state, a.zip, a.latitude, a.longitude)
            .where(a.crm == self._crm, a.gone.is_(False))
            .order_by(a.id)
        )
        with self._database.begin() as connection:
            ids, npis, *rest = columns(connection, query)
            stands = standing(connection, self._crm).npi
        if stands:
            npis = [stands.get(record, npi) for record, npi in zip(ids, npis, strict=True)]
        record, npi, name, owner, city, state, zip_code = (_texts(column) for column in (ids, npis, *rest[:5]))
        latitude, longitude = (_numbers(column) for column in rest[5:])
        return Roster(record, npi, name, owner, city, state, zip_code, latitude, longitude)

    def interactions(self, since: datetime | None = None) -> Interactions:
        """Of merged accounts, the survivor's; of a chain of merges, the last one's. `since`: from then on."""
        i = interactions.c
        query = (
            select(i.id, i.account, i.kind, i.at, i.result, i.direction, i.minutes, i.owner)
            .add_columns(i.created, i.outcome, i.status, i.automated, i.noted)
            .where(i.crm == self._crm, i.gone.is_(False))
            .order_by(i.at, i.id)
        )
        with self._database.begin() as connection:
            rows = connection.execute(query.where(i.at >= since) if since else query).all()
            counted = accounts_of_interactions(connection, self._crm)
        told = list(zip(*rows, strict=True)) or [()] * 13
        if counted:
            told[1] = tuple(counted.get(row[0], row[1]) for row in rows)
        return Interactions(
            id=_texts(told[0]),
            account=self.survivors_of(told[1]),
            kind=_texts(told[2]),
            at=np.array([at.replace(tzinfo=None) for at in told[3]], dtype="datetime64[s]"),
            result=_texts(told[4]),
            direction=_texts(told[5]),
            minutes=_numbers(told[6]),
            owner=_texts(told[7]),
            created=np.array([at and at.replace(tzinfo=None) for at in told[8]], dtype="datetime64[s]"),
            outcome=_texts(told[9]),
            status=_texts(told[10]),
            automated=np.array(told[11], dtype=np.bool_),
            noted=_numbers(told[12]),
        )

    def present(self, records: Sequence[CrmId]) -> dict[CrmId, dict[str, Value]]:
        """The fields of those that are there, as last read."""
        a, found = accounts.c, {}
        with self._database.begin() as connection:
            for part in in_parts(records):
                query = select(a.id, a.fields).where(a.crm == self._crm, a.gone.is_(False), a.id.in_(part))
                found.update({CrmId(record): fields for record, fields in connection.execute(query)})
        return found

    def count(self) -> int:
        query = select(func.count()).where(accounts.c.crm == self._crm, accounts.c.gone.is_(False))
        with self._database.begin() as connection:
            return connection.execute(query).scalar_one()

    def survivors_of(self, records: Sequence[str | None]) -> NDArray[np.str_]:
        """Each of these, or what it was merged into; of a chain of merges, the last."""
        survivor = self._survivors()
        found = _texts([*records, *survivor.values()])[: len(records)]  # as wide as the widest of all
        for row in np.flatnonzero(np.isin(found, [*survivor])).tolist():
            found[row] = follow(str(found[row]), survivor)
        return found

    def merged_into(self, records: Iterable[CrmId]) -> dict[CrmId, CrmId]:
        """Each id under which one of these ever went, and what it is now."""
        survivor, now = self._survivors(), {record: record for record in records}
        ends = ((CrmId(one), CrmId(follow(one, survivor))) for one in survivor)
        return now | {one: end for one, end in ends if end in now}

    def _survivors(self) -> dict[str, str]:
        with self._database.begin() as connection:
            return survivors(connection, self._crm)

    def _read_up_to(self, feed: str, cursor: Cursor) -> Row:
        return {"crm": self._crm, "feed": feed, "cursor": cursor}

    def account_row(self, account: Account, names: AccountFields) -> Row:
        def text(name: str | None) -> str | None:
            value = account.fields.get(name) if name else None
            if isinstance(value, float) and value.is_integer():
                value = int(value)  # an NPI that is kept in a number field
            return str(value).strip() if value is not None else None

        return {
            "crm": self._crm,
            "id": account.id,
            "npi": (text(names.npi) or "")[:20]
            or None,  # of a field that holds two, the beginning: it is no NPI anyway
            "name": text(names.name),
            "owner": account.owner,
            "city": text(names.city),
            "state": text(names.state),
            "zip": text(names.zip),
            "latitude": _degrees(account.fields.get(names.latitude or "")),
            "longitude": _degrees(account.fields.get(names.longitude or "")),
            "fields": dict(account.fields),
            "says": hash_fields(account.fields, names.said),
            "modified": account.modified,
            "gone": account.gone,
            "merged_into": account.merged_into,
        }

    def interaction_row(self, interaction: Interaction) -> Row:
        return {
            "crm": self._crm,
            "id": interaction.id,
            "account": interaction.account,
            "kind": interaction.kind,
            "at": interaction.at,
            "modified": interaction.modified,
            "result": interaction.result,
            "direction": interaction.direction,
            "minutes": None if interaction.minutes is None or isnan(interaction.minutes) else interaction.minutes,
            "owner": interaction.owner,
            "gone": interaction.gone,
            "created": interaction.created,
            "outcome": interaction.outcome,
            "status": interaction.status,
            "automated": interaction.automated,
            "noted": interaction.noted,
        }


def _texts(column: Sequence[str | None]) -> NDArray[np.str_]:
    return np.array([value or "" for value in column], dtype=np.str_)


def _numbers(column: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in column], dtype=np.float64)


def _degrees(value: Value) -> float | None:
    try:
        return float(value) if value not in (None, "") else None
    except ValueError:
        return None
