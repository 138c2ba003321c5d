"""One account: why it has its tier, how it stands, its place in the week, what is logged of it and what became of it.

A manager fixes its tier here, or lets it go; the next night acts on it. Accounts are found by NPI or name.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.exceptions import BadRequest

from callplan.model import Npi, Tier
from connector.contract import CrmId
from connector.host.discover import says_instead
from connector.host.explain import say_place, say_rank, say_states
from connector.host.logged import Entry, Judge
from connector.host.overrides import Because, Locked, lock_tier, tier_field, unlock_tier
from connector.host.web.here import Here, here
from connector.host.web.pages.account_history import SHOWN, History, history
from connector.host.web.pages.blueprint import blueprint
from connector.host.web.pages.cold import choices
from connector.host.web.who import Absent, Role, Stale, allowed
from connector.host.web.written import last_day
from connector.host.words import day
from connector.store.flags import Flag
from connector.store.overrides import PROPOSED, Override, standing_of
from connector.store.reads import account as reads
from connector.store.reads.account import MOST_FOUND, Account
from connector.store.slots import MOVED

LOGGED, FEWEST_LETTERS = 15, 2
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@blueprint.get("/<crm>/accounts")
@allowed(Role.REP)
def accounts(crm: str) -> Any:
    at, text = here(crm), request.args.get("find", "").strip()[:100]
    if len(text) < FEWEST_LETTERS:
        return at.page("accounts.html", find=text, found=None, more=False)
    with at.reading() as connection:
        found = reads.find(connection, crm, at.sees, text)
    if len(found) == 1 and found[0].npi == text:
        return redirect(url_for("pages.account", crm=crm, npi=text), 303)
    return at.page("accounts.html", find=text, found=found[:MOST_FOUND], more=len(found) > MOST_FOUND)


@blueprint.get("/<crm>/accounts/<npi:npi>")
@allowed(Role.REP)
def account(crm: str, npi: str) -> Response:
    at = here(crm)
    field = tier_field(at.site.config, crm)
    with at.reading() as connection:
        found = _seen(at, connection, npi)
        told = history(at, connection, found, field, _most())
        logged = _logged(at, connection, found)
    flag, locked = told.flag, standing_of(told.overrides[::-1], field, at.today) if field else None
    words: dict[str, Any] = {
        "one": found,
        "rank": say_rank(asdict(found.assignment)) if found.assignment and found.assignment.rank else "",
        "states": [_plain(line) for line in _states(found, flag)],
        "place": [_plain(line) for line in _place(found, told)],
        "flag": flag if flag and not flag.ended else None,
        "logged": logged[:LOGGED],
        "more_logged": len(logged) > LOGGED,
        "history": told,
        "pending": _pending(told.overrides),
        "locked": locked,
        "may_lock": field is not None and at.viewer.may(Role.MANAGER),
        "snooze_days": choices(at),
    }
    return at.page("account.html", **words)


@blueprint.post("/<crm>/accounts/<npi:npi>/lock")
@allowed(Role.MANAGER)
def lock_account(crm: str, npi: str) -> Any:
    at, reason = here(crm), " ".join(request.form.get("reason", "").split())
    what, until = _to_lock(at, npi), last_day(at.today)
    tier = next((tier for tier in Tier if tier.value == request.form.get("tier")), None)
    if not tier or not reason:
        raise BadRequest("Choose a tier and say why: the next manager will want to know.")
    lock_tier(at.store, what, tier, Because(at.viewer.email, reason, until), at.now)
    days = f" until {day(until)}" if until else ""
    said = f"NPI {npi} is locked in Tier {tier.value}{days}. The next night acts on it."
    return at.back("pages.account", f"{said} The CRM says so after its push.", npi=npi)


@blueprint.post("/<crm>/accounts/<npi:npi>/unlock")
@allowed(Role.MANAGER)
def unlock_account(crm: str, npi: str) -> Any:
    at = here(crm)
    if not unlock_tier(at.store, _to_lock(at, npi), at.viewer.email, at.now, at.today):
        raise Stale
    return at.back("pages.account", f"NPI {npi} is unlocked. The next night gives it its tier by the rules.", npi=npi)


def _seen(at: Here, connection: Connection, npi: str) -> Account:
    found = reads.account(connection, at.crm, at.sees, npi)
    if not found:
        raise Absent
    return found


def _to_lock(at: Here, npi: str) -> Locked:
    """Stale where it has been locked or unlocked since the form was made."""
    field = tier_field(at.site.config, at.crm)
    with at.reading() as connection:
        found = _seen(at, connection, npi)
    if not field:
        raise BadRequest("The mapping of this CRM has no field for the tier.")
    record = CrmId(found.record)
    stands = standing_of(at.store.overrides.of(record), field, at.today)
    if request.form.get("standing", "") != (str(stands.id) if stands else ""):
        raise Stale
    return Locked(record, Npi(npi), field)


def _states(found: Account, flag: Flag | None) -> Any:
    return say_states(asdict(found.coverage), asdict(flag) if flag else None) if found.coverage else ()


def _place(found: Account, told: History) -> Any:
    if not found.stop:
        return ()
    moved = [slot for slot in told.slots if slot.week == found.stop.week and slot.event == MOVED]
    return say_place(asdict(found.stop), [asdict(slot) for slot in moved[::-1]])


def _plain(line: str) -> str:
    """A line of `callplan explain` with its days as pages write them."""
    return ISO_DAY.sub(lambda found: day(date.fromisoformat(found[0])), line.strip())


def _pending(overrides: list[Override]) -> list[Override]:
    """Of each field the newest, where nobody has decided yet."""
    newest = {one.field: one for one in overrides[::-1]}
    return [one for one in newest.values() if one.state == PROPOSED]


def _logged(at: Here, connection: Connection, found: Account) -> list[Entry]:
    if not found.assignment:
        return []
    thin = bool(found.touch) and says_instead(found.touch.reason if found.touch else "")
    judge = Judge(at.config, found.assignment.tier, at.now, instead_of_visits=thin)
    rows = reads.logged(connection, at.crm, found.record, found.npi, LOGGED)
    return [judge.entry(one, found.rep) for one in rows]


def _most() -> int:
    """Events that are asked for."""
    asked = request.args.get("events", "")
    return max(SHOWN, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 4 else SHOWN
