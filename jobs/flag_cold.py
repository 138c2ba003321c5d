"""Say how long each account has been silent, and tell managers of the Tier A accounts that are going cold."""

from __future__ import annotations

from connector.run import Run
from connector.store.journal import Tally
from jobs._cold import find_states
from jobs._flags import decide_flags, say_flags
from jobs._logs import read_logs


def flag_cold(run: Run) -> Tally:
    """Say how long each account has been silent, and tell managers of the Tier A accounts that are going cold."""
    book, gaps = run.book(), run.store.flags.gaps(ended=True)
    states, logs = find_states(run, book), read_logs(run, book, gaps)
    found = decide_flags(run, book, states, logs)

    with run.store.together() as store:
        store.flags.end(found.ended)
        store.flags.begin(run.id, found.raised)
        store.flags.keep_gaps(logs.open(), run.today)
        store.plan.fill_coverage(found.coverage)
    say_flags(run, found, logs)
    tally = found.tally() | {"logging_gaps": len(logs.open())}
    run.log("flagged_cold", **tally)
    return tally
