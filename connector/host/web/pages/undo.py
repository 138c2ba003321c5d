"""A run taken back: a worker looks what would go back, and an admin who has seen it types the run's number.

It reads the CRM first, which takes a while and holds the CRM against other runs; so a page never computes it. What goes
back is what was shown, to the last value, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest

from connector.host.web.here import Here, here
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.pages.run import run_or_absent
from connector.host.web.pages.runs import ask, unheard
from connector.host.web.sheets import as_csv
from connector.host.web.who import Absent, Role, Stale, allowed
from connector.store.nights import OPEN
from connector.store.reads import plan as drafts
from connector.store.reads import runs as reads
from connector.store.reads.plan import Wanted
from connector.store.reads.runs import Scheduled

COLUMNS = ("record", "npi", "field", "is", "would be")


@blueprint.get("/<crm>/runs/<int:run>/undo")
@allowed(Role.ADMIN)
def undo(crm: str, run: int) -> Response:
    at, about = here(crm), f"undo {run}"
    found = run_or_absent(at, run)
    with at.reading() as connection:
        draft = drafts.newest(connection, crm, about)
        jobs = [about, f"{about} {draft.hash}"] if draft else [about]
        night = reads.open_night(connection, crm, jobs)
        page = drafts.rows_of(connection, crm, draft.id, Wanted()) if draft else None
        wrote = reads.wrote(connection, crm, run)
    done = at.store.journal.carried_out(draft.hash) if draft else None
    if request.headers.get("HX-Request"):
        return asked_for(at, night)
    return at.page("undo.html", run=found, draft=draft, page=page, wrote=wrote, done=done, **standing(at, night))


@blueprint.post("/<crm>/runs/<int:run>/undo/look")
@allowed(Role.ADMIN)
def look_at_undo(crm: str, run: int) -> Any:
    at = here(crm)
    run_or_absent(at, run)
    ask(at, f"undo {run}")
    return at.back("pages.undo", "A worker reads the CRM and looks what would go back. Nothing is written.", run=run)


@blueprint.post("/<crm>/runs/<int:run>/undo")
@allowed(Role.ADMIN)
def take_back(crm: str, run: int) -> Any:
    at = here(crm)
    run_or_absent(at, run)
    with at.reading() as connection:
        draft = drafts.newest(connection, crm, f"undo {run}")
    if not draft or draft.hash != request.form.get("hash") or at.store.journal.carried_out(draft.hash):
        raise Stale
    if request.form.get("typed", "").strip() != str(run):
        raise BadRequest(f"Type the number of the run, {run}, to take it back. Nothing was done.")
    ask(at, f"undo {run} {draft.hash}", "undo approved", run=run, hash=draft.hash, records=draft.told["records"])
    return at.back("pages.undo", f"Run {run} is to go back: a worker does it, if the CRM still says the same.", run=run)


@blueprint.get("/<crm>/runs/<int:run>/undo.csv")
@allowed(Role.ADMIN)
def undo_all(crm: str, run: int) -> Response:
    at = here(crm)
    return as_csv(f"undo-{run}.csv", COLUMNS, lines_of_draft(at, f"undo {run}"))


def asked_for(at: Here, night: Scheduled | None) -> Response:
    """How it stands; once it is over, the browser is told to load the whole page again."""
    if reads.is_open(night):
        return at.page("asked.html", **standing(at, night))
    return Response("", headers={"HX-Refresh": "true"})


def standing(at: Here, night: Scheduled | None) -> dict[str, Any]:
    """Of what was asked for last: as long as it is under way, and where it was stopped."""
    told = night if night and night.state in (*OPEN, "stopped") else None
    return {"night": told, "under_way": reads.is_open(night), "unheard": bool(night and unheard([night], at.now))}


def lines_of_draft(at: Here, about: str) -> Iterator[Sequence[object]]:
    with at.reading() as connection:
        draft = drafts.newest(connection, at.crm, about)
    if not draft:
        raise Absent
    return _lines(at, draft.id)


def _lines(at: Here, draft: int) -> Iterator[Sequence[object]]:
    after = -1
    while True:
        with at.reading() as connection:
            rows = drafts.rows_after(connection, at.crm, draft, after, Wanted())
        for row in rows:
            for name, value in row.after.items():
                yield row.record, row.npi, name, row.before.get(name), value
        if not rows:
            return
        after = rows[-1].place
