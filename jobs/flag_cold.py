"""Say how long each account has been silent, and flag the Tier A accounts that are going cold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callplan.cold import Cold, find_cold
from callplan.model import Days, Npi
from connector.run import Run
from connector.store.journal import Tally
from connector.store.plan import Coverage
from connector.sync.book import Book, as_dates, as_numbers
from jobs._touches import seen


def flag_cold(run: Run) -> Tally:
    """Say how long each account has been silent, and flag the Tier A accounts that are going cold."""
    book = run.book()
    rules, cadence = run.config.cold_rules(), run.config.tier_rules().cadence
    last = seen(run, book).last
    cold = find_cold(last, book.tier, book.since, book.volume, rules, cadence, run.today)

    run.store.plan.save_coverage(coverage_of(book, cold, last))
    tally = {"accounts_touched": int((~np.isnat(last)).sum()), "going_cold": int(cold.flagged.sum())}
    run.log("flagged_cold", **tally)
    return tally


def coverage_of(book: Book, cold: Cold, last: Days) -> Iterator[Coverage]:
    """Column by column: taking a hundred thousand rows apart value by value takes longer than the rules."""
    return map(
        Coverage,
        map(Npi, book.npi.tolist()),
        cold.state.tolist(),
        as_numbers(cold.ratio),
        as_dates(last),
        as_dates(cold.due_on),
        cold.flagged.tolist(),
        as_dates(cold.cold_since),
        cold.reason.tolist(),
    )
