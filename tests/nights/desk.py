"""A team's folder and a CRM in a dictionary: whole nights in a few milliseconds, for what a team brings itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property, partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from adapters.memory import Settings, connect
from adapters.memory.org import Org
from connector.config import Config, read_config
from connector.contract import CrmId, FieldType, Interaction, Kind, Reading, Result, Value
from connector.contract import Field as CrmField
from connector.host.discover import adapters, job
from connector.host.open import Parts, begin_run
from connector.host.stopping import Stop
from connector.mapping import Mapping, read_mapping, reading
from connector.run import Run
from connector.store import Store, open_database
from connector.store.journal import Tally
from connector.yamlfile import Loaded
from tests.conftest import TODAY, StillClock

FIELDS = {
    "tier": FieldType.TEXT,
    "tier_reason": FieldType.TEXT,
    "tier_since": FieldType.DATE,
    "going_cold": FieldType.CHECKBOX,
    "cold_reason": FieldType.TEXT,
    "last_visit": FieldType.DATE,
    "volume": FieldType.NUMBER,
    "call_order": FieldType.NUMBER,
    "next_visit": FieldType.DATE,
    "call_week": FieldType.DATE,
    "slot_kind": FieldType.TEXT,
    "channel": FieldType.TEXT,
    "next_touch": FieldType.DATE,
    "touch_state": FieldType.TEXT,
    "relationship": FieldType.TEXT,
    "activity": FieldType.TEXT,
    "next_step": FieldType.TEXT,
    "at_risk": FieldType.NUMBER,
    "cycle_goal": FieldType.NUMBER,
    "cycle_calls": FieldType.NUMBER,
    "cycle_remaining": FieldType.NUMBER,
}
GUARDS = "guards: {max_tier_moves: 1, max_a_loss: 1, min_input_share: 0.7}\n"


@cache
def empty_store() -> bytes:
    """An up-to-date store, made once: its migrations take longer than a night here."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "callplan.db"
        open_database(f"sqlite:///{file}").engine.dispose()
        return file.read_bytes()


@dataclass
class Desk:
    folder: Path
    config: str
    mapping: str = ""
    guards: str = GUARDS
    reads: str = ""  # further fields of the account, such as "zip: zip"
    policies: dict[str, str] = field(default_factory=dict)  # of fields that are not ours alone
    clock: StillClock = field(default_factory=StillClock)
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    stop: Stop = field(default_factory=Stop)

    @cached_property
    def org(self) -> Org:
        org = Org(self.clock)
        org.shape = type(org.shape)("account", {})
        org.add_fields(CrmField("npi", FieldType.TEXT, True), CrmField("zip", FieldType.TEXT, True))
        org.add_fields(*(CrmField(name, kind, True, 255) for name, kind in FIELDS.items()))
        return org

    @cached_property
    def store(self) -> Store:
        file = self.folder / "callplan.db"
        file.write_bytes(empty_store())
        return open_database(f"sqlite:///{file}").store("memory")

    def has(self, *npis: str) -> list[CrmId]:
        return [self.org.add_account("kim@example.com", npi=npi) for npi in npis]

    def visited(self, account: CrmId, days_ago: int) -> None:
        at = self.clock.now() - timedelta(days=days_ago)
        kim = "kim@example.com"
        self.org.log(Interaction(CrmId(f"v{account}"), account, Kind.VISIT, at, at, Result.DONE, owner=kim))

    def at_work(self, rep: str = "kim@example.com", days_ago: int = 0) -> None:
        """The rep's log shows life: a note on nothing of ours."""
        at = self.clock.now() - timedelta(days=days_ago)
        self.org.log(Interaction(CrmId(f"n{rep}{at:%y%m%d}"), None, Kind.NOTE, at, at, Result.DONE, owner=rep))

    def write(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("\n".join([*lines, ""]))

    def loaded(self) -> tuple[Loaded[Config], Loaded[Mapping]]:
        ours = {name: self.policies.get(name, "ours") for name in FIELDS}
        fields = "".join(f"  {name}: {{field: {name}, policy: {policy}}}\n" for name, policy in ours.items())
        self.write(
            "memory.yaml",
            "crm: memory",
            f"account: {{object: account, npi: npi, {self.reads}}}",
            "interactions: [Task]",
            "fields:",
        )
        (self.folder / "memory.yaml").open("a").write(fields + self.mapping)
        self.write("config.yaml", "crm: {memory: {mapping: memory.yaml}}", self.guards, self.config)
        settings = {name: adapter.Settings for name, adapter in adapters().items()}
        return read_config(self.folder / "config.yaml", settings), read_mapping(self.folder / "memory.yaml")

    def night(self, today: date = TODAY, name: str = "nightly") -> Tally:
        with self.run(today, name) as run:
            run.tally.update(job(name)(run))
            return run.tally

    @contextmanager
    def run(self, today: date = TODAY, name: str = "nightly", approve: str | None = None) -> Iterator[Run]:
        config, mapping = self.loaded()
        parts = Parts(
            config,
            mapping,
            self.way(config, "memory", reading(mapping.value)),
            self.store,
            self.clock,
            Random(7),
            self._log,
            stop=self.stop,
        )
        with begin_run(parts, name, today, approve=approve) as run:
            yield run

    def way(self, _config: Loaded[Config], _crm: str, wanted: Reading) -> Any:
        """To the CRM in the dictionary."""
        return partial(connect, Settings(), wanted, clock=self.clock, transport=self.org)

    def says(self, account: CrmId, *names: str) -> tuple[Value, ...]:
        return tuple(self.org.accounts[account].fields.get(name) for name in names)

    def facts(self, event: str) -> dict[str, object]:
        """Of the last event of that name."""
        return next(facts for name, facts in reversed(self.told) if name == event)

    def _log(self, event: str, /, **facts: object) -> None:
        self.told.append((event, facts))
