"""Order each rep's week: Tier A that is due first, then by urgency and drive, on days that hang together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from callplan.cold import TouchState
from callplan.model import Days, Npi
from callplan.week import Stops, order_week, working_days
from connector.errors import NeedsHuman
from connector.roads.estimate import Roads, drives_from
from connector.run import Run
from connector.store.journal import Tally
from connector.store.plan import Stop
from connector.sync.book import Book, as_number

NOT_DUE = (TouchState.ON_TRACK, TouchState.WAITING)


def build_call_lists(run: Run) -> Tally:
    """Order each rep's week; stops already planned for a day to come stay where they are."""
    book, days = run.book(), working_days(run.today)
    stops, before = _stops(run, book), list(run.store.plan.call_list().values())
    reps = sorted(set(book.owner[stops.due].tolist()) - {""})
    listed = [stop for rep in reps for stop in _week_of(run, rep, book, stops, days, before)]
    run.store.plan.save_call_list(listed)
    tally = {"visits_listed": len(listed), "reps": len({stop.rep for stop in listed}), **run.against_the_crm()}
    run.log("built_call_lists", **tally)
    return tally


def _stops(run: Run, book: Book) -> Stops:
    coverage = run.store.plan.coverage()
    if set(book.npi.tolist()) - coverage.keys():
        raise NeedsHuman("It is not known yet which accounts are due.", next_step="Run the job flag_cold first.")
    covered = [coverage[Npi(npi)] for npi in book.npi.tolist()]
    return Stops(
        npi=book.npi,
        tier=book.tier,
        due=np.array([c.state not in NOT_DUE for c in covered], dtype=np.bool_),
        urgency=np.array([np.inf if c.urgency is None else c.urgency for c in covered]),
        volume=np.nan_to_num(book.volume),
    )


def _week_of(run: Run, rep: str, book: Book, stops: Stops, days: Days, before: Sequence[Stop]) -> Iterator[Stop]:
    rows = np.flatnonzero(stops.due & (book.owner == rep))
    monday, roads = days[0].item(), Roads(run.config.roads.circuity)
    minutes = drives_from(run.rep_week(rep).workdays[0].start, book.latitude[rows], book.longitude[rows], roads)
    kept = {stop.npi: stop.slot for stop in before if stop.rep == rep and stop.week == monday}
    week = order_week(stops.of(rows), days, run.today, kept, minutes, run.config.week.rules())
    for at in np.flatnonzero(week.slot).tolist():
        yield Stop(
            npi=Npi(str(book.npi[rows[at]])),
            rep=rep,
            week=monday,
            day=week.day[at].item(),
            slot=int(week.slot[at]),
            drive_minutes=as_number(week.drive_minutes[at]),
            roads=roads.label,
        )
