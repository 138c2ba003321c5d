"""Why tiers may change: each signal as the vintage brought it, and how it ended.

A pair of vintages brings a signal of an account once; it begins anew only where it had lapsed.

    open         it nominates its account, or waits for review
    accepted     the tier has moved as the signal had it
    dismissed    by a person, with a reason
    lapsed       taken back or followed by a later vintage, or its days are over
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from callplan.model import Event, Npi, Signal, Way
from connector.store.rows import Transactions
from connector.store.tables import signals

OPEN, ACCEPTED, DISMISSED, LAPSED = "open", "accepted", "dismissed", "lapsed"
KEY = ["crm", "npi", "event", "earlier", "vintage"]


@dataclass(frozen=True, slots=True)
class Kept:
    id: int
    signal: Signal
    vintage: str
    seen: date
    until: date
    state: str
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """When signals were seen: between which vintages, on which day, and until when they stand."""

    earlier: str
    vintage: str
    seen: date
    until: date


class Signals:
    def __init__(self, database: Transactions, crm: str) -> None:
        self._database, self._crm = database, crm

    def standing(self, today: date) -> list[Signal]:
        """Those whose days are not over and that no person has dismissed, the oldest first."""
        c = signals.c
        query = (
            select(signals).where(c.crm == self._crm, c.state.in_([OPEN, ACCEPTED]), c.until >= today).order_by(c.id)
        )
        with self._database.begin() as connection:
            return [kept(row).signal for row in connection.execute(query)]

    def open(self) -> list[Kept]:
        """By NPI, the oldest first."""
        c = signals.c
        query = select(signals).where(c.crm == self._crm, c.state == OPEN).order_by(c.npi, c.id)
        with self._database.begin() as connection:
            return [kept(row) for row in connection.execute(query)]

    def waiting(self) -> int:
        query = select(func.count()).where(signals.c.crm == self._crm, signals.c.state == OPEN)
        with self._database.begin() as connection:
            return connection.execute(query).scalar_one()

    def begin(self, found: Found, begun: Sequence[Signal]) -> None:
        rows = [_row(self._crm, found, signal) for signal in begun]
        if not rows:
            return
        with self._database.begin() as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            insert = dialect.insert(signals)
            again = {name: insert.excluded[name] for name in ("state", "seen", "until", "reason")}
            lapsed = signals.c.state == LAPSED
            connection.execute(insert.on_conflict_do_update(index_elements=KEY, set_=again, where=lapsed), rows)

    def end(self, state: str, why: Mapping[int, str]) -> None:
        """Open signals by number, each with its reason."""
        with self._database.begin() as connection:
            for number, reason in why.items():
                connection.execute(self._close(number).values(state=state, reason=reason))

    def dismiss(self, number: int, by: str, reason: str) -> bool:
        """Whether there is such an open signal."""
        with self._database.begin() as connection:
            closed = self._close(number).values(state=DISMISSED, by=by, reason=reason)
            return connection.execute(closed).rowcount > 0

    def _close(self, number: int) -> Any:
        c = signals.c
        return update(signals).where(c.crm == self._crm, c.id == number, c.state == OPEN)


def _row(crm: str, found: Found, signal: Signal) -> dict[str, Any]:
    return {
        "crm": crm,
        "npi": signal.npi,
        "event": signal.event.value,
        "before": signal.before,
        "after": signal.after,
        "text": signal.text,
        "way": signal.way.value,
        "earlier": found.earlier,
        "vintage": found.vintage,
        "seen": found.seen,
        "until": found.until,
        "state": OPEN,
        "reason": None,
    }


def kept(row: Row[Any]) -> Kept:
    signal = Signal(Npi(row.npi), Event(row.event), row.before, row.after, row.text, Way(row.way))
    return Kept(row.id, signal, row.vintage, row.seen, row.until, row.state, row.by, row.reason)
