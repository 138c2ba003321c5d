"""What stands between a login and a record by other people's doing: sharing, approvals, triggers, rules, full disks.

Each is a switch that a test or a person at the screen turns; Salesforce's words for them are here too.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.salesforce.errors import Refused
from sandbox.salesforce.values import Record

Rule = Callable[[Record], str | None]  # what it says of a record that it does not take, or None


@dataclass(slots=True)
class Refusal:
    """Any refusal that has no cause in this org: of one record, or of every record of an object."""

    kind: str
    id: str | None
    code: str
    message: str
    fields: tuple[str, ...] = ()
    times: int | None = None  # None is for good

    def strikes(self, kind: str, id: str | None) -> bool:
        if self.kind != kind or self.id not in (None, id) or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """Two records of an object that agree in these fields are one and the same, says an administrator."""

    kind: str
    fields: tuple[str, ...]
    allow_save: bool = True  # an alert that a client may pass over, or a block
    name: str = "Standard_Duplicate_Rule"


@dataclass(slots=True)
class Contention:
    """Others hold a share of all records; each is free after so many tries."""

    share: float
    tries: int
    seen: Counter[str] = field(default_factory=Counter)

    def holds(self, id: str) -> bool:
        if zlib.crc32(id.encode()) % 1000 >= self.share * 1000 or self.seen[id] >= self.tries:
            return False
        self.seen[id] += 1
        return True


@dataclass(slots=True)
class Policy:
    protected: set[tuple[str, str]] = field(default_factory=set)  # fields that the login sees and may not write
    unshared: set[str] = field(default_factory=set)  # records that the login does not see
    shared_to_read: set[str] = field(default_factory=set)
    in_approval: set[str] = field(default_factory=set)
    blind: set[tuple[str, str]] = field(default_factory=set)  # a user, and an object that it may not read
    storage_full: bool = False
    purges: bool = True  # what has lain in the recycle bin for 15 days goes for good
    triggers: list[Rule] = field(default_factory=list)
    flows: list[Rule] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    duplicate_rules: list[DuplicateRule] = field(default_factory=list)
    contention: Contention = field(default_factory=lambda: Contention(0, 0))
    may_save_duplicates: bool = False  # what the call at hand asked for

    def check_record(self, kind: str, id: str, who: str) -> None:
        if who == "api" and id in self.shared_to_read:
            raise Refused("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
        if id in self.in_approval:
            raise Refused("ENTITY_IS_LOCKED", "the entity is locked for editing")
        if who == "api" and self.contention.holds(id):
            raise locked(id)
        self.check_refusals(kind, id, who)

    def check_refusals(self, kind: str, id: str | None, who: str) -> None:
        struck = next((r for r in self.refusals if who == "api" and r.strikes(kind, id)), None)
        if struck:
            raise Refused(struck.code, struck.message, *struck.fields)

    def check_storage(self) -> None:
        if self.storage_full:
            raise Refused("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")

    def run(self, kind: str, event: str, record: Record) -> None:
        """Apex triggers, then record-triggered flows."""
        for trigger in self.triggers:
            if words := trigger(record):
                said = f"{kind}Trigger: execution of Before{event}\n\ncaused by: {words}"
                raise Refused("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", said)
        for flow in self.flows:
            if words := flow(record):
                said = f"We can't save this record because the process failed. {words}"
                raise Refused("CANNOT_EXECUTE_FLOW_TRIGGER", said)


def locked(id: str) -> Refused:
    words = f"unable to obtain exclusive access to this record or 1 records: {id}"
    return Refused("UNABLE_TO_LOCK_ROW", words)
