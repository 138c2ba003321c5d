"""A portal that writes down what happens to it, for those who want to be told; what is taken back never happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.hubspot.checking import PERSON, Hand
from sandbox.hubspot.links import Key
from sandbox.hubspot.records import Portal
from sandbox.hubspot.tables import Record


@dataclass(frozen=True)
class Change:
    at: datetime
    what: str  # creation, propertyChange, deletion, merge, associationChange
    kind: str
    who: str
    more: Mapping[str, Any]  # as an event tells it
    to: str = ""  # the kind at the other end of an association


@dataclass
class WatchedPortal(Portal):
    changes: list[Change] = field(default_factory=list)
    watched: bool = False  # nothing is written down before somebody wants to be told

    def create(self, kind: str, given: Mapping[str, Any], hand: Hand = PERSON, at: datetime | None = None) -> Record:
        """HubSpot tells of the values that a new record has as of changes, after it has told of the record."""
        record = super().create(kind, given, hand, at)
        self._note(Change(self.now(), "creation", kind, hand.who, {"objectId": int(record.id), "changeFlag": "NEW"}))
        self._note_values(record, hand, {}, given)
        return record

    def update(self, record: Record, given: Mapping[str, Any], hand: Hand = PERSON) -> None:
        before = dict(record.properties)
        super().update(record, given, hand)
        self._note_values(record, hand, before, given)

    def archive(self, record: Record) -> None:
        super().archive(record)
        told = {"objectId": int(record.id), "changeFlag": "DELETED"}
        self._note(Change(self.now(), "deletion", record.kind, "", told))

    def merge(self, kind: str, primary: str, other: str) -> Record:
        """Of the associations that move along, HubSpot does not tell one by one."""
        fresh = super().merge(kind, primary, other)
        lost = self.table(kind).rows[other].properties.values()
        told = {
            "objectId": int(fresh.id),
            "primaryObjectId": int(primary),
            "mergedObjectIds": [int(other)],
            "newObjectId": int(fresh.id),
            "numberOfPropertiesMoved": sum(value is not None for value in lost),
        }
        self._note(Change(self.now(), "merge", kind, "", told))
        return fresh

    def joined(self, one: Key, other: Key, at: str | None = None) -> None:
        super().joined(one, other, at)
        self._note_link(one, other, removed=False)

    def parted(self, one: Key, other: Key) -> None:
        super().parted(one, other)
        self._note_link(one, other, removed=True)

    def _note(self, change: Change) -> None:
        if self.watched:
            self.changes.append(change)
            self.remember(self.changes.pop)

    def _note_values(self, record: Record, hand: Hand, before: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        for name in given:
            value = record.properties.get(name)
            if value != before.get(name):
                told = {"objectId": int(record.id), "propertyName": name, "propertyValue": value or ""}
                self._note(Change(self.now(), "propertyChange", record.kind, hand.who, told))

    def _note_link(self, one: Key, other: Key, *, removed: bool) -> None:
        """Each end is told of, from its own side."""
        for here, there in ((one, other), (other, one)):
            told = {"fromObjectId": int(here[1]), "toObjectId": int(there[1]), "associationRemoved": removed}
            self._note(Change(self.now(), "associationChange", here[0], "", told, there[0]))
