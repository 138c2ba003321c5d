"""The unmatched queue: what fits no account or no provider, with what it perhaps is; one, many or a workbook decided.

Errors   Stale: one of them was decided or has lapsed since the page or the workbook was made; none is decided then
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, request, send_file
from werkzeug.exceptions import BadRequest

from callplan.model import Sort
from connector.errors import NeedsHuman
from connector.host.matches import ABOUT, DIGITS, SORTS, decisions_in, meaning, to_be_decided, what_next
from connector.host.spreadsheet import write_workbook
from connector.host.web.here import Here, here
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.who import Role, Stale, allowed
from connector.store.matches import Decision
from connector.store.reads.matches import MOST_COUNTED, PAGE, After, MatchRow, Queue, queue, waiting

STATES = {"proposed": "waiting", "accepted": "accepted", "rejected": "rejected", "lapsed": "lapsed"}
DECISIONS = {"accept": "accepted", "reject": "rejected"}
SINCE = "decided or lapsed since the page was made. Nothing was done: look again."
MOST_SAVED = 5_000  # rows of a workbook, so that it comes back within what a request may bring
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/<crm>/matches")
@allowed(Role.ADMIN)
def matches(crm: str) -> Response:
    at = here(crm)
    with at.reading() as connection:
        counts = waiting(connection, crm)
        wanted = _wanted(counts)
        rows = queue(connection, crm, wanted, _after())
    words = {"wanted": wanted, "counts": counts, "sorts": SORTS, "states": STATES, "most": MOST_COUNTED}
    return at.page("matches.html", rows=rows[:PAGE], more=_more(rows), meaning=meaning, **words)


@blueprint.post("/<crm>/matches")
@allowed(Role.ADMIN)
def decide_matches(crm: str) -> Any:
    """The one whose button was pressed, or with those below the list all that are ticked."""
    at, form = here(crm), request.form
    word = next((word for word in DECISIONS if word in form), form.get("decide", ""))
    numbers = [form[word]] if word in form else form.getlist("number")
    if word not in DECISIONS or not numbers:
        raise BadRequest("Tick at least one suggestion, then press Accept or Reject.")
    if not all(number.isdecimal() and len(number) <= DIGITS for number in numbers):
        raise BadRequest("These are no numbers of matches.")
    reason = form.get("reason", "").strip()[:500]
    found = [Decision(int(number), DECISIONS[word], at.viewer.email, reason) for number in dict.fromkeys(numbers)]
    _decide(at, found, form.get("state", "proposed"))
    return _back(at, found)


@blueprint.get("/<crm>/matches.xlsx")
@allowed(Role.ADMIN)
def save_matches(crm: str) -> Response:
    """Those that wait, of one sort, as the command writes them."""
    at, book = here(crm), BytesIO()
    with at.reading() as connection:
        wanted = _wanted(waiting(connection, crm))
        rows = queue(connection, crm, Queue(wanted.sort, "proposed", wanted.least), most=MOST_SAVED)[:MOST_SAVED]
    cells = to_be_decided([(crm, row.kept, row.account.name or "") for row in rows])
    about = (*ABOUT[:1], "Then bring it back on the page that it was saved from, or by the command:", *ABOUT[1:])
    write_workbook(book, cells, about, "Matches")
    book.seek(0)
    return send_file(book, WORKBOOK, as_attachment=True, download_name=f"matches-{crm}-{wanted.sort}.xlsx")


@blueprint.post("/<crm>/matches.xlsx")
@allowed(Role.ADMIN)
def bring_matches(crm: str) -> Any:
    at, given = here(crm), request.files.get("file")
    if not given or not given.filename:
        raise BadRequest("Choose the workbook in which the decisions are.")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "workbook.xlsx"
        given.save(file)
        try:
            found = decisions_in(file, at.viewer.email, crm)
        except NeedsHuman as error:
            raise NeedsHuman(str(error).replace(f"{file}", "The workbook")) from None
    _decide(at, found, "proposed")
    return _back(at, found)


def _decide(at: Here, found: Sequence[Decision], shown: str) -> None:
    """All of them or none, as long as each is still what the page showed."""
    with at.store.together() as store:
        held = {one.id: one.state for one in store.matches.named({one.number for one in found})}
        if changed := [one.number for one in found if held.get(one.number) != shown]:
            raise Stale(f"Match {', '.join(map(str, changed[:10]))}: {SINCE}")
        store.matches.decide(found, at.now)


def _back(at: Here, found: Sequence[Decision]) -> Any:
    accepted = sum(one.state == "accepted" for one in found)
    numbers = {"accepted": accepted, "rejected": len(found) - accepted}
    told = [f"{number:,} {what}" for what, number in numbers.items() if number]
    place = {name: value for name in ("sort", "least") if (value := request.values.get(name))}
    return at.back("pages.matches", f"{' and '.join(told)}. {what_next(found)}", **place)


def _wanted(counts: dict[str, int]) -> Queue:
    """What was asked for; else the first sort of which anything waits."""
    sort, state, least = (request.args.get(name, "") for name in ("sort", "state", "least"))
    first = next((one for one, number in counts.items() if number), Sort.NPI.value)
    sure = min(int(least), 100) if least.isdecimal() and len(least) <= 3 else 0
    return Queue(sort if sort in set(Sort) else first, state if state in STATES else "proposed", sure)


def _after() -> After | None:
    confidence, _, number = request.args.get("after", "").partition("-")
    if not (confidence.isdecimal() and number.isdecimal() and len(number) <= DIGITS):
        return None
    return After(int(confidence[:3]), int(number))


def _more(rows: Sequence[MatchRow]) -> str:
    last = rows[PAGE - 1].kept if len(rows) > PAGE else None
    return f"{last.confidence}-{last.id}" if last else ""
