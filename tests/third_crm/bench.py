"""A stranger's package as pip would have installed it, and somebody at Ledgerly's screen."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from connector.contract import Crm, CrmId, Meter, Reading, Secret, Value, unmetered
from connector.host.discover import adapters, starter_mapping
from connector.mapping import read_mapping, reading
from sandbox.server import listen
from sandbox.wire import Fault, Wire
from tests.adapters.benches import KIM, PAGE
from tests.conftest import StillClock
from tests.third_crm.server import CLINIC, KEY, Ledgerly

OUTSIDE = Path(__file__).parent / "outside"
KINDS = {"visit": "visit", "call": "call", "email": "mail"}
OUTCOMES = {"done": "held", "no_answer": "no reply", "no_show": "missed", "planned": None}
WORDS = {"visit": ("held", "closed"), "call": ("no reply", "closed"), "email": ("held", "closed")}


@contextmanager
def installed(site: Path) -> Iterator[None]:
    """What an installer leaves: the package on the path, and its entry points beside it."""
    project = tomllib.loads((OUTSIDE / "pyproject.toml").read_text())["project"]
    points = project["entry-points"]["callplan.adapters"]
    told = site / "callplan_ledgerly-1.0.dist-info"
    told.mkdir(parents=True, exist_ok=True)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    lines = [f"{name} = {value}" for name, value in points.items()]
    (told / "entry_points.txt").write_text("\n".join(["[callplan.adapters]", *lines, ""]))
    before = list(sys.path)
    sys.path[:0] = [str(site), str(OUTSIDE)]
    try:
        yield
    finally:
        sys.path[:] = before


@dataclass
class LedgerlyBench:
    clock: StillClock
    vendor: Ledgerly
    wire: Wire
    adapter: Any
    settings: Any
    reading: Reading
    fields: Mapping[str, str]
    opens: str
    secrets: tuple[str, ...] = (KEY, "token-1")
    renews: bool = True
    of_the_login: tuple[str, ...] = ("key",)
    nobody: str = "UNKNOWN_OWNER"
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"entries": ("note",)})
    words: Mapping[str, tuple[str | None, str | None]] = field(
        default_factory=lambda: {
            "visit": ("held", "closed"),
            "call": ("no reply", "closed"),
            "email": ("held", "closed"),
        }
    )

    def connect(self, *more_fields: str, meter: Meter = unmetered, clock: StillClock | None = None) -> Crm:
        wanted = replace(self.reading, fields=(*self.reading.fields, *more_fields))
        crm: Crm = self.adapter.connect(self.settings, wanted, clock=clock or self.clock, meter=meter)
        return crm

    def calls(self) -> int:
        return sum(call.path != "/token" for call in self.wire.calls)

    def add_account(self, owner: str | None = None) -> CrmId:
        return CrmId(self.vendor.add("clinics", owner))

    def held(self, id: CrmId) -> Mapping[str, Any]:
        return self.vendor.records["clinics"][id].fields

    def edit(self, id: CrmId, **fields: Value) -> None:
        self.vendor.edit("clinics", id, None, **fields)

    def delete(self, id: CrmId) -> None:
        self.vendor.delete("clinics", id)

    def merge(self, loser: CrmId, winner: CrmId) -> CrmId:
        self.vendor.delete("clinics", loser, into=winner)
        return winner

    def log(
        self, account: CrmId, kind: str, at: datetime, result: str = "done", minutes: float = 30, **more: Any
    ) -> None:
        told = {"outcome": OUTCOMES[result], "status": "open" if result == "planned" else "closed", "minutes": minutes}
        told |= {"note": more.get("note", ""), "robot": more.get("machine", False)}
        self.vendor.add("entries", KIM.email, kind=KINDS[kind], clinic=account, at=at.isoformat(), **told)

    def unlog(self, interaction: CrmId) -> None:
        self.vendor.delete("entries", interaction)

    def log_elsewhere(self, interaction: CrmId, account: CrmId) -> None:
        self.vendor.edit("entries", interaction, clinic=account)

    def move(self, interaction: CrmId, at: datetime) -> None:
        self.vendor.edit("entries", interaction, at=at.isoformat())

    def say(self, interaction: CrmId, result: str) -> None:
        self.vendor.edit("entries", interaction, status="closed", outcome=OUTCOMES[result])

    def complete(self, task: CrmId) -> None:
        self.say(task, "done")

    def write_calls(self) -> list[int]:
        return [call.rows for call in self.wire.calls if call.rows is not None]

    def be_busy(self) -> None:
        self.wire.faults.append(Fault("/objects/", status=429, headers={"Retry-After": "7"}))

    def spend_quota(self) -> None:
        self.vendor.calls_left = 0

    def end_login(self) -> None:
        self.vendor.tokens += 1

    def lose_next_answer(self) -> None:
        self.wire.faults.append(Fault("/batch", lose_reply=True))


@contextmanager
def ledgerly_bench(clock: StillClock) -> Iterator[LedgerlyBench]:
    """Within `installed`."""
    adapter, path = adapters()["ledgerly"], starter_mapping("ledgerly")
    assert path
    mapping = read_mapping(path).value
    vendor = Ledgerly(clock.now, [KIM.email], PAGE)
    wire = Wire(vendor)
    listening = listen(wire)
    fields = {**{name: name for name in CLINIC}, "read_only": "serial"}
    settings = adapter.Settings(base_url=listening.url, key=Secret(KEY))
    try:
        yield LedgerlyBench(
            clock, vendor, wire, adapter, settings, reading(mapping), fields, f"{listening.url}/clinic/{{}}"
        )
    finally:
        listening.close()
