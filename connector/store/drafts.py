"""What somebody looks at before it is done: a plan, or what of a run would go back, as it was when it was made.

Of each there is the newest; one that nobody made anew for a week is dropped when the next is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select

from connector.contract import Value
from connector.store.journal import Difference
from connector.store.rows import Transactions
from connector.store.tables import draft_rows, drafts

WEEK = timedelta(days=7)
AT_ONCE = 5_000  # rows of one insert


@dataclass(frozen=True, slots=True)
class New:
    about: str  # "plan", or "undo 12"
    run: int
    hash: str
    today: date
    made: datetime
    by: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """What one record says and would say; `move` is that of its tier, as "A > B"."""

    record: str
    npi: str | None
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    move: str = ""


class Drafts:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def save(self, new: New, rows: Iterable[Row]) -> int:
        c, told = drafts.c, {name: getattr(new, name) for name in New.__slots__}
        old = (c.crm == self._crm) & ((c.about == new.about) | (c.made < new.made - WEEK))
        with self._database.begin() as connection:
            connection.execute(delete(draft_rows).where(draft_rows.c.draft.in_(select(c.id).where(old))))
            connection.execute(delete(drafts).where(old))
            made = insert(drafts).values(crm=self._crm, **told).returning(c.id)
            number = int(connection.execute(made).scalar_one())
            values = (_row(number, place, row) for place, row in enumerate(rows))
            while part := list(islice(values, AT_ONCE)):
                connection.execute(insert(draft_rows), part)
        return number

    def holds(self, about: str, hash_of: str, left: Iterable[Difference]) -> bool:
        """Whether all of it was looked at: each value is one that the draft of that hash would write."""
        c, r = drafts.c, draft_rows.c
        query = select(r.record, r.after).join(drafts, c.id == r.draft)
        query = query.where(c.crm == self._crm, c.about == about, c.hash == hash_of)
        with self._database.begin() as connection:
            looked_at = {record: after.items() for record, after in connection.execute(query)}
        return all(change.after.items() <= looked_at.get(change.id, {}.items()) for change in left)


def _row(draft: int, place: int, row: Row) -> dict[str, Any]:
    return {
        "draft": draft,
        "place": place,
        "record": row.record,
        "npi": row.npi,
        "move": row.move[:40],
        "before": dict(row.before),
        "after": dict(row.after),
    }
