"""Cold accounts: who is flagged, why, with how much at risk; a manager snoozes a flag, dismisses it or wakes it again.

Both take the flag off with a reason, and differ by how long: a snooze is until a day on which one wants to hear of the
account again, a dismissal for as long as one can be made, a year. The CRM says so after the next push.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest

from connector.host.flags import snooze, wake
from connector.host.web.here import Here, here
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.pages.cold_shares import by_group, narrowed, standing_aside
from connector.host.web.who import Absent, Role, Stale, allowed
from connector.host.web.written import day_written
from connector.host.words import day
from connector.store.flags import DISMISSED, Flag
from connector.store.reads import cold as reads
from connector.store.reads.cold import PAGE, After, ColdRow

LONGEST = 365  # days


@blueprint.get("/<crm>/cold")
@allowed(Role.REP)
def cold(crm: str) -> Response:
    at = here(crm)
    of, after = narrowed(at), _after()
    with at.reading() as connection:
        rows = reads.cold(connection, crm, of.sees, after)
        part = {"rows": rows[:PAGE], "more": _more(rows), "of": of, "snooze_days": choices(at)}
        if request.headers.get("HX-Request"):
            return at.page("cold_rows.html", **part)
        groups, aside = by_group(at, connection, of), standing_aside(at, connection, of.sees)
    return at.page("cold.html", groups=groups, aside=aside, first=after is None, **part)


@blueprint.post("/<crm>/cold/<int:flag>/snooze")
@allowed(Role.MANAGER)
def snooze_flag(crm: str, flag: int) -> Any:
    at, reason = here(crm), request.form.get("reason", "").strip()
    found = seen_flag(at, flag)
    if found.ended:
        raise Stale
    if not reason:
        raise BadRequest("Say why: whoever looks at the flag's history will want to know.")
    dismissed = request.form.get("act") == "dismiss"
    last = at.today + timedelta(days=LONGEST)
    until = last if dismissed else _end(at, last)
    snooze(at.site.config, at.store, found, at.viewer.email, reason, until, at.now)
    what = "dismissed: it is not flagged again before" if dismissed else "snoozed until"
    return back(at, f"NPI {found.npi} is {what} {day(until)}. The CRM says so after the next push.", found)


@blueprint.post("/<crm>/cold/<int:flag>/wake")
@allowed(Role.MANAGER)
def wake_flag(crm: str, flag: int) -> Any:
    at = here(crm)
    found = seen_flag(at, flag)
    if found.how != DISMISSED or not wake(at.site.config, at.store, found.npi, at.viewer.email, at.now):
        raise Stale
    said = (
        f"The snooze of NPI {found.npi} is over. The next night flags it again, if it is still cold and its turn comes."
    )
    return back(at, said, found)


def seen_flag(at: Here, number: int) -> Flag:
    """Of an account that whoever asks may see."""
    found = at.store.flags.one(number)
    held = at.store.books.of(found.npi) if found else None
    if not found or not held or not at.sees.rep(held.rep):
        raise Absent
    return found


def back(at: Here, said: str, flag: Flag) -> Any:
    """To the page that the form was on."""
    if request.args.get("on") == "account":
        return at.back("pages.account", said, npi=flag.npi)
    here_as_before = {name: request.args[name] for name in ("rep", "manager") if name in request.args}
    return at.back("pages.cold", said, **here_as_before)


def choices(at: Here) -> list[int]:
    """Days for which one may snooze, the usual first."""
    usual = at.config.cold.flag.snooze_days
    return [usual, *(days for days in (7, 14, 30, 90, 180) if days != usual)]


def _end(at: Here, last: date) -> date:
    """The day that is written, or else so many days from today."""
    try:
        until = day_written("until") or at.today + timedelta(days=int(request.form.get("days") or choices(at)[0]))
    except (ValueError, OverflowError) as error:
        raise BadRequest("Choose for how many days.") from error
    if not at.today < until <= last:
        raise BadRequest(f"Snooze until a day to come, at most until {day(last)}.")
    return until


def _after() -> After | None:
    worth, _, flag = request.args.get("after", "").partition("-")
    try:
        return After(float(worth), int(flag[:18]))
    except ValueError:
        return None


def _more(rows: Any) -> str:
    """Where the next page begins, "" where there is none."""
    last: ColdRow | None = rows[PAGE - 1] if len(rows) > PAGE else None
    return f"{last.worth}-{last.flag}" if last else ""
