"""Challenges: what people wrote where the plan says something else, for a manager to let stay or to put back.

Errors   Absent: not of an account that whoever asks sees; Stale: decided meanwhile, or somebody wrote something newer
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest

from connector.host.matches import DIGITS
from connector.host.overrides import decide_waiting
from connector.host.show import say_value
from connector.host.web.here import Here, here
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.who import Absent, Role, Stale, allowed
from connector.host.web.written import last_day
from connector.host.words import day
from connector.store.overrides import ACCEPTED, REJECTED
from connector.store.reads.challenges import PAGE, Challenge, challenge, locks
from connector.store.reads.challenges import challenges as waiting

DECISIONS = {"accept": ACCEPTED, "reject": REJECTED}


@blueprint.get("/<crm>/challenges")
@allowed(Role.MANAGER)
def challenges(crm: str) -> Response:
    at = here(crm)
    with at.reading() as connection:
        open_ones = waiting(connection, crm, at.sees, _before("before"))
        held = locks(connection, crm, at.sees, at.today, _before("locked_before"))
    words = {"more": _more(open_ones), "more_locks": _more(held), "say": say_value, "today": at.today}
    return at.page("challenges.html", rows=open_ones[:PAGE], locks=held[:PAGE], **words)


@blueprint.post("/<crm>/challenges/<int:number>")
@allowed(Role.MANAGER)
def decide_challenge(crm: str, number: int) -> Any:
    at, reason = here(crm), request.form.get("reason", "").strip()[:500]
    state = DECISIONS.get(request.form.get("decision", ""))
    if not state or not reason:
        raise BadRequest("Accept or reject, and say why: the rep who wrote it will want to know.")
    until = last_day(at.today) if state == ACCEPTED else None
    found = _seen(at, number)
    if not decide_waiting(at.store, number, state, at.viewer.email, reason, until, at.now):
        raise Stale
    return at.back("pages.challenges", _said(found, state, until))


def _seen(at: Here, number: int) -> Challenge:
    with at.reading() as connection:
        found = challenge(connection, at.crm, at.sees, number) if len(str(number)) <= DIGITS else None
    if not found:
        raise Absent
    return found


def _said(one: Challenge, state: str, until: date | None) -> str:
    stays = f"{one.field} of NPI {one.npi}"
    if state == REJECTED:
        return f"{stays} goes back to {say_value(one.planned)}: the CRM says so after the next push."
    return f"{stays} stays {say_value(one.edited)}{f', until {day(until)}' if until else ''}; no night writes over it."


def _before(name: str) -> int | None:
    written = request.args.get(name, "")
    return int(written) if written.isdecimal() and len(written) <= DIGITS else None


def _more(rows: Sequence[Challenge]) -> int | None:
    return rows[PAGE - 1].id if len(rows) > PAGE else None
