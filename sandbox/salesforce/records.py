"""The records of one org, and the way of a write to them.

A write is checked (see checks.py and policy.py), bumps SystemModstamp and is kept in `history`. A delete
leaves the record with its mark; a merge marks the losers with their winner and hands their children over.
Each org holds its own objects in `kinds`, which a deployment changes. Tests may hide a field (field-level
security), lock a record for some writes, and add validation rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.salesforce import access, activities, checks, ids, merges, persons
from sandbox.salesforce.errors import Refused, is_deleted, not_found, unknown_reference, wrong_id
from sandbox.salesforce.lookup import Lookup, Tables
from sandbox.salesforce.policy import Policy, Rule, locked
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.values import Record, Value, stamp

Write = tuple[datetime, str, str, str, Value, Value]  # when, who, id, field, before, after

_ARCHIVED_AFTER = timedelta(days=365)


class Records:
    def __init__(self, now: Callable[[], datetime], kinds: dict[str, Kind]) -> None:
        self.now, self.kinds, self._lookup = now, kinds, Lookup()
        self.tables: Tables = {name: {} for name in kinds}
        self.history: list[Write] = []
        self.access = access.Access()
        self.locked: dict[str, int] = {}
        self.rules: list[Rule] = []
        self.policy = Policy()
        self.made = 0
        self.login = ""  # the user as whom clients are logged in, who owns what nobody else does
        self._stale = False

    # What there is

    @property
    def hidden(self) -> set[tuple[str, str]]:
        """Fields, as (object, field), that the integration user may not see."""
        return self.access.hidden

    def find_kind(self, name: str) -> Kind | None:
        """The object of this name, as far as the integration user may see it; case does not matter."""
        found = self.kinds.get(name) or next((k for k in self.kinds.values() if k.name.lower() == name.lower()), None)
        return None if found is None or (found.name, "") in self.hidden else found

    def kinds_seen(self) -> dict[str, Kind]:
        return {name: kind for name, kind in self.kinds.items() if (name, "") not in self.hidden}

    def kind_named(self, name: str) -> Kind:
        kind = self.find_kind(name)
        if kind is None:
            raise not_found()
        return kind

    def kind_of(self, id: str) -> Kind | None:
        return next((kind for kind in self.kinds.values() if kind.prefix == id[:3]), None)

    def field(self, kind: Kind, name: str) -> Field | None:
        """As the login has it, which may see it or not and write it or not."""
        found = kind.find(name)
        return None if found is None or (kind.name, found.name) in self.hidden else self._as_permitted(kind, found)

    def fields(self, kind: Kind) -> list[Field]:
        shown = (field for field in kind.fields.values() if (kind.name, field.name) not in self.hidden)
        return [self._as_permitted(kind, field) for field in shown]

    def _as_permitted(self, kind: Kind, field: Field) -> Field:
        pair = kind.name, field.name
        closed = pair in self.policy.protected or pair in self.access.read_only
        return field.protected() if closed else field

    @property
    def tables(self) -> Tables:
        return self._tables

    @tables.setter
    def tables(self, tables: Tables) -> None:
        self._tables = tables
        self._lookup.forget()

    # Reading

    def get(self, id: object) -> Record | None:
        whole = ids.full(id)
        kind = self.kind_of(whole) if whole else None
        return self.tables[kind.name].get(whole) if kind and whole else None

    def find(self, kind: str, field: str, value: str) -> Record | None:
        """The living record with this text in this field."""
        return self._lookup.find(self.tables, kind, field, value)

    def find_all(self, kind: str, field: str, value: str) -> list[Record]:
        """Salesforce compares without case."""
        return [row for row in self.every(kind, field, value) if not row.get("IsDeleted")]

    def every(self, kind: str, field: str, value: str) -> list[Record]:
        """Also those in the recycle bin."""
        return self._lookup.every(self.tables, kind, field, value)

    def is_seen(self, record: Record) -> bool:
        """Whether the login can come upon it at all."""
        return str(record["Id"]) not in self.policy.unshared and not merges.is_purged(self, record)

    def is_archived(self, record: Record) -> bool:
        return activities.is_archived(record, (self.now() - _ARCHIVED_AFTER).date())

    # Writing

    def create(self, kind: Kind, sent: Mapping[str, Any], who: str) -> str:
        values = checks.accepted(self, kind, sent, "createable", who)
        persons.check(kind, values, None)
        checks.check_required(kind, values, person=persons.is_person(kind, values))
        activities.check(kind.name, values)
        checks.check_keys(self, kind, values, None)
        self._check_rules(kind, {**_blank(kind), **values}, values, who, "Insert")
        self.policy.check_storage()
        self.policy.check_refusals(kind.name, None, who)
        return self.insert(kind.name, values, who)

    def insert(
        self, kind: str, values: Record, who: str | None, at: datetime | None = None, key: str | None = None
    ) -> str:
        """A record as Salesforce would make it, unchecked; `who` is None for what was there before us."""
        key, made = key or ids.make(self.kinds[kind].prefix, self.next_number()), stamp(at or self.now())
        record: Record = {**_blank(self.kinds[kind]), "Id": key}
        record |= {n: made for n in ("CreatedDate", "LastModifiedDate", "SystemModstamp") if n in record}
        record |= {n: self.login for n in ("OwnerId", "CreatedById") if n in record}
        self.tables[kind][key] = record
        self._set(record, values, who)
        self._settle(kind, record, values, who)
        return key

    def update(self, kind: Kind, id: str, sent: Mapping[str, Any], who: str) -> None:
        values = checks.accepted(self, kind, sent, "updateable", who)
        record = self._writable(kind, id, who)
        persons.check(kind, values, record)
        activities.check_change(kind.name, record, values)
        checks.check_keys(self, kind, values, record)
        self._check_rules(kind, {**record, **values}, values, who, "Update")

        self._set(record, values, who)
        self.touch(record)
        self._settle(kind.name, record, values, who)

    def delete(self, kind: Kind, id: str, who: str) -> None:
        if who == "api":
            checks.check_permission(self, kind, (), "updateable")
        merges.bury(self, kind, self._writable(kind, id, who), who)
        self._stale = True
        if kind.name in access.GRANTING:
            access.settle(self)

    def put(self, record: Record, values: Record, who: str) -> None:
        """What follows from another's fate, unchecked."""
        self._set(record, values, who)
        self.touch(record)

    def touch(self, record: Record) -> None:
        self._stale |= "WhatId" in record
        moved = stamp(self.now())
        record.update({name: moved for name in ("LastModifiedDate", "SystemModstamp") if name in record})

    def erase(self, kind: Kind, id: str, who: str) -> None:
        """Delete past the recycle bin: nothing of the record, or of what hangs on it, is left to be read."""
        self.delete(kind, id, who)
        key = str(ids.full(id))
        for name in ("Task", "Event") if kind.name == "Account" else ():
            for row in self.every(name, "AccountId", key):
                del self.tables[name][str(row["Id"])]
        self.tables[kind.name].pop(key, None)

    def roll_up(self) -> None:
        """LastActivityDate of every account, once after any number of writes; it moves no stamp."""
        if not self._stale:
            return
        self._stale = False
        latest = activities.latest(self.tables["Task"].values(), self.tables["Event"].values())
        for key, account in self.tables["Account"].items():
            account["LastActivityDate"] = latest.get(key)

    def next_number(self) -> int:
        self.made += 1
        return self.made

    # Undoing

    def snapshot(self) -> dict[str, dict[str, Record]]:
        return {name: {key: dict(r) for key, r in table.items()} for name, table in self.tables.items()}

    def restore(self, tables: dict[str, dict[str, Record]], writes: int) -> None:
        regrant = any(tables[name].keys() != self.tables[name].keys() for name in access.GRANTING)
        self.tables = tables
        del self.history[writes:]
        if regrant:
            access.settle(self)

    # Steps

    def _check_rules(self, kind: Kind, after: Record, values: Record, who: str, event: str) -> None:
        """In Salesforce's order: triggers before the save, validation rules, duplicate rules."""
        self.policy.run(kind.name, event, after)
        broken = next((words for rule in self.rules if (words := rule(after))), None)
        if broken:
            raise Refused("FIELD_CUSTOM_VALIDATION_EXCEPTION", broken)
        if who == "api":
            checks.check_duplicates(self, kind, after, values)

    def _writable(self, kind: Kind, id: str, who: str) -> Record:
        whole = ids.full(id)
        if whole is None or not whole.startswith(kind.prefix):
            raise wrong_id(f"{kind.label} ID", id, "Id")
        record = self.get(whole)
        if record is None or (who == "api" and merges.is_purged(self, record)):
            raise unknown_reference()
        if who == "api" and whole in self.policy.unshared:
            words = "insufficient access rights on cross-reference id"
            raise Refused("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", words)
        if record.get("IsDeleted"):
            raise is_deleted()
        self.policy.check_record(kind.name, whole, who)
        self._check_lock(whole)
        return record

    def _check_lock(self, id: str) -> None:
        if self.locked.get(id, 0) > 0:
            self.locked[id] -= 1
            raise locked(id)

    def _set(self, record: Record, values: Record, who: str | None) -> None:
        key, now = str(record["Id"]), self.now()
        self._lookup.note(self.tables, key, values)
        if who is not None:
            self.history += [(now, who, key, name, record.get(name), v) for name, v in values.items()]
        record.update(values)

    def _settle(self, kind: str, record: Record, values: Record, who: str | None) -> None:
        """What follows from the values just set: an activity's account, end and closing; a person's name."""
        self._stale |= kind in ("Task", "Event") or "LastActivityDate" in values
        if kind in ("Task", "Event"):
            derived = activities.settle(self, kind, record, values)
            self._lookup.note(self.tables, str(record["Id"]), derived)
            record.update(derived)
        persons.settle(self, kind, record, who)
        if kind in access.GRANTING:
            access.settle(self)


def _blank(kind: Kind) -> Record:
    return {name: field.default for name, field in kind.fields.items()}
