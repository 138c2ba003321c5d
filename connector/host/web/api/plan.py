"""Flags, call lists and accounts: each token sees those of its person, as pages do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from connector.host.flags import snooze as take_off
from connector.host.web.api import cursors
from connector.host.web.api.declare import Here, route
from connector.host.web.api.models import (
    AccountTold,
    FlagsAsked,
    FlagsTold,
    FlagTold,
    ListsAsked,
    ListsTold,
    Mistake,
    SnoozeAsked,
    SnoozeTold,
    StopTold,
    below,
    shown,
)
from connector.host.web.api.problems import Refused
from connector.host.web.who import Absent, Role, Stale
from connector.store.reads.api import accounts as planned
from connector.store.reads.api import flags as flagged
from connector.store.reads.api import lists as listed


@route("GET", "/<crm>/flags", Role.REP, FlagsTold, query=FlagsAsked)
def flags(at: Here, asked: FlagsAsked) -> FlagsTold:
    """Accounts that are flagged as going cold, in the order in which they were."""
    after = cursors.read(asked.after, int)
    of = {"rep": asked.rep, "manager": asked.manager}
    with at.reading() as connection:
        found = flagged.after(connection, at.crm, at.sees, of, int(after[0]) if after else None, cursors.PAGE + 1)
    rows, last = cursors.page(found)
    return FlagsTold(flags=[FlagTold.of(**row) for row in rows], next=cursors.write([last["id"]]) if last else None)


@route(
    "POST",
    "/<crm>/flags/<number:number>/snooze",
    Role.MANAGER,
    SnoozeTold,
    body=SnoozeAsked,
    may_be_late=True,
)
def snooze(at: Here, asked: SnoozeAsked, number: int) -> SnoozeTold:
    """Take a flag off for a while, with the reason on record. The CRM says so after the next push."""
    found = next((one for one in at.store.flags.open().values() if one.id == number), None)
    held = at.store.books.of(found.npi) if found else None
    if found and not (held and at.sees.rep(held.rep)):
        raise Absent
    if not found:
        raise Stale("There is no such open flag. Nothing was done.")
    if asked.until and asked.until <= at.today:
        why = Mistake(at="body.until", what="No day to come.")
        raise Refused(422, "The body is not as it should be.", (why,))
    until = take_off(at.site.config, at.store, found, at.viewer.email, asked.reason, asked.until, at.now)
    return SnoozeTold(id=found.id, npi=found.npi, snoozed_until=until)


@route("GET", "/<crm>/call-lists", Role.REP, ListsTold, query=ListsAsked)
def call_lists(at: Here, asked: ListsAsked) -> ListsTold:
    """Stops of the present call lists, in each rep's order."""
    key = cursors.read(asked.after, str, str, int, str)
    with at.reading() as connection:
        last = _last_stop(key) if key else None
        found = listed.after(connection, at.crm, at.sees, asked.rep, asked.week, last, cursors.PAGE + 1)
    rows, final = cursors.page(found)
    more = [final["rep"], final["week"].isoformat(), final["slot"], final["npi"]] if final else None
    return ListsTold(stops=[_stop(row) for row in rows], next=cursors.write(more) if more else None)


@route("GET", "/<crm>/accounts/<npi:npi>", Role.REP, AccountTold)
def account(at: Here, npi: str) -> AccountTold:
    """Why an account has its tier, its states, its open flag and its place in the week."""
    with at.reading() as connection:
        found = planned.account(connection, at.crm, at.sees, npi)
        flag = flagged.of_account(connection, at.crm, at.sees, npi)
        stop = listed.of_account(connection, at.crm, at.sees, npi)
    if not found:
        raise Absent
    volume = found["volume"]
    return AccountTold(
        **{**found, "volume": shown(volume), "volume_below": below(volume)},
        flag=FlagTold.of(**flag) if flag else None,
        stop=_stop(stop) if stop else None,
    )


def _stop(row: Mapping[str, Any]) -> StopTold:
    hours, minutes = divmod(row["starts"], 60)
    return StopTold(**{**row, "starts": f"{hours:02}:{minutes:02}"})


def _last_stop(key: tuple[cursors.Key, ...]) -> listed.Last:
    rep, week, slot, npi = key
    try:
        return listed.Last(str(rep), date.fromisoformat(str(week)), int(slot), str(npi))
    except ValueError as error:
        raise cursors.wrong() from error
