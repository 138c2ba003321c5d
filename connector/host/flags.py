"""`callplan flags`: who is going cold, which accounts wait for their turn, and a manager's dismissal of a flag.

Errors   NeedsHuman: no open flag of that NPI, or a day that is over
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from callplan.model import Npi
from connector.config import Config
from connector.errors import NeedsHuman
from connector.host.open import WallClock, chosen_crms, open_config, open_store
from connector.host.words import count
from connector.store import Store
from connector.store.flags import DISMISSED, End, Flag
from connector.store.plan import Coverage
from connector.sync.territories import read_territories
from connector.yamlfile import Loaded

MOST = 12  # accounts that a line names


def list_flags(config: Path, crm: str | None, npi: str | None) -> Iterator[str]:
    loaded = open_config(config)
    for name, store in _stores(loaded, crm):
        open_, waiting, called = _open(loaded, store, npi), _paused(store, npi), _names(store)
        flagged = count(len(open_), "account")
        yield f"{name}: {flagged} flagged as going cold, {len(waiting):,} more are to be and are not."
        for gap in store.flags.gaps():
            since = f"since {gap.since}" if gap.since else "yet"
            yield f"  Logging gap: nothing is logged by {gap.who or 'anybody'} {since}."
        for manager in sorted({flag.manager for flag in open_}):
            yield f"  {manager or 'No manager is named'}:"
            yield from (_told(flag, called) for flag in open_ if flag.manager == manager)
        for why in sorted({one.paused for one in waiting}):
            yield f"  Not flagged, {_named([one.npi for one in waiting if one.paused == why])}: {why}."


def flags_as_json(config: Path, crm: str | None, npi: str | None) -> str:
    loaded = open_config(config)
    today = _today(loaded, WallClock().now())
    told = {
        name: {
            "open": [_data(flag, today) for flag in _open(loaded, store, npi)],
            "not_flagged": [{"npi": one.npi, "why": one.paused} for one in _paused(store, npi)],
            "gaps": [{"who": gap.who, "since": gap.since and gap.since.isoformat()} for gap in store.flags.gaps()],
        }
        for name, store in _stores(loaded, crm)
    }
    return json.dumps(told, indent=2)


def dismiss(config: Path, crm: str | None, npi: Npi, by: str, reason: str, until: date | None) -> Iterator[str]:
    """Take a flag off, with the reason on record; it is not raised again before its day."""
    loaded, now = open_config(config), WallClock().now()
    found = 0
    for name, store in _stores(loaded, crm):
        if flag := store.flags.open().get(npi):
            found += 1
            until = snooze(loaded, store, flag, by, reason, until, now)
            gone = f"NPI {npi} is not flagged any more, by {by}, and not again before {until}."
            yield f"{name}: {gone} The CRM says so after the next night."
    if not found:
        raise NeedsHuman(f"NPI {npi} has no open flag.", next_step="See `callplan flags`.")


def snooze(
    loaded: Loaded[Config], store: Store, flag: Flag, by: str, reason: str, until: date | None, now: datetime
) -> date:
    """Up to which day it is not raised again."""
    today, reason = _today(loaded, now), " ".join(reason.split()).removesuffix(".")  # it goes on in other sentences
    until = until or today + timedelta(days=loaded.value.cold.flag.snooze_days)
    if until <= today:
        raise NeedsHuman(f"{until} is no day to come.", next_step="Give a later one.")
    if not store.flags.end([End(flag.id, max(today, flag.raised), DISMISSED, reason, by, until)]):
        raise NeedsHuman(f"The flag of NPI {flag.npi} has ended meanwhile.", next_step="Look again.")
    store.journal.note("flag dismissed", now, npi=flag.npi, flag=flag.id, by=by, reason=reason, until=until)
    return until


def wake(loaded: Loaded[Config], store: Store, npi: Npi, by: str, now: datetime) -> bool:
    """A snooze is over before its day; whether there was one."""
    if not store.flags.wake(npi, _today(loaded, now)):
        return False
    store.journal.note("flag woken", now, npi=npi, by=by)
    return True


def _stores(loaded: Loaded[Config], crm: str | None) -> Iterator[tuple[str, Store]]:
    return ((name, open_store(loaded, name)) for name in chosen_crms(loaded, crm))


def _today(loaded: Loaded[Config], now: datetime) -> date:
    """By the calendar where the team is."""
    return now.astimezone(ZoneInfo(loaded.value.time_zone)).date()


def _open(loaded: Loaded[Config], store: Store, npi: str | None) -> list[Flag]:
    """With whoever has the account today, and what its field in the CRM says; those with the most at risk first."""
    roster, covered = store.mirror.roster(), store.plan.coverage()
    reps = dict(zip(roster.npi.tolist(), read_territories(loaded).align(roster).rep.tolist(), strict=True))
    found = [
        _as_it_is(flag, reps.get(flag.npi, flag.rep), covered.get(flag.npi), loaded.value)
        for flag in store.flags.open().values()
        if npi in (None, flag.npi)
    ]
    return sorted(found, key=lambda flag: (flag.manager, -(flag.at_risk or 0), flag.npi))


def _as_it_is(flag: Flag, rep: str, cover: Coverage | None, config: Config) -> Flag:
    held = replace(flag, rep=rep, manager=config.manager(rep))
    if not cover or not cover.flagged:
        return held
    return replace(held, reason=cover.reason, next_step=cover.next_step, at_risk=cover.at_risk)


def _paused(store: Store, npi: str | None) -> list[Coverage]:
    return [one for one in store.plan.coverage().values() if one.paused and npi in (None, one.npi)]


def _names(store: Store) -> dict[str, str]:
    roster = store.mirror.roster()
    return dict(zip(roster.npi.tolist(), roster.name.tolist(), strict=True))


def _told(flag: Flag, called: Mapping[str, str]) -> str:
    name, since = called.get(flag.npi, ""), f"{flag.raised.day} {flag.raised:%b %Y}"
    who = f"{name}, NPI {flag.npi}" if name else f"NPI {flag.npi}"
    return f"    {who}, of {flag.rep or 'nobody'}, flagged since {since}: {flag.reason}"


def _named(npis: Sequence[str]) -> str:
    more = len(npis) - MOST
    return f"NPI {', '.join(npis[:MOST])}" + (f" and {more:,} more (--json names them)" if more > 0 else "")


def _data(flag: Flag, today: date) -> dict[str, Any]:
    return {
        "npi": flag.npi,
        "manager": flag.manager,
        "rep": flag.rep,
        "raised": flag.raised.isoformat(),
        "days_open": max((today - flag.raised).days, 0),  # one of the coming day is new
        "reason": flag.reason,
        "next_step": flag.next_step,
        "at_risk": flag.at_risk,
    }
