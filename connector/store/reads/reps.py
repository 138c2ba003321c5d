"""The reps who have accounts on the map, among those whom somebody sees."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select, true

from connector.store.reads.sees import Sees
from connector.store.spots import EVERYBODY, LEVELS
from connector.store.tables import cells


def reps_seen(connection: Connection, crm: str, sees: Sees) -> list[str]:
    """By e-mail. From the squares: a rep has a handful of the largest, whatever the number of accounts."""
    query = (
        select(cells.c.rep).distinct().where(cells.c.crm == crm, cells.c.level == LEVELS[0], seen(cells.c.rep, sees))
    )
    return [rep for (rep,) in connection.execute(query.order_by(cells.c.rep)) if rep not in ("", EVERYBODY)]


def seen(rep: ColumnElement[str], sees: Sees) -> ColumnElement[bool]:
    """As the condition of `Sees`, on the rep of another table."""
    if sees.only is not None:
        return rep.in_(sorted(sees.only))
    return rep.not_in(sorted(sees.but)) if sees.but else true()
