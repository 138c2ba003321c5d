"""What is logged of our accounts, as the rules read it; what lies ahead is planned, whatever its row says."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import numpy as np

from callplan.cold import Touches
from connector.contract import Clock, Result
from connector.run import Run
from connector.sync.book import Book


def logged(run: Run, book: Book) -> Touches:
    seen = run.store.mirror.interactions()
    return Touches(
        account=book.rows_of(seen.account),
        at=seen.days(ZoneInfo(run.config.time_zone)),
        kind=seen.kind,
        direction=seen.direction,
        result=np.where(seen.at > _utc(run.clock), Result.PLANNED.value, seen.result),
        minutes=seen.minutes,
    )


def _utc(clock: Clock) -> np.datetime64:
    return np.datetime64(clock.now().astimezone(UTC).replace(tzinfo=None), "s")
