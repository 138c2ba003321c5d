"""A small territory, people who work in the CRM between nights, and nights that may go wrong.

Everything is decided by the seed: two worlds of one seed differ only by their faults.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

import adapters.hubspot
import adapters.salesforce
from connector.config import Config, settings_of
from connector.contract import Crm
from connector.errors import ConnectorError
from connector.host.discover import job
from connector.host.log import silent
from connector.host.open import Parts, begin_run, open_config
from connector.host.playground import claims_files, write_folder, write_providers
from connector.mapping import Mapping, read_mapping, reading
from connector.store import Database, Store, open_database
from connector.sync.budget import Budget
from connector.yamlfile import Loaded
from sandbox.hubspot import HubSpot
from sandbox.people import populate
from sandbox.salesforce import Salesforce
from sandbox.sample import write_sample
from sandbox.wire import Wire
from sandbox.world import Provider, Touch
from sandbox.world import World as People
from tests.conftest import TODAY, StillClock
from tests.nights.sim.faults import Died, Faults
from tests.nights.sim.wires import Answer, Line, PoolLine, RequestsLine

ACCOUNTS = 12
REACH = {
    "salesforce": {"url": "http://127.0.0.1:9", "client_id": "sandbox-client", "client_secret": "sandbox-secret"},
    "hubspot": {"url": "http://127.0.0.1:9", "token": "pat-na1-sandbox"},
}
BUSY: dict[str, Answer] = {
    "salesforce": (503, {}, json.dumps([{"errorCode": "SERVER_UNAVAILABLE", "message": "Busy."}]).encode()),
    "hubspot": (429, {}, json.dumps({"policyName": "TEN_SECONDLY_ROLLING", "message": "Slow down."}).encode()),
}
TRIES = 12  # how often a night is started again before it counts as stuck


@dataclass(frozen=True)
class Ground:
    """What all worlds share: claims, config and mappings."""

    folder: Path
    config: Loaded[Config]
    people: People
    mappings: dict[str, Loaded[Mapping]]

    def mapping(self, crm: str) -> Loaded[Mapping]:
        return self.mappings[crm]


def lay_ground(folder: Path) -> Ground:
    write_sample(folder / "claims", accounts=ACCOUNTS)
    files = claims_files(folder / "claims", folder)
    write_providers(files, folder)
    write_folder(folder, files, REACH)
    people = populate(folder / "providers.csv", reps=2, today=TODAY, label="sample data")
    mappings = {crm: read_mapping(folder / "mappings" / f"{crm}.yaml") for crm in REACH}
    return Ground(folder, open_config(folder / "config.yaml"), people, mappings)


@dataclass
class World:
    ground: Ground
    crm: str
    clock: StillClock
    vendor: Any
    wire: Wire
    database: Database
    faults: Faults = field(default_factory=Faults)
    today: date = TODAY
    starts: int = 0  # of this night so far
    deaths: int = 0
    stops: int = 0

    @property
    def audit(self) -> Path:
        assert self.database.audit
        return self.database.audit

    @property
    def store(self) -> Store:
        return self.database.store(self.crm)

    def owned(self) -> dict[str, str]:
        """Ours to theirs."""
        return {ours: target.field for ours, target in self.ground.mapping(self.crm).value.fields.items()}

    def night(self, faults: dict[int, str] | None = None) -> int:
        """One night, started again as often as it takes; how many starts that were."""
        self.faults.begin(faults)
        for start in range(1, TRIES + 1):
            self.starts = start
            try:
                self._run()
                return start
            except Died:
                self.deaths += 1
            except (ConnectorError, OperationalError):
                self.stops += 1
            self.clock.sleep(timedelta(hours=25).total_seconds())
        raise AssertionError(f"the night does not end: {self.faults.plan}")

    def _run(self) -> None:
        parts = Parts(
            config=self.ground.config,
            mapping=self.ground.mapping(self.crm),
            crm=self._connect(),
            store=self.store,
            clock=self.clock,
            rng=Random(7),
            log=silent,
        )
        with begin_run(parts, "nightly", self.today) as run:
            run.tally.update(job("nightly")(run))

    def _overtake(self) -> None:
        """Somebody took our lock's file away, and another process does the whole night while we wait for an answer."""
        Path(f"{self.database.engine.url.database}.{self.crm}.lock").unlink(missing_ok=True)
        self.faults.quiet = True
        try:
            self._run()
        finally:
            self.faults.quiet = False

    def _connect(self) -> Crm:
        adapter = {"salesforce": adapters.salesforce, "hubspot": adapters.hubspot}[self.crm]
        settings = settings_of(self.ground.config.value.connection(self.crm), adapter.Settings)
        line = Line(self.wire, self.vendor, self.faults, BUSY[self.crm], self._overtake)
        transport = RequestsLine(line) if self.crm == "salesforce" else PoolLine(line)
        found: Crm = adapter.connect(
            settings,
            reading(self.ground.mapping(self.crm).value),
            clock=self.clock,
            meter=Budget(self.store.meter.count, self.clock, self.ground.config.value.guards),
            transport=transport,
        )
        return found

    def live_day(self, seed: int) -> None:
        """A day passes, in which people do each thing once, in an order of the seed."""
        rng = Random(f"{seed}-{self.today}")
        self.today += timedelta(days=1)
        self.clock.sleep(23 * 3600)
        deeds = [visit, visit, call, edit_ours, edit_theirs, move, merge, delete]
        for deed in rng.sample(deeds, len(deeds)):
            there = [p for p in self.ground.people.providers if self.vendor.find(p.npi)]
            deed(self, rng, there)
        self.clock.sleep(3600)

    def record(self, provider: Provider) -> str:
        found: str = self.vendor.find(provider.npi)
        return found


