"""What came of nights: each run's state, tally and why it stopped."""

from __future__ import annotations

from connector.host.web.api import cursors
from connector.host.web.api.declare import Here, route
from connector.host.web.api.models import Paged, RunsTold, RunTold
from connector.host.web.who import Absent, Role
from connector.store.reads.api import runs as told


@route("GET", "/<crm>/runs", Role.ADMIN, RunsTold, query=Paged)
def runs(at: Here, asked: Paged) -> RunsTold:
    """Runs, the newest first."""
    after = cursors.read(asked.after, int)
    with at.reading() as connection:
        found = told.after(connection, at.crm, int(after[0]) if after else None, cursors.PAGE + 1)
    rows, last = cursors.page(found)
    return RunsTold(runs=[RunTold(**row) for row in rows], next=cursors.write([last["id"]]) if last else None)


@route("GET", "/<crm>/runs/<number:number>", Role.ADMIN, RunTold)
def run(at: Here, number: int) -> RunTold:
    """One run by its number."""
    with at.reading() as connection:
        found = told.one(connection, at.crm, number)
    if not found:
        raise Absent
    return RunTold(**found)
