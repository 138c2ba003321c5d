"""`callplan overrides`: edits that people made to fields under `challenge`, and a manager's yes or no to each.

Errors   NeedsHuman: no such proposal
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from connector.errors import NeedsHuman
from connector.host.open import WallClock, chosen_crms, open_config, open_store
from connector.host.show import say_value
from connector.store.overrides import Override


def list_overrides(config: Path, crm: str | None) -> Iterator[str]:
    loaded = open_config(config)
    for name in chosen_crms(loaded, crm):
        found = open_store(loaded, name).overrides.newest().values()
        yield f"{name}: {len(found):,} edits of people to fields under `challenge`."
        yield from (_told(override) for override in found)


def decide(config: Path, number: int, state: str, by: str, reason: str, until: date | None) -> str:
    """Put a manager's decision on record; the next night acts on it."""
    loaded, now = open_config(config), WallClock().now()
    for name in chosen_crms(loaded, None):
        store = open_store(loaded, name)
        if store.overrides.decide(number, state, by, reason, until, now):
            store.journal.note(f"override {state}", now, override=number, by=by, reason=reason, until=until)
            return f"{name}: override {number} is {state} by {by}. The next night acts on it."
    raise NeedsHuman(f"There is no override {number}.", next_step="See `callplan overrides`.")


def _told(override: Override) -> str:
    said = f"  {override.id}  {override.state}  {override.record} NPI {override.npi} {override.field}: "
    said += f"a person wrote {say_value(override.edited)}, the plan said {say_value(override.planned)}"
    if override.by:
        said += f"; by {override.by}" + (f", until {override.until}" if override.until else "")
    return said + (f" ({override.reason})" if override.reason else "")
