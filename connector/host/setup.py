"""`callplan setup CRM`: make the fields that the mapping writes, and what people look at, inside the CRM.

Errors   NeedsHuman: what the CRM refuses, with its reasons; nothing was changed then
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from connector.contract import SetUp
from connector.host.open import WallClock, chosen_crms, located, metered, open_config, open_store, way_to


def set_up(path: Path, crm: str, *, dry_run: bool, assign: str | None, key: bool) -> Iterator[str]:
    config = open_config(path)
    [name] = chosen_crms(config, crm)
    mapping, connect = way_to(config, name)
    written = tuple(target.field for target in mapping.value.fields.values())
    store = open_store(config, name)
    with located(config, name):
        reached = connect(meter=metered(store, WallClock(), config), keep=store.keep)
        booked, tasks = config.value.week.appointments, config.value.cold.flag.tasks
        yield from reached.set_up(SetUp(written, dry_run, assign, key, booked, tasks))
    if not dry_run:
        yield "Next: `callplan check`."
