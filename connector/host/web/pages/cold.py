"""Cold accounts: who is flagged, why, with how much at risk; a manager snoozes a flag, with a reason.

The CRM says so after the next push.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest

from connector.host.flags import snooze
from connector.host.web.here import Here, here
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.who import Absent, Role, Stale, allowed
from connector.store.flags import Flag
from connector.store.reads.cold import PAGE, After, ColdRow
from connector.store.reads.cold import cold as flagged


@blueprint.get("/<crm>/cold")
@allowed(Role.REP)
def cold(crm: str) -> Response:
    at = here(crm)
    rep = request.args.get("rep") or None
    with at.reading() as connection:
        rows = flagged(connection, crm, at.sees, rep, _after())
    template = "cold_rows.html" if request.headers.get("HX-Request") else "cold.html"
    return at.page(template, rows=rows[:PAGE], more=_more(rows), rep=rep, until=_usual_end(at))


@blueprint.post("/<crm>/cold/<int:flag>/snooze")
@allowed(Role.MANAGER)
def snooze_flag(crm: str, flag: int) -> Any:
    at, reason = here(crm), request.form.get("reason", "").strip()
    found = _open_flag(at, flag)
    if not reason:
        raise BadRequest("Say why: whoever looks at the flag's history will want to know.")
    until = snooze(at.site.config, at.store, found, at.viewer.email, reason, _end(at), at.now)
    return at.back("pages.cold", f"NPI {found.npi} is snoozed until {until}. The CRM says so after the next push.")


def _open_flag(at: Here, number: int) -> Flag:
    """Of an account that whoever asks may see."""
    found = next((one for one in at.store.flags.open().values() if one.id == number), None)
    if not found:
        raise Stale
    held = at.store.books.of(found.npi)
    if not held or not at.sees.rep(held.rep):
        raise Absent
    return found


def _usual_end(at: Here) -> date:
    return at.today + timedelta(days=at.config.cold.flag.snooze_days)


def _end(at: Here) -> date:
    try:
        return date.fromisoformat(request.form.get("until") or _usual_end(at).isoformat())
    except ValueError as error:
        raise BadRequest("Write the day as 2027-01-31.") from error


def _after() -> After | None:
    try:
        at_risk, _, flag = request.args["after"].partition("-")
        return After(float(at_risk), int(flag))
    except (KeyError, ValueError):
        return None


def _more(rows: Any) -> str:
    """Where the next page begins, "" where there is none."""
    last: ColdRow | None = rows[PAGE - 1] if len(rows) > PAGE else None
    return f"{last.at_risk or 0.0}-{last.flag}" if last else ""
