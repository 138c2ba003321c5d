"""A team's store before its lists are built: reps in real cities, accounts around them, all of them due.

The CRM is one in a dictionary, the store SQLite. Tiers and coverage are put there as the jobs before would have left
them: nobody has been visited yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from adapters.memory import Settings, connect
from adapters.memory.org import Org
from bench.towns import MONDAY, accounts_around, cities
from callplan.model import Npi, Place, Tier, npi_is_valid
from connector.config import read_config
from connector.contract import Account, CrmId, Cursor, Field, FieldType, Page, Value
from connector.host.discover import adapters
from connector.host.open import Parts, begin_run
from connector.mapping import read_mapping, reading
from connector.run import Run
from connector.store import Store, open_database
from connector.store.mirror import AccountFields
from connector.store.plan import Assignment, Coverage

TODAY = MONDAY - timedelta(days=2)  # the weekend before
MAPPING = """crm: memory
account: {object: account, npi: npi, latitude: latitude, longitude: longitude}
interactions: [Task]
fields: {tier: {field: tier}}
"""


class Saturday:
    def now(self) -> datetime:
        return datetime(TODAY.year, TODAY.month, TODAY.day, 7, tzinfo=UTC)

    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Team:
    folder: Path
    store: Store
    org: Org

    @contextmanager
    def run(self) -> Iterator[Run]:
        config = read_config(self.folder / "config.yaml", {n: adapter.Settings for n, adapter in adapters().items()})
        mapping = read_mapping(self.folder / "memory.yaml")
        link: Any = partial(connect, Settings(), reading(mapping.value), clock=Saturday(), transport=self.org)
        parts = Parts(config, mapping, link, self.store, Saturday(), Random(1), lambda _event, /, **_facts: None)
        with begin_run(parts, "build_call_lists", TODAY) as run:
            yield run


def team_of(folder: Path, reps: int, accounts: int, tier_a: int, visits_per_day: int) -> Team:
    """So many accounts for each rep, the first of them Tier A."""
    homes = {f"rep{at:02}@example.com": home for at, (_, home) in enumerate(cities(reps))}
    _write(folder, homes, visits_per_day)
    org = Org(Saturday())
    org.add_fields(*(Field(name, FieldType.TEXT, True) for name in ("npi", "tier")))
    org.add_fields(*(Field(name, FieldType.NUMBER, True) for name in ("latitude", "longitude")))
    store = open_database(f"sqlite:///{folder / 'callplan.db'}").store("memory")
    _fill(store, homes, accounts, tier_a)
    return Team(folder, store, org)


def _write(folder: Path, homes: dict[str, Place], visits_per_day: int) -> None:
    reps = "".join(f'  - {{email: {rep}, home: "{h.latitude}, {h.longitude}"}}\n' for rep, h in homes.items())
    week = f"week: {{visits_per_day: {visits_per_day}}}\n"
    (folder / "config.yaml").write_text(
        "crm: {memory: {mapping: memory.yaml}}\nready_made: {path: tiers.csv}\n" + week + f"reps:\n{reps}"
    )
    (folder / "memory.yaml").write_text(MAPPING)


def _fill(store: Store, homes: dict[str, Place], accounts: int, tier_a: int) -> None:
    rows, assigned, covered = list[Account](), list[Assignment](), list[Coverage]()
    for seed, (rep, home) in enumerate(homes.items()):
        rng, spots = np.random.default_rng([seed, 1]), zip(*accounts_around(home, accounts, seed), strict=True)
        for at, (latitude, longitude) in enumerate(spots):
            npi, tier = _npi(seed * accounts + at), Tier.A if at < tier_a else Tier.B
            fields: dict[str, Value] = {"npi": npi, "latitude": float(latitude), "longitude": float(longitude)}
            rows.append(Account(CrmId(f"a{npi}"), Saturday().now(), rep, fields))
            volume, urgency = float(rng.uniform(11, 1000)), float(rng.uniform(0.7, 3.0))
            assigned.append(
                Assignment(npi, tier, TODAY - timedelta(days=90), None, volume, 90.0, "", "Cardiology", "1")
            )
            covered.append(Coverage(npi, "due", urgency, None, TODAY, False, None, ""))
    names = AccountFields("npi", latitude="latitude", longitude="longitude")
    store.mirror.save_accounts(Page(tuple(rows), Cursor("1")), names)
    store.plan.save_assignments(assigned)
    store.plan.save_coverage(covered)


def _npi(number: int) -> Npi:
    """With its check digit."""
    return next(Npi(npi) for digit in range(10) if npi_is_valid(npi := f"{100_000_000 + number}{digit}"))
