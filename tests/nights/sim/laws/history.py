"""Who set what, in the order in which the CRM saw it."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from operator import itemgetter
from typing import Any

from tests.nights.sim import truth
from tests.nights.sim.rows import as_text
from tests.nights.sim.watch import record_of
from tests.nights.sim.world import POISONED, World


def state(world: World) -> dict[str, dict[str, Any]]:
    """What the CRM holds in our fields, by NPI."""
    owned = world.owned()
    return {
        account.npi: {ours: record_of(world, account.id).get(theirs) or None for ours, theirs in owned.items()}
        for account in truth.accounts(world)
    }


def is_poisoned(world: World, npi: str) -> bool:
    return world.knobs.poisoned > 0 and npi == world.ground.people.providers[POISONED].npi


def last_hands(world: World) -> dict[tuple[str, str], str]:
    """Who last set each field of each record."""
    return {(record, name): who for _, who, record, name, _ in told(world)}


def told(world: World) -> Iterator[tuple[int, str, str, str, str]]:
    """The CRM's history, with what was sent over an equal value, of which HubSpot keeps no line."""
    history = [
        (line, who, record, name, as_text(after))
        for line, (_, who, record, name, _, after) in enumerate(world.vendor.history)
    ]
    yield from merge(
        [(line, "api", record, name, value) for line, record, name, value in world.seen.repeated],
        history,
        key=itemgetter(0),
    )
