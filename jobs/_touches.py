"""What is logged of our accounts, as the rules read it; what lies ahead is planned, whatever its row says."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import numpy as np

from callplan.touches import Seen, Touches, last_by_channel, last_touch, qualifies
from connector.contract import Clock, Result
from connector.run import Run
from connector.sync.book import Book


def seen(run: Run, book: Book) -> Seen:
    """The last touches of each account of the book."""
    touches, accounts = logged(run, book), len(book.npi)
    relationship = run.config.cold.relationship.rules()
    inbound = qualifies(touches, book.tier, relationship.touches, run.today)
    return Seen(
        last=last_touch(touches, qualifies(touches, book.tier, run.config.cold_rules().touches, run.today), accounts),
        inbound=last_touch(touches, inbound, accounts),
        inbounds=np.bincount(touches.account[inbound], minlength=accounts),
        by_channel=last_by_channel(touches, accounts, run.today),
    )


def logged(run: Run, book: Book) -> Touches:
    seen = run.store.mirror.interactions()
    return Touches(
        account=book.rows_of(seen.account),
        at=seen.days(ZoneInfo(run.config.time_zone)),
        kind=seen.kind,
        direction=seen.direction,
        result=np.where(seen.at > _utc(run.clock), Result.PLANNED.value, seen.result),
        minutes=seen.minutes,
        outcome=seen.outcome,
        status=seen.status,
        automated=seen.automated,
        owner=seen.owner,
    )


def _utc(clock: Clock) -> np.datetime64:
    return np.datetime64(clock.now().astimezone(UTC).replace(tzinfo=None), "s")
