"""`callplan signals`: what has moved at accounts since the last vintage, to be looked at, and dismissed by a person.

Errors   NeedsHuman: no such open signal
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callplan.model import Event, Npi, Signal, Tier, Way
from connector.errors import NeedsHuman
from connector.host.open import WallClock, chosen_crms, open_config, open_store
from connector.store import Store
from connector.store.signals import Kept

LADDER = list(Tier)  # from the best down


def say_signals(config: Path, crm: str | None, npi: str | None) -> str:
    return "\n\n".join("\n".join(_told(name, store, npi)) for name, store in _stores(config, crm))


def signals_as_json(config: Path, crm: str | None, npi: str | None) -> str:
    stores = list(_stores(config, crm))
    return json.dumps(
        {name: {"unlike": store.facts.unlike(), "signals": list(_data(store, npi))} for name, store in stores}, indent=2
    )


def dismiss(config: Path, number: int, by: str, reason: str) -> str:
    """Put a person's decision on record; the next night acts on it."""
    for name, store in _stores(config, None):
        if store.signals.dismiss(number, by, reason):
            store.journal.note("signal dismissed", WallClock().now(), signal=number, by=by, reason=reason)
            return f"{name}: signal {number} is dismissed by {by}. The next night acts on it."
    raise NeedsHuman(f"There is no open signal {number}.", next_step="See `callplan signals`.")


def _stores(config: Path, crm: str | None) -> Iterator[tuple[str, Store]]:
    loaded = open_config(config)
    return ((name, open_store(loaded, name)) for name in chosen_crms(loaded, crm))


def _told(crm: str, store: Store, npi: str | None) -> Iterator[str]:
    found = list(_open(store, npi))
    yield f"{crm}: {len(found):,} signals wait for review."
    if unlike := store.facts.unlike():
        yield f"  The volumes of the last two vintages were not compared: {unlike}."
    for kept, tier in found:
        yield f"  {kept.id}  NPI {kept.signal.npi}: {_sentence(kept.signal, tier)} Until {kept.until}."


def _data(store: Store, npi: str | None) -> Iterator[dict[str, Any]]:
    for kept, tier in _open(store, npi):
        signal = kept.signal
        yield {
            "id": kept.id,
            "npi": signal.npi,
            "event": signal.event.value,
            "says": _sentence(signal, tier),
            "nominates": {Way.UP: "up", Way.DOWN: "down", Way.REVIEW: None}[signal.way],
            "vintage": kept.vintage,
            "seen": kept.seen.isoformat(),
            "until": kept.until.isoformat(),
        }


def _open(store: Store, npi: str | None) -> Iterator[tuple[Kept, Tier | None]]:
    """With the tier that the account has."""
    tiers = {of: held.tier for of, held in store.plan.assignments().items()}
    return ((kept, tiers.get(Npi(kept.signal.npi))) for kept in store.signals.open() if npi in (None, kept.signal.npi))


def _sentence(signal: Signal, tier: Tier | None) -> str:
    if signal.way is Way.REVIEW or tier is None:
        return f"{signal.text}."
    at = LADDER.index(tier) - signal.way if signal.event is not Event.DEACTIVATED else LADDER.index(Tier.C)
    return f"{signal.text}; " + (f"nominated for {LADDER[at]}." if 0 <= at < len(LADDER) else f"already Tier {tier}.")
