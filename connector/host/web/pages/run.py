"""One run: how it ended and what to do about it, and what it changed, as a page at a time and as a CSV file of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response, request

from connector.host.changes import COLUMNS, told
from connector.host.web.here import Here, here, number
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.sheets import as_csv
from connector.host.web.who import Absent, Role, allowed
from connector.store.journal import RunRow
from connector.store.reads import runs as reads
from connector.store.reads.paging import LOOKED
from connector.store.reads.runs import Wanted


@blueprint.get("/<crm>/runs/<int:run>")
@allowed(Role.ADMIN)
def run(crm: str, run: int) -> Response:
    at, wanted = here(crm), Wanted(*(request.args.get(name, "").strip() for name in ("who", "field", "written")))
    with at.reading() as connection:
        page = reads.changes_of(connection, crm, run, wanted, request.args.get("after", 0, number))
        wrote = reads.wrote(connection, crm, run)
    return at.page("run.html", run=run_or_absent(at, run), page=page, wanted=wanted, wrote=wrote, looked=LOOKED)


@blueprint.get("/<crm>/runs/<int:run>/changes.csv")
@allowed(Role.ADMIN)
def run_changes(crm: str, run: int) -> Response:
    """The columns of `callplan changes`."""
    at = here(crm)
    run_or_absent(at, run)
    return as_csv(f"run-{run}-changes.csv", COLUMNS, _lines(at, run))


def run_or_absent(at: Here, number: int) -> RunRow:
    with at.reading() as connection:
        found = reads.run_of(connection, at.crm, number)
    if not found:
        raise Absent
    return found


def _lines(at: Here, run: int) -> Iterator[Sequence[object]]:
    """Part by part, so that neither memory nor a transaction holds all of them."""
    after = 0
    while True:
        with at.reading() as connection:
            rows = reads.changes_after(connection, at.crm, run, after)
        for row in rows:
            yield from told({name: getattr(row, name) for name in row.__slots__})
        if not rows:
            return
        after = rows[-1].id
