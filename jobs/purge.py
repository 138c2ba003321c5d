"""Delete what is older than the config says that it is kept."""

from __future__ import annotations

from connector.run import Run
from connector.store import purge as old
from connector.store.journal import Tally


def purge(run: Run) -> Tally:
    """Delete interactions, runs, ended flags and logins that are older than `retention` says."""
    gone = old.purge(run.store.database, old.limits(run.config.retention, run.clock.now()))
    run.store.journal.note("purged", run.clock.now(), run=run.id, **gone)
    return {f"{table}_deleted": rows for table, rows in gone.items()}