# What a person does in the CRM


def visit(world: World, rng: Random, there: list[Provider], kind: str = "visit") -> None:
    one = rng.choice(there)
    at = datetime.combine(world.today - timedelta(days=rng.randint(1, 3)), time(16), UTC)
    world.vendor.log_touch(world.record(one), Touch(one.npi, one.rep, kind, at, 30, "outbound", "done"))


def call(world: World, rng: Random, there: list[Provider]) -> None:
    visit(world, rng, there, "call")


def edit_ours(world: World, rng: Random, there: list[Provider]) -> None:
    """Another tier than the account has: the night must put it back."""
    tier, id_ = world.owned()["tier"], world.record(rng.choice(there))
    world.vendor.edit(id_, **{tier: "B" if world.vendor.record(id_).get(tier) != "B" else "C"})


def edit_theirs(world: World, rng: Random, there: list[Provider]) -> None:
    name = {"salesforce": "Name", "hubspot": "name"}[world.crm]
    world.vendor.edit(world.record(rng.choice(there)), **{name: f"Dr. {rng.randint(100, 999)}"})


def move(world: World, rng: Random, there: list[Provider]) -> None:
    """To another owner."""
    name = {"salesforce": "OwnerId", "hubspot": "hubspot_owner_id"}[world.crm]
    one, other = (world.record(provider) for provider in rng.sample(there, 2))
    world.vendor.edit(one, **{name: world.vendor.record(other)[name]})


def merge(world: World, rng: Random, there: list[Provider]) -> None:
    loser, winner = (world.record(provider) for provider in rng.sample(there, 2))
    world.vendor.merge(loser, winner)


def delete(world: World, rng: Random, there: list[Provider]) -> None:
    world.vendor.delete(world.record(rng.choice(there)))


@contextmanager
def world(ground: Ground, crm: str, folder: Path) -> Iterator[World]:
    clock = StillClock(datetime.combine(TODAY, time(7), UTC))
    vendor = {"salesforce": Salesforce, "hubspot": HubSpot}[crm](ground.people, now=clock.now, page_size=40)
    database = open_database(f"sqlite:///{folder / 'callplan.db'}")
    made = World(ground, crm, clock, vendor, Wire(vendor), database)

    @event.listens_for(database.engine, "commit")
    def _(_connection: Connection) -> None:
        kind = made.faults.at("commit", "commit")
        if kind == "die_before":
            raise Died
        if kind == "locked":
            raise OperationalError("COMMIT", {}, Exception("database is locked"))

    try:
        yield made
    finally:
        database.engine.dispose()
