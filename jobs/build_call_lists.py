"""Order each rep's week: Tier A that is due first, then by urgency and drive, on days that hang together."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from connector.run import Run
from connector.store.journal import Tally
from jobs._calendar import said_in_the_calendar
from jobs._listing import RepList, list_of
from jobs._slots import count, say_unplaced, what_became
from jobs._thin import thin_regions
from jobs._weeks import ask, covered, due_by, so_far


def build_call_lists(run: Run) -> Tally:
    """Order each rep's week; what is committed stays, and what cannot be placed is named."""
    run.say_of_weeks()
    book, before = run.book(), run.store.plan.call_list()
    coverage = covered(run, book)
    due, lists = due_by(book, coverage, run.monday + timedelta(days=6)), list[RepList]()
    said, begun = said_in_the_calendar(run), so_far(run)
    thin = thin_regions(run, book).keys() - begun.on(run.today)
    due &= ~np.isin(book.npi, sorted(thin))  # they are called and written to instead
    for rep in sorted(set(book.owner[due].tolist()) - {""}):
        elsewhere = said.elsewhere({workday.day for workday in run.rep_week(rep).workdays})
        rows = np.flatnonzero(due & (book.owner == rep) & ~np.isin(book.npi, sorted(elsewhere)))
        mine = begun.of(rep)
        asked = ask(run, rep, book.of(rows), [coverage[row] for row in rows.tolist()], mine, said)
        lists.append(list_of(run, rep, asked, mine, said.reasons(mine.stops, asked.stops.npi.tolist())))
    events = what_became(run, book, coverage, before, lists)
    with run.store.together() as store:
        store.plan.save_call_list(stop for of in lists for stop in of.stops)
        store.plan.save_unplaced(missed for of in lists for missed in of.unplaced)
        store.slots.log(run.id, events)
    say_unplaced(run, lists)
    tally = count(lists, before, events) | run.against_the_crm()
    run.log("built_call_lists", **tally)
    return tally
