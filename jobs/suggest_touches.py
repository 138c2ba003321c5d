"""Say how and when each Tier B account is touched next, and how the week divides between Tier A and Tier B."""

from __future__ import annotations

import numpy as np

from callplan.channel import Served, suggest
from callplan.model import Npi
from callplan.split import say_splits, split_time
from connector.run import Run
from connector.store.journal import Tally
from connector.store.plan import LighterTouch, Stop
from connector.sync.book import Book
from jobs._thin import thin_regions
from jobs._touches import seen


def suggest_touches(run: Run) -> Tally:
    """Say how and when each Tier B account is touched next, and how the week divides between Tier A and Tier B."""
    book, stops = run.book(), run.store.plan.call_list()
    thin = thin_regions(run, book)
    served = Served(
        tier=book.tier,
        since=book.since,
        visit_on=np.array(
            [stop.day if (stop := stops.get(npi)) else None for npi in book.npi.tolist()], "datetime64[D]"
        ),
        thin={row: thin[npi] for row, npi in enumerate(book.npi.tolist()) if npi in thin},
    )
    found = suggest(seen(run, book).by_channel, served, run.config.channel.rules())
    touches = [LighterTouch(Npi(str(book.npi[s.row])), s.channel, s.due_on, s.reason) for s in found]

    run.store.plan.save_lighter_touches(touches)
    _announce_split(run, book, list(stops.values()))
    tally = {"touches_suggested": len(touches), "without_visits": len(thin)}
    run.log("suggested_touches", **tally)
    return tally


def _announce_split(run: Run, book: Book, stops: list[Stop]) -> None:
    """Before anything is written: what was planned beside what is set."""
    tier, length = dict(zip(book.npi.tolist(), book.tier.tolist(), strict=True)), run.config.week.visit_minutes
    stops = [stop for stop in stops if stop.npi in tier]
    tiers = np.array([tier[stop.npi] for stop in stops], dtype=np.str_)
    minutes = np.array([stop.minutes or getattr(length, tier[stop.npi], 0) for stop in stops], dtype=np.float64)
    splits = list(split_time(np.array([stop.rep for stop in stops], dtype=np.str_), tiers, minutes))
    if splits:
        run.announce(say_splits(splits, run.config.core_share))
