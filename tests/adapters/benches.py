"""What a contract test needs of a CRM beyond the contract: a person at the screen, and bad days on request.

Salesforce and HubSpot are the sandbox's, reached over HTTP on loopback; the memory CRM is in this process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import adapters.hubspot
import adapters.memory
import adapters.salesforce
from adapters.memory.org import Org
from connector.contract import (
    Calendar,
    Crm,
    CrmId,
    Direction,
    Field,
    FieldType,
    Interaction,
    Kind,
    Meter,
    Reading,
    Result,
    Secret,
    Tasks,
    Value,
    unmetered,
)
from connector.errors import StopForTonight, TryAgain
from connector.host.discover import starter
from connector.mapping import read_mapping, reading
from sandbox.hubspot import HubSpot
from sandbox.hubspot.kinds import PORTAL
from sandbox.hubspot.linking import unlink
from sandbox.salesforce import Salesforce
from sandbox.server import listen
from sandbox.wire import Fault, Wire
from sandbox.world import Rep, Touch, World
from tests.conftest import StillClock

KIM = Rep("Kim Lee", "kim@example.com")
STRANGER = "nobody@example.com"
PAGE = 5  # rows on a page, so that a few records make several


class Bench(Protocol):
    """`fields` are ours to theirs, and `read_only` to one that nobody may write; `tier` takes A, B and C alone.

    Of the team the CRM knows KIM, who has logged all that `log` logs, and nobody called STRANGER. A list has PAGE rows.
    """

    clock: StillClock
    reading: Reading
    fields: Mapping[str, str]
    secrets: tuple[str, ...]
    renews: bool  # whether a lapsed login can be had anew without a person
    of_the_login: tuple[str, ...]  # the settings of which one is named where a person has to mend the login
    nobody: str  # the code with which a visit of somebody whom the CRM does not know is refused
    words: Mapping[str, tuple[str | None, str | None]]  # outcome and status of a visit, a call and an e-mail, as logged
    notes: Mapping[str, tuple[str, ...]]  # where a visit's notes are
    opens: str  # the page of an account, but for its id

    def connect(self, *more_fields: str, meter: Meter = unmetered, clock: StillClock | None = None) -> Crm: ...
    def calls(self) -> int: ...  # made so far, logins aside
    def add_account(self, owner: str | None = None) -> CrmId: ...
    def held(self, id: CrmId) -> Mapping[str, Any]: ...
    def edit(self, id: CrmId, **fields: Value) -> None: ...
    def delete(self, id: CrmId) -> None: ...
    def merge(self, loser: CrmId, winner: CrmId) -> CrmId: ...
    def log(
        self, account: CrmId, kind: str, at: datetime, result: str = "done", minutes: float = 30, **more: Any
    ) -> None: ...  # with a note, or by a machine
    def unlog(self, interaction: CrmId) -> None: ...
    def log_elsewhere(self, interaction: CrmId, account: CrmId) -> None: ...
    def move(self, interaction: CrmId, at: datetime) -> None: ...
    def say(self, interaction: CrmId, result: str) -> None: ...
    def complete(self, task: CrmId) -> None: ...
    def write_calls(self) -> list[int]: ...
    def be_busy(self) -> None: ...
    def spend_quota(self) -> None: ...
    def end_login(self) -> None: ...
    def lose_next_answer(self) -> None: ...


@dataclass
class MemoryBench:
    clock: StillClock
    org: Org
    fields: Mapping[str, str]
    reading: Reading
    secrets: tuple[str, ...] = ()
    renews: bool = True
    of_the_login: tuple[str, ...] = ()
    nobody: str = "UNKNOWN_OWNER"
    logged: int = 0
    words: Mapping[str, tuple[str | None, str | None]] = field(default_factory=lambda: WORDS["memory"])
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"log": ("note",)})
    opens: str = "https://crm.example/{}"

    def connect(self, *more_fields: str, meter: Meter = unmetered, clock: StillClock | None = None) -> Crm:
        wanted, settings = self._reading(more_fields), adapters.memory.Settings()
        return adapters.memory.connect(settings, wanted, clock=clock or self.clock, meter=meter, transport=self.org)

    def _reading(self, more_fields: tuple[str, ...]) -> Reading:
        return replace(self.reading, fields=(*self.reading.fields, *more_fields))

    def calls(self) -> int:
        return self.org.calls_per_day - self.org.calls_left

    def add_account(self, owner: str | None = None) -> CrmId:
        return self.org.add_account(owner, **dict.fromkeys(self.reading.fields))

    def held(self, id: CrmId) -> Mapping[str, Any]:
        return self.org.accounts[id].fields

    def edit(self, id: CrmId, **fields: Value) -> None:
        self.org.edit(id, **fields)

    def delete(self, id: CrmId) -> None:
        self.org.delete(id)

    def merge(self, loser: CrmId, winner: CrmId) -> CrmId:
        return self.org.merge(loser, winner)

    def log(
        self, account: CrmId, kind: str, at: datetime, result: str = "done", minutes: float = 30, **more: Any
    ) -> None:
        self.logged += 1
        id_ = CrmId(f"i{self.logged}")
        way = Direction.OUTBOUND if kind == "call" else None
        now = self.clock.now()
        one = Interaction(id_, account, Kind(kind), at, now, Result(result), way, minutes, KIM.email, created=now)
        outcome, status = self.words[kind]
        noted = bool(more.get("note")) if kind == "visit" else None
        self.org.log(replace(one, outcome=outcome, status=status, automated=more.get("machine", False), noted=noted))

    def unlog(self, interaction: CrmId) -> None:
        self.org.log(replace(self.org.interactions[interaction], modified=self.clock.now(), gone=True))

    def log_elsewhere(self, interaction: CrmId, account: CrmId) -> None:
        self.org.log(replace(self.org.interactions[interaction], modified=self.clock.now(), account=account))

    def move(self, interaction: CrmId, at: datetime) -> None:
        self.org.log(replace(self.org.interactions[interaction], modified=self.clock.now(), at=at))

    def say(self, interaction: CrmId, result: str) -> None:
        self.org.log(replace(self.org.interactions[interaction], modified=self.clock.now(), result=Result(result)))

    def complete(self, task: CrmId) -> None:
        self.say(task, "done")

    def write_calls(self) -> list[int]:
        return self.org.calls

    def be_busy(self) -> None:
        self.org.failures.append(TryAgain("Busy.", after=10))

    def spend_quota(self) -> None:
        self.org.failures.append(StopForTonight("Spent.", next_step="Run again tomorrow."))

    def end_login(self) -> None:
        """There is none."""

    def lose_next_answer(self) -> None:
        self.org.lose_answers = 1


@dataclass
class SandboxBench:
    """One of the two vendors; what differs between them is said in the fields below."""

    clock: StillClock
    vendor: Any
    wire: Wire
    adapter: Any
    settings: Any
    fields: Mapping[str, str]
    reading: Reading
    secrets: tuple[str, ...]
    renews: bool
    writes_to: str
    busy: Fault
    words: Mapping[str, tuple[str | None, str | None]]
    notes: Mapping[str, tuple[str, ...]]
    opens: str
    of_the_login: tuple[str, ...] = ("token",)
    nobody: str = "UNKNOWN_OWNER"
    npis: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def connect(self, *more_fields: str, meter: Meter = unmetered, clock: StillClock | None = None) -> Crm:
        wanted = replace(self.reading, fields=(*self.reading.fields, *more_fields))
        crm: Crm = self.adapter.connect(self.settings, wanted, clock=clock or self.clock, meter=meter)
        return crm

    def calls(self) -> int:
        return sum("/oauth2/" not in call.path for call in self.wire.calls)

    def add_account(self, owner: str | None = None) -> CrmId:
        number = next(self.npis)
        return CrmId(self.vendor.add_account(f"2{number:09d}", f"Practice {number}", owner))

    def held(self, id: CrmId) -> Mapping[str, Any]:
        record: Mapping[str, Any] = self.vendor.record(id)
        return record

    def edit(self, id: CrmId, **fields: Value) -> None:
        self.vendor.edit(id, **fields)

    def delete(self, id: CrmId) -> None:
        self.vendor.delete(id)

    def merge(self, loser: CrmId, winner: CrmId) -> CrmId:
        return CrmId(self.vendor.merge(loser, winner))

    def log(
        self, account: CrmId, kind: str, at: datetime, result: str = "done", minutes: float = 30, **more: Any
    ) -> None:
        npi = str(self.held(account)[self.fields["npi"]])
        self.vendor.log_touch(account, Touch(npi, KIM.email, kind, at, minutes, "outbound", result, **more))

    def unlog(self, interaction: CrmId) -> None:
        kind, _, row = interaction.rpartition("/")
        self.vendor.delete(row, *filter(None, [kind]))

    def log_elsewhere(self, interaction: CrmId, account: CrmId) -> None:
        """A person opens the visit and names another account."""
        if isinstance(self.vendor, Salesforce):
            self.vendor.edit(interaction, WhatId=account)
            return
        portal, (kind, row) = self.vendor.portal, interaction.split("/")
        for other in portal.linked(kind, row, "companies"):
            unlink(portal, (kind, row), ("companies", other))
        portal.link((kind, row), ("companies", account))

    def move(self, interaction: CrmId, at: datetime) -> None:
        kind, _, row = interaction.rpartition("/")
        names = ("hs_timestamp", "hs_meeting_start_time") if kind else ("StartDateTime",)
        self.vendor.edit(row, *filter(None, [kind]), **dict.fromkeys(names, at.isoformat()))

    def say(self, interaction: CrmId, result: str) -> None:
        kind, _, row = interaction.rpartition("/")
        said = {"done": "COMPLETED", "no_show": "NO_SHOW"} if kind else {"done": "Done", "no_show": "No show"}
        name = "hs_meeting_outcome" if kind else "Call_Outcome__c"
        self.vendor.edit(row, *filter(None, [kind]), **{name: said[result]})

    def complete(self, task: CrmId) -> None:
        kind, _, row = task.rpartition("/")
        status = {"hs_task_status": "COMPLETED"} if kind else {"Status": "Completed"}
        self.vendor.edit(row, *filter(None, [kind]), **status)

    def write_calls(self) -> list[int]:
        return [call.rows for call in self.wire.calls if call.rows is not None]

    def be_busy(self) -> None:
        self.wire.faults.append(
            Fault(self.busy.path, status=self.busy.status, body=self.busy.body, headers=dict(self.busy.headers))
        )

    def spend_quota(self) -> None:
        self.vendor.spend_quota()

    def end_login(self) -> None:
        self.vendor.expire_tokens()

    def lose_next_answer(self) -> None:
        self.wire.faults.append(Fault(self.writes_to, lose_reply=True))


@contextmanager
def memory_bench(clock: StillClock) -> Iterator[Bench]:
    org = Org(clock, rows_per_call=7, rows_per_page=PAGE, opens_at="https://crm.example")
    ours = {
        "npi": FieldType.TEXT,
        "tier": FieldType.PICKLIST,
        "tier_reason": FieldType.TEXT,
        "call_order": FieldType.NUMBER,
        "going_cold": FieldType.CHECKBOX,
        "next_visit": FieldType.DATE,
        "slot_kind": FieldType.PICKLIST,
        "channel": FieldType.PICKLIST,
    }
    for name, kind in ours.items():
        longest = 255 if kind is FieldType.TEXT else None
        org.add_fields(Field(name, kind, True, longest, OPTIONS.get(name, ()), label=name.replace("_", " ").title()))
    org.add_fields(Field("number", FieldType.NUMBER, False))
    names = {**{name: name for name in ours}, "read_only": "number"}
    org.strangers.add(STRANGER)
    calendar, tasks = Calendar("log", "key", "result"), Tasks("log", "key")
    yield MemoryBench(clock, org, names, Reading("account", tuple(ours), ("log",), calendar=calendar, tasks=tasks))


@contextmanager
def salesforce_bench(clock: StillClock) -> Iterator[Bench]:
    busy = {"message": "The server is busy.", "errorCode": "SERVER_UNAVAILABLE"}
    settings = {"client_id": "sandbox-client", "client_secret": Secret("sandbox-secret")}
    with _sandbox(clock, Salesforce, adapters.salesforce, settings) as parts:
        yield SandboxBench(
            **parts,
            secrets=("sandbox-secret",),
            renews=True,
            writes_to="/composite",
            notes={"Event": ("Description",)},
            opens=f"{parts['settings'].base_url}/lightning/r/Account/{{}}/view",
            busy=Fault("/services/data", status=503, body=json.dumps([busy])),
        )


@contextmanager
def hubspot_bench(clock: StillClock) -> Iterator[Bench]:
    busy = {"status": "error", "message": "Slow down.", "policyName": "TEN_SECONDLY_ROLLING", "category": "RATE_LIMITS"}
    with _sandbox(clock, HubSpot, adapters.hubspot, {"token": Secret("pat-na1-sandbox")}) as parts:
        yield SandboxBench(
            **parts,
            secrets=("pat-na1-sandbox",),
            renews=False,
            writes_to="/batch/(update|create)",
            notes={"meetings": ("hs_internal_meeting_notes",)},
            opens=f"https://app.hubspot.com/contacts/{PORTAL}/record/0-2/{{}}",
            busy=Fault("/crm/", status=429, body=json.dumps(busy)),
        )


@contextmanager
def _sandbox(clock: StillClock, vendor_of: Any, adapter: Any, settings: dict[str, Any]) -> Iterator[dict[str, Any]]:
    name = adapter.__name__.rpartition(".")[2]
    mapping = read_mapping(starter() / "mappings" / f"{name}.yaml").value
    vendor = vendor_of(World(reps=(KIM,)), now=clock.now, page_size=PAGE)
    wire = Wire(vendor)
    fields = {ours: target.field for ours, target in mapping.fields.items()}
    read_only = {"salesforce": "SystemModstamp", "hubspot": "createdate"}[name]
    listening = listen(wire)
    try:
        yield {
            "clock": clock,
            "vendor": vendor,
            "wire": wire,
            "adapter": adapter,
            "settings": adapter.Settings(base_url=listening.url, **settings),
            "fields": {**fields, "npi": mapping.account.npi, "read_only": read_only},
            "reading": reading(mapping),
            "words": WORDS[name],
        }
    finally:
        listening.close()


OPTIONS = {"tier": ("A", "B", "C"), "slot_kind": ("committed", "fill"), "channel": ("call", "message")}
WORDS: Mapping[str, Mapping[str, tuple[str | None, str | None]]] = {
    "memory": {"visit": ("held", None), "call": ("no answer", "closed"), "email": (None, "sent")},
    "salesforce": {"visit": ("Completed", None), "call": ("No Answer", "Completed"), "email": (None, "Completed")},
    "hubspot": {"visit": ("COMPLETED", None), "call": ("No answer", "NO_ANSWER"), "email": (None, None)},
}
BENCHES = {"memory": memory_bench, "salesforce": salesforce_bench, "hubspot": hubspot_bench}
A_MINUTE = timedelta(minutes=1).total_seconds()
