"""`callplan overrides`: edits that people made to fields under `challenge`, and a manager's yes or no to each.
`callplan lock` and `unlock`: a tier that a person fixes, and lets go.

Errors   NeedsHuman: no such proposal, no account with that NPI, no tier that is locked
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from callplan.model import Npi, Tier
from connector.config import Config
from connector.contract import CrmId
from connector.errors import NeedsHuman
from connector.host.open import WallClock, chosen_crms, open_config, open_store
from connector.host.show import say_value
from connector.mapping import read_mapping
from connector.store import Store
from connector.store.overrides import REJECTED, Override, Proposal, standing_of
from connector.yamlfile import Loaded


@dataclass(frozen=True, slots=True)
class Locked:
    """The field of an account that a person fixes."""

    record: CrmId
    npi: Npi
    field: str


@dataclass(frozen=True, slots=True)
class Because:
    by: str
    reason: str
    until: date | None


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


def decide_waiting(
    store: Store, number: int, state: str, by: str, reason: str, until: date | None, now: datetime
) -> bool:
    """The same for one that still waits, of the CRM whose store this is; whether it did."""
    if not store.overrides.decide_waiting(number, state, by, reason, until, now):
        return False
    store.journal.note(f"override {state}", now, override=number, by=by, reason=reason, until=until)
    return True


def lock(config: Path, npi: str, tier: Tier, by: str, reason: str, until: date | None) -> Iterator[str]:
    """Fix the tier of an account in every CRM that has it, whatever the claims say."""
    for name, store, record, field in _accounts(config, npi):
        lock_tier(store, Locked(record, Npi(npi), field), tier, Because(by, reason, until), WallClock().now())
        days = f", until {until}" if until else ""
        yield f"{name}: NPI {npi} is locked in Tier {tier.value} by {by}{days}. The next night acts on it."


def unlock(config: Path, npi: str, by: str) -> Iterator[str]:
    """The claims decide again."""
    found = 0
    for name, store, record, field in _accounts(config, npi):
        now = WallClock().now()
        if unlock_tier(store, Locked(record, Npi(npi), field), by, now, now.date()):
            found += 1
            yield f"{name}: NPI {npi} is unlocked by {by}. The next night gives it its tier from the claims."
    if not found:
        raise NeedsHuman(f"The tier of NPI {npi} is not locked.", next_step="See `callplan overrides`.")


def lock_tier(store: Store, what: Locked, tier: Tier, why: Because, now: datetime) -> None:
    held = store.plan.assignment(what.npi)
    planned = held.tier.value if held else None
    proposal = Proposal(what.record, what.npi, what.field, planned, tier.value)
    store.overrides.lock(proposal, why.by, why.reason, why.until, now)
    facts = {"npi": what.npi, "tier": tier.value, "by": why.by, "reason": why.reason, "until": why.until}
    store.journal.note("tier locked", now, **facts)


def unlock_tier(store: Store, what: Locked, by: str, now: datetime, today: date) -> bool:
    """Whether it was locked; any lock before it goes with it."""
    found, locked = store.overrides.of(what.record), False
    while override := standing_of(found, what.field, today):
        locked = store.overrides.decide(override.id, REJECTED, by, "unlocked", None, now)
        found = [one for one in found if one.id != override.id]
    if locked:
        store.journal.note("tier unlocked", now, npi=what.npi, by=by)
    return locked


def tier_field(loaded: Loaded[Config], crm: str) -> str | None:
    """The CRM's field for the tier; none where the mapping has none."""
    path = loaded.path.parent / loaded.value.connection(crm).mapping
    return _tier_field(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _tier_field(path: Path, _as_of: int) -> str | None:
    target = read_mapping(path).value.fields.get("tier")
    return target.field if target else None


def _accounts(config: Path, npi: str) -> Iterator[tuple[str, Store, CrmId, str]]:
    """The CRMs whose mapping has a field for the tier and in which one account carries the NPI, with both."""
    loaded, found = open_config(config), 0
    for name in chosen_crms(loaded, None):
        store, field = open_store(loaded, name), tier_field(loaded, name)
        roster = store.mirror.roster()
        for record in roster.id[roster.npi == npi].tolist() if field else []:
            found += 1
            yield name, store, CrmId(record), str(field)
    if not found:
        raise NeedsHuman(
            f"No account with NPI {npi} is known.",
            next_step="`callplan run pull` reads the CRM anew; `callplan status` lists accounts without a usable NPI.",
        )


def _told(override: Override) -> str:
    said = f"  {override.id}  {override.state}  {override.record} NPI {override.npi} {override.field}: "
    said += f"a person wrote {say_value(override.edited)}, the plan said {say_value(override.planned)}"
    if override.by:
        said += f"; by {override.by}" + (f", until {override.until}" if override.until else "")
    return said + (f" ({override.reason})" if override.reason else "")
