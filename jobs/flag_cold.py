"""Say how long each account has been silent, and flag the Tier A accounts that are going cold."""

from __future__ import annotations

import numpy as np

from callplan.cold import Cold, find_cold
from callplan.model import Npi
from connector.run import Run
from connector.store.journal import Tally
from connector.store.plan import Coverage
from connector.sync.book import Book, as_date, as_number
from jobs._touches import seen


def flag_cold(run: Run) -> Tally:
    """Say how long each account has been silent, and flag the Tier A accounts that are going cold."""
    book = run.book()
    rules, cadence = run.config.cold_rules(), run.config.tier_rules().cadence
    last = seen(run, book).last
    cold = find_cold(last, book.tier, book.since, book.volume, rules, cadence, run.today)

    run.store.plan.save_coverage(_coverage(book, cold, row, last) for row in range(len(book.npi)))
    tally = {"accounts_touched": int((~np.isnat(last)).sum()), "going_cold": int(cold.flagged.sum())}
    run.log("flagged_cold", **tally)
    return tally


def _coverage(book: Book, cold: Cold, row: int, last: np.ndarray) -> Coverage:
    return Coverage(
        npi=Npi(str(book.npi[row])),
        state=str(cold.state[row]),
        urgency=as_number(cold.ratio[row]),
        last_touch=as_date(last[row]),
        due_on=as_date(cold.due_on[row]),
        flagged=bool(cold.flagged[row]),
        cold_since=as_date(cold.cold_since[row]),
        reason=str(cold.reason[row]),
    )
