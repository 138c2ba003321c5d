"""`callplan flags`: who is going cold, which accounts wait for their turn, and a manager's dismissal of a flag.

Errors   NeedsHuman: no open flag of that NPI, or a day that is over
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from callplan.model import Npi
from connector.errors import NeedsHuman
from connector.host.open import WallClock, chosen_crms, open_config, open_store
from connector.store import Store
from connector.store.flags import DISMISSED, End, Flag
from connector.store.plan import Coverage


def list_flags(config: Path, crm: str | None, npi: str | None) -> Iterator[str]:
    today = WallClock().now().date()
    for name, store in _stores(config, crm):
        open_, waiting = _open(store, npi), _paused(store, npi)
        yield f"{name}: {len(open_):,} accounts are flagged as going cold; {len(waiting):,} more are not, for a reason."
        for gap in store.flags.gaps():
            since = f"since {gap.since}" if gap.since else "yet"
            yield f"  Logging gap: nothing is logged by {gap.who or 'anybody'} {since}."
        for manager in sorted({flag.manager for flag in open_}):
            yield f"  {manager or 'For the manager'}:"
            yield from (_told(flag, today) for flag in open_ if flag.manager == manager)
        yield from (f"  Not flagged: NPI {one.npi}, {one.paused}." for one in waiting)


def flags_as_json(config: Path, crm: str | None, npi: str | None) -> str:
    today = WallClock().now().date()
    told = {
        name: {
            "open": [_data(flag, today) for flag in _open(store, npi)],
            "not_flagged": [{"npi": one.npi, "why": one.paused} for one in _paused(store, npi)],
            "gaps": [{"who": gap.who, "since": gap.since and gap.since.isoformat()} for gap in store.flags.gaps()],
        }
        for name, store in _stores(config, crm)
    }
    return json.dumps(told, indent=2)


def dismiss(config: Path, crm: str | None, npi: Npi, by: str, reason: str, until: date | None) -> Iterator[str]:
    """Take a flag off, with the reason on record; it is not raised again before its day."""
    loaded, now = open_config(config), WallClock().now()
    until = until or now.date() + timedelta(days=loaded.value.cold.flag.snooze_days)
    if until <= now.date():
        raise NeedsHuman(f"{until} is over.", next_step="Give a day to come as --until.")
    found = 0
    for name, store in _stores(config, crm):
        if flag := store.flags.open().get(npi):
            found += 1
            store.flags.end([End(flag.id, now.date(), DISMISSED, reason, by, until)])
            store.journal.note("flag dismissed", now, npi=npi, flag=flag.id, by=by, reason=reason, until=until)
            yield f"{name}: NPI {npi} is not flagged any more, by {by}, and not again before {until}."
    if not found:
        raise NeedsHuman(f"NPI {npi} has no open flag.", next_step="See `callplan flags`.")


def _stores(config: Path, crm: str | None) -> Iterator[tuple[str, Store]]:
    loaded = open_config(config)
    return ((name, open_store(loaded, name)) for name in chosen_crms(loaded, crm))


def _open(store: Store, npi: str | None) -> list[Flag]:
    """Those with the most at risk first."""
    found = [flag for flag in store.flags.open().values() if npi in (None, flag.npi)]
    return sorted(found, key=lambda flag: (flag.manager, -(flag.at_risk or 0), flag.npi))


def _paused(store: Store, npi: str | None) -> list[Coverage]:
    return [one for one in store.plan.coverage().values() if one.paused and npi in (None, one.npi)]


def _told(flag: Flag, today: date) -> str:
    days = (today - flag.raised).days
    return f"    NPI {flag.npi} of {flag.rep or 'nobody'}, {days:,} day{'s' * (days != 1)}: {flag.reason}"


def _data(flag: Flag, today: date) -> dict[str, Any]:
    return {
        "npi": flag.npi,
        "manager": flag.manager,
        "rep": flag.rep,
        "raised": flag.raised.isoformat(),
        "days_open": (today - flag.raised).days,
        "reason": flag.reason,
        "next_step": flag.next_step,
        "at_risk": flag.at_risk,
    }
