"""Flags and logging gaps: when each was raised, and by what it ended. A flag that has ended is never opened again.

touched     a qualifying touch came
dismissed   a person took it off, with a reason, and it is not raised again before a day
withdrawn   the account is none that is flagged any more: another tier, closed to reps, gone
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from callplan.model import Npi
from connector.store.rows import Transactions
from connector.store.tables import books, flags, logging_gaps

MOST = 2**63 - 1  # a number that a database can look for
TOUCHED, DISMISSED, WITHDRAWN = "touched", "dismissed", "withdrawn"


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag as it is raised."""

    npi: Npi
    raised: date
    rep: str
    manager: str  # e-mail, "" where the config names none
    reason: str
    next_step: str
    at_risk: float | None
    last_touch: date | None


@dataclass(frozen=True, slots=True)
class Flag:
    id: int
    npi: Npi
    raised: date
    rep: str
    manager: str
    reason: str
    next_step: str
    at_risk: float | None
    last_touch: date | None  # as it stood when it was raised
    ended: date | None
    how: str | None
    said: str | None
    by: str | None
    snoozed_until: date | None


@dataclass(frozen=True, slots=True)
class End:
    id: int
    ended: date
    how: str
    said: str
    by: str | None = None
    snoozed_until: date | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Nothing is logged any more, by one rep or by everybody."""

    id: int
    who: str  # e-mail of the rep, "" for everybody
    since: date | None  # the last day on which something was logged
    seen: date
    ended: date | None


def _kept(flag: Raised) -> dict[str, Any]:
    return {"holder": flag.rep.lower(), "worth": flag.at_risk or 0.0}


class Flags:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def open(self) -> dict[Npi, Flag]:
        return {flag.npi: flag for flag in self.all() if not flag.ended}

    def all(self, since: date | None = None) -> list[Flag]:
        """Those raised, and those that ended, on this day or later; in the order in which they were raised."""
        f = flags.c
        query = select(*(f[name] for name in Flag.__slots__)).where(f.crm == self._crm).order_by(f.id)
        if since:
            query = query.where((f.raised >= since) | (f.ended >= since))
        with self._database.begin() as connection:
            return [Flag(**row) for row in connection.execute(query).mappings()]

    def begin(self, run: int, raised: Iterable[Raised]) -> None:
        rows = [{**asdict(flag), "crm": self._crm, "run": run, **_kept(flag)} for flag in raised]
        if rows:
            with self._database.begin() as connection:
                connection.execute(insert(flags), rows)

    def one(self, number: int) -> Flag | None:
        return next(iter(self._some(flags.c.id == number)), None) if number <= MOST else None

    def of(self, npi: Npi) -> list[Flag]:
        """In the order in which they were raised."""
        return self._some(flags.c.npi == npi)

    def _some(self, where: ColumnElement[bool]) -> list[Flag]:
        query = select(*(flags.c[name] for name in Flag.__slots__)).where(flags.c.crm == self._crm, where)
        with self._database.begin() as connection:
            return [Flag(**row) for row in connection.execute(query.order_by(flags.c.id)).mappings()]

    def end(self, ends: Iterable[End]) -> int:
        """How many of them were open."""
        ended = 0
        with self._database.begin() as connection:
            for end in ends:
                told = asdict(end)
                mine = (flags.c.crm == self._crm) & (flags.c.id == told.pop("id")) & flags.c.ended.is_(None)
                ended += connection.execute(update(flags).where(mine).values(told)).rowcount
        return ended

    def wake(self, npi: Npi, today: date) -> bool:
        """From now on it may be raised again; whether it was snoozed."""
        f = flags.c
        snoozed = (f.crm == self._crm) & (f.npi == npi) & (f.how == DISMISSED) & (f.snoozed_until > today)
        with self._database.begin() as connection:
            return connection.execute(update(flags).where(snoozed).values(snoozed_until=today)).rowcount > 0

    def follow(self, today: date) -> int:
        """Those that stand, and those that are snoozed, go on to whoever has the account today; how many did."""
        f, b = flags.c, books.c
        rep = select(b.rep).where(b.crm == f.crm, b.npi == f.npi).scalar_subquery()
        holder = func.coalesce(rep, "")
        stands = (f.crm == self._crm) & (f.ended.is_(None) | (f.snoozed_until > today)) & (f.holder != holder)
        with self._database.begin() as connection:
            return connection.execute(update(flags).where(stands).values(holder=holder)).rowcount

    def gaps(self, *, ended: bool = False) -> list[Gap]:
        """Those that are open, or with `ended` all of them."""
        g = logging_gaps.c
        query = select(*(g[name] for name in Gap.__slots__)).where(g.crm == self._crm).order_by(g.id)
        if not ended:
            query = query.where(g.ended.is_(None))
        with self._database.begin() as connection:
            return [Gap(**row) for row in connection.execute(query).mappings()]

    def keep_gaps(self, silent: Mapping[str, date | None], today: date) -> None:
        """One row a gap: opened where there is none, ended where its rep is not silent any more."""
        open_ = {gap.who: gap.id for gap in self.gaps()}
        over = [one for who, one in open_.items() if who not in silent]
        begun = [
            {"crm": self._crm, "who": who, "since": since, "seen": today}
            for who, since in silent.items()
            if who not in open_
        ]
        g = logging_gaps.c
        with self._database.begin() as connection:
            connection.execute(update(logging_gaps).where(g.crm == self._crm, g.id.in_(over)).values(ended=today))
            if begun:
                connection.execute(insert(logging_gaps), begun)
